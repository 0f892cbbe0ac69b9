//! Origins and namespaces of ceilings: a star is one label, or the end of a namespace's name.

use super::{namespace, origin};

#[test]
fn allowed_origins() {
    assert!(origin("https://vault.example.com", "https://vault.example.com"));
    assert!(origin("https://*.example.com", "https://vault.example.com"));
    assert!(origin("https://*.example.com:8200", "https://vault.example.com:8200"));
    assert!(origin("https://sts.*.amazonaws.com", "https://sts.eu-west-1.amazonaws.com"));
}

#[test]
fn denied_origins() {
    for (pattern, other) in [
        ("https://*.example.com", "http://vault.example.com"),
        ("https://*.example.com", "https://a.b.example.com"),
        ("https://*.example.com", "https://example.com"),
        ("https://*.example.com", "https://vault.example.com:8200"),
        ("https://*.example.com", "https://vault.example.com.evil.org"),
        ("https://vault.example.com", "https://xvault.example.com"),
        ("https://sts.*.amazonaws.com", "https://sts.amazonaws.com"),
        ("https://vault.*", "https://vault.com:444"),
    ] {
        assert!(!origin(pattern, other), "{pattern} {other}");
    }
}

#[test]
fn namespaces() {
    assert!(namespace("team-*", "team-a") && namespace("*", "x") && namespace("a", "a"));
    assert!(!namespace("team-*", "teams") && !namespace("a", "ab") && !namespace("a", "b"));
}
