//! How URLs are read: what a parser makes an address of is an address here.

use super::*;

fn of(url: &str) -> Option<Origin> {
    origin(&Url::parse(url).unwrap())
}

#[test]
fn i6_every_spelling_of_an_address_is_a_literal() {
    for url in [
        "http://0x7f.1/",
        "http://2130706433/",
        "http://127.1:80/",
        "http://[::ffff:127.0.0.1]/",
        "http://127.0.0.1./",
    ] {
        let literal = of(url).unwrap().literal.expect(url);
        assert!(literal.to_canonical().is_loopback(), "{url}");
    }
    assert_eq!(of("https://registry.example/v2/").unwrap().literal, None);
}

#[test]
fn denied_urls_with_a_user_or_another_scheme() {
    for url in [
        "https://a:b@registry.example/",
        "https://a@registry.example/",
        "ftp://registry.example/",
        "file:///etc/passwd",
    ] {
        assert_eq!(of(url), None, "{url}");
    }
    let found = of("https://Registry.Example/").unwrap();
    assert_eq!((found.tls, found.host.as_str(), found.port), (true, "registry.example", 443));
}
