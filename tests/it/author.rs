//! A provider's author, from `provider init` to a Secret: in an empty folder outside of everything, and within a
//! repository that is a workspace of cargo. What the template's README says is run as it stands there, by a shell. The
//! component is built by the compiler that the set-up found; where there is none, that is said.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use bailiwick_testkit::{
    hostile::{Hostile, Wire},
    temp::Folder,
};

use crate::scene::{Said, root};

/// Set by `cargo xtask test`: the compiler's flags that our own providers are built with, so that the standard library
/// need not be built again. With it, there is a compiler.
const FLAGS: &str = "BAILIWICK_GUEST_FLAGS";

/// What the backend says, and the Secret's form of it.
const VALUE: (&str, &str) = ("example-value", "ZXhhbXBsZS12YWx1ZQ==");

/// What an outer cargo leaves behind.
const BENT: [&str; 6] =
    ["CARGO", "RUSTC", "RUSTFLAGS", "LD_LIBRARY_PATH", "CARGO_MANIFEST_DIR", "CARGO_NET_OFFLINE"];

/// A line as one types it, with `bailiwick` on PATH.
pub(crate) fn typed(line: &str, at: &Path) -> Said {
    let binary = Path::new(env!("CARGO_BIN_EXE_bailiwick")).parent().unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(at).stdin(Stdio::null());
    for name in BENT {
        command.env_remove(name);
    }
    let path = std::env::var("PATH").unwrap();
    command
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("CARGO_TARGET_DIR", target.join("guests"));
    command.env("XDG_CACHE_HOME", target.join("tmp/cache"));
    if let Some(flags) = std::env::var_os(FLAGS) {
        command.env("CARGO_ENCODED_RUSTFLAGS", flags);
    }
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// As [`typed`], and it works.
pub(crate) fn works(line: &str, at: &Path) -> String {
    let said = typed(line, at);
    assert_eq!(said.code, 0, "{line}: {}{}", said.out, said.err);
    said.out
}

/// The commands in a README's blocks.
fn commands(readme: &str) -> Vec<&str> {
    let blocks = readme.split("```\n").skip(1).step_by(2);
    blocks.flat_map(str::lines).collect()
}

/// A provider that was made a moment ago.
struct Author {
    folder: Folder,
    at: PathBuf,
    commands: Vec<String>,
}

impl Author {
    /// Makes `inner` in a folder, and holds what is printed against the README.
    fn new(folder: Folder, inner: &str) -> Self {
        let printed = works(&format!("bailiwick provider init {inner}"), folder.path());
        let at = folder.join(inner);
        let readme = std::fs::read_to_string(at.join("README.md")).unwrap();
        let commands: Vec<String> = commands(&readme).into_iter().map(str::to_owned).collect();
        let typed: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("  ")).collect();
        assert_eq!(
            typed,
            [
                &[format!("cd {inner}").as_str()],
                &commands[..3].iter().map(String::as_str).collect::<Vec<_>>()[..]
            ]
            .concat()
        );
        // The versions that our own providers are built with are built already, and are the ones that are tested.
        std::fs::copy(root().join("providers-wasm/Cargo.lock"), at.join("Cargo.lock")).unwrap();
        Self { folder, at, commands }
    }

    /// Runs what the README says, up to a Secret. False where there is no compiler, which is said.
    fn follow_the_readme(&self) -> bool {
        let [test, build, offline @ .., sync] = self.commands.as_slice() else { panic!("no commands") };
        assert!(works(test, &self.at).contains("3 passed"));
        let built = typed(build, &self.at);
        if built.err.contains("no compiler for wasm32-unknown-unknown") && std::env::var_os(FLAGS).is_none() {
            // Past the capture of the test's output: what is left out must be seen.
            let _ = writeln!(std::io::stderr(), "LEFT OUT: building a new provider: {}", built.err);
            return false;
        }
        assert_eq!(built.code, 0, "{}{}", built.out, built.err);
        let said: Vec<String> = offline.iter().map(|line| works(line, &self.at)).collect();
        let digest = built.out.split(' ').next().unwrap();
        assert!(said[0].contains("2 cases: 2 ok, 0 failed"), "{}", said[0]);
        assert!(said[1].contains(digest) && said[1].contains("get-secret"), "{}", said[1]);
        assert!(said[2].contains("team-a-acme: compiles"), "{}", said[2]);
        let request = "GET https://api.example/v1/projects/p/secrets/team-a/db";
        assert!(said[3].contains(request), "{}", said[3]);
        self.sync(sync);
        true
    }

    /// The README's last command, with a backend at hand.
    fn sync(&self, line: &str) {
        let body = format!(r#"{{"value":"{}"}}"#, VALUE.0);
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}", body.len());
        let backend = Hostile::start(Wire::Reply(format!("{head}\r\n\r\n{body}").into_bytes())).unwrap();
        let addresses = "\n    addresses:\n      class: loopback\n      cidrs: [127.0.0.1/32]";
        for (file, more) in [("policy/grant.yaml", addresses), ("manifests/secrets.yaml", "")] {
            let file = self.at.join("example").join(file);
            let text = std::fs::read_to_string(&file).unwrap();
            let here = format!("{}{more}", backend.url());
            std::fs::write(&file, text.replace("https://api.example", &here)).unwrap();
        }
        std::fs::write(self.at.join("token"), "t-1").unwrap();
        assert!(works(line, &self.at).contains("SecretSynced"));
        let secret = std::fs::read_to_string(self.at.join("out/team-a.example.yaml")).unwrap();
        assert!(secret.contains(VALUE.1), "{secret}");
        let requests = backend.requests();
        let request = String::from_utf8_lossy(&requests[0]).to_lowercase();
        assert!(request.starts_with("get /v1/projects/p/secrets/team-a/db http/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: bearer t-1\r\n"), "{request}");
    }
}

