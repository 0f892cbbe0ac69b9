//! `grant check --write`: which grants get what, and the files that it stands in. The text of a file is edited elsewhere, and
//! what is granted by it is core's word.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use bailiwick_api::grant::CapabilityGrantSpec;
use bailiwick_core::{catalogue::surface, yaml};
use bailiwick_sync::{
    folder::{files, inventory::Inventory},
    supply::Supplied,
};
use tempfile::NamedTempFile;

use super::{
    Known,
    edit::{Accepted, accept},
};

/// What came of it.
pub(super) struct Written {
    /// The grants that got another surface: their words are to be printed.
    pub(super) accepted: BTreeSet<String>,
    /// Why files after these stayed as they were.
    pub(super) failed: Option<anyhow::Error>,
}

/// Puts the surface of the module at hand, and whose it is, into every grant that has others or none.
pub(super) fn all(policy: &[PathBuf], inventory: &Inventory, supplied: &Supplied) -> anyhow::Result<Written> {
    let mut texts = files::read_all(policy)?;
    // By file: the grants that get another surface.
    let mut changed: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
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
        let got = changed.entry(path).or_default();
        got.extend((!same).then(|| grant.metadata.name.clone()));
    }
    texts.retain(|path, _| changed.contains_key(path));
    let new = texts.iter().map(|(path, text)| (path.as_path(), text.as_str()));
    let (done, failed) = replace(new)?;
    changed.retain(|path, _| done.contains(path.as_path()));
    Ok(Written { accepted: changed.into_values().flatten().collect(), failed })
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

/// All or none: each is written beside its place before one is renamed. Which were, where a rename fails all the same: their
/// words are to be printed.
fn replace<'a>(
    files: impl Iterator<Item = (&'a Path, &'a str)>,
) -> anyhow::Result<(BTreeSet<&'a Path>, Option<anyhow::Error>)> {
    let cannot = |path: &Path| format!("cannot write {}", path.display());
    let mut ready = Vec::new();
    for (path, text) in files {
        ready.push((path, beside(path, text).with_context(|| cannot(path))?));
    }
    let mut done = BTreeSet::new();
    for (path, file) in ready {
        if let Err(error) = file.persist(path) {
            return Ok((done, Some(anyhow::Error::new(error.error).context(cannot(path)))));
        }
        done.insert(path);
    }
    Ok((done, None))
}

/// A file of a name that nobody can lay a link at, with the mode of the one that it becomes: a policy file is never half
/// written.
fn beside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mode = fs::metadata(path)?.permissions();
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(mode)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn denied_all_where_one_cannot_be_written_beside_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a.yaml"), folder.path().join("gone/b.yaml"));
        fs::write(&a, "old").unwrap();
        let error = replace([(&*a, "new"), (&*b, "new")].into_iter()).unwrap_err();
        assert!(error.to_string().ends_with("gone/b.yaml"), "{error}");
        assert_eq!(fs::read_to_string(&a).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn what_was_renamed_is_said_where_another_cannot_be() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
        fs::write(&a, "old").unwrap();
        fs::create_dir(&b).unwrap();
        let (done, failed) = replace([(&*a, "new"), (&*b, "new")].into_iter()).unwrap();
        assert_eq!((done, failed.is_some()), ([&*a].into(), true));
        assert_eq!(fs::read_to_string(&a).unwrap(), "new");
    }

    #[test]
    fn a_link_at_a_foreseeable_name_is_not_followed_and_the_mode_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (a, outside) = (folder.path().join("a.yaml"), folder.path().join("outside"));
        fs::write(&a, "old").unwrap();
        fs::set_permissions(&a, fs::Permissions::from_mode(0o640)).unwrap();
        fs::write(&outside, "theirs").unwrap();
        std::os::unix::fs::symlink(&outside, folder.path().join("a.yaml.new")).unwrap();
        assert!(replace([(&*a, "new")].into_iter()).unwrap().1.is_none());
        assert_eq!(fs::read_to_string(&outside).unwrap(), "theirs");
        let meta = fs::symlink_metadata(&a).unwrap();
        assert!(meta.is_file() && meta.permissions().mode() & 0o777 == 0o640);
    }
}
