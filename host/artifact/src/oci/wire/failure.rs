//! What the HTTP client says of a failure, as words of ours. Its texts hold URLs and what the other side sent, and go
//! nowhere.

use std::error::Error;

use crate::oci::{
    error::{FetchError, Why},
    names::NotAdmitted,
};

/// The failure in our words.
pub(super) fn failed(error: &reqwest::Error) -> FetchError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if found.is::<NotAdmitted>() {
            return FetchError::AddressNotAllowed;
        }
        cause = found.source();
    }
    FetchError::Unreachable(match error {
        error if error.is_timeout() => Why::Timeout,
        error if error.is_dns() => Why::Name,
        error if error.is_connect() => Why::Connect,
        _ => Why::Cut,
    })
}
