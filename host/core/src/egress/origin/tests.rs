//! What a policy author and a store may write (G6, G6a). The adversarial rows are in `egress::tests`.

use super::*;

const ALL: OriginOptions = OriginOptions { allow_http: true, allow_ip_literal: true, allow_cluster: true };
const NONE: OriginOptions =
    OriginOptions { allow_http: false, allow_ip_literal: false, allow_cluster: false };

fn origin(text: &str) -> Origin {
    parse(text, ALL).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn g6_allowed_canonical_origins_print_as_they_were_written() {
    for text in [
        "https://vault.corp.example",
        "https://vault.corp.example:8200",
        "http://vault.corp.example",
        "http://vault.corp.example:443",
        "https://vault.corp.example:80",
        "https://_dmarc.a-b.example:65535",
        "https://xn--bcher-kva.example",
        "https://127.0.0.1:8200",
        "http://[::1]:8200",
        "https://[fd12:3456::1]",
    ] {
        assert_eq!(origin(text).to_string(), text);
    }
}

#[test]
fn g6_allowed_parts_are_those_that_were_written() {
    let literal = Some(IpAddr::from([127, 0, 0, 1]));
    for (text, tls, host, port, literal) in [
        ("https://vault.corp.example", true, "vault.corp.example", 443, None),
        ("http://vault.corp.example", false, "vault.corp.example", 80, None),
        ("http://127.0.0.1:8200", false, "127.0.0.1", 8200, literal),
        ("https://[fd12::1]:8200", true, "fd12::1", 8200, Some("fd12::1".parse().unwrap())),
    ] {
        assert_eq!(origin(text), Origin { tls, host: host.into(), port, literal });
    }
}

#[test]
fn g6_denied_an_origin_with_anything_after_the_port() {
    for (text, error) in [
        ("https://vault.corp.example/", OriginError::Path),
        ("https://vault.corp.example/v1", OriginError::Path),
        ("https://vault.corp.example?a", OriginError::Query),
        ("https://vault.corp.example#a", OriginError::Fragment),
    ] {
        assert_eq!(parse(text, ALL), Err(error), "{text}");
    }
}

/// One slash at the end is the one thing that a store may write and a grant may not.
#[test]
fn g6_allowed_store_urls_with_one_slash() {
    for text in ["https://vault.corp.example:8200", "http://127.0.0.1:8200", "https://[::1]"] {
        assert_eq!(parse_store_url(text), Ok(origin(text)));
        assert_eq!(parse_store_url(&format!("{text}/")), Ok(origin(text)));
    }
}

#[test]
fn g6_denied_store_urls_with_more() {
    for (text, error) in [
        ("https://vault.corp.example//", OriginError::Path),
        ("https://vault.corp.example/v1", OriginError::Path),
        ("https://vault.corp.example/v1/", OriginError::Path),
        ("https://vault.corp.example:443/", OriginError::DefaultPort),
        ("https://VAULT.corp.example", OriginError::Uppercase),
        ("https://", OriginError::NoHost),
        ("https:///", OriginError::Path),
        ("/", OriginError::Scheme),
    ] {
        assert_eq!(parse_store_url(text), Err(error), "{text}");
    }
}

#[test]
fn g6a_allowed_http_and_addresses_where_granted() {
    let http = OriginOptions { allow_http: true, ..NONE };
    assert!(parse("http://vault.corp.example", http).is_ok());
    let literal = OriginOptions { allow_ip_literal: true, ..NONE };
    for text in ["https://127.0.0.1", "https://10.8.0.1:8200", "https://1.1.1.1", "https://[::1]"] {
        assert!(parse(text, literal).is_ok(), "{text}");
    }
}

#[test]
fn g6a_denied_http_and_addresses_by_default() {
    let http = OriginOptions { allow_http: true, ..NONE };
    let literal = OriginOptions { allow_ip_literal: true, ..NONE };
    for options in [NONE, literal] {
        assert_eq!(parse("http://vault.corp.example", options), Err(OriginError::Http));
    }
    for options in [NONE, http] {
        for text in ["https://127.0.0.1", "https://10.8.0.1:8200", "https://1.1.1.1", "https://[::1]"] {
            assert_eq!(parse(text, options), Err(OriginError::Literal), "{text}");
        }
    }
    assert_eq!(parse("https://169.254.169.254", NONE), Err(OriginError::Metadata));
}

fn cidrs(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn g6a_allowed_an_address_that_is_pinned() {
    assert!(pinned(&origin("https://10.8.0.1"), &cidrs(&["10.8.0.1/32"])));
    assert!(pinned(&origin("https://[fd12::1]"), &cidrs(&["fd12::1/128"])));
}

#[test]
fn g6a_denied_an_address_that_is_not_pinned() {
    for (text, nets) in [
        ("https://10.8.0.1", &[][..]),
        ("https://10.8.0.1", &["10.8.0.0/16"]),
        ("https://10.8.0.1", &["10.8.0.0/31"]),
        ("https://10.8.0.1", &["10.8.0.2/32"]),
        ("https://10.8.0.1", &["10.8.0.1/32", "10.8.0.0/16"]),
        ("https://[fd12::1]", &["fd12::/64"]),
        ("https://vault.corp.example", &["10.8.0.1/32"]),
    ] {
        assert!(!pinned(&origin(text), &cidrs(nets)), "{text} {nets:?}");
    }
}

/// A remedy is a few words and quotes nothing of what was written.
#[test]
fn errors_quote_nothing() {
    for text in [
        "https://s3cret@host.example",
        "https://s3cret",
        "s3cret",
        "https://s3cret.local",
        "https://s3cret*.a.b",
    ] {
        let error = parse(text, ALL).unwrap_err().to_string();
        assert!(!error.contains("s3cret") && error.len() < 120, "{error}");
    }
}
