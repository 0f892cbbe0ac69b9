//! `bailiwick:provider/answers`: what a provider says of its entries. Whether an answer may be given is the broker's
//! to decide (rule B3).

use bailiwick_boundary::{Answer, Ask, ValueRef};
use wasmtime::component::Resource;

use super::{Run, confused};
use crate::bindings::bailiwick::provider::{
    answers::Host,
    outcomes::{self, Failure},
};

impl outcomes::Host for Run {}

impl Host for Run {
    async fn config(&mut self, pointer: String) -> wasmtime::Result<Option<Resource<ValueRef>>> {
        match self.ask(Ask::Config(pointer)).await? {
            Answer::Config(handle) => handle.map(|handle| self.root(handle)).transpose(),
            _ => confused(),
        }
    }

    async fn wanted(&mut self, entry: u32, name: String) -> wasmtime::Result<bool> {
        match self.ask(Ask::Wanted { entry, name }).await? {
            Answer::Wanted(wanted) => Ok(wanted),
            _ => confused(),
        }
    }

    async fn deliver(&mut self, entry: u32, value: Resource<ValueRef>) -> wasmtime::Result<()> {
        let value = self.value(&value)?;
        self.tell(Ask::Deliver { entry, value }).await
    }

    async fn deliver_named(
        &mut self,
        entry: u32,
        name: Resource<ValueRef>,
        value: Resource<ValueRef>,
    ) -> wasmtime::Result<()> {
        let (name, value) = (self.value(&name)?, self.value(&value)?);
        self.tell(Ask::DeliverNamed { entry, name, value }).await
    }

    async fn absent(&mut self, entry: u32) -> wasmtime::Result<()> {
        self.tell(Ask::Absent(entry)).await
    }

    async fn failed(&mut self, entry: u32, why: Failure) -> wasmtime::Result<()> {
        self.tell(Ask::Failed { entry, why: why.into() }).await
    }
}
