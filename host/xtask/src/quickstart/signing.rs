//! The quick start's module: packed as an artifact, signed with a key that is made on the spot, and trusted by the policy
//! that names it. Then two that must not run: one that nobody signed, and one with a byte changed after signing.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{bailiwick, files, sync};
use crate::place;
use crate::run::{say, succeed, title};

/// What the example's Provider names.
const REFERENCE: &str = "registry.example/bailiwick/vault:0.1.0";
/// What stands for the key in the example's TrustPolicy.
const PLACEHOLDER: &str = "(the public key that `bailiwick provider keygen` made)";

/// The modules that must not run: the layout's folder, what it is, and the reason.
const REFUSED: [(&str, &str, &str); 2] = [
    ("unsigned", "a module that nobody signed", "NoSignature"),
    ("tampered", "a module that was changed after it was signed", "DigestMismatch"),
];

/// Makes the key, the artifact and the signature, and puts the key into the policy.
pub(super) fn sign(folder: &Path) -> Result<()> {
    title("The provider, signed with a key made on the spot");
    let (key, layout) = (folder.join("release"), folder.join("modules/vault"));
    std::fs::create_dir_all(folder.join("modules"))?;
    succeed(bailiwick().args(["provider", "keygen", "--unencrypted", "--out-prefix"]).arg(&key))?;
    pack(&layout)?;
    succeed(bailiwick().args(["provider", "sign", "--key"]).arg(key.with_extension("key")).arg(&layout))?;
    trust(folder, &key.with_extension("pub"))
}

/// Shows that neither of the two runs.
pub(super) fn denied(folder: &Path) -> Result<()> {
    let modules = folder.join("modules");
    pack(&modules.join("unsigned"))?;
    copy(&modules.join("vault"), &modules.join("tampered"))?;
    tamper(&modules.join("tampered"))?;
    for (module, what, reason) in REFUSED {
        refused(folder, module, what, reason)?;
    }
    Ok(())
}

fn pack(layout: &Path) -> Result<()> {
    let component = place::providers().join("vault.wasm");
    let mut command = bailiwick();
    command.args(["provider", "pack"]).arg(component);
    succeed(command.args(["--as", REFERENCE, "--out"]).arg(layout))
}

// Below `pem: |` of the example.
fn trust(folder: &Path, public: &Path) -> Result<()> {
    let file = folder.join("policy/trust-policy.yaml");
    let (policy, key) = (std::fs::read_to_string(&file)?, std::fs::read_to_string(public)?);
    let line = policy
        .lines()
        .find(|line| line.trim() == PLACEHOLDER)
        .context("the TrustPolicy has no place for a key")?;
    let indent = line.split_once('(').map_or("", |(indent, _)| indent);
    let key: Vec<String> = key.lines().map(|line| format!("{indent}{line}")).collect();
    std::fs::write(&file, policy.replace(line, &key.join("\n")))?;
    Ok(())
}

fn refused(folder: &Path, module: &str, what: &str, reason: &str) -> Result<()> {
    title(&format!("Denied: {what}"));
    let policy = folder.join(format!("policy-{module}"));
    copy(&folder.join("policy"), &policy)?;
    let provider = policy.join("provider.yaml");
    let text = std::fs::read_to_string(&provider)?;
    std::fs::write(&provider, text.replace("path: vault", &format!("path: {module}")))?;
    // A cache of its own: what ran before is in the user's, and would run on.
    let mut command = sync(folder, &[folder.join("manifests")]);
    command.arg("--cache").arg(folder.join(format!("cache-{module}")));
    let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let mut command = bailiwick();
    command.args(arguments.iter().map(|argument| {
        if *argument == *folder.join("policy").as_os_str() {
            policy.as_os_str()
        } else {
            argument.as_os_str()
        }
    }));
    let output = command.output().context("cannot start bailiwick")?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find(|line| line.contains(reason));
    ensure!(!output.status.success(), "{what} was run");
    say(line.with_context(|| format!("the sync did not say {reason}: {text}"))?);
    Ok(())
}

// The last byte of the largest blob, which is the component.
fn tamper(layout: &Path) -> Result<()> {
    let blobs = files(&layout.join("blobs"))?;
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |meta| meta.len());
    let component = blobs.iter().max_by_key(|path| size(path)).context("the layout holds nothing")?;
    let mut bytes = std::fs::read(component)?;
    *bytes.last_mut().context("an empty component")? ^= 1;
    std::fs::write(component, bytes)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        std::fs::create_dir_all(target.parent().unwrap_or(to))?;
        std::fs::copy(&file, target)?;
    }
    Ok(())
}
