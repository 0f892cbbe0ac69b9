//! `credentials.named`: the credential of the store's auth method, read from the shell once in a run.

use std::{collections::BTreeMap, sync::Arc};

use bailiwick_boundary::Handle;
use bailiwick_core::{
    fetched::RunFailure,
    grant,
    program::{Binding, InputRef},
};
use tokio::{sync::OnceCell, time::timeout_at};

use super::{
    session::{B7, Session},
    state::Thing,
};
use crate::{Credential, MaterialError, credential::Held};

impl Session {
    /// The credential of that name; none where the store uses another method.
    pub(super) async fn named(&self, name: &str) -> Result<Option<Handle>, RunFailure> {
        let Some(binding) = grant::named(&self.channel.program, name) else { return Ok(None) };
        if let Some(handle) = self.lock().named {
            return Ok(Some(handle));
        }
        self.current()?;
        let held = Arc::new(self.read(binding).await?);
        let mut state = self.lock();
        let handle = self.handle(&mut state, Thing::Credential(held))?;
        state.named = Some(handle);
        Ok(Some(handle))
    }

    /// Seconds that a credential has left, rounded down to minutes.
    pub(super) fn expires_in(&self, handle: Handle) -> Result<Option<u32>, RunFailure> {
        let held = self.lock().credential(handle).ok_or(B7)?;
        Ok(held.seconds_left(self.channel.now()))
    }

    async fn read(&self, binding: Binding) -> Result<Held, RunFailure> {
        let auth = self.channel.program.auth.as_ref();
        let mut inputs = BTreeMap::new();
        for (name, from) in auth.iter().flat_map(|auth| &auth.inputs) {
            inputs.insert(name.clone(), self.input(from).await?);
        }
        let sources = inputs.values().map(|credential| credential.source().to_owned()).collect();
        Ok(Held {
            binding,
            inputs,
            expires: None,
            shared: Arc::new(self.channel.shared.with_sources(sources)),
            revoke: None,
            proven: OnceCell::new(),
        })
    }

    async fn input(&self, from: &InputRef) -> Result<Credential, RunFailure> {
        let reading = match from {
            InputRef::Secret { namespace, name, key } => self.material.secret(namespace, name, key),
            InputRef::Token { namespace, name, audience } => self.material.token(namespace, name, audience),
        };
        let read = timeout_at(self.channel.deadline, reading).await;
        read.unwrap_or(Err(MaterialError::Unavailable)).map_err(|error| RunFailure::Material {
            from: from.clone(),
            missing: error == MaterialError::Absent,
        })
    }
}
