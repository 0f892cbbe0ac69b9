//! The catalogues of providers-wasm against the real rules: each is well formed, the grant in its README compiles for a
//! plain store, and every operation of it leaves as the bytes that its backend documents.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bailiwick_api::{grant::CapabilityGrantSpec, meta::Object, provider::ProviderSpec};
use bailiwick_boundary::Part;
use bailiwick_core::{
    catalogue::{Catalogue, Operation, OperationClass, World, parse, surface},
    grant::{self, Namespace, Purpose, Request, Store},
    program::{AdmittedBody, Call, Content, Program},
    reason::{Denial, Reason},
};
use serde_json::{Value as Json, json};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn file(path: &str) -> String {
    let path = format!("{}/../../providers-wasm/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{path}: {error}"))
        .replace("{{name}}", "acme")
}

fn catalogue(provider: &str) -> Catalogue {
    let text = file(&format!("{provider}/provider.toml"));
    parse::parse(&text).unwrap_or_else(|faults| panic!("{provider}: {faults:#?}"))
}

/// The grant that the README shows, with digest and surface put in.
fn shown(provider: &str, catalogue: &Catalogue) -> Object<CapabilityGrantSpec> {
    let readme = file(&format!("{provider}/README.md"));
    let yaml = readme.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0;
    let yaml = yaml.replace("surface: sha256:...", &format!("surface: {}", surface::hash(catalogue)));
    let mut grant: Json = serde_saphyr::from_str(&yaml.replace("sha256:...", DIGEST)).unwrap();
    grant["metadata"]["uid"] = json!("g");
    serde_json::from_value(json!({"metadata": grant["metadata"], "spec": grant["spec"]})).unwrap()
}

fn compile(provider: &str, settings: &Json) -> Result<Program, Denial> {
    let catalogue = Arc::new(catalogue(provider));
    let grant = shown(provider, &catalogue);
    compile_grant(&catalogue, &grant, settings)
}

fn compile_grant(
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
        digest: DIGEST,
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

fn program(provider: &str, settings: &Json) -> Program {
    compile(provider, settings).unwrap_or_else(|denial| panic!("{provider}: {denial}"))
}

fn key(text: &str) -> (&str, Content<'_>) {
    ("key", Content::Entry { entry: 0, part: Part::Key, text: Some(text) })
}

fn version<'a>(slot: &'a str, text: &'a str) -> (&'a str, Content<'a>) {
    (slot, Content::Entry { entry: 0, part: Part::Version, text: Some(text) })
}

fn path(text: &str) -> (&str, Content<'_>) {
    ("path", Content::Entry { entry: 0, part: Part::Path, text: Some(text) })
}

fn echo<'a>(slot: &'a str, text: &'a str, listed: Option<&'a [String]>) -> (&'a str, Content<'a>) {
    (slot, Content::Echo { text, listed })
}

