//! `aws` against moto, through the binary: what the account's own keys read, and that another account's keys, though
//! good keys in the same region, are refused before they read anything (G7).

use bailiwick_testkit::moto::Moto;

use crate::scene::{Scene, secret};

const REGION: &str = "eu-central-1";

struct Aws {
    scene: Scene,
    moto: &'static Moto,
    account: String,
}

impl Aws {
    fn new() -> Self {
        let moto = Moto::shared().unwrap();
        let (scene, account) = (Scene::empty(), moto.account());
        moto.secret(&account, REGION, "team-a/db", "of-the-account", &[]).unwrap();
        moto.secret(&account, REGION, "team-b/db", "of-another-team", &[]).unwrap();
        let aws = Self { scene, moto, account };
        aws.write_all();
        aws
    }

    fn write_all(&self) {
        let Self { scene, moto, account } = self;
        let provider = "apiVersion: bailiwick.dev/v1alpha1\nkind: Provider\nmetadata: {name: aws}\nspec:\n  module: {file: aws.wasm}\n";
        scene.write("policy/provider.yaml", provider);
        let target = |authority: &str, keys: &str| {
            format!(
                "  - authority: {authority}\n    origin: {}\n    addresses: {{class: loopback, cidrs: [127.0.0.1/32]}}\n    account: {{account: \"{account}\", region: {REGION}}}\n{keys}",
                moto.url()
            )
        };
        let keys = "    keys: [\"team-a/**\"]\n";
        let grant = format!(
            "apiVersion: bailiwick.dev/v1alpha1\nkind: CapabilityGrant\nmetadata:\n  name: team-a-aws\nspec:\n  provider:\n    name: aws\n  subjects:\n  - namespaces: [team-a]\n  operations: [read, list]\n  targets:\n{}{}  auth:\n  - method: secret-ref\n    secrets: [./keys]\n",
            target("secretsmanager", keys),
            target("sts", ""),
        );
        scene.write("policy/grant.yaml", &grant);
        let store = format!(
            "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {{name: aws, namespace: team-a}}\nspec:\n  provider:\n    aws:\n      service: SecretsManager\n      region: {REGION}\n      auth:\n        secretRef:\n          accessKeyIDSecretRef: {{name: keys, key: id}}\n          secretAccessKeySecretRef: {{name: keys, key: secret}}\n"
        );
        scene.write("manifests/store.yaml", &store);
        self.entry("team-a/db");
        scene.accept();
    }

    fn entry(&self, key: &str) {
        let object = format!(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: db, namespace: team-a}}\nspec:\n  secretStoreRef: {{name: aws}}\n  data:\n  - secretKey: password\n    remoteRef: {{key: \"{key}\"}}\n"
        );
        self.scene.write("manifests/db.yaml", &object);
    }

    fn with_keys_of(&self, account: &str) {
        let keys = self.moto.keys(account).unwrap();
        let text = secret("keys", "id", &keys.id);
        self.scene.write("manifests/keys.yaml", &format!("{text}  secret: \"{}\"\n", keys.secret));
    }
}

#[test]
fn g7_allowed_the_accounts_own_keys() {
    let aws = Aws::new();
    aws.with_keys_of(&aws.account);
    let said = aws.scene.sync(&[]);
    assert_eq!((said.code, said.reason("db").as_str()), (0, "SecretSynced"), "{}{}", said.out, said.err);
    let audit = aws.scene.folder.read("audit.jsonl").unwrap();
    let operations: Vec<&str> =
        audit.lines().filter_map(|line| line.split("\"operation\":\"").nth(1)).collect();
    assert!(
        operations.first().is_some_and(|first| first.contains("identity")),
        "the proof comes first: {audit}"
    );
    assert!(!audit.contains("of-the-account") && !said.err.contains("of-the-account"));
}

#[test]
fn g7_denied_an_attackers_keys() {
    let aws = Aws::new();
    let attacker = aws.moto.account();
    aws.moto.secret(&attacker, REGION, "team-a/db", "of-the-attacker", &[]).unwrap();
    aws.with_keys_of(&attacker);
    let said = aws.scene.sync(&[]);
    assert_eq!((said.code, said.reason("db").as_str()), (1, "AccountNotGranted"), "{}{}", said.out, said.err);
    assert!(aws.scene.secret("db").is_none());
}

#[test]
fn g9_denied_another_teams_secret_and_a_foreign_arn() {
    let aws = Aws::new();
    aws.with_keys_of(&aws.account);
    aws.entry("team-b/db");
    assert_eq!(aws.scene.sync(&[]).reason("db"), "KeyNotGranted");
    aws.entry("arn:aws:secretsmanager:eu-central-1:999999999999:secret:team-a/db");
    assert_eq!(aws.scene.sync(&[]).reason("db"), "SlotNotAllowed");
}
