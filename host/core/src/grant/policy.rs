//! Session policies (AWS IAM): attenuation at the backend, made from the grant's keys (C04). The backend then refuses
//! what the host would have refused, even with the credential in other hands. `*` in an ARN also spans `/`, so a
//! policy may be wider than the keys it is made from; it is never the only check.

use std::collections::BTreeMap;

use serde_json::json;

use super::keys;
use crate::{
    catalogue::{
        Policy, Statement,
        template::{Piece, Template},
    },
    program::{KeyPattern, Target},
    reason::{Denial, Reason},
};

/// The longest session policy that STS takes, in characters.
const MAX_POLICY: usize = 2048;

/// The policy as JSON text.
///
/// # Errors
/// Where the grant has no key to allow, or too many for one policy.
pub(super) fn make(policy: &Policy, targets: &BTreeMap<String, Target>) -> Result<String, Denial> {
    let statements: Vec<_> = policy
        .statements
        .iter()
        .filter_map(|statement| {
            let resources = resources(statement, targets.get(&statement.authority)?)?;
            Some(json!({"Effect": "Allow", "Action": statement.actions, "Resource": resources}))
        })
        .collect();
    if statements.is_empty() {
        let remedy = "the grant's targets have no keys to make a session policy from";
        return Err(Denial::new(Reason::KeyNotGranted, "targets", remedy));
    }
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    if text.len() > MAX_POLICY {
        let remedy = "the keys do not fit into a session policy of 2048 characters: use fewer patterns";
        return Err(Denial::new(Reason::BudgetExhausted, "targets", remedy));
    }
    Ok(text)
}

/// One resource for each key pattern; none where there is no pattern.
fn resources(statement: &Statement, target: &Target) -> Option<Vec<String>> {
    let template = Template::parse(&statement.resource).ok()?;
    if !template.slots().any(|slot| slot == "keys") {
        return Some(vec![resource(&template, target, "")?]);
    }
    let each: Option<Vec<String>> =
        target.keys.iter().map(|pattern| resource(&template, target, &as_iam(pattern))).collect();
    each.filter(|resources| !resources.is_empty())
}

fn resource(template: &Template, target: &Target, keys: &str) -> Option<String> {
    let mut out = String::new();
    for piece in &template.0 {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Account(name) => out.push_str(target.account.get(name)?),
            Piece::Slot(_) => out.push_str(keys),
            Piece::Auth(_) => return None,
        }
    }
    Some(out)
}

/// `a/*/**` is `a/*/*` in IAM; `$` would begin a policy variable.
fn as_iam(pattern: &KeyPattern) -> String {
    keys::write(pattern).replace("**", "*").replace('$', "${$}")
}
