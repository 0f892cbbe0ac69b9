//! What a newcomer meets: a surface that is accepted once and said in words then, artifacts that are looked at before anything
//! is signed, and commands that are typed with the wrong thing in the wrong place.

use bailiwick_artifact::section;
use bailiwick_testkit::{guest, temp::Folder};
use serde_json::Value;

use crate::{author::typed, scene::Said, trusted::Trusted};

const CATALOGUE: &str = include_str!("../../host/artifact/src/build/tests/provider.toml");
const NAME: &str = "registry.example/acme/fake:0.1.0";
/// How a surface in words begins.
const WORDS: &str = "provider fake in the blind world";

/// `grant check`, as a table or as JSON.
fn check(trusted: &Trusted, more: &[&str]) -> String {
    let base = ["grant", "check", "--policy", "policy", "--provider-dir", "modules"];
    trusted.ok(&[&base[..], more].concat()).out
}

#[test]
fn g3_a_surface_is_said_in_words_where_it_is_accepted_or_asked_for() {
    let trusted = Trusted::new();
    let brief = check(&trusted, &[]);
    assert!(brief.contains(" lines in words: --surface)\n") && !brief.contains(WORDS), "{brief}");
    assert_eq!(check(&trusted, &["--write"]), brief, "what is accepted is said no more");
    let whole = check(&trusted, &["--surface"]);
    let lines = whole.lines().filter(|line| line.starts_with("    ")).count();
    assert!(whole.contains(WORDS) && brief.contains(&format!(" ({lines} lines in words")), "{whole}{brief}");
    let json = |more: &[&str]| -> Value {
        serde_json::from_str(&check(&trusted, &[more, &["-o", "json"]].concat())).unwrap()
    };
    assert_eq!(json(&["--write"])[0]["surfaceWords"], Value::Null);
    assert_eq!(json(&["--surface"])[0]["surfaceWords"][0], WORDS);
    // Another one, and none.
    let surface = json(&[])[0]["surface"].as_str().unwrap().to_owned();
    trusted.scene.edit("policy/grant.yaml", &format!("  surface: {surface}\n"), "  surface: sha256:00\n");
    assert_eq!(check(&trusted, &["--write"]), whole);
    trusted.scene.edit("policy/grant.yaml", &format!("  surface: {surface}\n"), "");
    assert_eq!(json(&["--write"])[0]["surfaceWords"][0], WORDS);
    assert_eq!(check(&trusted, &[]), brief);
}

/// A folder with a component and its artifact, as a tar.
fn scene() -> (Folder, String) {
    let folder = Folder::new().unwrap();
    let component = section::write(&guest::component("good").unwrap(), CATALOGUE).unwrap();
    folder.write("fake.wasm", component).unwrap();
    folder.write("notes.txt", "a text").unwrap();
    std::fs::create_dir(folder.join("empty")).unwrap();
    let packed = provider(&folder, &format!("pack fake.wasm --as {NAME} --out fake.tar"));
    assert_eq!(packed.code, 0, "{}", packed.err);
    (folder, packed.out.split(' ').next().unwrap().to_owned())
}

fn provider(folder: &Folder, line: &str) -> Said {
    typed(&format!("DOCKER_CONFIG=docker bailiwick provider {line}"), folder.path())
}

#[test]
fn a_layout_is_inspected_as_its_component_is() {
    let (folder, digest) = scene();
    assert_eq!(provider(&folder, &format!("pack fake.wasm --as {NAME} --out layout")).code, 0);
    let component = provider(&folder, "inspect fake.wasm");
    assert_eq!(component.code, 0, "{}", component.err);
    for layout in ["fake.tar", "layout"] {
        let said = provider(&folder, &format!("inspect {layout}"));
        let (repository, tag) = NAME.rsplit_once(':').unwrap();
        let rows = format!("repository {repository}\ntags       {tag}\nbeside it  0, not looked at\n");
        let want = format!("artifact   {digest}\n{rows}{}", component.out);
        assert_eq!(said.out, want, "{layout}: {}", said.err);
    }
    let json: Value = serde_json::from_str(&provider(&folder, "inspect layout -o json").out).unwrap();
    assert_eq!(json["artifact"], Value::from(digest));
    let json: Value = serde_json::from_str(&provider(&folder, "inspect fake.wasm -o json").out).unwrap();
    assert_eq!(json["artifact"], Value::Null);
}

