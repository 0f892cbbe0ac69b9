//! What is refused before anything of it runs, each for its own reason; the engine loads good guests afterwards.

use bailiwick_boundary::Ended;
use bailiwick_sandbox::{LoadError, MAX_COMPONENT};
use bailiwick_testkit::guest;

use crate::support::{engine, load, patient, run};

const WASI: &str = "package wasi:cli@0.2.6; interface environment { get-arguments: func() -> list<string>; }";
const WIDER: &str = "package test:worlds; world wider { include bailiwick:provider/blind@0.1.0;
    import wasi:cli/environment@0.2.6; }";

/// Why the engine refuses it.
async fn refusal(component: &[u8]) -> LoadError {
    let engine = engine();
    let error = engine.load(component).err().expect("refused");
    assert_eq!(run(&load(&engine, "good"), patient()).await.0, Ok(Ended::Ok), "{error}");
    error
}

#[tokio::test]
async fn an_import_outside_the_world_is_refused_by_name() {
    let component = guest::in_world(&guest::text("environment").unwrap(), &[WASI, WIDER], "wider").unwrap();
    let error = refusal(&component).await;
    assert_eq!(error, LoadError::ForeignImports(vec!["wasi:cli/environment@0.2.6".into()]));
    assert!(error.to_string().ends_with("wasi:cli/environment@0.2.6"));
}

#[tokio::test]
async fn what_is_not_a_component_is_refused() {
    for bytes in [b"".as_slice(), b"name: vault", b"\0asm", b"\0asm\x0d\0\x01\0\xff"] {
        assert_eq!(refusal(bytes).await, LoadError::NotAComponent);
    }
    let good = guest::component("good").unwrap();
    assert_eq!(refusal(&good[..good.len() / 2]).await, LoadError::NotAComponent);
}

#[tokio::test]
async fn a_core_module_is_refused() {
    assert_eq!(refusal(&wat::parse_str("(module)").unwrap()).await, LoadError::CoreModule);
}

#[tokio::test]
async fn a_component_without_the_provider_export_is_refused() {
    let world = "package test:worlds; world empty {}";
    let empty = guest::in_world("(module)", &[world], "empty").unwrap();
    assert_eq!(refusal(&empty).await, LoadError::NoProvider);
}

#[tokio::test]
async fn an_export_of_other_types_is_refused() {
    let other = "package bailiwick:provider@0.1.0; interface provider { validate: func(); }
        world blind { export provider; }";
    let text = r#"(module (func (export "bailiwick:provider/provider@0.1.0#validate")))"#;
    let lies = guest::in_other_wit(text, other, "blind").unwrap();
    assert_eq!(refusal(&lies).await, LoadError::OtherTypes);
}

#[tokio::test]
async fn an_import_of_other_types_is_refused() {
    let other = "package bailiwick:provider@0.1.0; interface answers { reveal: func() -> string; }
        interface provider { validate: func(); } world blind { import answers; export provider; }";
    let text = r#"(module
        (import "bailiwick:provider/answers@0.1.0" "reveal" (func (param i32)))
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
        (func (export "bailiwick:provider/provider@0.1.0#validate")))"#;
    let lies = guest::in_other_wit(text, other, "blind").unwrap();
    assert_eq!(refusal(&lies).await, LoadError::OtherTypes);
}

#[tokio::test]
async fn what_starts_out_too_large_is_refused() {
    let memory = guest::component("huge-memory").unwrap();
    assert_eq!(refusal(&memory).await, LoadError::Oversize("a memory of over 16 MiB"));
    let table = guest::component("huge-table").unwrap();
    assert_eq!(refusal(&table).await, LoadError::Oversize("a table of over 10000 elements"));
    let tables = guest::component("many-tables").unwrap();
    assert_eq!(refusal(&tables).await, LoadError::Oversize("over 4 tables"));
    assert_eq!(refusal(&vec![0; MAX_COMPONENT + 1]).await, LoadError::TooLarge);
}

#[tokio::test]
async fn what_does_not_validate_is_refused() {
    let mut component = guest::component("good").unwrap();
    let at = component.windows(7).position(|window| window == b"cabi_re").unwrap();
    component[at] = b'!';
    assert_eq!(refusal(&component).await, LoadError::Invalid);
}
