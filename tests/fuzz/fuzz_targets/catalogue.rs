//! Catalogues: as text, and as a section of a component. What is read has a surface, and the same one each time.

#![no_main]

use bailiwick_artifact::catalogue_section;
use bailiwick_core::catalogue::{parse::parse, surface};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = catalogue_section(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(catalogue) = parse(text) {
        assert_eq!(surface::hash(&catalogue), surface::hash(&catalogue));
        let _ = surface::describe(&catalogue);
    }
});
