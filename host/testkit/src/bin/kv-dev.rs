//! The embedded KV backend as a program, for `cargo xtask quickstart` and for a look by hand. Prints one JSON line
//! (`{"address": "http://127.0.0.1:PORT", "token": "..."}`) and serves until its standard input ends, so that it
//! cannot outlive the program that started it. `--setup FILE` runs a list of requests first.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use bailiwick_testkit::kv::{Kv, Options, Vault, cases};

fn main() -> Result<()> {
    let options = Options { record: false, ..Options::default() };
    let kv = Kv::start_with(options).context("cannot listen on 127.0.0.1")?;
    if let Some(file) = setup_file()? {
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

fn setup_file() -> Result<Option<PathBuf>> {
    let mut arguments = std::env::args_os().skip(1);
    match (arguments.next(), arguments.next(), arguments.next()) {
        (None, ..) => Ok(None),
        (Some(flag), Some(file), None) if flag == "--setup" => Ok(Some(file.into())),
        _ => bail!("usage: kv-dev [--setup FILE]"),
    }
}
