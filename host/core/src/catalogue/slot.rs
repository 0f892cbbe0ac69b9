//! Slots: where the content of a template's `{slot}` comes from and what it may hold (rule B1). Types only, as serde
//! reads them; what fits a class is decided in `grant`.

use serde::{Deserialize, Serialize};

/// A slot and its one source (B1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Slot {
    /// Where its content comes from.
    pub source: Source,
    /// What it may hold. With `multi`, of each segment.
    pub class: Class,
    /// Holds several segments: split at `/`, at most 32.
    #[serde(default)]
    pub multi: bool,
    /// May be absent.
    #[serde(default)]
    pub optional: bool,
    /// Prefixes (templates over account slots) of which the first that fits is cut off before splitting.
    #[serde(default)]
    pub strip: Vec<String>,
    /// JSON pointer to a setting that makes these prefixes optional: in a store without it each key and path must begin
    /// with one of them (a Vault store without `path` names the mount in the key). Without prefixes nothing fits then.
    #[serde(default)]
    pub strip_unless: Option<String>,
    /// Slashes at the ends, and more than one in a row, do not count (Vault's client cleans its paths).
    #[serde(default)]
    pub clean_slashes: bool,
    /// JSON pointer to a setting whose text is put before the content, before splitting (AWS `prefix`).
    #[serde(default)]
    pub prepend: Option<String>,
    /// Text put before the content where there is content, such as `:` before a version.
    #[serde(default)]
    pub before: String,
    /// A multi slot whose first `/` is kept when it is written (SSM's `/a/b`); matching ignores it.
    #[serde(default)]
    pub leading_slash: bool,
}

/// The one source of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// `remoteRef.key` of an entry.
    Key,
    /// `remoteRef.property` of an entry.
    Property,
    /// `remoteRef.version` of an entry.
    Version,
    /// `find.path` of an entry.
    Path,
    /// A JSON pointer into the store's settings.
    Settings(String),
    /// A public member of an earlier reply.
    Echo,
    /// Free text, counted against `freeBits`.
    Text,
    /// A value to push.
    Secret,
    /// A session policy (AWS IAM JSON) that the host makes from the target's keys: attenuation at the backend.
    Policy(Policy),
}

/// The session policy of [`Source::Policy`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// One statement for each authority.
    pub statements: Vec<Statement>,
}

/// One statement of a session policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Statement {
    /// The authority whose target's keys are meant; left out where the grant has no such target.
    pub authority: String,
    /// IAM actions.
    pub actions: Vec<String>,
    /// Resource template over account slots with `{keys}`, written once for each key pattern; or `*`.
    pub resource: String,
}

/// A character class. None admits C0, DEL, or `.` and `..` as a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// `[A-Za-z0-9_.@+=-]{1,255}`.
    Segment,
    /// `[A-Za-z0-9_.@+=!-]{1,255}`: names of AWS Secrets Manager, whose services write `rds!...`. No `:`, so no ARN.
    SecretName,
    /// Printable ASCII and space without `/ \ % ? #`, 1-255 bytes; percent-encoded in paths.
    Wide,
    /// `[0-9]{1,20}`.
    Digits,
    /// `[A-Za-z0-9_.-]{1,128}`: stages, versions, UUIDs.
    Name,
    /// `arn:` and printable ASCII without space, at most 2048 bytes.
    Arn,
    /// Printable ASCII without space, 1-8192 bytes: page tokens. Never in a path.
    Token,
    /// Any text without C0 and DEL, at most 4096 bytes. Bodies only.
    Text,
}
