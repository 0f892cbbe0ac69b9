//! A response's body: bounded in bytes and in time, never decoded, held in memory that is zeroed.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::SendError;
use crate::options::Pace;

/// Reads the body to its end.
pub(super) async fn read(
    mut body: Incoming,
    limit: u64,
    pace: Pace,
) -> Result<Zeroizing<Vec<u8>>, SendError> {
    let hint = body.size_hint();
    if hint.lower() > limit {
        return Err(SendError::TooLarge);
    }
    let start = Instant::now();
    let mut sink = Sink::new(hint.exact().unwrap_or_default(), limit);
    loop {
        let due = start + allowance(pace, sink.bytes.len());
        let frame = timeout_at(due, body.frame()).await.map_err(|_| SendError::TimedOut)?;
        let Some(frame) = frame else { return Ok(sink.bytes) };
        let frame = frame.map_err(|error| super::failure(&error))?;
        if let Ok(data) = frame.into_data() {
            sink.push(&data)?;
        }
    }
}

/// How long `received` bytes may have taken: a drip feed that stays below the pace is cut off.
fn allowance(pace: Pace, received: usize) -> Duration {
    let received = u32::try_from(received).unwrap_or(u32::MAX);
    pace.grace + Duration::from_secs(1) * received / pace.bytes_per_second.max(1)
}

/// A growing buffer that leaves no copy behind when it moves.
struct Sink {
    bytes: Zeroizing<Vec<u8>>,
    limit: usize,
}

impl Sink {
    fn new(expected: u64, limit: u64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let expected = usize::try_from(expected).unwrap_or(limit).min(limit);
        Self { bytes: Zeroizing::new(Vec::with_capacity(expected)), limit }
    }

    fn push(&mut self, data: &Bytes) -> Result<(), SendError> {
        let needed = self.bytes.len().saturating_add(data.len());
        if needed > self.limit {
            return Err(SendError::TooLarge);
        }
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2).min(self.limit)));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i8_denied_one_byte_more_than_the_limit() {
        let mut sink = Sink::new(0, 8);
        assert!(sink.push(&Bytes::from_static(b"12345678")).is_ok());
        assert!(matches!(sink.push(&Bytes::from_static(b"9")), Err(SendError::TooLarge)));
        assert_eq!(sink.bytes.as_slice(), b"12345678");
    }

    #[test]
    fn i8_allowed_time_grows_with_what_arrived() {
        let pace = Pace { grace: Duration::from_secs(5), bytes_per_second: 1024 };
        assert_eq!(allowance(pace, 0), Duration::from_secs(5));
        assert_eq!(allowance(pace, 2048), Duration::from_secs(7));
    }
}
