//! Artifacts that are signed on the spot: the `vault` provider, by a key, and by an identity of a Sigstore of our own where
//! the tool for that can be built.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use bailiwick_api::{
    meta::{Object, ObjectMeta},
    trust_policy::{
        Authority, KeyAuthority, KeylessAuthority, Matcher, PolicyMatch, TrustPolicySpec, TrustRoot,
    },
};
use bailiwick_artifact::{
    Artifact, Evidence, Pulled,
    oci::{Layout, Limits, pack},
    sign::{self, PrivateKey},
};
use bailiwick_core::trust::{Known, Mark, Reference, SIGNATURE, Tightening};
use bailiwick_sync::trust::{InForce, Loaded};
use bailiwick_testkit::sigstore::{Bundle, Signer, Sigstore};

const REFERENCE: &str = "registry.example/bailiwick/vault:0.1.0";

/// What is measured.
pub(crate) struct Fixture {
    pub(crate) pulled: Pulled,
    pub(crate) key: PrivateKey,
    pub(crate) sigstore: Option<Sigstore>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let component = std::fs::read(providers().join("vault.wasm")).unwrap();
        let mut pulled = packed(&component);
        let key = PrivateKey::generate().unwrap_or_else(|_| unreachable!());
        pulled.evidence.push(Evidence::Bundle(
            sign::bundle(&key, &pulled.digest, SIGNATURE, &serde_json::json!({})).unwrap(),
        ));
        let digest = pulled.digest.hex();
        let sigstore = Sigstore::make(&Signer::default(), &[&digest]).unwrap();
        Self { pulled, key, sigstore }
    }

    /// The keyless bundle, and the root it is of.
    pub(crate) fn keyless(&self) -> Option<(Evidence, String)> {
        let sigstore = self.sigstore.as_ref()?;
        let bundle = sigstore.bundle(&self.pulled.digest.hex(), Bundle::Keyless).unwrap();
        Some((Evidence::Bundle(bundle.into_bytes()), sigstore.trusted_root().unwrap()))
    }

    /// Policies that name the key, or with a root the identity.
    pub(crate) fn in_force(&self, generation: i64, root: Option<&str>) -> InForce {
        let signer = Signer::default();
        let keyless = root.map(|_| KeylessAuthority {
            trust_root: "bench".into(),
            issuer: signer.issuer.into(),
            subject: Matcher { exact: Some(signer.identity.into()), ..Matcher::default() },
            ..KeylessAuthority::default()
        });
        let key = KeyAuthority { pem: self.key.public_pem().unwrap_or_default(), ..KeyAuthority::default() };
        let key = keyless.is_none().then_some(key);
        let spec = TrustPolicySpec {
            matches: vec![PolicyMatch { prefix: "registry.example/bailiwick/".into() }],
            trust_roots: root
                .map(|json| TrustRoot {
                    name: "bench".into(),
                    inline: Some(json.into()),
                    config_map_ref: None,
                })
                .into_iter()
                .collect(),
            authorities: vec![Authority { name: "bench".into(), key, keyless }],
            ..TrustPolicySpec::default()
        };
        let metadata = ObjectMeta {
            name: "bench".into(),
            uid: Some("bench".into()),
            generation: Some(generation),
            ..ObjectMeta::default()
        };
        InForce::new(vec![Object { metadata, spec }], BTreeSet::new(), Arc::default())
    }

    /// What is loaded of it.
    pub(crate) fn loaded(pulled: &Pulled, provider: &str) -> Loaded {
        let reference = Reference::parse(REFERENCE).unwrap();
        let mut artifact = Artifact::read(pulled, &reference, false).unwrap();
        artifact.inspect(&pulled.component).unwrap();
        let mark = Mark { known: Known::Nothing, init_state: false };
        let tightening = Tightening::default();
        Loaded { artifact, provider: provider.into(), reference, tightening, rollback_to: None, mark }
    }
}

fn packed(component: &[u8]) -> Pulled {
    let mut layout = Layout::default();
    let digest = pack(&mut layout, component, &Reference::parse(REFERENCE).unwrap(), None).unwrap();
    let selector = bailiwick_core::trust::Selector::Digest(digest.to_string());
    layout.pull(Some(&selector), &Limits::default()).unwrap()
}

/// The folder with the built providers.
pub(crate) fn providers() -> PathBuf {
    PathBuf::from(std::env::var_os("BAILIWICK_PROVIDERS").expect("run `cargo xtask bench modules`"))
}
