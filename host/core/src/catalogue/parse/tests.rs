//! Each fault is made by one change to a catalogue that is well formed, so that the check is what refuses it.

use super::parse;

const VAULT: &str = include_str!("../../../tests/grants/catalogues/vault.toml");
const AWS: &str = include_str!("../../../tests/grants/catalogues/aws.toml");
const FAKE: &str = include_str!("../../../tests/grants/catalogues/fake.toml");

/// The faults of a catalogue after a change, as `path: problem`.
fn faults(text: &str, from: &str, to: &str) -> Vec<String> {
    assert!(text.contains(from), "the catalogue has no {from:?}");
    let changed = text.replacen(from, to, 1);
    match parse(&changed) {
        Ok(_) => Vec::new(),
        Err(found) => {
            assert!(found.iter().all(|fault| !fault.remedy.is_empty()), "{found:?}");
            found.iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect()
        }
    }
}

/// Each row: change from, to, and what the first fault's path and problem begin with.
fn refuses(text: &str, rows: &[(&str, &str, &str)]) {
    for (from, to, fault) in rows {
        let found = faults(text, from, to);
        assert!(found.iter().any(|found| found.starts_with(fault)), "{to:?}: {fault:?} is not in {found:#?}");
    }
}

#[test]
fn the_catalogues_of_the_tests_are_well_formed() {
    for text in [VAULT, AWS, FAKE] {
        parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    }
}

#[test]
fn text_that_is_no_catalogue_is_refused_with_its_line() {
    for (text, path, problem) in [
        ("name = ", "provider.toml", "line 1"),
        ("name = \"a\"\nname = \"b\"", "provider.toml", "line 2"),
        ("name = \"a\"\nversion = 1", "version", "line 2"),
        (&format!("{FAKE}\n[extra]\nx = 1"), "extra", "line"),
        (
            &VAULT.replace("class = \"digits\"", "class = \"number\""),
            "operations.get.slots.version.class",
            "line",
        ),
        (&VAULT.replace("name = \"X-Vault-Token\"", "name = \"X-Vault-Token\", extra = 1"), "auth", "line"),
        (&" ".repeat(300 * 1024), "provider.toml", "is longer"),
    ] {
        let found = parse(text).unwrap_err();
        let first = found.first().unwrap();
        assert!(first.path.starts_with(path) && first.problem.starts_with(problem), "{found:?}");
    }
}

#[test]
fn all_faults_are_collected() {
    let text = VAULT.replace("name = \"vault\"", "name = \"Vault\"").replace("\"digits\"", "\"text\"");
    let found = parse(&text).unwrap_err();
    assert!(found.len() >= 2, "{found:#?}");
}

#[test]
fn names_and_versions() {
    refuses(
        VAULT,
        &[
            ("name = \"vault\"", "name = \"a.b\"", "name: is not a DNS-1123 label"),
            ("version = \"1.0.0\"", "version = \"1.0\"", "version: is not a semantic version"),
            ("version = \"1.0.0\"", "version = \"01.0.0\"", "version: is not a semantic version"),
            ("world = \"blind\"", "world = \"wasi\"", "world: is not served yet"),
            (
                "world = \"blind\"",
                "world = \"blind\"\ndescription = \"a\\nb\"",
                "description: is not one line",
            ),
            ("[operations.put]", "[operations.Put]", "operations.Put: is not a kebab-case name"),
            ("[operations.put]", "[operations.write]", "operations.write: has the name of a class"),
            ("credential = \"token\"", "credential = \"a_b\"", "auth.token.credential: is not a kebab"),
        ],
    );
}

