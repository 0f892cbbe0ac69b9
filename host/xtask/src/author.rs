//! What a provider's author does, as CI does it: `bailiwick provider init` in an empty folder outside of the repository
//! and in one inside of it (where another workspace stands above), the template's own test, `build` and `inspect`.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{
    place,
    run::{plain, say, shown, succeed, title},
};

/// Makes, tests, builds and inspects a new provider in both places; then once more where one is, which is refused.
pub(crate) fn run(bailiwick: &Path) -> Result<()> {
    title("A provider of one's own, outside of the repository and inside");
    let outside = std::env::temp_dir().join(format!("bailiwick-author-{}", std::process::id()));
    let inside = place::target().join("author");
    for folder in [&outside, &inside] {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let made = all(bailiwick, folder);
        std::fs::remove_dir_all(folder)?;
        made?;
    }
    Ok(())
}

fn all(bailiwick: &Path, folder: &Path) -> Result<()> {
    let own = folder.join("demo");
    let command = |folder: &Path, arguments: &[&str]| {
        let mut command = plain(&bailiwick.to_string_lossy(), folder);
        // The standard library is compiled once for all guests.
        command.env("CARGO_TARGET_DIR", place::guests()).args(arguments);
        command
    };
    succeed(&mut command(folder, &["provider", "init", "demo"]))?;
    succeed(plain("cargo", &own).env("CARGO_TARGET_DIR", place::guests()).arg("test"))?;
    succeed(&mut command(&own, &["provider", "build"]))?;
    succeed(&mut command(&own, &["provider", "inspect", "demo.wasm"]))?;
    let mut again = command(folder, &["provider", "init", "demo"]);
    say(&format!("$ {} (refused: the folder is not empty)", shown(&again)));
    if again.status()?.success() {
        bail!("`{}` wrote over a provider that was there", shown(&again));
    }
    Ok(())
}
