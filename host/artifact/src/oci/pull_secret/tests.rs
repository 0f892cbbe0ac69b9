//! The kubelet's table of matches, and what is refused.

use super::*;

fn secret(text: &str) -> PullSecret {
    PullSecret::read(Layout::Config, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn user(secret: &PullSecret, registry: &str, path: &str) -> Option<String> {
    match secret.credentials(registry, path).unwrap_or_else(|error| panic!("{error}")) {
        Some(Credentials::Basic { username, password }) => Some(format!("{}/{}", *username, *password)),
        _ => None,
    }
}

fn refused(text: &str) -> PullSecretError {
    secret(text).credentials("r.example", "acme/vault").err().unwrap()
}

#[test]
fn the_longest_path_and_the_plainest_host_win() {
    let secret = secret(
        r#"{"auths": {
            "r.example": {"username": "host", "password": "p"},
            "https://r.example/acme": {"auth": "YWNtZTpwOnE="},
            "r.example/acme/vault/": {"username": "vault", "password": "p"},
            "*.azurecr.io": {"username": "any", "password": "p"},
            "team*.azurecr.io": {"username": "team", "password": "p"},
            "r.example:5000": {"username": "port", "password": "p"},
            "https://index.example/v1/": {"username": "old", "password": "p"}
        }}"#,
    );
    for (registry, path, wanted) in [
        ("r.example", "other/x", Some("host/p")),
        ("r.example", "acme/x", Some("acme/p:q")),
        ("r.example", "acme/vault", Some("vault/p")),
        ("r.example", "acme/vault/x", Some("vault/p")),
        ("r.example", "acme-evil/x", Some("host/p")),
        ("x.azurecr.io", "a", Some("any/p")),
        ("team1.azurecr.io", "a", Some("team/p")),
        ("r.example:5000", "acme/x", Some("port/p")),
        ("index.example", "a", Some("old/p")),
        ("r.example:5001", "acme/x", None),
        ("azurecr.io", "a", None),
        ("a.b.azurecr.io", "a", None),
        ("r.example.evil", "acme/x", None),
        ("evil-r.example", "acme/x", None),
    ] {
        assert_eq!(user(&secret, registry, path).as_deref(), wanted, "{registry}/{path}");
    }
}

#[test]
fn the_older_layout_has_no_auths_around_it() {
    let old =
        PullSecret::read(Layout::Old, br#"{"r.example": {"auth": "YTpi", "email": "a@b"}}"#).ok().unwrap();
    assert_eq!(user(&old, "r.example", "x").as_deref(), Some("a/b"));
    assert!(PullSecret::read(Layout::Old, br#"{"auths": "text"}"#).is_err());
}

#[test]
fn denied_entries_without_a_user_and_password() {
    for (entry, error) in [
        (r#"{"auth": "%%%"}"#, PullSecretError::Entry),
        (r#"{"auth": "YWI="}"#, PullSecretError::Entry),
        (r#"{"username": "a"}"#, PullSecretError::Entry),
        (r#"{"username": "a", "password": "b\r\nX: y"}"#, PullSecretError::Entry),
        (r#"{}"#, PullSecretError::Entry),
        (r#"{"auth": "YTpi", "identitytoken": "t"}"#, PullSecretError::Token),
        (r#"{"registrytoken": "t"}"#, PullSecretError::Token),
    ] {
        assert_eq!(refused(&format!(r#"{{"auths": {{"r.example": {entry}}}}}"#)), error, "{entry}");
    }
}

#[test]
fn denied_helpers_which_are_programs() {
    assert_eq!(refused(r#"{"credsStore": "evil"}"#), PullSecretError::Helper);
    assert_eq!(refused(r#"{"auths": {"r.example": {}}, "credsStore": "desktop"}"#), PullSecretError::Helper);
    assert_eq!(refused(r#"{"credHelpers": {"r.example": "evil"}}"#), PullSecretError::Helper);
    let both = secret(r#"{"auths": {"r.example": {"auth": "YTpi"}}, "credsStore": "desktop"}"#);
    assert_eq!(user(&both, "r.example", "x").as_deref(), Some("a/b"));
}

#[test]
fn denied_what_is_no_secret_or_too_large() {
    let read = |text: &[u8]| PullSecret::read(Layout::Config, text).err();
    assert_eq!(read(b"[]"), Some(PullSecretError::Malformed));
    assert_eq!(read(b"\xff"), Some(PullSecretError::Malformed));
    assert_eq!(read(&vec![b' '; MAX_BYTES + 1]), Some(PullSecretError::TooLarge));
    let many: Vec<String> = (0..=MAX_ENTRIES).map(|n| format!("\"r{n}\":{{}}")).collect();
    assert_eq!(
        read(format!("{{\"auths\":{{{}}}}}", many.join(",")).as_bytes()),
        Some(PullSecretError::TooLarge)
    );
}
