use super::*;

/// The smallest component: the preamble alone.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
/// The smallest core module.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

#[test]
fn what_is_written_is_read_back() {
    for text in ["", "name = \"fake\"", &"x".repeat(300), &"ä".repeat(MAX / 2)] {
        let component = write(COMPONENT, text).unwrap();
        assert!(component.starts_with(COMPONENT));
        assert_eq!(read(&component).unwrap(), text);
    }
}

#[test]
fn a_component_has_exactly_one_catalogue() {
    assert!(matches!(read(COMPONENT), Err(SectionError::Missing)));
    let one = write(COMPONENT, "a").unwrap();
    assert!(matches!(write(&one, "b"), Err(SectionError::Repeated)));
    let mut two = one.clone();
    two.extend_from_slice(&one[COMPONENT.len()..]);
    assert!(matches!(read(&two), Err(SectionError::Repeated)));
}

#[test]
fn a_catalogue_in_a_nested_part_does_not_count() {
    let inner = write(COMPONENT, "inner").unwrap();
    let mut outer = COMPONENT.to_vec();
    outer.push(4); // The id of a nested component.
    outer.extend(leb128(inner.len()));
    outer.extend(&inner);
    assert!(matches!(read(&outer), Err(SectionError::Missing)));
    assert_eq!(read(&write(&outer, "outer").unwrap()).unwrap(), "outer");
}

#[test]
fn what_is_no_component_is_refused_clearly() {
    for bytes in [b"".as_slice(), b"name: vault", &COMPONENT[..6]] {
        assert!(matches!(read(bytes), Err(SectionError::Malformed(_))));
    }
    assert!(matches!(read(MODULE), Err(SectionError::CoreModule)));
    let cut = &write(COMPONENT, "long enough").unwrap()[..30];
    assert!(matches!(read(cut), Err(SectionError::Malformed(_))));
}

#[test]
fn a_catalogue_is_bounded_and_text() {
    assert!(matches!(write(COMPONENT, &"x".repeat(MAX + 1)), Err(SectionError::TooLarge)));
    let mut huge = write(COMPONENT, "").unwrap();
    huge.truncate(COMPONENT.len());
    let data = vec![b'x'; MAX + 1];
    huge.push(0);
    huge.extend(leb128(1 + NAME.len() + data.len()));
    huge.extend(leb128(NAME.len()));
    huge.extend(NAME.as_bytes());
    huge.extend(data);
    assert!(matches!(read(&huge), Err(SectionError::TooLarge)));
    let mut bytes = write(COMPONENT, "x").unwrap();
    *bytes.last_mut().unwrap() = 0xff;
    assert!(matches!(read(&bytes), Err(SectionError::NotText)));
}
