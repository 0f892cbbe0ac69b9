//! Runs a benchmark: built with optimisation, never in CI. It prints a table and writes target/bench/NAME.json, a
//! list of {metric, value, unit, goal, met}.

use anyhow::{Result, bail};

use crate::run::{cargo, say, succeed, title};
use crate::{place, providers};

/// Runs `tests/bench/NAME`.
pub(crate) fn run(name: &str) -> Result<()> {
    let known = place::root().join("tests/bench").join(format!("{name}.rs"));
    let folder = place::root().join("tests/bench").join(name);
    if !known.is_file() && !folder.is_dir() {
        bail!("there is no benchmark {} in tests/bench", name);
    }
    providers::run()?;
    title(&format!("Benchmark {name}"));
    let out = place::target().join("bench");
    std::fs::create_dir_all(&out)?;
    let out = out.join(format!("{name}.json"));
    let mut command = cargo(&place::root());
    command.env("BAILIWICK_BENCH_OUT", &out).env("BAILIWICK_PROVIDERS", place::providers());
    succeed(command.args(["bench", "--package", "bailiwick", "--bench", name]))?;
    say(&format!("written to {}", out.display()));
    Ok(())
}
