//! `bailiwick provider test` and `bailiwick grant suggest`: our providers against their recorded cases, and what is said of
//! cases that do not hold. Nothing of it may leave the process: a listener that stands where the store points counts.

use bailiwick_artifact::section;
use bailiwick_testkit::{count::Counter, guest, temp::Folder};
use serde_json::Value;

use crate::{
    author::typed,
    scene::{Said, providers, root},
};

const OURS: [&str; 4] = ["fake", "vault", "openbao", "aws"];
/// A case of `vault` at a place of its own.
const CASE: &str = "name: one key
store: {server: \"SERVER\", path: kv, auth: {tokenSecretRef: {name: vault-token, key: token}}}
secrets: {vault-token: {token: planted-credential}}
entries:
- {key: team-a/db, property: password, value: correct-horse}
requests:
- method: GET
  url: SERVER/v1/kv/data/team-a/db
  headers: {X-Vault-Token: planted-credential}
  response: {status: 200, json: {data: {data: {password: correct-horse}}}}
";

/// `provider test` of one of our providers in `folder`, with more arguments.
fn test(folder: &Folder, name: &str, more: &str) -> Said {
    let component = providers().join(format!("{name}.wasm"));
    let provider = root().join("providers-wasm").join(name);
    let (provider, component) = (provider.display(), component.display());
    typed(&format!("bailiwick provider test {provider} --component {component} {more}"), folder.path())
}

/// What is said of the case at a server of its own, changed from one text to another.
fn one(server: &str, from: &str, to: &str) -> (Folder, Said) {
    let folder = Folder::new().unwrap();
    assert!(CASE.contains(from), "{from}");
    folder.write("case.yaml", CASE.replace(from, to).replace("SERVER", server)).unwrap();
    let said = test(&folder, "vault", "--cases case.yaml");
    (folder, said)
}

#[test]
fn our_providers_pass_their_cases() {
    let folder = Folder::new().unwrap();
    for name in OURS {
        let said = test(&folder, name, "");
        assert_eq!(said.code, 0, "{name}: {}{}", said.out, said.err);
        assert_eq!(said.err, "", "{name}");
        assert!(said.out.contains(" 0 failed"), "{name}: {}", said.out);
    }
    let said = test(&folder, "vault", "");
    assert!(said.out.contains("\n  origin      https://vault.example:8200 (vault)\n"), "{}", said.out);
    assert!(said.out.contains("Declared in the catalogue, and used by no case:"), "{}", said.out);
    let json: Value = serde_json::from_str(&test(&folder, "vault", "-o json").out).unwrap();
    assert!(json["cases"].as_array().unwrap().iter().all(|case| case["ok"] == true));
    assert!(json["asked"]["operations"].as_array().unwrap().contains(&"kv2-read".into()), "{json}");
    assert!(folder.files().unwrap().is_empty(), "nothing is written");
}

#[test]
fn i2_allowed_a_case_that_needs_no_socket() {
    let counter = Counter::start().unwrap();
    let (_folder, said) = one(&format!("http://{}", counter.address()), "one key", "one key");
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(counter.connections().unwrap(), 0);
}

#[test]
fn i2_denied_a_request_that_no_case_expects() {
    let counter = Counter::start().unwrap();
    let (_folder, said) = one(&format!("http://{}", counter.address()), "method: GET", "method: POST");
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let address = counter.address();
    let got =
        format!("got       GET http://{address}/v1/kv/data/team-a/db (operation kv2-read; nothing left)");
    assert!(said.out.contains("a request that is not expected") && said.out.contains(&got), "{}", said.out);
    assert!(said.out.contains("never asked for"), "{}", said.out);
    assert_eq!(counter.connections().unwrap(), 0);
}

/// It is answered as recorded, so that nothing else differs for it.
#[test]
fn i2_denied_a_request_to_another_url_as_one_difference() {
    let counter = Counter::start().unwrap();
    let address = counter.address();
    let (_folder, said) = one(&format!("http://{address}"), "data/team-a/db", "data/team-a/other");
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let url = format!("http://{address}/v1/kv/data/team-a");
    let difference = format!("requests[0] url\n    expected  {url}/other\n    got       {url}/db\n");
    assert!(said.out.contains(&difference), "{}", said.out);
    assert_eq!(said.out.matches("    expected  ").count(), 1, "{}", said.out);
    assert_eq!(counter.connections().unwrap(), 0);
}

#[test]
fn denied_other_values_headers_and_failures_with_what_differs() {
    for (from, to, words) in [
        (
            "value: correct-horse",
            "value: other",
            "entries[0] value\n    expected  \"other\"\n    got       \"correct-horse\"",
        ),
        ("value: correct-horse", "absent: true", "expected  absent\n    got       values: value"),
        ("value: correct-horse", "failed: refused", "expected  failed refused"),
        ("status: 200", "status: 403", "failed refused: the backend refused it"),
        ("db\n  headers", "db?version=2\n  headers", "requests[0] url"),
        ("secrets:", "failure: unavailable\nsecrets:", "entries[0]: the run fails"),
        ("path: kv", "path: kv, tls: {}", "StoreConflicts: spec.provider.vault.tls"),
        (
            "{vault-token:",
            "{other:",
            "no-credential: the store's credential does not exist: Secret team-a/vault-token, key token",
        ),
    ] {
        let (_folder, said) = one("https://vault.example", from, to);
        let all = format!("{}{}", said.out, said.err);
        assert!(all.contains(words), "{to}: {all}");
        assert_eq!(said.code, if to.starts_with("failure") { 2 } else { 1 }, "{to}: {all}");
    }
}

/// I4 of the author's tool: a credential is compared, and never shown as it was sent.
#[test]
fn i4_a_credential_as_it_was_sent_is_not_shown() {
    let (_folder, said) = one("https://vault.example", "Token: planted-credential", "Token: other");
    assert_eq!(said.code, 1);
    let shown =
        "requests[0] header X-Vault-Token\n    expected  other\n    got       another credential (not shown)";
    assert!(said.out.contains(shown), "{}", said.out);
    assert!(!said.out.contains("planted-credential") && !said.err.contains("planted-credential"));
}

#[test]
fn denied_files_that_hold_no_case_with_place_and_remedy() {
    let folder = Folder::new().unwrap();
    let component = providers().join("fake.wasm");
    for (text, words) in [
        (
            "store: {}\nentries: []\nrequst: []\n",
            "case.yaml:3: document 1: requst: unknown field: did you mean requests?",
        ),
        ("store: {}\n", "case.yaml:1: document 1: entries: is required and missing: add it"),
        (
            "store: {}\nentries: [{key: [a]}]\n",
            "case.yaml:2: document 1: entries[0].key: expected a text, found a list",
        ),
        ("store: {}\nentries: [\n", "case.yaml"),
        ("", "no cases; write one"),
    ] {
        folder.write("case.yaml", text).unwrap();
        let line = format!("bailiwick provider test --cases case.yaml --component {}", component.display());
        let said = typed(&line, folder.path());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{text}: {}", said.err);
        assert!(said.err.contains(words), "{text}: {}", said.err);
    }
}

#[test]
fn denied_without_a_component_and_the_remedy_is_said() {
    let folder = Folder::new().unwrap();
    let fake = root().join("providers-wasm/fake");
    for file in ["provider.toml", "cases/data.yaml"] {
        folder.write(&format!("fake/{file}"), std::fs::read(fake.join(file)).unwrap()).unwrap();
    }
    let said = typed("bailiwick provider test fake", folder.path());
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(
        said.err.contains("fake/fake.wasm: no component; run `bailiwick provider build fake`"),
        "{}",
        said.err
    );
}

/// A component that names an operation by text that draws on a terminal, and one that loops.
#[test]
fn denied_a_hostile_components_text_on_the_terminal() {
    let folder = Folder::new().unwrap();
    folder
        .write("case.yaml", "store: {data: [{key: a, value: b}]}\nentries: [{key: a, value: b}]\ngrant: {limits: {deadline: 2s}}\n")
        .unwrap();
    let catalogue = std::fs::read_to_string(root().join("providers-wasm/fake/provider.toml")).unwrap();
    let text = guest::text("requests").unwrap();
    let drawing = text.replacen("(data (i32.const 16) \"op\")", "(data (i32.const 16) \"\\1b[\")", 1);
    assert_ne!(text, drawing);
    for wat in [drawing, guest::text("loop").unwrap()] {
        let component = section::write(&guest::from_text(&wat).unwrap(), &catalogue).unwrap();
        folder.write("evil.wasm", component).unwrap();
        let said = typed("bailiwick provider test --cases case.yaml --component evil.wasm", folder.path());
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert!(said.out.contains("FAILED  case.yaml:1: case 1"), "{}", said.out);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{}", said.out);
    }
}

/// The suggested grant compiles, the cases pass under it, and under a narrower one they do not.
#[test]
fn g1_allowed_by_the_suggested_grant_what_the_cases_ask_for() {
    for name in OURS {
        let folder = Folder::new().unwrap();
        let suggested = suggest(&folder, name, "");
        folder.write("policy/grant.yaml", &suggested).unwrap();
        let head = "apiVersion: bailiwick.dev/v1alpha1\nkind: Provider\nmetadata:";
        let provider = format!("{head} {{name: {name}}}\nspec: {{module: {{file: {name}.wasm}}}}\n");
        folder.write("policy/provider.yaml", provider).unwrap();
        let place = providers();
        let line = format!(
            "bailiwick grant check --policy policy --provider-dir {} --allow-unsigned",
            place.display()
        );
        let checked = typed(&line, folder.path());
        assert_eq!(checked.code, 0, "{name}: {suggested}{}{}", checked.out, checked.err);
        let said = test(&folder, name, "--grant policy/grant.yaml");
        let denied = said.out.lines().filter(|line| line.starts_with("FAILED")).count();
        assert_eq!(denied, 0, "{name}: {suggested}{}", said.out);
    }
}

#[test]
fn g1_denied_by_the_suggested_grant_what_no_case_asks_for() {
    let folder = Folder::new().unwrap();
    let suggested = suggest(&folder, "vault", "");
    assert!(!suggested.contains("kv2-metadata") && !suggested.contains("user-pass"), "{suggested}");
    folder.write("grant.yaml", suggested).unwrap();
    folder.write("case.yaml", CASE.replace("SERVER", "https://other.example")).unwrap();
    let said = test(&folder, "vault", "--cases case.yaml --grant grant.yaml");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("HostNotGranted: spec.provider.vault.server"), "{}", said.out);
}

