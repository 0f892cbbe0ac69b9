//! The shapes of answers: the envelope around data, `errors` around everything from 400 on, and 404 with an empty
//! `errors` for what is not there (HTTP API, "Error response" and "HTTP status codes").

use serde_json::{Value, json};

/// An answer before it goes on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    /// For a standby's redirect.
    pub(super) location: Option<String>,
}

impl Answer {
    /// 200 with data.
    pub(super) fn data(data: Value) -> Self {
        Self::body(200, envelope(data, Value::Null, Value::Null))
    }

    /// 404 with data: a version that is deleted or destroyed still has its metadata.
    pub(super) fn gone(data: Value) -> Self {
        Self::body(404, envelope(data, Value::Null, Value::Null))
    }

    /// 404 with a warning: a path that the engine does not know.
    pub(super) fn warned(warning: &str) -> Self {
        Self::body(404, envelope(Value::Null, Value::Null, json!([warning])))
    }

    /// 200 with `auth`: a login.
    pub(super) fn auth(auth: Value) -> Self {
        Self::body(200, envelope(Value::Null, auth, Value::Null))
    }

    /// 200 with a body as it is: the few `sys` paths without an envelope.
    pub(super) fn bare(status: u16, body: Value) -> Self {
        Self::body(status, body)
    }

    /// 204.
    pub(super) fn empty() -> Self {
        Self { status: 204, body: None, location: None }
    }

    /// 404 with no errors: nothing is there.
    pub(super) fn absent() -> Self {
        Self::body(404, json!({"errors": []}))
    }

    /// An error with its message.
    pub(super) fn error(status: u16, message: &str) -> Self {
        Self::body(status, json!({"errors": [message]}))
    }

    /// 403.
    pub(super) fn denied() -> Self {
        Self::error(403, "1 error occurred:\n\t* permission denied\n\n")
    }

    /// 307 to the same path on the active node.
    pub(super) fn redirect(location: String) -> Self {
        Self { status: 307, body: None, location: Some(location) }
    }

    fn body(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), location: None }
    }
}

fn envelope(data: Value, auth: Value, warnings: Value) -> Value {
    json!({
        "request_id": super::state::random_id(),
        "lease_id": "",
        "renewable": false,
        "lease_duration": 0,
        "data": data,
        "wrap_info": null,
        "warnings": warnings,
        "auth": auth,
    })
}