#[test]
fn denied_the_wrong_thing_in_the_wrong_place_with_a_remedy() {
    let (folder, _) = scene();
    folder.write("key.pem", "").unwrap();
    folder.write("docker/config.json", "{}").unwrap();
    let neither = "not a WebAssembly component, and no OCI image layout (a folder or a tar)";
    let none = "no OCI image layout (a folder or a tar): `bailiwick provider pack` makes one";
    for (line, words) in [
        ("inspect missing.wasm".to_owned(), "missing.wasm: there is no such file or folder"),
        (
            format!("inspect {NAME}"),
            "there is no such file or folder; from a registry, `bailiwick provider pull`",
        ),
        ("inspect notes.txt".to_owned(), neither),
        ("inspect empty".to_owned(), neither),
        (format!("push missing.tar {NAME}"), "missing.tar: there is no such file or folder"),
        (format!("push empty {NAME}"), neither),
        (format!("push {NAME} fake.tar"), "what is pushed comes first: push fake.tar registry.example"),
        ("push fake.tar fake:0.1.0".to_owned(), "a reference begins with a registry: host[:port]/path"),
        ("push fake.tar registry.example/acme/fake".to_owned(), "needs a :tag"),
        ("push fake.tar registry.example/acme/fake:^0.1".to_owned(), "push under a tag"),
        ("pull registry.example/acme/fake --out x".to_owned(), "needs a :tag"),
        ("pull fake.tar --out x".to_owned(), "a reference begins with a registry"),
        (format!("pull {NAME} --out notes.txt"), "notes.txt is there, and is no OCI image layout"),
        (format!("pack missing.wasm --as {NAME} --out x"), "missing.wasm: there is no such file or folder"),
        (format!("pack fake.tar --as {NAME} --out x"), "fake.tar: a layout already"),
        ("pack fake.wasm --as acme:1 --out x".to_owned(), "a reference begins with a registry"),
        (
            "pack fake.wasm --as registry.example/fake:0.2.0 --out x".to_owned(),
            "version is `0.1.0`, and no policy admits it as registry.example/fake:0.2.0",
        ),
        (format!("pack fake.wasm --as {NAME} --out docker"), "docker is there, and is no OCI image layout"),
        ("sign --key key.pem fake.wasm".to_owned(), none),
        (
            "sign --key key.pem fake:0.1.0".to_owned(),
            "fake:0.1.0: there is no such file or folder, and it is no reference",
        ),
        ("verify --key key.pem empty".to_owned(), none),
        (
            format!("pack fake.wasm --as {NAME} --out no/x.tar"),
            "no/x.tar: the layout cannot be written: its folder is",
        ),
        ("verify fake.tar".to_owned(), "<--key <FILE>|--policy <DIR>>"),
        (
            "build missing".to_owned(),
            "cannot read missing/provider.toml (`bailiwick provider init` makes one)",
        ),
        ("verify --key missing.pub fake.tar".to_owned(), "missing.pub: cannot read"),
        ("test missing".to_owned(), "missing: there is no such folder: name the provider's"),
        ("test fake.wasm".to_owned(), "fake.wasm: there is no such folder: name the provider's"),
    ] {
        let said = provider(&folder, &line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}: {}", said.err);
        assert!(said.err.contains(words), "{line}: {}", said.err);
    }
    assert!(!folder.join("x").exists(), "nothing is written");
    // An empty folder is a place like one that is not there yet.
    let packed = provider(&folder, &format!("pack fake.wasm --as {NAME} --out empty"));
    assert_eq!(packed.code, 0, "{}", packed.err);
}
