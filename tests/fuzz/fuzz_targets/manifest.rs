//! Manifests and indexes of artifacts, as a registry sends them. What is read is as it is written: one component, with
//! digests of our form.

#![no_main]

use bailiwick_artifact::oci::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(read) = manifest::component(bytes) {
        assert!(read.annotations.len() <= 256);
    }
    let _ = manifest::beside(bytes);
    let _ = manifest::index(bytes);
});