#[test]
fn a_new_provider_in_an_empty_folder_syncs_as_its_readme_says() {
    let author = Author::new(Folder::new().unwrap(), "acme");
    if author.follow_the_readme() {
        let component = std::fs::read(author.at.join("acme.wasm")).unwrap();
        let home = std::env::var("HOME").unwrap();
        let holds = |text: &str| component.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("/cargo/registry"), "what is searched for can be found");
        assert!(!holds(&format!("{home}/")), "a component says nothing of who built it");
    }
}

#[test]
fn a_new_provider_within_a_repository_and_its_workspace_syncs_as_its_readme_says() {
    let folder = Folder::new().unwrap();
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n";
    folder.write("Cargo.toml", manifest).unwrap();
    folder.write("crates/other/Cargo.toml", "[package]\nname = \"other\"\nedition = \"2024\"\n").unwrap();
    folder.write("crates/other/src/lib.rs", "").unwrap();
    folder.write(".git/HEAD", "ref: refs/heads/main\n").unwrap();
    let author = Author::new(folder, "crates/acme");
    author.follow_the_readme();
    // Two roots in one workspace do not build; what `init` said about it helps.
    let metadata = "cargo metadata --no-deps --format-version 1";
    assert_ne!(typed(metadata, author.folder.path()).code, 0);
    author.folder.write("Cargo.toml", format!("{manifest}exclude = [\"crates/acme\"]\n")).unwrap();
    works(metadata, author.folder.path());
}

#[test]
fn init_says_what_the_workspace_around_it_needs() {
    let folder = Folder::new().unwrap();
    folder.write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n").unwrap();
    let said = typed("bailiwick provider init crates/acme", folder.path());
    assert!(said.err.contains(r#"add `exclude = ["crates/acme"]`"#), "{}", said.err);
    let folder = Folder::new().unwrap();
    folder.write("Cargo.toml", "[package]\nname = \"other\"\n").unwrap();
    assert_eq!(typed("bailiwick provider init acme", folder.path()).err, "");
}

/// Names that a package or a crate could not have.
#[test]
fn a_provider_may_be_called_what_no_crate_may() {
    for name in ["1password", "match", "test", "bailiwick-sdk", "serde"] {
        let folder = Folder::new().unwrap();
        works(&format!("bailiwick provider init {name}"), folder.path());
        std::fs::copy(root().join("providers-wasm/Cargo.lock"), folder.join(name).join("Cargo.lock"))
            .unwrap();
        works("cargo metadata --format-version 1", &folder.join(name));
        let lib = format!("[package]\nname = \"provider-{name}\"");
        assert!(folder.read(&format!("{name}/Cargo.toml")).unwrap().starts_with(&lib));
    }
}
