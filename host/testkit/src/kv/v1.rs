//! The KV secrets engine, version 1: a path holds one object, answered as it was written. (KV secrets engine,
//! version 1 (API).)

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::Answer;
use super::route::{Ask, Operation, listing};

/// One mount.
#[derive(Debug, Default)]
pub(super) struct V1 {
    secrets: BTreeMap<String, Value>,
}

impl V1 {
    /// Answers a request for a path below the mount.
    pub(super) fn answer(&mut self, ask: &Ask, path: &str) -> Answer {
        match ask.operation {
            Operation::Read => {
                self.secrets.get(path).map_or_else(Answer::absent, |data| Answer::data(data.clone()))
            }
            Operation::List => listing(self.secrets.keys(), path),
            Operation::Delete => {
                self.secrets.remove(path);
                Answer::empty()
            }
            Operation::Write => match &ask.body {
                Value::Object(data) if !data.is_empty() => {
                    self.secrets.insert(path.to_owned(), ask.body.clone());
                    Answer::empty()
                }
                _ => Answer::error(400, "missing data fields"),
            },
            Operation::Patch | Operation::Unsupported => {
                Answer::error(405, "1 error occurred:\n\t* unsupported operation\n\n")
            }
        }
    }
}
