//! One case: a base of policies, artifact, Provider and state, changed by JSON merge patches (RFC 7396). Texts that
//! begin with `$` stand for keys, trust roots and digests: `$pem a`, `$key a`, `$root r`, `$rootid r`, `$sha x`.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_api::{meta::Object, provider::ProviderTrust, trust_policy::TrustPolicySpec};
use bailiwick_core::{
    catalogue::World,
    trust::{
        Admission, Asked, Candidate, Fact, Format, Identity, Kind, Known, MAX_MESSAGE, Mark, PolicySet,
        Reason, Reference, Refusal, SIGNATURE, Signer, Tightening, judge,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// A day of the cases, in seconds.
const DAY: i64 = 86_400;

/// The time of all cases.
pub(super) const NOW: i64 = 1_800_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) base: Json,
    pub(super) rules: Vec<Topic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Topic {
    rule: String,
    allowed: Vec<Patch>,
    denied: Vec<Patch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    name: String,
    #[serde(default)]
    with: Json,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    says: Option<String>,
    /// Where `KeepRunning` may cover it.
    #[serde(default)]
    freshness: bool,
    /// Who signed, where it is allowed.
    #[serde(default)]
    signers: Option<BTreeSet<String>>,
    /// Seconds from now, where it is allowed.
    #[serde(default)]
    fresh_for: Option<i64>,
    /// Faults of the policy, in files about those.
    #[serde(default)]
    pub(super) fields: Vec<String>,
}

pub(super) struct Case {
    pub(super) name: String,
    pub(super) rule: String,
    pub(super) allowed: bool,
    pub(super) input: Json,
    pub(super) patch: Patch,
}

impl File {
    pub(super) fn cases(self) -> Vec<Case> {
        let base = self.base;
        let make = |rule: &str, allowed: bool, patch: Patch| {
            let mut input = base.clone();
            merge(&mut input, &patch.with);
            let word = if allowed { "allowed" } else { "denied" };
            let kind = rule.split_whitespace().next().unwrap_or_default();
            let name = format!("{kind}_{word}_{}", patch.name.replace(' ', "_"));
            Case { name, rule: rule.to_owned(), allowed, input: expand(input), patch }
        };
        let mut cases = Vec::new();
        for topic in self.rules {
            cases.extend(topic.allowed.into_iter().map(|patch| make(&topic.rule, true, patch)));
            cases.extend(topic.denied.into_iter().map(|patch| make(&topic.rule, false, patch)));
        }
        cases
    }
}

impl Case {
    pub(super) fn reason(&self) -> Option<&str> {
        self.patch.reason.as_deref().filter(|_| !self.allowed)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let patch = &self.patch;
        match (self.allowed, verdict(&self.input)) {
            (true, Ok(got)) => {
                let signers: BTreeSet<String> = got.signers.into_keys().collect();
                let same = patch.signers.as_ref().is_none_or(|wanted| *wanted == signers)
                    && patch.fresh_for.is_none_or(|wanted| got.fresh_until == Some(NOW + wanted));
                if same { Ok(()) } else { Err(format!("{}: {signers:?} {:?}", self.name, got.fresh_until)) }
            }
            (false, Err(got)) => {
                let same = patch.reason.as_deref() == Some(got.reason.as_str())
                    && (got.kind == Kind::Freshness) == patch.freshness
                    && patch.says.as_ref().is_none_or(|text| got.message.contains(text))
                    && got.message.len() <= MAX_MESSAGE;
                if same { Ok(()) } else { Err(format!("{}: refused with {got} {:?}", self.name, got.kind)) }
            }
            (true, Err(got)) => Err(format!("{}: refused with {got} by {:?}", self.name, got.policy)),
            (false, Ok(got)) => Err(format!("{}: admitted {got:?}", self.name)),
        }
    }
}

/// The set of policies of an input.
pub(super) fn set(input: &Json) -> PolicySet {
    let policies = input["policies"].as_object().unwrap();
    let object = |(name, spec): (&String, &Json)| -> Object<TrustPolicySpec> {
        let metadata = json!({"name": name, "uid": format!("uid-of-{name}"), "generation": 1});
        serde_json::from_value(json!({"metadata": metadata, "spec": spec}))
            .unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    let objects: Vec<_> = policies.iter().filter(|(_, spec)| !spec.is_null()).map(object).collect();
    let roots: BTreeMap<String, String> =
        serde_json::from_value(input.get("configMaps").cloned().unwrap_or(json!({}))).unwrap();
    let unreadable: BTreeSet<String> =
        serde_json::from_value(input.get("unreadable").cloned().unwrap_or(json!([]))).unwrap();
    PolicySet::new(&objects, &roots, &unreadable)
}

pub(super) fn verdict(input: &Json) -> Result<Admission, Refusal> {
    let set = set(input);
    let candidate = candidate(&input["candidate"]);
    let policies = set.matching(&candidate.reference)?;
    let trust: Option<ProviderTrust> = serde_json::from_value(input["asked"]["trust"].clone()).unwrap();
    let tightening = Tightening::compile(trust.as_ref())
        .map_err(|faults| Refusal::new(Reason::PolicyInvalid, faults[0].to_string()))?;
    let asked = Asked {
        provider: input["asked"]["provider"].as_str().unwrap(),
        tightening: &tightening,
        rollback_to: input["asked"]["rollbackTo"].as_str(),
    };
    judge(&policies, &candidate, &asked, &mark(&input["mark"]), NOW)
}

fn mark(json: &Json) -> Mark {
    let known = match json["known"].as_str().unwrap() {
        "nothing" => Known::Nothing,
        "not kept" => Known::NotKept,
        "missing" => Known::Missing,
        "unreadable" => Known::Unreadable,
        version => Known::Highest(version.parse().unwrap()),
    };
    Mark { known, init_state: json["initState"].as_bool().unwrap_or_default() }
}

pub(super) fn candidate(json: &Json) -> Candidate {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let facts = json["facts"].as_object().unwrap();
    Candidate {
        reference: Reference::parse(json["reference"].as_str().unwrap()).unwrap(),
        manifest: text("manifest").unwrap(),
        component: text("component").unwrap(),
        size: json["size"].as_u64().unwrap(),
        name: text("name"),
        version: text("version"),
        repository: text("repository"),
        layout: json["layout"].as_bool().unwrap_or_default(),
        world: World::Blind,
        imports: BTreeSet::from(["bailiwick:provider/host".to_owned()]),
        facts: facts.iter().filter(|(_, fact)| !fact.is_null()).map(fact).collect(),
        rejected: json["rejected"].as_u64().unwrap_or_default().try_into().unwrap(),
        capped: json["capped"].as_bool().unwrap_or_default(),
    }
}

/// `{key|keyless, format, type, predicate, log, daysAgo}`.
fn fact((name, json): (&String, &Json)) -> Fact {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let keyless = &json["keyless"];
    let signer = match text("key") {
        Some(id) => Signer::Key(id),
        None => Signer::Keyless(Identity {
            root: keyless["root"].as_str().unwrap().to_owned(),
            issuer: keyless["issuer"].as_str().unwrap().to_owned(),
            subject: keyless["subject"].as_str().unwrap().to_owned(),
            claims: serde_json::from_value(keyless["claims"].clone()).unwrap_or_default(),
        }),
    };
    let format = match json["format"].as_str() {
        Some("simpleSigning") => Format::SimpleSigning,
        _ => Format::Bundle,
    };
    Fact {
        signer,
        format,
        predicate_type: text("type").unwrap_or_else(|| SIGNATURE.to_owned()),
        predicate: json["predicate"].clone(),
        log: text("log"),
        signed_at: json["daysAgo"].as_i64().map(|days| NOW - days * DAY),
        evidence: sha(name),
    }
}

fn expand(json: Json) -> Json {
    match json {
        Json::String(text) => Json::String(expanded(&text)),
        Json::Array(items) => items.into_iter().map(expand).collect(),
        Json::Object(members) => members.into_iter().map(|(name, json)| (name, expand(json))).collect(),
        other => other,
    }
}

fn expanded(text: &str) -> String {
    let root = |name: &str| json!({"name": name}).to_string();
    match text.split_once(' ') {
        Some(("$pem", name)) => {
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(spki(name)))
        }
        Some(("$key", name)) => digest(&spki(name)),
        Some(("$root", name)) => root(name),
        Some(("$rootid", name)) => sha(&root(name)),
        Some(("$sha", text)) => sha(text),
        _ => text.to_owned(),
    }
}

/// An Ed25519 key's SubjectPublicKeyInfo, as far as policies look at it.
fn spki(name: &str) -> Vec<u8> {
    let head: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    [head, &Sha256::digest(name)].concat()
}

fn sha(text: &str) -> String {
    digest(text.as_bytes())
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// RFC 7396.
pub(super) fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(changes) = patch else { return };
    if !target.is_object() {
        *target = json!({});
    }
    let members = target.as_object_mut().unwrap();
    for (name, change) in changes {
        match change {
            Json::Null => drop(members.remove(name)),
            Json::Object(_) => merge(members.entry(name.clone()).or_insert(Json::Null), change),
            other => drop(members.insert(name.clone(), other.clone())),
        }
    }
}
