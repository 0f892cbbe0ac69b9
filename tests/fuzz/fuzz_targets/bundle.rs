//! Bundles and simple signatures, as they lie beside an artifact. Nobody whom we know signs at random, so nothing becomes a
//! fact.

#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use bailiwick_artifact::{Digest, Evidence, evidence::Verifier, sign::PrivateKey};
use bailiwick_core::trust::Anchors;
use libfuzzer_sys::fuzz_target;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let Ok(key) = PrivateKey::generate() else { panic!("no key") };
    Verifier::new(&Anchors { keys: BTreeMap::from([(key.id(), key.public_der().to_vec())]), ..Anchors::default() })
});

fuzz_target!(|bytes: &[u8]| {
    let subject = Digest::of(b"manifest");
    let simple = Evidence::SimpleSigning { payload: bytes.to_vec(), signature: "c2ln".into() };
    let verified = VERIFIER.verify(&[Evidence::Bundle(bytes.to_vec()), simple], &subject);
    assert!(verified.facts.is_empty() && verified.rejected.len() == 2);
});