/// A request in one line: path, the catalogue's headers but the content type, body.
fn sent(program: &Program, operation: &str, args: &[(&str, Content<'_>)]) -> Result<String, Reason> {
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
fn all_sent(provider: &str, of: impl Fn(&Operation) -> bool, sent: &[&str]) {
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

fn vault(auth: &Json) -> Json {
    json!({"server": "https://vault.corp.example:8200", "path": "kv", "namespace": "team-a", "auth": auth})
}

#[test]
fn vault_reads_and_lists_within_its_account() {
    let mut settings = vault(&json!({"tokenSecretRef": {"name": "vault-token", "key": "token"}}));
    let program = self::program("vault", &settings);
    settings["version"] = json!("v1");
    let version_one = self::program("vault", &settings);
    let top = ["team-a".to_owned()];
    let rows = [
        ("kv2-read", vec![key("team-a/my db")], "GET /v1/kv/data/team-a/my%20db"),
        (
            "kv2-read",
            vec![key("kv/data/team-a/db"), version("version", "3")],
            "GET /v1/kv/data/team-a/db?version=3",
        ),
        ("kv2-read", vec![key("kv/team-a/db")], "GET /v1/kv/data/team-a/db"),
        ("kv2-read-listed", vec![echo("name", "db", Some(&top))], "GET /v1/kv/data/team-a/db"),
        ("kv2-metadata", vec![key("team-a/db")], "GET /v1/kv/metadata/team-a/db"),
        ("kv2-tags", vec![echo("name", "db", Some(&top))], "GET /v1/kv/metadata/team-a/db"),
        ("kv2-list", vec![path("team-a/")], "GET /v1/kv/metadata/team-a?list=true"),
        ("kv2-list-folder", vec![echo("folder", "x/", Some(&top))], "GET /v1/kv/metadata/team-a/x?list=true"),
        ("kv1-read", vec![key("kv/team-a/db")], "GET /v1/kv/team-a/db"),
        ("kv1-read-listed", vec![echo("name", "db", Some(&top))], "GET /v1/kv/team-a/db"),
        ("kv1-list", vec![path("team-a")], "GET /v1/kv/team-a?list=true"),
        ("kv1-list-folder", vec![echo("folder", "x/", Some(&top))], "GET /v1/kv/team-a/x?list=true"),
    ];
    all_sent("vault", |op| op.class != OperationClass::Exchange, &rows.each_ref().map(|(id, ..)| *id));
    for (operation, args, line) in rows {
        let expected = format!("{line} X-Vault-Namespace: team-a");
        let (served, other) =
            if operation.starts_with("kv1") { (&version_one, &program) } else { (&program, &version_one) };
        assert_eq!(sent(served, operation, &args), Ok(expected), "{operation}");
        assert_eq!(sent(other, operation, &args), Err(Reason::OperationNotGranted), "{operation}");
    }
    for (operation, args, reason) in [
        ("kv2-read", vec![key("team-b/db")], Reason::KeyNotGranted),
        ("kv2-read", vec![key("team-a/../team-b")], Reason::SlotNotAllowed),
        ("kv2-read", vec![key("team-a/x?version=1")], Reason::SlotNotAllowed),
        ("kv2-read", vec![key("team-a/db"), version("version", "1&x")], Reason::SlotNotAllowed),
        ("kv2-read-listed", vec![echo("name", "db", None)], Reason::SlotNotAllowed),
        ("kv2-list", vec![], Reason::KeyNotGranted),
        ("kv2-list", vec![path("team-b")], Reason::KeyNotGranted),
        ("login-jwt", vec![], Reason::OperationNotGranted),
    ] {
        assert_eq!(sent(&program, operation, &args), Err(reason), "{operation}");
    }
}

#[test]
fn vault_logs_in_with_the_slots_of_the_grant() {
    let account = json!({"role": "reader", "serviceAccountRef": {"name": "reader"}});
    let plain = program("vault", &vault(&json!({"kubernetes": account})));
    let line = r#"POST /v1/auth/kubernetes/login X-Vault-Namespace: team-a {"role":"reader"}"#;
    assert_eq!(sent(&plain, "login-jwt", &[]).as_deref(), Ok(line));
    let line = "POST /v1/auth/token/revoke-self X-Vault-Namespace: team-a";
    assert_eq!(sent(&plain, "revoke-self", &[]).as_deref(), Ok(line));
    let foreign = json!({"role": "admin", "serviceAccountRef": {"name": "reader"}});
    let denial = compile("vault", &vault(&json!({"kubernetes": foreign}))).err().expect("refused");
    assert_eq!(denial.reason, Reason::AccountNotGranted);
    let elsewhere = json!({"kubernetes": account, "namespace": "other"});
    let denial = compile("vault", &vault(&elsewhere)).err().expect("refused");
    assert_eq!(denial.reason, Reason::AccountNotGranted);
}

#[test]
fn vault_logs_in_by_each_method_at_its_own_path() {
    let secret = |name: &str| json!({"name": name, "key": "k"});
    let catalogue = Arc::new(catalogue("vault"));
    let rows = [
        (
            "login-app-role",
            json!({"method": "app-role", "slots": {"role-id": "r1", "mount": "apps/own"}, "secrets": ["./s"]}),
            json!({"appRole": {"secretRef": secret("s")}}),
            r#"POST /v1/auth/apps/own/login X-Vault-Namespace: team-a {"role_id":"r1"}"#,
        ),
        (
            "login-app-role-ref",
            json!({"method": "app-role-ref", "secrets": ["./s"]}),
            json!({"appRole": {"secretRef": secret("s"), "roleRef": secret("s")}}),
            "POST /v1/auth/approle/login X-Vault-Namespace: team-a {}",
        ),
        (
            "login-user-pass",
            json!({"method": "user-pass", "slots": {"username": "an na"}, "secrets": ["./s"]}),
            json!({"userPass": {"username": "an na", "secretRef": secret("s")}}),
            "POST /v1/auth/userpass/login/an%20na X-Vault-Namespace: team-a {}",
        ),
        (
            "login-jwt",
            json!({"method": "jwt", "slots": {"role": "reader"}, "secrets": ["./s"]}),
            json!({"jwt": {"secretRef": secret("s")}}),
            r#"POST /v1/auth/jwt/login X-Vault-Namespace: team-a {"role":"reader"}"#,
        ),
        (
            "revoke-self",
            json!({"method": "jwt", "slots": {"namespace": "logins"}, "secrets": ["./s"]}),
            json!({"jwt": {"secretRef": secret("s")}}),
            "POST /v1/auth/token/revoke-self X-Vault-Namespace: logins",
        ),
    ];
    all_sent("vault", |op| op.class == OperationClass::Exchange, &rows.each_ref().map(|(id, ..)| *id));
    for (operation, entry, auth, line) in rows {
        let mut grant = shown("vault", &catalogue);
        grant.spec.auth = vec![serde_json::from_value(entry).unwrap()];
        let program =
            compile_grant(&catalogue, &grant, &vault(&auth)).unwrap_or_else(|denial| panic!("{denial}"));
        assert_eq!(sent(&program, operation, &[]).as_deref(), Ok(line));
    }
}

fn aws(service: &str) -> Json {
    let key = |key| json!({"name": "aws-keys", "key": key});
    let keys = json!({"accessKeyIDSecretRef": key("id"), "secretAccessKeySecretRef": key("key")});
    json!({"service": service, "region": "eu-central-1", "auth": {"secretRef": keys}})
}

fn of_service(name: &str) -> impl Fn(&Operation) -> bool {
    move |operation| operation.when.values().any(|service| service == name)
}

#[test]
fn aws_asks_secrets_manager() {
    let program = program("aws", &aws("SecretsManager"));
    let get = "secretsmanager.GetSecretValue";
    let list = "secretsmanager.ListSecrets";
    let rows = [
        ("sm-get", vec![key("team-a/db")], get, json!({"SecretId": "team-a/db"})),
        (
            "sm-get",
            vec![key("team-a/db"), version("stage", "AWSPREVIOUS")],
            get,
            json!({"SecretId": "team-a/db", "VersionStage": "AWSPREVIOUS"}),
        ),
        (
            "sm-get-binary",
            vec![key("team-a/db"), version("id", "uuid/0f8fad5b-d9cb")],
            get,
            json!({"SecretId": "team-a/db", "VersionId": "0f8fad5b-d9cb"}),
        ),
        ("sm-get-listed", vec![echo("name", "team-a/db", Some(&[]))], get, json!({"SecretId": "team-a/db"})),
        (
            "sm-get-listed-binary",
            vec![echo("name", "team-a/db", Some(&[]))],
            get,
            json!({"SecretId": "team-a/db"}),
        ),
        (
            "sm-metadata",
            vec![key("team-a/db")],
            "secretsmanager.DescribeSecret",
            json!({"SecretId": "team-a/db"}),
        ),
        ("sm-list", vec![], list, json!({"MaxResults": 100})),
        ("sm-list", vec![echo("next", "a+/=", None)], list, json!({"MaxResults": 100, "NextToken": "a+/="})),
        (
            "sm-list-path",
            vec![path("team-a/")],
            list,
            json!({"Filters": [{"Key": "name", "Values": ["team-a"]}], "MaxResults": 100}),
        ),
    ];
    all_sent("aws", of_service("SecretsManager"), &rows.each_ref().map(|(id, ..)| *id));
    for (operation, args, target, body) in rows {
        let expected = format!("POST / X-Amz-Target: {target} {body}");
        assert_eq!(sent(&program, operation, &args), Ok(expected), "{operation}");
    }
    for (operation, args, reason) in [
        ("sm-get", vec![key("team-b/db")], Reason::KeyNotGranted),
        // Secrets Manager knows `/team-a/db` as another secret than `team-a/db`.
        ("sm-get", vec![key("/team-a/db")], Reason::SlotNotAllowed),
        ("sm-get-listed", vec![echo("name", "/team-a/db", Some(&[]))], Reason::SlotNotAllowed),
        (
            "sm-get",
            vec![key("arn:aws:secretsmanager:eu-central-1:999999999999:secret:team-a/db")],
            Reason::SlotNotAllowed,
        ),
        ("sm-get", vec![key("team-a/db"), version("stage", "a\"b")], Reason::SlotNotAllowed),
        ("sm-list-path", vec![path("team-b")], Reason::KeyNotGranted),
        ("ps-get", vec![key("team-a/db")], Reason::OperationNotGranted),
    ] {
        assert_eq!(sent(&program, operation, &args), Err(reason), "{operation}");
    }
}

#[test]
fn aws_asks_parameter_store() {
    let catalogue = Arc::new(catalogue("aws"));
    let mut grant = shown("aws", &catalogue);
    for target in
        grant.spec.targets.iter_mut().filter(|target| target.authority.as_deref() == Some("secretsmanager"))
    {
        target.authority = Some("ssm".into());
        target.origin = "https://ssm.eu-central-1.amazonaws.com".into();
    }
    let program =
        compile_grant(&catalogue, &grant, &aws("ParameterStore")).unwrap_or_else(|denial| panic!("{denial}"));
    let (get, list, tags) =
        ("AmazonSSM.GetParameter", "AmazonSSM.DescribeParameters", "AmazonSSM.ListTagsForResource");
    let named = |name: &str| json!({"Name": name, "WithDecryption": true});
    let tagged = json!({"ResourceId": "/team-a/db", "ResourceType": "Parameter"});
    let below = json!([{"Key": "Name", "Option": "BeginsWith", "Values": ["/team-a"]}]);
    let rows = [
        ("ps-get", vec![key("/team-a/db")], get, named("/team-a/db")),
        ("ps-get", vec![key("team-a/db"), version("version", "prod")], get, named("team-a/db:prod")),
        ("ps-get-listed", vec![echo("name", "/team-a/db", Some(&[]))], get, named("/team-a/db")),
        ("ps-metadata", vec![key("/team-a/db")], tags, tagged.clone()),
        ("ps-tags", vec![echo("name", "/team-a/db", Some(&[]))], tags, tagged),
        ("ps-list", vec![], list, json!({"MaxResults": 50})),
        ("ps-list-path", vec![path("/team-a")], list, json!({"MaxResults": 50, "ParameterFilters": below})),
    ];
    all_sent("aws", of_service("ParameterStore"), &rows.each_ref().map(|(id, ..)| *id));
    for (operation, args, target, body) in rows {
        let expected = format!("POST / X-Amz-Target: {target} {body}");
        assert_eq!(sent(&program, operation, &args), Ok(expected), "{operation}");
    }
    for (operation, args, reason) in [
        ("ps-get", vec![key("/team-b/db")], Reason::KeyNotGranted),
        ("ps-get", vec![key("/team-a/db:2")], Reason::SlotNotAllowed),
        (
            "ps-get",
            vec![key("arn:aws:ssm:eu-central-1:999999999999:parameter/team-a/db")],
            Reason::SlotNotAllowed,
        ),
        ("ps-get", vec![key("/aws/reference/secretsmanager/team-a/db")], Reason::KeyNotGranted),
        ("sm-get", vec![key("team-a/db")], Reason::OperationNotGranted),
    ] {
        assert_eq!(sent(&program, operation, &args), Err(reason), "{operation}");
    }
}

#[test]
fn aws_assumes_the_granted_role_with_a_policy_of_the_granted_keys() {
    let mut settings = aws("SecretsManager");
    settings["role"] = json!("arn:aws:iam::123456789012:role/team-a-reader");
    let program = program("aws", &settings);
    let line = sent(&program, "assume-role", &[]).unwrap();
    let (form, policy) = line.split_once(" Policy=").unwrap();
    assert_eq!(
        form, "POST / Action=AssumeRole DurationSeconds=900",
        "no external id, since the grant has none"
    );
    assert!(
        policy.contains(r#""arn:aws:secretsmanager:eu-central-1:123456789012:secret:team-a/*-??????""#),
        "{policy}"
    );
    assert!(!policy.contains("ssm"), "{policy}");
    let role = "RoleArn=arn:aws:iam::123456789012:role/team-a-reader";
    assert!(policy.ends_with(&format!(" {role} RoleSessionName=bailiwick Version=2011-06-15")), "{policy}");
    let identity = "POST / Action=GetCallerIdentity Version=2011-06-15";
    assert_eq!(sent(&program, "identity", &[]).as_deref(), Ok(identity));
    all_sent("aws", |op| op.class == OperationClass::Exchange, &["assume-role", "identity"]);
    settings["role"] = json!("arn:aws:iam::999999999999:role/team-a-reader");
    assert_eq!(compile("aws", &settings).err().expect("refused").reason, Reason::AccountNotGranted);
}
