//! The catalogue: what a provider says that it may ask for. Written by the author as `provider.toml`, embedded in
//! the component, and only ever a *claim*: what counts is its intersection with a grant. These are the types, as
//! serde reads them; `parse` checks what types cannot say, `schema` validates settings, `surface` hashes.
//!
//! Templates (path, query, headers, body strings) are literals with `{slot}` in them. `{account.x}` and `{auth.x}`
//! come from the grant; every other slot is declared under the operation's `slots`, with its one source (rule B1).
//! Where no slot of a template is filled, what the template stands in (last path segment, member, header) is left out.

pub mod parse;
pub(crate) mod pointer;
pub mod schema;
pub mod surface;
pub(crate) mod template;

mod field;
mod reply;
mod slot;
mod values;

pub use self::{
    field::{Field, FieldKind},
    reply::{Format, ListRule, OutcomeName, OutcomeRule, ReplyRule, TagsRule},
    slot::{Class, Policy, Slot, Source, Statement},
    values::{FindBy, FindRule, PropertyForm, ValueForm, ValueRule},
};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A provider's claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Catalogue {
    /// The provider's name, which is its Provider object's. DNS-1123 label.
    pub name: String,
    /// The key of `spec.provider` that it serves, where ESO writes it with capitals (`openBao`): the name but for them.
    /// See [`Catalogue::key`].
    #[serde(default)]
    pub key: Option<String>,
    /// Semantic version.
    pub version: String,
    /// The world it is written for.
    pub world: World,
    /// One line for people.
    #[serde(default)]
    pub description: String,
    /// What `spec.provider.<name>` may say: an object.
    pub settings: Field,
    /// Where the store names its CA, if it may; must hold the same certificates as the grant's `caRef` (G6).
    #[serde(default)]
    pub ca: Option<Ca>,
    /// Whom it talks to. Empty: no network at all.
    #[serde(default)]
    pub authorities: BTreeMap<String, Authority>,
    /// The account slots (G7), filled from the grant's target.
    #[serde(default)]
    pub account: BTreeMap<String, GrantSlot>,
    /// How the account is proven where requests do not carry it (G7).
    #[serde(default)]
    pub proof: Option<Proof>,
    /// Auth methods by name.
    #[serde(default)]
    pub auth: BTreeMap<String, AuthMethod>,
    /// Operations by id.
    #[serde(default)]
    pub operations: BTreeMap<String, Operation>,
    /// Static data in the store's settings that may be delivered (the `fake` provider).
    #[serde(default)]
    pub config: Option<ConfigData>,
    /// The provider resolves `property` itself; else the host applies it to what is delivered.
    #[serde(default)]
    pub resolves_property: bool,
    /// How its values are read. No part of the surface: it changes nothing of what is asked.
    #[serde(default)]
    pub values: ValueRule,
    /// By what `find` selects. No part of the surface: it only refuses.
    #[serde(default)]
    pub find: FindRule,
}

impl Catalogue {
    /// The key of `spec.provider` that it serves.
    #[must_use]
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.name)
    }
}

/// The world a component is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum World {
    /// Sees neither credentials nor values.
    Blind,
    /// WASI 0.2 with gated HTTP. Known, not served yet.
    Wasi,
}

/// Where the store names its own CA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ca {
    /// JSON pointer to `caBundle` (PEM, or base64 of PEM).
    #[serde(default)]
    pub bundle: Option<String>,
    /// JSON pointer to `caProvider`.
    #[serde(default)]
    pub provider: Option<String>,
}

/// One party on the network; a grant's target fills it. Where the catalogue has several, the target names one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Authority {
    /// JSON pointer to the store's field that holds its URL, if the store may name it.
    #[serde(default)]
    pub settings: Option<String>,
    /// The service name of AWS Signature V4, where requests are signed.
    #[serde(default)]
    pub service: Option<String>,
    /// The account slots that targets of this authority must fill; absent: all of them.
    #[serde(default)]
    pub account: Option<Vec<String>>,
}

/// A slot that the grant fills: an account slot, or a slot of an auth method (G7, G8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GrantSlot {
    /// JSON pointer to the store's field that must agree with the grant.
    #[serde(default)]
    pub settings: Option<String>,
    /// What it may hold. With `multi`, of each segment.
    pub class: Class,
    /// Holds several segments, separated by `/`.
    #[serde(default)]
    pub multi: bool,
    /// Used where neither grant nor store says anything. Of an auth slot it may be `{account.x}`: what the target
    /// fills in there (ESO's Vault login falls back to the store's namespace).
    #[serde(default)]
    pub default: Option<String>,
    /// May be empty: then whatever the slot stands in alone is left out.
    #[serde(default)]
    pub optional: bool,
}

/// The identity call that proves the account of a credential before its first use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Proof {
    /// An operation of class exchange, without a mint; its reply is sealed.
    pub operation: String,
    /// Pointer into its reply to the account.
    pub at: String,
    /// The account slot that it must equal.
    pub account: String,
}

