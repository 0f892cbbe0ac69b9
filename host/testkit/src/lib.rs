//! What tests stand on: an embedded KV backend that speaks Vault's wire, hostile servers, a DNS server that
//! counts, certificates, moto, and the public corpora. Everything listens on loopback at a random port, runs on a
//! thread of its own (so that a test may block or be async), and stops when it is dropped.
//!
//! A development dependency only: nothing here may be linked into the `bailiwick` binary, and nothing here may
//! name broker or sandbox, or a wrong test could agree with a wrong crate.

pub mod background;
pub mod count;
pub mod dns;
pub mod guest;
pub mod hostile;
pub mod http;
pub mod jwt;
pub mod kv;
pub mod tls;

use std::path::{Path, PathBuf};

/// The root of the repository that the tests were built from.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
