//! `bailiwick trust`: the security admin's commands. What a policy must be is core's decision; here the key's file is read,
//! and the manifest printed.

use std::path::PathBuf;

use anyhow::anyhow;
use bailiwick_core::trust::suggest;
use clap::{Args, Subcommand};

use crate::{provider::verify::public, report};

/// `bailiwick trust`.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// What to do with policies
    #[command(subcommand)]
    command: TrustCommand,
}

/// `bailiwick trust ...`.
#[derive(Debug, Subcommand)]
enum TrustCommand {
    /// Print the smallest TrustPolicy that admits what a key signs
    Suggest(SuggestArgs),
}

/// `bailiwick trust suggest`.
#[derive(Debug, Args)]
struct SuggestArgs {
    /// The public key of who signs: PEM, P-256 or Ed25519
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What it signs: references below this, on whole path segments
    #[arg(long, value_name = "REGISTRY[/PATH]/")]
    prefix: String,
    /// The policy's name, and what grants call the signer
    #[arg(long, value_name = "NAME", default_value = "release")]
    name: String,
}

/// Runs one of the commands.
pub(crate) fn run(args: &TrustArgs) -> anyhow::Result<u8> {
    let TrustCommand::Suggest(SuggestArgs { key, prefix, name }) = &args.command;
    let (_, key) = public(key)?;
    let policy = suggest(name, prefix, &key).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow!("no policy is suggested: {}", faults.join("; "))
    })?;
    report::say(&policy)?;
    Ok(crate::OK)
}
