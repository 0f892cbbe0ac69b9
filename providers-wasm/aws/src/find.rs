//! `find`: pages through a listing and reads what the host wants of it. The host has taken out of each page what is
//! not granted, and checks path, names and tags again when it is delivered.

use bailiwick_sdk::{Arg, Failure, Find, Part, Request, Shape, Value};

use crate::{Run, read::By};

/// A listed name: as text, and as the handle that stands for it.
struct Listed {
    name: String,
    handle: Value,
}

impl Run<'_> {
    /// Answers a find entry, whole or not at all.
    pub(crate) fn find(&self, entry: u32, find: &Find) {
        self.host.answer_find(entry, self.collect(entry, find));
    }

    /// Names and values of all that is wanted; a secret that was deleted meanwhile is left out.
    fn collect(&self, entry: u32, find: &Find) -> Result<Vec<(Value, Value)>, Failure> {
        let mut names = self.list(entry, find)?;
        if let (true, Some(operation)) = (find.by_tags, self.operations.tags) {
            self.tags(operation, &names)?;
            names.retain(|listed| self.host.wanted(entry, &listed.name));
        }
        let by: Vec<By<'_>> = names.iter().map(|listed| By::Name(&listed.handle)).collect();
        let values = self.values(&by);
        let pairs = names.into_iter().zip(values);
        pairs.filter_map(|(listed, found)| found.map(|v| Some((listed.handle, v?))).transpose()).collect()
    }

    /// The wanted names of all pages.
    fn list(&self, entry: u32, find: &Find) -> Result<Vec<Listed>, Failure> {
        // The root is the whole account.
        let path = find.path.as_deref().filter(|path| !path.trim_matches('/').is_empty());
        let mut names = Vec::new();
        let mut next: Option<Value> = None;
        loop {
            let page = self.host.call(&self.page(entry, path.is_some(), next.as_ref()))?.found()?;
            let Some(page) = page else { return Ok(names) };
            let items = page.at(self.operations.items);
            for index in items.names()? {
                let handle = items.at(&format!("/{index}/Name"));
                let name = handle.text()?;
                if self.below(&name, path) && self.host.wanted(entry, &name) {
                    names.push(Listed { name, handle });
                }
            }
            next = match page.at("/NextToken").shape()? {
                Shape::Text => Some(page.at("/NextToken")),
                Shape::Absent | Shape::Null => return Ok(names),
                _ => return Err(Failure::UnexpectedResponse),
            };
        }
    }

    /// Whether a name is below the path: both services list by any beginning of a name.
    fn below(&self, name: &str, path: Option<&str>) -> bool {
        path.is_none_or(|path| match self.operations.folders {
            false => name.starts_with(path),
            true => name.strip_prefix(path.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/')),
        })
    }

    fn page<'a>(&'a self, entry: u32, below: bool, next: Option<&'a Value>) -> Request<'a> {
        let request = match below {
            true => Request::new(self.operations.list_path).arg("path", Arg::Entry(entry, Part::Path)),
            false => Request::new(self.operations.list),
        };
        let request = next.into_iter().fold(request, |request, next| request.arg("next", Arg::Echo(next)));
        request.by(&self.by)
    }

    /// Reads the tags of listed names, so that the host knows them.
    fn tags<'a>(&'a self, operation: &'a str, names: &'a [Listed]) -> Result<(), Failure> {
        let request =
            |one: &'a Listed| Request::new(operation).arg("name", Arg::Echo(&one.handle)).by(&self.by);
        let requests: Vec<Request<'_>> = names.iter().map(request).collect();
        self.send(&requests).into_iter().try_for_each(|found| found.map(drop))
    }
}
