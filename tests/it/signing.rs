//! An author's signature through the binary: a key, an artifact in a layout or a registry, signed and verified; beside it
//! what is refused. Whether cosign agrees is shown in artifact (`evidence/tests/cosign.rs`).

use std::os::unix::fs::PermissionsExt;

use bailiwick_artifact::section;
use bailiwick_testkit::{guest, oci::OciRegistry, temp::Folder};

use crate::{author::typed, scene::Said};

const CATALOGUE: &str = include_str!("../../host/artifact/src/build/tests/provider.toml");
const NAME: &str = "registry.example/acme/fake:0.1.0";

/// A folder with an artifact in a tar and a key, `bailiwick.key` and `bailiwick.pub`.
pub(crate) fn scene() -> Folder {
    let folder = Folder::new().unwrap();
    let component = section::write(&guest::component("good").unwrap(), CATALOGUE).unwrap();
    folder.write("fake.wasm", component).unwrap();
    folder.write("docker/config.json", r#"{"auths": {}}"#).unwrap();
    good(&folder, &format!("pack fake.wasm --as {NAME} --out fake.tar"));
    good(&folder, "keygen");
    folder
}

pub(crate) fn provider(folder: &Folder, line: &str) -> Said {
    with(folder, "opensesame", line)
}

fn with(folder: &Folder, passphrase: &str, line: &str) -> Said {
    let line = format!("BAILIWICK_KEY_PASSWORD={passphrase} DOCKER_CONFIG=docker bailiwick provider {line}");
    typed(&line, folder.path())
}

pub(crate) fn good(folder: &Folder, line: &str) -> String {
    let said = provider(folder, line);
    assert_eq!(said.code, 0, "{line}: {}{}", said.out, said.err);
    said.out
}

#[test]
fn an_artifact_is_signed_and_verified() {
    let folder = scene();
    let before = provider(&folder, "verify fake.tar --key bailiwick.pub");
    assert!(before.code == 1 && before.out.contains("NOT signed by sha256:"), "{}{}", before.out, before.err);
    let signed = good(&folder, "sign fake.tar --key bailiwick.key");
    let digest = signed.split(' ').next().unwrap();
    let verified = good(&folder, "verify fake.tar --key bailiwick.pub -o json");
    assert!(verified.contains(digest) && verified.contains(r#""verified": true"#), "{verified}");
    // Signed twice it is signed.
    good(&folder, "sign fake.tar --key bailiwick.key");
    good(&folder, "verify fake.tar --key bailiwick.pub");
}

#[test]
fn denied_the_signature_of_another_key() {
    let folder = scene();
    good(&folder, "sign fake.tar --key bailiwick.key");
    good(&folder, "keygen --out-prefix other --unencrypted");
    let said = provider(&folder, "verify fake.tar --key other.pub");
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("NOT signed by") && said.out.contains("no trusted key"), "{}", said.out);
    // With both signatures it is signed by either.
    good(&folder, "sign fake.tar --key other.key");
    good(&folder, "verify fake.tar --key other.pub");
    good(&folder, "verify fake.tar --key bailiwick.pub");
}

#[test]
fn an_artifact_in_a_registry_is_signed_and_verified() {
    let registry = OciRegistry::start().unwrap();
    let folder = scene();
    let reference = format!("{}/acme/fake:0.1.0", registry.name());
    good(&folder, &format!("push fake.wasm {reference} --plain-http"));
    let line = format!("verify {reference} --plain-http --key bailiwick.pub");
    assert_eq!(provider(&folder, &line).code, 1);
    good(&folder, &format!("sign {reference} --plain-http --key bailiwick.key"));
    good(&folder, &line);
    // The signature comes along into a layout.
    good(&folder, &format!("pull {reference} --plain-http --out layout"));
    good(&folder, "verify layout --key bailiwick.pub");
}

#[test]
fn a_key_is_private_and_never_overwritten() {
    let folder = scene();
    let mode = |name: &str| folder.join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("bailiwick.key"), 0o600);
    let before = folder.read("bailiwick.key").unwrap();
    assert!(before.starts_with("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----"), "{before}");
    let said = provider(&folder, "keygen");
    assert!(said.code == 2 && said.err.contains("is there already"), "{}", said.err);
    assert_eq!(folder.read("bailiwick.key").unwrap(), before);
    std::fs::remove_file(folder.join("bailiwick.key")).unwrap();
    let said = provider(&folder, "keygen");
    assert!(said.code == 2 && said.err.contains("bailiwick.pub is there already"), "{}", said.err);
    assert!(!folder.join("bailiwick.key").exists());
}

#[test]
fn denied_a_wrong_passphrase_and_what_is_no_key() {
    let folder = scene();
    let said = with(&folder, "wrong", "sign fake.tar --key bailiwick.key");
    assert!(said.code == 2 && said.err.contains("the passphrase does not open the key"), "{}", said.err);
    assert!(!said.err.contains("wrong"), "{}", said.err);
    let said = provider(&folder, "sign fake.tar --key bailiwick.pub");
    assert!(said.code == 2 && said.err.contains("not a private key"), "{}", said.err);
    let said = provider(&folder, "verify fake.tar --key bailiwick.key");
    assert!(said.code == 2 && said.err.contains("not a public key"), "{}", said.err);
    let said = provider(&folder, "verify missing.tar --key bailiwick.pub");
    assert!(said.code == 2 && said.err.contains("no such file"), "{}", said.err);
    assert_eq!(provider(&folder, "verify fake.tar --key bailiwick.pub").code, 1);
}

/// What `trust suggest` prints for a key and a prefix, as a policy folder.
pub(crate) fn suggest(folder: &Folder, key: &str, prefix: &str) -> Said {
    std::fs::create_dir_all(folder.join("policy")).unwrap();
    let line = format!("bailiwick trust suggest --key {key} --prefix '{prefix}' > policy/trust-policy.yaml");
    typed(&line, folder.path())
}

#[test]
fn a_suggested_policy_admits_what_the_key_signed_below_the_prefix_and_nothing_else() {
    let folder = scene();
    good(&folder, "sign fake.tar --key bailiwick.key");
    let verify = "verify fake.tar --policy policy";
    assert_eq!(suggest(&folder, "bailiwick.pub", "registry.example/acme/").code, 0);
    assert!(good(&folder, verify).contains("signed by release"));
    assert_eq!(suggest(&folder, "bailiwick.pub", "registry.example/acm").code, 0);
    let said = provider(&folder, verify);
    assert!(said.code == 1 && said.out.contains("REFUSED: NoPolicy"), "{}{}", said.out, said.err);
    good(&folder, "keygen --out-prefix other --unencrypted");
    assert_eq!(suggest(&folder, "other.pub", "registry.example/acme/").code, 0);
    let said = provider(&folder, verify);
    assert!(said.code == 1 && said.out.contains("REFUSED: SignatureInvalid"), "{}{}", said.out, said.err);
}

#[test]
fn denied_a_policy_for_what_is_no_public_key_or_no_prefix() {
    let folder = scene();
    good(&folder, "keygen --out-prefix plain --unencrypted");
    for (key, prefix, why) in [
        ("bailiwick.key", "registry.example/acme/", "bailiwick.key: not a public key"),
        ("plain.key", "registry.example/acme/", "plain.key: not a public key"),
        ("fake.tar", "registry.example/acme/", "fake.tar: not a public key"),
        ("none.pub", "registry.example/acme/", "none.pub: cannot read"),
        ("bailiwick.pub", "registry.example/acme*", "match[0].prefix: write registry[/path]"),
        ("bailiwick.pub", "https://registry.example/", "match[0].prefix: write registry[/path]"),
    ] {
        let said = suggest(&folder, key, prefix);
        assert!(said.code == 2 && said.err.contains(why), "{key} {prefix}: {}", said.err);
        assert_eq!(folder.read("policy/trust-policy.yaml").unwrap(), "", "{key} {prefix}");
    }
}

#[test]
fn a_new_key_says_which_file_is_which_and_its_fingerprint() {
    let folder = scene();
    let said = good(&folder, "keygen --out-prefix new --unencrypted");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..2], ["private key  new.key", "public key   new.pub"]);
    let signed = good(&folder, "sign fake.tar --key new.key");
    assert!(lines[2].starts_with("fingerprint  sha256:"), "{said}");
    assert!(signed.trim_end().ends_with(lines[2].trim_start_matches("fingerprint  ")), "{said}{signed}");
}
