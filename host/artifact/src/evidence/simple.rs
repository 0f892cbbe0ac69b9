//! cosign's older form, "simple signing": a JSON text that names the manifest's digest, and a signature over its bytes
//! as they are. By a key only. The text's `docker-reference` is by habit what nobody checks, and is ignored.

use bailiwick_core::values::json::Json;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::Why;
use crate::Digest;

/// `critical.type` of what cosign signs (sigstore, pkg/signature/payload).
pub(crate) const TYPE: &str = "cosign container image signature";
/// The largest payload, in bytes (64 KiB). One has about 250.
pub(super) const MAX_PAYLOAD: usize = 64 << 10;

/// Reads what was signed, which must be about `subject`, and gives the signature's bytes.
pub(super) fn read(payload: &[u8], signature: &str, subject: &Digest) -> Result<Vec<u8>, Why> {
    if payload.len() > MAX_PAYLOAD || signature.len() > MAX_PAYLOAD {
        return Err(Why::TooLarge);
    }
    let json = Json::parse(payload).map_err(|_| Why::NotJson)?;
    let says = |pointer: &str, text: &str| json.pointer(pointer).map(|node| node.is_text(text));
    if says("/critical/type", TYPE) != Some(true) {
        return Err(Why::Statement);
    }
    match says("/critical/image/docker-manifest-digest", &subject.to_string()) {
        Some(true) => STANDARD.decode(signature.trim_end()).map_err(|_| Why::Signatures),
        Some(false) => Err(Why::Subject),
        None => Err(Why::Statement),
    }
}
