//! The sdk carries its own copy of the WIT, so that it can be copied out of this repository whole.

#[test]
fn the_copy_is_the_repositorys_wit() {
    let root =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/bailiwick.wit")).unwrap();
    assert_eq!(include_str!("../wit/bailiwick.wit"), root, "copy wit/bailiwick.wit to sdk/wit/");
}
