//! What a run may do: catalogue ∩ grant ∩ store (∩ ceiling), compiled once, decided for each call. A [`Program`]
//! belongs to exactly one grant (G2) and one authority has exactly one origin and account in it (G7).
//!
//! `grant::compile` makes a program or says why not; `grant::decide` turns a call into bytes to send, or into a
//! [`Denial`]. Both are pure; the broker resolves handles before and dials after.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::Arc,
};

use bailiwick_boundary::Part;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{Attach, Catalogue, Operation},
    grant::Plans,
    secret::Value,
};

/// Everything a run may do.
pub struct Program {
    /// What it was made from (G11, G12).
    pub stamp: Stamp,
    /// The provider's catalogue.
    pub catalogue: Arc<Catalogue>,
    /// The store's provider block without secret fields, defaults applied: what the guest is handed.
    pub settings: serde_json::Value,
    /// Secret settings by JSON pointer; deliverable only as the catalogue's `config` says.
    pub config: BTreeMap<String, Value>,
    /// Operation ids that the grant admits. Exchanges are in it where the auth method needs them.
    pub operations: BTreeSet<String>,
    /// By authority.
    pub targets: BTreeMap<String, Target>,
    /// The store's auth method, if the catalogue has any.
    pub auth: Option<Auth>,
    /// The smaller of Provider's and grant's limits.
    pub limits: Limits,
    /// Operations prepared for `grant::decide`, and the grant's lines that they came from.
    pub(crate) plans: Plans,
}

/// Identities and generations that a program was compiled from (G11).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// The grant.
    pub grant: ObjectStamp,
    /// The store.
    pub store: ObjectStamp,
    /// The Provider.
    pub provider: ObjectStamp,
    /// `sha256:<hex>` of the module that runs.
    pub digest: String,
    /// `sha256:<hex>` of the manifest that was signed; none of a module that nobody signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// The policies that admitted it, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<ObjectStamp>,
    /// The subject's namespace: name, uid and labels.
    pub namespace: String,
    /// Its uid.
    pub namespace_uid: String,
    /// Its labels at the time.
    pub namespace_labels: BTreeMap<String, String>,
    /// The requesting object, for the audit: `ExternalSecret/ns/name`.
    pub object: String,
}

/// One object in a [`Stamp`]. Standalone: uid and generation are made from its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectStamp {
    /// `metadata.name`, with `namespace/` before it where it has one.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`.
    pub generation: i64,
}

/// Where an authority is, and what may be asked of it.
pub struct Target {
    /// The origin.
    pub origin: Origin,
    /// Which addresses it may resolve to.
    pub addresses: AddressRule,
    /// The only trust roots for it: PEM certificates. None: the platform's.
    pub roots: Option<Arc<Vec<u8>>>,
    /// Account slots by name.
    pub account: BTreeMap<String, String>,
    /// Key patterns (G9).
    pub keys: Vec<KeyPattern>,
}

/// An origin in canonical form; made by `egress::origin` only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// True for https.
    pub tls: bool,
    /// Lower-case host name without a trailing dot, or an IP literal (IPv6 without brackets).
    pub host: String,
    /// The port.
    pub port: u16,
    /// The host as an address, where it is a literal.
    pub literal: Option<IpAddr>,
}

/// Which addresses an origin may resolve to (I6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRule {
    /// The class.
    pub class: AddressClass,
    /// Further narrowed to these networks, where there are any.
    pub cidrs: Vec<ipnet::IpNet>,
}

/// Classes of addresses that can be granted. Metadata addresses never are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressClass {
    /// Globally reachable unicast.
    Public,
    /// RFC 1918, RFC 6598, RFC 4193.
    Private,
    /// Private addresses in the networks of the cluster; for names of its services only.
    Cluster,
    /// 127.0.0.0/8 and ::1: written out, shown as a warning (G6a).
    Loopback,
}

/// A key pattern: literal segments, `*` for one, `**` only last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPattern {
    /// The segments before a final `**`.
    pub segments: Vec<Segment>,
    /// Ends with `**`.
    pub rest: bool,
}

