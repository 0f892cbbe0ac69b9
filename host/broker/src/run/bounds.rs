//! The most that one message may hold. Checked before anything is looked up; a message that is larger ends the
//! run, since no runner of ours sends one.

use bailiwick_boundary::{Arg, Ask, MAX_STEPS, Request, Step, ValueRef};

/// Messages of one run.
pub(super) const MAX_ASKS: u32 = 100_000;
/// Handles of one run.
pub(super) const MAX_HANDLES: usize = 4096;
/// Denials of one run: each is a record in the audit.
pub(super) const MAX_DENIED: u32 = 256;
/// Bytes that one run may hold of what is public; and again of values.
pub(super) const MAX_HELD: usize = 64 << 20;
/// Requests of one message.
const MAX_REQUESTS: usize = 4096;
/// Arguments of one request.
const MAX_ARGS: usize = 128;
/// Bytes of one text: a name, a pointer, free text.
const MAX_TEXT: usize = 8192;
/// Bytes of all texts of one message.
const MAX_MESSAGE: usize = 1 << 20;

/// Whether a message is within bounds.
pub(super) fn fits(ask: &Ask) -> bool {
    let mut scale = Scale { fits: true, bytes: 0 };
    match ask {
        Ask::Named(text) | Ask::Config(text) | Ask::Wanted { name: text, .. } => scale.text(text),
        Ask::Call(requests) => {
            scale.fits &= requests.len() <= MAX_REQUESTS;
            requests.iter().for_each(|request| scale.request(request));
        }
        Ask::Exchange(request) => scale.request(request),
        Ask::Shape(value) | Ask::Names(value) | Ask::Text(value) | Ask::Deliver { value, .. } => {
            scale.value(value);
        }
        Ask::DeliverNamed { name, value, .. } => {
            scale.value(name);
            scale.value(value);
        }
        Ask::ExpiresIn(_) | Ask::Absent(_) | Ask::Failed { .. } => {}
    }
    scale.fits && scale.bytes <= MAX_MESSAGE
}

/// What has been weighed so far.
struct Scale {
    fits: bool,
    bytes: usize,
}

impl Scale {
    fn text(&mut self, text: &str) {
        self.fits &= text.len() <= MAX_TEXT;
        self.bytes = self.bytes.saturating_add(text.len());
    }

    fn request(&mut self, request: &Request) {
        self.fits &= request.args.len() <= MAX_ARGS;
        self.text(&request.operation);
        for (slot, arg) in &request.args {
            self.text(slot);
            match arg {
                Arg::Entry(..) => {}
                Arg::Settings(text) | Arg::Text(text) => self.text(text),
                Arg::Echo(value) | Arg::Secret(value) => self.value(value),
            }
        }
    }

    fn value(&mut self, value: &ValueRef) {
        self.fits &= value.steps.len() <= MAX_STEPS;
        for step in &value.steps {
            match step {
                Step::At(pointer) => self.text(pointer),
                Step::Find { member, equals } => {
                    self.text(member);
                    self.text(equals);
                }
                Step::Decode(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bailiwick_boundary::Handle;

    use super::*;

    fn value(steps: Vec<Step>) -> ValueRef {
        ValueRef { root: Handle([0; 16]), steps }
    }

    fn call(args: usize, text: &str) -> Request {
        let arg = ("slot".to_owned(), Arg::Text(text.to_owned()));
        Request { operation: "get".into(), args: vec![arg; args], by: None }
    }

    #[test]
    fn b7_allowed_messages_at_the_bounds() {
        assert!(fits(&Ask::Named("x".repeat(MAX_TEXT))));
        assert!(fits(&Ask::Text(value(vec![Step::At("/a".into()); MAX_STEPS]))));
        assert!(fits(&Ask::Call(vec![call(1, "x"); MAX_REQUESTS])));
        assert!(fits(&Ask::Exchange(call(MAX_ARGS, "x"))));
        assert!(fits(&Ask::Call(Vec::new())));
    }

    #[test]
    fn b7_denied_messages_beyond_a_bound() {
        let long = "x".repeat(MAX_TEXT + 1);
        let find = Step::Find { member: "a".into(), equals: long.clone() };
        for ask in [
            Ask::Named(long.clone()),
            Ask::Text(value(vec![Step::At("/a".into()); MAX_STEPS + 1])),
            Ask::Deliver { entry: 0, value: value(vec![find]) },
            Ask::Call(vec![call(1, "x"); MAX_REQUESTS + 1]),
            Ask::Exchange(call(MAX_ARGS + 1, "x")),
            Ask::Call(vec![call(MAX_ARGS, &"x".repeat(MAX_TEXT)); 2]),
            Ask::DeliverNamed { entry: 0, name: value(Vec::new()), value: value(vec![Step::At(long)]) },
        ] {
            assert!(!fits(&ask), "{ask:.200?}");
        }
    }
}