#[test]
fn settings_say_only_what_their_type_can_mean() {
    refuses(
        VAULT,
        &[
            (
                "server = { type = \"string\" }",
                "server = { type = \"integer\", secret = true }",
                "settings.fields.server.secret",
            ),
            (
                "server = { type = \"string\" }",
                "server = { type = \"string\", pattern = \"(\" }",
                "settings.fields.server.pattern",
            ),
            (
                "server = { type = \"string\" }",
                "server = { type = \"string\", pattern = \"a)|(?:b\" }",
                "settings.fields.server.pattern",
            ),
            (
                "server = { type = \"string\" }",
                "server = { type = \"string\", default = 1 }",
                "settings.fields.server.default",
            ),
            (
                "server = { type = \"string\" }",
                "server = { type = \"string\", required = true, default = \"x\" }",
                "settings.fields.server.default",
            ),
            (
                "server = { type = \"string\" }",
                "server = { type = \"string\", secret = true, default = \"x\" }",
                "settings.fields.server.default",
            ),
            (
                "server = { type = \"string\" }",
                "server = { type = \"string\", min = 2, max = 1 }",
                "settings.fields.server.min",
            ),
            (
                "server = { type = \"string\" }",
                "server = { type = \"array\" }",
                "settings.fields.server.items",
            ),
            (
                "server = { type = \"string\" }",
                "\"ser ver\" = { type = \"string\" }\nserver = { type = \"string\" }",
                "settings.fields.ser ver",
            ),
            (
                "tls = { type = \"unserved\" }",
                "tls = { type = \"unserved\", required = true }",
                "settings.fields.tls.required",
            ),
            ("[settings]\ntype = \"object\"", "[settings]\ntype = \"map\"", "settings.type"),
        ],
    );
    refuses(
        FAKE,
        &[
            ("items = \"/data/*\"", "items = \"/data\"", "config.items: does not end"),
            ("items = \"/data/*\"", "items = \"/other/*\"", "config.items: points at no field"),
            ("key = \"/key\"", "key = \"/value\"", "config.key: points at no public text"),
            ("value = \"/value\"", "value = \"/key\"", "config.value: points at no secret text"),
            ("version = \"/version\"", "version = \"/x\"", "config.version: points at no public text"),
        ],
    );
}

#[test]
fn pointers_into_settings_lead_to_what_they_are_for() {
    refuses(
        VAULT,
        &[
            ("settings = \"/server\"", "settings = \"/sever\"", "authorities.vault.settings"),
            ("settings = \"/server\"", "settings = \"/auth\"", "authorities.vault.settings"),
            ("settings = \"/namespace\"", "settings = \"namespace\"", "account.namespace.settings"),
            ("bundle = \"/caBundle\"", "bundle = \"/caProvider\"", "ca.bundle"),
            ("provider = \"/caProvider\"", "provider = \"/caBundle\"", "ca.provider"),
            ("when = \"/auth/tokenSecretRef\"", "when = \"/auth/token\"", "auth.token.when"),
            (
                "when = \"/auth/kubernetes\"",
                "when = \"/auth/tokenSecretRef\"",
                "auth.token.when: chooses another",
            ),
            (
                "when = \"/auth/kubernetes\"",
                "when = \"/auth/kubernetes\"\nalso = [\"/x\"]",
                "auth.kubernetes.also",
            ),
            (
                "inputs.token.secrets = [\"/auth/tokenSecretRef\"]",
                "inputs.token.secrets = [\"/server\"]",
                "auth.token.inputs.token.secrets",
            ),
            (
                "inputs.token.secrets = [\"/auth/tokenSecretRef\"]",
                "inputs.token.secrets = []",
                "auth.token.inputs.token: has no source",
            ),
            (
                "inputs.jwt.service-accounts = [\"/auth/kubernetes/serviceAccountRef\"]",
                "inputs.jwt.service-accounts = [\"/auth/tokenSecretRef\"]",
                "auth.kubernetes.inputs.jwt.service-accounts",
            ),
            (
                "source = { settings = \"/stage\" }",
                "source = { settings = \"/auth\" }",
                "operations.browse.slots.stage.source.settings",
            ),
        ],
    );
    refuses(
        AWS,
        &[("prepend = \"/prefix\"", "prepend = \"/auth\"", "operations.get-secret.slots.key.prepend")],
    );
}

#[test]
fn templates_and_paths() {
    refuses(
        VAULT,
        &[
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"v1/auth/token/revoke-self\"",
                "operations.revoke-self.path: does not start",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1//revoke-self\"",
                "operations.revoke-self.path: has an empty segment",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/../revoke-self\"",
                "operations.revoke-self.path: has a dot segment",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/a%2fb\"",
                "operations.revoke-self.path: has a character",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/a?b\"",
                "operations.revoke-self.path: has a character",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/{a\"",
                "operations.revoke-self.path: has an unmatched brace",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/{x}\"",
                "operations.revoke-self.path: uses the slot `x`",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/{account.x}\"",
                "operations.revoke-self.path: uses `account.x`",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/{auth.x}\"",
                "operations.revoke-self.path: uses `auth.x`",
            ),
            ("query = { version = \"{version}\" }", "", "operations.get.slots.version: is never used"),
            (
                "query = { version = \"{version}\" }",
                "query = { \"a&b\" = \"{version}\" }",
                "operations.get.query.a&b",
            ),
            ("metadata/{path}", "metadata/{path}/x", "operations.browse.path: has the optional slot"),
            ("metadata/{path}", "metadata/x{path}", "operations.browse.path: has the multi slot"),
            (
                "[authorities.vault]\nsettings = \"/server\"",
                "[authorities.vault]\nsettings = \"/server\"\n[authorities.other]",
                "operations.get.authority",
            ),
            ("method = \"GET\"", "method = \"get\"", "operations.get.method"),
        ],
    );
}

