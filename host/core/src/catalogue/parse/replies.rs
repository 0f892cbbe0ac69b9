//! Replies: only names and what is no value can be public (B4), an exchange's reply is sealed whatever it says (B5),
//! and a mint names what it takes, for what and for how long (B6).

use super::Faults;
use crate::catalogue::{Catalogue, ListRule, Mint, Operation, OperationClass, TagsRule, pointer};

/// How deep in a reply a value stands itself, as far as backends are known.
const MAX_DEPTH: usize = 2;

/// The longest that a minted credential may be used, in seconds.
const MAX_LIFETIME: u32 = 24 * 3600;

pub(super) fn check(base: &str, operation: &Operation, catalogue: &Catalogue, faults: &mut Faults) {
    public(base, operation, faults);
    lists(base, operation, faults);
    outcomes(base, operation, faults);
    absent_when(base, operation, faults);
    if let (Some(mint), OperationClass::Exchange) = (&operation.mint, operation.class) {
        check_mint(&format!("{base}.mint"), operation, mint, catalogue, faults);
    }
}

fn public(base: &str, operation: &Operation, faults: &mut Faults) {
    let path = format!("{base}.reply.public");
    faults.unless(
        operation.class == OperationClass::List || operation.reply.public.is_empty(),
        &path,
        "stands on an operation that bears values or is sealed (B4)",
        "only operations of class list have public members",
    );
    for at in &operation.reply.public {
        pointer_at(&path, at, faults);
        let named = operation.reply.list.as_ref().is_some_and(|list| is_named(list, at));
        faults.unless(
            named,
            &path,
            "is neither a name of `list`, which is filtered, nor its page token (G9)",
            "say in `list` where names and the page token stand, and make nothing else public",
        );
    }
}

/// Names of items, which are filtered to granted keys, and the token of the next page.
fn is_named(list: &ListRule, at: &str) -> bool {
    list.page.as_deref() == Some(at) || at.strip_prefix(&list.items) == Some(&list.name)
}

/// B4: after a read the guest learns whether there is a value, and nothing of what is in it.
fn absent_when(base: &str, operation: &Operation, faults: &mut Faults) {
    let path = format!("{base}.reply.absent-when");
    faults.unless(
        operation.class != OperationClass::Exchange || operation.reply.absent_when.is_empty(),
        &path,
        "stands on an exchange, whose reply is sealed (B5)",
        "remove it",
    );
    let outside = |at: &String| pointer::tokens(at).count() <= MAX_DEPTH;
    faults.unless(
        operation.reply.absent_when.len() <= 1 && operation.reply.absent_when.iter().all(outside),
        &path,
        "could tell what is in a value (B4)",
        "name one pointer of at most two members: the value itself",
    );
    for at in &operation.reply.absent_when {
        pointer_at(&path, at, faults);
    }
}

fn lists(base: &str, operation: &Operation, faults: &mut Faults) {
    if let Some(list) = &operation.reply.list {
        let path = format!("{base}.reply.list");
        faults.unless(
            operation.class == OperationClass::List,
            &path,
            "stands on an operation of another class",
            "make the class list, or remove it",
        );
        faults.unless(
            list.items.ends_with("/*") && pointer::is_pointer(&list.items),
            &format!("{path}.items"),
            "does not end in `/*`",
            "point at the items, such as `/data/keys/*`",
        );
        faults.unless(
            !list.relative || !operation.key.is_empty(),
            &format!("{path}.relative"),
            "is relative to a prefix that the operation does not have",
            "name the prefix's slots in `key`",
        );
        pointer_at(&format!("{path}.name"), &list.name, faults);
        page(&format!("{path}.page"), list, faults);
        tags(&format!("{path}.tags"), list.tags.as_ref(), faults);
    }
    let tagged = matches!(operation.class, OperationClass::Read | OperationClass::List);
    faults.unless(
        tagged || operation.reply.tags.is_none(),
        &format!("{base}.reply.tags"),
        "stands on an operation that reads no key",
        "remove it",
    );
    tags(&format!("{base}.reply.tags"), operation.reply.tags.as_ref(), faults);
    let tagged = operation.class == OperationClass::Read && operation.reply.tags.is_some();
    faults.unless(
        tagged || !operation.reply.tags_are_value,
        &format!("{base}.reply.tags-are-value"),
        "stands on an operation that reads no tags",
        "name `tags` in an operation of class read, or remove it",
    );
}

