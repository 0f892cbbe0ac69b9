//! Components made to be slow to compile: a few kilobytes can keep a compiler for minutes and take gigabytes. Each is
//! refused before it is compiled, for its own reason; its twin just within the bound is compiled.

use bailiwick_sandbox::{Engine, LoadError, admit};
use bailiwick_testkit::guest;

use crate::support::engine;

/// The well-behaved guest with more in it.
fn with(extra: &str) -> Vec<u8> {
    let good = guest::text("good").unwrap();
    let end = good.rfind(')').unwrap();
    guest::from_text(&format!("{}{extra})", &good[..end])).unwrap()
}

/// Compiles `make(within)`, and is refused `make(over)`.
fn twins(make: impl Fn(usize) -> String, within: usize, over: usize, why: &LoadError) {
    let engine = engine();
    assert_eq!(engine.load(&with(&make(over))).err().as_ref(), Some(why));
    assert!(engine.load(&with(&make(within))).is_ok(), "{within} within {why}");
}

fn sized(make: impl Fn(usize) -> String, within: usize, over: usize, why: &'static str) {
    twins(make, within, over, &LoadError::TooCostly(why));
}

/// `of` may say where it is, as `#`.
fn repeated(of: &str, times: usize) -> String {
    (0..times).map(|n| of.replace('#', &n.to_string())).collect()
}

fn function(locals: usize, body: &str) -> String {
    format!("(func (local{}) {body})", " i32".repeat(locals))
}

#[test]
fn i8_denied_more_functions_than_are_compiled() {
    sized(|n| "(func)".repeat(n), 9900, 10_001, "over 10000 functions");
}

#[test]
fn i8_denied_more_code_than_is_compiled() {
    let function = function(1, &"(local.set 0 (i32.const 1))".repeat(31_000));
    sized(|n| function.repeat(n), 8, 9, "over 1 MiB of code");
}

#[test]
fn i8_denied_a_function_that_is_too_long() {
    sized(|n| function(0, &"nop ".repeat(n)), 131_000, 131_100, "a function of over 128 KiB");
}

#[test]
fn i8_denied_more_locals_than_are_compiled() {
    sized(|n| function(n, ""), 1000, 1001, "a function with over 1000 locals");
    let many = function(1000, "");
    sized(|n| many.repeat(n), 100, 101, "over 100000 locals");
}

#[test]
fn i8_denied_more_parameters_or_results_than_are_compiled() {
    let why = "a function or block of over 100 parameters or 16 results";
    sized(|n| format!("(type (func (param{})))", " i32".repeat(n)), 100, 101, why);
    sized(|n| format!("(type (func (result{})))", " i32".repeat(n)), 16, 17, why);
}

#[test]
fn i8_denied_more_declarations_than_are_compiled() {
    let why = "over 64 KiB of types, imports, exports and elements";
    sized(|n| "(global i32 (i32.const 0))".repeat(n), 2000, 14_000, why);
}

