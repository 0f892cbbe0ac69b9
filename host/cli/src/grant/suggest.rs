//! `bailiwick grant suggest`: the smallest grant that admits what a provider's cases asked for, printed as a manifest.
//! What is in it is core's decision; here is which module it names.

use bailiwick_core::grant::suggest::{Identity, suggest, yaml};
use clap::Args;

use crate::{
    cases::{self, CasesArgs, Rehearsal},
    provider::of_case,
    report,
};

/// `bailiwick grant suggest`.
#[derive(Debug, Args)]
pub(crate) struct SuggestArgs {
    #[command(flatten)]
    cases: CasesArgs,
    /// The grant's name [default: the provider's]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where signed modules of the provider come from
    #[arg(long, value_name = "REGISTRY/REPOSITORY", requires = "signed_by")]
    repository: Option<String>,
    /// Who signs them: authorities of the TrustPolicy
    #[arg(long, value_name = "AUTHORITY", value_delimiter = ',', requires = "repository")]
    signed_by: Vec<String>,
}

/// Runs the cases, and prints the grant where all of them pass: what a failed one asked for is nobody's wish.
pub(super) fn run(args: &SuggestArgs) -> anyhow::Result<u8> {
    let rehearsal = cases::play(&args.cases, None)?;
    let Rehearsal { component, played, usage, .. } = &rehearsal;
    let failed: Vec<_> = played.iter().filter(|case| !case.differences.is_empty()).collect();
    if !failed.is_empty() {
        failed.iter().flat_map(|case| of_case(case)).for_each(|line| report::complain(&line));
        report::complain("no grant is suggested from cases that fail: mend them first");
        return Ok(crate::FAILED);
    }
    let identity = identity(args, component.digest.to_string());
    let spec = suggest(&component.catalogue, usage, &identity);
    // One grant for stores that leave out what others say may be ambiguous (G6): then it is split by hand.
    for case in cases::again(&rehearsal, &spec)?.iter().filter(|case| !case.differences.is_empty()) {
        report::complain(
            "warning: the suggested grant does not serve this case: split the cases, or the grant",
        );
        of_case(case).iter().for_each(|line| report::complain(line));
    }
    report::say(&yaml(args.name.as_deref().unwrap_or(&component.catalogue.name), &spec))?;
    Ok(crate::OK)
}

/// A digest names the module at hand, until repository and signers are given.
fn identity(args: &SuggestArgs, digest: String) -> Identity {
    match &args.repository {
        Some(repository) => {
            Identity::Signed { repository: repository.clone(), signed_by: args.signed_by.clone() }
        }
        None => Identity::Module(digest),
    }
}
