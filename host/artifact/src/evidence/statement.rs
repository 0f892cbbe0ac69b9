//! What a DSSE envelope holds: an in-toto statement about the artifact at hand. Read strictly. The subject's name
//! says nothing (whoever signs chooses it) and is ignored; only its digest counts.

use bailiwick_core::{
    trust::fact::SIGNATURE,
    values::json::{Json, Kind, Node},
};

use super::{Why, envelope};
use crate::Digest;

/// The type before it, alike in all that is read here. cosign 3 writes attestations so, and signatures as v1.
const OLDER: &str = "https://in-toto.io/Statement/v0.1";

/// What is said of the artifact.
pub(super) struct Statement {
    /// The kind of predicate.
    pub predicate_type: String,
    /// The predicate; null where there is none.
    pub predicate: serde_json::Value,
}

/// Reads the statement, which must be about `subject`.
pub(super) fn read(payload: &[u8], subject: &Digest) -> Result<Statement, Why> {
    let json = Json::parse(payload).map_err(|_| Why::NotJson)?;
    let root = json.root();
    let predicate_type = root.member("predicateType").and_then(Node::text).ok_or(Why::Statement)?;
    let is = |kind: &str| root.member("_type").is_some_and(|node| node.is_text(kind));
    let older = is(OLDER) && predicate_type != SIGNATURE;
    if !older && !is(envelope::STATEMENT_TYPE) {
        return Err(Why::Statement);
    }
    let predicate = root.member("predicate").map_or(Ok(serde_json::Value::Null), predicate)?;
    let subjects = root.member("subject").ok_or(Why::Statement)?;
    if !subjects.items().any(|one| is_about(one, subject)) {
        return Err(Why::Subject);
    }
    Ok(Statement { predicate_type: predicate_type.into_owned(), predicate })
}

fn predicate(node: Node<'_>) -> Result<serde_json::Value, Why> {
    if !matches!(node.kind(), Kind::Object | Kind::Null) {
        return Err(Why::Statement);
    }
    if node.raw().len() > envelope::MAX_PREDICATE {
        return Err(Why::Predicate);
    }
    serde_json::from_str(node.raw()).map_err(|_| Why::NotJson)
}

fn is_about(one: Node<'_>, subject: &Digest) -> bool {
    one.pointer("/digest/sha256").is_some_and(|hex| hex.is_text(&subject.hex()))
}
