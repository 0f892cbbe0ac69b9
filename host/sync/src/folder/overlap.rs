//! Folders that are written to must not be read from, nor hold what is read: a Secret that was written would be a tenant's
//! credential, and every write a change of the manifests. Links are resolved first; the comparison itself is of paths alone.

use std::path::{Path, PathBuf};

use super::source::Sources;

/// One of two folders is not one of its own.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{inner_flag} {} lies in {outer_flag} {}; choose a folder of its own", inner.display(), outer.display())]
pub struct Overlap {
    inner_flag: &'static str,
    inner: PathBuf,
    outer_flag: &'static str,
    outer: PathBuf,
}

/// A folder and the argument that names it.
type Named<'a> = (&'static str, &'a Path);

/// Refuses `--out` and `--state` inside of what is read or around it, and both in one place.
pub fn check(sources: &Sources, out: &Path, state: Option<&Path>) -> Result<(), Overlap> {
    let policy = sources.policy.iter().map(|folder| ("--policy", folder.as_path()));
    let manifests = sources.manifests.iter().map(|root| ("--manifests", root.path.as_path()));
    let read: Vec<Named<'_>> = policy.chain(manifests).collect();
    let state = state.map(|state| ("--state", state));
    for written in std::iter::once(("--out", out)).chain(state) {
        read.iter().try_for_each(|read| apart(written, *read).and_then(|()| apart(*read, written)))?;
    }
    match state {
        Some(state) if real(state.1) == real(out) => Err(overlap(state, ("--out", out))),
        _ => Ok(()),
    }
}

fn apart(inner: Named<'_>, outer: Named<'_>) -> Result<(), Overlap> {
    if real(inner.1).starts_with(real(outer.1)) { Err(overlap(inner, outer)) } else { Ok(()) }
}

fn overlap(inner: Named<'_>, outer: Named<'_>) -> Overlap {
    Overlap { inner_flag: inner.0, inner: inner.1.into(), outer_flag: outer.0, outer: outer.1.into() }
}

/// The path without links: of what is not there yet, the part that is there.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let above = path.parent().map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above });
    match (above, path.file_name()) {
        (Some(above), Some(name)) => real(above).join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::source::Root;

    fn checked(out: &str, state: Option<&str>) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["policy", "around/trust", "manifests/sub", "elsewhere"] {
            std::fs::create_dir_all(at(name)).unwrap();
        }
        std::os::unix::fs::symlink("manifests", at("link")).unwrap();
        let manifests = vec![Root { namespace: None, path: at("manifests") }];
        let sources = Sources { policy: vec![at("policy"), at("around/trust")], manifests };
        check(&sources, &at(out), state.map(at).as_deref()).map_err(|error| error.to_string())
    }

    #[test]
    fn allowed_folders_of_their_own() {
        for (out, state) in [
            ("out", None),
            ("out", Some("state")),
            ("elsewhere/out", Some("out")),
            ("manifests-2", None),
            ("around/out", Some("around/state")),
        ] {
            assert_eq!(checked(out, state), Ok(()), "{out} {state:?}");
        }
    }

    #[test]
    fn denied_folders_in_what_is_read_and_one_for_both() {
        for (out, state) in [
            ("policy", None),
            ("around/trust/out", None),
            ("manifests", None),
            ("manifests/out", None),
            ("manifests/sub/not/there", None),
            ("link/out", None),
            ("out", Some("manifests/state")),
            ("out", Some("policy/state")),
            ("out", Some("out")),
            // Around it.
            ("out", Some(".")),
            ("", None),
            ("around", None),
            ("out", Some("around/../around")),
        ] {
            assert!(
                checked(out, state).unwrap_err().contains("choose a folder of its own"),
                "{out} {state:?}"
            );
        }
    }
}
