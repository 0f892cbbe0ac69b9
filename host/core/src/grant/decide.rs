//! Decides one call: may this operation, with these arguments and this credential, leave? If so, here are its bytes
//! (I1): the guest wrote none of them. Called for each request, so it parses nothing and allocates only what it
//! returns.

use super::{
    fill::{self, Filled, Role},
    keys,
    plan::Plan,
    render::Writer,
};
use crate::{
    catalogue::{Operation, OperationClass, template},
    program::{Admitted, AdmittedBody, Call, Content, Program, Target},
    reason::{Denial, Reason},
};

/// The longest path and query (egress 2.2), in bytes.
const MAX_TARGET: usize = 8192;

/// Decides a call.
///
/// # Errors
/// Why it may not leave.
pub fn decide<'p>(program: &'p Program, call: &Call<'_>) -> Result<Admitted<'p>, Denial> {
    let (operation, plan, target) = admitted(program, call)?;
    credential(call)?;
    let free_bits = free_bits(program, call)?;
    let entry = one_entry(plan, call)?;
    let role = role(operation);
    let mut filled = Vec::with_capacity(plan.slots.len());
    for (index, slot) in plan.slots.iter().enumerate() {
        let role = if plan.key.contains(&index) { role } else { Role::Free };
        filled.push(fill::fill(slot, role, call, &program.settings)?);
    }
    let key = key(program, operation, plan, target, &filled)?;
    let writer = Writer { plan, filled };
    let admitted = Admitted {
        operation,
        target,
        authority: &plan.authority,
        path_and_query: writer.path_and_query(),
        headers: writer.headers(),
        body: writer.body(),
        key,
        entry,
        free_bits,
    };
    within_size(program, call, &admitted)?;
    Ok(admitted)
}

/// The operation, if the grant admits it, and its target.
fn admitted<'p>(
    program: &'p Program,
    call: &Call<'_>,
) -> Result<(&'p Operation, &'p Plan, &'p Target), Denial> {
    let found = program.operations.get(call.operation).and_then(|id| program.catalogue.operations.get(id));
    let Some(operation) = found else {
        // The guest wrote it, so that only what could be an operation's name is repeated.
        let field = match template::is_name(call.operation) {
            true => format!("operations.{}", call.operation),
            false => "operations".to_owned(),
        };
        return Err(Denial::new(
            Reason::OperationNotGranted,
            field,
            "the grant does not name it, or not for this run",
        ));
    };
    let plan = program.plans.operations.get(call.operation);
    let target = plan.and_then(|plan| Some((plan, program.targets.get(&plan.authority)?)));
    target.map(|(plan, target)| (operation, plan, target)).ok_or_else(|| no_target(program, operation))
}

#[cold]
fn no_target(program: &Program, operation: &Operation) -> Denial {
    let authority = operation.authority.as_ref().or(program.catalogue.authorities.keys().next());
    let denied = authority.and_then(|name| program.plans.denied.get(name)).cloned();
    let remedy = "the store's auth method does not lead to this operation";
    denied.unwrap_or_else(|| Denial::new(Reason::OperationNotGranted, "auth", remedy))
}

/// B6: a credential is used for what it was bound to.
fn credential(call: &Call<'_>) -> Result<(), Denial> {
    match call.by {
        Some(binding) if !binding.operations.contains(call.operation) => {
            let field = format!("operations.{}", call.operation);
            Err(Denial::new(
                Reason::CredentialNotAllowed,
                field,
                "the credential is not bound to this operation",
            ))
        }
        _ => Ok(()),
    }
}

/// Every bit of free text counts, eight to a byte, against what the grant gives the whole run.
fn free_bits(program: &Program, call: &Call<'_>) -> Result<u32, Denial> {
    let bytes: usize = call
        .args
        .iter()
        .map(|(_, content)| if let Content::Text(text) = content { text.len() } else { 0 })
        .sum();
    let bits = u32::try_from(bytes.saturating_mul(8)).unwrap_or(u32::MAX);
    if bits == 0 || call.free_bits_spent.saturating_add(bits) <= program.limits.free_bits {
        return Ok(bits);
    }
    Err(Denial::new(
        Reason::BudgetExhausted,
        "limits.freeBits",
        "the run's free text is spent, or none is granted",
    ))
}

