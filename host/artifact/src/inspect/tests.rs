use bailiwick_testkit::guest;

use super::*;

/// A world that is ours and asks for the process's environment.
const WASI: &str = "package wasi:cli@0.2.6; interface environment { get-arguments: func() -> list<string>; }";
const WIDER: &str = "package test:worlds; world wider { include bailiwick:provider/blind@0.1.0;
    import wasi:cli/environment@0.2.6; }";

const CATALOGUE: &str = include_str!("../build/tests/provider.toml");

fn with_catalogue(component: &[u8]) -> Vec<u8> {
    section::write(component, CATALOGUE).unwrap()
}

#[test]
fn an_import_outside_the_world_is_refused_by_name() {
    let component = guest::in_world(&guest::text("environment").unwrap(), &[WASI, WIDER], "wider").unwrap();
    let error = inspect(&with_catalogue(&component)).unwrap_err();
    assert!(
        matches!(&error, InspectError::ForeignImports(names) if names == &["wasi:cli/environment@0.2.6"])
    );
}

#[test]
fn a_component_without_the_export_is_refused() {
    let world = "package test:worlds; world empty {}";
    let component = guest::in_world("(module)", &[world], "empty").unwrap();
    assert!(matches!(inspect(&with_catalogue(&component)), Err(InspectError::NoProvider)));
}

#[test]
fn an_export_outside_the_world_is_refused_by_name() {
    let world =
        "package test:worlds; world more { include bailiwick:provider/blind@0.1.0; export leak: func(); }";
    let text =
        guest::text("good").unwrap().replacen("(func (export", "(func (export \"leak\")) (func (export", 1);
    let component = guest::in_world(&text, &[world], "more").unwrap();
    let error = inspect(&with_catalogue(&component)).unwrap_err();
    assert!(matches!(&error, InspectError::ForeignExports(names) if names == &["leak"]), "{error}");
}

#[test]
fn names_of_the_world_with_other_types_are_refused() {
    let component = guest::from_text(&guest::text("good").unwrap()).unwrap();
    assert!(world::conforms(&component).is_ok());
    let other = "package bailiwick:provider@0.1.0; interface provider { validate: func(); }
        world blind { export provider; }";
    let text = r#"(module (func (export "bailiwick:provider/provider@0.1.0#validate")))"#;
    let component = guest::in_other_wit(text, other, "blind").unwrap();
    assert!(matches!(inspect(&with_catalogue(&component)), Err(InspectError::OtherTypes(_))));
}

#[test]
fn a_component_that_does_not_validate_or_is_too_large_is_refused() {
    let good = guest::component("good").unwrap();
    let at = good.windows(7).position(|window| window == b"cabi_re").unwrap();
    let mut broken = good.clone();
    broken[at] = b'!';
    assert!(matches!(inspect(&with_catalogue(&broken)), Err(InspectError::Invalid(_))));
    assert!(matches!(inspect(&vec![0; MAX_COMPONENT + 1]), Err(InspectError::TooLarge)));
    assert!(matches!(inspect(&good), Err(InspectError::Section(SectionError::Missing))));
}

#[test]
fn a_catalogue_with_faults_is_refused_with_each_of_them() {
    let good = guest::component("good").unwrap();
    let faulty = CATALOGUE.replace("name = \"fake\"", "name = \"Not A Name\"");
    let error = inspect(&section::write(&good, &faulty).unwrap()).unwrap_err();
    assert!(error.to_string().starts_with("the catalogue has faults:\n  name: "), "{error}");
    assert!(matches!(error, InspectError::Catalogue(faults) if faults.len() == 1));
}

#[test]
fn a_catalogue_that_claims_another_world_is_refused() {
    let good = guest::component("good").unwrap();
    let lies = CATALOGUE.replace("world = \"blind\"", "world = \"wasi\"");
    let error = inspect(&section::write(&good, &lies).unwrap()).unwrap_err();
    assert!(matches!(&error, InspectError::Catalogue(faults) if faults[0].path == "world"), "{error}");
}
