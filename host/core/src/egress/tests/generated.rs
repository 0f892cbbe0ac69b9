//! Adversarial URLs: good ones with something bad done to them, so that most are nearly canonical.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::{prelude::*, sample::select, test_runner::TestRunner};

use super::{ALL, assert_agreed};
use crate::egress::{
    names,
    origin::{self, OriginOptions, parse, parse_store_url},
    url::gate,
};

const CASES: u32 = 20_000;

const HOSTS: &[&str] = &[
    "vault.corp.example",
    "a.b",
    "xn--bcher-kva.example",
    "_sip.a-b.example",
    "secretsmanager.eu-central-1.amazonaws.com",
    "127.0.0.1",
    "10.8.0.1",
    "[::1]",
    "[fd12:3456::1]",
    "[64:ff9b::808:808]",
    "1.2.3.example",
    "vault.vault.svc",
    "vault.vault.svc.cluster.local",
    "0x.example",
];

const PATHS: &[&str] =
    &["/", "/v1/kv/data/team-a", "/a%20b/c", "/a:b@c", "/%3Fx", "/projects/p/secrets/s:access", "/a.b/~c"];

const QUERIES: &[&str] = &["", "", "?list=true", "?a=b&c=d%2B", "?version=1", "?q=a/b:c@d"];

/// Pieces that parsers read in different ways.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "@", ":", "/", "//", "\\", "?", "#", "%", "%2e", "%2E", "%2F", "%5C", "%00", "%0d%0a", "%25", "%41",
    "%c0%ae", "%C3%A9", "%20", "%zz", ".", "..", "/./", "/../", ";", "..;", "\t", "\n", "\r", " ", "\u{0}",
    "\u{7f}", "\u{a0}", "\u{ad}", "\u{200d}", "\u{3002}", "\u{ff0e}", "\u{ff0f}", "\u{212a}", "\u{df}",
    "\u{2460}", "é", "[", "]", "[::ffff:127.0.0.1]", "%25eth0", "::", "0", "00", "0x7f", "0x", "1", "255",
    "256", "4294967295", "127.1", "xn--", "xn--a", "XN--", "--", "-", "_", "*", "+", "&", "=", "'", "\"",
    "<", ">", "^", "`", "{", "|", "}", "!", "$", "(", ")", ",", "~", "A", "K", "https://", "http://",
    "HTTPS://", ":443", ":80", ":0", ":0443", ":+443", ":65535", ":65536", "localhost", ".local",
    "user:pass@", "evil.example", ".svc", "$a", "%3A%40",
];

#[derive(Clone, Debug)]
enum Change {
    Insert(u16, &'static str),
    Replace(u16, &'static str),
    Delete(u16),
    Upper(u16),
    Copy(u16, u16),
    Cut(u16),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<u16>(), select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
        3 => (any::<u16>(), select(PIECES)).prop_map(|(at, piece)| Change::Replace(at, piece)),
        2 => any::<u16>().prop_map(Change::Delete),
        1 => any::<u16>().prop_map(Change::Upper),
        1 => (any::<u16>(), any::<u16>()).prop_map(|(from, to)| Change::Copy(from, to)),
        1 => any::<u16>().prop_map(Change::Cut),
    ]
}

/// Works on characters; places wrap around.
fn apply(text: &mut Vec<char>, change: &Change) {
    let place = |at: u16| usize::from(at) % (text.len() + 1);
    match *change {
        Change::Insert(at, piece) => drop(text.splice(place(at)..place(at), piece.chars())),
        Change::Replace(at, piece) => {
            let (start, end) = (place(at), (place(at) + 1).min(text.len()));
            drop(text.splice(start..end, piece.chars()));
        }
        Change::Delete(at) => drop(text.drain(place(at)..(place(at) + 1).min(text.len()))),
        Change::Upper(at) => {
            text.iter_mut().skip(usize::from(at) % 64).take(1).for_each(|c| c.make_ascii_uppercase())
        }
        Change::Copy(from, to) => {
            let (from, to) = (place(from), place(to));
            let piece: Vec<char> = text.iter().skip(from).take(6).copied().collect();
            drop(text.splice(to..to, piece));
        }
        Change::Cut(at) => text.truncate(place(at)),
    }
}

fn adversarial() -> impl Strategy<Value = String> {
    let port = prop_oneof![3 => Just(String::new()), 1 => any::<u16>().prop_map(|port| format!(":{port}"))];
    let good = (select(&["https://", "http://"][..]), select(HOSTS), port, select(PATHS), select(QUERIES));
    let good =
        good.prop_map(|(scheme, host, port, path, query)| format!("{scheme}{host}{port}{path}{query}"));
    (good, prop::collection::vec(change(), 0..4)).prop_map(|(good, changes)| {
        let mut text = good.chars().collect();
        changes.iter().for_each(|change| apply(&mut text, change));
        text.into_iter().collect()
    })
}

#[test]
fn i1_generated_urls_are_read_alike() {
    let (accepted, denied) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut runner =
        TestRunner::new(ProptestConfig { cases: CASES, failure_persistence: None, ..Default::default() });
    let run = runner.run(&adversarial(), |text| {
        let count = match gate(&text, ALL) {
            Ok(url) => {
                assert_agreed(&text, &url);
                &accepted
            }
            Err(_) => &denied,
        };
        count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    let (accepted, denied) = (accepted.into_inner(), denied.into_inner());
    println!("{accepted} accepted, {denied} denied");
    // Neither side may be starved, or the test says nothing.
    assert!(accepted > 2000 && denied > 2000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    /// An origin is what the gate makes of it as a URL, and prints as it was written; fewer options never allow
    /// more.
    #[test]
    fn i1_generated_origins_are_read_alike(url in adversarial()) {
        let cut = url.char_indices().filter(|(_, c)| *c == '/').nth(2).map_or(url.len(), |(at, _)| at);
        let text = &url[..cut];
        let read = parse(text, ALL);
        prop_assert_eq!(&read, &parse_store_url(text));
        prop_assert_eq!(read.is_ok(), gate(&format!("{text}/"), ALL).is_ok());
        if let Ok(origin) = read {
            prop_assert_eq!(origin.to_string(), text);
            let url = format!("{text}/");
            let with_slash = parse(&url, ALL);
            prop_assert_eq!(parse_store_url(&url), Ok(origin.clone()));
            prop_assert_eq!(with_slash, Err(origin::OriginError::Path));
            assert_agreed(&url, &gate(&url, ALL).unwrap());
            let strict = parse(text, OriginOptions::default());
            let plain = origin.literal.is_none() && !names::in_cluster(&origin.host);
            prop_assert_eq!(strict.is_ok(), origin.tls && plain);
        } else {
            prop_assert!(parse(text, OriginOptions::default()).is_err());
        }
    }

    #[test]
    fn any_text_is_judged(text in "\\PC{0,60}|.{0,60}") {
        let _ = (gate(&text, ALL), gate(&format!("https://{text}"), ALL), origin::parse_store_url(&text));
    }
}
