//! The sdk carries its own copy of the WIT, so that it can be copied out of this repository whole.

#[test]
fn the_sdks_copy_is_the_repositorys_wit() {
    let file =
        |path: &str| std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert_eq!(
        file("sdk/wit/bailiwick.wit"),
        file("../wit/bailiwick.wit"),
        "copy wit/bailiwick.wit to sdk/wit/"
    );
}
