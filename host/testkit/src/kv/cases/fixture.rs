//! Who vouches for whom in the cases: a cluster that signs service account tokens, an identity provider that signs
//! JWTs, and the API server that a real Vault asks to review a service account's token.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::Variables;
use crate::jwt::Issuer;
use crate::tls::Authority;

mod reviewer;

use reviewer::Reviewer;

/// The parties around a server.
#[derive(Debug)]
pub struct Fixture {
    cluster: Issuer,
    provider: Issuer,
    reviewer: Reviewer,
    ca: Authority,
}

/// `iss` of the identity provider.
const PROVIDER: &str = "https://idp.example";

impl Fixture {
    /// New keys, and the reviewer started.
    ///
    /// # Errors
    /// Where a key or a port cannot be had.
    pub fn new() -> Result<Self> {
        let cluster = Issuer::new("https://cluster.example")?;
        let reviewer = Reviewer::start(cluster.public_key()?)?;
        Ok(Self { cluster, provider: Issuer::new(PROVIDER)?, reviewer, ca: Authority::new("reviewer")? })
    }

    /// The variables that the cases use, for a server with that root token.
    ///
    /// # Errors
    /// Where a token cannot be signed.
    pub fn variables(&self, root_token: &str) -> Result<Variables> {
        let hour = Duration::from_secs(3600);
        let account =
            |namespace, name, audience| self.cluster.service_account(namespace, name, audience, hour);
        let all = [
            ("root", root_token.to_owned()),
            ("cluster-key", self.cluster.public_key()?),
            ("provider-key", self.provider.public_key()?),
            ("reviewer", self.reviewer.url()),
            ("ca", self.ca.pem()),
            ("account", account("team-a", "reader", "vault")?),
            ("account-of-another-namespace", account("team-b", "reader", "vault")?),
            ("account-for-another-audience", account("team-a", "reader", "elsewhere")?),
            ("jwt", self.jwt("vault")?),
            ("jwt-for-another-audience", self.jwt("elsewhere")?),
        ];
        Ok(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn jwt(&self, audience: &str) -> Result<String> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let claims = json!({"iss": PROVIDER, "sub": "ci", "aud": [audience], "iat": now, "nbf": now, "exp": now + 3600});
        self.provider.sign(&claims)
    }
}