/// A page token is one scalar beside the items.
fn page(path: &str, list: &ListRule, faults: &mut Faults) {
    let Some(page) = &list.page else { return };
    pointer_at(path, page, faults);
    let array = list.items.strip_suffix("/*").unwrap_or(&list.items);
    let above = |a: &str, b: &str| a == b || b.strip_prefix(a).is_some_and(|rest| rest.starts_with('/'));
    faults.unless(
        !page.is_empty() && !page.contains('*') && !above(page, array) && !above(array, page),
        path,
        "is no member beside the items",
        "point at the one text that asks for the next page",
    );
}

fn tags(path: &str, rule: Option<&TagsRule>, faults: &mut Faults) {
    let Some(rule) = rule else { return };
    pointer_at(&format!("{path}.at"), &rule.at, faults);
    for at in &rule.also {
        pointer_at(&format!("{path}.also"), at, faults);
    }
    faults.unless(
        rule.key.is_some() == rule.value.is_some(),
        path,
        "names one of key and value",
        "name both for an array of objects, none for an object of texts",
    );
}

fn outcomes(base: &str, operation: &Operation, faults: &mut Faults) {
    for (n, rule) in operation.reply.outcomes.iter().enumerate() {
        let path = format!("{base}.reply.outcomes[{n}]");
        faults.unless(
            (200..600).contains(&rule.status),
            &format!("{path}.status"),
            "is no final status",
            "use 200 to 599",
        );
        let compares = rule.ends_with.is_some() || rule.contains.is_some();
        faults.unless(
            compares == rule.at.is_some(),
            &format!("{path}.at"),
            "belongs together with ends-with or contains",
            "write both or none",
        );
        faults.unless(
            !(200..300).contains(&rule.status) || rule.at.is_none(),
            &format!("{path}.at"),
            "would tell what is in a reply that succeeded (B4)",
            "compare error codes only, of statuses from 300 on",
        );
        pointer_at(&format!("{path}.at"), rule.at.as_deref().unwrap_or_default(), faults);
    }
}

fn check_mint(path: &str, operation: &Operation, mint: &Mint, catalogue: &Catalogue, faults: &mut Faults) {
    faults.unless(
        !mint.take.is_empty(),
        &format!("{path}.take"),
        "takes nothing",
        "name what the reply holds",
    );
    let pointers = mint.take.values().chain(&mint.ttl).chain(mint.account.as_ref().map(|a| &a.arn_at));
    for at in pointers {
        pointer_at(path, at, faults);
    }
    faults.unless(
        (1..=MAX_LIFETIME).contains(&mint.max_seconds),
        &format!("{path}.max-seconds"),
        "is not between 1 and 86400",
        "choose the longest lifetime that a run needs",
    );
    let known = |account: &str| catalogue.account.contains_key(account);
    faults.unless(
        mint.account.as_ref().is_none_or(|account| known(&account.account)),
        &format!("{path}.account.account"),
        "names no account slot",
        "declare it under `account`",
    );
    let proven = catalogue.proof.as_ref().map(|proof| &proof.account);
    faults.unless(
        mint.account.as_ref().is_none_or(|account| proven.is_none_or(|proven| *proven == account.account)),
        &format!("{path}.account.account"),
        "is another slot than the one that `proof` proves (G7)",
        "check the slot that is proven",
    );
    let inputs: Vec<&str> = mint.take.keys().map(String::as_str).collect();
    super::auth::credential(path, &mint.attach, &mint.operations, &inputs, catalogue, faults);
    let Some(revoke) = &mint.revoke else { return };
    let ends = catalogue.operations.get(revoke);
    faults.unless(
        ends.is_some_and(|op| op.class == OperationClass::Exchange && op.mint.is_none()),
        &format!("{path}.revoke"),
        "names no exchange without a mint",
        "name the operation that ends the credential",
    );
    faults.unless(
        ends.is_none_or(|op| op.authority == operation.authority),
        &format!("{path}.revoke"),
        "is asked of another authority than the mint",
        "end a credential where it was made",
    );
}

fn pointer_at(path: &str, at: &str, faults: &mut Faults) {
    faults.unless(pointer::is_pointer(at), path, "is no JSON pointer (RFC 6901)", "write `/a/b`");
}
