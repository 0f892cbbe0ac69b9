//! `find`: walks the folders below a path, level by level, and reads what the host wants of it. The host has taken
//! out of each listing what is not granted, and checks path, names and tags again when it is delivered.

use bailiwick_sdk::{Arg, CallError, Failure, Find, Part, Reply, Request, Value, found_at};

use crate::{Engine, Run};

/// A listed name: behind the path that was asked for, and as the handle that stands for it.
struct Listed {
    name: String,
    handle: Value,
}

/// What a listing names.
#[derive(Default)]
struct Level {
    folders: Vec<Listed>,
    secrets: Vec<Listed>,
}

impl Run<'_> {
    /// Answers a find entry, whole or not at all.
    pub(crate) fn find(&self, entry: u32, find: &Find) {
        self.host.answer_find(entry, self.collect(entry, find));
    }

    /// Names and values of all that is wanted.
    fn collect(&self, entry: u32, find: &Find) -> Result<Vec<(Value, Value)>, Failure> {
        if find.by_tags && matches!(self.engine, Engine::V1) {
            return Err(Failure::Misconfigured);
        }
        let secrets = self.walk(entry, find)?;
        let secrets = if find.by_tags { self.tagged(entry, secrets)? } else { secrets };
        self.values(secrets)
    }

    /// The wanted secrets below the path.
    fn walk(&self, entry: u32, find: &Find) -> Result<Vec<Listed>, Failure> {
        let prefix = prefix(find.path.as_deref());
        let list = self.by_engine("kv1-list", "kv2-list").arg("path", Arg::Entry(entry, Part::Path));
        let listed = self.host.call(&list)?.found()?.ok_or(Failure::NotFound)?;
        let mut level = Level::default();
        level.add(&listed, prefix)?;
        let mut secrets = Vec::new();
        while !level.folders.is_empty() {
            secrets.append(&mut level.secrets);
            level = self.descend(&level.folders)?;
        }
        secrets.append(&mut level.secrets);
        secrets.retain(|secret| self.host.wanted(entry, &secret.name));
        Ok(secrets)
    }

    /// The next level.
    fn descend(&self, folders: &[Listed]) -> Result<Level, Failure> {
        let replies = self.each(folders, "kv1-list-folder", "kv2-list-folder", "folder");
        let mut level = Level::default();
        for (folder, reply) in folders.iter().zip(replies) {
            if let Some(body) = reply?.found()? {
                level.add(&body, folder.name.clone())?;
            }
        }
        Ok(level)
    }

    /// Reads what carries the tags, so that the host knows them, and keeps what it still wants.
    fn tagged(&self, entry: u32, mut secrets: Vec<Listed>) -> Result<Vec<Listed>, Failure> {
        for reply in self.each(&secrets, "kv2-tags", "kv2-tags", "name") {
            reply?.found()?;
        }
        secrets.retain(|secret| self.host.wanted(entry, &secret.name));
        Ok(secrets)
    }

    /// Names with their values; a secret that was deleted meanwhile is left out.
    fn values(&self, secrets: Vec<Listed>) -> Result<Vec<(Value, Value)>, Failure> {
        let replies = self.each(&secrets, "kv1-read-listed", "kv2-read-listed", "name");
        let pairs = secrets.into_iter().zip(replies);
        pairs
            .filter_map(|(secret, reply)| match found_at(reply, self.engine.value()) {
                Ok(value) => value.map(|value| Ok((secret.handle, value))),
                Err(why) => Some(Err(why)),
            })
            .collect()
    }

    /// One request for each listed name.
    fn each<'s>(
        &self,
        listed: &'s [Listed],
        v1: &'s str,
        v2: &'s str,
        slot: &'s str,
    ) -> Vec<Result<Reply, CallError>> {
        let request = |one: &'s Listed| self.by_engine(v1, v2).arg(slot, Arg::Echo(&one.handle));
        self.host.call_all(&listed.iter().map(request).collect::<Vec<_>>())
    }

    fn by_engine<'s>(&'s self, v1: &'s str, v2: &'s str) -> Request<'s> {
        let operation = match self.engine {
            Engine::V1 => v1,
            Engine::V2 => v2,
        };
        Request::new(operation).by(&self.token)
    }
}

impl Level {
    /// Adds what a list reply names; names that end with `/` are folders.
    fn add(&mut self, body: &Value, prefix: String) -> Result<(), Failure> {
        let keys = body.at("/data/keys");
        for index in keys.names()? {
            let handle = keys.at(&format!("/{index}"));
            let name = format!("{prefix}{}", handle.text()?);
            let kind = if name.ends_with('/') { &mut self.folders } else { &mut self.secrets };
            kind.push(Listed { name, handle });
        }
        Ok(())
    }
}

/// What stands before the names of the first listing: the path as it is written, as ESO names what it finds.
fn prefix(path: Option<&str>) -> String {
    path.map(|path| format!("{path}/")).unwrap_or_default()
}
