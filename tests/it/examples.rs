//! The examples as their READMEs have them typed, at the root of what looks like the repository after `cargo xtask providers`:
//! each grant is checked and accepted under the policy that trusts the signer, and `fake` is synced; beside it modules that
//! must not run. Backends have no part in it.

use bailiwick_testkit::temp::Folder;

use crate::{
    author::{typed, works},
    scene::{Said, providers, root},
};

const PREFIX: &str = "registry.example/bailiwick/";
/// Examples that sign in another way: `cargo xtask quickstart` runs one, and the other is below.
const OTHERS: [&str; 2] = ["quickstart", "signed"];

/// A repository with the examples, and these providers as signed artifacts.
fn repository(names: &[&str]) -> Folder {
    let folder = Folder::new().unwrap();
    let here = root();
    works(
        &format!("cp -r '{}/examples' . && mkdir -p target/providers/trust", here.display()),
        folder.path(),
    );
    works("bailiwick provider keygen --unencrypted --out-prefix target/providers/release", folder.path());
    names.iter().for_each(|name| pack(&folder, name));
    for name in names {
        let layout = format!("target/providers/{name}.tar");
        works(&format!("bailiwick provider sign --key target/providers/release.key {layout}"), folder.path());
    }
    trust(&folder, "target/providers/release.pub");
    folder
}

fn trust(folder: &Folder, key: &str) {
    let suggest = format!("bailiwick trust suggest --key {key} --prefix {PREFIX}");
    works(&format!("{suggest} > target/providers/trust/trust-policy.yaml"), folder.path());
}

/// A provider as an artifact that nobody signed.
fn pack(folder: &Folder, name: &str) {
    let component = providers().join(format!("{name}.wasm"));
    let (from, to) = (component.display(), format!("target/providers/{name}.tar"));
    works(&format!("bailiwick provider pack '{from}' --as {PREFIX}{name}:0.1.0 --out {to}"), folder.path());
}

/// The commands of an example's README, each in one line.
fn commands(example: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(root().join(format!("examples/{example}/README.md"))).unwrap();
    readme
        .replace(" \\\n   ", "")
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

/// The one that begins so.
fn command(example: &str, words: &str) -> String {
    let all = commands(example);
    let found = all.iter().find(|line| line.starts_with(&format!("bailiwick {words} ")));
    found.unwrap_or_else(|| panic!("{example}: no {words}: {all:?}")).clone()
}

/// The example `fake`, its grant accepted.
fn fake() -> Folder {
    let folder = repository(&["fake"]);
    works(&command("fake", "grant check"), folder.path());
    folder
}

/// Its sync, with nothing that others fetched.
fn sync(folder: &Folder) -> Said {
    typed(&format!("{} --cache cache", command("fake", "sync")), folder.path())
}

/// Nothing ran, for this reason.
fn refused(folder: &Folder, reason: &str) {
    let said = sync(folder);
    assert_ne!(said.code, 0, "{}", said.told());
    assert!(said.told().contains(reason), "{reason}: {}", said.told());
    let written = std::fs::read_dir(folder.join("out")).map_or(0, Iterator::count);
    assert_eq!(written, 0, "{}", said.told());
}

/// The folders of all examples whose modules `cargo xtask providers` signs.
fn examples() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.map(|folder| folder.file_name().into_string().unwrap());
    let mut all: Vec<_> = names.filter(|name| !OTHERS.contains(&name.as_str())).collect();
    all.sort();
    all
}

#[test]
fn every_example_is_checked_and_accepted_as_its_readme_says() {
    let folder = repository(&["aws", "fake", "openbao", "vault"]);
    let all = examples();
    assert_eq!(all.len(), 8, "{all:?}");
    for example in all {
        let said = works(&command(&example, "grant check"), folder.path());
        assert!(said.contains(": compiles"), "{example}: {said}");
        let grant = folder.read(&format!("examples/{example}/policy/grant.yaml")).unwrap();
        for written in [&format!("repository: {PREFIX}"), "signedBy: [release]", "surface: sha256:"] {
            assert!(grant.contains(written), "{example}: {grant}");
        }
        assert!(!grant.contains("module:"), "{example}: {grant}");
    }
    let explained = works(&command("vault-in-cluster", "grant explain"), folder.path());
    assert!(explained.contains("https://vault.vault.svc:8200"), "{explained}");
}

