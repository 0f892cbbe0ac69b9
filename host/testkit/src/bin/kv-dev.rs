//! The embedded KV backend as a program, for `cargo xtask quickstart` and for a look by hand. Prints one JSON line
//! (`{"address": "http://127.0.0.1:PORT", "token": "..."}`) and serves until its standard input ends, so that it
//! cannot outlive the program that started it. `--setup FILE` runs a list of requests first; `--listen ADDRESS`
//! takes a port by name.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use bailiwick_testkit::kv::{Kv, Options, Vault, cases};

fn main() -> Result<()> {
    let Arguments { options, setup } = arguments(std::env::args_os().skip(1))?;
    let address = options.listen;
    let kv = Kv::start_with(options).with_context(|| format!("cannot listen on {address}"))?;
    if let Some(file) = setup {
        cases::set_up_from(&kv, &file, &mut [("root".to_owned(), kv.root_token().to_owned())].into())?;
    }
    let line = serde_json::json!({"address": kv.url(), "token": kv.root_token()});
    let mut output = std::io::stdout();
    writeln!(output, "{line}")?;
    output.flush()?;
    // What is typed does not matter; the end does.
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

struct Arguments {
    options: Options,
    setup: Option<PathBuf>,
}

fn arguments(mut given: impl Iterator<Item = OsString>) -> Result<Arguments> {
    let mut found = Arguments { options: Options { record: false, ..Options::default() }, setup: None };
    while let Some(flag) = given.next() {
        match (flag.to_str(), given.next()) {
            (Some("--setup"), Some(file)) => found.setup = Some(file.into()),
            (Some("--listen"), Some(address)) => {
                let text = address.to_str().context("--listen takes an address such as 127.0.0.1:8200")?;
                found.options.listen = text.parse().with_context(|| format!("{text} is no address"))?;
            }
            _ => bail!("usage: kv-dev [--setup FILE] [--listen ADDRESS]"),
        }
    }
    Ok(found)
}
