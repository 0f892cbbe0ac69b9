//! A scene around the backend that the recorded cases set up (tests/recorded/vault/setup.yaml): every login method,
//! both engines, versions, namespaces. Which answer a backend gives is checked there; here, what the binary makes of it.

use bailiwick_testkit::kv::cases::{self, Fixture, Variables};
use bailiwick_testkit::kv::{Kv, Vault};

use crate::scene::{Scene, root};

/// The grant's line that a test replaces.
const LOGIN: &str = "  auth: [{method: token, secrets: [./login]}]";
/// The grant's account, which a test may replace.
pub(crate) const ACCOUNT: &str = "{mount: kv}";

/// A scene, and texts that its backend knows: signed tokens among them.
pub(crate) struct Recorded {
    pub(crate) scene: Scene,
    variables: Variables,
}

impl Recorded {
    /// A grant for all keys of the mount `kv`, by token; no store and no object yet.
    pub(crate) fn new() -> Self {
        let scene = Scene::empty();
        let mut variables = Fixture::new().unwrap().variables(scene.kv.root_token()).unwrap();
        cases::set_up(&scene.kv, &root().join("tests/recorded/vault"), &mut variables).unwrap();
        scene.quickstart_provider();
        let head = "apiVersion: bailiwick.dev/v1alpha1\nkind: CapabilityGrant\nmetadata:\n  name: team-a\n";
        let spec = "spec:\n  provider:\n    name: vault\n  subjects: [{namespaces: [team-a]}]\n  operations: [read, list]\n";
        let target = "  targets:\n  - origin: http://127.0.0.1:8200\n    addresses: {class: loopback, cidrs: [127.0.0.1/32]}\n    keys: [\"**\"]\n";
        scene.write(
            "policy/grant.yaml",
            &format!(
                "{head}{spec}{target}    account: {ACCOUNT}\n{LOGIN}\n  limits: {{calls: 32, rate: 1000/s}}\n"
            ),
        );
        scene.accept();
        scene.kv.forget();
        Self { scene, variables }
    }

    /// Has the grant admit this login in place of the token: the rest of an entry of `auth`.
    pub(crate) fn admit(&self, entry: &str) {
        self.scene.edit("policy/grant.yaml", LOGIN, &format!("  auth: [{{{entry}}}]"));
    }

    /// Writes the store: what stands beside its server, and its `auth`.
    pub(crate) fn store(&self, settings: &str, auth: &str) {
        let head = "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault, namespace: team-a}\n";
        let vault = format!("server: \"http://127.0.0.1:8200\", {settings}, auth: {auth}");
        let text = format!("{head}spec: {{provider: {{vault: {{{vault}}}}}}}\n");
        self.scene.write("manifests/store.yaml", &text);
    }

    /// Writes a Secret `login` of team-a: its stringData, with `${name}` for what the backend knows.
    pub(crate) fn login(&self, data: &str) {
        let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: team-a}\n";
        let data = self.filled(data);
        self.scene.write("manifests/login.yaml", &format!("{head}stringData: {data}\n"));
    }

    /// A text with `${name}` for what the backend knows.
    pub(crate) fn filled(&self, text: &str) -> String {
        let fill =
            |text: String, (name, value): (&String, &String)| text.replace(&format!("${{{name}}}"), value);
        self.variables.iter().fold(text.to_owned(), fill)
    }

    /// The backend.
    pub(crate) fn kv(&self) -> &Kv {
        &self.scene.kv
    }
}
