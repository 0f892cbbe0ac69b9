//! One registry or mirror under the distribution API: its paths, its credentials, retries, and what a status means.
//! Bytes are returned with a promise: a digest that was asked for was computed from them. Which endpoint is asked for
//! what is the client's business.

mod evidence;
mod link;
mod read;

use std::{sync::Arc, time::Duration};

use bailiwick_core::trust::access::{Access, Host};
use reqwest::{Response, StatusCode, Url, header::RETRY_AFTER};

pub(super) use self::{evidence::passed, read::MANIFEST_LIMIT};
use super::{
    error::{FetchError, Part, Why},
    names::Names,
    session::{self, Credentials, Session},
    wire::{self, Ask, Timing, Wire},
};

/// The longest wait that a registry can ask for.
const MAX_WAIT: u64 = 3600;

/// One registry or mirror.
pub(super) struct Endpoint {
    wire: Wire,
    session: Session,
    base: Url,
    prefix: Option<String>,
    timing: Timing,
    /// `host[:port]`.
    pub(super) name: String,
}

impl Endpoint {
    pub(super) fn new(
        host: &Host,
        access: &Access,
        credentials: Credentials,
        names: &Arc<dyn Names>,
        timing: Timing,
    ) -> Result<Self, FetchError> {
        Ok(Self {
            wire: Wire::new(host, &Arc::new(access.addresses.clone()), names, &timing)?,
            session: Session::new(credentials, access.auth_hosts.clone()),
            base: wire::base(host)?,
            prefix: host.prefix.clone(),
            timing,
            name: host.registry.clone(),
        })
    }

    /// The URL of something in a repository. Path and rest were read by core or are ours, so there is nothing to escape.
    pub(super) fn url(&self, path: &str, rest: &str) -> Result<Url, FetchError> {
        let prefix = self.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
        self.base.join(&format!("/v2/{prefix}{path}/{rest}")).map_err(|_| FetchError::RedirectNotAllowed)
    }

    /// Whether a URL is of this endpoint's API.
    pub(super) fn is_ours(&self, url: &Url) -> bool {
        wire::origin(url).as_ref() == Some(self.wire.own()) && url.path().starts_with("/v2/")
    }

    fn scope(&self, path: &str, actions: &str) -> String {
        let prefix = self.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
        format!("repository:{prefix}{path}:{actions}")
    }

    /// Sends a request for `path` with what it takes, and gives the answer where it is a success.
    pub(super) async fn send(
        &self,
        ask: &Ask,
        path: &str,
        actions: &str,
        part: Part,
    ) -> Result<Response, FetchError> {
        let scope = self.scope(path, actions);
        let held = self.session.held(&scope);
        let response = self.wire.send(ask, held.as_ref()).await?;
        let here = wire::origin(response.url());
        if response.status() != StatusCode::UNAUTHORIZED || here.as_ref() != Some(self.wire.own()) {
            return judge(response, part);
        }
        let asked = session::asked(&response);
        // Its connection is not waited for: an endless refusal would hold the next request.
        drop(response);
        let key = self.session.answer(&self.wire, asked, &scope).await?;
        judge(self.wire.send(ask, Some(&key)).await?, part)
    }

    /// As [`Endpoint::send`], with the body, and again where the network failed or the registry was in trouble.
    pub(super) async fn fetch(
        &self,
        ask: &Ask,
        path: &str,
        limit: u64,
        part: Part,
    ) -> Result<Vec<u8>, FetchError> {
        self.again(|| self.try_fetch(ask, path, limit, part)).await.map(|(bytes, _)| bytes)
    }

    /// As [`Endpoint::fetch`], with the URL of the next page where the answer names one.
    pub(super) async fn fetch_with(
        &self,
        ask: &Ask,
        path: &str,
        limit: u64,
        part: Part,
    ) -> Result<(Vec<u8>, Option<Url>), FetchError> {
        self.again(|| self.try_fetch(ask, path, limit, part)).await
    }

    /// As [`Endpoint::fetch_with`], of a list of referrers: no more than the limit is read, and one that is longer is no
    /// error.
    pub(super) async fn fetch_list(&self, ask: &Ask, path: &str, limit: u64) -> Result<Page, FetchError> {
        self.again(|| self.try_list(ask, path, limit)).await
    }

    async fn again<T, F: Future<Output = Result<T, FetchError>>>(
        &self,
        work: impl Fn() -> F,
    ) -> Result<T, FetchError> {
        let mut attempt = 0;
        loop {
            match work().await {
                Err(FetchError::Unreachable(why)) if attempt < self.timing.retries && why != Why::Timeout => {
                    tokio::time::sleep(pause(self.timing.backoff, attempt)).await;
                    attempt += 1;
                }
                done => return done,
            }
        }
    }

    async fn try_fetch(
        &self,
        ask: &Ask,
        path: &str,
        limit: u64,
        part: Part,
    ) -> Result<(Vec<u8>, Option<Url>), FetchError> {
        let response = self.send(ask, path, "pull", part).await?;
        let next = link::next(response.headers(), &ask.url);
        Ok((wire::read(response, limit, part).await?, next))
    }

    async fn try_list(&self, ask: &Ask, path: &str, limit: u64) -> Result<Page, FetchError> {
        let response = self.send(ask, path, "pull", Part::Referrers).await?;
        let next = link::next(response.headers(), &ask.url);
        let (bytes, cut) = wire::begin(response, limit).await?;
        Ok(Page { bytes, cut, next })
    }
}

/// A page of a list, or its beginning.
pub(super) struct Page {
    bytes: Vec<u8>,
    cut: bool,
    next: Option<Url>,
}

/// What a status says. Bodies of refusals are not read at all.
pub(super) fn judge(response: Response, part: Part) -> Result<Response, FetchError> {
    let status = response.status();
    Err(match status.as_u16() {
        200..=299 => return Ok(response),
        401 => FetchError::Unauthorized,
        403 => FetchError::Forbidden,
        404 => FetchError::NotFound(part),
        408 | 500..=599 => FetchError::Unreachable(Why::Status(status.as_u16())),
        429 => FetchError::Throttled { retry_after: wait(&response) },
        other => FetchError::Status(other),
    })
}

fn wait(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse::<u64>().ok()?;
    Some(Duration::from_secs(seconds.min(MAX_WAIT)))
}

/// Twice as long with each attempt, and up to as much again, so that many clients do not come back at once.
fn pause(first: Duration, attempt: u32) -> Duration {
    let mut random = [0_u8; 2];
    // Without randomness all wait the longest.
    let share =
        getrandom::fill(&mut random).map_or(1.0, |()| f64::from(u16::from_le_bytes(random)) / 65_536.0);
    let base = first.saturating_mul(2_u32.saturating_pow(attempt));
    base + base.mul_f64(share)
}
