//! What a credential is bound to at its birth (B6): the operations of its catalogue entry that the program admits, and
//! how it is attached. A binding never grows.

use std::collections::BTreeSet;

use crate::program::{Binding, Program};

/// The credential of the store's auth method, by the catalogue's name for it; none where the store uses another.
#[must_use]
pub fn named(program: &Program, name: &str) -> Option<Binding> {
    let method = program.catalogue.auth.get(&program.auth.as_ref()?.method)?;
    (method.credential == name).then(|| Binding {
        name: method.credential.clone(),
        operations: within(program, method.operations.iter()),
        attach: method.attach.clone(),
    })
}

/// The credential that an exchange of the program mints; its revocation is among what it is for.
#[must_use]
pub fn minted(program: &Program, operation: &str) -> Option<Binding> {
    let id = program.operations.get(operation)?;
    let mint = program.catalogue.operations.get(id)?.mint.as_ref()?;
    Some(Binding {
        name: id.clone(),
        operations: within(program, mint.operations.iter().chain(&mint.revoke)),
        attach: mint.attach.clone(),
    })
}

fn within<'a>(program: &Program, operations: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    operations.filter(|id| program.operations.contains(*id)).cloned().collect()
}
