//! Expressions: what holds, what refuses, and that neither parser nor evaluation can be made to run on, overflow or take
//! anything down.

use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Expression, Refused, Variables};

fn holds(source: &str, predicate: &Json) -> Result<(), Refused> {
    let expression = Expression::compile(source).unwrap_or_else(|e| panic!("{source}: {e}"));
    expression.holds(&Variables {
        predicate,
        subject: json!({"name": "r.example/a", "digest": {"sha256": "00"}}),
        signer: json!({"issuer": "https://i.example", "subject": "s", "claims": {"ref": "main"}}),
        artifact: json!({"ref": "r.example/a:1.0.0", "digest": "sha256:00", "version": "1.0.0", "imports": ["a", "b"]}),
    })
}

fn statement() -> Json {
    json!({
        "builder": {"id": "https://github.com/x"},
        "count": 3, "score": 1.5, "big": 18_446_744_073_709_551_615_u64, "none": null,
        "packages": [{"name": "a", "licenses": ["MIT"]}, {"name": "b", "licenses": ["MIT", "0BSD"]}],
    })
}

#[test]
fn allowed_what_holds() {
    for source in [
        "true",
        "predicate.builder.id.startsWith('https://github.com/')",
        "predicate.count == 3 && predicate.count < 4 && predicate.score > 1.0",
        "has(predicate.builder) && !has(predicate.other)",
        "predicate.none == null",
        "'count' in predicate && predicate['count'] + 1 == 4",
        "predicate.packages.all(p, p.licenses.exists(l, l in ['MIT', 'Apache-2.0']))",
        "predicate.packages.map(p, p.name) == ['a', 'b']",
        "predicate.packages.filter(p, size(p.licenses) > 1).map(p, p.name) == ['b']",
        "predicate.packages.map(p, size(p.licenses) > 1, p.name) == ['b']",
        "predicate.packages.exists_one(p, p.name == 'a')",
        "size(predicate.packages) == 2 ? predicate.count == 3 : false",
        "predicate.builder.id.matches('^https://github[.]com/[a-z]+$')",
        "matches(predicate.builder.id, 'github') && !predicate.builder.id.matches('^github')",
        "predicate.missing == 1 || true",
        "signer.claims.ref == 'main' && subject.digest.sha256 == '00'",
        "{'a': [1, 2]}['a'][1] == 2",
        "artifact.imports.all(i, i in ['a', 'b'])",
    ] {
        assert_eq!(holds(source, &statement()), Ok(()), "{source}");
    }
}

#[test]
fn denied_what_is_false_or_an_error_or_no_boolean() {
    for (source, refused) in [
        ("false", Refused::False),
        ("predicate.count == 4", Refused::False),
        ("predicate.packages.all(p, p.name == 'a')", Refused::False),
        ("1", Refused::Error),
        ("'true'", Refused::Error),
        ("null", Refused::Error),
        ("predicate", Refused::Error),
        ("predicate.missing", Refused::Error),
        ("predicate.count == 3 && predicate.missing", Refused::Error),
        ("1 / 0 == 1", Refused::Error),
        ("9223372036854775807 + 1 == 0", Refused::Error),
        ("predicate.count.matches('3')", Refused::Error),
        ("predicate.packages[7] == 1", Refused::Error),
        ("predicate.packages.all(p, p.missing)", Refused::Error),
    ] {
        assert_eq!(holds(source, &statement()), Err(refused), "{source}");
    }
}

#[test]
fn denied_expressions_that_do_not_compile() {
    let long = format!("'{}' == ''", "a".repeat(2048));
    let chained = vec!["a"; 200].join(".");
    let deep = format!("{}1{}", "(".repeat(33), ")".repeat(33));
    let lists = format!("{}1{} == 1", "[".repeat(32), "]".repeat(32));
    let wide = vec!["1"; 300].join("+");
    for source in [
        "",
        " ",
        "predicate.",
        "a b",
        "1 +",
        "'",
        "\u{e9} == 1",
        "a\u{0}b",
        "@charge(1)",
        "predicate.@x",
        "a.b{c: 1}",
        "x.matches(y)",
        "x.matches('(')",
        "x.matches('((a{1000}){1000}){1000}')",
        "x.matches('a', 'b')",
        "matches('a')",
        &long,
        &chained,
        &deep,
        &lists,
        &wide,
    ] {
        assert!(Expression::compile(source).is_err(), "{source}");
    }
    for source in
        [format!("{}{}", "!".repeat(2000), "true"), format!("{}1", "-".repeat(2000)), "?:".repeat(900)]
    {
        assert!(Expression::compile(&source).is_err());
    }
}

/// Else a rule with a slip of the pen would refuse everything, and nobody would know before.
#[test]
fn denied_names_that_nothing_declares() {
    let variable = |name: &str| {
        format!("`{name}` is not known; an expression may speak of predicate, subject, signer and artifact")
    };
    for (source, name) in [
        ("foo", "foo"),
        ("predicates.x == 1", "predicates"),
        ("predicate.x == statement.x", "statement"),
        ("true || foo", "foo"),
        ("has(foo.bar)", "foo"),
        ("[predicate, {'a': foo}] == []", "foo"),
        ("predicate.all(p, q)", "q"),
        ("predicate.all(p, p.all(q, q == r))", "r"),
        ("foo.all(p, p)", "foo"),
        ("predicate.all(p, p) && p", "p"),
        ("predicate.map(p, p.x).exists(q, p == q)", "p"),
        ("foo.matches('x')", "foo"),
    ] {
        assert_eq!(Expression::compile(source).map(drop), Err(variable(name)), "{source}");
    }
    for (source, name) in [
        ("nothing(1)", "nothing"),
        // Of a namespace of the library, which the fuel does not let through.
        ("optional.of(1).hasValue()", "of"),
        ("timestamp(predicate.at) < timestamp('2026-01-01T00:00:00Z')", "timestamp"),
        ("predicate.startWith('a')", "startWith"),
        ("predicate.all(p, p.hasPrefix('a'))", "hasPrefix"),
    ] {
        let why = Expression::compile(source).map(drop).unwrap_err();
        assert!(why.starts_with(&format!("there is no function `{name}`")), "{source}: {why}");
    }
    let long = Expression::compile(&"a".repeat(2000)).map(drop).unwrap_err();
    assert!(long.len() < 200, "{long}");
}

