//! `bailiwick provider init`: a new provider that builds and passes its own test in an empty folder. The sdk and
//! the world come along as files, since no registry carries them yet.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bailiwick_api::dns::is_label;

use crate::report;

/// A file of the template: where it goes and what it says. `{{name}}` is the provider's name.
struct File {
    path: &'static str,
    text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/init_files.rs"));

/// Makes the provider's folder.
pub(crate) fn run(folder: &Path) -> anyhow::Result<u8> {
    let full = std::path::absolute(folder).context("where is the current folder?")?;
    let name = full.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    if !is_label(name) {
        bail!(
            "{}: the folder's name is the provider's: small letters, digits and inner hyphens, at most 63",
            folder.display()
        );
    }
    if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{}: is not empty; choose a new folder", folder.display());
    }
    FILES.iter().try_for_each(|file| write(&folder.join(file.path), &file.text.replace("{{name}}", name)))?;
    report::say(&next(folder))?;
    if let Some(note) = workspace(&full).and_then(|workspace| exclude(&workspace, &full)) {
        report::complain(&note);
    }
    Ok(crate::OK)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// What to type now.
fn next(folder: &Path) -> String {
    let folder = folder.display();
    let build = "bailiwick provider build\n  bailiwick provider test";
    format!("{folder} is made; its README.md says more. Next:\n  cd {folder}\n  cargo test\n  {build}")
}

/// The manifest of the nearest workspace around the folder.
fn workspace(folder: &Path) -> Option<PathBuf> {
    let manifests = folder.ancestors().skip(1).map(|parent| parent.join("Cargo.toml"));
    let is_workspace = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines().any(|line| line.trim().starts_with("[workspace]"))
    };
    manifests.into_iter().find(is_workspace)
}

/// The provider is a workspace of its own; another one that takes it for a member does not build any more.
fn exclude(manifest: &Path, folder: &Path) -> Option<String> {
    let inner = folder.strip_prefix(manifest.parent()?).ok()?.display();
    let manifest = manifest.display();
    Some(format!(
        "note: if a pattern in `members` of {manifest} matches it, add `exclude = [\"{inner}\"]` there"
    ))
}
