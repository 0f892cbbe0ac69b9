//! Recorded cases: documents that are no Kubernetes objects, read as strictly and with the same errors. What a case must
//! have beyond its types is checked here: one thing asked, and one thing expected, in each entry.

use serde::de::DeserializeOwned;

use super::{
    MAX_BYTES, ManifestError, Origin, WRITTEN,
    fault::{Fault, near},
    parts,
    path::Path,
    read::{self, Found},
    tree::{self, Content, Node},
};
use crate::case::{Case, CaseEntry, CaseRequest, CaseResponse};

const MEMBERS: &[&str] =
    &["name", "namespace", "store", "secrets", "tokens", "entries", "requests", "denied", "failure", "grant"];

/// Reads a file of cases, one a document, each with where it stands. Errors are in the order of lines.
#[must_use]
pub fn load_cases(text: &str, file: &str) -> (Vec<(Origin, Case)>, Vec<ManifestError>) {
    let (mut cases, mut errors) = (Vec::new(), Vec::new());
    let at = |document, line| Origin { file: file.to_owned(), document, line };
    if text.len() > MAX_BYTES {
        errors.push(ManifestError {
            origin: at(1, 1),
            path: String::new(),
            fault: Fault::TooLarge,
            kind: None,
        });
        return (cases, errors);
    }
    let (mut document, mut budget) = (0, tree::build::Budget::new(WRITTEN));
    for (line, part) in parts(text) {
        let (roots, stop) = tree::build::read(part, line, &mut budget);
        for mut root in roots {
            document += 1;
            let (case, found) = case(&mut root);
            cases.extend(case.map(|case| (at(document, root.line), case)));
            let error = |f: Found| ManifestError {
                origin: at(document, f.line),
                path: f.path,
                fault: f.fault,
                kind: None,
            };
            errors.extend(found.into_iter().map(error));
        }
        if let Some(tree::build::Stop { line, path, fault }) = stop {
            document += 1;
            errors.push(ManifestError { origin: at(document, line), path, fault, kind: None });
        }
    }
    (cases, errors)
}

/// The case, or all that is wrong with it.
fn case(root: &mut Node) -> (Option<Case>, Vec<Found>) {
    let mut found = Vec::new();
    if !matches!(root.content, Content::Map(_)) {
        let fault = Fault::Invalid("not a case: write a mapping with store and entries".to_owned());
        return (None, vec![Found { line: root.line, path: String::new(), fault }]);
    }
    unknown(root, &mut found);
    let case = Case {
        name: read::member(root, "name", &mut found),
        namespace: read::member(root, "namespace", &mut found),
        store: required(root, "store", &mut found),
        secrets: optional(root, "secrets", &mut found),
        tokens: optional(root, "tokens", &mut found),
        entries: required(root, "entries", &mut found),
        requests: optional(root, "requests", &mut found),
        denied: optional(root, "denied", &mut found),
        failure: read::member(root, "failure", &mut found),
        grant: optional(root, "grant", &mut found),
    };
    if found.is_empty() {
        rules(&case, root, &mut found);
    }
    found.sort_by_key(|f| f.line);
    (found.is_empty().then_some(case), found)
}

fn unknown(root: &Node, found: &mut Vec<Found>) {
    let Content::Map(entries) = &root.content else { return };
    for entry in entries.iter().filter(|e| !MEMBERS.contains(&e.key.as_str())) {
        let fault = Fault::UnknownField { near: near(&entry.key, MEMBERS), known: MEMBERS };
        let mut path = Path::default();
        path.field(&entry.key);
        found.push(Found { line: entry.line, path: path.into_text(), fault });
    }
}

fn optional<T: DeserializeOwned + Default>(root: &mut Node, key: &str, found: &mut Vec<Found>) -> T {
    read::member(root, key, found).unwrap_or_default()
}

fn required<T: DeserializeOwned + Default>(root: &mut Node, key: &str, found: &mut Vec<Found>) -> T {
    if root.member(key).is_none_or(|node| matches!(node.content, Content::Null)) {
        found.push(Found { line: root.line, path: key.to_owned(), fault: Fault::Missing });
    }
    optional(root, key, found)
}

