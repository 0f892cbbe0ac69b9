//! The catalogues of providers-wasm against the real rules: each is well formed, the grant in its README compiles for a
//! plain store, and every operation of it leaves as the bytes that its backend documents.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

mod aws;
mod openbao;
mod vault;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bailiwick_api::{grant::CapabilityGrantSpec, meta::Object, provider::ProviderSpec};
use bailiwick_boundary::{Entry, Find, Part, Reference};
use bailiwick_core::{
    catalogue::{Catalogue, Operation, OperationClass, World, parse, surface},
    grant::{self, ModuleOrigin, Namespace, Purpose, Request, Store},
    program::{AdmittedBody, Call, Content, Program},
    reason::{Denial, Reason},
    reconcile::{EntryPlan, Source, StoreKey, finds},
};
use serde_json::{Value as Json, json};

use crate::{aws::aws, openbao::openbao, vault::vault};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub(crate) fn file(path: &str) -> String {
    let path = format!("{}/../../providers-wasm/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{path}: {error}"))
        .replace("{{name}}", "acme")
}

pub(crate) fn catalogue(provider: &str) -> Catalogue {
    let text = file(&format!("{provider}/provider.toml"));
    parse::parse(&text).unwrap_or_else(|faults| panic!("{provider}: {faults:#?}"))
}

/// The grant that the README shows, with digest and surface put in; the template has it in its example.
pub(crate) fn shown(provider: &str, catalogue: &Catalogue) -> Object<CapabilityGrantSpec> {
    let yaml = match provider {
        "template" => file("template/example/policy/grant.yaml"),
        _ => {
            let readme = file(&format!("{provider}/README.md"));
            readme.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0.to_owned()
        }
    };
    let mut grant: Json = serde_saphyr::from_str(&yaml).unwrap();
    grant["metadata"]["uid"] = json!("g");
    grant["spec"]["provider"]["module"] = json!(DIGEST);
    grant["spec"]["surface"] = json!(surface::hash(catalogue));
    serde_json::from_value(json!({"metadata": grant["metadata"], "spec": grant["spec"]})).unwrap()
}

pub(crate) fn compile(provider: &str, settings: &Json) -> Result<Program, Denial> {
    let catalogue = Arc::new(catalogue(provider));
    let grant = shown(provider, &catalogue);
    compile_grant(&catalogue, &grant, settings)
}

pub(crate) fn compile_grant(
    catalogue: &Arc<Catalogue>,
    grant: &Object<CapabilityGrantSpec>,
    settings: &Json,
) -> Result<Program, Denial> {
    let object: Object<ProviderSpec> = serde_json::from_value(json!({
        "metadata": {"name": grant.spec.provider.name, "uid": "p"}, "spec": {"module": {"file": "a.wasm"}}
    }))
    .unwrap();
    grant::compile(&Request {
        catalogue,
        granted_catalogue: None,
        origin: ModuleOrigin::Unsigned { digest: DIGEST },
        world: World::Blind,
        provider: &object,
        grant,
        store: Store {
            name: "store",
            namespace: Some("team-a"),
            uid: "s",
            generation: 1,
            settings,
            ca: None,
        },
        subject: Namespace { name: "team-a", uid: "n", labels: &BTreeMap::new() },
        trusted_labels: &BTreeSet::new(),
        ca: &BTreeMap::new(),
        purpose: Purpose::Fetch,
        object: "ExternalSecret/team-a/app",
    })
}

pub(crate) fn program(provider: &str, settings: &Json) -> Program {
    compile(provider, settings).unwrap_or_else(|denial| panic!("{provider}: {denial}"))
}

pub(crate) fn key(text: &str) -> (&str, Content<'_>) {
    ("key", Content::Entry { entry: 0, part: Part::Key, text: Some(text) })
}

pub(crate) fn version<'a>(slot: &'a str, text: &'a str) -> (&'a str, Content<'a>) {
    (slot, Content::Entry { entry: 0, part: Part::Version, text: Some(text) })
}

pub(crate) fn path(text: &str) -> (&str, Content<'_>) {
    ("path", Content::Entry { entry: 0, part: Part::Path, text: Some(text) })
}

pub(crate) fn echo<'a>(slot: &'a str, text: &'a str, listed: Option<&'a [String]>) -> (&'a str, Content<'a>) {
    (slot, Content::Echo { text, listed })
}

