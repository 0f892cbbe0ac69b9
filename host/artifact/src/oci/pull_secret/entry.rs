//! One entry: `auth`, or `username` and `password`. `auth` counts where both stand, as with the kubelet. Zeroed when it
//! goes; no text form.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::PullSecretError;
use crate::oci::session::Credentials;

/// Some writers leave the padding out.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    identitytoken: String,
    #[serde(default)]
    registrytoken: String,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let Self { auth, username, password, identitytoken, registrytoken } = self;
        for text in [auth, username, password, identitytoken, registrytoken] {
            text.zeroize();
        }
    }
}

impl Entry {
    /// Docker leaves empty entries behind where a helper keeps the credentials.
    pub(super) fn is_empty(&self) -> bool {
        let Self { auth, username, password, identitytoken, registrytoken } = self;
        [auth, username, password, identitytoken, registrytoken].iter().all(|text| text.is_empty())
    }

    pub(super) fn credentials(&self) -> Result<Credentials, PullSecretError> {
        if !self.identitytoken.is_empty() || !self.registrytoken.is_empty() {
            return Err(PullSecretError::Token);
        }
        if self.auth.is_empty() {
            return basic(&self.username, &self.password);
        }
        let decoded = Zeroizing::new(LENIENT.decode(self.auth.trim()).map_err(|_| PullSecretError::Entry)?);
        let pair = std::str::from_utf8(&decoded).map_err(|_| PullSecretError::Entry)?;
        let (username, password) = pair.split_once(':').ok_or(PullSecretError::Entry)?;
        // Docker pads some of them with NULs.
        basic(username, password.trim_end_matches('\0'))
    }
}

fn basic(username: &str, password: &str) -> Result<Credentials, PullSecretError> {
    let plain = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if !plain(username) || !plain(password) || username.contains(':') {
        return Err(PullSecretError::Entry);
    }
    let own = |text: &str| Zeroizing::new(text.to_owned());
    Ok(Credentials::Basic { username: own(username), password: own(password) })
}
