//! One HTTP request and where it may go: no proxy, no cookies, no compression, HTTP/1.1, redirects by hand. Each hop's
//! address is admitted before it is dialled, and credentials stay at the origin they are for (I6; oci-signing.md 1.4).
//! The rules are core's; bodies are read in `body`.

mod body;
mod failure;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use bailiwick_core::{
    egress::address::admit_all,
    program::{AddressRule, Origin},
    trust::access::{Host, admits_hop, carries_credentials},
};
use bytes::Bytes;
use reqwest::{
    Client, Method, Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, IF_MATCH, LOCATION},
    redirect::Policy,
};

pub(super) use self::body::{begin, read};
use self::failure::failed;
use super::{
    error::FetchError,
    names::{Admitting, Names},
    tls,
};

/// Redirects that are followed for one request.
const MAX_HOPS: usize = 3;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub read: Duration,
    /// For one request with its answer.
    pub request: Duration,
    /// For one resolution or one pull.
    pub whole: Duration,
    /// For one thing asked of a mirror, retries included: the registry itself is always asked in time.
    pub mirror: Duration,
    /// Before the first retry; each further one waits twice as long, and up to as much again by chance.
    pub backoff: Duration,
    /// Retries of a request that met no answer or a 5xx.
    pub retries: u32,
}

impl Default for Timing {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        let backoff = Duration::from_millis(200);
        Self {
            connect: seconds(5),
            read: seconds(15),
            request: seconds(60),
            whole: seconds(180),
            mirror: seconds(10),
            backoff,
            retries: 2,
        }
    }
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) accept: Option<&'static str>,
    /// Content and its type.
    pub(super) body: Option<(Bytes, &'static str)>,
    /// The entity tag that must still hold.
    pub(super) if_match: Option<HeaderValue>,
    /// Whether redirects are followed.
    pub(super) hops: bool,
}

impl Ask {
    /// A GET that may be redirected.
    pub(super) fn get(url: Url, accept: &'static str) -> Self {
        Self { method: Method::GET, url, accept: Some(accept), body: None, if_match: None, hops: true }
    }
}

/// Requests to one host, and to where it leads.
pub(super) struct Wire {
    client: Client,
    own: Origin,
    rule: Arc<AddressRule>,
}

impl Wire {
    pub(super) fn new(
        host: &Host,
        rule: &Arc<AddressRule>,
        names: &Arc<dyn Names>,
        timing: &Timing,
    ) -> Result<Self, FetchError> {
        let own = origin(&base(host)?).ok_or(FetchError::RedirectNotAllowed)?;
        let admitting = Admitting { names: Arc::clone(names), rule: Arc::clone(rule) };
        let client = Client::builder()
            .tls_backend_preconfigured(tls::config(host.roots.as_deref().map(Vec::as_slice))?)
            .dns_resolver(admitting)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            .connect_timeout(timing.connect)
            .read_timeout(timing.read)
            .timeout(timing.request)
            .user_agent(concat!("bailiwick/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| FetchError::Roots)?;
        Ok(Self { client, own, rule: Arc::clone(rule) })
    }

    /// The origin that credentials are for.
    pub(super) const fn own(&self) -> &Origin {
        &self.own
    }

    /// Sends, and follows redirects where the request allows it. The answer's status is the caller's to read.
    pub(super) async fn send(&self, ask: &Ask, key: Option<&HeaderValue>) -> Result<Response, FetchError> {
        let mut url = ask.url.clone();
        for _ in 0..=MAX_HOPS {
            let here = origin(&url).ok_or(FetchError::RedirectNotAllowed)?;
            let key = key.filter(|_| carries_credentials(&self.own, &here));
            let response = self.once(ask, &url, key).await?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let next = ask.hops.then(|| next(&response, &url)).flatten();
            let next = next.filter(|next| origin(next).is_some_and(|there| admits_hop(&here, &there)));
            url = next.ok_or(FetchError::RedirectNotAllowed)?;
        }
        Err(FetchError::RedirectNotAllowed)
    }

    /// Sends to `url` and nowhere else.
    pub(super) async fn once(
        &self,
        ask: &Ask,
        url: &Url,
        key: Option<&HeaderValue>,
    ) -> Result<Response, FetchError> {
        // A literal never comes by the resolver.
        if let Some(literal) = origin(url).ok_or(FetchError::RedirectNotAllowed)?.literal {
            admit_all(&[literal], &self.rule).map_err(|_| FetchError::AddressNotAllowed)?;
        }
        let mut request = self.client.request(ask.method.clone(), url.clone());
        for (name, value) in [(AUTHORIZATION, key), (IF_MATCH, ask.if_match.as_ref())] {
            request = value.into_iter().fold(request, |request, value| request.header(name.clone(), value));
        }
        if let Some(accept) = ask.accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some((content, media_type)) = &ask.body {
            request = request.header(CONTENT_TYPE, *media_type).body(content.clone());
        }
        request.send().await.map_err(|error| failed(&error))
    }
}

/// `https://host[:port]/`.
pub(super) fn base(host: &Host) -> Result<Url, FetchError> {
    let scheme = if host.plain { "http" } else { "https" };
    Url::parse(&format!("{scheme}://{}/", host.registry)).map_err(|_| FetchError::RedirectNotAllowed)
}

/// The origin of an HTTP URL without a user in it. The parser has read every spelling of an address by now.
pub(super) fn origin(url: &Url) -> Option<Origin> {
    let tls = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_owned();
    let literal = host.parse().ok();
    Some(Origin { tls, port: url.port_or_known_default()?, literal, host })
}

fn next(response: &Response, from: &Url) -> Option<Url> {
    from.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()
}
