//! Bodies, read no further than they may be long. What is over is found from the declared length before a byte is read,
//! else at the piece that passes the limit, so that an endless answer costs one piece more than the limit.

use reqwest::Response;

use super::failure::failed;
use crate::oci::error::{FetchError, Part};

/// The whole body, at most `limit` bytes.
pub(in crate::oci) async fn read(response: Response, limit: u64, part: Part) -> Result<Vec<u8>, FetchError> {
    let over = FetchError::TooLarge(part, limit);
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(over);
    }
    match begin(response, limit).await? {
        (_, true) => Err(over),
        (bytes, false) => Ok(bytes),
    }
}

/// The first `limit` bytes of the body, and whether there was more.
pub(in crate::oci) async fn begin(mut response: Response, limit: u64) -> Result<(Vec<u8>, bool), FetchError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| failed(&error))? {
        let left = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(bytes.len());
        bytes.extend_from_slice(piece.get(..left).unwrap_or(&piece));
        if piece.len() > left {
            return Ok((bytes, true));
        }
    }
    Ok((bytes, false))
}
