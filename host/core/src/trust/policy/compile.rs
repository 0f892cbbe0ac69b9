//! Compiles one policy. All faults are found, not only the first; each names its field.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::{
    duration::seconds_or_days,
    meta::{Object, ObjectMeta},
    quantity,
    trust_policy::{PolicyLimits, TrustPolicySpec, TrustRoot},
};

use super::{Fault, Faults, Limits, Policy, attestation, authority, require};
use crate::{
    program::ObjectStamp,
    trust::{Format, RootId, ceiling, floor::Floor, prefix::Prefix, reference::is_digest, spki::digest},
};

/// `keepRunningFor` where nobody says anything: a day, in seconds.
const KEEP_RUNNING_FOR: i64 = 86_400;

/// Compiles a policy. `roots` are the ConfigMaps of the operator's namespace, by `configmap/key`.
///
/// # Errors
/// All that is wrong with it.
pub fn compile(
    object: &Object<TrustPolicySpec>,
    roots: &BTreeMap<String, String>,
) -> Result<Policy, Vec<Fault>> {
    let spec = &object.spec;
    let mut faults = Faults::default();
    let stamp = stamp(&object.metadata, &mut faults);
    let named = trust_roots(&spec.trust_roots, roots, &mut faults);
    let authorities = authority::all(&spec.authorities, &named, &mut faults);
    let names: BTreeSet<&str> = spec.authorities.iter().map(|authority| authority.name.as_str()).collect();
    let (floor, monotonic) = version(spec, &mut faults);
    let policy = Policy {
        prefixes: prefixes(spec, &mut faults),
        require: require::read(spec.require.as_ref(), &names, &mut faults),
        attestations: attestation::all("attestations", &spec.attestations, Some(&names), &mut faults),
        formats: formats(spec.formats.as_deref(), &mut faults),
        floor,
        monotonic,
        denied: denied(&spec.denied, &mut faults),
        max_age: spec
            .freshness
            .as_ref()
            .and_then(|fresh| faults.ok("freshness.maxSignatureAge", seconds(&fresh.max_signature_age))),
        limits: limits(spec.limits.as_ref(), &mut faults),
        keep_running: on_failure(spec.on_policy_failure.as_deref(), &mut faults),
        keep_running_for: spec
            .keep_running_for
            .as_deref()
            .map_or(KEEP_RUNNING_FOR, |text| faults.ok("keepRunningFor", seconds(text)).unwrap_or_default()),
        ceiling: ceiling::read(&stamp.name, spec.ceiling.as_ref(), &mut faults),
        roots: named.into_values().collect(),
        authorities,
        stamp,
    };
    if faults.0.is_empty() { Ok(policy) } else { Err(faults.0) }
}

/// Without name and uid nobody could say later which policy it was.
fn stamp(metadata: &ObjectMeta, faults: &mut Faults) -> ObjectStamp {
    let stamp = ObjectStamp {
        name: metadata.name.clone(),
        uid: metadata.uid.clone().unwrap_or_default(),
        generation: metadata.generation.unwrap_or_default(),
    };
    if stamp.name.is_empty() || stamp.uid.is_empty() {
        faults.add("metadata", "needs a name and a uid");
    }
    stamp
}

/// The prefixes of a policy, where all of them can be read.
pub(super) fn readable(spec: &TrustPolicySpec) -> Option<Vec<Prefix>> {
    let all: Option<Vec<Prefix>> = spec.matches.iter().map(|one| Prefix::read(&one.prefix)).collect();
    all.filter(|prefixes| !prefixes.is_empty())
}

fn prefixes(spec: &TrustPolicySpec, faults: &mut Faults) -> Vec<Prefix> {
    if spec.matches.is_empty() {
        faults.add("match", "name at least one prefix");
    }
    let mut read = Vec::new();
    for (n, one) in spec.matches.iter().enumerate() {
        match Prefix::read(&one.prefix) {
            Some(prefix) => read.push(prefix),
            None => faults.add(format!("match[{n}].prefix"), "write registry[/path], lower case, no pattern"),
        }
    }
    read
}

