//! AWS Signature V4 over the finished request: the canonical forms are core's, the time is the clock's, service and
//! region are the catalogue's and the grant's.

use std::time::{SystemTime, UNIX_EPOCH};

use bailiwick_core::{
    reason::Denial,
    sigv4::{self, PathRules, SignRequest},
};
use http::{Request, header};

use super::{misfit, put, sensitive};

/// What a signature needs besides the request and the credential.
#[derive(Clone, Copy)]
pub(crate) struct Signing<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
}

/// The credential.
pub(super) struct Keys<'a> {
    pub(super) id: &'a [u8],
    pub(super) key: &'a [u8],
    pub(super) token: Option<&'a [u8]>,
}

impl Signing<'_> {
    /// Adds date, token and authorization. Every header is signed but those that describe the connection.
    pub(super) fn sign(
        &self,
        keys: &Keys<'_>,
        request: &mut Request<()>,
        body: &[u8],
        now: SystemTime,
    ) -> Result<(), Denial> {
        let added = {
            let target = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let headers = to_sign(request)?;
            let signed = sigv4::sign(&SignRequest {
                method: request.method().as_str(),
                path_and_query: target,
                headers: &headers,
                body,
                access_key_id: text(keys.id)?,
                secret_access_key: keys.key,
                session_token: keys.token.map(text).transpose()?,
                region: self.region,
                service: self.service,
                timestamp_unix: now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
                path: PathRules::STANDARD,
                send_content_sha256: false,
            });
            let owned = signed.pairs().map(|(name, value)| Ok((name, sensitive(value.as_bytes().to_vec())?)));
            owned.collect::<Result<Vec<_>, Denial>>()?
        };
        added.into_iter().try_for_each(|(name, value)| put(request, name, value))
    }
}

fn to_sign(request: &Request<()>) -> Result<Vec<(&str, &str)>, Denial> {
    let of_connection = [header::USER_AGENT, header::ACCEPT_ENCODING];
    let fields = request.headers().iter().filter(|(name, _)| !of_connection.contains(name));
    fields.map(|(name, value)| Ok((name.as_str(), text(value.as_bytes())?))).collect()
}

fn text(bytes: &[u8]) -> Result<&str, Denial> {
    std::str::from_utf8(bytes).map_err(|_| misfit("characters"))
}
