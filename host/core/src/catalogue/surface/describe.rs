//! The surface in words, for the person who decides whether to grant it: what is asked of whom, what the provider
//! may read of the answers, and where credentials go. One fact a line.

use std::fmt::Write;

mod parts;

use super::attach_words;
use crate::catalogue::{AuthMethod, Catalogue, FieldKind, Mint, Operation, OperationClass, Source};
use parts::{grant_slot, outcomes, policy, slot_words, tags_words};

/// The surface in words, several lines.
#[must_use]
pub fn describe(catalogue: &Catalogue) -> String {
    let mut text = format!("provider {} in the blind world\n", catalogue.name);
    if catalogue.key() != catalogue.name {
        line(&mut text, &format!("serves spec.provider.{}", catalogue.key()));
    }
    if catalogue.authorities.is_empty() {
        text.push_str("  uses no network\n");
    }
    if !catalogue.account.is_empty() {
        line(&mut text, &format!("account: {}", join(catalogue.account.keys())));
    }
    for (name, slot) in &catalogue.account {
        line(&mut text, &format!("  {name}: {}", grant_slot(slot)));
    }
    for (name, authority) in &catalogue.authorities {
        let at = authority.settings.iter().map(|at| format!(", where the store's {at} may repeat the grant"));
        let signed = authority.service.iter().map(|service| format!(", signed as {service}"));
        let more: String = at.chain(signed).collect();
        line(&mut text, &format!("authority {name}{more}"));
    }
    if let Some(ca) = &catalogue.ca {
        let named: Vec<&String> = ca.bundle.iter().chain(&ca.provider).collect();
        line(&mut text, &format!("the store's CA: {}", join(named.into_iter())));
    }
    if let Some(proof) = &catalogue.proof {
        line(
            &mut text,
            &format!("account slot {} is proven by {} at {}", proof.account, proof.operation, proof.at),
        );
    }
    for (id, operation) in &catalogue.operations {
        describe_operation(&mut text, id, operation);
    }
    for (name, method) in &catalogue.auth {
        describe_auth(&mut text, name, method);
    }
    let mut secrets = std::collections::BTreeMap::new();
    super::collect_secrets("", &catalogue.settings, &mut secrets);
    for (at, _) in secrets.iter().filter(|(_, kind)| **kind == FieldKind::String) {
        line(&mut text, &format!("secret setting {at}, handed out as a handle"));
    }
    if let Some(config) = &catalogue.config {
        line(
            &mut text,
            &format!("delivers {} of {} where its key is the entry's", config.value, config.items),
        );
    }
    text
}

fn line(text: &mut String, words: &str) {
    // Writing to a String does not fail.
    let _ = writeln!(text, "  {words}");
}

fn join<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn describe_operation(text: &mut String, id: &str, operation: &Operation) {
    let class = match operation.class {
        OperationClass::Read => "reads values",
        OperationClass::List => "lists",
        OperationClass::Write => "writes values",
        OperationClass::Delete => "deletes",
        OperationClass::Exchange => "sealed exchange",
    };
    let whom = operation.authority.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    line(text, &format!("{id}: {class}, {} {}{whom}", operation.method, operation.path));
    for (at, value) in &operation.when {
        line(text, &format!("  only where the store's {at} is {value}"));
    }
    for (name, value) in operation.query.iter().chain(&operation.headers) {
        line(text, &format!("  {name}: {value}"));
    }
    if let Some(body) = &operation.body {
        line(text, &format!("  body: {}", serde_json::to_string(body).unwrap_or_default()));
    }
    for (name, slot) in &operation.slots {
        line(text, &format!("  {{{name}}} is {}, {}", source_words(&slot.source), slot_words(slot)));
        if let Source::Policy(rule) = &slot.source {
            policy(text, rule);
        }
    }
    if !operation.key.is_empty() {
        line(text, &format!("  key: {}", join(operation.key.iter())));
    }
    if !operation.reply.public.is_empty() {
        line(text, &format!("  the provider may read {}", join(operation.reply.public.iter())));
    }
    describe_reply(text, operation);
    if let Some(mint) = &operation.mint {
        describe_mint(text, mint);
    }
}

