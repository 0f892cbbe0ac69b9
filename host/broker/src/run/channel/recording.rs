//! The audit record of one request under way: begun before anything leaves, completed by what came of it, and written when
//! it is dropped, so that no end of a request goes without one. What is written where is audit's business.

use std::time::Duration;

use super::{Channel, Fault};
use crate::{
    audit::{Record, Verdict},
    net::{Received, SendError},
};

/// The record of a request under way. It is written when the request ends, and also where it is cancelled: then
/// bytes may have left.
pub(super) struct Recording<'a> {
    pub(super) channel: &'a Channel,
    pub(super) record: Record,
    pub(super) start: Duration,
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        let took = self.channel.now().saturating_sub(self.start);
        self.record.duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if self.record.status.is_none() && self.record.reason.is_none() {
            self.record.reason = Some("Cancelled");
        }
        self.channel.broker.audit.record(&self.record);
    }
}

/// Writes down what came of the request.
pub(super) fn close(record: &mut Record, result: &Result<Received, Fault>) {
    match result {
        Ok(received) => {
            record.status = Some(received.status);
            record.bytes_in = u64::try_from(received.body.len()).unwrap_or(u64::MAX);
            record.address = Some(received.address.to_string());
        }
        Err(Fault::Denied(denial)) => {
            record.verdict = Verdict::Denied;
            record.reason = Some(denial.reason.as_str());
            record.bytes_out = 0;
        }
        Err(Fault::Send(error)) => {
            record.reason = Some(error.code());
            if matches!(error, SendError::Unresolved | SendError::Unreachable) {
                record.bytes_out = 0;
            }
        }
    }
}
