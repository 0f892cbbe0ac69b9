//! `grant check --write`: puts a module's surface, and its digest or signers, into a grant's manifest as a person would, line by
//! line, so that comments and order stay. Pure: text in, text out. What it cannot place it leaves to the person; and what came
//! of it is read as a manifest again, so that nobody else's grant is touched.

use std::ops::Range;

use bailiwick_api::{
    grant::CapabilityGrantSpec,
    manifest::{AnyObject, load, parts},
    meta::Object,
};

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
    let mut out = String::with_capacity(text.len());
    let mut placed = false;
    for (_, part) in parts(text) {
        let mut document: Vec<String> = part.lines().map(str::to_owned).collect();
        if placed || !is_grant(&document, accepted.grant) {
            out.push_str(part);
            continue;
        }
        for (member, text) in accepted.provider {
            set(&mut document, &["spec", "provider"], member, text)?;
        }
        set(&mut document, &["spec"], "surface", accepted.surface)?;
        out.push_str(&(document.join("\n") + "\n"));
        placed = true;
    }
    (placed && nothing_else(text, &out, accepted)).then_some(out)
}

/// Whether the named grant has the surface now, and all others are what they were.
fn nothing_else(before: &str, after: &str, accepted: &Accepted<'_>) -> bool {
    let ((before, faults), (after, new_faults)) = (grants(before), grants(after));
    let as_meant = |(old, new): (&Object<CapabilityGrantSpec>, &Object<CapabilityGrantSpec>)| {
        let named = old.metadata.name == accepted.grant;
        let surface = new.spec.surface.as_deref() == Some(accepted.surface);
        if named { surface && new.metadata == old.metadata } else { new == old }
    };
    faults == new_faults && before.len() == after.len() && before.iter().zip(&after).all(as_meant)
}

/// The grants of a text, and how many faults it has.
fn grants(text: &str) -> (Vec<Object<CapabilityGrantSpec>>, usize) {
    let (manifests, faults) = load(text, "");
    let grants = manifests.into_iter().filter_map(|manifest| match manifest.object {
        AnyObject::CapabilityGrant(grant) => Some(grant),
        _ => None,
    });
    (grants.collect(), faults.len())
}

fn is_grant(document: &[String], name: &str) -> bool {
    let kind = document.iter().any(|line| value_of(line, "kind") == Some("CapabilityGrant"));
    let named = || {
        let (start, end) = block(document, &["metadata"])?;
        let at = member(document, start + 1..end, "name")?;
        value_of(document.get(at)?.trim_start(), "name")
    };
    kind && named().is_some_and(|found| found.trim_matches(['"', '\'']) == name)
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(key)?.strip_prefix(':')?;
    Some(rest.split(" #").next().unwrap_or(rest).trim())
}

/// Sets `key` in the block at `path`: in place of the line that is there, else as the block's last member.
fn set(document: &mut Vec<String>, path: &[&str], key: &str, value: &str) -> Option<()> {
    let (start, end) = block(document, path)?;
    let indent = inner(document, start + 1..end)?;
    let line = format!("{}{key}: {value}", " ".repeat(indent));
    match member(document, start + 1..end, key) {
        Some(index) => *document.get_mut(index)? = line,
        None => document.insert(end, line),
    }
    Some(())
}

/// The lines of a block: the index of its key, and the index after its last line that is not blank or a comment.
fn block(document: &[String], path: &[&str]) -> Option<(usize, usize)> {
    let (mut start, mut from, mut end) = (None, 0, document.len());
    for key in path {
        let at = match start {
            None => document.iter().position(|line| value_of(line, key).is_some())?,
            Some(_) => member(document, from..end, key)?,
        };
        let line = document.get(at)?;
        if value_of(line.trim_start(), key) != Some("") {
            return None;
        }
        let indent = indent_of(line)?;
        // A list may stand at its key's own indent, so only another key of that indent ends a block.
        let ends = |line: &String| {
            indent_of(line).is_some_and(|i| i <= indent && !line.trim_start().starts_with("- "))
        };
        end = document.get(at + 1..end)?.iter().position(ends).map_or(end, |n| at + 1 + n);
        (start, from) = (Some(at), at + 1);
    }
    let start = start?;
    let last = document.get(start..end)?.iter().rposition(|line| indent_of(line).is_some())?;
    Some((start, start + last + 1))
}