fn describe_reply(text: &mut String, operation: &Operation) {
    let reply = &operation.reply;
    if let Some(list) = &reply.list {
        let whole = if list.relative { "below the prefix" } else { "whole keys" };
        line(text, &format!("  names {}{} are {whole}, filtered to the grant's keys", list.items, list.name));
        let folders = list.folders.then(|| "names that end with `/` are prefixes".to_owned());
        let slash = list.leading_slash.then(|| "a first `/` of a name means nothing".to_owned());
        let page = list.page.as_ref().map(|at| format!("the next page is asked for by {at}"));
        let tags = list.tags.as_ref().map(|rule| format!("tags of each item: {}", tags_words(rule)));
        let more = folders.into_iter().chain(slash).chain(page).chain(tags);
        more.for_each(|words| line(text, &format!("  {words}")));
    }
    if let Some(rule) = &reply.tags {
        let value = if reply.tags_are_value { "the value is its tags" } else { "tags" };
        line(text, &format!("  {value}: {}", tags_words(rule)));
    }
    for at in &reply.absent_when {
        line(text, &format!("  the provider learns whether there is {at}"));
    }
    if !reply.outcomes.is_empty() {
        line(text, &format!("  outcomes: {}", outcomes(&reply.outcomes)));
    }
}

fn describe_mint(text: &mut String, mint: &Mint) {
    let how: Vec<String> = mint.attach.iter().map(attach_words).collect();
    line(
        text,
        &format!(
            "  makes a credential for {} ({}), at most {} s",
            join(mint.operations.iter()),
            how.join(", "),
            mint.max_seconds
        ),
    );
    for (name, at) in mint
        .take
        .iter()
        .map(|(name, at)| (name.as_str(), at))
        .chain(mint.ttl.iter().map(|at| ("lifetime", at)))
    {
        line(text, &format!("  its {name} is {at} of the reply"));
    }
    if let Some(account) = &mint.account {
        line(text, &format!("  the ARN at {} must be of account slot {}", account.arn_at, account.account));
    }
    if let Some(revoke) = &mint.revoke {
        line(text, &format!("  revoked after the run by {revoke}"));
    }
}

fn source_words(source: &Source) -> String {
    match source {
        Source::Key => "the entry's key".to_owned(),
        Source::Property => "the entry's property".to_owned(),
        Source::Version => "the entry's version".to_owned(),
        Source::Path => "the entry's find path".to_owned(),
        Source::Settings(at) => format!("the store's {at}"),
        Source::Echo => "a public member of an earlier reply".to_owned(),
        Source::Text => "FREE TEXT of the provider, within the grant's freeBits".to_owned(),
        Source::Secret => "a value to push".to_owned(),
        Source::Policy(_) => "a session policy made from the grant's keys".to_owned(),
    }
}

fn describe_auth(text: &mut String, name: &str, method: &AuthMethod) {
    let how: Vec<String> = method.attach.iter().map(attach_words).collect();
    line(text, &format!("auth {name}: {} to {}", how.join(", "), join(method.operations.iter())));
    line(text, &format!("  where the store has {}", join([&method.when].into_iter().chain(&method.also))));
    if !method.slots.is_empty() {
        line(text, &format!("  slots that the grant fills: {}", join(method.slots.keys())));
    }
    for (name, slot) in &method.slots {
        line(text, &format!("  {name}: {}", grant_slot(slot)));
    }
    for (input, rule) in &method.inputs {
        let from: Vec<&String> = rule.secrets.iter().chain(&rule.service_accounts).collect();
        line(text, &format!("  {input} from the store's {}", join(from.into_iter())));
    }
}