/// What these syncs need is away; that their words are those of the check beside them can be seen.
#[test]
fn every_sync_of_a_readme_is_under_the_policy_that_was_checked() {
    for example in examples() {
        assert!(!commands(&example).iter().any(|line| line.contains("--allow-unsigned")), "{example}");
    }
    for example in examples().iter().filter(|example| *example != "vault-in-cluster") {
        let sync = command(example, "sync");
        for words in [
            "--provider-dir target/providers",
            "--state state --init-state",
            &format!("--policy examples/{example}/policy --policy target/providers/trust"),
            &format!("--manifests examples/{example}/manifests"),
        ] {
            assert!(sync.contains(words), "{example}: {words}: {sync}");
        }
    }
}

#[test]
fn i9_allowed_the_signed_module_of_the_example_fake() {
    let folder = fake();
    works(&command("fake", "sync"), folder.path());
    let secret = folder.read("out/team-a.app.yaml").unwrap();
    for key in ["blob", "feature", "old-feature", "password", "second-host", "username"] {
        assert!(secret.contains(&format!("\"{key}\": ")), "{key}: {secret}");
    }
}

#[test]
fn i9_denied_the_module_of_the_example_fake_that_nobody_signed() {
    let folder = fake();
    std::fs::remove_file(folder.join("target/providers/fake.tar")).unwrap();
    pack(&folder, "fake");
    refused(&folder, "NoSignature");
}

#[test]
fn i9_denied_the_module_of_the_example_fake_with_a_byte_changed() {
    let folder = fake();
    let layout = folder.join("target/providers/fake.tar");
    let mut bytes = std::fs::read(&layout).unwrap();
    let component = std::fs::read(providers().join("fake.wasm")).unwrap();
    let at = bytes.windows(component.len()).position(|window| window == component).unwrap();
    bytes[at + component.len() - 1] ^= 1;
    std::fs::write(&layout, bytes).unwrap();
    refused(&folder, "DigestMismatch");
}

/// Another key of the same name, as from another machine.
#[test]
fn i9_denied_the_module_of_the_example_fake_where_another_key_is_trusted() {
    let folder = fake();
    works("bailiwick provider keygen --unencrypted --out-prefix other", folder.path());
    trust(&folder, "other.pub");
    refused(&folder, "SignatureInvalid");
}

/// Where there is no registry.
#[test]
fn the_example_with_every_field_is_signed_and_synced_as_its_readme_says() {
    let folder = repository(&[]);
    let at = folder.path();
    std::fs::copy(providers().join("fake.wasm"), folder.join("target/providers/fake.wasm")).unwrap();
    let provider = folder.read("examples/signed/policy/provider.yaml").unwrap();
    let layout = provider.replace("    oci: ", "    # oci: ").replace("    # layout: ", "    layout: ");
    folder.write("examples/signed/policy/provider.yaml", layout).unwrap();
    for line in commands("signed") {
        match line.split(' ').take(3).collect::<Vec<_>>()[..] {
            ["cargo", ..] | [_, _, "push"] => continue,
            _ => drop(works(&format!("export BAILIWICK_KEY_PASSWORD=opensesame; {line}"), at)),
        }
        if line.contains("keygen") {
            put_in(&folder.read("release.pub").unwrap(), &folder);
        }
    }
    assert!(folder.join("out").read_dir().unwrap().count() > 0);
}

/// Puts a key in place of the one that is nobody's.
fn put_in(key: &str, folder: &Folder) {
    let policy = "examples/signed/policy/trust-policy.yaml";
    let text = folder.read(policy).unwrap();
    let (head, rest) = text.split_once("-----BEGIN PUBLIC KEY-----").unwrap();
    let (_, tail) = rest.split_once("-----END PUBLIC KEY-----").unwrap();
    let key = key.trim().replace('\n', "\n        ");
    folder.write(policy, format!("{head}{key}{tail}")).unwrap();
}