/// One segment of a [`KeyPattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Itself.
    Literal(String),
    /// `*`.
    Any,
}

/// The store's auth method, resolved and granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// The catalogue's name of the method.
    pub method: String,
    /// `{auth.x}` slots.
    pub slots: BTreeMap<String, String>,
    /// What to read from the shell, by input name.
    pub inputs: BTreeMap<String, InputRef>,
}

/// What the shell is asked for. Namespaces are resolved and granted (G8).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InputRef {
    /// A key of a Secret.
    Secret {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// The key in its data.
        key: String,
    },
    /// A token of a service account for one audience.
    Token {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// The grant's one audience.
        audience: String,
    },
}

impl std::fmt::Display for InputRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Secret { namespace, name, key } => write!(f, "Secret {namespace}/{name}, key {key}"),
            Self::Token { namespace, name, .. } => write!(f, "ServiceAccount {namespace}/{name}"),
        }
    }
}

/// Limits of a run; every one is finite (G1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of guest memory.
    pub memory: u64,
    /// Whole run, in milliseconds.
    pub deadline_ms: u64,
    /// Requests of a run, logins and proofs among them.
    pub calls: u32,
    /// Bytes of one request: path, headers and body.
    pub request_bytes: u64,
    /// Bytes of one response body.
    pub response_bytes: u64,
    /// Requests a second over all runs of the grant.
    pub rate_per_second: u32,
    /// Bits of free text a run may send.
    pub free_bits: u32,
}

/// A call with its handles resolved by the broker.
pub struct Call<'a> {
    /// The operation's id.
    pub operation: &'a str,
    /// Slot and content, in the guest's order.
    pub args: &'a [(&'a str, Content<'a>)],
    /// The credential's binding, where one is attached.
    pub by: Option<&'a Binding>,
    /// Free bits already spent in this run.
    pub free_bits_spent: u32,
}

/// What stands in a slot, and where it came from.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// From the reference of entry n.
    Entry {
        /// The entry.
        entry: u32,
        /// The part.
        part: Part,
        /// Its text; none where the reference has no such part.
        text: Option<&'a str>,
    },
    /// From the store's settings, by pointer.
    Settings(&'a str),
    /// A public member of an earlier reply.
    Echo {
        /// Its text.
        text: &'a str,
        /// Where it is a listed name: the listed prefix, decoded, for relative names.
        listed: Option<&'a [String]>,
    },
    /// The guest's own text.
    Text(&'a str),
    /// A value to push.
    Secret,
}

/// What a credential may be attached to; fixed at its birth (B6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// `credentials.named`'s name, or the mint's.
    pub name: String,
    /// Operation ids.
    pub operations: BTreeSet<String>,
    /// How it is attached.
    pub attach: Vec<Attach>,
}

/// A request that may leave: all of its bytes but the credential's.
pub struct Admitted<'p> {
    /// The operation.
    pub operation: &'p Operation,
    /// Its target.
    pub target: &'p Target,
    /// The authority's name.
    pub authority: &'p str,
    /// Origin-form: path and query, percent-encoded, never longer than 8192 bytes.
    pub path_and_query: String,
    /// Headers of the catalogue, in its order; the host's own are the broker's.
    pub headers: Vec<(String, String)>,
    /// The body before credentials are attached.
    pub body: Option<AdmittedBody>,
    /// Decoded segments of the key (read) or prefix (list), for B3 and G9.
    pub key: Option<Vec<String>>,
    /// The entry whose reference the key came from; none where it came from an echo.
    pub entry: Option<u32>,
    /// The free bits that this call spends: eight for each byte of free text.
    pub free_bits: u32,
}

/// A body before credentials are attached.
#[derive(Clone, Debug, PartialEq)]
pub enum AdmittedBody {
    /// JSON.
    Json(serde_json::Value),
    /// Form members in order.
    Form(Vec<(String, String)>),
}
