//! Where templates stand in an operation. The checks of slots, headers and sharing verbs all walk these places, so
//! that none can forget one.

use serde_json::Value;

use super::Faults;
use crate::catalogue::{Body, Operation, pointer, template::Template};

/// The part of a request that a template writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A segment of the path; `last` is the final one.
    Path {
        /// Whether it is the final segment.
        last: bool,
    },
    /// A query value.
    Query,
    /// A header value.
    Header,
    /// A text of the body.
    Body,
}

/// One template and where it stands.
pub(super) struct Place {
    /// The field's path.
    pub(super) path: String,
    /// The part of the request.
    pub(super) part: Part,
    /// The member's name: of the query, the header or a form.
    pub(super) name: String,
    /// The template.
    pub(super) template: Template,
}

/// Every template of an operation. A text that is no template is a fault.
pub(super) fn every(id: &str, operation: &Operation, faults: &mut Faults) -> Vec<Place> {
    let mut texts = path_texts(id, operation);
    let base = format!("operations.{id}");
    let member = |part, table: &str, name: &String, text: &String| {
        (format!("{base}.{table}.{name}"), part, name.clone(), text.clone())
    };
    texts.extend(operation.query.iter().map(|(n, t)| member(Part::Query, "query", n, t)));
    texts.extend(operation.headers.iter().map(|(n, t)| member(Part::Header, "headers", n, t)));
    match &operation.body {
        Some(Body::Form(members)) => {
            texts.extend(members.iter().map(|(n, t)| member(Part::Body, "body.form", n, t)));
        }
        Some(Body::Json(members)) => {
            let root = Value::Object(members.clone());
            json_texts(&format!("{base}.body.json"), &root, "", &mut texts);
        }
        None => {}
    }
    texts.into_iter().filter_map(|text| place(text, faults)).collect()
}

type Text = (String, Part, String, String);

fn path_texts(id: &str, operation: &Operation) -> Vec<Text> {
    let segments: Vec<&str> = operation.path.split('/').skip(1).collect();
    let count = segments.len();
    let text = |(index, segment): (usize, &&str)| {
        let last = index + 1 == count;
        (format!("operations.{id}.path"), Part::Path { last }, String::new(), (*segment).to_owned())
    };
    segments.iter().enumerate().map(text).collect()
}

fn json_texts(base: &str, value: &Value, at: &str, texts: &mut Vec<Text>) {
    match value {
        Value::String(text) => {
            texts.push((pointer::dotted(base, at), Part::Body, at.to_owned(), text.clone()))
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(n, item)| json_texts(base, item, &format!("{at}/{n}"), texts));
        }
        Value::Object(members) => {
            for (name, member) in members {
                json_texts(base, member, &format!("{at}/{}", pointer::escape(name)), texts);
            }
        }
        _ => {}
    }
}

fn place((path, part, name, text): Text, faults: &mut Faults) -> Option<Place> {
    match Template::parse(&text) {
        Ok(template) => Some(Place { path, part, name, template }),
        Err(error) => {
            faults.add(path, error.to_string(), "write slots as `{name}`, `{account.name}` or `{auth.name}`");
            None
        }
    }
}
