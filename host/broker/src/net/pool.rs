//! Idle connections, by (G12 key, origin), each with the address that was checked when it was dialled. Nothing
//! wider is ever shared, few are kept, and none for long.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::{task::AbortHandle, time::Instant};

use crate::key::{CacheKey, LineKey};

/// How long a connection may be idle.
const MAX_IDLE: Duration = Duration::from_secs(30);
/// How old a connection may be, however busy: with it a change of the name's addresses is noticed in any case.
const MAX_AGE: Duration = Duration::from_secs(300);
/// Idle connections kept for one key.
const MAX_PER_KEY: usize = 16;
/// Idle connections kept in all.
const MAX_TOTAL: usize = 512;

/// One open connection. Dropping it closes it.
pub(crate) struct Line {
    pub(crate) sender: SendRequest<Full<Bytes>>,
    pub(crate) address: SocketAddr,
    /// It has carried a request before.
    pub(crate) reused: bool,
    opened: Instant,
    driver: AbortHandle,
}

impl Line {
    pub(crate) fn new(sender: SendRequest<Full<Bytes>>, address: SocketAddr, driver: AbortHandle) -> Self {
        Self { sender, address, reused: false, opened: Instant::now(), driver }
    }

    /// Whether it may wait for another request, idle since then.
    fn is_fresh(&self, since: Instant) -> bool {
        !self.sender.is_closed() && since.elapsed() < MAX_IDLE && self.opened.elapsed() < MAX_AGE
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Connections that wait for their next request.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Idle>);

#[derive(Default)]
struct Idle {
    lines: HashMap<LineKey, Vec<(Line, Instant)>>,
    total: usize,
    swept: Option<Instant>,
}

impl Pool {
    /// The connection used last, if one is still open.
    pub(crate) fn take(&self, key: &LineKey) -> Option<Line> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut found, mut taken) = (None, 0);
        let lines = idle.lines.get_mut(key)?;
        while let Some((line, since)) = lines.pop() {
            taken += 1;
            if line.is_fresh(since) {
                found = Some(line);
                break;
            }
        }
        if lines.is_empty() {
            idle.lines.remove(key);
        }
        idle.total -= taken;
        found
    }

    /// Keeps a connection whose last reply was read to its end.
    pub(crate) fn put(&self, key: &LineKey, mut line: Line) {
        if line.sender.is_closed() {
            return;
        }
        line.reused = true;
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.total >= MAX_TOTAL || idle.swept.is_none_or(|swept| swept.elapsed() >= MAX_IDLE) {
            idle.sweep(|_, line, since| line.is_fresh(since));
            idle.swept = Some(Instant::now());
        }
        let full = idle.lines.get(key).is_some_and(|lines| lines.len() >= MAX_PER_KEY);
        if full || idle.total >= MAX_TOTAL {
            return;
        }
        idle.lines.entry(key.clone()).or_default().push((line, Instant::now()));
        idle.total += 1;
    }

    /// Closes every connection of runs with this stamp (G11).
    pub(crate) fn forget(&self, key: &CacheKey) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.sweep(|own, _, _| !own.shared.same_run(key));
    }
}

impl Pool {
    /// Closes what was idle for too long.
    pub(crate) fn sweep(&self) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.sweep(|_, line, since| line.is_fresh(since));
    }
}

impl Idle {
    fn sweep(&mut self, keep: impl Fn(&LineKey, &Line, Instant) -> bool) {
        self.lines.retain(|key, lines| {
            lines.retain(|(line, since)| keep(key, line, *since));
            !lines.is_empty()
        });
        self.total = self.lines.values().map(Vec::len).sum();
    }
}
