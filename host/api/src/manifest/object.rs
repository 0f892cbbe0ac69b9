//! One object: its kind, its metadata, its content, and the rules of its kind.

use serde::de::DeserializeOwned;

use super::{
    AnyObject, DEFAULT_NAMESPACE,
    fault::{Fault, NotServed, near},
    kind::{self, Kind},
    read::{self, Found},
    rules, secret,
    tree::{Content, Node},
};
use crate::{
    config_map::ConfigMap,
    meta::{Object, ObjectMeta},
    namespace::Namespace,
};

/// The items of a List.
pub(super) fn items(root: &mut Node) -> Option<Vec<Node>> {
    let at = root.position("items")?;
    match std::mem::replace(&mut root.child_mut(at)?.content, Content::Broken) {
        Content::List(items) => Some(items),
        _ => None,
    }
}

/// The object, or all that is wrong with it.
pub(super) fn read(root: &mut Node) -> Result<AnyObject, Vec<Found>> {
    let kind = kind_of(root).map_err(|found| vec![found])?;
    let mut found = Vec::new();
    report_unknown(root, kind, &mut found);
    let metadata = metadata(root, kind, &mut found);
    let object = content(root, kind, metadata, &mut found);
    // Rules count items and look for what is absent: on what was read in part they would err.
    let object = object.filter(|_| found.is_empty()).ok_or_else(|| std::mem::take(&mut found))?;
    rules::check(&object, root, &mut found);
    if found.is_empty() { Ok(object) } else { Err(found) }
}

/// The kind of an object, served here or not.
pub(super) fn kind_of(root: &Node) -> Result<Kind, Found> {
    let at = |node: &Node, path: &str, fault| Found { line: node.line, path: path.to_owned(), fault };
    if !matches!(root.content, Content::Map(_)) {
        return Err(at(root, "", Fault::NotAnObject));
    }
    let text = |key: &str| match root.member(key) {
        None => Err(at(root, key, Fault::Missing)),
        Some(node) => node
            .text()
            .ok_or_else(|| at(node, key, Fault::WrongType { expected: "a text", found: node.found() })),
    };
    kind::of(text("apiVersion")?, text("kind")?).map_err(|fault| {
        let version = matches!(fault, Fault::NotServed(NotServed::OldVersion | NotServed::Version(_)));
        let member = if version { "apiVersion" } else { "kind" };
        at(root.member(member).unwrap_or(root), member, fault)
    })
}

fn report_unknown(root: &Node, kind: Kind, found: &mut Vec<Found>) {
    let Content::Map(entries) = &root.content else { return };
    let known = kind.members();
    for entry in entries.iter().filter(|e| !known.contains(&e.key.as_str())) {
        let fault = Fault::UnknownField { near: near(&entry.key, known), known };
        let mut path = super::path::Path::default();
        path.field(&entry.key);
        found.push(Found { line: entry.line, path: path.into_text(), fault });
    }
}

/// The metadata, with the namespace that counts.
fn metadata(root: &mut Node, kind: Kind, found: &mut Vec<Found>) -> ObjectMeta {
    let mut metadata: ObjectMeta = required(root, "metadata", found).unwrap_or_default();
    if !kind.is_namespaced() {
        metadata.namespace = None;
    } else if metadata.namespace.is_none() {
        metadata.namespace = Some(DEFAULT_NAMESPACE.to_owned());
    }
    metadata
}

fn content(root: &mut Node, kind: Kind, metadata: ObjectMeta, found: &mut Vec<Found>) -> Option<AnyObject> {
    Some(match kind {
        Kind::ExternalSecret => AnyObject::ExternalSecret(spec(root, metadata, found)?),
        Kind::SecretStore => AnyObject::SecretStore(spec(root, metadata, found)?),
        Kind::ClusterSecretStore => AnyObject::ClusterSecretStore(spec(root, metadata, found)?),
        Kind::Provider => AnyObject::Provider(spec(root, metadata, found)?),
        Kind::CapabilityGrant => AnyObject::CapabilityGrant(spec(root, metadata, found)?),
        Kind::TrustPolicy => AnyObject::TrustPolicy(spec(root, metadata, found)?),
        Kind::RegistryConfig => AnyObject::RegistryConfig(spec(root, metadata, found)?),
        Kind::Namespace => AnyObject::Namespace(Namespace { metadata }),
        Kind::ConfigMap => AnyObject::ConfigMap(ConfigMap {
            metadata,
            data: read::member(root, "data", found),
            binary_data: read::member(root, "binaryData", found),
            immutable: read::member(root, "immutable", found),
        }),
        Kind::Secret => AnyObject::Secret(secret::read(root, metadata, found)),
    })
}

fn spec<S: DeserializeOwned>(
    root: &mut Node,
    metadata: ObjectMeta,
    found: &mut Vec<Found>,
) -> Option<Object<S>> {
    Some(Object { metadata, spec: required(root, "spec", found)? })
}

/// A member that must be there.
fn required<T: DeserializeOwned>(root: &mut Node, key: &str, found: &mut Vec<Found>) -> Option<T> {
    let absent = root.member(key).is_none_or(|n| matches!(n.content, Content::Null));
    if absent {
        found.push(Found { line: root.line, path: key.to_owned(), fault: Fault::Missing });
        return None;
    }
    read::member(root, key, found)
}
