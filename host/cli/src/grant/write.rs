//! `grant check --write`: which grants get what, and the files that it stands in. The text of a file is edited elsewhere, and
//! what is granted by it is core's word.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use bailiwick_api::grant::CapabilityGrantSpec;
use bailiwick_core::{catalogue::surface, yaml};
use bailiwick_sync::{
    folder::{files, inventory::Inventory},
    supply::Supplied,
};

use super::{
    Known,
    edit::{Accepted, accept},
};

/// Puts the surface of the module at hand, and whose it is, into every grant that has others or none; the grants that got
/// another surface.
pub(super) fn all(
    policy: &[PathBuf],
    inventory: &Inventory,
    supplied: &Supplied,
) -> anyhow::Result<BTreeSet<String>> {
    let mut texts = files::read_all(policy)?;
    let (mut changed, mut got) = (BTreeSet::new(), BTreeSet::new());
    for grant in inventory.grants.values() {
        let Ok(known) = Known::of(supplied, &grant.spec.provider.name) else { continue };
        let (provider, surface) = (missing(&grant.spec, &known), surface::hash(&known.module.catalogue));
        let same = grant.spec.surface.as_ref() == Some(&surface);
        if provider.is_empty() && same {
            continue;
        }
        let accepted = Accepted { grant: &grant.metadata.name, provider: &provider, surface: &surface };
        let written = texts.iter_mut().find_map(|(path, text)| {
            let new = accept(text, &accepted)?;
            Some((path.clone(), text, new))
        });
        let remedy = || anyhow!("{}: write it in block style, or put both in by hand", grant.metadata.name);
        let (path, text, new) = written.ok_or_else(remedy)?;
        **text = new;
        changed.insert(path);
        if !same {
            got.insert(grant.metadata.name.clone());
        }
    }
    // All or none: nothing is accepted whose words are not printed.
    texts
        .iter()
        .filter(|(path, _)| changed.contains(*path))
        .try_for_each(|(path, text)| replace(path, text))?;
    Ok(got)
}

/// Members of `spec.provider` to write. A repository or signers that are there are somebody's decision and stay.
fn missing(grant: &CapabilityGrantSpec, known: &Known<'_>) -> Vec<(&'static str, String)> {
    let mut members = Vec::new();
    let digest = known.module.digest.to_string();
    let pinned = grant.provider.module.as_ref();
    match &known.signed {
        None if pinned != Some(&digest) => members.push(("module", digest)),
        None => {}
        Some(signed) => {
            if grant.provider.repository.is_none() {
                members.push(("repository", signed.repository.clone()));
            }
            if grant.provider.signed_by.is_empty() {
                members.push(("signedBy", yaml::list(&signed.signers)));
            }
            if pinned.is_some_and(|pinned| *pinned != digest) {
                members.push(("module", digest));
            }
        }
    }
    members
}

/// Written beside and renamed: a policy file is never half written.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let beside = path.with_extension("yaml.new");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
