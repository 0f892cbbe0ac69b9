//! Lists the files that `bailiwick provider init` writes: the template and the sdk, as they stand in providers-wasm.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../providers-wasm");
    let root = fs::canonicalize(root)?;
    let mut files = Vec::new();
    collect(&root.join("template"), Path::new(""), &mut files)?;
    collect(&root.join("sdk"), Path::new("vendor/bailiwick-sdk"), &mut files)?;
    println!("cargo::rerun-if-changed={}", root.join("template").display());
    println!("cargo::rerun-if-changed={}", root.join("sdk").display());
    let entries: Vec<String> = files
        .iter()
        .map(|(to, from)| format!("    File {{ path: {to:?}, text: include_str!({from:?}) }},\n"))
        .collect();
    let text = format!("const FILES: &[File] = &[\n{}];\n", entries.concat());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("init_files.rs"), text)
}

fn collect(from: &Path, to: &Path, files: &mut Vec<(PathBuf, PathBuf)>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(from)?.map(|e| Ok(e?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let Some(name) = path.file_name() else { continue };
        match path.is_dir() {
            true if name == "target" => {}
            true => collect(&path, &to.join(name), files)?,
            false => files.push((to.join(name), path)),
        }
    }
    Ok(())
}
