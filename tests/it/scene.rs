//! A scene: the quick start's folders in a temporary place, against a backend of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use bailiwick_testkit::{
    kv::{Kv, Vault, cases},
    temp::Folder,
};
use serde_json::Value;

use crate::running::Running;

/// What the quick start's backend holds, and what must be nowhere but in the Secret.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";
/// What each sync is told.
pub(crate) const SYNC: [&str; 12] = [
    "sync",
    "--allow-unsigned",
    "--policy",
    "policy",
    "--out",
    "out",
    "-o",
    "json",
    "--audit",
    "audit.jsonl",
    "--manifests",
    "manifests",
];
/// The tenant's token.
pub(crate) const TOKEN: &str = "quickstart-reader";

/// Where the quick start's module is.
const LAYOUT: &str = "    layout:\n      path: vault.tar\n      as: registry.example/bailiwick/vault:0.1.0\n";

/// Folders, and a backend.
pub(crate) struct Scene {
    pub(crate) kv: Kv,
    pub(crate) folder: Folder,
}

/// What the binary said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    /// The quick start, its grant accepted.
    pub(crate) fn new() -> Self {
        let kv = Kv::start().unwrap();
        let mut variables = [("root".to_owned(), "root".to_owned())].into();
        let example = root().join("examples/quickstart");
        cases::set_up_from(&kv, &example.join("backend/setup.yaml"), &mut variables).unwrap();
        let scene = Self { folder: Folder::new().unwrap(), kv };
        for part in ["policy", "manifests", "denied"] {
            scene.copy(&example.join(part), part);
        }
        // Signed modules have tests of their own.
        scene.quickstart_provider();
        scene.write("manifests/token.yaml", &secret("vault-token", "token", TOKEN));
        scene.accept();
        scene.kv.forget();
        scene
    }

    /// No manifests, and a backend that holds nothing.
    pub(crate) fn empty() -> Self {
        Self { kv: Kv::start().unwrap(), folder: Folder::new().unwrap() }
    }

    /// The quick start's Provider, with a file that nobody signed for its module.
    pub(crate) fn quickstart_provider(&self) {
        let text = std::fs::read_to_string(root().join("examples/quickstart/policy/provider.yaml")).unwrap();
        self.write("policy/provider.yaml", &text);
        self.edit("policy/provider.yaml", LAYOUT, "    file: vault.wasm\n");
    }

    /// Has digest and surface put into the grants.
    pub(crate) fn accept(&self) {
        let said = self.run(&["grant", "check", "--allow-unsigned", "--write", "--policy", "policy"]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }

    /// Writes a file; the quick start's address in it becomes the backend's.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let text = text.replace("127.0.0.1:8200", &self.kv.address().to_string());
        self.folder.write(name, text).unwrap();
    }

    /// Writes an ExternalSecret of team-a with the store `vault`: its name, and the rest of its spec.
    pub(crate) fn wants(&self, name: &str, spec: &str) {
        let head = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {namespace: team-a, ";
        let text = format!("{head}name: {name}}}\nspec:\n  secretStoreRef: {{name: vault}}\n{spec}\n");
        self.write(&format!("manifests/{name}.yaml"), &text);
    }

    /// Changes a file.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.folder.read(name).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        self.folder.write(name, text.replace(from, to)).unwrap();
    }

    /// `bailiwick sync` with JSON output.
    pub(crate) fn sync(&self, more: &[&str]) -> Said {
        self.run(&[&SYNC[..], more].concat())
    }

    /// The same, started and not waited for.
    pub(crate) fn start(&self, more: &[&str]) -> Running<'_> {
        Running::start(self, self.command(&[&SYNC[..], more].concat()))
    }

    /// The binary with these arguments, started and not waited for.
    pub(crate) fn begin(&self, args: &[&str]) -> Running<'_> {
        Running::start(self, self.command(args))
    }

    /// The binary in the scene's folder, everything logged.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        said(self.command(args).output().unwrap())
    }

    /// The binary by way of a shell: `script` is to end in `"$@"`.
    pub(crate) fn through(&self, script: &str, args: &[&str]) -> Said {
        let binary = self.command(args);
        let mut command = self.dressed(Command::new("sh"));
        command.args(["-c", script, "sh"]).arg(binary.get_program()).args(binary.get_args());
        said(command.output().unwrap())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.dressed(Command::new(env!("CARGO_BIN_EXE_bailiwick")));
        command.args(args);
        if args.contains(&"--allow-unsigned") {
            command.arg("--provider-dir").arg(providers());
        }
        command
    }

    fn dressed(&self, mut command: Command) -> Command {
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("BAILIWICK_LOG", "trace");
        command.env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
        command
    }

    /// The text of a Secret file, if there is one.
    pub(crate) fn secret(&self, name: &str) -> Option<String> {
        self.folder.read(&format!("out/team-a.{name}.yaml")).ok()
    }

    /// A request to the backend's namespace `team-a` as root.
    pub(crate) fn as_root(&self, path: &str, body: &Value) {
        let headers = [("X-Vault-Token", "root"), ("X-Vault-Namespace", "team-a")];
        let url = format!("{}/v1/{path}", self.kv.url());
        let reply =
            bailiwick_testkit::http::send("POST", &url, &headers, body.to_string().as_bytes()).unwrap();
        assert!(reply.status < 300, "{path}: {}", reply.status);
    }

    fn copy(&self, from: &Path, to: &str) {
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            self.write(&format!("{to}/{name}"), &std::fs::read_to_string(&path).unwrap());
        }
    }
}

impl Said {
    /// What was said of one object.
    pub(crate) fn object(&self, name: &str) -> Value {
        let report: Value =
            serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.err));
        let objects = report["objects"].as_array().unwrap();
        objects.iter().find(|object| object["name"] == name).cloned().unwrap_or(Value::Null)
    }

    /// All that was said, without the log: for a test that fails.
    pub(crate) fn told(&self) -> String {
        let lines = self.err.lines().filter(|line| !line.starts_with('{'));
        lines.fold(self.out.clone(), |all, line| all + line + "\n")
    }

    /// Reason of one object.
    pub(crate) fn reason(&self, name: &str) -> String {
        self.object(name)["reason"].as_str().unwrap_or_default().to_owned()
    }

    /// Message of one object.
    pub(crate) fn message(&self, name: &str) -> String {
        self.object(name)["message"].as_str().unwrap_or_default().to_owned()
    }
}

fn said(output: Output) -> Said {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A Secret manifest in team-a.
pub(crate) fn secret(name: &str, key: &str, value: &str) -> String {
    let head = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n  namespace: team-a\n");
    format!("{head}stringData:\n  {key}: {value}\n")
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The folder with the built providers.
pub(crate) fn providers() -> PathBuf {
    let folder = std::env::var_os("BAILIWICK_PROVIDERS");
    let folder = folder.map_or_else(|| root().join("target/providers"), PathBuf::from);
    let remedy = "no providers; run `cargo xtask providers`";
    assert!(folder.join("vault.wasm").is_file(), "{}: {remedy}", folder.display());
    folder
}
