//! Authorities: a key, or an identity that a trust root vouches for. Two authorities that one signer could satisfy are a
//! fault, since a threshold over them would count one signer twice.

use std::collections::BTreeMap;

use bailiwick_api::{
    time::Timestamp,
    trust_policy::{Authority as Spec, KeyAuthority, KeylessAuthority},
};

use super::Faults;
use crate::{
    catalogue::schema::nearest,
    trust::{
        Identity, KeyId, RootId,
        fact::CLAIMS,
        matcher::Matcher,
        reason::cut,
        spki::{digest, read},
        stated::SHOWN,
    },
};

/// Trust roots by the policy's names for them: id and text.
pub(super) type Roots = BTreeMap<String, (RootId, String)>;

/// Someone who signs.
#[derive(Debug)]
pub(in crate::trust) struct Authority {
    pub(in crate::trust) who: Who,
}

/// A key or an identity.
#[derive(Debug)]
pub(in crate::trust) enum Who {
    /// A key; with the root whose log must have its signatures.
    Key { id: KeyId, spki: Vec<u8>, not_after: Option<i64>, log: Option<RootId> },
    /// An identity.
    Keyless { root: RootId, issuer: String, subject: Matcher, claims: BTreeMap<String, Matcher> },
}

impl Authority {
    /// Whether an identity is this authority's. Each claim that is named must be there.
    pub(in crate::trust) fn is(&self, identity: &Identity) -> bool {
        let Who::Keyless { root, issuer, subject, claims } = &self.who else { return false };
        let claim = |(name, matcher): (&String, &Matcher)| {
            identity.claims.get(name).is_some_and(|value| matcher.matches(value))
        };
        *root == identity.root
            && *issuer == identity.issuer
            && subject.matches(&identity.subject)
            && claims.iter().all(claim)
    }

    /// Whether one signer may satisfy both.
    fn may_overlap(&self, other: &Self) -> bool {
        match (&self.who, &other.who) {
            (Who::Key { id, .. }, Who::Key { id: other, .. }) => id == other,
            (
                Who::Keyless { issuer, subject, claims, .. },
                Who::Keyless { issuer: other_issuer, subject: other_subject, claims: others, .. },
            ) => {
                let apart = |(name, matcher): (&String, &Matcher)| {
                    others.get(name).is_some_and(|other| !matcher.may_overlap(other))
                };
                // Whatever the roots: a rotated one vouches for the same people, and one bundle may hold under both.
                issuer == other_issuer && subject.may_overlap(other_subject) && !claims.iter().any(apart)
            }
            _ => false,
        }
    }
}

/// Reads all authorities.
pub(super) fn all(specs: &[Spec], roots: &Roots, faults: &mut Faults) -> BTreeMap<String, Authority> {
    let mut authorities: BTreeMap<String, Authority> = BTreeMap::new();
    if specs.is_empty() {
        faults.add("authorities", "name at least one: nobody signs what runs without");
    }
    for (n, spec) in specs.iter().enumerate() {
        let field = format!("authorities[{n}]");
        let who = match (&spec.key, &spec.keyless) {
            (Some(spec), None) => key(&field, spec, roots, faults),
            (None, Some(spec)) => keyless(&field, spec, roots, faults),
            _ => {
                faults.add(field.as_str(), "needs exactly one of key, keyless");
                None
            }
        };
        if spec.name.is_empty() || authorities.contains_key(&spec.name) {
            faults.add(format!("{field}.name"), "needs a name that no other authority has");
            continue;
        }
        let Some(authority) = who.map(|who| Authority { who }) else { continue };
        if authorities.values().any(|other| other.may_overlap(&authority)) {
            faults.add(field, "another authority has this key, or may be satisfied by the same identity");
        }
        authorities.insert(spec.name.clone(), authority);
    }
    authorities
}

fn key(field: &str, spec: &KeyAuthority, roots: &Roots, faults: &mut Faults) -> Option<Who> {
    let spki = faults.ok(format!("{field}.key.pem"), read(&spec.pem));
    let not_after = spec.not_after.as_deref().map(|text| {
        let time = text.parse::<Timestamp>().map_err(|_| "write a time of RFC 3339: 2027-06-01T00:00:00Z");
        faults.ok(format!("{field}.key.notAfter"), time)
    });
    let log = match (spec.transparency_log.as_deref(), spec.trust_root.as_deref()) {
        (None | Some("NotRequired"), None) => Ok(None),
        (Some("Required"), Some(name)) => root(name, roots).map(Some),
        (Some("Required"), None) => Err("transparencyLog Required needs a trustRoot"),
        (None | Some("NotRequired"), Some(_)) => Err("trustRoot belongs to transparencyLog Required"),
        (Some(_), _) => Err("write Required or NotRequired in transparencyLog"),
    };
    let log = faults.ok(format!("{field}.key.trustRoot"), log);
    let spki = spki?;
    // A time that cannot be read is a fault, so that none here means that none was written.
    let not_after = not_after.flatten().map(Timestamp::unix);
    Some(Who::Key { id: digest(&spki), spki, not_after, log: log? })
}

fn keyless(field: &str, spec: &KeylessAuthority, roots: &Roots, faults: &mut Faults) -> Option<Who> {
    let root = faults.ok(format!("{field}.keyless.trustRoot"), root(&spec.trust_root, roots));
    if spec.issuer.is_empty() {
        faults.add(format!("{field}.keyless.issuer"), "write the OIDC issuer's URL");
    }
    let subject = faults.ok(format!("{field}.keyless.subject"), Matcher::compile(&spec.subject));
    let mut claims = BTreeMap::new();
    for (name, matcher) in &spec.claims {
        if !CLAIMS.contains(&name.as_str()) {
            faults.add(format!("{field}.keyless.claims"), no_claim(name));
        }
        let matcher = faults.ok(format!("{field}.keyless.claims"), Matcher::compile(matcher));
        claims.extend(matcher.map(|matcher| (name.clone(), matcher)));
    }
    Some(Who::Keyless { root: root?, issuer: spec.issuer.clone(), subject: subject?, claims })
}

/// Nobody's certificate has it, so that the authority would never sign.
fn no_claim(name: &str) -> String {
    let near = nearest(cut(name, SHOWN).as_str(), CLAIMS.into_iter());
    let remedy = near.map_or_else(
        || "write one of Fulcio's, such as `sourceRepositoryURI`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("no certificate has a claim `{}`: {remedy}", cut(name, SHOWN))
}

fn root(name: &str, roots: &Roots) -> Result<RootId, &'static str> {
    roots.get(name).map(|(id, _)| id.clone()).ok_or("names no trust root that can be read")
}
