//! The command line: what may be said, nothing of what it does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    provider::{keygen, pack, pull, push, sign, target::WhichArgs, verify},
    trust::TrustArgs,
};

/// Secrets from external managers into Kubernetes, each provider within its bailiwick.
#[derive(Debug, Parser)]
#[command(name = "bailiwick", version, propagate_version = true)]
pub(crate) struct Cli {
    /// What to log to standard error, such as `info` or `bailiwick_broker=debug`; nothing where absent
    #[arg(long, global = true, env = "BAILIWICK_LOG", value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// The command
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sync ExternalSecrets of a folder into Secrets of another
    Sync(SyncArgs),
    /// Check and explain grants
    Grant(GrantArgs),
    /// Make, test, sign, publish and inspect provider components
    Provider(ProviderArgs),
    /// Write down who may sign what runs
    Trust(TrustArgs),
}

/// Where the objects are: the same for all commands that read them.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// The policy: Provider, TrustPolicy, CapabilityGrant, RegistryConfig, Namespace and CA ConfigMap manifests; only these
    /// decide; may be given several times, where several people write it
    #[arg(long, value_name = "DIR", required = true)]
    pub(crate) policy: Vec<PathBuf>,
    /// The tenants' ExternalSecret, SecretStore, ClusterSecretStore and Secret manifests; with NAMESPACE= before it a
    /// folder that may hold objects of that namespace only
    #[arg(long, value_name = "[NAMESPACE=]DIR|FILE", num_args = 1.., required = true)]
    pub(crate) manifests: Vec<String>,
    #[command(flatten)]
    pub(crate) modules: ModuleArgs,
}

/// Where provider modules come from.
#[derive(Debug, Args)]
pub(crate) struct ModuleArgs {
    /// The folder that `module.file` of a Provider is relative to [default: the first policy folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) provider_dir: Option<PathBuf>,
    /// A credential from a file in place of a Secret or a service account token:
    /// secret:NAMESPACE/NAME/KEY=FILE or token:NAMESPACE/SERVICEACCOUNT=FILE
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) credential: Vec<String>,
    /// Run modules that nobody signed (`module.file` in a Provider), where there is no TrustPolicy
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
    /// Fetched and compiled modules are kept here [default: $XDG_CACHE_HOME/bailiwick or ~/.cache/bailiwick]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// Label keys of namespaces that tenants cannot set, for selectors in grants
    #[arg(
        long,
        value_name = "KEY,...",
        value_delimiter = ',',
        default_value = "kubernetes.io/metadata.name"
    )]
    pub(crate) trusted_namespace_labels: Vec<String>,
}

/// `bailiwick sync`.
#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The folder that Secrets are written to, one YAML each, mode 0600
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Remember status, what was written and which versions ran between runs here; else each run is a first run that
    /// deletes no Secret of an earlier one, and a policy that lets versions only rise (the default) refuses
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Begin where --state knows of no earlier versions of providers, or cannot be read: else a policy that lets versions
    /// only rise refuses. For the first run only: left in a cron line it undoes the protection
    #[arg(long, requires = "state")]
    pub(crate) init_state: bool,
    /// Say what would change, by key name, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Also delete Secrets that --state remembers to have written and whose ExternalSecret is gone from the manifests
    #[arg(long, requires = "state")]
    pub(crate) prune: bool,
    /// Go on, reading the folders anew each time, such as 30s or 5m
    #[arg(long, value_name = "DURATION", conflicts_with = "once")]
    pub(crate) interval: Option<String>,
    /// Run once: what happens without --interval
    #[arg(long)]
    pub(crate) once: bool,
    /// How many objects are synced at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) concurrent: u32,
    /// Keep tokens that a login gave until they expire, per grant, subject, store and credential
    #[arg(long)]
    pub(crate) token_cache: bool,
    /// Append one JSON line to this file for each request that left or was denied
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    /// How results are printed
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs: stable.
    Json,
}

/// `bailiwick grant`.
#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    /// What to do with grants
    #[command(subcommand)]
    pub(crate) command: GrantCommand,
}

/// `bailiwick grant ...`.
#[derive(Debug, Subcommand)]
pub(crate) enum GrantCommand {
    /// Compile grants against catalogues, say what does not, and print the surface's hash
    Check {
        /// The policy folder; may be given several times
        #[arg(long, value_name = "DIR", required = true)]
        policy: Vec<PathBuf>,
        #[command(flatten)]
        modules: ModuleArgs,
        /// Put the module's surface, and its digest where it is pinned or nobody signed it, into the grants that lack them or
        /// have others; repository and signedBy only where there are none. A surface that was not there is printed in words
        #[arg(long)]
        write: bool,
        /// Print each surface in words: all that the module may ask for
        #[arg(long)]
        surface: bool,
        /// How results are printed
        #[arg(short, long, value_enum, default_value_t = Format::Table)]
        output: Format,
    },
    /// Print the smallest grant that admits what a provider's recorded cases ask for
    Suggest(crate::grant::SuggestArgs),
    /// Say for one ExternalSecret which request would leave, to where, admitted by which line, or why it is denied
    Explain {
        #[command(flatten)]
        input: InputArgs,
        /// NAMESPACE/NAME of the ExternalSecret; write it before --manifests, which takes all that follows
        #[arg(value_name = "NAMESPACE/NAME")]
        object: String,
        /// How results are printed
        #[arg(short, long, value_enum, default_value_t = Format::Table)]
        output: Format,
    },
}

/// `bailiwick provider`.
#[derive(Debug, Args)]
pub(crate) struct ProviderArgs {
    /// What to do with a provider
    #[command(subcommand)]
    pub(crate) command: ProviderCommand,
}

/// `bailiwick provider ...`.
#[derive(Debug, Subcommand)]
pub(crate) enum ProviderCommand {
    /// Make a new provider that builds and passes its own test
    Init {
        /// The folder to make; its name is the provider's
        path: PathBuf,
    },
    /// Build a component from the crate in a folder, or from a core module that is built already
    Build {
        /// The provider's folder, with Cargo.toml and provider.toml
        #[arg(default_value = ".")]
        path: PathBuf,
        /// A core module that is built already
        #[arg(long, value_name = "FILE")]
        module: Option<PathBuf>,
        /// Where the component goes [default: NAME.wasm in the provider's folder]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Run a component against recorded cases, without a network, and say what it asks for
    Test(crate::provider::TestArgs),
    /// Say what became of each Provider: resolved, verified, compatible, ready
    List(crate::provider::list::ListArgs),
    /// Show digest, world, imports, exports, operations and surface of a component, without running it
    Inspect {
        /// The component, or a layout (folder or tar)
        component: PathBuf,
        #[command(flatten)]
        which: WhichArgs,
        /// How results are printed
        #[arg(short, long, value_enum, default_value_t = Format::Table)]
        output: Format,
    },
    /// Make a key to sign providers with, in cosign's encrypted file
    Keygen(keygen::KeygenArgs),
    /// Sign an artifact with a key, in a layout or a registry
    Sign(sign::SignArgs),
    /// Say who signed an artifact, and fail where the key did not
    Verify(verify::VerifyArgs),
    /// Put a component into an OCI image layout, ready to be signed
    Pack(pack::PackArgs),
    /// Push a layout, or a component, with all its signatures into a registry
    Push(push::PushArgs),
    /// Pull an artifact with all its signatures into a layout
    Pull(pull::PullArgs),
}
