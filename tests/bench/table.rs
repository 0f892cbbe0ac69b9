//! Rows of figures: shown as a table, written as JSON. A goal is the most, or for a throughput the least, that the
//! project wants to see.

use std::time::Duration;

use serde::Serialize;

/// What is wanted of a figure.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// Only shown.
    None,
}

#[derive(Serialize)]
struct Row {
    metric: &'static str,
    value: f64,
    unit: &'static str,
    goal: Option<f64>,
    met: Option<bool>,
    #[serde(skip)]
    shown: String,
}

/// The figures so far.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn add(&mut self, metric: &'static str, value: f64, unit: &'static str, goal: Goal) {
        let value = (value * 1000.0).round() / 1000.0;
        let (goal, met, shown) = match goal {
            Goal::AtMost(most) => (Some(most), Some(value <= most), format!("<= {most}")),
            Goal::AtLeast(least) => (Some(least), Some(value >= least), format!(">= {least}")),
            Goal::None => (None, None, "-".to_owned()),
        };
        self.0.push(Row { metric, value, unit, goal, met, shown });
    }

    pub(crate) fn show(&self) {
        println!("\n{:<58} {:>12}  {:<6} {:>9}  MET", "METRIC", "VALUE", "UNIT", "GOAL");
        for row in &self.0 {
            let met = row.met.map_or("-", |met| if met { "yes" } else { "NO" });
            println!("{:<58} {:>12}  {:<6} {:>9}  {met}", row.metric, row.value, row.unit, row.shown);
        }
        let missed: Vec<_> =
            self.0.iter().filter(|row| row.met == Some(false)).map(|row| row.metric).collect();
        match missed.as_slice() {
            [] => println!("\nall goals met"),
            missed => println!("\nmissed: {}", missed.join("; ")),
        }
    }

    /// To the file that the caller names; nowhere where it names none.
    pub(crate) fn write(&self) {
        let Some(path) = std::env::var_os("BAILIWICK_BENCH_OUT") else { return };
        std::fs::write(path, serde_json::to_vec_pretty(&self.0).unwrap()).unwrap();
    }
}

pub(crate) fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[all.len() / 2]
}

pub(crate) fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
