//! `--credential NAME=FILE`: a local file as a credential, only where the operator says so. A file takes the place
//! of one key of a Secret or of one service account's token; it is read when it is needed, so that a token that is
//! renewed on disk is picked up.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

/// The largest credential file: a Secret's limit.
pub(super) const MAX_FILE: u64 = 1 << 20;

/// What a credential file stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialName {
    /// `secret:NAMESPACE/NAME/KEY`.
    Secret {
        /// The Secret's namespace.
        namespace: String,
        /// The Secret's name.
        name: String,
        /// The key in its data.
        key: String,
    },
    /// `token:NAMESPACE/SERVICEACCOUNT`.
    Token {
        /// The service account's namespace.
        namespace: String,
        /// The service account's name.
        name: String,
    },
}

/// Why `--credential` could not be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The text has another form.
    #[error("--credential {0}: write secret:NAMESPACE/NAME/KEY=FILE or token:NAMESPACE/SERVICEACCOUNT=FILE")]
    Form(String),
    /// Two files for one name.
    #[error("--credential {0}: named twice; keep one")]
    Twice(String),
    /// The file is not there.
    #[error("--credential {0}: no such file: {1}")]
    NoFile(String, String),
}

/// All credential files by what they stand for.
pub type Credentials = BTreeMap<CredentialName, PathBuf>;

/// Reads the arguments of `--credential`. A name is quoted in errors, a file's content never.
pub fn parse(arguments: &[String]) -> Result<Credentials, CredentialError> {
    let mut credentials = Credentials::new();
    for argument in arguments {
        let (name, file) = argument.split_once('=').ok_or_else(|| CredentialError::Form(argument.clone()))?;
        let parsed = parse_name(name).ok_or_else(|| CredentialError::Form(name.to_owned()))?;
        if !Path::new(file).is_file() {
            return Err(CredentialError::NoFile(name.to_owned(), file.to_owned()));
        }
        if credentials.insert(parsed, PathBuf::from(file)).is_some() {
            return Err(CredentialError::Twice(name.to_owned()));
        }
    }
    Ok(credentials)
}

/// The bytes of a file that stands for a key of a Secret; none where none does, or it is larger than a Secret.
#[must_use]
pub fn file(credentials: &Credentials, namespace: &str, name: &str, key: &str) -> Option<Zeroizing<Vec<u8>>> {
    let named = CredentialName::Secret { namespace: namespace.into(), name: name.into(), key: key.into() };
    let file = credentials.get(&named)?;
    let small = std::fs::metadata(file).is_ok_and(|meta| meta.len() <= MAX_FILE);
    small.then(|| std::fs::read(file).ok().map(Zeroizing::new)).flatten()
}

fn parse_name(name: &str) -> Option<CredentialName> {
    let (kind, rest) = name.split_once(':')?;
    let parts: Vec<String> = rest.split('/').map(str::to_owned).collect();
    if parts.iter().any(String::is_empty) {
        return None;
    }
    match (kind, <[String; 3]>::try_from(parts.clone()), <[String; 2]>::try_from(parts)) {
        ("secret", Ok([namespace, name, key]), _) => Some(CredentialName::Secret { namespace, name, key }),
        ("token", _, Ok([namespace, name])) => Some(CredentialName::Token { namespace, name }),
        _ => None,
    }
}