#[test]
fn a_suggestion_names_repository_and_signers_where_they_are_given() {
    let folder = Folder::new().unwrap();
    let text =
        suggest(&folder, "fake", "--repository registry.example/fake --signed-by ci,release --name team-a");
    assert!(text.contains("    repository: registry.example/fake\n    signedBy: [ci, release]\n"), "{text}");
    assert!(text.contains("  name: team-a\n") && !text.contains("module:"), "{text}");
    let text = suggest(&folder, "fake", "");
    assert!(text.contains("    # repository: REGISTRY/REPOSITORY\n"), "{text}");
}

#[test]
fn denied_a_suggestion_from_cases_that_fail() {
    let (folder, _) = one("https://vault.example", "value: correct-horse", "value: other");
    let said = typed(&suggest_line("vault", "--cases case.yaml"), folder.path());
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("no grant is suggested from cases that fail"), "{}", said.err);
}

fn suggest_line(name: &str, more: &str) -> String {
    let component = providers().join(format!("{name}.wasm"));
    let provider = root().join("providers-wasm").join(name);
    format!("bailiwick grant suggest {} --component {} {more}", provider.display(), component.display())
}

fn suggest(folder: &Folder, name: &str, more: &str) -> String {
    let said = typed(&suggest_line(name, more), folder.path());
    assert_eq!(said.code, 0, "{name}: {}{}", said.out, said.err);
    said.out
}
