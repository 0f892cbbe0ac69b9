//! One piece of evidence, from its JSON text to a fact, with the anchors parsed already.

use std::time::Instant;

use bailiwick_artifact::{Evidence, evidence::Verifier};
use bailiwick_core::trust::anchors;
use bailiwick_sync::trust::InForce;

use crate::{
    fixture::Fixture,
    table::{Goal, Table, median, millis},
};

const ROUNDS: usize = 500;

pub(crate) fn measure(fixture: &Fixture, table: &mut Table) {
    let by_key = once(fixture, &fixture.in_force(1, None), &fixture.pulled.evidence[0]);
    table.add("verify a bundle by key", by_key, "ms", Goal::AtMost(0.2));
    let Some((bundle, root)) = fixture.keyless() else { return };
    let keyless = once(fixture, &fixture.in_force(1, Some(&root)), &bundle);
    table.add("verify a keyless bundle (Rekor v1, SCT)", keyless, "ms", Goal::AtMost(1.0));
}

fn once(fixture: &Fixture, in_force: &InForce, evidence: &Evidence) -> f64 {
    let verifier = Verifier::new(&anchors(in_force.set.policies()));
    let evidence = std::slice::from_ref(evidence);
    let all = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        let verified = verifier.verify(evidence, &fixture.pulled.digest);
        let took = start.elapsed();
        assert_eq!(verified.facts.len(), 1, "{:?}", verified.rejected);
        took
    });
    millis(median(all.collect()))
}
