//! What a newcomer meets: a surface that is accepted once, and said in words then. Everything goes through the binary, as it
//! is typed.

use serde_json::Value;

use crate::trusted::Trusted;

/// How a surface in words begins.
const WORDS: &str = "provider fake in the blind world";

/// `grant check`, as a table or as JSON.
fn check(trusted: &Trusted, more: &[&str]) -> String {
    let base = ["grant", "check", "--policy", "policy", "--provider-dir", "modules"];
    trusted.ok(&[&base[..], more].concat()).out
}

#[test]
fn g3_a_surface_is_said_in_words_where_it_is_accepted_or_asked_for() {
    let trusted = Trusted::new();
    let brief = check(&trusted, &[]);
    assert!(brief.contains(" lines in words: --surface)\n") && !brief.contains(WORDS), "{brief}");
    assert_eq!(check(&trusted, &["--write"]), brief, "what is accepted is said no more");
    let whole = check(&trusted, &["--surface"]);
    let lines = whole.lines().filter(|line| line.starts_with("    ")).count();
    assert!(whole.contains(WORDS) && brief.contains(&format!(" ({lines} lines in words")), "{whole}{brief}");
    let json = |more: &[&str]| -> Value {
        serde_json::from_str(&check(&trusted, &[more, &["-o", "json"]].concat())).unwrap()
    };
    assert_eq!(json(&["--write"])[0]["surfaceWords"], Value::Null);
    assert_eq!(json(&["--surface"])[0]["surfaceWords"][0], WORDS);
    // Another one, and none.
    let surface = json(&[])[0]["surface"].as_str().unwrap().to_owned();
    trusted.scene.edit("policy/grant.yaml", &format!("  surface: {surface}\n"), "  surface: sha256:00\n");
    assert_eq!(check(&trusted, &["--write"]), whole);
    trusted.scene.edit("policy/grant.yaml", &format!("  surface: {surface}\n"), "");
    assert_eq!(json(&["--write"])[0]["surfaceWords"][0], WORDS);
    assert_eq!(check(&trusted, &[]), brief);
}
