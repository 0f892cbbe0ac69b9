//! Where credentials stand in a request: headers and members of bodies that the catalogue attaches them to. What
//! stands there is never shown as it was sent, whichever operation it was.

use std::collections::BTreeSet;

use crate::catalogue::{Attach, Catalogue};

/// What is shown in place of a credential that was sent.
pub(super) const CREDENTIAL: &str = "another credential (not shown)";

/// The places.
pub(super) struct Mask {
    headers: BTreeSet<String>,
    pointers: BTreeSet<String>,
}

impl Mask {
    pub(super) fn of(catalogue: &Catalogue) -> Self {
        let mut mask = Self {
            headers: ["authorization", "x-amz-security-token"].map(str::to_owned).into(),
            pointers: BTreeSet::new(),
        };
        let minted = catalogue.operations.values().filter_map(|operation| operation.mint.as_ref());
        let methods = catalogue.auth.values().flat_map(|method| &method.attach);
        for attach in methods.chain(minted.flat_map(|mint| &mint.attach)) {
            match attach {
                Attach::Header { name, .. } => drop(mask.headers.insert(name.to_ascii_lowercase())),
                Attach::Body { pointer, .. } => drop(mask.pointers.insert(pointer.clone())),
                Attach::Basic { .. } | Attach::Sigv4 { .. } => {}
            }
        }
        mask
    }

    /// A header's value as it may be shown.
    pub(super) fn header<'v>(&self, name: &str, value: &'v str) -> &'v str {
        if self.headers.contains(&name.to_ascii_lowercase()) { CREDENTIAL } else { value }
    }

    /// Whether a credential may stand at a pointer of a body, or below it.
    pub(super) fn hides(&self, pointer: &str) -> bool {
        let within = |own: &String| {
            own.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.pointers.iter().any(within)
    }

    /// Whether any body may hold a credential.
    pub(super) fn hides_bodies(&self) -> bool {
        !self.pointers.is_empty()
    }
}
