//! `decodingStrategy` (eso-api 2.2), with the leniencies of Go's encoding/base64, so that what ESO decodes is
//! decoded here too: line breaks are skipped and unused bits of the last digit are not looked at; padding must
//! be right.

use bailiwick_api::external_secret::DecodingStrategy;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use crate::secret::Value;

#[cfg(test)]
mod tests;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const URL_ANY: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    LENIENT.with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A value that is not in the encoding it is said to be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value does not decode by the decodingStrategy")]
pub struct DecodeError;

/// Decodes one value.
///
/// # Errors
/// Base64 or Base64Url and the value is something else.
pub fn decode(value: Value, strategy: DecodingStrategy) -> Result<Value, DecodeError> {
    let out = match strategy {
        DecodingStrategy::None => return Ok(value),
        DecodingStrategy::Base64 => base64(value.bytes()),
        DecodingStrategy::Base64Url => base64url(value.bytes()),
        DecodingStrategy::Auto => match base64(value.bytes()).or_else(|| base64url(value.bytes())) {
            None => return Ok(value),
            some => some,
        },
    };
    out.map(|mut bytes| Value::new(std::mem::take(&mut *bytes))).ok_or(DecodeError)
}

/// RFC 4648 section 4, padded.
pub(super) fn base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    run(&STANDARD, text)
}

/// RFC 4648 section 5, padded.
pub(super) fn base64url(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    run(&URL, text)
}

/// RFC 4648 section 5, padded or not.
pub(super) fn base64url_any(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    run(&URL_ANY, text)
}

fn run(engine: &GeneralPurpose, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.iter().filter(|b| !matches!(b, b'\r' | b'\n')));
    // Large enough from the start: a buffer that grows leaves unzeroed copies behind.
    let mut out = Zeroizing::new(vec![0; base64::decoded_len_estimate(digits.len())]);
    let length = engine.decode_slice(digits.as_slice(), &mut out).ok()?;
    out.truncate(length);
    Some(out)
}
