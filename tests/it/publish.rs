//! An author's artifact, from a component to a registry and back into a layout, through the binary; beside it what is
//! refused. The registry is testkit's: what it was asked, and with which credentials, is looked at.

use bailiwick_artifact::section;
use bailiwick_testkit::{
    guest,
    oci::{Login, OciOptions, OciRegistry, Trouble},
    temp::Folder,
};

use crate::{author::typed, scene::Said};

const CATALOGUE: &str = include_str!("../../host/artifact/src/build/tests/provider.toml");

/// A folder with a component, and a docker configuration for one user of `registry`.
fn scene(registry: &OciRegistry) -> Folder {
    let folder = Folder::new().unwrap();
    folder
        .write("fake.wasm", section::write(&guest::component("good").unwrap(), CATALOGUE).unwrap())
        .unwrap();
    // alice:opensesame
    let auths = format!(r#"{{"auths": {{"{}": {{"auth": "YWxpY2U6b3BlbnNlc2FtZQ=="}}}}}}"#, registry.name());
    folder.write("docker/config.json", auths).unwrap();
    folder
}

fn locked() -> OciRegistry {
    let login = Login::Token { user: Some(("alice".into(), "opensesame".into())), realm: None };
    OciRegistry::start_with(OciOptions { login, ..OciOptions::default() }).unwrap()
}

fn provider(folder: &Folder, line: &str) -> Said {
    typed(&format!("DOCKER_CONFIG=docker bailiwick provider {line}"), folder.path())
}

#[test]
fn a_component_is_packed_pushed_and_pulled() {
    let registry = locked();
    let folder = scene(&registry);
    let reference = format!("{}/acme/fake:0.1.0", registry.name());
    let packed = provider(&folder, &format!("pack fake.wasm --as {reference} --out fake.tar"));
    assert_eq!(packed.code, 0, "{}", packed.err);
    let digest = packed.out.split(' ').next().unwrap().to_owned();
    assert!(digest.starts_with("sha256:"), "{}", packed.out);
    let pushed = provider(&folder, &format!("push fake.tar {reference} --plain-http -o json"));
    assert_eq!(pushed.code, 0, "{}", pushed.err);
    assert!(pushed.out.contains(&digest), "{}", pushed.out);
    registry.bundle("acme/fake", &digest, b"a bundle");
    let range = reference.replace(":0.1.0", ":^0.1");
    let pulled = provider(&folder, &format!("pull '{range}' --out layout --plain-http"));
    assert_eq!(pulled.code, 0, "{}", pulled.err);
    assert!(pulled.out.starts_with(&digest) && pulled.out.ends_with("1 beside it\n"), "{}", pulled.out);
    assert!(folder.join("layout/index.json").is_file());
    // A bare component gets the digest that packing gives it.
    let again = provider(&folder, &format!("push fake.wasm {reference} --plain-http"));
    assert!(again.out.starts_with(&digest), "{}{}", again.out, again.err);
}

/// A tar of `fake` 0.1.0 for registry.example/acme/fake.
fn packed(folder: &Folder) {
    let said = provider(folder, "pack fake.wasm --as registry.example/acme/fake:0.1.0 --out fake.tar");
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn denied_a_push_to_where_no_policy_admits_it() {
    let registry = locked();
    let folder = scene(&registry);
    packed(&folder);
    for (to, words) in [
        ("acme/other:0.1.0", "repository is `registry.example/acme/fake`, and no policy admits it from 127"),
        ("fake:0.1.0", "repository is `registry.example/acme/fake`, and no policy admits it from 127"),
        ("acme/fake:0.2.0", "version is `0.1.0`, and no policy admits it as 127"),
    ] {
        let said = provider(&folder, &format!("push fake.tar {}/{to} --plain-http", registry.name()));
        assert_eq!((said.code, registry.asked().len()), (2, 0), "{to}: {}", said.err);
        assert!(said.err.contains(words), "{to}: {}", said.err);
    }
}

#[test]
fn allowed_a_push_to_a_mirror_or_under_a_tag_that_is_no_version() {
    let registry = locked();
    let folder = scene(&registry);
    packed(&folder);
    for to in ["acme/fake:0.1.0", "copies/acme/fake:latest"] {
        let said = provider(&folder, &format!("push fake.tar {}/{to} --plain-http", registry.name()));
        assert_eq!(said.code, 0, "{to}: {}", said.err);
        let warned = "warning: the artifact's repository is `registry.example/acme/fake`";
        assert!(said.err.contains(warned), "{to}: {}", said.err);
    }
    let own = format!("{}/acme/fake", registry.name());
    assert_eq!(provider(&folder, &format!("pack fake.wasm --as {own}:0.1.0 --out own.tar")).code, 0);
    let said = provider(&folder, &format!("push own.tar {own}:latest --plain-http"));
    assert_eq!((said.code, said.err.as_str()), (0, ""), "its own place");
}

#[test]
fn what_a_copy_leaves_out_is_said() {
    let registry = locked();
    let folder = scene(&registry);
    let reference = format!("{}/acme/fake:0.1.0", registry.name());
    let pushed = provider(&folder, &format!("push fake.wasm {reference} --plain-http"));
    assert_eq!((pushed.code, pushed.err.as_str()), (0, ""));
    let digest = pushed.out.split(' ').next().unwrap();
    registry.bundle("acme/fake", digest, b"here");
    registry.bundle("acme/fake", digest, b"gone");
    let blob = format!("blobs/{}", bailiwick_testkit::oci::digest(b"gone"));
    registry.trouble(&blob, Trouble::status(404));
    let pulled = provider(&folder, &format!("pull {reference} --plain-http --out layout -o json"));
    assert_eq!(pulled.code, 0, "{}", pulled.err);
    assert!(
        pulled.err.contains(&format!("warning: {reference}: 1 of what lies beside it")),
        "{}",
        pulled.err
    );
    assert!(
        pulled.out.contains("\"leftOut\": 1") && pulled.out.contains("\"more\": false"),
        "{}",
        pulled.out
    );
    // Its twin: what was copied is whole.
    let again = provider(&folder, &format!("push layout {reference} --plain-http -o json"));
    assert_eq!((again.code, again.err.as_str()), (0, ""));
    assert!(again.out.contains("\"leftOut\": 0") && again.out.contains("\"beside\": 1"), "{}", again.out);
}

#[test]
fn denied_without_tls_address_or_login() {
    let registry = locked();
    let folder = scene(&registry);
    let reference = format!("{}/acme/fake:0.1.0", registry.name());
    let said = provider(&folder, &format!("push fake.wasm {reference}"));
    assert_eq!((said.code, registry.asked().len()), (1, 0), "{}", said.err);
    assert!(said.err.contains("address is not admitted"), "{}", said.err);
    let said = provider(&folder, "push fake.wasm registry.example/acme/fake:0.1.0 --plain-http");
    assert_eq!(said.code, 2);
    assert!(said.err.contains("--plain-http is for registries on this machine"), "{}", said.err);
    folder.write("docker/config.json", r#"{"auths": {}}"#).unwrap();
    let said = provider(&folder, &format!("push fake.wasm {reference} --plain-http"));
    assert_eq!(said.code, 1);
    assert!(said.err.contains("(401)"), "{}", said.err);
    folder.write("docker/config.json", r#"{"credsStore": "desktop"}"#).unwrap();
    let said = provider(&folder, &format!("push fake.wasm {reference} --plain-http"));
    assert_eq!(said.code, 2);
    assert!(said.err.contains("credsStore and credHelpers name programs"), "{}", said.err);
}

#[test]
fn denied_nothing_is_written_where_a_pull_fails() {
    let registry = OciRegistry::start().unwrap();
    let folder = scene(&registry);
    let artifact = registry.component("acme/fake", "0.1.0", b"\0asm");
    let reference = format!("{}/acme/fake:0.1.0", registry.name());
    for (trouble, words) in [
        (Trouble::throttled(9), "throttling (429)"),
        (Trouble::status(404), "the manifest is not there"),
        (Trouble::bytes("<html>pwned</html>"), "the manifest does not hold"),
    ] {
        registry.trouble("manifests/", trouble);
        let said = provider(&folder, &format!("pull {reference} --out layout --plain-http"));
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(said.err.contains(words) && !said.err.contains("pwned"), "{}", said.err);
        assert!(!folder.join("layout").exists());
        registry.heal();
    }
    registry.trouble(
        &format!("blobs/{}", bailiwick_testkit::oci::digest(&artifact.component)),
        Trouble::bytes("evil"),
    );
    let said = provider(&folder, &format!("pull {reference} --out layout --plain-http"));
    assert!(said.code == 1 && said.err.contains("is not what its digest says"), "{}", said.err);
    assert!(!folder.join("layout").exists());
}

#[test]
fn a_registry_is_reached_as_its_configuration_says() {
    let registry = OciRegistry::start().unwrap();
    let folder = scene(&registry);
    registry.component("acme/fake", "0.1.0", b"\0asm");
    let config = |class: &str| {
        format!(
            "apiVersion: bailiwick.dev/v1alpha1\nkind: RegistryConfig\nmetadata: {{name: here}}\n\
             spec: {{registry: \"{}\", insecureHttp: true, addresses: {{class: {class}}}}}\n",
            registry.name()
        )
    };
    let line =
        format!("pull {}/acme/fake:0.1.0 --out layout --registry-config registry.yaml", registry.name());
    folder.write("registry.yaml", config("private")).unwrap();
    let said = provider(&folder, &line);
    assert_eq!((said.code, registry.asked().len()), (1, 0), "{}", said.err);
    folder.write("registry.yaml", config("loopback")).unwrap();
    let said = provider(&folder, &line);
    assert_eq!(said.code, 0, "{}", said.err);
    let other = provider(&folder, &line.replace("127.0.0.1", "127.0.0.2"));
    assert!(other.code == 2 && other.err.contains("exactly one RegistryConfig"), "{}", other.err);
}
