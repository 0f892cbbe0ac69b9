//! `bailiwick provider keygen`: a P-256 key to sign providers with, in files that cosign reads too. Nothing is
//! overwritten: a key that is gone cannot be had again.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use bailiwick_artifact::sign::PrivateKey;
use clap::Args;
use zeroize::Zeroizing;

use super::passphrase;
use crate::report;

/// `bailiwick provider keygen`.
#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// Writes NAME.key (mode 0600) and NAME.pub
    #[arg(long, value_name = "NAME", default_value = "bailiwick")]
    out_prefix: PathBuf,
    /// No passphrase: the key is plain PKCS#8. Else it is BAILIWICK_KEY_PASSWORD or COSIGN_PASSWORD, or is asked for
    #[arg(long)]
    unencrypted: bool,
}

/// Makes the key and writes both files.
pub(super) fn run(args: &KeygenArgs) -> anyhow::Result<u8> {
    let [private, public] = [".key", ".pub"].map(|end| with(&args.out_prefix, end));
    // Before anybody types a passphrase.
    for file in [&private, &public] {
        if file.symlink_metadata().is_ok() {
            return Err(exists(file));
        }
    }
    let key = PrivateKey::generate().context("cannot make a key")?;
    let text = if args.unencrypted {
        key.to_pem()?
    } else {
        Zeroizing::new(key.to_encrypted_pem(passphrase::of_new_key()?.as_bytes())?)
    };
    write(&private, 0o600, text.as_bytes())?;
    write(&public, 0o644, key.public_pem()?.as_bytes())?;
    let (private, public, id) = (private.display(), public.display(), key.id());
    report::say(&format!("private key  {private}\npublic key   {public}\nfingerprint  {id}"))?;
    Ok(crate::OK)
}

fn with(prefix: &Path, end: &str) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn write(file: &Path, mode: u32, text: &[u8]) -> anyhow::Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(mode).open(file);
    let mut out: File = match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists(file)),
        other => other.with_context(|| format!("cannot write {}", file.display()))?,
    };
    out.write_all(text)
        .and_then(|()| out.sync_all())
        .with_context(|| format!("cannot write {}", file.display()))
}

fn exists(file: &Path) -> anyhow::Error {
    anyhow!("{} is there already: a key is never overwritten; choose another --out-prefix", file.display())
}
