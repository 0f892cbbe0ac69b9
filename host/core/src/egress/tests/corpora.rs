//! The WHATWG URL tests and Unicode's IDNA tests.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::{ALL, assert_agreed};
use crate::{
    corpus,
    egress::{
        origin,
        url::{CanonicalUrl, gate},
    },
};

/// Counts what the gate accepts of `texts`; every one of them must be read alike by all.
fn accepted<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.filter_map(|text| gate(text, ALL).ok().map(|url| assert_agreed(text, &url))).count()
}

/// Every text in a JSON file, wherever it stands.
fn strings(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(out.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Object(members) => members.values().for_each(|member| strings(member, out)),
        _ => {}
    }
}

/// Inputs, what they become, and each host and text of the files as a host and as a path of its own.
#[test]
fn i1_corpus_whatwg_is_read_alike() {
    let mut texts = BTreeSet::new();
    for file in ["url/urltestdata.json", "url/setters_tests.json"] {
        let Some(path) = corpus::find(file) else { return };
        strings(&serde_json::from_slice(&fs::read(path).unwrap()).unwrap(), &mut texts);
    }
    let places = ["", "https://", "https://host.example/", "https://host.example:", "https://host.example/?"];
    let urls: BTreeSet<String> = texts
        .iter()
        .flat_map(|text| places.map(|before| format!("{before}{text}")))
        .flat_map(|text| [format!("{text}/"), text])
        .collect();
    let accepted = accepted(urls.iter().map(String::as_str));
    println!("{accepted} of {} accepted", urls.len());
    assert!(urls.len() > 5000 && accepted > 200);
}

/// What WHATWG repairs or refuses, the gate refuses.
#[test]
fn i1_denied_corpus_whatwg_repairs() {
    let Some(path) = corpus::find("url/urltestdata.json") else { return };
    let cases: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let mut accepted = 0;
    for case in cases.as_array().unwrap().iter().filter(|case| case.is_object()) {
        let input = case["input"].as_str().unwrap();
        if let Ok(CanonicalUrl { origin, .. }) = gate(input, ALL) {
            assert_eq!(case["href"], input);
            assert!(case["origin"].as_str().is_none_or(|named| named == origin.to_string()), "{input}");
            accepted += 1;
        }
    }
    println!("{accepted} inputs are canonical");
    assert!(accepted > 4);
}

/// A line of IdnaTestV2.txt: source, and toASCII (not transitional) if it has no error.
fn idna_line(line: &str) -> Option<(String, Option<String>)> {
    let (data, _) = line.split_once('#').unwrap_or((line, ""));
    let columns: Vec<&str> = data.split(';').map(str::trim).collect();
    let [source, unicode, unicode_status, ascii, ascii_status, ..] = columns.as_slice() else { return None };
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let status = or(ascii_status, unicode_status);
    let ascii = or(ascii, &or(unicode, source));
    Some(((*source).to_owned(), matches!(status.as_str(), "" | "[]").then_some(ascii)))
}

/// Refused by the file, which is of Unicode 17, for a character that is assigned since.
const SINCE: [&str; 2] = ["xn--5cb172r175fug38a.xn--mlj", "xn--t92s.xn--znb.xn--5-y88f"];

/// Unicode's cases as hosts: a source that is accepted is what toASCII makes of it, without an error; what
/// toASCII makes of any source is accepted, unless the gate has another reason to refuse it.
#[test]
fn i1_corpus_idna_is_read_alike() {
    let Some(path) = corpus::find("idna/IdnaTestV2.txt") else { return };
    let text = fs::read_to_string(path).unwrap();
    let (mut lines, mut accepted, mut refused) = (0, 0, 0);
    for (source, ascii) in text.lines().filter_map(idna_line) {
        lines += 1;
        for host in [Some(&source), ascii.as_ref()].into_iter().flatten() {
            let url = format!("https://{host}/");
            match gate(&url, ALL) {
                Ok(gated) => {
                    assert!(Some(host) == ascii.as_ref() || SINCE.contains(&host.as_str()), "{source}");
                    assert_agreed(&url, &gated);
                    accepted += 1;
                }
                Err(error) => refused += usize::from(error == origin::OriginError::Idna.into()),
            }
        }
        if let Some(ascii) = ascii.filter(|ascii| ascii.contains("xn--")) {
            let url = format!("https://{}.example/", ascii.trim_end_matches('.'));
            if let Err(error) = gate(&url, ALL) {
                assert_ne!(error, origin::OriginError::Idna.into(), "{ascii}");
            }
        }
    }
    println!("{accepted} hosts of {lines} lines accepted, {refused} refused as no A-labels");
    assert!(lines > 6000 && accepted > 400 && refused > 1000);
}
