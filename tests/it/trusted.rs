//! A scene with a signed provider: a key, an artifact in a layout, a policy that names the key, a grant, and what it serves.
//! All of it is made with the binary.

use std::sync::Once;

use serde_json::Value;

use crate::scene::{Said, Scene, providers};

pub(crate) const STATE: [&str; 3] = ["--state", "state", "--init-state"];
/// With artifacts of its own: the cache that tests share holds the same one, signed by others.
pub(crate) const ALONE: [&str; 5] = ["--state", "state", "--init-state", "--cache", "cache"];
pub(crate) const REPOSITORY: &str = "registry.example/bailiwick/fake";

/// A scene with a signed provider, trusted by key, and what it serves.
pub(crate) struct Trusted {
    pub(crate) scene: Scene,
    /// The registry that it is made for.
    pub(crate) registry: String,
    name: &'static str,
}

impl Trusted {
    /// With the provider `fake`, which needs no backend.
    pub(crate) fn new() -> Self {
        Self::made_for("registry.example")
    }

    /// The same, made for another registry.
    pub(crate) fn made_for(registry: &str) -> Self {
        let scene = Scene::empty();
        scene.write("policy/grant.yaml", GRANT);
        scene.write("manifests/shop.yaml", OBJECTS);
        Self::signed(scene, "fake", registry)
    }

    /// The quick start, its provider signed and made for that registry.
    pub(crate) fn quickstart(registry: &str) -> Self {
        let scene = Scene::new();
        // The digest of a file that nobody signed.
        let grant = scene.folder.read("policy/grant.yaml").unwrap();
        let unpinned = grant.lines().filter(|line| !line.trim_start().starts_with("module:"));
        scene.write("policy/grant.yaml", &unpinned.map(|line| format!("{line}\n")).collect::<String>());
        Self::signed(scene, "vault", registry)
    }

