//! I5: grants add up and nothing else. For sets of grants G ⊆ G', what G allows G' allows too, and what G' allows some
//! single grant of it allows alone. Within a grant, saying less never allows more. Allowed means that a grant is chosen
//! and that what the run then asks for may leave.

use bailiwick_boundary::{Entry, Find, Part, Reference};
use bailiwick_core::{
    grant::{self, Compiled},
    program::{Call, Content, Program},
};
use proptest::{prelude::*, sample::subsequence, test_runner::TestRunner};
use serde_json::{Value as Json, json};

use super::case::Input;

fn base() -> Json {
    let text = std::fs::read_to_string(super::folder("cases").join("vault.yaml")).unwrap();
    let file: Json = serde_saphyr::from_str(&text).unwrap();
    file["base"].clone()
}

/// A grant out of few parts, so that many of them meet the same request.
#[derive(Clone, Debug)]
struct Small {
    subjects: Vec<&'static str>,
    operations: Vec<&'static str>,
    origin: &'static str,
    mount: &'static str,
    keys: Vec<&'static str>,
    secret: &'static str,
}

fn small() -> impl Strategy<Value = Small> {
    let some = |words: Vec<&'static str>, least: usize| {
        let most = words.len();
        subsequence(words, least..=most)
    };
    (
        some(vec!["team-a", "team-b"], 1),
        some(vec!["read", "list", "get", "browse", "get-listed"], 0),
        prop_oneof![4 => Just("https://vault.corp.example:8200"), 1 => Just("https://other.example")],
        prop_oneof![4 => Just("kv"), 1 => Just("other")],
        some(vec!["a/**", "a/x", "*", "b/*", "**"], 0),
        prop_oneof![4 => Just("./vault-token"), 1 => Just("./other")],
    )
        .prop_map(|(subjects, operations, origin, mount, keys, secret)| Small {
            subjects,
            operations,
            origin,
            mount,
            keys,
            secret,
        })
}

fn entry() -> impl Strategy<Value = Entry> {
    let key = prop_oneof![Just("a"), Just("a/x"), Just("a/y/z"), Just("b/x"), Just("c")];
    let find = prop_oneof![Just(None), Just(Some("a")), Just(Some("b")), Just(Some("a/y"))];
    let reference = |(key, metadata): (&str, bool)| {
        Entry::Secret(Reference { key: key.into(), property: None, version: None, metadata })
    };
    prop_oneof![
        (key, proptest::bool::weighted(0.1)).prop_map(reference),
        find.prop_map(|path| Entry::Find(Find { path: path.map(str::to_owned), by_tags: false })),
    ]
}

fn compile(base: &Json, small: &Small) -> Compiled {
    let mut input = base.clone();
    let spec = &mut input["grant"]["spec"];
    spec["subjects"] = json!([{"namespaces": small.subjects}]);
    spec["operations"] = json!(small.operations);
    spec["targets"] = json!([{"origin": small.origin, "account": {"namespace": "team-a", "mount": small.mount}, "keys": small.keys}]);
    spec["auth"] = json!([{"method": "token", "secrets": [small.secret]}]);
    grant::compile(&Input::read(&input).request())
}

/// Whether the grant that is chosen lets everything leave that a run for the entry asks for.
fn runs(compiled: &[Compiled], entry: &Entry) -> bool {
    let chosen = grant::choose(compiled, entry).ok().and_then(|index| compiled[index].as_ref().ok());
    let leaves = |program: &Program, operation: &str, slot: &str, content: Content<'_>| {
        let args = [(slot, content)];
        grant::decide(program, &Call { operation, args: &args, by: None, free_bits_spent: 0 }).is_ok()
    };
    let part = |part, text| Content::Entry { entry: 0, part, text };
    chosen.is_some_and(|program| match entry {
        Entry::Secret(reference) | Entry::Extract(reference) => {
            // The catalogue reads no metadata.
            !reference.metadata && leaves(program, "get", "key", part(Part::Key, Some(&reference.key)))
        }
        Entry::Find(find) => {
            let path = find.path.as_deref();
            let prefix: Vec<String> =
                path.into_iter().flat_map(|path| path.split('/')).map(str::to_owned).collect();
            leaves(program, "browse", "path", part(Part::Path, path))
                && leaves(program, "get-listed", "name", Content::Echo { text: "x", listed: Some(&prefix) })
        }
    })
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn i5_allowed_by_a_set_is_allowed_by_more_and_by_one_alone() {
    let base = base();
    let verdicts = std::cell::Cell::new((0, 0));
    TestRunner::new(config())
        .run(&(proptest::collection::vec(small(), 0..5), any::<u8>(), entry()), |(grants, mask, entry)| {
            let allows = |grants: &[&Small]| {
                let compiled: Vec<Compiled> = grants.iter().map(|grant| compile(&base, grant)).collect();
                // Whoever is chosen can do it: none is chosen that would fail later.
                let runs = runs(&compiled, &entry);
                assert_eq!(grant::choose(&compiled, &entry).is_ok(), runs, "{grants:?}");
                runs
            };
            let all: Vec<&Small> = grants.iter().collect();
            let picked = |n: &usize| mask & (1 << n) != 0;
            let fewer: Vec<&Small> = (0..grants.len()).filter(picked).filter_map(|n| grants.get(n)).collect();
            let by_all = allows(&all);
            prop_assert!(!allows(&fewer) || by_all, "fewer grants allowed what all do not");
            prop_assert_eq!(by_all, all.iter().any(|one| allows(&[one])));
            let (yes, no) = verdicts.get();
            verdicts.set(if by_all { (yes + 1, no) } else { (yes, no + 1) });
            Ok(())
        })
        .unwrap();
    let (yes, no) = verdicts.get();
    assert!(yes > 40 && no > 40, "{yes} allowed, {no} denied: the grants are too alike");
}

#[test]
fn i5_denied_stays_denied_when_a_grant_says_less() {
    let base = base();
    TestRunner::new(config())
        .run(&(small(), entry(), any::<usize>(), any::<bool>()), |(grant, entry, which, keys)| {
            let mut less = grant.clone();
            let list = if keys { &mut less.keys } else { &mut less.operations };
            if !list.is_empty() {
                list.remove(which % list.len());
            }
            let allows = |grant: &Small| runs(&[compile(&base, grant)], &entry);
            prop_assert!(!allows(&less) || allows(&grant), "{:?} allows more than {:?}", less, grant);
            Ok(())
        })
        .unwrap();
}