/// A way to authenticate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AuthMethod {
    /// JSON pointer to the store's block whose presence chooses this method; the longest that is present wins.
    pub when: String,
    /// Pointers that must be present too (AWS keys with a role to assume); a method with more of them wins first.
    #[serde(default)]
    pub also: Vec<String>,
    /// Slots `{auth.x}`: account slots in the sense of G8.
    #[serde(default)]
    pub slots: BTreeMap<String, GrantSlot>,
    /// What is read from the shell, by name; of several sources the first that the store names.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// The name that `credentials.named` knows it by.
    pub credential: String,
    /// How it is attached to requests.
    pub attach: Vec<Attach>,
    /// The operations that it may be attached to: with an exchange to follow, only the login.
    pub operations: Vec<String>,
}

/// What an auth method reads from Secrets or service accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Input {
    /// Pointers to secretKeyRef fields.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Pointers to serviceAccountRef fields: a token for the grant's one audience.
    #[serde(default)]
    pub service_accounts: Vec<String>,
    /// May be absent.
    #[serde(default)]
    pub optional: bool,
}

/// How an input of a credential goes into a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Attach {
    /// A header.
    Header {
        /// The input.
        input: String,
        /// The header's name.
        name: String,
        /// Text before it, such as `Bearer `.
        #[serde(default)]
        prefix: String,
    },
    /// Basic authentication (RFC 7617).
    Basic {
        /// The input with the user name.
        user: String,
        /// The input with the password.
        password: String,
    },
    /// A member of the JSON or form body.
    Body {
        /// The input.
        input: String,
        /// RFC 6901 pointer; for a form body, `/name`.
        pointer: String,
    },
    /// AWS Signature V4, over the finished request; service from the authority, region from `{account.region}`.
    Sigv4 {
        /// The input with the access key id.
        id: String,
        /// The input with the secret access key.
        key: String,
        /// The input with the session token; optional.
        token: String,
    },
}

/// What may be asked of an authority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Operation {
    /// What it does, whatever its HTTP method says.
    pub class: OperationClass,
    /// GET, POST, PUT, PATCH, DELETE or HEAD.
    pub method: String,
    /// The authority; may be left out where there is one.
    #[serde(default)]
    pub authority: Option<String>,
    /// Served only for stores whose settings, by JSON pointer, hold these texts (`"/version" = "v2"`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, String>,
    /// `/` and segments, each a template: `/v1/{account.mount}/data/{key}`.
    pub path: String,
    /// The closed query: name to template. A member whose only slot is absent is left out.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Headers: name to template; none of the host's own (egress rules).
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: Option<Body>,
    /// Declared slots.
    #[serde(default)]
    pub slots: BTreeMap<String, Slot>,
    /// The slots whose segments, in order, are the key that G9 matches. Of a list operation: the prefix listed.
    #[serde(default)]
    pub key: Vec<String>,
    /// What the reply is.
    #[serde(default)]
    pub reply: ReplyRule,
    /// For an exchange: the credential that its reply holds.
    #[serde(default)]
    pub mint: Option<Mint>,
    /// May be sent again after a connection that was closed unanswered, a 429 or a 503.
    #[serde(default)]
    pub retry: bool,
}

/// The class of an operation (G10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationClass {
    /// Bears values.
    Read,
    /// Bears names and what the catalogue declares public.
    List,
    /// Writes values.
    Write,
    /// Deletes.
    Delete,
    /// Turns one credential into another, proves or revokes one. Sealed; admitted by auth alone.
    Exchange,
}

/// A body template. Strings are templates, everything else is literal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Body {
    /// A JSON object, sent as `application/json` or the type given by `content-type` in headers.
    Json(serde_json::Map<String, serde_json::Value>),
    /// `application/x-www-form-urlencoded`: name to template.
    Form(BTreeMap<String, String>),
}

/// The credential in an exchange's sealed reply (B5, B6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mint {
    /// Input name to pointer: all must be texts, or the exchange fails with a bare code.
    pub take: BTreeMap<String, String>,
    /// Pointer to the lifetime in seconds, a number or decimal text.
    #[serde(default)]
    pub ttl: Option<String>,
    /// The longest lifetime that we use, in seconds.
    pub max_seconds: u32,
    /// How it is attached.
    pub attach: Vec<Attach>,
    /// The operations it is for.
    pub operations: Vec<String>,
    /// An exchange operation without a mint that ends it; run by the broker after the run, whatever its end.
    #[serde(default)]
    pub revoke: Option<String>,
    /// A text in the reply that must hold the account (for AssumeRole: the assumed role's ARN), else nothing is minted.
    #[serde(default)]
    pub account: Option<MintAccount>,
}

/// The account check of a mint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MintAccount {
    /// Pointer to an ARN in the reply.
    pub arn_at: String,
    /// The account slot that its fifth field must equal.
    pub account: String,
}

/// Static data in settings that may be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigData {
    /// JSON pointer that ends in `/*`: the items.
    pub items: String,
    /// Pointer within an item to its key, which must be the entry's (B3). `answers.config` gives it too: the name of
    /// a `deliver-named`.
    pub key: String,
    /// Pointer within an item to its value, a secret field.
    pub value: String,
    /// Pointer within an item to its version, which must be the entry's where it names one.
    #[serde(default)]
    pub version: Option<String>,
}
