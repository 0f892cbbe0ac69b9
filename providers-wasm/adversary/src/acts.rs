//! Its acts: every function of the host, with arguments drawn from what it holds. Acts that end a run where they are
//! wrong (answers that B3 denies) wait for the last steps, unless it is rude, so that a run sees a lot before.

use bailiwick_sdk::{CallError, Codec, Credential, Entry, Failure, Host, Part, Reply, Request, Value};

use crate::{
    asks::{Ask, Plan},
    mind::Mind,
};

/// Handles that it holds at most, of each kind; older ones are dropped.
const HELD: usize = 48;

const CODECS: [Codec; 6] =
    [Codec::Base64, Codec::Base64url, Codec::Hex, Codec::Json, Codec::Pem, Codec::Pkcs12];
const FAILURES: [Failure; 4] =
    [Failure::NotFound, Failure::Refused, Failure::Misconfigured, Failure::UnexpectedResponse];

/// A value, and what it may be delivered for.
pub(crate) struct Held {
    pub(crate) value: Value,
    entry: Option<u32>,
}

/// Everything it holds.
pub(crate) struct Run<'h> {
    host: &'h Host,
    pub(crate) mind: Mind,
    entries: &'h [Entry],
    answered: Vec<bool>,
    pub(crate) values: Vec<Held>,
    pub(crate) credentials: Vec<Credential>,
}

impl<'h> Run<'h> {
    pub(crate) fn new(host: &'h Host, mind: Mind, entries: &'h [Entry]) -> Self {
        let answered = vec![false; entries.len()];
        let mut run = Self { host, mind, entries, answered, values: Vec::new(), credentials: Vec::new() };
        entries.iter().for_each(|entry| run.mind.see("entry", &format!("{entry:?}")));
        run
    }

    /// Does one thing.
    pub(crate) fn act(&mut self, rude: bool) {
        match self.mind.below(if rude { 19 } else { 15 }) {
            0 => self.name(),
            1 => self.expiry(),
            2..=4 => self.call(),
            5 => self.call_all(),
            6 => self.exchange(),
            7 => self.narrow(),
            8 => self.shape(),
            9 => self.names(),
            10 | 11 => self.text(),
            12 => self.config(),
            13 => self.wanted(),
            14 => self.deliver_own(),
            15 => self.deliver_any(),
            16 => self.deliver_named(),
            17 => self.absent(),
            _ => self.fail(),
        }
    }

    /// Its last state; what was left to answer is answered.
    pub(crate) fn end(mut self) -> String {
        for entry in 0..self.answered.len() {
            self.failed(entry, Failure::NotFound);
        }
        self.mind.state()
    }

    fn name(&mut self) {
        let name = match self.mind.below(3) {
            0 => "token".to_owned(),
            1 => "user-pass".to_owned(),
            _ => self.mind.text(),
        };
        let found = self.host.named(&name);
        self.mind.see("named", &format!("{name} {}", found.is_some()));
        found.into_iter().for_each(|credential| self.take(credential));
    }

    fn expiry(&mut self) {
        let found = self.mind.one_of(&self.credentials).map(Credential::expires_in);
        self.mind.see("expires", &format!("{found:?}"));
    }

    fn call(&mut self) {
        let ask = self.ask();
        let reply = self.host.call(&self.request(&ask));
        self.reply(&ask, reply);
    }

    fn call_all(&mut self) {
        let asks: Vec<Ask> = (0..=self.mind.below(4)).map(|_| self.ask()).collect();
        let requests: Vec<Request<'_>> = asks.iter().map(|ask| self.request(ask)).collect();
        let replies = self.host.call_all(&requests);
        drop(requests);
        asks.iter().zip(replies).for_each(|(ask, reply)| self.reply(ask, reply));
    }

    fn exchange(&mut self) {
        let mut ask = self.ask();
        if self.mind.below(4) > 0 {
            ask.operation = "login";
            ask.args.clear();
        }
        let minted = self.host.exchange(&self.request(&ask));
        self.mind.see("minted", &format!("{:?}", minted.as_ref().map(|_| ())));
        minted.into_iter().for_each(|credential| self.take(credential));
    }

    fn narrow(&mut self) {
        let (way, pointer, other) = (self.mind.below(3), self.mind.pointer(), self.mind.text());
        let how = self.mind.one_of(&CODECS).copied().unwrap_or(Codec::Json);
        let Some(held) = self.mind.one_of(&self.values) else { return };
        let value = match way {
            0 => held.value.at(&pointer),
            1 => held.value.find(&other, &pointer),
            _ => held.value.decode(how),
        };
        let entry = held.entry;
        self.hold(value, entry);
    }