#[test]
fn allowed_names_of_macros_and_functions_of_the_library() {
    for source in [
        "predicate.packages.all(p, p.licenses.exists(q, q != p.name))",
        "predicate.packages.exists_one(p, p.name == 'a') || predicate.count == 0",
        "predicate.packages.filter(p, p.name != 'b').map(p, p.name).size() == 1",
        "predicate.packages.map(p, p.name == 'a', p.name) == ['a']",
        "predicate.builder.id.contains('git') && predicate.builder.id.endsWith('x')",
        "string(predicate.count) == '3' && int('3') == 3 && double(predicate.count) == 3.0",
        "size(predicate.packages) == 2 && predicate.count in [1, 3] && !(predicate.count > 3)",
        "type(predicate.count) == int && type(predicate) != string",
    ] {
        assert_eq!(holds(source, &statement()), Ok(()), "{source}");
    }
}

#[test]
fn denied_predicates_that_are_large_or_deep() {
    let large = json!({"a": "x".repeat(64 * 1024)});
    assert_eq!(holds("true", &large), Err(Refused::Limit));
    assert_eq!(holds("true", &json!({"a": "x".repeat(60 * 1024)})), Ok(()), "its allowed twin");
    let deep = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(holds("true", &deep(33)), Err(Refused::Limit));
    assert_eq!(holds("true", &deep(32)), Ok(()), "its allowed twin");
}

/// What grows with each step, or goes through a list for each item of a list, ends by its fuel, also behind `||`.
#[test]
fn denied_work_without_end() {
    let doubled = format!("['aaaaaaaaaaaaaaaa']{} == []", ".map(x, x + x)".repeat(24));
    let nested = format!("[1]{} == []", ".map(x, [x, x])".repeat(24));
    let squared = "predicate.all(x, predicate.all(y, predicate.all(z, x + y + z >= 0)))";
    let hidden = "predicate.all(x, predicate.all(y, x + y > 0)) || true";
    let absorbed = "predicate.exists(x, predicate.exists(y, predicate.exists(z, x.a)))";
    let compared = "predicate.all(x, predicate == predicate)";
    let listed = "predicate.map(x, predicate).all(y, y.all(z, z == 1))";
    let numbers = Json::from(vec![1; 5_000]);
    for source in [&doubled, &nested, squared, hidden, absorbed, compared, listed] {
        let begun = Instant::now();
        assert_eq!(holds(source, &numbers), Err(Refused::Limit), "{source}");
        assert!(begun.elapsed().as_secs() < 20, "{source} took {:?}", begun.elapsed());
    }
    assert_eq!(holds("predicate.all(x, x == 1 && x < 2)", &numbers), Ok(()), "their allowed twin");
}

/// Patterns that backtracking engines need ages for.
#[test]
fn denied_patterns_that_would_backtrack_in_linear_time() {
    let text = json!(format!("{}!", "a".repeat(60_000)));
    assert_eq!(holds("predicate.matches('^(a+)+$')", &text), Err(Refused::False));
    assert_eq!(holds("predicate.matches('^(a|aa)+$')", &text), Err(Refused::False));
}

/// The stack of the deepest expressions fits into half of a thread's default.
#[test]
fn allowed_the_deepest_in_little_stack() {
    let sources = [
        format!("{}true{}", "(".repeat(32), ")".repeat(32)),
        vec!["true"; 120].join("&&"),
        format!("predicate{} == 1", ".a".repeat(29)),
        format!("{}true", "!".repeat(28)),
        vec!["a"; 255].join("."),
        vec!["1"; 250].join("+"),
        format!("{}1{}", "[".repeat(32), "]".repeat(32)),
        format!("{}1{}", "f(".repeat(32), ")".repeat(32)),
        format!("{}1", "1?1:".repeat(120)),
        format!("{}1", "-".repeat(255)),
        format!("{}1", "a.f(".repeat(32)),
    ];
    let compile = move || sources.iter().filter(|source| Expression::compile(source).is_ok()).count();
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(compile).unwrap();
    assert!(thread.join().unwrap() > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_texts_never_escape(source in "\\PC{0,60}") {
        let _ = Expression::compile(&source);
    }

    #[test]
    fn random_expressions_never_escape(parts in prop::collection::vec(prop::sample::select(vec![
        "predicate", ".", "a", "(", ")", "[", "]", "{", "}", "'", "\"", "1", "-", "!", "&&", "||", "?", ":", ",", "==",
        "<", "in", ".map(x,", ".all(x,", "x", "matches(", "has(", "1u", "0x", "1e9", "b'", "r'", "'''", "\\", "+", "%", "//", "\n", "null", "true",
    ]), 0..40)) {
        let source = parts.concat();
        if let Ok(expression) = Expression::compile(&source) {
            let _ = expression.holds(&Variables {
                predicate: &json!({"a": [1, "x", {"a": null}]}), subject: json!({}), signer: json!({}), artifact: json!({}),
            });
        }
    }
}
