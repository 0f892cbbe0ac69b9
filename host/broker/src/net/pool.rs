//! Idle connections, by (G12 key, origin), each with the address that was checked when it was dialled. Nothing
//! wider is ever shared, few are kept, and none for long.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::line::Line;
use crate::key::{CacheKey, LineKey};

/// How long a connection may be idle.
const MAX_IDLE: Duration = Duration::from_secs(30);
/// How old a connection may be, however busy: with it a change of the name's addresses is noticed in any case.
const MAX_AGE: Duration = Duration::from_secs(300);
/// Idle connections kept for one key: as many as runs at once, since fewer would be dialled anew all the time.
const MAX_PER_KEY: usize = 64;
/// Idle connections kept in all.
const MAX_TOTAL: usize = 512;

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
        while let Some((mut line, since)) = lines.pop() {
            taken += 1;
            if is_fresh(&mut line, since) {
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
        if !line.is_open() {
            return;
        }
        line.reused = true;
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.total >= MAX_TOTAL || idle.swept.is_none_or(|swept| swept.elapsed() >= MAX_IDLE) {
            idle.sweep(|_, line, since| is_fresh(line, since));
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
        idle.sweep(|_, line, since| is_fresh(line, since));
    }
}

/// Whether a connection that is idle since then may wait for another request.
fn is_fresh(line: &mut Line, since: Instant) -> bool {
    since.elapsed() < MAX_IDLE && line.opened.elapsed() < MAX_AGE && line.is_open()
}

impl Idle {
    fn sweep(&mut self, keep: impl Fn(&LineKey, &mut Line, Instant) -> bool) {
        self.lines.retain(|key, lines| {
            lines.retain_mut(|(line, since)| keep(key, line, *since));
            !lines.is_empty()
        });
        self.total = self.lines.values().map(Vec::len).sum();
    }
}
