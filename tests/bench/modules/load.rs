//! A load from the cache, with every byte hashed, the evidence verified and the verdict made anew, up to something that can
//! run; and the verdicts over a hundred loaded modules when a policy has changed.

use std::time::Instant;

use bailiwick_artifact::{ArtifactCache, Pulled};
use bailiwick_sandbox::{Cache, Engine, EngineOptions};
use bailiwick_sync::trust::{Admissions, InForce, Verdict};

use crate::{
    fixture::Fixture,
    table::{Goal, Table, median, millis},
};

const ROUNDS: usize = 100;
const LOADED: usize = 100;

pub(crate) fn measure(fixture: &Fixture, table: &mut Table) {
    let root = tempfile::tempdir().unwrap();
    let cache = ArtifactCache::open(&root.path().join("artifacts")).unwrap();
    cache.put(&fixture.pulled).unwrap();
    let compiled = Cache::open(&root.path().join("compiled"), &root.path().join("key")).unwrap();
    let engine = Engine::new(EngineOptions { slots: 4, cache: Some(compiled) }).unwrap();
    engine.load(&fixture.pulled.component).unwrap();
    let in_force = fixture.in_force(1, None);
    let one = |_| {
        let start = Instant::now();
        let pulled = cache.get(&fixture.pulled.digest).unwrap();
        Fixture::loaded(&pulled, "vault").judge(&in_force.set, 0).unwrap();
        drop(engine.load(&pulled.component).unwrap());
        start.elapsed()
    };
    let took = millis(median((0..ROUNDS).map(one).collect()));
    table.add("load a cached provider, verified again", took, "ms", Goal::AtMost(3.0));
    let size = fixture.pulled.component.len() as f64 / 1e3;
    table.add("  of this size", size, "kB", Goal::None);
}

pub(crate) fn rejudge(fixture: &Fixture, table: &mut Table) {
    let by_key = again(&fixture.pulled, &fixture.in_force(1, None), |n| fixture.in_force(n, None));
    table.add("judge 100 loaded modules again, by key", by_key, "ms", Goal::AtMost(200.0));
    let Some((bundle, root)) = fixture.keyless() else { return };
    let pulled = Pulled { evidence: vec![bundle], ..fixture.pulled.clone() };
    let first = fixture.in_force(1, Some(&root));
    let keyless = again(&pulled, &first, |n| fixture.in_force(n, Some(&root)));
    table.add("judge 100 loaded modules again, keyless", keyless, "ms", Goal::AtMost(200.0));
}

fn again(pulled: &Pulled, first: &InForce, next: impl Fn(i64) -> InForce) -> f64 {
    let loaded = (0..LOADED).map(|n| {
        let loaded = Fixture::loaded(pulled, &format!("vault-{n}"));
        let verdict = Verdict::new(loaded.judge(&first.set, 0), first);
        (loaded, verdict)
    });
    let admissions = Admissions::new(first, loaded);
    let one = |n| {
        let in_force = next(n);
        let start = Instant::now();
        assert!(admissions.rejudge(&in_force, 0));
        start.elapsed()
    };
    millis(median((2..12).map(one).collect()))
}