/// B1, B3: every argument names a slot, and those of entries name one entry, so that a reply belongs to one.
fn one_entry(plan: &Plan, call: &Call<'_>) -> Result<Option<u32>, Denial> {
    let denied = |remedy: &str| {
        Err(Denial::new(Reason::SlotNotAllowed, format!("operations.{}.slots", call.operation), remedy))
    };
    let mut seen = None;
    for (name, content) in call.args {
        if !plan.slots.iter().any(|slot| slot.name == *name) {
            return denied("the call fills a slot that the operation does not have");
        }
        if let Content::Entry { entry, .. } = content
            && *seen.get_or_insert(*entry) != *entry
        {
            return denied("the call mixes parts of two entries");
        }
    }
    let from_entry = plan.key.iter().any(|index| {
        plan.slots.get(*index).is_some_and(|slot| {
            call.args.iter().any(|(name, c)| slot.name == *name && matches!(c, Content::Entry { .. }))
        })
    });
    Ok(seen.filter(|_| from_entry))
}

/// The key of a list that has a rule for its names is a prefix; of every other operation, a key.
fn role(operation: &Operation) -> Role {
    let lists = operation.class == OperationClass::List && operation.reply.list.is_some();
    if lists { Role::Prefix } else { Role::Key }
}

/// G9: the key, or prefix, if the target's keys admit it.
fn key(
    program: &Program,
    operation: &Operation,
    plan: &Plan,
    target: &Target,
    filled: &[Filled<'_>],
) -> Result<Option<Vec<String>>, Denial> {
    if plan.key.is_empty() {
        return Ok(None);
    }
    let mut key = Vec::new();
    for slot in plan.key.iter().filter_map(|index| filled.get(*index)) {
        match slot {
            Filled::Absent => {}
            Filled::One(text) => key.push(text.to_string()),
            Filled::Many { segments, .. } => key.extend(segments.iter().map(ToString::to_string)),
        }
    }
    let fits = match role(operation) {
        Role::Prefix => keys::list_admitted(target, &key),
        Role::Key | Role::Free => keys::key_admitted(target, &key),
    };
    if fits { Ok(Some(key)) } else { Err(key_denied(program, operation, plan)) }
}

#[cold]
fn key_denied(program: &Program, operation: &Operation, plan: &Plan) -> Denial {
    let field = match program.plans.targets.get(&plan.authority) {
        Some(index) => format!("targets[{index}].keys"),
        None => "targets".to_owned(),
    };
    let remedy = match role(operation) {
        Role::Prefix => "no pattern that ends in `**` admits listing this prefix",
        Role::Key | Role::Free => "no pattern admits this key",
    };
    Denial::new(Reason::KeyNotGranted, field, remedy)
}

fn within_size(program: &Program, call: &Call<'_>, admitted: &Admitted<'_>) -> Result<(), Denial> {
    let headers: usize = admitted.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    let body = match &admitted.body {
        None => 0,
        Some(AdmittedBody::Form(members)) => {
            members.iter().map(|(name, value)| name.len() + value.len() + 2).sum()
        }
        Some(AdmittedBody::Json(json)) => serde_json::to_vec(json).map_or(usize::MAX, |bytes| bytes.len()),
    };
    let whole = admitted.path_and_query.len().saturating_add(headers).saturating_add(body);
    let most = usize::try_from(program.limits.request_bytes).unwrap_or(usize::MAX);
    if admitted.path_and_query.len() <= MAX_TARGET && whole <= most {
        return Ok(());
    }
    let field = format!("operations.{}", call.operation);
    Err(Denial::new(Reason::BudgetExhausted, field, "the request is longer than limits.requestBytes"))
}
