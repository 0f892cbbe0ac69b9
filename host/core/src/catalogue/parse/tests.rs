//! Each fault is made by one change to a catalogue that is well formed, so that its check is what refuses it. The
//! faults are data: `tests/grants/faults.yaml`, under the names of the rules.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::parse;

const VAULT: &str = include_str!("../../../tests/grants/catalogues/vault.toml");
const AWS: &str = include_str!("../../../tests/grants/catalogues/aws.toml");
const FAKE: &str = include_str!("../../../tests/grants/catalogues/fake.toml");
const FAULTS: &str = include_str!("../../../tests/grants/faults.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    catalogue: String,
    from: String,
    to: String,
    fault: String,
}

/// The faults of a catalogue after a change, as `path: problem`.
fn faults(text: &str, from: &str, to: &str) -> Vec<String> {
    assert!(text.contains(from), "the catalogue has no {from:?}");
    let found = parse(&text.replacen(from, to, 1)).err().unwrap_or_default();
    assert!(found.iter().all(|fault| !fault.remedy.is_empty()), "{found:?}");
    found.iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect()
}

#[test]
fn the_catalogues_of_the_tests_are_well_formed() {
    for text in [VAULT, AWS, FAKE] {
        parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    }
}

#[test]
fn each_denied_change_is_found_at_its_path() {
    let rules: BTreeMap<String, Vec<Row>> = serde_saphyr::from_str(FAULTS).unwrap();
    let mut wrong = Vec::new();
    for (rule, rows) in &rules {
        for row in rows {
            let text = match row.catalogue.as_str() {
                "vault" => VAULT,
                "aws" => AWS,
                _ => FAKE,
            };
            let found = faults(text, &row.from, &row.to);
            let fine = row.fault == "none" && found.is_empty();
            if !fine && !found.iter().any(|found| found.starts_with(&row.fault)) {
                wrong.push(format!("{rule}: {:?}: {:?} is not in {found:#?}", row.to, row.fault));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for rule in ["b1", "b2", "b4", "b5", "b6", "g7", "g8", "g9", "g10"] {
        let named = format!("{rule}_denied_");
        assert!(rules.keys().any(|name| name.starts_with(&named)), "{rule} has no denied change");
    }
}

#[test]
fn text_that_is_no_catalogue_is_refused_with_its_line() {
    for (text, path, problem) in [
        ("name = ", "provider.toml", "line 1"),
        ("name = \"a\"\nname = \"b\"", "provider.toml", "line 2"),
        ("name = \"a\"\nversion = 1", "version", "line 2"),
        (&format!("{FAKE}\n[extra]\nx = 1"), "extra", "line"),
        (
            &VAULT.replace("class = \"digits\"", "class = \"number\""),
            "operations.get.slots.version.class",
            "line",
        ),
        (&VAULT.replace("name = \"X-Vault-Token\"", "name = \"X-Vault-Token\", extra = 1"), "auth", "line"),
        (&" ".repeat(300 * 1024), "provider.toml", "is longer"),
    ] {
        let found = parse(text).unwrap_err();
        let first = found.first().unwrap();
        assert!(first.path.starts_with(path) && first.problem.starts_with(problem), "{found:?}");
    }
}

#[test]
fn all_faults_are_collected() {
    let text = VAULT.replace("name = \"vault\"", "name = \"Vault\"").replace("\"digits\"", "\"text\"");
    let found = parse(&text).unwrap_err();
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn g7_denied_a_network_without_any_account() {
    let bare = "name = \"a\"\nversion = \"1.0.0\"\nworld = \"blind\"\nsettings.type = \"object\"\n[authorities.a]\n\
                [operations.get]\nclass = \"read\"\nmethod = \"GET\"\npath = \"/{key}\"\nkey = [\"key\"]\n\
                slots.key = { source = \"key\", class = \"segment\" }\n";
    let found = parse(bare).unwrap_err();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].path.as_str(), found[0].problem.as_str()),
        ("operations.get", "is asked of no account (G7)")
    );
    let with = bare.replace("/{key}", "/{account.id}/{key}") + "[account.id]\nclass = \"name\"\n";
    parse(&with).unwrap_or_else(|faults| panic!("{faults:#?}"));
}

#[test]
fn headers_of_the_host_are_refused() {
    for name in [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Connection",
        "Upgrade",
        "Expect",
        "Proxy-Authorization",
        "Forwarded",
        "X-Forwarded-Host",
        "Cookie",
        "Authorization",
        "Date",
        "User-Agent",
        "Accept-Encoding",
        "Referer",
        "Origin",
        "X-HTTP-Method-Override",
        "X-HTTP-REQUEST",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Sudo",
        "Impersonate-User",
        "X-Goog-User-Project",
        "X-Vault-Token",
        "X-Vault-Wrap-TTL",
        "Warden-Api-Url",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X_Vault_Token",
        "A B",
        "",
    ] {
        let with = format!("headers.\"{name}\" = \"x\"\nheaders.X-Vault-Namespace = \"{{auth.namespace}}\"");
        let found = faults(VAULT, "headers.X-Vault-Namespace = \"{auth.namespace}\"", &with);
        assert!(found.iter().any(|f| f.starts_with("operations.login.headers.")), "{name}: {found:?}");
    }
}
