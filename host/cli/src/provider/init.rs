//! `bailiwick provider init`: a new provider that builds and passes its own test in an empty folder. The sdk and
//! the world come along as files, since no registry carries them yet.

use std::path::Path;

use anyhow::{Context, bail};

use crate::report;

/// A file of the template: where it goes and what it says. `{{name}}` is the provider's name.
struct File {
    path: &'static str,
    text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/init_files.rs"));

/// Makes the provider's folder.
pub(crate) fn run(folder: &Path) -> anyhow::Result<u8> {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    if !is_name(name) {
        bail!("{}: the folder's name is the provider's: small letters, digits and hyphens", folder.display());
    }
    if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{}: is not empty; choose a new folder", folder.display());
    }
    for file in FILES {
        let path = folder.join(file.path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        std::fs::write(&path, file.text.replace("{{name}}", name))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    report::say(&format!(
        "{} is made. Next:\n  cd {}\n  cargo test\n  bailiwick provider build\n  bailiwick provider inspect {name}.wasm",
        folder.display(),
        folder.display()
    ))?;
    Ok(crate::OK)
}

fn is_name(name: &str) -> bool {
    let inner = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    inner && name.len() <= 63 && !name.starts_with('-') && !name.ends_with('-') && !name.is_empty()
}
