//! Its requests: any operation, with arguments from any source, most of them such that the catalogue would admit them.

use bailiwick_sdk::{Arg, Part, Request};

use crate::run::{Of, Run, index};

const OPERATIONS: [&str; 9] = [
    "kv-read",
    "kv-read",
    "kv-read-listed",
    "kv-read-listed",
    "kv-tags",
    "kv-list",
    "kv-list-folder",
    "login",
    "nothing",
];
const SLOTS: [&str; 6] = ["key", "version", "name", "path", "folder", "note"];
const PARTS: [Part; 4] = [Part::Key, Part::Property, Part::Version, Part::Path];

/// An argument by what it is made of, so that requests can be built when all handles stand still.
pub(crate) enum Plan {
    Entry(u32, Part),
    Settings(String),
    Echo(usize),
    Text(String),
    Secret(usize),
}

/// A request to come.
pub(crate) struct Ask {
    pub(crate) operation: &'static str,
    pub(crate) args: Vec<(&'static str, Plan)>,
    pub(crate) by: Option<usize>,
    /// What the reply's body will be.
    pub(crate) of: Of,
}

impl Run<'_> {
    /// A request that makes sense more often than not.
    pub(crate) fn ask(&mut self) -> Ask {
        let operation = self.mind.one_of(&OPERATIONS).copied().unwrap_or("nothing");
        let sensible = self.mind.below(4) > 0;
        let entry = if sensible { self.entry_of(operation == "kv-list") } else { self.entry() };
        let entry = index(entry);
        let value = if sensible { self.listed_name(operation == "kv-list-folder") } else { None };
        let value = value.unwrap_or_else(|| self.mind.below(self.values.len()));
        let mut args = match operation {
            "kv-read" => {
                vec![("key", Plan::Entry(entry, Part::Key)), ("version", Plan::Entry(entry, Part::Version))]
            }
            "kv-list" => vec![("path", Plan::Entry(entry, Part::Path))],
            "kv-list-folder" => vec![("folder", Plan::Echo(value))],
            "kv-read-listed" | "kv-tags" => vec![("name", Plan::Echo(value))],
            _ => Vec::new(),
        };
        if self.mind.below(8) == 0 {
            let slot = self.mind.one_of(&SLOTS).copied().unwrap_or("key");
            let plan = self.plan();
            args.push((slot, plan));
        }
        let by = if self.mind.below(8) == 0 { None } else { Some(self.mind.below(self.credentials.len())) };
        let of = match args.as_slice() {
            [("key", Plan::Entry(entry, Part::Key)), ("version", _)] => Of::Entry(*entry),
            [("name", Plan::Echo(at))] if operation == "kv-read-listed" => self.listed(*at),
            _ => Of::Other,
        };
        Ask { operation, args, by, of }
    }

    /// A listed name or folder that it holds.
    fn listed_name(&mut self, folder: bool) -> Option<usize> {
        let fits = |of: &Of| matches!(of, Of::Name(name) if name.ends_with('/') == folder);
        let held = self.values.iter().enumerate().filter(|(_, held)| fits(&held.of));
        let all: Vec<usize> = held.map(|(at, _)| at).collect();
        self.mind.one_of(&all).copied()
    }

    fn plan(&mut self) -> Plan {
        match self.mind.below(5) {
            0 => Plan::Entry(index(self.entry()), self.mind.one_of(&PARTS).copied().unwrap_or(Part::Key)),
            1 => Plan::Settings(self.mind.pointer()),
            2 => Plan::Echo(self.mind.below(self.values.len())),
            3 => Plan::Text(self.mind.text()),
            _ => Plan::Secret(self.mind.below(self.values.len())),
        }
    }

    /// The request, when all handles stand still.
    pub(crate) fn request<'a>(&'a self, ask: &'a Ask) -> Request<'a> {
        let mut request = Request::new(ask.operation);
        for (slot, plan) in &ask.args {
            let held = |at: &usize| self.values.get(*at).map(|held| &held.value);
            let arg = match plan {
                Plan::Entry(entry, part) => Some(Arg::Entry(*entry, *part)),
                Plan::Settings(pointer) => Some(Arg::Settings(pointer)),
                Plan::Echo(at) => held(at).map(Arg::Echo),
                Plan::Text(text) => Some(Arg::Text(text)),
                Plan::Secret(at) => held(at).map(Arg::Secret),
            };
            request = arg.into_iter().fold(request, |request, arg| request.arg(slot, arg));
        }
        let by = ask.by.and_then(|at| self.credentials.get(at));
        by.into_iter().fold(request, Request::by)
    }
}
