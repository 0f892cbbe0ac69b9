//! `bailiwick grant explain`: for one entry, which requests would leave, to where, admitted by which lines of which
//! grant, or why it is denied. The requests are made by `decide` itself, so that nothing explained can differ from
//! what is done.

use std::borrow::Cow;

use bailiwick_boundary::Entry;

use super::{Compiled, Request, compile, decide, keys, route};
use crate::{
    catalogue::{OperationClass, Source},
    egress::names,
    program::{Admitted, AdmittedBody, Call, Content, Origin, Program},
    reason::Denial,
};

/// What would be done about an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The grant that the entry goes to (G2), as an index into `grants`, or the nearest denial.
    pub chosen: Result<usize, Denial>,
    /// Each grant, in the order given.
    pub grants: Vec<Explanation>,
}

/// What one grant says of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The grant's name.
    pub grant: String,
    /// The requests that could leave, or why none could.
    pub verdict: Result<Vec<Sent>, Denial>,
}

/// One request. Nothing in it is secret: the credential is attached later.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The operation.
    pub operation: String,
    /// Its method.
    pub method: String,
    /// Origin, path and query; of a request about names that a list gives, the catalogue's template of the path.
    pub url: String,
    /// The name that DNS is asked, where it is not the URL's own.
    pub looked_up: Option<String>,
    /// The catalogue's headers.
    pub headers: Vec<(String, String)>,
    /// The body, as JSON or `name=value` lines.
    pub body: Option<String>,
    /// The lines of the grant that admit it: `spec.targets[0].keys[1]`.
    pub lines: Vec<String>,
    /// It is sent for each listed name that the keys admit.
    pub each_name: bool,
}

/// Explains one entry for several grants, given in the order of their names.
#[must_use]
pub fn explain(requests: &[Request<'_>], entry: &Entry) -> Explained {
    let compiled: Vec<Compiled> = requests.iter().map(compile).collect();
    let chosen = route::choose(&compiled, entry);
    let one = |(request, program): (&Request<'_>, &Compiled)| Explanation {
        grant: request.grant.metadata.name.clone(),
        verdict: match program {
            Ok(program) => route::admits(program, entry).map(|()| requests_of(program, entry)),
            Err(denial) => Err(denial.clone()),
        },
    };
    let grants = requests.iter().zip(&compiled).map(one).collect();
    Explained { chosen, grants }
}

/// Exchanges first, then what asks for the entry, then what asks for each name of a list.
fn requests_of(program: &Program, entry: &Entry) -> Vec<Sent> {
    let mut sent = Vec::new();
    for id in &program.operations {
        let class = program.catalogue.operations.get(id).map(|operation| operation.class);
        sent.extend(decided(program, id, &[]).filter(|_| class == Some(OperationClass::Exchange)));
    }
    for (id, operation) in route::candidates(program, entry) {
        sent.extend(decided(program, id, &route::arguments(operation, entry)));
    }
    if matches!(entry, Entry::Find(_)) {
        sent.extend(program.operations.iter().filter_map(|id| for_each_name(program, id)));
    }
    sent
}

fn decided(program: &Program, id: &str, args: &[(&str, Content<'_>)]) -> Option<Sent> {
    let call = Call { operation: id, args, by: None, free_bits_spent: 0 };
    let admitted = decide(program, &call).ok()?;
    Some(Sent {
        operation: id.to_owned(),
        method: admitted.operation.method.clone(),
        url: format!("{}{}", admitted.target.origin, admitted.path_and_query),
        looked_up: looked_up(&admitted.target.origin),
        headers: admitted.headers.clone(),
        body: admitted.body.as_ref().map(body),
        lines: lines(program, id, Some(&admitted)),
        each_name: false,
    })
}

/// What reads, or lists, the names that an earlier reply gave.
fn for_each_name(program: &Program, id: &str) -> Option<Sent> {
    let operation = program.catalogue.operations.get(id)?;
    let echoed = operation
        .key
        .iter()
        .any(|name| operation.slots.get(name).is_some_and(|slot| matches!(slot.source, Source::Echo)));
    let plan = program.plans.operations.get(id).filter(|_| echoed)?;
    let target = program.targets.get(&plan.authority)?;
    Some(Sent {
        operation: id.to_owned(),
        method: operation.method.clone(),
        url: format!("{}{}", target.origin, operation.path),
        looked_up: looked_up(&target.origin),
        headers: Vec::new(),
        body: None,
        lines: lines(program, id, None),
        each_name: true,
    })
}

fn looked_up(origin: &Origin) -> Option<String> {
    match names::looked_up(&origin.host) {
        Cow::Borrowed(_) => None,
        Cow::Owned(name) => Some(name),
    }
}

fn body(body: &AdmittedBody) -> String {
    match body {
        AdmittedBody::Json(json) => json.to_string(),
        AdmittedBody::Form(members) => {
            members.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
        }
    }
}

/// The lines of the grant that a request rests on.
fn lines(program: &Program, id: &str, admitted: Option<&Admitted<'_>>) -> Vec<String> {
    let plans = &program.plans;
    let mut lines: Vec<String> =
        plans.lines.get(id).map(|n| format!("spec.operations[{n}]")).into_iter().collect();
    let Some(plan) = plans.operations.get(id) else { return lines };
    if let Some(n) = plans.targets.get(&plan.authority) {
        lines.push(format!("spec.targets[{n}]"));
        let key = admitted.and_then(|admitted| Some((admitted, admitted.key.as_deref()?)));
        let pattern = key.and_then(|(admitted, key)| pattern(admitted, key));
        lines.extend(pattern.map(|m| format!("spec.targets[{n}].keys[{m}]")));
    }
    lines.extend(plans.auth.map(|n| format!("spec.auth[{n}]")));
    lines
}

fn pattern(admitted: &Admitted<'_>, key: &[String]) -> Option<usize> {
    let operation = admitted.operation;
    let lists = operation.class == OperationClass::List && operation.reply.list.is_some();
    let find = if lists { keys::listing } else { keys::matching };
    find(&admitted.target.keys, key)
}
