//! From an admitted request and a credential to the bytes that leave. The host's own headers are written here and
//! nowhere else; a credential's bytes are read here and nowhere else, into memory that is zeroed.

mod body;
mod sign;

use std::time::SystemTime;

use bailiwick_core::{
    catalogue::Attach,
    program::{AdmittedBody, Origin},
    reason::{Denial, Reason},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};
use http_body_util::Full;
use zeroize::Zeroizing;

pub(crate) use self::sign::Signing;
use crate::credential::Held;

const USER_AGENT: &str = concat!("bailiwick/", env!("CARGO_PKG_VERSION"));

/// An admitted request, all of it but the credential.
pub(crate) struct Draft<'a> {
    pub(crate) method: &'a str,
    pub(crate) origin: &'a Origin,
    pub(crate) path_and_query: &'a str,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: Option<&'a AdmittedBody>,
    /// What Signature V4 needs besides the request and the credential.
    pub(crate) signing: Option<Signing<'a>>,
    pub(crate) now: SystemTime,
}

/// The request with its credential, and its size: path, headers and body.
pub(crate) struct Finished {
    pub(crate) request: Request<Full<Bytes>>,
    pub(crate) size: u64,
}

impl Draft<'_> {
    /// Writes the request.
    ///
    /// # Errors
    /// The credential does not fit where the catalogue puts it.
    pub(crate) fn finish(&self, by: Option<&Held>) -> Result<Finished, Denial> {
        let attach = by.map(|held| held.binding.attach.as_slice()).unwrap_or_default();
        let body = body::write(self.body, by, attach)?;
        let mut request = Request::new(());
        *request.method_mut() = self.method.parse().map_err(|_| misfit("method"))?;
        *request.uri_mut() = self.path_and_query.parse().map_err(|_| misfit("path"))?;
        self.host_headers(&mut request)?;
        for (name, value) in self.headers {
            put(&mut request, name, HeaderValue::from_str(value).map_err(|_| misfit("headers"))?)?;
        }
        if let Some(kind) =
            body.content_type.filter(|_| !request.headers().contains_key(header::CONTENT_TYPE))
        {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for one in attach {
            self.attach(one, by, &mut request, &body.bytes)?;
        }
        let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
        let size = self.path_and_query.len() + fields.sum::<usize>() + body.bytes.len();
        Ok(Finished {
            request: request.map(|()| Full::new(Bytes::from_owner(body.bytes))),
            size: u64::try_from(size).unwrap_or(u64::MAX),
        })
    }

    fn host_headers(&self, request: &mut Request<()>) -> Result<(), Denial> {
        let host = HeaderValue::from_str(&host(self.origin)).map_err(|_| misfit("origin"))?;
        let headers = request.headers_mut();
        headers.insert(header::HOST, host);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Ok(())
    }

    fn attach(
        &self,
        how: &Attach,
        by: Option<&Held>,
        request: &mut Request<()>,
        body: &[u8],
    ) -> Result<(), Denial> {
        let input = |name: &str| input(by, name);
        match how {
            Attach::Header { input: from, name, prefix } => {
                put(request, name, sensitive([prefix.as_bytes(), input(from)?].concat())?)
            }
            Attach::Basic { user, password } => {
                let pair = Zeroizing::new([input(user)?, b":", input(password)?].concat());
                let encoded = Zeroizing::new(STANDARD.encode(&*pair));
                put(request, "authorization", sensitive([b"Basic ", encoded.as_bytes()].concat())?)
            }
            // Written with the body.
            Attach::Body { .. } => Ok(()),
            Attach::Sigv4 { id, key, token } => {
                let signing = self.signing.as_ref().ok_or_else(|| misfit("signature"))?;
                let keys = sign::Keys { id: input(id)?, key: input(key)?, token: input(token).ok() };
                signing.sign(&keys, request, body, self.now)
            }
        }
    }
}

/// What stands in the Host header: the port only where it is not the scheme's own (RFC 9110 section 7.2).
fn host(origin: &Origin) -> String {
    let host = match origin.literal {
        Some(std::net::IpAddr::V6(_)) => format!("[{}]", origin.host),
        _ => origin.host.clone(),
    };
    match (origin.tls, origin.port) {
        (true, 443) | (false, 80) => host,
        (_, port) => format!("{host}:{port}"),
    }
}

fn input<'h>(by: Option<&'h Held>, name: &str) -> Result<&'h [u8], Denial> {
    let found = by.and_then(|held| held.inputs.get(name));
    found.map(|credential| credential.bytes()).ok_or_else(|| misfit("input"))
}

/// A header value that is never logged, in memory that is zeroed when the request is dropped.
fn sensitive(bytes: Vec<u8>) -> Result<HeaderValue, Denial> {
    let owned = Bytes::from_owner(Zeroizing::new(bytes));
    if !owned.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(misfit("characters"));
    }
    let mut value = HeaderValue::from_maybe_shared(owned).map_err(|_| misfit("characters"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Adds a header once; a second one of a name would be read as another request's.
fn put(request: &mut Request<()>, name: &str, value: HeaderValue) -> Result<(), Denial> {
    let name: HeaderName = name.parse().map_err(|_| misfit("headers"))?;
    match request.headers_mut().insert(name, value) {
        None => Ok(()),
        Some(_) => Err(misfit("headers")),
    }
}

/// A credential or a template that cannot be written. Says which part, and nothing of what stands there.
fn misfit(part: &'static str) -> Denial {
    Denial::new(
        Reason::CredentialNotAllowed,
        format!("credential.{part}"),
        "the credential cannot be written where the catalogue puts it: check its content and the catalogue",
    )
}

#[cfg(test)]
mod tests;
