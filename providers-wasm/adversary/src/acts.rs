//! Its acts: every function of the host, with arguments drawn from what it holds. Answers that B3 denies end a run, so
//! only a rude one gives them.

use bailiwick_sdk::{CallError, Codec, Credential, Entry, Failure, Outcome, Reply, Request};

use crate::{
    asks::Ask,
    run::{Of, Run, index},
};

const CODECS: [Codec; 6] =
    [Codec::Base64, Codec::Base64url, Codec::Hex, Codec::Json, Codec::Pem, Codec::Pkcs12];
const FAILURES: [Failure; 4] =
    [Failure::NotFound, Failure::Refused, Failure::Misconfigured, Failure::UnexpectedResponse];

impl Run<'_> {
    /// Does one thing.
    pub(crate) fn act(&mut self, rude: bool) {
        match self.mind.below(if rude { 24 } else { 16 }) {
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
            15 => self.deliver_listed(false),
            16 => self.deliver_any(),
            17 => self.deliver_named(),
            18 => self.absent(),
            19 => self.fail(),
            _ => self.deliver_listed(true),
        }
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
        self.reply(ask, reply);
    }

    fn call_all(&mut self) {
        let asks: Vec<Ask> = (0..=self.mind.below(4)).map(|_| self.ask()).collect();
        let requests: Vec<Request<'_>> = asks.iter().map(|ask| self.request(ask)).collect();
        let replies = self.host.call_all(&requests);
        drop(requests);
        asks.into_iter().zip(replies).for_each(|(ask, reply)| self.reply(ask, reply));
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
        let of = match &held.of {
            Of::Entry(entry) => Of::Entry(*entry),
            Of::Listed(name, handle) => Of::Listed(name.clone(), handle.at("")),
            _ => Of::Other,
        };
        self.hold(value, of);
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
        found.into_iter().for_each(|value| self.hold(value, Of::Other));
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
        let Of::Entry(entry) = held.of else { return };
        if let Some(answered) = self.answered.get_mut(entry as usize).filter(|answered| !**answered) {
            *answered = true;
            self.host.deliver(entry, &held.value);
            self.mind.see("delivered", &entry.to_string());
        }
    }

    /// Delivers by name what it may; or again what it may only once, which tells something if it is ever taken.
    fn deliver_listed(&mut self, again: bool) {
        let entry = self.entry_of(true);
        let open = self.answered.get(entry) == Some(&false);
        let Some(held) = self.mind.one_of(&self.values) else { return };
        let Of::Listed(name, handle) = &held.of else { return };
        if open && (again || !self.named.contains(name)) {
            if !self.named.contains(name) {
                self.named.push(name.clone());
            }
            self.host.deliver_named(index(entry), handle, &held.value);
            self.mind.see("delivered listed", name);
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

    /// Fails an entry that has no answer.
    pub(crate) fn failed(&mut self, entry: usize, why: Failure) {
        if let Some(answered) = self.answered.get_mut(entry).filter(|answered| !**answered) {
            *answered = true;
            self.host.failed(index(entry), why);
            self.mind.see("failed", &format!("{entry} {why:?}"));
        }
    }

    fn reply(&mut self, ask: Ask, reply: Result<Reply, CallError>) {
        let seen = reply.as_ref().map(|reply| reply.outcome);
        self.mind.see("reply", &format!("{} {seen:?}", ask.operation));
        let Ok(reply) = reply else { return };
        for key in 0..4 {
            let handle = reply.body.at(&format!("/data/keys/{key}"));
            if let Ok(name) = handle.text() {
                self.mind.see("listed", &name);
                self.hold(handle, Of::Name(name));
            }
        }
        self.hold(reply.body, if reply.outcome == Outcome::Ok { ask.of } else { Of::Other });
    }
}
