//! The passphrase of a key file: from the environment, else asked for at the terminal, without echo. It is zeroed, and
//! is never an argument, which others on the machine could read.

use anyhow::{Context, bail};
use zeroize::Zeroizing;

/// Where it may stand; the second is cosign's own. Set and empty is an empty passphrase.
const VARIABLES: [&str; 2] = ["BAILIWICK_KEY_PASSWORD", "COSIGN_PASSWORD"];

/// The passphrase of a key that is there.
pub(super) fn of_key() -> anyhow::Result<Zeroizing<String>> {
    match from_environment()? {
        Some(passphrase) => Ok(passphrase),
        None => ask("Passphrase of the key: "),
    }
}

/// The passphrase of a new key; at the terminal it is asked for twice.
pub(super) fn of_new_key() -> anyhow::Result<Zeroizing<String>> {
    if let Some(passphrase) = from_environment()? {
        return Ok(passphrase);
    }
    let passphrase = ask("New passphrase of the key: ")?;
    if *ask("Once more: ")? != *passphrase {
        bail!("the two passphrases differ; nothing was written");
    }
    Ok(passphrase)
}

fn from_environment() -> anyhow::Result<Option<Zeroizing<String>>> {
    for name in VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            let text = value.into_string().ok().with_context(|| format!("{name} is not UTF-8"))?;
            return Ok(Some(Zeroizing::new(text)));
        }
    }
    Ok(None)
}

fn ask(prompt: &str) -> anyhow::Result<Zeroizing<String>> {
    let [ours, cosigns] = VARIABLES;
    let asked = rpassword::prompt_password(prompt);
    asked.map(Zeroizing::new).with_context(|| format!("no terminal to ask at: set {ours} or {cosigns}"))
}
