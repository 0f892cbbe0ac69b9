//! `grant check` and `grant explain`: what a person is told is what is decided, with the lines of the grant that it
//! rests on; and an entry goes to the first grant, by name, that admits it (G2).

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_boundary::{Entry, Find, Reference};
use bailiwick_core::{
    catalogue::surface,
    grant::{self, CheckRequest, Report, Sent},
    reason::Reason,
};
use serde_json::{Value as Json, json};

use super::case::{Input, merge};

fn base(file: &str) -> Json {
    let text = std::fs::read_to_string(super::folder("cases").join(file)).unwrap();
    let file: Json = serde_saphyr::from_str(&text).unwrap();
    file["base"].clone()
}

fn with(file: &str, change: &Json) -> Input {
    let mut base = base(file);
    merge(&mut base, change);
    Input::read(&base)
}

fn secret(key: &str, version: Option<&str>) -> Entry {
    let version = version.map(str::to_owned);
    Entry::Secret(Reference { key: key.into(), property: None, version, metadata: false })
}

fn find(path: Option<&str>) -> Entry {
    Entry::Find(Find { path: path.map(str::to_owned), by_tags: false })
}

fn sent(input: &Input, entry: &Entry) -> Result<Vec<Sent>, Reason> {
    let explained = grant::explain(&[input.request()], entry);
    let one = explained.grants.into_iter().next().unwrap();
    assert_eq!(explained.chosen.is_ok(), one.verdict.is_ok());
    one.verdict.map_err(|denial| denial.reason)
}

#[test]
fn g2_allowed_an_entry_goes_to_the_first_grant_that_admits_it() {
    let target = |keys: &str| json!({"origin": "https://vault.corp.example:8200", "account": {"namespace": "team-a", "mount": "kv"}, "keys": [keys]});
    let grants: Vec<Input> = [("a", "one/**"), ("b", "two/**"), ("c", "**")]
        .iter()
        .map(|(name, keys)| {
            with(
                "vault.yaml",
                &json!({"grant": {"metadata": {"name": name}, "spec": {"targets": [target(keys)]}}}),
            )
        })
        .collect();
    let requests: Vec<_> = grants.iter().map(Input::request).collect();
    for (entry, index) in [
        (secret("one/x", None), 0),
        (secret("two/x", None), 1),
        (secret("three/x", None), 2),
        (find(Some("two")), 1),
        (find(None), 2),
        (find(Some("/")), 2),
    ] {
        assert_eq!(grant::explain(&requests, &entry).chosen, Ok(index), "{entry:?}");
    }
}

#[test]
fn g2_denied_with_the_reason_that_came_closest() {
    let other = with("vault.yaml", &json!({"grant": {"spec": {"subjects": [{"namespaces": ["team-b"]}]}}}));
    let host = with(
        "vault.yaml",
        &json!({"grant": {"spec": {"targets": [{"origin": "https://x.example", "account": {"mount": "kv"}}]}}}),
    );
    let keys = with("vault.yaml", &json!({}));
    let chosen = |inputs: &[&Input]| {
        let requests: Vec<_> = inputs.iter().map(|input| input.request()).collect();
        grant::explain(&requests, &secret("team-b/x", None)).chosen.map_err(|denial| denial.reason)
    };
    assert_eq!(chosen(&[]), Err(Reason::NotGranted));
    assert_eq!(chosen(&[&other]), Err(Reason::SubjectNotGranted));
    assert_eq!(chosen(&[&other, &host]), Err(Reason::HostNotGranted));
    assert_eq!(chosen(&[&keys, &host, &other]), Err(Reason::KeyNotGranted));
}

