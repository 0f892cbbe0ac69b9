//! Files that are made to blow up are refused, or read, without blowing up: bounded in memory by what is counted,
//! so that each test ends.

// The lints' exception for tests does not reach helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use bailiwick_api::manifest::{Fault, MAX_BYTES, MAX_DEPTH, load};

fn fault(text: &str) -> Option<Fault> {
    let (manifests, errors) = load(text, "bomb.yaml");
    assert_eq!(manifests.len(), 0);
    errors.into_iter().map(|e| e.fault).next()
}

#[test]
fn a_large_file_is_refused_unread() {
    assert_eq!(fault(&"#".repeat(MAX_BYTES)), None);
    assert_eq!(fault(&"#".repeat(MAX_BYTES + 1)), Some(Fault::TooLarge));
}

#[test]
fn aliases_are_counted_as_what_they_stand_for() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for n in 1..12 {
        let last = n - 1;
        laughs.push_str(&format!("a{n}: &a{n} [{}*a{last}]\n", format!("*a{last}, ").repeat(9)));
    }
    assert_eq!(fault(&laughs), Some(Fault::TooMuch));
    let long = format!("a: &a {}\nb: [{}*a]\n", "x".repeat(100_000), "*a, ".repeat(100));
    assert_eq!(fault(&long), Some(Fault::TooMuch));
    let merges = format!("a: &a {{b: 1}}\nc: {{<<: [{}*a]}}\n", "*a, ".repeat(100_000));
    assert_eq!(fault(&merges), Some(Fault::TooMuch));
}

#[test]
fn depth_is_bounded_however_it_is_reached() {
    let nested = |n: usize| format!("a: {}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(fault(&nested(MAX_DEPTH)), Some(Fault::TooDeep));
    assert_ne!(fault(&nested(MAX_DEPTH - 1)), Some(Fault::TooDeep));
    assert_eq!(fault(&nested(200_000)), Some(Fault::TooDeep));
    assert_eq!(fault(&"- ".repeat(100)), Some(Fault::TooDeep));
    assert_eq!(fault(&"? ".repeat(100)), Some(Fault::Syntax("a key must be a text")));
    let half = "[".repeat(40) + &"]".repeat(40);
    let alias = format!("a: &a {half}\nb: {}*a{}", "[".repeat(40), "]".repeat(40));
    assert_eq!(fault(&alias), Some(Fault::TooDeep));
}

#[test]
fn many_nodes_are_bounded() {
    assert_eq!(fault(&format!("a: [{}]", "1,".repeat(200_000))), Some(Fault::TooMuch));
    let keys: String = (0..60_000).map(|n| format!("k{n}: 1\n")).collect();
    assert_eq!(fault(&keys), Some(Fault::TooMuch));
    let documents = "a: 1\n---\n".repeat(100_000);
    let (_, errors) = load(&documents, "bomb.yaml");
    assert_eq!(errors.iter().filter(|e| e.fault == Fault::TooMuch).count(), 1);
}

/// Many members, anchors and quotes: nothing here takes quadratic time.
#[test]
fn large_files_are_read_in_time() {
    let keys: String = (0..40_000).map(|n| format!("k{n}: 1\n")).collect();
    assert_eq!(fault(&keys), Some(Fault::Missing));
    let long = format!("{}: 1", "k".repeat(1000));
    assert_eq!(fault(&long), Some(Fault::Missing));
    let anchors: String = (0..20_000).map(|n| format!("k{n}: &a{n} 1\n")).collect();
    assert_eq!(fault(&anchors), Some(Fault::Missing));
    for piece in [
        "\"", "'", "[", "{", "- ", "? ", ": ", "&a ", "*a ", "!a ", "|\n", "a: |\n", "\\", "#", " ", "\t",
        "---\n", "...\n", "%a\n", "a:\n ", "\u{85}",
    ] {
        let (manifests, _) = load(&piece.repeat(MAX_BYTES / piece.len()), "bomb.yaml");
        assert_eq!(manifests.len(), 0);
    }
}

/// An object with more slips than are listed says so.
#[test]
fn faults_of_an_object_are_bounded() {
    let data = "  - {secretKey: 1}\n".repeat(500);
    let text = format!(
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: a}}\nspec:\n  data:\n{data}"
    );
    let (_, errors) = load(&text, "bomb.yaml");
    assert_eq!(errors.len(), 33);
    assert!(errors.iter().any(|e| e.fault == Fault::More));
    let unknown: String = (0..500).map(|n| format!("  x{n}: 1\n")).collect();
    let text = format!(
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: a}}\nspec:\n{unknown}"
    );
    let (_, errors) = load(&text, "bomb.yaml");
    assert_eq!(errors.len(), 33);
}
