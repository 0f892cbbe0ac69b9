//! The smallest TrustPolicy that admits what one key signs, as its author will read it. It is compiled before it is written,
//! so that what is suggested holds. Nothing optional is in it: its absence means the strictest.

use std::collections::BTreeMap;

use bailiwick_api::{
    dns::is_label,
    meta::{Object, ObjectMeta},
    trust_policy::{Authority, KeyAuthority, PolicyMatch, TrustPolicySpec},
};

use super::{
    policy::{Fault, Faults, compile},
    spki,
};
use crate::yaml::Lines;

/// The manifest of a policy that admits what lies under `prefix` and is signed by the holder of `key`
/// (SubjectPublicKeyInfo). `name` is that of the policy and of its one authority.
///
/// # Errors
/// What would be wrong with it.
pub fn suggest(name: &str, prefix: &str, key: &[u8]) -> Result<String, Vec<Fault>> {
    if !is_label(name) {
        let mut faults = Faults::default();
        faults.add("metadata.name", "write a DNS label: lower-case letters, digits and - inside, at most 63");
        return Err(faults.0);
    }
    let pem = spki::pem(key);
    let metadata =
        ObjectMeta { name: name.to_owned(), uid: Some("suggested".to_owned()), ..ObjectMeta::default() };
    let key = KeyAuthority { pem: pem.clone(), ..KeyAuthority::default() };
    let spec = TrustPolicySpec {
        matches: vec![PolicyMatch { prefix: prefix.to_owned() }],
        authorities: vec![Authority { name: name.to_owned(), key: Some(key), keyless: None }],
        ..TrustPolicySpec::default()
    };
    compile(&Object { metadata, spec }, &BTreeMap::new())?;
    Ok(yaml(name, prefix, &pem))
}

fn yaml(name: &str, prefix: &str, pem: &str) -> String {
    let mut out = Lines::default();
    out.line(0, "# Who may sign what runs here: the holder of this key, and nobody else. What is signed by it may be granted");
    out.line(0, "# reads and lists in the blind world, since there is no `ceiling`.");
    out.object("TrustPolicy", name);
    out.line(1, "# On whole path segments; of all policies the longest prefix counts.");
    out.line(1, "match:");
    out.pair(1, "- prefix", prefix);
    out.line(1, "# What `signedBy` of a grant names.");
    out.line(1, "authorities:");
    out.pair(1, "- name", name);
    out.line(2, "key:");
    out.line(3, "pem: |");
    pem.lines().for_each(|line| out.line(4, line));
    out.text()
}

#[cfg(test)]
mod tests {
    use bailiwick_api::manifest::{AnyObject, load};

    use super::*;

    /// A P-256 key, as in examples/signed.
    const PEM: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqszWLRmkcGTWq+Ai6MRits032jjg
ULhpxTqSKTC6C5Ur+6Y1htbWnaEK9shStZDlJTWlVToLPkkRdyPuEcxXCQ==
-----END PUBLIC KEY-----
";

    fn suggested(name: &str, prefix: &str) -> Result<String, Vec<String>> {
        let faults = |faults: Vec<Fault>| faults.iter().map(ToString::to_string).collect();
        suggest(name, prefix, &spki::read(PEM).unwrap()).map_err(faults)
    }

    #[test]
    fn what_is_suggested_is_read_and_compiles() {
        for name in ["release", "on", "7", "1e3", "team-a"] {
            for prefix in ["registry.example/bailiwick/", "ghcr.io", "r.example:5000/a"] {
                let text = suggested(name, prefix).unwrap();
                let (mut all, errors) = load(&text, "trust-policy.yaml");
                assert_eq!((all.len(), errors), (1, vec![]), "{text}");
                let AnyObject::TrustPolicy(mut object) = all.remove(0).object else { panic!("{text}") };
                assert_eq!(
                    (object.metadata.name.as_str(), object.spec.matches[0].prefix.as_str()),
                    (name, prefix)
                );
                assert_eq!(object.spec.authorities[0].name, name);
                assert_eq!(object.spec.authorities[0].key.as_ref().unwrap().pem, PEM);
                object.metadata.uid = Some("uid".to_owned());
                let policy = compile(&object, &BTreeMap::new()).unwrap();
                assert_eq!(
                    policy.anchors().keys.into_values().collect::<Vec<_>>(),
                    [spki::read(PEM).unwrap()]
                );
            }
        }
    }

    #[test]
    fn denied_what_would_not_compile() {
        for prefix in [
            "",
            "registry.example/bailiwick*",
            "registry.example/*",
            "https://registry.example/",
            "a.example/x:1",
        ] {
            let faults = suggested("release", prefix).unwrap_err();
            assert!(faults[0].starts_with("match[0].prefix: "), "{prefix}: {faults:?}");
        }
        for name in ["", "Release", "a b", "a\nb: c", "team-a.release"] {
            let faults = suggested(name, "registry.example/").unwrap_err();
            assert!(faults[0].starts_with("metadata.name: "), "{name}: {faults:?}");
        }
        let faults = suggest("release", "registry.example/", b"no key").unwrap_err();
        assert_eq!(faults[0].field, "authorities[0].key.pem");
    }
}
