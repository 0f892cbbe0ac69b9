//! Manifests: the text of a YAML or JSON file becomes typed objects and errors. A file may hold several documents
//! and `v1` Lists; one that is wrong takes no other with it. Every fault of an object is named at once, by file,
//! line and field, with what mends it, and never with a scalar of the file: any of them may be a secret.
//!
//! A scalar means what it means to kubectl, which reads YAML 1.1: plain `yes`, `no`, `on`, `off`, `y` and `n` are
//! booleans, `0777` is octal. Null is absent. A namespaced
//! object without a namespace is in `default`; the namespace of a cluster-scoped one is ignored, as the API
//! server does. Sizes, depth and aliases are bounded before anything is built.

use std::{collections::BTreeMap, fmt};

use crate::{
    config_map::ConfigMap,
    external_secret::ExternalSecretSpec,
    grant::CapabilityGrantSpec,
    meta::{Object, ObjectMeta},
    namespace::Namespace,
    provider::ProviderSpec,
    registry_config::RegistryConfigSpec,
    secret::Secret,
    secret_store::SecretStoreSpec,
    trust_policy::TrustPolicySpec,
};

pub use self::{
    case::load_cases,
    fault::{Fault, NotServed},
    kind::Kind,
    path::shown,
};

mod case;
mod fault;
mod kind;
mod object;
mod path;
mod read;
mod rules;
mod scalar;
mod secret;
mod syntax;
mod tree;

/// The largest file.
pub const MAX_BYTES: usize = 1 << 20;
/// How deep collections may stand inside each other.
pub const MAX_DEPTH: usize = 64;
/// Nodes of a file, with all aliases written out.
pub const MAX_NODES: usize = 100_000;
/// Bytes of text of a file, with all aliases written out.
pub const MAX_TEXT: usize = 4 << 20;
/// Where a namespaced object is that names no namespace.
pub const DEFAULT_NAMESPACE: &str = "default";

/// An object and where it stands. No Debug and no Clone, since it may be a Secret.
pub struct Manifest {
    /// Where.
    pub origin: Origin,
    /// The object.
    pub object: AnyObject,
}

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file, as it was given.
    pub file: String,
    /// The document, from 1; empty ones do not count.
    pub document: usize,
    /// Its first line, from 1.
    pub line: usize,
}

/// An object of a kind that is served.
pub enum AnyObject {
    /// `external-secrets.io/v1` ExternalSecret.
    ExternalSecret(Object<ExternalSecretSpec>),
    /// `external-secrets.io/v1` SecretStore.
    SecretStore(Object<SecretStoreSpec>),
    /// `external-secrets.io/v1` ClusterSecretStore.
    ClusterSecretStore(Object<SecretStoreSpec>),
    /// `bailiwick.dev/v1alpha1` Provider.
    Provider(Object<ProviderSpec>),
    /// `bailiwick.dev/v1alpha1` CapabilityGrant.
    CapabilityGrant(Object<CapabilityGrantSpec>),
    /// `bailiwick.dev/v1alpha1` TrustPolicy.
    TrustPolicy(Object<TrustPolicySpec>),
    /// `bailiwick.dev/v1alpha1` RegistryConfig.
    RegistryConfig(Object<RegistryConfigSpec>),
    /// `v1` Namespace.
    Namespace(Namespace),
    /// `v1` ConfigMap.
    ConfigMap(ConfigMap),
    /// `v1` Secret.
    Secret(Secret),
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ManifestError {
    /// Where the object stands; `line` is that of the fault.
    pub origin: Origin,
    /// The field, such as `spec.data[2].remoteRef.property`; empty for the whole document.
    pub path: String,
    /// What is wrong.
    pub fault: Fault,
    /// The object's kind, where that much could be read: what cannot be read may be anything.
    pub kind: Option<Kind>,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { file, document, line } = &self.origin;
        write!(f, "{file}:{line}: document {document}: ")?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.fault.fmt(f)
    }
}

impl Manifest {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.object {
            AnyObject::ExternalSecret(_) => Kind::ExternalSecret,
            AnyObject::SecretStore(_) => Kind::SecretStore,
            AnyObject::ClusterSecretStore(_) => Kind::ClusterSecretStore,
            AnyObject::Provider(_) => Kind::Provider,
            AnyObject::CapabilityGrant(_) => Kind::CapabilityGrant,
            AnyObject::TrustPolicy(_) => Kind::TrustPolicy,
            AnyObject::RegistryConfig(_) => Kind::RegistryConfig,
            AnyObject::Namespace(_) => Kind::Namespace,
            AnyObject::ConfigMap(_) => Kind::ConfigMap,
            AnyObject::Secret(_) => Kind::Secret,
        }
    }

    /// Its metadata.
    #[must_use]
    pub fn metadata(&self) -> &ObjectMeta {
        match &self.object {
            AnyObject::ExternalSecret(object) => &object.metadata,
            AnyObject::SecretStore(object) | AnyObject::ClusterSecretStore(object) => &object.metadata,
            AnyObject::Provider(object) => &object.metadata,
            AnyObject::CapabilityGrant(object) => &object.metadata,
            AnyObject::TrustPolicy(object) => &object.metadata,
            AnyObject::RegistryConfig(object) => &object.metadata,
            AnyObject::Namespace(object) => &object.metadata,
            AnyObject::ConfigMap(object) => &object.metadata,
            AnyObject::Secret(object) => &object.metadata,
        }
    }
}

