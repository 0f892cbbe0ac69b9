use super::*;

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn references_are_read_and_written_alike() {
    for text in [
        "ghcr.io/acme/vault:1.2.0".to_owned(),
        "localhost:5000/a:latest".to_owned(),
        "registry.example/a/b-c/d_e/f__g/h--i.j:V1_x".to_owned(),
        "r.example/a:^1.2".to_owned(),
        "r.example/a:>=1.2, <2".to_owned(),
        format!("r.example/a@sha256:{HEX}"),
    ] {
        assert_eq!(Reference::parse(&text).unwrap().to_string(), text);
    }
    let reference = Reference::parse("ghcr.io/acme/vault:1.2.0").unwrap();
    assert_eq!(reference.repository(), "ghcr.io/acme/vault");
    assert_eq!(reference.selector, Selector::Tag("1.2.0".into()));
    assert!(matches!(Reference::parse("r.example/a:^1.2").unwrap().selector, Selector::Range(_)));
}

#[test]
fn denied_what_is_no_reference_or_could_be_two() {
    use ReferenceError as E;
    for (text, error) in [
        ("vault", E::NoRegistry),
        ("/a:1", E::Registry),
        ("https://ghcr.io/a:1", E::Registry),
        ("GHCR.io/a:1", E::Registry),
        ("ghcr.io./a:1", E::Registry),
        ("user@ghcr.io/a:1", E::Registry),
        ("ghcr.io:0/a:1", E::Registry),
        ("ghcr.io:08/a:1", E::Registry),
        ("ghcr.io:70000/a:1", E::Registry),
        ("[::1]:5000/a:1", E::Registry),
        ("ghcr.io/a", E::NoSelector),
        ("ghcr.io/a/../b:1", E::Path),
        ("ghcr.io/a//b:1", E::Path),
        ("ghcr.io/A:1", E::Path),
        ("ghcr.io/a/:1", E::Path),
        ("ghcr.io/a___b:1", E::Path),
        ("ghcr.io/a..b:1", E::Path),
        ("ghcr.io/a%2fb:1", E::Path),
        ("ghcr.io/a:", E::Tag),
        ("ghcr.io/a:-x", E::Tag),
        ("ghcr.io/a:b/c", E::Tag),
        ("ghcr.io/a:b?c", E::Tag),
        ("ghcr.io/a:>", E::Tag),
        ("ghcr.io/a@sha256:00", E::Digest),
        ("ghcr.io/a@sha512:00", E::Digest),
    ] {
        assert_eq!(Reference::parse(text), Err(error), "{text}");
    }
    let upper = format!("ghcr.io/a@sha256:{}", HEX.to_uppercase());
    assert_eq!(Reference::parse(&upper), Err(E::Digest));
    assert_eq!(Reference::parse(&format!("ghcr.io/a:1@sha256:{HEX}")), Err(E::Path));
    assert_eq!(Reference::parse(&format!("ghcr.io/a:{}", "1".repeat(600))), Err(E::TooLong));
    // Found by fuzzing: written out, a range may be longer than it was.
    let long = format!("ghcr.io/{}:1,2,3,4,5", "a".repeat(490));
    assert!(long.len() < 512);
    assert_eq!(Reference::parse(&long), Err(E::TooLong));
}
