//! AWS Signature Version 4 over a finished request, in the header form: pure functions over bytes, checked by AWS's
//! own suite. Region, service and time are arguments: nothing of a scope is taken from the request or a store.
//!
//! The secret key is borrowed; keys that are derived from it are zeroed. A copy that the `hmac` crate makes on its
//! stack frame is beyond our reach.

mod canonical;
mod date;
mod key;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

use self::{canonical::Canonical, date::Stamp, key::signing_key};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: &str = "x-amz-date";
const CONTENT_SHA256: &str = "x-amz-content-sha256";
const SECURITY_TOKEN: &str = "x-amz-security-token";
const AUTHORIZATION: &str = "authorization";

/// A request to sign, with the credential and the scope.
#[derive(Clone, Copy)]
pub struct SignRequest<'a> {
    /// The method in upper case.
    pub method: &'a str,
    /// As on the request line.
    pub path_and_query: &'a str,
    /// Every header to sign, in any case and order: `host` always, and none that a proxy may change. Those of
    /// [`SignedHeaders`] are added and must not be here.
    pub headers: &'a [(&'a str, &'a str)],
    /// The whole body; empty where there is none.
    pub body: &'a [u8],
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret_access_key: &'a [u8],
    /// The session token of temporary credentials.
    pub session_token: Option<&'a str>,
    /// The region of the scope.
    pub region: &'a str,
    /// The service of the scope: `secretsmanager`, `ssm`, `sts`.
    pub service: &'a str,
    /// Seconds since 1970, UTC.
    pub timestamp_unix: u64,
    /// How the service reads paths.
    pub path: PathRules,
    /// Whether the body's hash is sent as a header, as S3 asks. It is signed either way.
    pub send_content_sha256: bool,
}

/// How a service makes a canonical path of the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathRules {
    /// Dot segments and empty segments are removed.
    pub normalize: bool,
    /// What was sent is percent-encoded once more.
    pub encode: bool,
}

impl PathRules {
    /// All services but S3.
    pub const STANDARD: Self = Self { normalize: true, encode: true };
    /// S3: the path as it was sent.
    pub const AS_SENT: Self = Self { normalize: false, encode: false };
}

/// The headers to add to the request, each once.
pub struct SignedHeaders<'a> {
    /// `authorization`.
    pub authorization: String,
    /// `x-amz-date`.
    pub date: String,
    /// `x-amz-content-sha256`, where it was asked for.
    pub content_sha256: Option<String>,
    /// `x-amz-security-token`, where there is one: the request's own, secret.
    pub security_token: Option<&'a str>,
}

impl SignedHeaders<'_> {
    /// Names in lower case and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            Some((DATE, self.date.as_str())),
            self.content_sha256.as_deref().map(|hash| (CONTENT_SHA256, hash)),
            self.security_token.map(|token| (SECURITY_TOKEN, token)),
            Some((AUTHORIZATION, self.authorization.as_str())),
        ]
        .into_iter()
        .flatten()
    }
}

/// Signs a request.
#[must_use]
pub fn sign<'a>(request: &SignRequest<'a>) -> SignedHeaders<'a> {
    let signing = Signing::of(request);
    let canonical = signing.canonical();
    let signature = signing.signature(&signing.string_to_sign(&canonical));
    let authorization = format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={signature}",
        request.access_key_id,
        signing.scope,
        canonical.signed_headers(),
    );
    SignedHeaders {
        authorization,
        content_sha256: request.send_content_sha256.then_some(signing.body_hash),
        date: signing.stamp.time,
        security_token: request.session_token,
    }
}

/// What several steps of one signature need.
struct Signing<'r, 'a> {
    request: &'r SignRequest<'a>,
    stamp: Stamp,
    scope: String,
    body_hash: String,
}

impl<'r, 'a> Signing<'r, 'a> {
    fn of(request: &'r SignRequest<'a>) -> Self {
        let stamp = Stamp::of(request.timestamp_unix);
        let scope = format!("{}/{}/{}/aws4_request", stamp.date, request.region, request.service);
        Self { request, stamp, scope, body_hash: hex(&Sha256::digest(request.body)) }
    }

    fn canonical(&self) -> Canonical<'_> {
        let SignRequest { method, path_and_query, path, .. } = *self.request;
        let content = self.request.send_content_sha256.then_some((CONTENT_SHA256, self.body_hash.as_str()));
        let token = self.request.session_token.map(|token| (SECURITY_TOKEN, token));
        let added = [Some((DATE, self.stamp.time.as_str())), content, token];
        let headers = self.request.headers.iter().copied().chain(added.into_iter().flatten());
        Canonical::new(method, path_and_query, path, headers, &self.body_hash)
    }

    /// Holds only a hash of the request.
    fn string_to_sign(&self, canonical: &Canonical<'_>) -> String {
        let mut hash = Sha256::new();
        canonical.write(&mut |part| hash.update(part));
        format!("{ALGORITHM}\n{}\n{}\n{}", self.stamp.time, self.scope, hex(&hash.finalize()))
    }

    fn signature(&self, string_to_sign: &str) -> String {
        let SignRequest { secret_access_key, region, service, .. } = *self.request;
        let key = signing_key(secret_access_key, &self.stamp.date, region, service);
        hex(&*key::hmac(&*key, string_to_sign.as_bytes()))
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