/// What a file may be.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Its bytes.
    pub bytes: usize,
    /// Nodes, with all aliases written out.
    pub nodes: usize,
    /// Bytes of text, with all aliases written out.
    pub text: usize,
}

/// Files that people write.
const WRITTEN: Bounds = Bounds { bytes: MAX_BYTES, nodes: MAX_NODES, text: MAX_TEXT };

/// Reads a file. What is wrong with one object is in the errors, in the order of lines; the others are there.
#[must_use]
pub fn load(text: &str, file: &str) -> (Vec<Manifest>, Vec<ManifestError>) {
    load_within(text, file, WRITTEN)
}

/// As [`load`], within bounds of one's own: a Secret that was written from 1 MiB of values is larger than what
/// people write.
#[must_use]
pub fn load_within(text: &str, file: &str, bounds: Bounds) -> (Vec<Manifest>, Vec<ManifestError>) {
    let mut loader = Loader { file, document: 0, objects: Vec::new(), errors: Vec::new() };
    if text.len() > bounds.bytes {
        loader.document = 1;
        loader.fail(1, String::new(), Fault::TooLarge);
        return (loader.objects, loader.errors);
    }
    let mut budget = tree::build::Budget::new(bounds);
    for (line, part) in parts(text) {
        let (documents, stop) = tree::build::read(part, line, &mut budget);
        documents.into_iter().for_each(|root| loader.document(root));
        if let Some(tree::build::Stop { line, path, fault }) = stop {
            loader.document += 1;
            let spent = fault == Fault::TooMuch;
            loader.fail(line, path, fault);
            if spent {
                break;
            }
        }
    }
    (loader.objects, loader.errors)
}

/// Takes out every object that stands twice: which of them would count is anybody's guess.
#[must_use]
pub fn unique(manifests: Vec<Manifest>) -> (Vec<Manifest>, Vec<ManifestError>) {
    type Key = (Kind, Option<String>, String);
    let key = |m: &Manifest| -> Key { (m.kind(), m.metadata().namespace.clone(), m.metadata().name.clone()) };
    let mut places: BTreeMap<Key, Vec<Origin>> = BTreeMap::new();
    for manifest in &manifests {
        places.entry(key(manifest)).or_default().push(manifest.origin.clone());
    }
    let mut errors = Vec::new();
    for ((kind, ..), origins) in &places {
        for pair in origins.windows(2) {
            let [first, again] = pair else { continue };
            let elsewhere = format!("{}:{}", first.file, first.line);
            let fault = Fault::DuplicateObject { elsewhere };
            errors.push(ManifestError {
                origin: again.clone(),
                path: String::new(),
                fault,
                kind: Some(*kind),
            });
        }
    }
    let once = |m: &Manifest| places.get(&key(m)).is_some_and(|origins| origins.len() == 1);
    (manifests.into_iter().filter(once).collect(), errors)
}

/// The parts of a text between lines that begin with `---`, each with its first line: a document that is not
/// YAML takes no other with it. YAML allows such a line nowhere else.
#[must_use]
pub fn parts(text: &str) -> Vec<(usize, &str)> {
    let (mut parts, mut begin, mut at, mut first) = (Vec::new(), 0, 0, 1);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let marker = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if marker && at > begin {
            parts.extend(text.get(begin..at).map(|part| (first, part)));
            (begin, first) = (at, index + 1);
        }
        at += line.len();
    }
    parts.extend(text.get(begin..).map(|part| (first, part)));
    parts
}

struct Loader<'f> {
    file: &'f str,
    document: usize,
    objects: Vec<Manifest>,
    errors: Vec<ManifestError>,
}

impl Loader<'_> {
    fn origin(&self, line: usize) -> Origin {
        Origin { file: self.file.to_owned(), document: self.document, line }
    }

    fn fail(&mut self, line: usize, path: String, fault: Fault) {
        self.fail_as(None, line, path, fault);
    }

    fn fail_as(&mut self, kind: Option<Kind>, line: usize, path: String, fault: Fault) {
        self.errors.push(ManifestError { origin: self.origin(line), path, fault, kind });
    }

    /// An object, or a List of them.
    fn document(&mut self, mut root: tree::Node) {
        self.document += 1;
        if !kind::is_list(&root) {
            return self.object(&mut root, "");
        }
        let Some(items) = object::items(&mut root) else {
            return self.fail(root.line, "items".to_owned(), Fault::Missing);
        };
        for (index, mut item) in items.into_iter().enumerate() {
            self.object(&mut item, &format!("items[{index}]"));
        }
    }

    fn object(&mut self, root: &mut tree::Node, prefix: &str) {
        let line = root.line;
        let kind = object::kind_of(root).ok();
        match object::read(root) {
            Ok(object) => self.objects.push(Manifest { origin: self.origin(line), object }),
            Err(mut found) => {
                found.sort_by_key(|f| f.line);
                if found.len() > read::MAX_FAULTS {
                    found.truncate(read::MAX_FAULTS);
                    found.push(read::Found { line, path: String::new(), fault: Fault::More });
                }
                for read::Found { line, path, fault } in found {
                    let dot = if prefix.is_empty() || path.is_empty() { "" } else { "." };
                    self.fail_as(kind, line, format!("{prefix}{dot}{path}"), fault);
                }
            }
        }
    }
}
