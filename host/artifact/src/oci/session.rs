//! Credentials and what they were exchanged for: for one registry, of one client. A token is asked for where core's rule
//! admits it, with a scope that we write; what it may be used for beyond this client nobody can ask (one client a
//! Provider, never shared: oci-signing.md 1.3).

mod challenge;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bailiwick_core::trust::access::admits_realm;
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Response, Url,
    header::{HeaderValue, WWW_AUTHENTICATE},
};
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use self::challenge::Challenge;
use super::{
    endpoint::judge,
    error::{FetchError, Part},
    manifest::Fault,
    wire::{self, Ask, Wire},
};

/// Bytes of a token service's answer.
const TOKEN_LIMIT: u64 = 64 << 10;
/// How long a token counts where the service does not say (distribution specification, "Token Authentication").
const TOKEN_LIFE: u64 = 60;
/// Tokens are not used in their last seconds.
const TOKEN_MARGIN: u64 = 5;

/// What a registry is shown. It has no text form and is zeroed when it goes.
#[derive(Default)]
pub enum Credentials {
    /// Nothing.
    #[default]
    Anonymous,
    /// A user and a password.
    Basic {
        /// The user.
        username: Zeroizing<String>,
        /// The password.
        password: Zeroizing<String>,
    },
}

/// Credentials of one endpoint, with the keys they gave.
pub(super) struct Session {
    credentials: Credentials,
    auth_hosts: Vec<String>,
    held: Mutex<BTreeMap<String, (HeaderValue, Instant)>>,
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl Drop for Token {
    fn drop(&mut self) {
        self.token.zeroize();
        self.access_token.zeroize();
    }
}

impl Session {
    pub(super) fn new(credentials: Credentials, auth_hosts: Vec<String>) -> Self {
        Self { credentials, auth_hosts, held: Mutex::default() }
    }

    /// The key for `scope` that is at hand.
    pub(super) fn held(&self, scope: &str) -> Option<HeaderValue> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(scope).filter(|(_, until)| *until > Instant::now()).map(|(key, _)| key.clone())
    }

    /// Answers a 401 of the registry itself.
    pub(super) async fn answer(
        &self,
        wire: &Wire,
        asked: Option<Challenge>,
        scope: &str,
    ) -> Result<HeaderValue, FetchError> {
        let (key, life) = match asked.ok_or(FetchError::Unauthorized)? {
            Challenge::Basic => (self.basic().ok_or(FetchError::Unauthorized)?, u64::from(u32::MAX)),
            Challenge::Bearer { realm, service } => {
                self.token(wire, &realm, service.as_deref(), scope).await?
            }
        };
        let until = Instant::now()
            + Duration::from_secs(life.clamp(TOKEN_MARGIN, u64::from(u32::MAX)) - TOKEN_MARGIN);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(scope.to_owned(), (key.clone(), until));
        Ok(key)
    }

    async fn token(
        &self,
        wire: &Wire,
        realm: &str,
        service: Option<&str>,
        scope: &str,
    ) -> Result<(HeaderValue, u64), FetchError> {
        let mut url = Url::parse(realm).map_err(|_| FetchError::RealmNotAllowed)?;
        let origin = wire::origin(&url).ok_or(FetchError::RealmNotAllowed)?;
        if !admits_realm(wire.own(), &self.auth_hosts, &origin) {
            return Err(FetchError::RealmNotAllowed);
        }
        if let Some(service) = service {
            url.query_pairs_mut().append_pair("service", service);
        }
        url.query_pairs_mut().append_pair("scope", scope);
        let ask = Ask::get(url, "application/json");
        let response = judge(wire.once(&ask, &ask.url, self.basic().as_ref()).await?, Part::Token)?;
        let text = Zeroizing::new(wire::read(response, TOKEN_LIMIT, Part::Token).await?);
        read_token(&text).ok_or(FetchError::Malformed(Part::Token, Fault::Json))
    }

    fn basic(&self) -> Option<HeaderValue> {
        let Credentials::Basic { username, password } = &self.credentials else { return None };
        let pair = Zeroizing::new(format!("{}:{}", username.as_str(), password.as_str()));
        let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        secret_header(&Zeroizing::new(format!("Basic {}", encoded.as_str())))
    }
}

/// What a 401 asks for.
pub(super) fn asked(refusal: &Response) -> Option<Challenge> {
    let lines = refusal.headers().get_all(WWW_AUTHENTICATE).iter();
    challenge::read(lines.filter_map(|line| line.to_str().ok()))
}

fn read_token(text: &[u8]) -> Option<(HeaderValue, u64)> {
    let token: Token = serde_json::from_slice(text).ok()?;
    let key = token.token.as_ref().or(token.access_token.as_ref()).filter(|key| !key.is_empty())?;
    let header = secret_header(&Zeroizing::new(format!("Bearer {key}")))?;
    Some((header, token.expires_in.unwrap_or(TOKEN_LIFE)))
}

fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
