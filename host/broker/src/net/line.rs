//! One open connection. Whoever uses it moves it: it is polled in the task of its request, so that a request costs
//! no hop to another task and back. An idle connection is moved by nobody, and looked at when it is taken.

use std::{
    future::{Future, poll_fn},
    net::SocketAddr,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

/// What reads and writes the connection; it ends when the connection does.
type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One open connection. Dropping it closes it.
pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    /// It has carried a request before.
    pub(crate) reused: bool,
    pub(crate) opened: Instant,
    sender: SendRequest<Full<Bytes>>,
    driver: Option<Driver>,
}

impl Line {
    pub(crate) fn new(
        sender: SendRequest<Full<Bytes>>,
        driver: impl Future<Output = ()> + Send + 'static,
        address: SocketAddr,
    ) -> Self {
        Self { address, reused: false, opened: Instant::now(), sender, driver: Some(Box::pin(driver)) }
    }

    /// Whether it may carry a request. What the peer did while it was idle, such as closing it or sending what nobody
    /// asked for, is seen here.
    pub(crate) fn is_open(&mut self) -> bool {
        advance(&mut self.driver, &mut Context::from_waker(Waker::noop()));
        self.driver.is_some() && !self.sender.is_closed()
    }

    /// Does `work` with the sender while the connection moves.
    pub(crate) async fn sending<'l, T, F>(
        &'l mut self,
        work: impl FnOnce(&'l mut SendRequest<Full<Bytes>>) -> F,
    ) -> T
    where
        F: Future<Output = T> + 'l,
    {
        moving(&mut self.driver, work(&mut self.sender)).await
    }

    /// Awaits `work`, which reads a response of this connection, while the connection moves.
    pub(crate) async fn reading<T>(&mut self, work: impl Future<Output = T>) -> T {
        moving(&mut self.driver, work).await
    }
}

async fn moving<T>(driver: &mut Option<Driver>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        // First, so that the driver finds the request; and again, so that what it read is found at once.
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(done);
        }
        advance(driver, context);
        work.as_mut().poll(context)
    })
    .await
}

/// A driver that has ended is dropped: that is how whoever waits for it hears of it.
fn advance(driver: &mut Option<Driver>, context: &mut Context<'_>) {
    if driver.as_mut().is_some_and(|driver| driver.as_mut().poll(context).is_ready()) {
        *driver = None;
    }
}
