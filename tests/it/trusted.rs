//! A scene with a signed provider: a key, an artifact in a layout, a policy that names the key, a grant, and what it serves.
//! All of it is made with the binary.

use serde_json::Value;

use crate::scene::{Said, Scene, providers};

pub(crate) const STATE: [&str; 3] = ["--state", "state", "--init-state"];
/// With artifacts of its own: the cache that tests share holds the same one, signed by others.
pub(crate) const ALONE: [&str; 5] = ["--state", "state", "--init-state", "--cache", "cache"];
pub(crate) const REPOSITORY: &str = "registry.example/bailiwick/fake";

/// A scene with a signed `fake` provider, trusted by key, and what it serves.
pub(crate) struct Trusted {
    pub(crate) scene: Scene,
}

impl Trusted {
    pub(crate) fn new() -> Self {
        let trusted = Self { scene: Scene::empty() };
        trusted.ok(&["provider", "keygen", "--unencrypted", "--out-prefix", "release"]);
        trusted.pack("0.1.0", "modules/fake");
        trusted.sign("release.key", "modules/fake");
        trusted.provider("layout: {path: fake, as: 'registry.example/bailiwick/fake:0.1.0'}", "");
        trusted.policy("release.pub", "");
        trusted.scene.write("policy/grant.yaml", GRANT);
        trusted
            .scene
            .write("policy/namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: team-a}\n");
        trusted.scene.write("manifests/shop.yaml", OBJECTS);
        trusted.ok(&["grant", "check", "--write", "--policy", "policy", "--provider-dir", "modules"]);
        trusted
    }

    /// The binary, which must succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> Said {
        let said = self.scene.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.told());
        said
    }

    /// `fake` as this version, as an artifact in a layout.
    pub(crate) fn pack(&self, version: &str, layout: &str) {
        let component = versioned(version);
        std::fs::write(self.scene.folder.join("fake.wasm"), component).unwrap();
        let reference = format!("{REPOSITORY}:{version}");
        self.ok(&["provider", "pack", "fake.wasm", "--as", &reference, "--out", layout]);
    }

    pub(crate) fn sign(&self, key: &str, layout: &str) {
        self.ok(&["provider", "sign", "--key", key, layout]);
    }

    /// The Provider: its module, and the rest of its spec.
    pub(crate) fn provider(&self, module: &str, more: &str) {
        let head = "apiVersion: bailiwick.dev/v1alpha1\nkind: Provider\nmetadata: {name: fake}\nspec:\n";
        self.scene.write("policy/provider.yaml", &format!("{head}  module: {{{module}}}\n{more}\n"));
    }

    /// A TrustPolicy that names a key, and the rest of its spec.
    pub(crate) fn policy(&self, key: &str, more: &str) {
        let pem = self.scene.folder.read(key).unwrap();
        let pem = pem.lines().map(|line| format!("        {line}\n")).collect::<String>();
        let head =
            "apiVersion: bailiwick.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: release}\nspec:\n";
        let body = format!(
            "  match: [{{prefix: registry.example/bailiwick/}}]\n  authorities:\n  - name: release\n    key:\n      pem: |\n{pem}{more}\n"
        );
        self.scene.write("policy/trust-policy.yaml", &format!("{head}{body}"));
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

    /// Compiled code that other tests made, and nothing else of their cache: compiling takes a while.
    pub(crate) fn borrow_compiled(&self) {
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

    /// Refused for this reason, and nothing is written.
    pub(crate) fn refused(&self, more: &[&str], reason: &str) {
        std::fs::remove_dir_all(self.scene.folder.join("out")).unwrap_or_default();
        let said = self.sync(more);
        assert_ne!(said.code, 0, "{}", said.told());
        assert!(said.told().contains(reason), "{reason}: {}", said.told());
        assert!(self.scene.secret("shop").is_none());
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

/// The component, its catalogue's version replaced by one of the same length.
fn versioned(version: &str) -> Vec<u8> {
    let mut component = std::fs::read(providers().join("fake.wasm")).unwrap();
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
