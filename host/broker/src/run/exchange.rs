//! `calls.exchange`: one credential for another. The reply is sealed whatever its status (B5): what the guest gets
//! is a handle or a bare code. A login runs as a task of its own, so that a run that is cut short in the middle of
//! one still learns what there is to revoke.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bailiwick_boundary::{CallError, Handle, Request};
use bailiwick_core::{
    catalogue::Mint,
    fetched::{RunFailure, Trouble},
    grant,
    values::json::{Json, Kind, Node},
};
use tokio::sync::{OnceCell, oneshot};

use super::{
    prepare::Prepared,
    prove::is_account,
    session::{Session, Stop},
    state::Thing,
};
use crate::{
    Credential,
    credential::Held,
    net::Received,
    reply,
    tokens::{Minted, TokenKey},
};

impl Session {
    /// Exchanges, or hands out the cached credential of an equal exchange.
    pub(super) async fn exchange(
        self: &Arc<Self>,
        request: &Request,
    ) -> Result<Result<Handle, CallError>, RunFailure> {
        self.current()?;
        let prepared = match self.prepare(request, true) {
            Ok(prepared) => prepared,
            Err(error) => return Ok(Err(error)),
        };
        let (tell, told) = oneshot::channel();
        let session = Arc::clone(self);
        self.lock().exchanges.spawn(async move {
            // Nobody listens where the run was cut short.
            let _ = tell.send(session.login(&prepared).await);
        });
        match told.await {
            Ok(Ok(held)) => {
                let mut state = self.lock();
                self.handle(&mut state, Thing::Credential(held)).map(Ok)
            }
            Ok(Err(Stop::Call(error))) => Ok(Err(error)),
            Ok(Err(Stop::Run(failure))) => Err(failure),
            Err(_) => Err(RunFailure::Stopped("a login was cancelled")),
        }
    }

    async fn login(&self, prepared: &Prepared) -> Result<Arc<Held>, Stop> {
        let cached = self.cached(prepared);
        if let Some(held) = cached {
            return Ok(held);
        }
        let received = self.perform(prepared).await?;
        let status = received.status;
        let minted = self.mint(prepared, received).map_err(Stop::Call);
        if minted.is_err() {
            self.saw(&prepared.entries, trouble(status));
        }
        let held = Arc::new(minted?);
        self.own(prepared, &held);
        Ok(held)
    }

    fn cached(&self, prepared: &Prepared) -> Option<Arc<Held>> {
        let tokens = self.channel.broker.tokens.as_ref()?;
        tokens.get(&TokenKey::new(prepared), self.channel.now())
    }

    /// Takes charge of a minted credential: the cache revokes it some day, or this run does when it ends.
    fn own(&self, prepared: &Prepared, held: &Arc<Held>) {
        let minted = Minted { held: Arc::clone(held), channel: Arc::clone(&self.channel) };
        let ours = match &self.channel.broker.tokens {
            Some(tokens) => tokens.put(TokenKey::new(prepared), minted, self.channel.now()),
            None => Some(minted),
        };
        self.lock().minted.extend(ours);
    }

    fn mint(&self, prepared: &Prepared, received: Received) -> Result<Held, CallError> {
        let Ok((operation, _)) = self.channel.find(prepared) else { return Err(CallError::Denied) };
        let mint = operation.mint.as_ref().ok_or(CallError::Denied)?;
        match received.status {
            200..=299 => {}
            status if is_refusal(status) => return Err(CallError::Denied),
            _ => return Err(CallError::Unreachable),
        }
        let body = reply::plain(&operation.reply, received.body).map_err(|_| CallError::Malformed)?;
        let json = Json::parse(&body).map_err(|_| CallError::Malformed)?;
        self.read_mint(prepared, mint, &json).ok_or(CallError::Malformed)
    }

    fn read_mint(&self, prepared: &Prepared, mint: &Mint, json: &Json<'_>) -> Option<Held> {
        let sources = &prepared.by.as_ref().map_or(&prepared.shared, |held| &held.shared);
        let mut inputs = BTreeMap::new();
        for (name, at) in &mint.take {
            inputs.insert(name.clone(), taken(json.pointer(at)?)?);
        }
        let held = Held {
            binding: grant::minted(&self.channel.program, &prepared.operation)?,
            inputs,
            expires: None,
            shared: Arc::clone(sources),
            revoke: mint.revoke.clone(),
            proven: OnceCell::new(),
        };
        let Some((proven, lifetime)) = self.proven(mint, json).zip(lifetime(mint, json)) else {
            // It lives at the backend, and nobody will use it.
            let unused = Minted { held: Arc::new(held), channel: Arc::clone(&self.channel) };
            self.lock().minted.push(unused);
            return None;
        };
        let expires = Some(self.channel.now() + lifetime);
        Some(Held { expires, proven: OnceCell::new_with(proven), ..held })
    }

    /// Whether the reply itself proves the account, where the catalogue says how; none where it proves another one.
    fn proven(&self, mint: &Mint, json: &Json<'_>) -> Option<Option<bool>> {
        let Some(check) = &mint.account else { return Some(None) };
        let arn = json.pointer(&check.arn_at)?.text()?;
        let account = arn.split(':').nth(4)?;
        is_account(&self.channel.program, &check.account, account).then_some(Some(true))
    }
}

/// Why a response holds no credential.
const fn trouble(status: u16) -> Trouble {
    match status {
        200..=299 => Trouble::Malformed,
        status if is_refusal(status) => Trouble::LoginRefused,
        _ => Trouble::Status(status),
    }
}

/// Whether a status is about the login, and not about how the backend stands.
const fn is_refusal(status: u16) -> bool {
    matches!(status, 400..=499) && !matches!(status, 409 | 412 | 429)
}

/// A text of a sealed reply as a credential. An escaped one is copied; the copy becomes the credential's memory.
fn taken(node: Node<'_>) -> Option<Credential> {
    let text = node.text().filter(|text| !text.is_empty())?;
    Some(Credential::new(text.into_owned().into_bytes(), ""))
}

/// The lifetime: what the backend says, and no longer than the catalogue does. None or 0 (Vault: does not expire)
/// is the catalogue's.
fn lifetime(mint: &Mint, json: &Json<'_>) -> Option<Duration> {
    let longest = u64::from(mint.max_seconds);
    let Some(at) = &mint.ttl else { return Some(Duration::from_secs(longest)) };
    let node = json.pointer(at)?;
    let seconds = match node.kind() {
        Kind::Number => node.raw().parse::<u64>().ok()?,
        Kind::Text => node.text()?.parse::<u64>().ok()?,
        _ => return None,
    };
    let seconds = if seconds == 0 { longest } else { seconds.min(longest) };
    Some(Duration::from_secs(seconds))
}
