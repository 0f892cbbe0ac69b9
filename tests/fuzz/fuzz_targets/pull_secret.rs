//! Pull secrets, in both layouts.

#![no_main]

use bailiwick_artifact::oci::{PullSecret, pull_secret::Layout};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for layout in [Layout::Config, Layout::Old] {
        if let Ok(secret) = PullSecret::read(layout, bytes) {
            let _ = secret.credentials("ghcr.io", "acme/vault");
            let _ = secret.credentials("localhost:5000", "a");
        }
    }
});
