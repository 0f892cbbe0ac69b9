//! JSON Web Tokens for tests: an issuer with a P-256 key (ES256, RFC 7518 section 3.4) that signs what a cluster or
//! an identity provider would, and the check that the embedded backend makes. A real server verifies the same tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Signs tokens.
#[derive(Debug)]
pub struct Issuer {
    key: EcdsaKeyPair,
    name: String,
}

impl Issuer {
    /// An issuer with a new key; `name` is its `iss`.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn new(name: &str) -> Result<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("cannot make a key")?;
        Ok(Self { key, name: name.to_owned() })
    }

    /// Its public key as PEM (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// Where the key cannot be encoded.
    pub fn public_key(&self) -> Result<String> {
        let der = self.key.public_key().as_der().context("cannot encode the key")?;
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        Ok(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")))
    }

    /// Signs claims as they are.
    ///
    /// # Errors
    /// Where signing fails.
    pub fn sign(&self, claims: &Value) -> Result<String> {
        let head = URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "typ": "JWT"}).to_string());
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).context("cannot sign")?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// A token as TokenRequest makes it: for that service account and audience, for so long from now.
    ///
    /// # Errors
    /// Where signing fails.
    pub fn service_account(
        &self,
        namespace: &str,
        name: &str,
        audience: &str,
        ttl: Duration,
    ) -> Result<String> {
        let now = unix(SystemTime::now());
        self.sign(&json!({
            "iss": self.name,
            "sub": format!("system:serviceaccount:{namespace}:{name}"),
            "aud": [audience],
            "iat": now,
            "nbf": now,
            "exp": now + ttl.as_secs(),
            "kubernetes.io": {
                "namespace": namespace,
                "serviceaccount": {"name": name, "uid": uid(namespace, name)},
            },
        }))
    }
}

/// The uid that service accounts of these tests have.
#[must_use]
pub fn uid(namespace: &str, name: &str) -> String {
    format!("uid-of-{namespace}-{name}")
}

/// The claims of a token that one of the keys (PEM) verifies and that is neither expired nor too early.
#[must_use]
pub fn verify(token: &str, keys: &[String], now: SystemTime) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (_, claims) = signed.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let good = |key: &String| {
        let point = public_point(key);
        point.is_some_and(|point| {
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            key.verify(signed.as_bytes(), &signature).is_ok()
        })
    };
    if !keys.iter().any(good) {
        return None;
    }
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let now = unix(now);
    let early = claims.get("nbf").and_then(Value::as_u64).is_some_and(|from| from > now);
    let late = claims.get("exp").and_then(Value::as_u64).is_some_and(|until| until <= now);
    (!early && !late).then_some(claims)
}

// The uncompressed point is the end of a P-256 SubjectPublicKeyInfo.
fn public_point(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body).ok()?;
    der.get(der.len().checked_sub(65)?..).map(<[u8]>::to_vec)
}

fn unix(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_key_and_its_time_verify_a_token() {
        let issuer = Issuer::new("https://cluster.example").unwrap();
        let keys = [issuer.public_key().unwrap()];
        let token = issuer.service_account("team-a", "reader", "vault", Duration::from_secs(60)).unwrap();
        let now = SystemTime::now();
        assert_eq!(verify(&token, &keys, now).unwrap()["sub"], "system:serviceaccount:team-a:reader");
        assert!(verify(&token, &keys, now + Duration::from_secs(61)).is_none());
        let other = [Issuer::new("x").unwrap().public_key().unwrap()];
        assert!(verify(&token, &other, now).is_none());
        let forged = token.replacen('.', ".e30", 1);
        assert!(verify(&forged, &keys, now).is_none());
    }
}