/// A request in one line: path, the catalogue's headers but the content type, body.
pub(crate) fn sent(
    program: &Program,
    operation: &str,
    args: &[(&str, Content<'_>)],
) -> Result<String, Reason> {
    let call = Call { operation, args, by: None, free_bits_spent: 0 };
    let admitted = grant::decide(program, &call).map_err(|denial| denial.reason)?;
    let mut line = format!("{} {}", admitted.operation.method, admitted.path_and_query);
    for (name, value) in admitted.headers.iter().filter(|(name, _)| name != "Content-Type") {
        line.push_str(&format!(" {name}: {value}"));
    }
    match admitted.body {
        None => {}
        Some(AdmittedBody::Json(body)) => line.push_str(&format!(" {body}")),
        Some(AdmittedBody::Form(members)) => {
            members.iter().for_each(|(name, value)| line.push_str(&format!(" {name}={value}")));
        }
    }
    Ok(line)
}

/// Fails where an operation of a catalogue is not among those that were sent, or one was sent that it does not have.
pub(crate) fn all_sent(provider: &str, of: impl Fn(&Operation) -> bool, sent: &[&str]) {
    let catalogue = catalogue(provider);
    let theirs: BTreeSet<&str> =
        catalogue.operations.iter().filter(|(_, op)| of(op)).map(|(id, _)| id.as_str()).collect();
    assert_eq!(sent.iter().copied().collect::<BTreeSet<_>>(), theirs, "{provider}");
}

#[test]
fn every_catalogue_is_well_formed_and_its_readme_shows_a_grant_that_compiles() {
    let api =
        json!({"url": "https://api.example", "auth": {"tokenSecretRef": {"name": "api-token", "key": "t"}}});
    for (provider, settings) in [
        ("fake", json!({"data": [{"key": "a", "value": "b"}]})),
        ("vault", vault(&json!({"tokenSecretRef": {"name": "vault-token", "key": "token"}}))),
        ("openbao", openbao()),
        ("aws", aws("SecretsManager")),
        (
            "adversary",
            json!({"server": "https://127.0.0.1:8200", "seed": 1, "auth": {"tokenSecretRef": {"name": "token", "key": "t"}}}),
        ),
        ("template", api),
    ] {
        program(provider, &settings);
    }
}

#[test]
fn what_a_provider_does_not_serve_is_refused_by_name() {
    let blocks = ["tls", "headers", "forwardInconsistent", "readYourWrites", "checkAndSet"];
    let vault = |block: &str| {
        let mut settings = vault(&json!({"tokenSecretRef": {"name": "vault-token", "key": "token"}}));
        settings[block] = json!({});
        ("vault", block.to_owned(), settings)
    };
    let blocks_of_aws =
        ["additionalRoles", "customSessionTags", "sessionTags", "transitiveTagKeys", "secretsManager"];
    let aws = |block: &str| {
        let mut settings = aws("SecretsManager");
        settings[block] = json!({});
        ("aws", block.to_owned(), settings)
    };
    for (provider, block, settings) in blocks.into_iter().map(vault).chain(blocks_of_aws.into_iter().map(aws))
    {
        let denial = compile(provider, &settings).err().expect("refused");
        assert_eq!(denial.reason, Reason::StoreConflicts, "{denial}");
        assert_eq!(denial.field, format!("spec.provider.{provider}.{block}"));
    }
}

/// What ESO's providers answer with an error, or look past: refused before anything is sent.
#[test]
fn a_find_that_a_provider_does_not_serve_is_refused_by_name() {
    let tags = || BTreeMap::from([("env".to_owned(), "prod".to_owned())]);
    let find = |name: Option<&str>, tags: BTreeMap<String, String>, path: Option<&str>| EntryPlan {
        source: Source::DataFrom(0),
        store: StoreKey { kind: Default::default(), name: "store".into() },
        entry: Entry::Find(Find { path: path.map(Into::into), by_tags: !tags.is_empty() }),
        name: name.map(Into::into),
        tags,
    };
    let none = BTreeMap::new;
    for (provider, plan, served) in [
        ("vault", find(None, none(), None), true),
        ("vault", find(None, tags(), Some("team-a")), true),
        ("aws", find(Some("a"), none(), Some("team-a")), true),
        ("aws", find(None, tags(), None), true),
        ("aws", find(None, none(), Some("team-a")), false),
        ("openbao", find(Some("a"), none(), None), true),
        ("openbao", find(Some("a"), none(), Some("team-a")), false),
        ("openbao", find(None, tags(), None), false),
        ("openbao", find(None, none(), None), false),
        ("fake", find(Some("a"), none(), None), true),
        ("fake", find(None, none(), None), false),
        ("fake", find(None, tags(), None), false),
        ("fake", find(Some("a"), none(), Some("team-a")), false),
    ] {
        assert_eq!(finds(&catalogue(provider), &plan).is_ok(), served, "{provider} {plan:?}");
    }
}