    fn shape(&mut self) {
        let seen = self.mind.one_of(&self.values).map(|held| held.value.shape());
        self.mind.see("shape", &format!("{seen:?}"));
    }

    fn names(&mut self) {
        let seen = self.mind.one_of(&self.values).map(|held| held.value.names());
        self.mind.see("names", &format!("{seen:?}"));
        if let Some(Ok(names)) = seen {
            names.iter().for_each(|name| self.mind.remember(name));
        }
    }

    fn text(&mut self) {
        let seen = self.mind.one_of(&self.values).map(|held| held.value.text());
        self.mind.see("text", &format!("{seen:?}"));
        if let Some(Ok(text)) = seen {
            self.mind.remember(&text);
        }
    }

    fn config(&mut self) {
        let (index, pointer) = (self.mind.below(4), self.mind.pointer());
        let pointer = match self.mind.below(3) {
            0 => format!("/data/{index}/value"),
            1 => format!("/data/{index}/key"),
            _ => pointer,
        };
        let found = self.host.config(&pointer);
        self.mind.see("config", &format!("{pointer} {}", found.is_some()));
        found.into_iter().for_each(|value| self.hold(value, None));
    }

    fn wanted(&mut self) {
        let (entry, name) = (self.entry(), self.mind.text());
        if matches!(self.entries.get(entry), Some(Entry::Find(_))) {
            let wanted = self.host.wanted(index(entry), &name);
            self.mind.see("wanted", &format!("{entry} {name} {wanted}"));
        }
    }

    /// Delivers what it may.
    fn deliver_own(&mut self) {
        let Some(held) = self.mind.one_of(&self.values) else { return };
        let Some(entry) = held.entry else { return };
        if let Some(answered) = self.answered.get_mut(entry as usize).filter(|answered| !**answered) {
            *answered = true;
            self.host.deliver(entry, &held.value);
            self.mind.see("delivered", &entry.to_string());
        }
    }

    fn deliver_any(&mut self) {
        let entry = self.entry();
        let Some(held) = self.mind.one_of(&self.values) else { return };
        self.host.deliver(index(entry), &held.value);
        self.mind.see("delivered any", &entry.to_string());
    }

    fn deliver_named(&mut self) {
        let entry = self.entry();
        let (Some(name), Some(value)) = (self.mind.one_of(&self.values), self.mind.one_of(&self.values))
        else {
            return;
        };
        self.host.deliver_named(index(entry), &name.value, &value.value);
        self.mind.see("delivered named", &entry.to_string());
    }

    fn absent(&mut self) {
        let entry = self.entry();
        self.host.absent(index(entry));
        self.mind.see("absent", &entry.to_string());
    }

    fn fail(&mut self) {
        let entry = self.entry();
        let why = self.mind.one_of(&FAILURES).copied().unwrap_or(Failure::Denied);
        self.failed(entry, why);
    }

    fn failed(&mut self, entry: usize, why: Failure) {
        if let Some(answered) = self.answered.get_mut(entry).filter(|answered| !**answered) {
            *answered = true;
            self.host.failed(index(entry), why);
            self.mind.see("failed", &format!("{entry} {why:?}"));
        }
    }

    fn reply(&mut self, ask: &Ask, reply: Result<Reply, CallError>) {
        let seen = reply.as_ref().map(|reply| reply.outcome);
        self.mind.see("reply", &format!("{} {seen:?}", ask.operation));
        let Ok(reply) = reply else { return };
        let entry = ask.args.iter().find_map(|(slot, plan)| match plan {
            Plan::Entry(entry, Part::Key) if *slot == "key" && ask.args.len() == 2 => Some(*entry),
            _ => None,
        });
        for key in 0..4 {
            let key = reply.body.at(&format!("/data/keys/{key}"));
            if key.text().is_ok() {
                self.hold(key, None);
            }
        }
        self.hold(reply.body, entry);
    }

    /// One of the entries, if there is any.
    pub(crate) fn entry(&mut self) -> usize {
        self.mind.below(self.entries.len() + usize::from(self.entries.is_empty()))
    }

    fn hold(&mut self, value: Value, entry: Option<u32>) {
        if self.values.len() >= HELD {
            let at = self.mind.below(HELD);
            self.values.swap_remove(at);
        }
        self.values.push(Held { value, entry });
    }

    fn take(&mut self, credential: Credential) {
        if self.credentials.len() >= HELD {
            let at = self.mind.below(HELD);
            self.credentials.swap_remove(at);
        }
        self.credentials.push(credential);
    }
}

/// An entry as the boundary names it.
pub(crate) fn index(entry: usize) -> u32 {
    u32::try_from(entry).unwrap_or(u32::MAX)
}
