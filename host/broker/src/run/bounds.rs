//! The most that one message may hold. Checked before anything is looked up; a message that is larger ends the
//! run, since no runner of ours sends one.

use bailiwick_boundary::{Arg, Ask, MAX_STEPS, Request, Step, ValueRef};

/// Messages of one run.
pub(super) const MAX_ASKS: u32 = 100_000;
/// Handles of one run.
pub(super) const MAX_HANDLES: usize = 4096;
/// Bytes of replies that one run may hold.
pub(super) const MAX_HELD: u64 = 64 << 20;
/// Requests of one message.
const MAX_REQUESTS: usize = 64;
/// Arguments of one request.
const MAX_ARGS: usize = 128;
/// Bytes of an operation's, slot's or credential's name.
const MAX_NAME: usize = 128;
/// Bytes of a pointer, of a member compared, of a listed name.
const MAX_POINTER: usize = 4096;
/// Bytes of free text.
const MAX_TEXT: usize = 8192;

/// Whether a message is within bounds.
pub(super) fn fits(ask: &Ask) -> bool {
    match ask {
        Ask::Named(name) => name.len() <= MAX_NAME,
        Ask::Config(pointer) => pointer.len() <= MAX_POINTER,
        Ask::Call(requests) => requests.len() <= MAX_REQUESTS && requests.iter().all(request),
        Ask::Exchange(one) => request(one),
        Ask::Shape(at) | Ask::Names(at) | Ask::Text(at) | Ask::Deliver { value: at, .. } => value(at),
        Ask::Wanted { name, .. } => name.len() <= MAX_POINTER,
        Ask::DeliverNamed { name, value: at, .. } => value(name) && value(at),
        Ask::ExpiresIn(_) | Ask::Absent(_) | Ask::Failed { .. } => true,
    }
}

fn request(request: &Request) -> bool {
    request.operation.len() <= MAX_NAME
        && request.args.len() <= MAX_ARGS
        && request.args.iter().all(|(slot, arg)| slot.len() <= MAX_NAME && content(arg))
}

fn content(arg: &Arg) -> bool {
    match arg {
        Arg::Entry(..) => true,
        Arg::Settings(pointer) => pointer.len() <= MAX_POINTER,
        Arg::Text(text) => text.len() <= MAX_TEXT,
        Arg::Echo(at) | Arg::Secret(at) => value(at),
    }
}

fn value(value: &ValueRef) -> bool {
    value.steps.len() <= MAX_STEPS
        && value.steps.iter().all(|step| match step {
            Step::At(pointer) => pointer.len() <= MAX_POINTER,
            Step::Find { member, equals } => member.len() <= MAX_POINTER && equals.len() <= MAX_POINTER,
            Step::Decode(_) => true,
        })
}
