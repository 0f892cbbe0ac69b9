//! All policies at hand, and which of them are for a reference. Fail closed: no policy, or one that cannot be read and
//! could be for it, is a refusal.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::{meta::Object, trust_policy::TrustPolicySpec};
use sha2::{Digest, Sha256};

use super::{Fault, Policy, compile, compile::readable};
use crate::trust::{
    Reference,
    prefix::{Prefix, longest},
    reason::{Reason, Refusal},
};

/// Policies, those that do not compile among them.
#[derive(Debug)]
pub struct PolicySet {
    policies: Vec<Policy>,
    broken: Vec<Broken>,
    generation: String,
}

/// A policy that does not compile.
#[derive(Debug)]
struct Broken {
    name: String,
    /// None where it could be for anything.
    prefixes: Option<Vec<Prefix>>,
    faults: Vec<Fault>,
    /// It is some document that cannot be read, and is named by where it stands.
    unread: bool,
}

impl Broken {
    fn refusal(&self) -> Refusal {
        if self.unread {
            let message = "cannot be read and may be a TrustPolicy: mend that first";
            return Refusal::new(
                Reason::PolicyInvalid,
                format!("the policies' document {} {message}", self.name),
            );
        }
        let message = "a TrustPolicy for this reference does not compile";
        Refusal::new(Reason::PolicyInvalid, message).by(&self.name)
    }
}

impl PolicySet {
    /// Compiles all policies. `roots` are ConfigMaps by `configmap/key`; `unreadable` says of what may be
    /// policies and could not even be read where it stands.
    #[must_use]
    pub fn new(
        objects: &[Object<TrustPolicySpec>],
        roots: &BTreeMap<String, String>,
        unreadable: &BTreeSet<String>,
    ) -> Self {
        let mut set = Self {
            policies: Vec::new(),
            broken: Vec::new(),
            generation: generation(objects, roots, unreadable),
        };
        let mut names = BTreeSet::new();
        for object in objects {
            let name = &object.metadata.name;
            let twice =
                || vec![Fault { field: "metadata.name".into(), remedy: "two policies have it".into() }];
            let compiled = compile(object, roots);
            match compiled.and_then(|policy| if names.insert(name) { Ok(policy) } else { Err(twice()) }) {
                Ok(policy) => set.policies.push(policy),
                Err(faults) => {
                    let (name, prefixes) = (name.clone(), readable(&object.spec));
                    set.broken.push(Broken { name, prefixes, faults, unread: false });
                }
            }
        }
        let unreadable = unreadable.iter().map(|name| Broken {
            name: name.clone(),
            prefixes: None,
            faults: vec![Fault { field: String::new(), remedy: "cannot be read".into() }],
            unread: true,
        });
        set.broken.extend(unreadable);
        set.policies.sort_by(|one, other| one.stamp.cmp(&other.stamp));
        set
    }

    /// Whether there is any policy, compiled or not: then nothing unsigned runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.broken.is_empty()
    }

    /// The compiled policies, by name.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// What is wrong with those that do not compile, by name.
    pub fn faults(&self) -> impl Iterator<Item = (&str, &[Fault])> {
        self.broken.iter().map(|broken| (broken.name.as_str(), broken.faults.as_slice()))
    }

    /// The policies for a reference: those with the longest prefix, all of them in a tie. All must be satisfied.
    ///
    /// # Errors
    /// No policy is for it, or one that does not compile could be.
    pub fn matching(&self, reference: &Reference) -> Result<Vec<&Policy>, Refusal> {
        let repository = reference.repository();
        let of = |policy: &Policy| longest(&policy.prefixes, &repository);
        let best = self.policies.iter().filter_map(of).max();
        // None is below every length.
        let could_be = |broken: &&Broken| {
            broken.prefixes.as_ref().is_none_or(|prefixes| {
                longest(prefixes, &repository).is_some_and(|length| Some(length) >= best)
            })
        };
        if let Some(broken) = self.broken.iter().find(could_be) {
            return Err(broken.refusal());
        }
        if best.is_none() {
            return Err(Refusal::no_policy(reference));
        }
        Ok(self.policies.iter().filter(|policy| of(policy) == best).collect())
    }

    /// A fingerprint of all that verdicts depend on beside the evidence: each policy's name, uid, generation and content,
    /// and the trust roots. Equal for equal sets in any order.
    #[must_use]
    pub fn generation(&self) -> &str {
        &self.generation
    }
}

fn generation(
    objects: &[Object<TrustPolicySpec>],
    roots: &BTreeMap<String, String>,
    unreadable: &BTreeSet<String>,
) -> String {
    // Serialising plain data into memory does not fail; each part is one JSON text, so that none runs into the next.
    let part = |object: &Object<TrustPolicySpec>| serde_json::to_string(object).unwrap_or_default();
    let mut parts: Vec<String> = objects.iter().map(part).collect();
    parts.sort();
    let whole = serde_json::to_vec(&(parts, roots, unreadable)).unwrap_or_default();
    let digest = Sha256::new().chain_update(b"bailiwick.dev trust v1\n").chain_update(&whole).finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