#[test]
fn i8_denied_more_segments_and_elements_than_are_compiled() {
    let over = "over 1000 data and element segments";
    sized(|n| r#"(data (i32.const 9) "x")"#.repeat(n), 990, 1001, over);
    sized(|n| "(elem func)".repeat(n), 990, 1001, over);
    let elements = |n| format!("(func $f) (table 1 funcref) (elem (i32.const 0) func {})", "$f ".repeat(n));
    sized(elements, 9900, 10_001, "over 10000 elements");
    let elements = |n| format!("(elem funcref {})", "(ref.null func)".repeat(n));
    sized(elements, 9900, 10_001, "over 10000 elements");
}

/// The function that [`function`] makes comes after those of the good guest: four imports and four of its own.
const MADE: LoadError = LoadError::Tangled(8);

#[test]
fn i8_denied_loops_in_a_row() {
    twins(|n| function(1, &"loop end ".repeat(n)), 3700, 4000, &MADE);
}

#[test]
fn i8_denied_loops_within_each_other() {
    let nested = |n| function(1, &["loop ".repeat(n), "(br_if 0 (local.get 0)) end ".repeat(n)].concat());
    twins(nested, 500, 1000, &MADE);
}

#[test]
fn i8_denied_many_locals_through_many_loops() {
    let body = |n| ["loop ".repeat(n), repeated("(drop (local.get #))", 900), "end ".repeat(n)].concat();
    twins(|n| function(900, &body(n)), 250, 800, &MADE);
}

#[test]
fn i8_denied_many_operands_through_many_loops() {
    let around = |n| ["local.get 0 ".repeat(900), "loop end ".repeat(n), "drop ".repeat(900)].concat();
    twins(|n| function(1, &around(n)), 400, 800, &MADE);
}

#[test]
fn i8_denied_many_locals_set_in_branches() {
    let set = |n: usize| format!("(if (local.get 0) (then (local.set {} (local.get 1))))", n % 30);
    twins(|n| function(30, &(0..n).map(set).collect::<String>()), 2000, 6000, &MADE);
}

#[test]
fn i8_denied_tables_of_branches() {
    let table =
        |n| ["block ".repeat(n), "(br_table".into(), repeated(" #", n), " (local.get 0))".into()].concat();
    let body = |n| [table(n), repeated(" end (local.set 0 (i32.const #))", n)].concat();
    twins(|n| function(1, &body(n)), 3500, 5000, &MADE);
}

#[test]
fn i8_denied_instructions_that_the_engine_branches_for() {
    let call = |n| format!("(table 1 funcref) {}", function(1, &"(call_indirect (local.get 0))".repeat(n)));
    twins(call, 2000, 9000, &MADE);
    let copy = "(table.copy (local.get 0) (local.get 0) (local.get 0))";
    twins(|n| format!("(table 1 funcref) {}", function(1, &copy.repeat(n))), 200, 3000, &MADE);
}

#[test]
fn i8_denied_many_functions_that_are_bearable_alone() {
    let one = function(1, &"(if (local.get 0) (then))".repeat(2000));
    twins(|n| one.repeat(n), 10, 20, &MADE);
}

/// A component in text; the provider that it exports is an empty one, so it is refused at the latest when linked.
fn component(text: &str) -> Vec<u8> {
    let export = r#"(instance $p) (export "bailiwick:provider/provider@0.1.0" (instance $p))"#;
    wat::parse_str(format!("(component {text} {export})")).unwrap()
}

/// As [`sized`], for what stands around the core modules.
fn around(make: impl Fn(usize) -> String, within: usize, over: usize, why: &'static str) {
    let load = |n| Engine::load(&engine(), &component(&make(n))).err();
    assert_eq!(load(over), Some(LoadError::TooCostly(why)));
    assert!(admit(&component(&make(within))).is_ok(), "{within} within {why}");
    assert_eq!(load(within), Some(LoadError::OtherTypes));
}

const COMPOSED: &str = "components within the component that do more than pass on";

/// A core module, its instance, and what lifting a function of it needs.
const LIFTABLE: &str = r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (alias core export $i "f" (core func $f))"#;

#[test]
fn i8_denied_more_core_modules_than_a_provider_has() {
    around(|n| "(core module)".repeat(n), 8, 9, "over 8 core modules");
}

#[test]
fn i8_denied_more_lifted_functions_than_a_provider_has() {
    // Each of these is taken apart by the engine for itself, down to 65536 bytes.
    let doubled: String = (1..16).map(|n| format!("(type $t{n} (tuple $t{0} $t{0}))", n - 1)).collect();
    let module = LIFTABLE.replace(r#"(func (export "f"))"#, MEMORY);
    let aliases =
        r#"(alias core export $i "m" (core memory $mem)) (alias core export $i "r" (core func $r))"#;
    let lift = r#"(func (param "a" $t15) (canon lift (core func $f) (memory $mem) (realloc $r)))"#;
    let all = |n: usize| format!("(type $t0 (tuple u8 u8)) {doubled} {module} {aliases} {}", lift.repeat(n));
    around(all, 64, 65, "over 64 functions between component and host");
}

/// What a function that takes more than 16 parts has beside it.
const MEMORY: &str = r#"(memory (export "m") 1) (func (export "f") (param i32))
    (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 0))"#;

#[test]
fn i8_denied_more_exports_than_a_provider_has() {
    around(|n| repeated(r#"(type $t# u8) (export "e#" (type $t#))"#, n), 15, 16, "over 16 exports");
}

#[test]
fn i8_denied_more_types_than_a_provider_has() {
    around(|n| "(type (tuple u8 u8))".repeat(n), 10_000, 20_000, "over 64 KiB around the core modules");
}

#[test]
fn i8_denied_more_nested_components_than_a_provider_has() {
    around(|n| "(component)".repeat(n), 15, 16, COMPOSED);
    around(|n| format!("(component $c) {}", "(instance (instantiate $c))".repeat(n)), 14, 15, COMPOSED);
}

#[test]
fn i8_denied_nested_components_that_do_something() {
    let nested = |inner: &str| format!("(component {inner})");
    let types = r#"(type $t u8) (export "t" (type $t))"#;
    assert!(admit(&component(&nested(types))).is_ok());
    let drop = "(type $r (resource (rep i32))) (core func (canon resource.drop $r))";
    for inner in ["(core module)", "(component)", LIFTABLE, drop] {
        assert_eq!(admit(&component(&nested(inner))), Err(LoadError::TooCostly(COMPOSED)), "{inner}");
    }
}

#[test]
fn i8_denied_adapters_between_functions_of_the_component() {
    let import = r#"(import "bailiwick:provider/values@0.1.0" (instance $v (export "f" (func))))
        (alias export $v "f" (func $imported))"#;
    let lift = "(func $lifted (canon lift (core func $f)))";
    let lower = |name: &str| format!("(core func (canon lower (func {name})))");
    let parts = [import, LIFTABLE, &lower("$imported"), lift].concat();
    assert!(admit(&component(&parts)).is_ok());
    let parts = [import, LIFTABLE, lift, &lower("$lifted")].concat();
    assert_eq!(admit(&component(&parts)), Err(LoadError::TooCostly(COMPOSED)));
}

#[test]
fn i8_denied_what_does_not_validate_is_not_compiled() {
    let mut component = with(&function(1, "(local.set 0 (i32.const 424242))"));
    let constant = [0x41, 0xb2, 0xf2, 0x19];
    let at = component.windows(4).position(|window| window == constant).unwrap();
    assert!(admit(&component).is_ok());
    component[at] = 0x42; // i64.const: the type is wrong now.
    assert_eq!(admit(&component), Err(LoadError::Invalid));
}