#[test]
fn b1_denied_classes_that_cannot_stand_where_they_are() {
    refuses(
        VAULT,
        &[
            (
                "slots.key = { source = \"key\", class = \"wide\"",
                "slots.key = { source = \"key\", class = \"token\"",
                "operations.get.path: has the slot `key`",
            ),
            ("class = \"digits\"", "class = \"text\"", "operations.get.query.version: has the slot"),
            (
                "slots.name = { source = \"echo\"",
                "slots.name = { source = \"text\"",
                "operations.get-listed.key: has a slot whose source",
            ),
            ("default = \"kubernetes\"", "default = \"a b/../c\"", "auth.kubernetes.slots.mount.default"),
            (
                "default = \"{account.namespace}\"",
                "default = \"{account.x}\"",
                "auth.kubernetes.slots.namespace.default",
            ),
            (
                "namespace = { settings = \"/namespace\", class = \"segment\"",
                "namespace = { settings = \"/namespace\", default = \"{account.mount}\", class = \"segment\"",
                "account.namespace.default",
            ),
            (
                "strip = [\"{account.mount}/data/\"",
                "strip = [\"{auth.mount}/data/\"",
                "operations.get.slots.key.strip",
            ),
        ],
    );
    refuses(
        AWS,
        &[(
            "leading-slash = true, prepend",
            "leading-slash = true, before = \"\\n\", prepend",
            "operations.get-secret.slots.key.before",
        )],
    );
}

#[test]
fn b2_denied_values_outside_bodies_of_writes() {
    refuses(
        VAULT,
        &[
            (
                "slots.version = { source = \"version\"",
                "slots.version = { source = \"secret\"",
                "operations.get.slots.version.source",
            ),
            (
                "slots.version = { source = \"version\"",
                "slots.version = { source = \"secret\"",
                "operations.get.query.version: would send a value",
            ),
            ("class = \"write\"", "class = \"list\"", "operations.put.slots.value.source"),
        ],
    );
}

#[test]
fn b4_denied_public_members_of_values() {
    refuses(
        VAULT,
        &[
            ("class = \"list\"", "class = \"read\"", "operations.browse.reply.public"),
            ("class = \"list\"", "class = \"read\"", "operations.browse.reply.list"),
            (
                "reply.public = [\"/data/keys/*\"]",
                "reply.public = [\"data\"]",
                "operations.browse.reply.public: is no JSON pointer",
            ),
            ("items = \"/data/keys/*\"", "items = \"/data/keys\"", "operations.browse.reply.list.items"),
        ],
    );
}

#[test]
fn b5_denied_exchanges_that_look_like_reads() {
    refuses(
        VAULT,
        &[
            (
                "path = \"/v1/{account.mount}/data/{key}\"\nheaders.X-Vault-Namespace = \"{account.namespace}\"\nbody",
                "path = \"/v1/auth/{key}/login\"\nheaders.X-Vault-Namespace = \"{account.namespace}\"\nbody",
                "operations.put.path: is the method and path of an exchange",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"",
                "path = \"/v1/auth/token/revoke-self\"\nkey = [\"x\"]",
                "operations.revoke-self.key: stands on an exchange",
            ),
            (
                "body.json = { role = \"{auth.role}\" }",
                "body.json = { role = \"{auth.role}\", note = \"{note}\" }\nslots.note = { source = \"text\", class = \"name\" }",
                "operations.login.slots.note.source",
            ),
            ("pointer = \"/jwt\"", "pointer = \"/role\"", "auth.kubernetes.attach: has no free member"),
            ("pointer = \"/jwt\"", "pointer = \"/a/jwt\"", "auth.kubernetes.attach: has no free member"),
            ("pointer = \"/jwt\"", "pointer = \"\"", "auth.kubernetes.attach: has no free member"),
            ("class = \"exchange\"", "class = \"list\"", "operations.login.mint: stands on no exchange"),
            (
                "operations = [\"login\"]",
                "operations = [\"put\"]",
                "operations.login: is an exchange that nothing leads to",
            ),
        ],
    );
}

