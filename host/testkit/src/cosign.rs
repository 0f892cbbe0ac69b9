//! cosign itself, with a key pair of its own and without network: what it signs we must accept, and what we sign it must.
//! It sees an empty home, no settings of the user and no transparency log. (Its `verify` prints that a log was verified even
//! where it was told to ignore it: only whether it succeeds counts.)
//!
//! Found by `BAILIWICK_COSIGN_BIN`, else in the user's cache: see [`crate::tools`].

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::temp::Folder;
use crate::tools::Tool;

/// The program, in the version that the tests are written for, as in `xtask/src/tools/golang.rs`.
pub(crate) const TOOL: Tool =
    Tool { name: "cosign", variable: "BAILIWICK_COSIGN_BIN", version: Some("3.1.3") };

const UPLOAD: [&str; 4] =
    ["--yes", "--use-signing-config=false", "--tlog-upload=false", "--allow-http-registry"];
const CHECK: [&str; 2] = ["--insecure-ignore-tlog=true", "--allow-http-registry"];

/// How a signature is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A bundle v0.3 as referrer, by fallback tag where the registry lists none.
    Bundle,
    /// Simple signing under the tag `sha256-HEX.sig`, as cosign did before version 3.
    Legacy,
}

/// cosign with its home and its key pair, `cosign.key` and `cosign.pub`.
#[derive(Debug)]
pub struct Cosign {
    program: PathBuf,
    home: Folder,
    passphrase: String,
}

impl Cosign {
    /// Makes a key pair; none where cosign cannot be built (then this is said, and the test has nothing to do).
    ///
    /// # Errors
    /// Where cosign is there and fails.
    pub fn with_new_key(passphrase: &str) -> Result<Option<Self>> {
        let Some(program) = TOOL.find()? else { return Ok(None) };
        let cosign = Self { program, home: Folder::new()?, passphrase: passphrase.to_owned() };
        cosign.run(&["generate-key-pair"])?;
        Ok(Some(cosign))
    }

    /// Its private key: `ENCRYPTED SIGSTORE PRIVATE KEY`, under the passphrase.
    #[must_use]
    pub fn private_key(&self) -> PathBuf {
        self.home.join("cosign.key")
    }

    /// Its public key: SPKI as PEM.
    #[must_use]
    pub fn public_key(&self) -> PathBuf {
        self.home.join("cosign.pub")
    }

    /// Signs `HOST/NAME@sha256:HEX` with its key, or another one under the same passphrase.
    ///
    /// # Errors
    /// Where it does not.
    pub fn sign(&self, key: &Path, format: Format, reference: &str) -> Result<()> {
        let bundle = format!("--new-bundle-format={}", format == Format::Bundle);
        let arguments = [&["sign", "--key", &key.to_string_lossy(), &bundle], &UPLOAD[..], &[reference]];
        self.run(&arguments.concat()).map(drop)
    }

    /// Attests a predicate (a JSON file) to an artifact, with its key. The type is one of cosign's words, as
    /// `slsaprovenance1`, or a URI.
    ///
    /// # Errors
    /// Where it does not.
    pub fn attest(&self, predicate_type: &str, predicate: &Path, reference: &str) -> Result<()> {
        let (key, predicate) = (self.private_key(), predicate.to_string_lossy());
        let what =
            ["attest", "--key", &key.to_string_lossy(), "--type", predicate_type, "--predicate", &predicate];
        self.run(&[&what[..], &UPLOAD, &[reference]].concat()).map(drop)
    }

    /// Verifies a signature of an artifact.
    ///
    /// # Errors
    /// Where cosign refuses it: what it says.
    pub fn verify(&self, public_key: &Path, reference: &str) -> Result<()> {
        let key = public_key.to_string_lossy();
        self.run(&[&["verify", "--key", &key], &CHECK[..], &[reference]].concat()).map(drop)
    }

    /// Verifies an attestation of that type; what was attested, as cosign prints it.
    ///
    /// # Errors
    /// Where cosign refuses it: what it says.
    pub fn verify_attestation(
        &self,
        public_key: &Path,
        predicate_type: &str,
        reference: &str,
    ) -> Result<String> {
        let what = ["verify-attestation", "--key", &public_key.to_string_lossy(), "--type", predicate_type];
        self.run(&[&what[..], &CHECK, &[reference]].concat())
    }

    /// Runs it with these arguments, in its home; its standard output.
    ///
    /// # Errors
    /// Where it fails: what it says.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.home.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            // A developer's own keys, identity or registry must not steer it.
            let steers = ["COSIGN_", "SIGSTORE_", "TUF_", "REKOR_", "DOCKER_"];
            if name.to_str().is_some_and(|name| steers.iter().any(|prefix| name.starts_with(prefix))) {
                command.env_remove(name);
            }
        }
        command.env("HOME", self.home.path()).env("COSIGN_PASSWORD", &self.passphrase);
        let output = command.output().with_context(|| format!("cannot start {}", self.program.display()))?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!("cosign {}: {complaint}", arguments.first().unwrap_or(&""));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

#[cfg(test)]
mod tests;
