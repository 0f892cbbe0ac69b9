//! Runs a benchmark: built with optimisation, never in CI. It prints a table and writes target/bench/NAME.json, a
//! list of {metric, value, unit, goal, met}.

use anyhow::{Result, bail};

use crate::run::{cargo, say, succeed, title};
use crate::{place, providers, setup};

/// Runs `tests/bench/NAME`.
pub(crate) fn run(name: &str) -> Result<()> {
    if !place::root().join("tests/bench").join(name).is_dir() {
        bail!("there is no benchmark {name} in tests/bench");
    }
    let compiler = setup::run()?;
    title("The host, with optimisation (wasmtime takes minutes the first time)");
    let bench = ["bench", "--locked", "--package", "bailiwick", "--bench", name];
    succeed(cargo(&place::root()).args(bench).arg("--no-run"))?;
    providers::build(&compiler, &place::released("bailiwick"))?;
    title(&format!("Benchmark {name}"));
    let out = place::target().join("bench");
    std::fs::create_dir_all(&out)?;
    let out = out.join(format!("{name}.json"));
    let mut command = cargo(&place::root());
    command.env("BAILIWICK_BENCH_OUT", &out).env("BAILIWICK_PROVIDERS", place::providers());
    succeed(command.args(bench))?;
    say(&format!("written to {}", out.display()));
    Ok(())
}
