//! The decision about one request: a read of one key, from the program to the bytes that may leave.

use std::{hint::black_box, time::Instant};

use bailiwick_boundary::Part;
use bailiwick_core::{
    grant::decide,
    program::{Binding, Call, Content},
};

use crate::{
    fixture::Fixture,
    table::{Goal, Table, median, micros},
};

/// Decisions that are timed together, since one alone is near the clock's grain.
const BATCH: u32 = 100;
const BATCHES: usize = 2000;

pub(crate) fn measure(fixture: &Fixture, table: &mut Table) {
    let key = Content::Entry { entry: 0, part: Part::Key, text: Some("team-a/shop/db") };
    let operations = ["kv2-read".to_owned()].into();
    let by = Binding { name: "token".to_owned(), operations, attach: Vec::new() };
    let args = [("key", key)];
    let call = Call { operation: "kv2-read", args: &args, by: Some(&by), free_bits_spent: 0 };
    let batch = || {
        let start = Instant::now();
        for _ in 0..BATCH {
            let admitted =
                decide(black_box(&fixture.program), black_box(&call)).map_err(|denial| denial.field);
            assert!(black_box(admitted).is_ok());
        }
        start.elapsed() / BATCH
    };
    let times = (0..BATCHES).map(|_| batch()).collect();
    table.add("decide, one read", micros(median(times)), "us", Goal::AtMost(5.0));
}