/// What types cannot say.
fn rules(case: &Case, root: &Node, found: &mut Vec<Found>) {
    let mut fail = |list: &str, index: usize, below: &str, text: Option<String>| {
        let node = root.member(list).and_then(|list| list.child(index));
        let line = node.map_or(root.line, |node| node.line);
        let fault = text.map(Fault::Invalid);
        let path = format!("{list}[{index}]{below}");
        found.extend(fault.map(|fault| Found { line, path, fault }));
    };
    for (index, entry) in case.entries.iter().enumerate() {
        fail("entries", index, "", entry_rule(entry, case.failure.is_some()));
    }
    for (index, request) in case.requests.iter().enumerate() {
        fail("requests", index, "", request_rule(request));
        fail("requests", index, ".response", response_rule(&request.response));
    }
}

fn entry_rule(entry: &CaseEntry, fails: bool) -> Option<String> {
    let asked = [entry.key.is_some(), entry.extract.is_some(), entry.find.is_some()];
    if count(&asked) != 1 {
        return Some("needs exactly one of key, extract and find".to_owned());
    }
    let of_key = entry.property.is_some() || entry.version.is_some() || entry.metadata_policy.is_some();
    if of_key && entry.key.is_none() {
        return Some(
            "property, version and metadataPolicy stand beside key; move them into extract".to_owned(),
        );
    }
    if entry.absent == Some(false) {
        return Some("absent is true or left out: say which value is expected".to_owned());
    }
    let many = entry.values.is_some() || entry.names.is_some();
    if (many && entry.key.is_some()) || (entry.value.is_some() && entry.key.is_none()) {
        return Some("value belongs to key; values and names belong to extract and find".to_owned());
    }
    let expected = [entry.value.is_some(), many, entry.absent.is_some(), entry.failed.is_some()];
    let twice = entry.values.is_some() && entry.names.is_some();
    match (count(&expected), fails) {
        (1, false) if !twice => None,
        (0, true) => None,
        (_, true) => {
            Some("the run fails, so no entry has a result: remove what is expected of it".to_owned())
        }
        _ => Some("needs exactly one of value, values, names, absent and failed".to_owned()),
    }
}

fn request_rule(request: &CaseRequest) -> Option<String> {
    let bodies = [request.json.is_some(), request.form.is_some(), request.text.is_some()];
    (count(&bodies) > 1).then(|| "has at most one of json, form and text".to_owned())
}

fn response_rule(response: &CaseResponse) -> Option<String> {
    if !(100..=599).contains(&response.status) {
        return Some("status is a number of 100 to 599".to_owned());
    }
    if response.json.is_some() && response.text.is_some() {
        return Some("has at most one of json and text".to_owned());
    }
    let plain = |text: &String| text.bytes().all(|b| matches!(b, b' '..=b'~'));
    let named =
        |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let fits = response.headers.iter().all(|(name, value)| named(name) && plain(value));
    (!fits).then(|| "headers have letters, digits and hyphens in their names, and printable ASCII".to_owned())
}

fn count(which: &[bool]) -> usize {
    which.iter().filter(|is| **is).count()
}

#[cfg(test)]
mod tests {
    use super::load_cases;

    fn faults(text: &str) -> Vec<String> {
        load_cases(text, "a.yaml").1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_holds_several_cases() {
        let text =
            "store: {}\nentries: [{key: a, value: b}]\n---\nstore: {}\nentries: [{find: {}, names: []}]\n";
        let (cases, errors) = load_cases(text, "a.yaml");
        assert_eq!((cases.len(), errors.len()), (2, 0));
        assert_eq!(cases[1].0.line, 4);
    }

    #[test]
    fn denied_what_is_no_case_with_its_line_and_field() {
        for (text, fault) in [
            ("- a\n", "a.yaml:1: document 1: not a case: write a mapping with store and entries"),
            ("store: {}\n", "a.yaml:1: document 1: entries: is required and missing: add it"),
            (
                "store: {}\nentries: []\nrequest: []\n",
                "a.yaml:3: document 1: request: unknown field: did you mean requests?",
            ),
            (
                "store: {}\nentries:\n- key: a\n",
                "a.yaml:3: document 1: entries[0]: needs exactly one of value, values, names, absent and failed",
            ),
            (
                "store: {}\nentries:\n- {key: a, value: b}\n- {value: b}\n",
                "a.yaml:4: document 1: entries[1]: needs exactly one of key, extract and find",
            ),
            (
                "store: {}\nentries: []\nrequests:\n- method: GET\n  url: https://a\n  response: {status: 700}\n",
                "a.yaml:4: document 1: requests[0].response: status is a number of 100 to 599",
            ),
        ] {
            assert_eq!(faults(text), [fault], "{text}");
        }
    }
}
