use super::*;

const ALL: OriginOptions = OriginOptions { allow_http: true, allow_ip_literal: true };

#[test]
fn i1_allowed_canonical_origins_print_as_they_were_written() {
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
        let origin = parse(text, ALL).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(origin.to_string(), text);
    }
}
