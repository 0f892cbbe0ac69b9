//! `bailiwick:provider/credentials`: handles that can be attached and asked for their lifetime, nothing else.

use bailiwick_boundary::{Answer, Ask, Handle};
use wasmtime::component::Resource;

use super::{Run, confused};
use crate::bindings::bailiwick::provider::credentials::{Host, HostCredential};

impl Host for Run {
    async fn named(&mut self, name: String) -> wasmtime::Result<Option<Resource<Handle>>> {
        match self.ask(Ask::Named(name)).await? {
            Answer::Named(handle) => Ok(handle.map(|handle| self.table.push(handle)).transpose()?),
            _ => confused(),
        }
    }
}

impl HostCredential for Run {
    async fn expires_in(&mut self, credential: Resource<Handle>) -> wasmtime::Result<Option<u32>> {
        let handle = *self.table.get(&credential)?;
        match self.ask(Ask::ExpiresIn(handle)).await? {
            Answer::ExpiresIn(seconds) => Ok(seconds),
            _ => confused(),
        }
    }

    async fn drop(&mut self, credential: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(credential)?;
        Ok(())
    }
}
