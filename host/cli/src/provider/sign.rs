//! `bailiwick provider sign`: a signature by a key beside an artifact, in the form that cosign 3 writes. What is signed
//! is the digest of the manifest, and with it component, config and annotations: they are here and hold, or nothing is signed.

use std::path::{Path, PathBuf};

use anyhow::Context;
use bailiwick_artifact::{
    Digest,
    sign::{self, PrivateKey, key::is_encrypted},
};
use bailiwick_core::trust::fact::SIGNATURE;
use clap::Args;
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    passphrase,
    registry::{RegistryArgs, failed},
    target::{self, WhichArgs},
};
use crate::{args::Format, report};

/// `bailiwick provider sign`.
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The private key: cosign's encrypted file (passphrase from BAILIWICK_KEY_PASSWORD or COSIGN_PASSWORD, else asked
    /// for) or PKCS#8, P-256
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A layout (folder or tar), or REGISTRY/PATH:TAG or REGISTRY/PATH@DIGEST
    target: String,
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    registry: RegistryArgs,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    target: String,
    digest: String,
    key: String,
    /// The manifest that carries the signature.
    signature: String,
}

/// Signs.
pub(super) fn run(args: &SignArgs) -> anyhow::Result<u8> {
    let mut target = target::open(&args.target, &args.registry, args.which.selector())?;
    let key = read(&args.key).with_context(|| args.key.display().to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let subject = match runtime.block_on(target.whole()) {
        Ok(subject) => subject,
        Err(error) => return Ok(failed(&args.target, error)),
    };
    let bundle = sign::bundle(&key, &subject, SIGNATURE, &json!({}))?;
    match runtime.block_on(target.attach(&subject, &bundle)) {
        Err(error) => Ok(failed(&args.target, error)),
        Ok(carrier) => print(args, &subject, &key, &carrier),
    }
}

fn print(args: &SignArgs, subject: &Digest, key: &PrivateKey, carrier: &Digest) -> anyhow::Result<u8> {
    let signed = Signed {
        target: args.target.clone(),
        digest: subject.to_string(),
        key: key.id(),
        signature: carrier.to_string(),
    };
    match args.output {
        Format::Json => report::json(&signed)?,
        Format::Table => {
            report::say(&format!("{}  {}  signed by {}", signed.digest, signed.target, signed.key))?
        }
    }
    Ok(crate::OK)
}

fn read(file: &Path) -> anyhow::Result<PrivateKey> {
    let text = Zeroizing::new(std::fs::read(file).context("cannot read")?);
    let passphrase = if is_encrypted(&text)? { passphrase::of_key()? } else { Zeroizing::default() };
    Ok(PrivateKey::from_pem(&text, passphrase.as_bytes())?)
}