    fn signed(scene: Scene, name: &'static str, registry: &str) -> Self {
        let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: team-a}\n";
        scene.write("policy/namespace.yaml", namespace);
        let trusted = Self { scene, registry: registry.to_owned(), name };
        trusted.ok(&["provider", "keygen", "--unencrypted", "--out-prefix", "release"]);
        let layout = format!("modules/{name}");
        trusted.pack("0.1.0", &layout);
        trusted.sign("release.key", &layout);
        trusted.provider(&format!("layout: {{path: {name}, as: '{}:0.1.0'}}", trusted.repository()), "");
        trusted.policy("release.pub", "");
        trusted.ok(&["grant", "check", "--write", "--policy", "policy", "--provider-dir", "modules"]);
        trusted
    }

    /// The repository that it is made for.
    pub(crate) fn repository(&self) -> String {
        format!("{}/bailiwick/{}", self.registry, self.name)
    }

    /// The binary, which must succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> Said {
        let said = self.scene.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.told());
        said
    }

    /// The provider as this version, as an artifact in a layout.
    pub(crate) fn pack(&self, version: &str, layout: &str) {
        let file = format!("{}.wasm", self.name);
        std::fs::write(self.scene.folder.join(&file), versioned(&file, version)).unwrap();
        let reference = format!("{}:{version}", self.repository());
        self.ok(&["provider", "pack", &file, "--as", &reference, "--out", layout]);
    }

    pub(crate) fn sign(&self, key: &str, layout: &str) {
        self.ok(&["provider", "sign", "--key", key, layout]);
    }

    /// The Provider: its module, and the rest of its spec.
    pub(crate) fn provider(&self, module: &str, more: &str) {
        let name = self.name;
        let head =
            format!("apiVersion: bailiwick.dev/v1alpha1\nkind: Provider\nmetadata: {{name: {name}}}\n");
        self.scene.write("policy/provider.yaml", &format!("{head}spec:\n  module: {{{module}}}\n{more}\n"));
    }

    /// A TrustPolicy that names a key, and the rest of its spec.
    pub(crate) fn policy(&self, key: &str, more: &str) {
        let pem = indented(&self.scene.folder.read(key).unwrap(), 8);
        self.trusts(&format!("key:\n      pem: |\n{pem}{more}"));
    }

    /// A TrustPolicy whose authority is this, and the rest of its spec.
    pub(crate) fn trusts(&self, authority: &str) {
        let head =
            "apiVersion: bailiwick.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: release}\nspec:\n";
        let prefix = format!("  match: [{{prefix: {}/bailiwick/}}]\n", self.registry);
        let body = format!("  authorities:\n  - name: release\n    {authority}\n");
        self.scene.write("policy/trust-policy.yaml", &format!("{head}{prefix}{body}"));
    }

    pub(crate) fn sync(&self, more: &[&str]) -> Said {
        let base = ["sync", "--policy", "policy", "--manifests", "manifests", "--out", "out", "-o", "json"];
        // A file's folder is the scene's business.
        let folder: &[&str] =
            if more.contains(&"--allow-unsigned") { &[] } else { &["--provider-dir", "modules"] };
        self.scene.run(&[&base[..], folder, more].concat())
    }

    /// Synced, with the state that is kept.
    pub(crate) fn synced(&self) {
        self.synced_with(&STATE);
    }

    /// Compiled code that tests share, and nothing else of their cache: compiling takes a while, so that `fake` is compiled
    /// once before anybody borrows.
    pub(crate) fn borrow_compiled(&self) {
        static COMPILED: Once = Once::new();
        COMPILED.call_once(|| Self::new().synced());
        let shared = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache/bailiwick");
        let script = format!("mkdir -m 700 cache; cp -rp {shared}/compiled {shared}/compiled.key cache");
        // What is not there, or half there, is compiled.
        let _ = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(self.scene.folder.path())
            .stderr(std::process::Stdio::null())
            .status();
    }

    /// The same, told more.
    pub(crate) fn synced_with(&self, more: &[&str]) {
        let said = self.sync(more);
        assert_eq!(said.code, 0, "{}", said.told());
        assert!(self.scene.secret("shop").is_some());
    }

    /// Refused for this reason, and nothing is written; what was said.
    pub(crate) fn refused(&self, more: &[&str], reason: &str) -> String {
        std::fs::remove_dir_all(self.scene.folder.join("out")).unwrap_or_default();
        let said = self.sync(more);
        assert_ne!(said.code, 0, "{}", said.told());
        assert!(said.told().contains(reason), "{reason}: {}", said.told());
        assert!(self.scene.secret("shop").is_none());
        said.told()
    }

    /// What `provider list` says of it.
    pub(crate) fn listed(&self) -> Value {
        let said = self.scene.run(&["provider", "list", "--state", "state", "-o", "json"]);
        let all: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}", said.told()));
        all[0].clone()
    }

    /// Status and reason of one of its conditions.
    pub(crate) fn condition(&self, kind: &str) -> (String, String) {
        let listed = self.listed();
        let found = listed["conditions"].as_array().unwrap().iter().find(|one| one["type"] == kind).unwrap();
        let text = |member: &str| found[member].as_str().unwrap_or_default().to_owned();
        (text("status"), text("reason"))
    }
}

/// Each line of a text, so many blanks before it.
pub(crate) fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}

/// A component, its catalogue's version replaced by one of the same length.
fn versioned(file: &str, version: &str) -> Vec<u8> {
    let mut component = std::fs::read(providers().join(file)).unwrap();
    let (from, to) = (b"version = \"0.1.0\"", format!("version = \"{version}\""));
    assert_eq!(from.len(), to.len());
    let at = component.windows(from.len()).position(|window| window == from).unwrap();
    component[at..at + from.len()].copy_from_slice(to.as_bytes());
    component
}

const GRANT: &str = "\
apiVersion: bailiwick.dev/v1alpha1
kind: CapabilityGrant
metadata:
  name: team-a-fake
spec:
  provider:
    name: fake
    world: blind
  subjects:
  - namespaces: [team-a]
";

const OBJECTS: &str = "\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: fake, namespace: team-a}
spec:
  provider:
    fake:
      data: [{key: db, value: hunter2}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: shop, namespace: team-a}
spec:
  secretStoreRef: {name: fake}
  target: {name: shop}
  data: [{secretKey: db, remoteRef: {key: db}}]
";
