//! Sigstore bundles made on the spot (`tests/tools/sigstore`): signatures and attestations of digests, keyless and by key,
//! and odd ones that only a CA, a log or a TSA could make. Everything is fresh, so nothing expires; sigstore-go has judged
//! each before it was written. What can be done by changing the JSON of a good one is left to the test.
//!
//! Found by `BAILIWICK_SIGSTORE_BIN`, else in the user's cache: see [`crate::tools`].

mod bundle;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub use bundle::Bundle;

use crate::temp::Folder;
use crate::tools::Tool;

/// The program.
pub(crate) const TOOL: Tool = Tool { name: "sigstore", variable: "BAILIWICK_SIGSTORE_BIN", version: None };

/// Who signs, and what attestations say.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The URI or e-mail address in the certificates.
    pub identity: &'a str,
    /// The OIDC issuer.
    pub issuer: &'a str,
    /// Claims in the certificates, by Fulcio's names: `sourceRepositoryURI`, `runnerEnvironment` and so on.
    pub claims: &'a [(&'a str, &'a str)],
    /// The attestations' predicateType.
    pub predicate_type: &'a str,
    /// The attestations' predicate; `{}` where absent.
    pub predicate: Option<&'a Value>,
    /// A private key (P-256, Ed25519 or RSA; PKCS#8 as PEM) for what a key signs; a new P-256 one where absent.
    pub key: Option<&'a Path>,
}

impl Default for Signer<'_> {
    fn default() -> Self {
        Self {
            identity: "https://example.test/acme/release.yml@refs/tags/v1",
            issuer: "https://issuer.example.test",
            claims: &[],
            predicate_type: "https://slsa.dev/provenance/v1",
            predicate: None,
            key: None,
        }
    }
}

/// What was made: one set of roots and one key, and all bundles of each digest.
#[derive(Debug)]
pub struct Sigstore {
    folder: Folder,
}

impl Sigstore {
    /// Signs these digests (sha256, as 64 hexadecimal digits); none where the tool cannot be built (then this is said, and
    /// the test has nothing to do).
    ///
    /// # Errors
    /// Where the tool is there and fails.
    pub fn make(signer: &Signer<'_>, digests: &[&str]) -> Result<Option<Self>> {
        let Some(program) = TOOL.find()? else { return Ok(None) };
        let folder = Folder::new()?;
        let mut command = Command::new(&program);
        command.arg("-out").arg(folder.path());
        command.args(["-identity", signer.identity, "-issuer", signer.issuer]);
        command.args(["-predicate-type", signer.predicate_type]);
        for digest in digests {
            command.args(["-digest", digest]);
        }
        for (name, value) in signer.claims {
            command.arg("-claim").arg(format!("{name}={value}"));
        }
        if let Some(predicate) = signer.predicate {
            command.arg("-predicate").arg(folder.write("predicate.json", predicate.to_string())?);
        }
        if let Some(key) = signer.key {
            command.arg("-key").arg(key);
        }
        let output = command.stdin(Stdio::null()).output().context("cannot start the sigstore tool")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(Some(Self { folder }))
    }

    /// The trusted root of whom signed, as `trusted_root.json` is written.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn trusted_root(&self) -> Result<String> {
        self.folder.read("trusted_root.json")
    }

    /// A trusted root that knows none of them.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn other_root(&self) -> Result<String> {
        self.folder.read("other_root.json")
    }

    /// The public key, SPKI as PEM.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn public_key(&self) -> Result<String> {
        self.folder.read("key.pub")
    }

    /// The file of the private key, PKCS#8 as PEM without a passphrase.
    #[must_use]
    pub fn private_key(&self) -> PathBuf {
        self.folder.join("key.pem")
    }

    /// A bundle of one of the digests, as JSON.
    ///
    /// # Errors
    /// Where the digest was not among those that were signed.
    pub fn bundle(&self, digest: &str, bundle: Bundle) -> Result<String> {
        self.folder.read(&format!("{digest}/{}.json", bundle.name()))
    }
}

#[cfg(test)]
mod tests;