/// Name to id and text.
fn trust_roots(
    specs: &[TrustRoot],
    roots: &BTreeMap<String, String>,
    faults: &mut Faults,
) -> BTreeMap<String, (RootId, String)> {
    let mut named = BTreeMap::new();
    for (n, spec) in specs.iter().enumerate() {
        let field = format!("trustRoots[{n}]");
        let text = match (&spec.inline, &spec.config_map_ref) {
            (Some(text), None) => Ok(text),
            (None, Some(at)) => roots
                .get(&format!("{}/{}", at.name, at.key))
                .ok_or("there is no such ConfigMap, or no such key in it"),
            _ => Err("needs exactly one of inline, configMapRef"),
        };
        let object = |text: &String| serde_json::from_str::<serde_json::Map<_, _>>(text).is_ok();
        let text = text.and_then(|text| if object(text) { Ok(text) } else { Err("is no JSON object") });
        let Some(text) = faults.ok(field.as_str(), text) else { continue };
        let root = (digest(text.as_bytes()), text.clone());
        if spec.name.is_empty() || named.insert(spec.name.clone(), root).is_some() {
            faults.add(format!("{field}.name"), "needs a name that no other root has");
        }
    }
    named
}

fn formats(words: Option<&[String]>, faults: &mut Faults) -> BTreeSet<Format> {
    let Some(words) = words else { return BTreeSet::from([Format::Bundle]) };
    if words.is_empty() {
        faults.add("formats", "is empty, which no evidence satisfies: write bundle");
    }
    let mut formats = BTreeSet::new();
    for (n, word) in words.iter().enumerate() {
        match word.as_str() {
            "bundle" => drop(formats.insert(Format::Bundle)),
            "simpleSigning" => drop(formats.insert(Format::SimpleSigning)),
            _ => faults.add(format!("formats[{n}]"), "write bundle or simpleSigning"),
        }
    }
    formats
}

fn version(spec: &TrustPolicySpec, faults: &mut Faults) -> (Option<Floor>, bool) {
    let rule = spec.version.clone().unwrap_or_default();
    let floor = rule.floor.as_deref().and_then(|text| faults.ok("version.floor", Floor::read(text)));
    (floor, rule.monotonic.unwrap_or(true))
}

fn denied(texts: &[String], faults: &mut Faults) -> BTreeSet<String> {
    for (n, text) in texts.iter().enumerate() {
        if !is_digest(text) {
            faults.add(format!("denied[{n}]"), "write sha256: and 64 lower-case hexadecimal digits");
        }
    }
    texts.iter().cloned().collect()
}

fn on_failure(word: Option<&str>, faults: &mut Faults) -> bool {
    match word {
        None | Some("Stop") => {}
        Some("KeepRunning") => return true,
        Some(_) => faults.add("onPolicyFailure", "write Stop or KeepRunning"),
    }
    false
}

fn limits(spec: Option<&PolicyLimits>, faults: &mut Faults) -> Limits {
    let mut limits = Limits::MOST;
    let Some(spec) = spec else { return limits };
    if let Some(text) = &spec.layer {
        let bytes = quantity::bytes(text).ok().filter(|bytes| (1..=Limits::MOST.layer).contains(bytes));
        let bytes = bytes.ok_or("write a number of bytes from 1 to 16Mi");
        limits.layer = faults.ok("limits.layer", bytes).unwrap_or_default();
    }
    if let Some(count) = spec.bundles {
        let count = usize::try_from(count).ok().filter(|count| (1..=Limits::MOST.bundles).contains(count));
        limits.bundles =
            faults.ok("limits.bundles", count.ok_or("write a number from 1 to 32")).unwrap_or_default();
    }
    limits
}

/// A duration of Go, or days (`400d`), above zero.
pub(super) fn seconds(text: &str) -> Result<i64, &'static str> {
    let seconds = seconds_or_days(text).ok().filter(|seconds| *seconds > 0);
    seconds.ok_or("write a duration of a second or more, such as 24h or 400d")
}
