//! References. What is read is written as it was, and read alike again.

#![no_main]

use bailiwick_core::trust::{Reference, Selector};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(reference) = Reference::parse(text) else { return };
    let written = reference.to_string();
    // A range is written in its own spelling.
    assert!(matches!(reference.selector, Selector::Range(_)) || written == text);
    assert_eq!(Reference::parse(&written).as_ref(), Ok(&reference));
    assert!(text.starts_with(&reference.repository()));
});