#[test]
fn explains_a_login_and_a_read_with_the_grants_lines() {
    let input = with(
        "vault.yaml",
        &json!({"store": {"settings": {"auth": {"tokenSecretRef": null, "kubernetes": {"serviceAccountRef": {"name": "reader"}}}}}}),
    );
    let sent = sent(&input, &secret("team-a/db", Some("3"))).unwrap();
    let lines: Vec<String> =
        sent.iter().map(|sent| format!("{} {} {}", sent.method, sent.url, sent.lines.join(" "))).collect();
    assert_eq!(
        lines,
        [
            "POST https://vault.corp.example:8200/v1/auth/kubernetes/login spec.targets[0] spec.auth[1]",
            "POST https://vault.corp.example:8200/v1/auth/token/revoke-self spec.targets[0] spec.auth[1]",
            "GET https://vault.corp.example:8200/v1/kv/data/team-a/db?version=3 spec.operations[0] spec.targets[0] spec.targets[0].keys[0] spec.auth[1]",
        ]
    );
    assert_eq!(sent[0].body.as_deref(), Some(r#"{"role":"reader"}"#));
    assert_eq!(sent[0].headers, [("X-Vault-Namespace".to_owned(), "team-a".to_owned())]);
}

/// The one name that is asked of DNS and does not stand in the request.
#[test]
fn explains_where_a_service_of_the_cluster_is_looked_up() {
    let target = |origin: &str| {
        json!([{"origin": origin, "addresses": {"class": "cluster", "cidrs": ["10.96.0.0/12"]},
            "account": {"namespace": "team-a", "mount": "kv"}, "keys": ["team-a/**"]}])
    };
    for (host, asked) in
        [("vault.vault.svc", Some("vault.vault.svc.cluster.local")), ("vault.vault.svc.cluster.local", None)]
    {
        let origin = format!("https://{host}:8200");
        let change = json!({"store": {"settings": {"server": origin}}, "grant": {"spec": {"targets": target(&origin)}}});
        let sent = sent(&with("vault.yaml", &change), &secret("team-a/db", None)).unwrap();
        assert_eq!(sent[0].url, format!("{origin}/v1/kv/data/team-a/db"));
        assert_eq!(sent[0].looked_up.as_deref(), asked);
    }
}

#[test]
fn explains_a_find_and_what_follows_for_each_name() {
    let sent = sent(&with("vault.yaml", &json!({})), &find(Some("team-a"))).unwrap();
    let asked: Vec<(&str, bool)> =
        sent.iter().map(|sent| (sent.operation.as_str(), sent.each_name)).collect();
    assert_eq!(asked, [("browse", false), ("browse-folder", true), ("get-listed", true)]);
    assert_eq!(sent[2].url, "https://vault.corp.example:8200/v1/{account.mount}/data/{name}");
}

#[test]
fn a_version_fills_the_slot_that_it_is_meant_for() {
    let input = with(
        "aws.yaml",
        &json!({"grant": {"spec": {"operations": ["get-secret", "get-listed", "list-secrets", "list-path"]}}}),
    );
    for (version, body) in [
        (None, json!({"SecretId": "prod/db"})),
        (Some("AWSPREVIOUS"), json!({"SecretId": "prod/db", "VersionStage": "AWSPREVIOUS"})),
        (Some("uuid/1234"), json!({"SecretId": "prod/db", "VersionId": "1234"})),
    ] {
        let sent = sent(&input, &secret("prod/db", version)).unwrap();
        let last = sent.last().unwrap();
        assert_eq!(last.body, Some(body.to_string()), "{version:?}");
    }
    assert_eq!(sent(&input, &secret("dev/db", None)), Err(Reason::KeyNotGranted));
    // A path is not given to the operation that lists everything.
    assert_eq!(sent(&input, &find(Some("dev"))), Err(Reason::KeyNotGranted));
    let operations = |entry: &Entry| {
        let sent = sent(&input, entry).unwrap();
        sent.iter().rfind(|sent| !sent.each_name).unwrap().operation.clone()
    };
    assert_eq!(operations(&find(Some("prod"))), "list-path");
    assert_eq!(operations(&find(None)), "list-secrets");
}

#[test]
fn i5_denied_a_find_whose_names_nothing_reads() {
    let lists =
        |operations: &Json| with("vault.yaml", &json!({"grant": {"spec": {"operations": operations}}}));
    let wanted = find(Some("team-a"));
    assert_eq!(sent(&lists(&json!(["list", "get"])), &wanted), Err(Reason::OperationNotGranted));
    assert!(sent(&lists(&json!(["list", "get-listed"])), &wanted).is_ok(), "its allowed twin");
}

#[test]
fn i5_denied_metadata_where_nothing_reads_it() {
    let reads = with("vault.yaml", &json!({}));
    let entry = |metadata| {
        Entry::Secret(Reference { key: "team-a/db".into(), property: None, version: None, metadata })
    };
    assert_eq!(sent(&reads, &entry(true)), Err(Reason::OperationNotGranted));
    assert!(sent(&reads, &entry(false)).is_ok(), "its allowed twin");
}

fn check(input: &Input) -> Report {
    let request = input.request();
    grant::check(&CheckRequest {
        catalogue: request.catalogue,
        origin: request.origin,
        provider: &request.provider.spec,
        grant: &request.grant.spec,
        trusted_labels: request.trusted_labels,
        ca: request.ca,
    })
}

#[test]
fn check_allowed_says_what_the_grant_admits_and_its_surface() {
    let input = with("vault.yaml", &json!({}));
    let report = check(&input);
    assert_eq!((report.denials, report.warnings), (Vec::new(), Vec::new()));
    assert_eq!(report.operations, ["browse", "browse-folder", "get", "get-listed"]);
    assert_eq!(report.surface, surface::hash(input.request().catalogue));
}

#[test]
fn check_denied_finds_every_fault() {
    let input = with(
        "vault.yaml",
        &json!({"grant": {"spec": {
            "provider": {"module": "sha256:other", "repository": "registry.example/vault"},
            "surface": "sha256:other",
            "subjects": [{}],
            "operations": ["raed"],
            "targets": [
                {"origin": "https://Vault.example", "account": {"mount": "kv"}},
                {"origin": "https://vault.example", "account": {"mount": "*"}},
            ],
            "auth": [{"method": "ldap"}, {"method": "token", "secrets": ["*/x"]}],
            "push": {"sources": ["a"]},
            "limits": {"rate": "1"},
        }}}),
    );
    let fields: BTreeSet<String> = check(&input).denials.into_iter().map(|denial| denial.field).collect();
    let want = [
        "auth[0].method",
        "auth[1].secrets[0]",
        "limits.rate",
        "operations[0]",
        "provider.module",
        "provider.repository",
        "push",
        "subjects[0]",
        "surface",
        "targets[0].origin",
        "targets[1].account.mount",
    ];
    assert_eq!(fields.iter().map(String::as_str).collect::<Vec<_>>(), want);
}

#[test]
fn check_warns_of_what_is_allowed_and_worth_a_look() {
    let input = with(
        "vault.yaml",
        &json!({"grant": {"spec": {
            "auth": [],
            "limits": {"freeBits": 8},
            "targets": [
                {"origin": "http://127.0.0.1:8200", "addresses": {"class": "loopback", "cidrs": ["127.0.0.1/32"]},
                 "account": {"mount": "kv"}, "keys": ["**"]},
                {"origin": "https://vault.example", "account": {"mount": "kv"}, "caRef": {"configMap": "corp-ca"}},
                {"origin": "https://vault.vault.svc", "addresses": {"class": "cluster", "cidrs": ["10.96.0.0/12"]},
                 "account": {"mount": "kv"}, "keys": ["a/*"]},
                {"origin": "https://vault.other.svc", "addresses": {"class": "cluster", "cidrs": ["10.96.0.0/12"]},
                 "account": {"mount": "kv"}, "keys": ["a/*"], "caRef": {"configMap": "corp-ca"}},
            ],
        }}}),
    );
    let report = check(&input);
    assert_eq!(report.denials, []);
    let warned: BTreeMap<&str, &str> =
        report.warnings.iter().map(|w| (w.field.as_str(), w.text.as_str())).collect();
    let fields: Vec<&str> = warned.keys().copied().collect();
    let want = [
        "auth",
        "limits.freeBits",
        "targets[0].addresses.class",
        "targets[0].keys[0]",
        "targets[0].origin",
        "targets[1].keys",
        "targets[2].caRef",
    ];
    assert_eq!(fields, want);
    let input = with("vault.yaml", &json!({"grant": {"spec": {"operations": []}}}));
    assert_eq!(check(&input).warnings[0].field, "operations");
}

#[test]
fn check_denied_roots_that_are_not_there() {
    let target = json!({"origin": "https://vault.example", "account": {"mount": "kv"}, "keys": ["a"], "caRef": {"configMap": "none"}});
    let input = with("vault.yaml", &json!({"grant": {"spec": {"targets": [target]}}}));
    assert_eq!(check(&input).denials[0].field, "targets[0].caRef");
}

#[test]
fn check_denied_what_compiles_for_no_store() {
    let slots = json!({"role": "r", "mount": "data/x"});
    let fields = |operations: &Json| {
        let spec = json!({
            "operations": operations,
            "targets": [{"origin": "https://vault.example", "account": {"mount": "auth"}, "keys": ["**"]}],
            "auth": [{"method": "kubernetes", "slots": slots, "serviceAccounts": ["./reader"], "audience": "v"}],
        });
        let report = check(&with("vault.yaml", &json!({"grant": {"spec": spec}})));
        report.denials.into_iter().map(|denial| denial.field).collect::<Vec<_>>()
    };
    assert_eq!(fields(&json!(["write"])), ["targets[0].account"], "b5: a key `login` is the login");
    assert_eq!(fields(&json!(["list"])), [""; 0], "allowed twin: nothing reaches it");
    let two = |region: &str, account: &str| {
        let place = |name: &str, region: &str, account: &str| {
            json!({"authority": name, "origin": format!("https://{name}.{region}.example"),
                   "account": {"region": region, "account": account}, "keys": ["a"]})
        };
        let targets = json!([place("secretsmanager", "eu", "1"), place("sts", region, account)]);
        let report = check(&with("aws.yaml", &json!({"grant": {"spec": {"targets": targets}}})));
        report.denials.into_iter().map(|denial| denial.field).collect::<Vec<_>>()
    };
    assert_eq!(two("eu", "2").first().map(String::as_str), Some("targets[1].account.account"), "g7");
    assert_eq!(two("eu", "1"), [""; 0], "allowed twin");
    assert_eq!(two("us", "2"), [""; 0], "allowed twin: the store's region tells them apart");
}

#[test]
fn check_warns_of_keys_that_the_store_gives_two_meanings() {
    let changes = json!({"operations": {
        "get": {"when": {"/version": "v2"}},
        "get-one": {"class": "read", "method": "GET", "path": "/v1/{account.mount}/{key}", "when": {"/version": "v1"},
                    "key": ["key"], "slots": {"key": {"source": "key", "class": "wide", "multi": true}}},
    }});
    let warned = |keys: &Json, operations: &Json| {
        let spec = json!({"operations": operations, "targets": [{
            "origin": "https://vault.corp.example:8200", "account": {"namespace": "team-a", "mount": "kv"}, "keys": keys,
        }]});
        let report =
            check(&with("vault.yaml", &json!({"catalogueChanges": changes, "grant": {"spec": spec}})));
        assert_eq!(report.denials, []);
        report.warnings.into_iter().map(|warning| warning.field).collect::<Vec<_>>()
    };
    let (keys, both) = (json!(["team-a/**", "*/tls", "data/x"]), json!(["read"]));
    assert_eq!(warned(&keys, &both), ["targets[0].keys[1]", "targets[0].keys[2]"]);
    assert_eq!(warned(&keys, &json!(["get", "get-listed"])), [""; 0], "allowed twin: the grant chooses");
}
