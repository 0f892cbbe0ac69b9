//! `bailiwick:provider/values`: selectors make a new handle and touch nothing; public members are asked of the broker.

use bailiwick_boundary::{Answer, Ask, MAX_STEPS, Step, ValueRef};
use wasmtime::component::Resource;

use super::{Run, confused, stop};
use crate::{
    bindings::bailiwick::provider::values::{Codec, Host, HostValue, Shape, Unreadable},
    error::RunError,
    limits::MAX_SELECTOR_BYTES,
};

impl Host for Run {}

impl HostValue for Run {
    fn at(&mut self, value: Resource<ValueRef>, pointer: String) -> wasmtime::Result<Resource<ValueRef>> {
        self.select(&value, Step::At(pointer))
    }

    fn find(
        &mut self,
        value: Resource<ValueRef>,
        member: String,
        equals: String,
    ) -> wasmtime::Result<Resource<ValueRef>> {
        self.select(&value, Step::Find { member, equals })
    }

    fn decode(&mut self, value: Resource<ValueRef>, how: Codec) -> wasmtime::Result<Resource<ValueRef>> {
        self.select(&value, Step::Decode(how.into()))
    }

    async fn shape(&mut self, value: Resource<ValueRef>) -> wasmtime::Result<Result<Shape, Unreadable>> {
        let value = self.value(&value)?;
        match self.ask(Ask::Shape(value)).await? {
            Answer::Shape(shape) => Ok(shape.map(Into::into).map_err(Into::into)),
            _ => confused(),
        }
    }

    async fn names(
        &mut self,
        value: Resource<ValueRef>,
    ) -> wasmtime::Result<Result<Vec<String>, Unreadable>> {
        let value = self.value(&value)?;
        match self.ask(Ask::Names(value)).await? {
            Answer::Names(names) => Ok(names.map_err(Into::into)),
            _ => confused(),
        }
    }

    async fn text(&mut self, value: Resource<ValueRef>) -> wasmtime::Result<Result<String, Unreadable>> {
        let value = self.value(&value)?;
        match self.ask(Ask::Text(value)).await? {
            Answer::Text(text) => Ok(text.map_err(Into::into)),
            _ => confused(),
        }
    }

    async fn drop(&mut self, value: Resource<ValueRef>) -> wasmtime::Result<()> {
        let value = self.table.delete(value)?;
        self.selector_bytes = self.selector_bytes.saturating_sub(weight(&value));
        Ok(())
    }
}

impl Run {
    /// The value with one more selector, under a handle of its own.
    fn select(&mut self, value: &Resource<ValueRef>, step: Step) -> wasmtime::Result<Resource<ValueRef>> {
        let from = self.table.get(value)?;
        if from.steps.len() >= MAX_STEPS {
            return Err(stop(RunError::TooManySelectors));
        }
        // Counted before anything is copied, so that no guest makes the host hold more.
        let bytes = self.selector_bytes + weight(from) + size(&step);
        if bytes > MAX_SELECTOR_BYTES {
            return Err(stop(RunError::TooManyHandles));
        }
        let mut selected = from.clone();
        selected.steps.push(step);
        self.selector_bytes = bytes;
        Ok(self.table.push(selected)?)
    }
}

/// What a handle's selectors hold, in bytes.
pub(super) fn weight(value: &ValueRef) -> usize {
    value.steps.iter().map(size).sum()
}

fn size(step: &Step) -> usize {
    let text = match step {
        Step::At(pointer) => pointer.len(),
        Step::Find { member, equals } => member.len() + equals.len(),
        Step::Decode(_) => 0,
    };
    text + size_of::<Step>()
}
