//! `bailiwick:provider/calls`: requests by name, whose bytes the host builds.

use bailiwick_boundary as boundary;
use boundary::{Answer, Ask, Handle};
use wasmtime::component::Resource;

use super::{Run, confused, stop, values::weight};
use crate::{
    bindings::bailiwick::provider::calls::{Arg, CallError, Host, Reply, Request},
    error::RunError,
    limits::MAX_SELECTOR_BYTES,
};

impl Host for Run {
    async fn call(&mut self, request: Request) -> wasmtime::Result<Result<Reply, CallError>> {
        let replies = self.call_all(vec![request]).await?;
        let one: [_; 1] = replies.try_into().map_err(|_| stop(RunError::BrokerConfused))?;
        let [reply] = one;
        Ok(reply)
    }

    async fn call_all(&mut self, requests: Vec<Request>) -> wasmtime::Result<Vec<Result<Reply, CallError>>> {
        let count = requests.len();
        self.weigh(&requests)?;
        let requests = requests.into_iter().map(|request| self.request(request)).collect::<Result<_, _>>()?;
        match self.ask(Ask::Call(requests)).await? {
            Answer::Call(replies) if replies.len() == count => {
                replies.into_iter().map(|reply| self.reply(reply)).collect()
            }
            _ => confused(),
        }
    }

    async fn exchange(&mut self, request: Request) -> wasmtime::Result<Result<Resource<Handle>, CallError>> {
        self.weigh(std::slice::from_ref(&request))?;
        let request = self.request(request)?;
        match self.ask(Ask::Exchange(request)).await? {
            Answer::Exchange(Ok(handle)) => Ok(Ok(self.table.push(handle)?)),
            Answer::Exchange(Err(error)) => Ok(Err(error.into())),
            _ => confused(),
        }
    }
}

impl Run {
    /// Selectors are copied for each argument that names their handle: a message may hold as many bytes of them as
    /// all handles together. Counted before anything is copied.
    fn weigh(&self, requests: &[Request]) -> wasmtime::Result<()> {
        let mut bytes = 0usize;
        for (_, arg) in requests.iter().flat_map(|request| &request.args) {
            if let Arg::Echo(value) | Arg::Secret(value) = arg {
                bytes = bytes.saturating_add(weight(self.table.get(value)?));
            }
            if bytes > MAX_SELECTOR_BYTES {
                return Err(stop(RunError::TooMuchData));
            }
        }
        Ok(())
    }

    /// The request with handles in place of the guest's resources.
    fn request(&self, request: Request) -> wasmtime::Result<boundary::Request> {
        let Request { operation, args, by } = request;
        let by = by.map(|credential| self.table.get(&credential).copied()).transpose()?;
        let args = args
            .into_iter()
            .map(|(slot, arg)| Ok((slot, self.arg(arg)?)))
            .collect::<wasmtime::Result<_>>()?;
        Ok(boundary::Request { operation, args, by })
    }

    fn arg(&self, arg: Arg) -> wasmtime::Result<boundary::Arg> {
        Ok(match arg {
            Arg::Entry((entry, part)) => boundary::Arg::Entry(entry, part.into()),
            Arg::Settings(pointer) => boundary::Arg::Settings(pointer),
            Arg::Echo(value) => boundary::Arg::Echo(self.value(&value)?),
            Arg::Text(text) => boundary::Arg::Text(text),
            Arg::Secret(value) => boundary::Arg::Secret(self.value(&value)?),
        })
    }

    fn reply(
        &mut self,
        reply: Result<boundary::Reply, boundary::CallError>,
    ) -> wasmtime::Result<Result<Reply, CallError>> {
        match reply {
            Ok(reply) => Ok(Ok(Reply { outcome: reply.outcome.into(), body: self.root(reply.body)? })),
            Err(error) => Ok(Err(error.into())),
        }
    }
}