#[test]
fn b6_denied_credentials_without_bounds() {
    refuses(
        VAULT,
        &[
            ("max-seconds = 1800", "max-seconds = 0", "operations.login.mint.max-seconds"),
            ("max-seconds = 1800", "max-seconds = 100000", "operations.login.mint.max-seconds"),
            ("revoke = \"revoke-self\"", "revoke = \"get\"", "operations.login.mint.revoke"),
            (
                "take.token = \"/auth/client_token\"",
                "take.token = \"auth\"",
                "operations.login.mint: is no JSON pointer",
            ),
            (
                "take.token = \"/auth/client_token\"",
                "take.other = \"/auth/client_token\"",
                "operations.login.mint.attach: uses `token`",
            ),
            (
                "operations = [\"login\"]",
                "operations = [\"login\", \"x\"]",
                "auth.kubernetes.operations: names `x`",
            ),
            ("operations = [\"login\"]", "operations = []", "auth.kubernetes.operations: is empty"),
            (
                "attach = [{ body = { input = \"jwt\", pointer = \"/jwt\" } }]",
                "attach = []",
                "auth.kubernetes.attach: attaches nothing",
            ),
        ],
    );
    refuses(AWS, &[("service = \"sts\"", "", "auth.assume.attach: signs for an authority without")]);
}

#[test]
fn g7_denied_operations_that_carry_no_account() {
    refuses(
        VAULT,
        &[
            (
                "path = \"/v1/{account.mount}/data/{key}\"",
                "path = \"/v1/kv/data/{key}\"",
                "operations.get: carries and proves nothing of the account slot `mount`",
            ),
            (
                "path = \"/v1/auth/token/revoke-self\"\nheaders.X-Vault-Namespace = \"{auth.namespace}\"",
                "path = \"/v1/auth/token/revoke-self\"",
                "operations.revoke-self: is asked of no account",
            ),
            (
                "namespace = { settings = \"/namespace\", class = \"segment\", multi = true, optional = true }\nmount = { settings = \"/path\"",
                "mount = { optional = true, settings = \"/path\"",
                "operations.get.path: has an account slot in the path that may be empty",
            ),
        ],
    );
    let none = VAULT
        .replace("[account]", "[ignored]")
        .replace("{account.mount}", "kv")
        .replace("{account.namespace}", "x");
    let found = parse(&none.replace("[ignored]", "[authorities.vault2]\n[account]")).unwrap_err();
    assert!(!found.is_empty());
    refuses(
        AWS,
        &[
            (
                "[proof]\noperation = \"who-am-i\"",
                "[proof]\noperation = \"get-secret\"",
                "proof.operation: names no exchange",
            ),
            (
                "account = \"account\"\n\n[auth.static]",
                "account = \"region\"\n\n[auth.static]",
                "operations.get-secret: carries and proves nothing of the account slot `account`",
            ),
            (
                "operations = [\"who-am-i\", \"get-secret\"",
                "operations = [\"get-secret\"",
                "auth.static.operations: reads with an account that it cannot prove",
            ),
            ("account = { arn-at", "x = { arn-at", "operations.assume-role.mint"),
            (
                "region = { settings = \"/region\", class = \"name\" }",
                "",
                "authorities.secretsmanager.account: has no account slot `region`",
            ),
        ],
    );
}

#[test]
fn g9_denied_values_without_a_key() {
    refuses(
        VAULT,
        &[
            ("key = [\"key\"]", "", "operations.get.key: is missing"),
            ("key = [\"key\"]", "", "operations.get.slots.key: takes a reference's key"),
            ("key = [\"key\"]", "key = [\"other\"]", "operations.get.key: names a slot that is not declared"),
            (
                "key = [\"key\"]",
                "key = [\"key\", \"version\"]",
                "operations.get.key: has a slot whose source",
            ),
            (
                "slots.name = { source = \"echo\", class = \"wide\", multi = true }",
                "slots.name = { source = \"echo\", class = \"wide\", multi = true, optional = true }",
                "operations.get-listed.key: has an optional slot",
            ),
            (
                "slots.name = { source = \"echo\"",
                "slots.name = { source = { settings = \"/path\" }",
                "operations.get-listed.key: holds settings alone",
            ),
            (
                "path = \"/v1/{account.mount}/data/{name}\"",
                "path = \"/v1/{account.mount}/data/{name}/{x}\"\nslots.x = { source = \"echo\", class = \"name\" }",
                "operations.get-listed.path: has a slot in the path",
            ),
            ("key = [\"folder\"]", "", "operations.browse-folder.reply.list.relative"),
        ],
    );
}

