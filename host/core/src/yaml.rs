//! YAML that its reader will edit: block style, two blanks a level, comments where something is theirs to decide. Only
//! texts that need it are quoted. What is suggested is written with it; nothing is read here.

use std::fmt::Write as _;

/// Lines as they are written.
#[derive(Default)]
pub(crate) struct Lines(String);

impl Lines {
    /// The head of one of our objects, up to its `spec:`.
    pub(crate) fn object(&mut self, kind: &str, name: &str) {
        self.line(0, "apiVersion: bailiwick.dev/v1alpha1");
        self.pair(0, "kind", kind);
        self.line(0, "metadata:");
        self.pair(1, "name", name);
        self.line(0, "spec:");
    }

    /// A line as it is.
    pub(crate) fn line(&mut self, level: usize, text: &str) {
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{}{text}", "  ".repeat(level));
    }

    /// `key: value`.
    pub(crate) fn pair(&mut self, level: usize, key: &str, value: &str) {
        self.line(level, &format!("{key}: {}", scalar(value)));
    }

    /// `key: [items]`.
    pub(crate) fn list(&mut self, level: usize, key: &str, items: &[String]) {
        self.line(level, &format!("{key}: {}", list(items)));
    }

    /// All of it.
    pub(crate) fn text(self) -> String {
        self.0
    }
}

/// `[a, b]`.
pub fn list<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| scalar(item)).collect();
    format!("[{}]", items.join(", "))
}

/// A text as a YAML scalar: plain where it can be nothing but a text, else in double quotes, as JSON writes it.
fn scalar(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:".contains(&byte);
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) || text.starts_with("./");
    let word = text.len() > 5 || text.contains('/');
    let colon = text.ends_with(':');
    if first && word && !colon && text.bytes().all(plain) || is_name(text) {
        return text.to_owned();
    }
    crate::text::escaped(&serde_json::Value::from(text).to_string()).into_owned()
}

/// Short words that YAML 1.1 reads as something else are not among these.
fn is_name(text: &str) -> bool {
    let other = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    let letters = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    letters
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !other.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::{list, scalar};

    #[test]
    fn names_in_a_list_stay_names() {
        let names = ["release", "no", "7", "a, b"].map(str::to_owned);
        assert_eq!(list(&names), r#"[release, "no", "7", "a, b"]"#);
    }

    #[test]
    fn texts_that_could_be_something_else_are_quoted() {
        for text in ["team-a/db", "https://a.example:8200", "kv", "./token", "sha256:0a", "eu-central-1"] {
            assert_eq!(scalar(text), text);
        }
        for text in [
            "",
            "123456789012",
            "**",
            "team/*",
            "no",
            "On",
            "1e3",
            "a: b",
            "a b",
            "a:",
            "x\ny",
            "~",
            "0x1f",
            ".123456",
        ] {
            assert!(scalar(text).starts_with('"'), "{text}");
        }
    }
}
