//! One case: a base of catalogue, grant, store, subject and call, changed by JSON merge patches (RFC 7396), and what
//! must come of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use bailiwick_boundary::Part;
use bailiwick_core::{
    catalogue::{Catalogue, World, parse, surface},
    grant::{self, ModuleOrigin, Namespace, Purpose, Request, Store},
    program::{Admitted, AdmittedBody, Call, Content},
    reason::Denial,
    trust::{self, Ceiling, Signed},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// A file of cases around one base.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    base: Json,
    rules: Vec<Topic>,
}

/// One thing that a rule allows, and what it denies.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    rule: String,
    allowed: Vec<Patch>,
    denied: Vec<Patch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: String,
    #[serde(default)]
    with: Json,
    /// The request line, where it is allowed.
    #[serde(default)]
    request: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    body: Option<Json>,
    /// Reason and field, where it is denied.
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    field: Option<String>,
}

/// A case, ready to run.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) rule: String,
    pub(super) allowed: bool,
    input: Json,
    patch: Patch,
}

impl File {
    pub(super) fn cases(self) -> Vec<Case> {
        let base = self.base;
        let make = |rule: &str, allowed: bool, patch: Patch| {
            let mut input = base.clone();
            merge(&mut input, &patch.with);
            let word = if allowed { "allowed" } else { "denied" };
            let kind = rule.split_whitespace().next().unwrap_or_default();
            let catalogue = base["catalogue"].as_str().unwrap_or_default();
            let name = format!("{kind}_{word}_{}", patch.name.replace(' ', "_"));
            let name = if catalogue == "vault" { name } else { format!("{name}_of_{catalogue}") };
            Case { name, rule: rule.to_owned(), allowed, input, patch }
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
    /// The reason that a denied case expects.
    pub(super) fn reason(&self) -> Option<&str> {
        self.patch.reason.as_deref().filter(|_| !self.allowed)
    }

    /// Compares what is decided with what is written.
    pub(super) fn check(&self) -> Result<(), String> {
        let got = self.run();
        match (self.allowed, got) {
            (true, Ok(got)) => {
                let patch = &self.patch;
                let same = patch.request.as_ref().is_none_or(|want| *want == got.request)
                    && patch.headers.as_ref().is_none_or(|want| *want == got.headers)
                    && patch.body.as_ref().is_none_or(|want| *want == got.body);
                let said = patch.request.is_some() || patch.body.is_some();
                if same && (said || self.input.get("call").is_none_or(Json::is_null)) {
                    return Ok(());
                }
                Err(format!("{}: {} {:?} {}", self.name, got.request, got.headers, got.body))
            }
            (false, Err(denial)) => {
                let want = (self.patch.reason.as_deref(), self.patch.field.as_deref());
                if want == (Some(denial.reason.as_str()), Some(denial.field.as_str()))
                    && denial.remedy.len() <= 200
                {
                    return Ok(());
                }
                Err(format!("{}: denied with {denial}", self.name))
            }
            (true, Err(denial)) => Err(format!("{}: denied with {denial}", self.name)),
            (false, Ok(got)) => Err(format!("{}: allowed {}", self.name, got.request)),
        }
    }

    fn run(&self) -> Result<Got, Denial> {
        let input = Input::read(&self.input);
        let request = input.request();
        let program = grant::compile(&request)?;
        let Some(call) = self.input.get("call").filter(|call| !call.is_null()) else {
            return Ok(Got::default());
        };
        let call = OwnedCall::read(call);
        let args: Vec<(&str, Content<'_>)> = call.args.iter().map(|arg| arg.content()).collect();
        let binding = call.by.as_deref().map(|name| {
            grant::named(&program, name)
                .or_else(|| grant::minted(&program, name))
                .expect("the case's credential")
        });
        let call = Call {
            operation: &call.operation,
            args: &args,
            by: binding.as_ref(),
            free_bits_spent: call.spent,
        };
        grant::decide(&program, &call).map(|admitted| Got::from(&admitted))
    }
}

/// What left, as a case writes it.
#[derive(Default)]
struct Got {
    request: String,
    headers: BTreeMap<String, String>,
    body: Json,
}

impl From<&Admitted<'_>> for Got {
    fn from(admitted: &Admitted<'_>) -> Self {
        let method = &admitted.operation.method;
        Self {
            request: format!("{method} {}{}", admitted.target.origin, admitted.path_and_query),
            headers: admitted.headers.iter().cloned().collect(),
            body: match &admitted.body {
                None => Json::Null,
                Some(AdmittedBody::Json(json)) => json.clone(),
                Some(AdmittedBody::Form(members)) => json!(members),
            },
        }
    }
}

/// The owned parts of a request.
pub(super) struct Input {
    catalogue: Arc<Catalogue>,
    granted: Option<Catalogue>,
    digest: String,
    signed: Option<Signed>,
    world: World,
    provider: bailiwick_api::meta::Object<bailiwick_api::provider::ProviderSpec>,
    grant: bailiwick_api::meta::Object<bailiwick_api::grant::CapabilityGrantSpec>,
    store: Json,
    subject: String,
    labels: BTreeMap<String, String>,
    trusted: BTreeSet<String>,
    ca: BTreeMap<String, String>,
    purpose: Purpose,
}

impl Input {
    pub(super) fn read(input: &Json) -> Self {
        let catalogue = Arc::new(catalogue(input, "catalogueChanges"));
        let granted = input.get("grantedChanges").map(|_| self::catalogue(input, "grantedChanges"));
        let mut grant = input["grant"].clone();
        let hash = surface::hash(granted.as_ref().unwrap_or(&catalogue));
        let spec = grant["spec"].as_object_mut().unwrap();
        match spec.get("surface").and_then(Json::as_str) {
            None => drop(spec.insert("surface".into(), json!(hash))),
            Some("none") => drop(spec.remove("surface")),
            Some(_) => {}
        }
        Self {
            digest: input["digest"].as_str().unwrap().to_owned(),
            signed: input.get("signed").map(|signed| self::signed(signed, &input["digest"])),
            world: serde_json::from_value(input["world"].clone()).unwrap(),
            provider: serde_json::from_value(input["provider"].clone()).unwrap(),
            grant: serde_json::from_value(grant).unwrap(),
            store: input["store"].clone(),
            subject: input["subject"]["name"].as_str().unwrap().to_owned(),
            labels: serde_json::from_value(input["subject"]["labels"].clone()).unwrap(),
            trusted: serde_json::from_value(input["trusted"].clone()).unwrap(),
            ca: serde_json::from_value(input["ca"].clone()).unwrap(),
            purpose: match input["purpose"].as_str().unwrap() {
                "validate" => Purpose::Validate,
                "fetch" => Purpose::Fetch,
                "exists" => Purpose::Exists,
                "push" => Purpose::Push,
                "remove" => Purpose::Remove,
                other => panic!("no purpose {other}"),
            },
            catalogue,
            granted,
        }
    }

    pub(super) fn request(&self) -> Request<'_> {
        Request {
            catalogue: &self.catalogue,
            granted_catalogue: self.granted.as_ref(),
            origin: match &self.signed {
                Some(signed) => ModuleOrigin::Signed(signed),
                None => ModuleOrigin::Unsigned { digest: &self.digest },
            },
            world: self.world,
            provider: &self.provider,
            grant: &self.grant,
            store: Store {
                name: "store",
                namespace: self.store["namespace"].as_str(),
                uid: self.store["uid"].as_str().unwrap(),
                generation: 1,
                settings: &self.store["settings"],
                ca: self.store["ca"].as_str(),
            },
            subject: Namespace { name: &self.subject, uid: "uid-of-namespace", labels: &self.labels },
            trusted_labels: &self.trusted,
            ca: &self.ca,
            purpose: self.purpose,
            object: "ExternalSecret/team-a/db",
        }
    }
}

/// What policies with the ceilings `ceiling`, and `tie` where there is one, admitted.
fn signed(json: &Json, digest: &Json) -> Signed {
    let specs = [json.get("ceiling"), json.get("tie")];
    let policies: Vec<trust::Policy> = specs.into_iter().flatten().map(policy).collect();
    Signed {
        repository: json["repository"].as_str().unwrap().to_owned(),
        manifest: "sha256:cccc".into(),
        component: digest.as_str().unwrap().to_owned(),
        signers: serde_json::from_value(json["signers"].clone()).unwrap(),
        policies: policies.iter().map(|policy| policy.stamp().clone()).collect(),
        ceiling: Ceiling::together(policies.iter().map(trust::Policy::ceiling)),
    }
}

fn policy(ceiling: &Json) -> trust::Policy {
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----";
    let object = json!({
        "metadata": {"name": "acme", "uid": "t1", "generation": 1},
        "spec": {"match": [{"prefix": "r.example"}], "authorities": [{"name": "ci", "key": {"pem": pem}}], "ceiling": ceiling},
    });
    trust::compile(&serde_json::from_value(object).unwrap(), &BTreeMap::new()).unwrap()
}

/// The catalogue that a case names, with its changes as a merge patch.
fn catalogue(input: &Json, changes: &str) -> Catalogue {
    static READ: Mutex<BTreeMap<String, Json>> = Mutex::new(BTreeMap::new());
    let name = input["catalogue"].as_str().unwrap();
    let read = || {
        let text = std::fs::read_to_string(super::folder("catalogues").join(format!("{name}.toml"))).unwrap();
        let parsed = parse::parse(&text).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
        serde_json::to_value(parsed).unwrap()
    };
    let mut json = READ.lock().unwrap().entry(name.to_owned()).or_insert_with(read).clone();
    merge(&mut json, input.get(changes).unwrap_or(&Json::Null));
    serde_json::from_value(json).unwrap()
}

/// A call as a case writes it: `{operation, by, spent, args: [{slot, key|property|version|path|settings|echo|text}]}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnedCall {
    operation: String,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    spent: u32,
    #[serde(default)]
    args: Vec<OwnedArg>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnedArg {
    slot: String,
    #[serde(default)]
    entry: u32,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    property: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    settings: Option<String>,
    #[serde(default)]
    echo: Option<String>,
    #[serde(default)]
    listed: Option<Vec<String>>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    secret: bool,
}

impl OwnedCall {
    fn read(json: &Json) -> Self {
        serde_json::from_value(json.clone()).unwrap()
    }
}

impl OwnedArg {
    fn content(&self) -> (&str, Content<'_>) {
        let parts = [
            (Part::Key, &self.key),
            (Part::Property, &self.property),
            (Part::Version, &self.version),
            (Part::Path, &self.path),
        ];
        let from_entry = parts.into_iter().find_map(|(part, text)| {
            let text = text.as_deref()?;
            Some(Content::Entry { entry: self.entry, part, text: Some(text) })
        });
        let content = from_entry.unwrap_or_else(|| match (&self.settings, &self.echo, &self.text) {
            (Some(at), _, _) => Content::Settings(at),
            (_, Some(text), _) => Content::Echo { text, listed: self.listed.as_deref() },
            (_, _, Some(text)) => Content::Text(text),
            _ if self.secret => Content::Secret,
            _ => panic!("an argument without content"),
        });
        (&self.slot, content)
    }
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
