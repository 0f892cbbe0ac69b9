//! Every operation of `vault` through the binary: both engines, versions, metadata, whole objects, finds by path, name
//! and tags, mounts and namespaces; beside each what goes wrong with it, in the words that a tenant reads. All cases of an
//! engine are objects of one sync, so that a failure of one is seen to harm no other.

use std::collections::BTreeMap;

use bailiwick_api::manifest::{AnyObject, load};
use bailiwick_testkit::kv::{Node, Vault};
use serde_json::json;

use crate::{
    recorded::{ACCOUNT, Recorded},
    scene::Scene,
};

/// Name, entries, and what comes of them.
type Case = (&'static str, &'static str, Result<&'static [(&'static str, &'static str)], &'static str>);

const GONE: &str = "no such secret; check key and version";
const REFUSED: &str = "the backend refused it; check the credential's rights there";
/// No operation that the grant admits for such a store answers the entry.
const NO_OPERATION: &str = "operations: the grant names no operation that answers such an entry";
const UNSERVED: &str = "do not serve what is asked; see the provider's README";

const V2: &[Case] = &[
    (
        "property",
        "data: [{secretKey: k, remoteRef: {key: app/db, property: password}}]",
        Ok(&[("k", "second")]),
    ),
    (
        "no-property",
        "data: [{secretKey: k, remoteRef: {key: app/db, property: none}}]",
        Err("remoteRef.property: "),
    ),
    (
        "mount-in-key",
        "data: [{secretKey: k, remoteRef: {key: kv/data/app/api, property: key}}]",
        Ok(&[("k", "k")]),
    ),
    ("whole", "data: [{secretKey: k, remoteRef: {key: app/api}}]", Ok(&[("k", r#"{"key":"k"}"#)])),
    ("forbidden", "data: [{secretKey: k, remoteRef: {key: closed/db}}]", Err(REFUSED)),
    ("nothing-there", "data: [{secretKey: k, remoteRef: {key: app/none}}]", Err(GONE)),
    ("deleted", "data: [{secretKey: k, remoteRef: {key: app/deleted}}]", Err(GONE)),
    ("destroyed", "data: [{secretKey: k, remoteRef: {key: app/destroyed}}]", Err(GONE)),
    (
        "version",
        "data: [{secretKey: k, remoteRef: {key: app/db, property: password, version: \"1\"}}]",
        Ok(&[("k", "first")]),
    ),
    ("no-version", "data: [{secretKey: k, remoteRef: {key: app/db, version: \"99\"}}]", Err(GONE)),
    (
        "metadata",
        "data: [{secretKey: k, remoteRef: {key: app/db, metadataPolicy: Fetch, property: owner}}]",
        Ok(&[("k", "team-a")]),
    ),
    ("no-metadata", "data: [{secretKey: k, remoteRef: {key: app/api, metadataPolicy: Fetch}}]", Err(GONE)),
    ("extract", "dataFrom: [{extract: {key: app/db}}]", Ok(&[("username", "app"), ("password", "second")])),
    (
        "extract-version",
        "dataFrom: [{extract: {key: app/db, version: \"1\"}}]",
        Ok(&[("username", "app"), ("password", "first")]),
    ),
    (
        "extract-metadata",
        "dataFrom: [{extract: {key: app/db, metadataPolicy: Fetch}}]",
        Ok(&[("owner", "team-a"), ("tier", "gold")]),
    ),
    ("extract-forbidden", "dataFrom: [{extract: {key: closed/db}}]", Err(REFUSED)),
    ("path", "dataFrom: [{find: {path: app/nested}}]", Ok(&[("app_nested_deep_tls", r#"{"crt":"c"}"#)])),
    ("no-path", "dataFrom: [{find: {path: app/none}}]", Err(GONE)),
    (
        "name",
        "dataFrom: [{find: {path: app, name: {regexp: \"(api|deleted)$\"}}}]",
        Ok(&[("app_api", r#"{"key":"k"}"#)]),
    ),
    (
        "name-from-the-root",
        "dataFrom: [{find: {name: {regexp: \"^app/api$\"}}}]",
        Ok(&[("app_api", r#"{"key":"k"}"#)]),
    ),
    ("name-forbidden", "dataFrom: [{find: {name: {regexp: db}}}]", Err(REFUSED)),
    (
        "tags",
        "dataFrom: [{find: {path: app, tags: {tier: gold}}, rewrite: [{regexp: {source: .*, target: k}}]}]",
        Ok(&[("k", DB)]),
    ),
];

/// `app/db`, as its engine of version 2 has it.
const DB: &str = r#"{"password":"second","username":"app"}"#;

const V1: &[Case] = &[
    ("property", "data: [{secretKey: k, remoteRef: {key: app/db, property: password}}]", Ok(&[("k", "one")])),
    (
        "mount-in-key",
        "data: [{secretKey: k, remoteRef: {key: kv1/app/db, property: password}}]",
        Ok(&[("k", "one")]),
    ),
    ("nothing-there", "data: [{secretKey: k, remoteRef: {key: app/none}}]", Err(GONE)),
    ("forbidden", "data: [{secretKey: k, remoteRef: {key: closed/db}}]", Err(REFUSED)),
    ("version", "data: [{secretKey: k, remoteRef: {key: app/db, version: \"1\"}}]", Err(UNSERVED)),
    (
        "metadata",
        "data: [{secretKey: k, remoteRef: {key: app/db, metadataPolicy: Fetch}}]",
        Err(NO_OPERATION),
    ),
    ("extract", "dataFrom: [{extract: {key: app/db}}]", Ok(&[("username", "app"), ("password", "one")])),
    (
        "name",
        "dataFrom: [{find: {path: app, name: {regexp: api}}}]",
        Ok(&[("app_nested_api", r#"{"key":"k"}"#)]),
    ),
    ("no-path", "dataFrom: [{find: {path: app/none}}]", Err(GONE)),
    ("tags", "dataFrom: [{find: {path: app, tags: {tier: gold}}}]", Err(UNSERVED)),
];

/// A store of these settings and a token for all but `closed`.
fn ready(settings: &str, account: &str) -> Recorded {
    let recorded = Recorded::new();
    let all: (&str, &[&str]) = ("*", &["read", "list"]);
    let closed = ["kv/data/closed/*", "kv1/closed/*"].map(|path| (path, &["deny"][..]));
    recorded.kv().policy("", "wide", &[&[all], &closed[..]].concat()).unwrap();
    recorded.kv().token("", "wide-token", &["wide"]).unwrap();
    recorded.login("{token: wide-token}");
    recorded.store(settings, "{tokenSecretRef: {name: login, key: token}}");
    recorded.scene.edit("policy/grant.yaml", ACCOUNT, account);
    recorded
}

fn data(scene: &Scene, name: &str) -> BTreeMap<String, String> {
    let (manifests, errors) = load(&scene.secret(name).unwrap(), name);
    assert!(errors.is_empty(), "{errors:?}");
    let AnyObject::Secret(secret) = &manifests[0].object else { panic!("{name}") };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    secret.data.iter().map(|(key, bytes)| (key.clone(), text(bytes.expose()))).collect()
}

fn check(recorded: &Recorded, cases: &[Case]) {
    let scene = &recorded.scene;
    cases.iter().for_each(|(name, spec, _)| scene.wants(name, &format!("  {spec}")));
    let said = scene.sync(&[]);
    assert_eq!(
        said.code,
        i32::from(cases.iter().any(|(.., want)| want.is_err())),
        "{}{}",
        said.out,
        said.err
    );
    for (name, _, want) in cases {
        match want {
            Ok(want) => {
                assert_eq!(said.reason(name), "SecretSynced", "{name}: {}", said.message(name));
                let want = want.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
                assert_eq!(data(scene, name), want.collect(), "{name}");
            }
            Err(words) => {
                let message = said.message(name);
                let place = message.starts_with("spec.data") || *words == NO_OPERATION;
                assert!(place && message.contains(words), "{name}: {message}");
                assert!(scene.secret(name).is_none(), "{name}");
            }
        }
    }
}

#[test]
fn everything_of_version_2() {
    check(&ready("path: kv", ACCOUNT), V2);
}

#[test]
fn everything_of_version_1() {
    check(&ready("path: kv1, version: v1", "{mount: kv1}"), V1);
}

#[test]
fn a_mount_of_several_segments() {
    let of_b: Case =
        ("of-b", "data: [{secretKey: k, remoteRef: {key: db, property: password}}]", Ok(&[("k", "of-b")]));
    check(&ready("path: teams/b/kv", "{mount: teams/b/kv}"), &[of_b]);
}

/// Login and read go to the granted namespace; another one is denied, though the same user may be there.
#[test]
fn g7_a_namespace() {
    let auth = "{userPass: {username: bob, secretRef: {name: login, key: password}}}";
    let recorded = ready("path: kv, namespace: team-a", "{namespace: team-a, mount: kv}");
    recorded.login("{password: bob-password}");
    recorded.store("path: kv, namespace: team-a", auth);
    recorded.admit("method: user-pass, slots: {username: bob}, secrets: [./login]");
    let of_a: Case = (
        "of-a",
        "data: [{secretKey: k, remoteRef: {key: db, property: password}}]",
        Ok(&[("k", "of-team-a")]),
    );
    check(&recorded, &[of_a]);
    let seen = recorded.kv().requests();
    assert!(seen.len() == 3 && seen.iter().all(|seen| seen.namespace() == "team-a"), "{seen:?}");
    recorded.kv().forget();
    recorded.store("path: kv, namespace: team-b", auth);
    let said = recorded.scene.sync(&[]);
    assert_eq!((said.reason("of-a").as_str(), recorded.kv().requests().len()), ("AccountNotGranted", 0));
}

/// The Secret stands as it was, the message says how the node stands, and with a node that serves all is well.
#[test]
fn i8_a_node_that_does_not_serve() {
    let recorded = ready("path: kv", ACCOUNT);
    let scene = &recorded.scene;
    scene.wants("db", "  data: [{secretKey: k, remoteRef: {key: app/db, property: password}}]");
    assert_eq!(scene.sync(&[]).code, 0);
    let before = scene.secret("db");
    recorded.kv().put("", "kv", "app/db", json!({"password": "third"})).unwrap();
    for (node, words) in [
        (Node::Standby, "redirects (307), which is not followed; name the server that answers itself"),
        (Node::Behind, "has not caught up (412); sync again, or name its active node"),
        (Node::Sealed, "cannot serve just now (503); check its health, then sync again"),
    ] {
        assert!(recorded.kv().enter(node).unwrap());
        let said = scene.sync(&[]);
        let message = said.message("db");
        assert!(
            said.code == 1 && message.starts_with("spec.data[0]: ") && message.contains(words),
            "{message}"
        );
        assert_eq!(scene.secret("db"), before, "{node:?}");
    }
    recorded.kv().heal();
    assert_eq!(scene.sync(&[]).code, 0);
    assert_eq!(data(scene, "db")["k"], "third");
}

/// What is gone is deleted where the policy says so; a mount that is gone says nothing of the secrets in it.
#[test]
fn a_secret_that_is_gone_is_deleted_and_one_whose_mount_is_gone_is_not() {
    let recorded = ready("path: kv", ACCOUNT);
    let scene = &recorded.scene;
    for name in ["api", "db"] {
        let entry = format!("data: [{{secretKey: k, remoteRef: {{key: app/{name}}}}}]");
        scene.wants(name, &format!("  target: {{deletionPolicy: Delete}}\n  {entry}"));
    }
    assert_eq!(scene.sync(&[]).code, 0);
    recorded.kv().set_up("DELETE", "", "kv/data/app/db", json!({})).unwrap();
    let said = scene.sync(&[]);
    assert_eq!((said.code, said.reason("db").as_str()), (0, "SecretDeleted"), "{}", said.told());
    assert!(scene.secret("db").is_none() && scene.secret("api").is_some());
    recorded.kv().set_up("DELETE", "", "sys/mounts/kv", json!({})).unwrap();
    let said = scene.sync(&[]);
    let words = "no such place (404); check the store's path, version and namespace";
    assert!(said.code == 1 && said.message("api").contains(words), "{}", said.message("api"));
    assert!(scene.secret("api").is_some());
}