#[test]
fn g10_denied_sharing_and_verbs_by_slot() {
    refuses(
        AWS,
        &[
            (
                "\"secretsmanager.GetSecretValue\"\nheaders.Content-Type",
                "\"secretsmanager.PutResourcePolicy\"\nheaders.Content-Type",
                "operations.get-secret: uses `putresourcepolicy`",
            ),
            (
                "\"secretsmanager.GetSecretValue\"\nheaders.Content-Type",
                "\"secretsmanager.{version}\"\nheaders.Content-Type",
                "operations.get-secret.headers.X-Amz-Target",
            ),
            (
                "VersionStage = \"{version}\" }",
                "CrossAccountPrimaryARN = \"{version}\" }",
                "operations.get-secret: uses `crossaccountprimaryarn`",
            ),
            (
                "Action = \"AssumeRole\"",
                "Action = \"{auth.role}\"",
                "operations.assume-role.body.form.Action",
            ),
            (
                "\"secretsmanager:GetSecretValue\", \"",
                "\"secretsmanager:*\", \"",
                "operations.assume-role.slots.policy.source.policy.statements[0].actions",
            ),
            (
                "secret:{keys}-??????",
                "secret:{other}",
                "operations.assume-role.slots.policy.source.policy.statements[0].resource",
            ),
        ],
    );
}

#[test]
fn headers_of_the_host_are_refused() {
    for name in [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Connection",
        "Upgrade",
        "Expect",
        "Proxy-Authorization",
        "Forwarded",
        "X-Forwarded-Host",
        "Cookie",
        "Authorization",
        "Date",
        "User-Agent",
        "Accept-Encoding",
        "Referer",
        "Origin",
        "X-HTTP-Method-Override",
        "X-HTTP-REQUEST",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Sudo",
        "Impersonate-User",
        "X-Goog-User-Project",
        "X-Vault-Token",
        "X-Vault-Wrap-TTL",
        "Warden-Api-Url",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X_Vault_Token",
        "A B",
        "",
    ] {
        let with = format!("headers.\"{name}\" = \"x\"\nheaders.X-Vault-Namespace = \"{{auth.namespace}}\"");
        let found = faults(VAULT, "headers.X-Vault-Namespace = \"{auth.namespace}\"", &with);
        assert!(found.iter().any(|f| f.starts_with("operations.login.headers.")), "{name}: {found:?}");
    }
    refuses(
        VAULT,
        &[
            (
                "headers.X-Vault-Namespace = \"{auth.namespace}\"",
                "headers.X-Vault-Namespace = \"{auth.namespace}\"\nheaders.x-vault-namespace = \"a\"",
                "operations.login.headers: has one name in two",
            ),
            (
                "headers.X-Vault-Namespace = \"{auth.namespace}\"",
                "headers.X-Vault-Namespace = \"{auth.namespace}\"\nheaders.X-A = \" a\"",
                "operations.login.headers.X-A",
            ),
            (
                "headers.X-Vault-Namespace = \"{auth.namespace}\"",
                "headers.X-Vault-Namespace = \"{auth.namespace}\"\nheaders.Content-Type = \"text/plain\"",
                "operations.login.headers.Content-Type",
            ),
            ("name = \"X-Vault-Token\"", "name = \"Host\"", "auth.token.attach: names a header"),
            ("method = \"POST\"", "method = \"GET\"", "operations.login.body: stands on a method"),
        ],
    );
}

#[test]
fn outcomes_and_tags() {
    refuses(
        VAULT,
        &[
            (
                "reply.public = [\"/data/keys/*\"]",
                "reply.public = [\"/data/keys/*\"]\nreply.outcomes = [{ status = 100, outcome = \"ok\" }]",
                "operations.browse.reply.outcomes[0].status",
            ),
            (
                "reply.public = [\"/data/keys/*\"]",
                "reply.public = [\"/data/keys/*\"]\nreply.outcomes = [{ status = 400, contains = \"x\", outcome = \"ok\" }]",
                "operations.browse.reply.outcomes[0].at",
            ),
            (
                "reply.public = [\"/data/keys/*\"]",
                "reply.public = [\"/data/keys/*\"]\nreply.tags = { at = \"/x\", key = \"Key\" }",
                "operations.browse.reply.tags",
            ),
            (
                "reply.public = [\"/data/keys/*\"]",
                "reply.public = [\"/data/keys/*\"]\nreply.tags-are-value = true",
                "operations.browse.reply.tags-are-value",
            ),
        ],
    );
}
