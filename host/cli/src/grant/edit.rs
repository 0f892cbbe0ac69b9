//! `grant check --write`: puts a module's surface, and its digest or signers, into a grant's manifest as a person would, line by
//! line, so that comments and order stay. Pure: text in, text out. What it cannot place it leaves to the person.

/// What to write into one grant.
pub(crate) struct Accepted<'a> {
    /// `metadata.name` of the grant.
    pub(crate) grant: &'a str,
    /// Members of `spec.provider` with their text in YAML.
    pub(crate) provider: &'a [(&'static str, String)],
    /// `sha256:<hex>` of the surface.
    pub(crate) surface: &'a str,
}

/// The file's text with both digests in the named grant; none where the grant isn't written in block style.
#[must_use]
pub(crate) fn accept(text: &str, accepted: &Accepted<'_>) -> Option<String> {
    let mut documents: Vec<Vec<String>> = vec![Vec::new()];
    for line in text.lines() {
        if line.trim_end() == "---" {
            documents.push(Vec::new());
        }
        documents.last_mut()?.push(line.to_owned());
    }
    let document = documents.iter_mut().find(|d| is_grant(d, accepted.grant))?;
    for (member, text) in accepted.provider {
        set(document, &["spec", "provider"], member, text)?;
    }
    set(document, &["spec"], "surface", accepted.surface)?;
    let lines: Vec<String> = documents.into_iter().flatten().collect();
    Some(lines.join("\n") + "\n")
}

fn is_grant(document: &[String], name: &str) -> bool {
    let kind = document.iter().any(|line| value_of(line, "kind") == Some("CapabilityGrant"));
    let Some((metadata, _)) = block(document, &["metadata"]) else { return false };
    let named = document.iter().skip(metadata + 1).find_map(|line| value_of(line.trim_start(), "name"));
    kind && named.is_some_and(|found| found.trim_matches(['"', '\'']) == name)
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(key)?.strip_prefix(':')?;
    Some(rest.split(" #").next().unwrap_or(rest).trim())
}

/// Sets `key` in the block at `path`: in place of the line that is there, else as the block's last member.
fn set(document: &mut Vec<String>, path: &[&str], key: &str, value: &str) -> Option<()> {
    let (start, end) = block(document, path)?;
    let first = document.get(start + 1).filter(|_| start + 1 < end)?;
    let indent = first.len() - first.trim_start().len();
    let line = format!("{}{key}: {value}", " ".repeat(indent));
    let is_key = |l: &String| indent_of(l) == Some(indent) && value_of(l.trim_start(), key).is_some();
    match (start + 1..end).find(|i| document.get(*i).is_some_and(is_key)) {
        Some(index) => *document.get_mut(index)? = line,
        None => document.insert(end, line),
    }
    Some(())
}

/// The lines of a block: the index of its key, and the index after its last line that is not blank or a comment.
fn block(document: &[String], path: &[&str]) -> Option<(usize, usize)> {
    let (mut start, mut end, mut indent) = (None, document.len(), 0);
    for key in path {
        let from = start.map_or(0, |s: usize| s + 1);
        let is_key = |line: &String| {
            indent_of(line).is_some_and(|i| i == indent || (start.is_some() && i > indent))
                && value_of(line.trim_start(), key) == Some("")
        };
        let at = from + document.get(from..end)?.iter().position(is_key)?;
        indent = indent_of(document.get(at)?)?;
        // A list may stand at its key's own indent, so only another key of that indent ends a block.
        let ends = |line: &String| {
            indent_of(line).is_some_and(|i| i <= indent && !line.trim_start().starts_with("- "))
        };
        end = document.get(at + 1..end)?.iter().position(ends).map_or(end, |n| at + 1 + n);
        start = Some(at);
    }
    let start = start?;
    let last = document.get(start..end)?.iter().rposition(|line| indent_of(line).is_some())?;
    Some((start, start + last + 1))
}

/// The indent of a line that says something.
fn indent_of(line: &str) -> Option<usize> {
    let text = line.trim_start();
    (!text.is_empty() && !text.starts_with('#')).then(|| line.len() - text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(text: &str) -> Option<String> {
        let provider = [("module", "sha256:1".to_owned())];
        super::accept(text, &Accepted { grant: "b", provider: &provider, surface: "sha256:2" })
    }

    #[test]
    fn it_writes_into_the_named_grant_only_and_keeps_comments() {
        let text = "kind: CapabilityGrant\nmetadata: \n  name: a\nspec:\n  provider:\n    name: v\n---\n# ours\nkind: CapabilityGrant\nmetadata:\n  name: b\nspec:\n  provider:\n    name: v # vault\n  operations: [read]\n\n# end\n";
        let want = "kind: CapabilityGrant\nmetadata: \n  name: a\nspec:\n  provider:\n    name: v\n---\n# ours\nkind: CapabilityGrant\nmetadata:\n  name: b\nspec:\n  provider:\n    name: v # vault\n    module: sha256:1\n  operations: [read]\n  surface: sha256:2\n\n# end\n";
        assert_eq!(accept(text).as_deref(), Some(want));
        assert_eq!(accept(want).as_deref(), Some(want), "a second time changes nothing");
    }

    #[test]
    fn it_replaces_what_was_accepted_before() {
        let text = "kind: CapabilityGrant\nmetadata:\n  name: b\nspec:\n  surface: sha256:old\n  provider:\n    module: sha256:old\n    name: v\n";
        let want = text.replacen("sha256:old", "sha256:2", 1).replacen("sha256:old", "sha256:1", 1);
        assert_eq!(accept(text), Some(want));
    }

    #[test]
    fn flow_style_is_left_to_the_person() {
        assert_eq!(
            accept("kind: CapabilityGrant\nmetadata:\n  name: b\nspec: {provider: {name: v}}\n"),
            None
        );
        assert_eq!(accept("kind: Other\nmetadata:\n  name: b\nspec:\n  provider:\n    name: v\n"), None);
    }
}