/// The line of a block's own member: none that stands deeper.
fn member(document: &[String], lines: Range<usize>, key: &str) -> Option<usize> {
    let indent = inner(document, lines.clone())?;
    let is_key = |l: &String| indent_of(l) == Some(indent) && value_of(l.trim_start(), key).is_some();
    document.get(lines.clone())?.iter().position(is_key).map(|n| lines.start + n)
}

/// The indent of a block's members.
fn inner(document: &[String], lines: Range<usize>) -> Option<usize> {
    document.get(lines)?.iter().find_map(|line| indent_of(line))
}

/// The indent of a line that says something.
fn indent_of(line: &str) -> Option<usize> {
    let text = line.trim_start();
    (!text.is_empty() && !text.starts_with('#')).then(|| line.len() - text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRANT: &str = "apiVersion: bailiwick.dev/v1alpha1\nkind: CapabilityGrant\n";

    fn accept(text: &str) -> Option<String> {
        let provider = [("module", "sha256:1".to_owned())];
        super::accept(text, &Accepted { grant: "b", provider: &provider, surface: "sha256:2" })
    }

    /// A grant: the lines of its metadata, and what its spec has at the end of `provider` and of itself.
    fn grant(metadata: &str, provider: &str, spec: &str) -> String {
        let head = format!("{GRANT}metadata:\n{metadata}spec:\n  provider:\n    name: v # vault\n{provider}");
        format!("{head}  subjects:\n  - namespaces: [a]\n{spec}")
    }

    const MODULE: &str = "    module: sha256:1\n";
    const SURFACE: &str = "  surface: sha256:2\n";

    #[test]
    fn it_writes_into_the_named_grant_only_and_keeps_comments() {
        let (other, end) = (grant("  name: a\n", "", ""), "\n# end\n");
        for marker in ["---\n", "--- # ours\n", "---\t\n", "---\n# ours\n"] {
            let text = format!("{other}{marker}{}{end}", grant("  name: b\n", "", ""));
            let want = format!("{other}{marker}{}{end}", grant("  name: b\n", MODULE, SURFACE));
            assert_eq!(accept(&text).as_ref(), Some(&want), "{marker}");
            assert_eq!(accept(&want).as_ref(), Some(&want), "a second time changes nothing");
            // The other way round.
            let text = format!("{}{marker}{other}", grant("  name: b\n", "", ""));
            let want = format!("{}{marker}{other}", grant("  name: b\n", MODULE, SURFACE));
            assert_eq!(accept(&text), Some(want), "{marker}");
        }
    }

    #[test]
    fn denied_a_name_that_is_not_the_grants_own() {
        let labels = "  labels:\n    name: b\n";
        for metadata in [format!("{labels}  name: a\n"), format!("  name: a\n{labels}")] {
            let other = grant(&metadata, "", "");
            assert_eq!(accept(&other), None, "{metadata}");
            let text = format!("{other}---\n{}", grant("  name: b\n", "", ""));
            let want = format!("{other}---\n{}", grant("  name: b\n", MODULE, SURFACE));
            assert_eq!(accept(&text), Some(want), "{metadata}");
        }
        let own = |provider: &str, spec: &str| grant(&format!("{labels}  name: b\n"), provider, spec);
        assert_eq!(accept(&own("", "")), Some(own(MODULE, SURFACE)), "labels come before");
    }

    #[test]
    fn denied_where_what_is_read_then_is_not_what_was_meant() {
        // A document that ends at `...` stands in one part with the next.
        let map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n...\n";
        assert_eq!(accept(&format!("{map}{}", grant("  name: a\n", "", ""))), None);
        let own = accept(&format!("{map}---\n{}", grant("  name: b\n", "", "")));
        assert_eq!(own, Some(format!("{map}---\n{}", grant("  name: b\n", MODULE, SURFACE))));
    }

    #[test]
    fn it_replaces_what_was_accepted_before() {
        let text = grant("  name: b\n", "    module: sha256:old\n", "  surface: sha256:old\n");
        assert_eq!(accept(&text), Some(grant("  name: b\n", MODULE, SURFACE)));
    }

    #[test]
    fn flow_style_is_left_to_the_person() {
        let flow = "metadata:\n  name: b\nspec: {provider: {name: v}, subjects: [{namespaces: [a]}]}\n";
        assert_eq!(accept(&format!("{GRANT}{flow}")), None);
        assert_eq!(accept(&grant("  name: b\n", "", "").replace("CapabilityGrant", "Provider")), None);
    }
}
