use std::{collections::BTreeMap, path::PathBuf};

use zeroize::Zeroizing;

use super::*;
use crate::folder::{files::Found, source::Snapshot};

/// An object of the policy or of tenants.
fn object(kind: &str, namespace: &str, name: &str, rest: &str) -> String {
    let version = match kind {
        "Secret" | "ConfigMap" | "Namespace" => "v1",
        "Provider" => "bailiwick.dev/v1alpha1",
        _ => "external-secrets.io/v1",
    };
    let namespace = if namespace.is_empty() { String::new() } else { format!(", namespace: {namespace}") };
    format!("---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\n{rest}\n")
}

const STORE: &str = "spec: {provider: {fake: {}}}";

fn files(texts: &[String]) -> Files {
    let one =
        |(n, text): (usize, &String)| (PathBuf::from(format!("{n}.yaml")), Zeroizing::new(text.clone()));
    texts.iter().enumerate().map(one).collect()
}

fn read(policy: &[String], tenants: &[(Option<&str>, &[String])]) -> Inventory {
    let found = |texts: &[String]| Found { files: files(texts), errors: Vec::new() };
    let tenants: BTreeMap<_, _> =
        tenants.iter().map(|(namespace, texts)| (namespace.map(str::to_owned), found(texts))).collect();
    Inventory::new(&Snapshot { policy: files(policy), tenants }).unwrap()
}

#[test]
fn allowed_a_folder_of_one_namespace() {
    let own = [object("SecretStore", "team-a", "main", STORE), object("Secret", "team-a", "token", "")];
    let inventory = read(&[], &[(Some("team-a"), &own)]);
    assert_eq!(inventory.errors, Vec::<String>::new());
    assert_eq!((inventory.stores.len(), inventory.secrets.len()), (1, 1));
}

#[test]
fn denied_anything_else_in_a_folder_of_one_namespace() {
    for (text, field) in [
        (object("SecretStore", "team-b", "main", STORE), "metadata.namespace"),
        (object("Secret", "", "token", ""), "metadata.namespace"),
        (object("ConfigMap", "team-b", "ca", ""), "metadata.namespace"),
        (object("ClusterSecretStore", "", "main", STORE), "kind"),
        (object("Namespace", "", "team-b", ""), "kind"),
    ] {
        let inventory = read(&[], &[(Some("team-a"), std::slice::from_ref(&text))]);
        assert_eq!(inventory.errors.len(), 1, "{:?}", inventory.errors);
        assert!(inventory.errors[0].starts_with(&format!("0.yaml:2: {field}:")), "{:?}", inventory.errors);
        assert!(
            inventory.stores.is_empty() && inventory.secrets.is_empty() && inventory.config_maps.is_empty()
        );
    }
}

/// Of two objects of one name neither counts, but one that may not stand there is none of the two.
#[test]
fn denied_taking_out_an_object_of_another_namespace() {
    let theirs = object("SecretStore", "team-b", "main", STORE);
    let inventory = read(
        &[],
        &[(Some("team-a"), std::slice::from_ref(&theirs)), (Some("team-b"), std::slice::from_ref(&theirs))],
    );
    assert_eq!((inventory.stores.len(), inventory.errors.len()), (1, 1), "{:?}", inventory.errors);
}

#[test]
fn denied_a_policy_object_among_the_tenants() {
    let text = object("Provider", "", "vault", "spec: {module: {file: x}}");
    let tenants = BTreeMap::from([(None, Found { files: files(&[text]), errors: Vec::new() })]);
    let refused = Inventory::new(&Snapshot { policy: Files::new(), tenants }).err().unwrap();
    assert!(refused.to_string().contains("--policy"), "{refused}");
}

#[test]
fn g6_allowed_one_config_map_is_trusted() {
    let map = object("ConfigMap", "a", "ca", "data: {one: PEM}");
    let inventory = read(&[map], &[]);
    assert_eq!(inventory.roots.get("ca/one").map(String::as_str), Some("PEM"));
}

/// `caRef` has no namespace: each of the two could be meant, whatever their keys.
#[test]
fn g6_denied_two_config_maps_of_one_name_count_for_nothing() {
    let maps = [
        object("ConfigMap", "a", "ca", "data: {one: PEM}"),
        object("ConfigMap", "b", "ca", "data: {two: PEM}"),
        object("ConfigMap", "b", "other", "data: {three: PEM}"),
    ];
    let inventory = read(&maps, &[]);
    assert_eq!(inventory.roots.keys().collect::<Vec<_>>(), ["other/three"]);
    assert!(inventory.errors[0].contains("ConfigMap ca: stands twice"), "{:?}", inventory.errors);
}

/// What cannot be read may be what denies, and it does not count as absent.
#[test]
fn g5_denied_what_cannot_be_read_or_stands_twice_is_not_absent() {
    let typo = object("Namespace", "", "team-a", "lables: {env: prod}");
    let inventory = read(std::slice::from_ref(&typo), &[]);
    assert_eq!(inventory.unread(Kind::Namespace).len(), 1, "{:?}", inventory.errors);
    assert!(inventory.unread(Kind::RegistryConfig).is_empty(), "its kind is known");
    let twice = [object("Namespace", "", "team-a", ""), object("Namespace", "", "team-a", "")];
    assert!(!read(&twice, &[]).unread(Kind::Namespace).is_empty());
    let nothing = ["kind: [".to_owned()];
    for kind in [Kind::Namespace, Kind::RegistryConfig, Kind::TrustPolicy] {
        assert_eq!(read(&nothing, &[]).unread(kind).len(), 1, "{kind:?}");
    }
    assert!(read(&[object("Namespace", "", "team-a", "")], &[]).unread(Kind::Namespace).is_empty());
}
