//! The denied twins of what an author does: folders and names that are refused, and modules that are not what they say.
//! Each is refused by every command that meets it, in the same words, and nothing is written or sent.

use bailiwick_artifact::section;
use bailiwick_testkit::{guest, temp::Folder};

use crate::{author::typed, scene::root};

/// A world that is ours and asks for the process's environment.
const WASI: &str = "package wasi:cli@0.2.6; interface environment { get-arguments: func() -> list<string>; }";
const WIDER: &str = "package test:worlds; world wider { include bailiwick:provider/blind@0.1.0;
    import wasi:cli/environment@0.2.6; }";
/// A world that is ours and gives more.
const MORE: &str =
    "package test:worlds; world more { include bailiwick:provider/blind@0.1.0; export leak: func(); }";

#[test]
fn init_denied_in_a_folder_that_is_not_empty() {
    let folder = Folder::new().unwrap();
    folder.write("acme/notes", "mine").unwrap();
    let said = typed("bailiwick provider init acme", folder.path());
    assert_eq!(said.code, 2);
    assert!(said.err.contains("acme: is not empty"), "{}", said.err);
    assert_eq!(folder.files().unwrap(), ["acme/notes"]);
    folder.write("taken", "a file").unwrap();
    assert_eq!(typed("bailiwick provider init taken", folder.path()).code, 2);
    assert_eq!(folder.read("taken").unwrap(), "a file");
}

#[test]
fn init_denied_with_a_name_that_no_store_could_say() {
    let folder = Folder::new().unwrap();
    for name in ["Acme", "a_b", "acme-", "./-acme", "a.b", "..", &"a".repeat(64)] {
        let said = typed(&format!("bailiwick provider init {name}"), folder.path());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{name}");
        assert!(said.err.contains("small letters, digits and inner hyphens"), "{name}: {}", said.err);
    }
    assert!(folder.files().unwrap().is_empty());
}

#[test]
fn init_allowed_in_the_empty_folder_where_one_is() {
    let folder = Folder::new().unwrap();
    std::fs::create_dir(folder.join("acme")).unwrap();
    assert_eq!(typed("bailiwick provider init .", &folder.join("acme")).code, 0);
    assert!(folder.read("acme/provider.toml").unwrap().contains("name = \"acme\""));
}

/// The template's example with this module in it.
fn scene(module: &[u8]) -> Folder {
    let folder = Folder::new().unwrap();
    assert_eq!(typed("bailiwick provider init acme", folder.path()).code, 0);
    folder.write("acme/acme.wasm", module).unwrap();
    folder.write("acme/token", "t-1").unwrap();
    folder
}

/// Every command that meets the module refuses it in these words.
fn refused(module: &[u8], words: &str) {
    let folder = scene(module);
    let policy = "--policy example/policy --provider-dir . --allow-unsigned";
    let manifests = "--manifests example/manifests";
    let token = "--credential secret:team-a/api-token/token=token";
    for (line, code) in [
        ("bailiwick provider inspect acme.wasm".to_owned(), 2),
        (format!("bailiwick grant check {policy}"), 1),
        (format!("bailiwick sync {policy} {manifests} {token} --out out"), 2),
    ] {
        let said = typed(&line, &folder.join("acme"));
        assert_eq!(said.code, code, "{line}: {}{}", said.out, said.err);
        assert!(format!("{}{}", said.out, said.err).contains(words), "{line}: {}{}", said.out, said.err);
    }
    assert!(!folder.join("acme/out/team-a.example.yaml").exists());
}

fn catalogue() -> String {
    let text = std::fs::read_to_string(root().join("providers-wasm/template/provider.toml")).unwrap();
    text.replace("{{name}}", "acme")
}

/// A component that says it is the template's.
fn disguised(component: &[u8]) -> Vec<u8> {
    section::write(component, &catalogue()).unwrap()
}

fn good() -> String {
    guest::text("good").unwrap()
}

#[test]
fn denied_a_module_that_is_no_component() {
    refused(b"#!/bin/sh", "not a WebAssembly component");
    refused(&guest::module(&good()).unwrap(), "a core module, not a component");
    let component = disguised(&guest::component("good").unwrap());
    refused(&component[..component.len() - 9], "not a WebAssembly component");
}

#[test]
fn denied_a_component_without_its_catalogue() {
    refused(&guest::component("good").unwrap(), "embed one with `bailiwick provider build`");
}

#[test]
fn denied_a_catalogue_that_hides_an_import_outside_the_world() {
    let component = guest::in_world(&guest::text("environment").unwrap(), &[WASI, WIDER], "wider").unwrap();
    refused(&disguised(&component), "does not have: wasi:cli/environment@0.2.6");
}

#[test]
fn denied_a_catalogue_that_hides_an_export_outside_the_world() {
    let text = good().replacen("(func (export", "(func (export \"leak\")) (func (export", 1);
    let component = guest::in_world(&text, &[MORE], "more").unwrap();
    refused(&disguised(&component), "exports what the world `blind` does not have: leak");
}

#[test]
fn denied_a_component_that_is_slow_to_compile() {
    let loops = format!("(func {}))", "loop end ".repeat(9000));
    let text = good().trim_end().strip_suffix(')').unwrap().to_owned() + &loops;
    refused(&disguised(&guest::from_text(&text).unwrap()), "too many branches");
}

/// `provider build` with a module of that kind.
fn not_built(module: &[u8], catalogue: &str, words: &str) {
    let folder = scene(b"");
    folder.write("acme/core.wasm", module).unwrap();
    folder.write("acme/provider.toml", catalogue).unwrap();
    let said = typed("bailiwick provider build --module core.wasm", &folder.join("acme"));
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{words}");
    assert!(said.err.contains(words), "{}", said.err);
    assert_eq!(folder.read("acme/acme.wasm").unwrap(), "", "nothing is written");
}

#[test]
fn build_denied_of_what_is_no_provider() {
    let module = guest::module(&good()).unwrap();
    not_built(b"#!/bin/sh", &catalogue(), "build with the provider SDK");
    not_built(&wat::parse_str("(module)").unwrap(), &catalogue(), "does not export bailiwick:provider");
    not_built(&disguised(&guest::component("good").unwrap()), &catalogue(), "a component already");
    let text = guest::text("environment").unwrap();
    let wider = guest::module_in_world(&text, &[WASI, WIDER], "wider").unwrap();
    not_built(&wider, &catalogue(), "wasi:cli/environment@0.2.6");
    let wrong = catalogue().replace("world = \"blind\"", "world = \"wasi\"");
    not_built(&module, &wrong, "provider.toml: world");
    let wrong = catalogue().replace("class = \"read\"", "class = \"reed\"");
    not_built(&module, &wrong, "provider.toml: ");
    let many = good().trim_end().strip_suffix(')').unwrap().to_owned() + &"(func)".repeat(10_001) + ")";
    not_built(&guest::module(&many).unwrap(), &catalogue(), "over 10000 functions");
}
