//! What commands print: tables for people, JSON for programs, errors to standard error. A value is never among what
//! is handed to it.

use std::{
    fmt::{Display, Formatter},
    io::{ErrorKind, Write},
};

use anyhow::Context;
use bailiwick_core::text::escaped;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

/// Logs to standard error what the filter admits; nothing without one.
pub(crate) fn log_to_stderr(filter: Option<&str>) {
    let Some(filter) = filter else { return };
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).json().init();
}

/// What was to be printed is lost; what was to be done is done.
#[derive(Debug)]
struct OutputLost;

impl Display for OutputLost {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("standard output cannot be written (make room for it)")
    }
}

/// Says why nothing was done, and returns the exit code for it.
pub(crate) fn fatal(error: &anyhow::Error) -> u8 {
    complain(&format!("error: {error:#}"));
    if error.is::<OutputLost>() { crate::FAILED } else { crate::BAD_INPUT }
}

/// One line to standard error. A closed standard error is nothing to fail for.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", escaped(line));
}

/// Lines to standard output; what a cell or a message may not hold is escaped, and JSON stays JSON. A reader that has
/// seen enough is nothing to fail for; a full disk is.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut lines = String::with_capacity(text.len());
    for line in text.trim_end_matches('\n').split('\n') {
        lines.push_str(&escaped(line));
        lines.push('\n');
    }
    match std::io::stdout().write_all(lines.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context(OutputLost),
        _ => Ok(()),
    }
}

/// Anything as JSON to standard output.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?)
}

/// A table with a header, columns two blanks apart, the last one as wide as it is.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let cells = || {
        std::iter::once(header.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>())
            .chain(rows.iter().map(|row| row.iter().map(|cell| escaped(cell).into_owned()).collect()))
    };
    let mut widths = vec![0; header.len()];
    for row in cells() {
        for (width, cell) in widths.iter_mut().zip(&row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    cells().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_aligns_its_columns() {
        let text = table(
            &["NAME", "READY"],
            &[vec!["a".into(), "True".into()], vec!["longer".into(), "False".into()]],
        );
        assert_eq!(text, "NAME    READY\na       True\nlonger  False");
    }

    #[test]
    fn denied_a_cell_that_draws_a_row() {
        let text = table(&["NAME"], &[vec!["a\nteam-b  db  True\u{1b}[2K".into()]]);
        assert_eq!(text, "NAME\na\\u000ateam-b  db  True\\u001b[2K");
    }
}
