//! ACL policies (Policies, "Policy syntax"): a path is exact, ends in `*` for a prefix, or has `+` for one segment;
//! the most specific match decides, `deny` wins, and what nothing matches is denied. Written as JSON, which the
//! servers read as well as HCL.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::Value;

/// A policy: patterns and what they allow.
#[derive(Clone, Debug, Default)]
pub(super) struct Policy {
    rules: Vec<(String, BTreeSet<String>)>,
}

impl Policy {
    /// Reads `{"path": {"kv/data/*": {"capabilities": ["read"]}}}`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let rules = value.get("path")?.as_object()?.iter().map(|(path, rule)| {
            let capabilities = super::json::list(rule, "capabilities").into_iter().collect();
            (path.trim_start_matches('/').to_owned(), capabilities)
        });
        Some(Self { rules: rules.collect() })
    }

    /// What each token may do with itself (the `default` policy).
    pub(super) fn default_policy() -> Self {
        let allow = |path: &str, capability: &str| (path.to_owned(), BTreeSet::from([capability.to_owned()]));
        let rules = vec![
            allow("auth/token/lookup-self", "read"),
            allow("auth/token/renew-self", "update"),
            allow("auth/token/revoke-self", "update"),
        ];
        Self { rules }
    }
}

/// Whether these policies together allow one of the capabilities on a path.
pub(super) fn allows<'a>(policies: impl Iterator<Item = &'a Policy>, path: &str, wanted: &[&str]) -> bool {
    let mut best: Option<(Specificity, BTreeSet<&str>)> = None;
    for (pattern, capabilities) in policies.flat_map(|policy| &policy.rules) {
        if !matches(pattern, path) {
            continue;
        }
        let found = Specificity::of(pattern);
        let capabilities = capabilities.iter().map(String::as_str);
        match &mut best {
            Some((rank, all)) if *rank == found => all.extend(capabilities),
            Some((rank, _)) if *rank > found => {}
            _ => best = Some((found, capabilities.collect())),
        }
    }
    best.is_some_and(|(_, all)| {
        !all.contains("deny") && wanted.iter().any(|capability| all.contains(capability))
    })
}

/// Whether any rule touches what lies below a mount: the preflight check of `sys/internal/ui/mounts`.
pub(super) fn touches<'a>(policies: impl Iterator<Item = &'a Policy>, mount: &str) -> bool {
    policies.flat_map(|policy| &policy.rules).any(|(pattern, capabilities)| {
        let pattern = pattern.trim_end_matches('*');
        !capabilities.contains("deny") && (pattern.starts_with(mount) || mount.starts_with(pattern))
    })
}

// Policies, "Priority matching": a later first wildcard, no `*` at the end, fewer `+`, longer; in that order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Specificity {
    first_wildcard: usize,
    exact: bool,
    pluses: Reverse<usize>,
    length: usize,
}

impl Specificity {
    fn of(pattern: &str) -> Self {
        let first_wildcard = pattern.find(['+', '*']).unwrap_or(usize::MAX);
        let pluses = Reverse(pattern.matches('+').count());
        Self { first_wildcard, exact: !pattern.ends_with('*'), pluses, length: pattern.len() }
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, prefix) = match pattern.strip_suffix('*') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut rest = path;
    for (n, part) in pattern.split('+').enumerate() {
        if n > 0 {
            let end = rest.find('/').unwrap_or(rest.len());
            rest = rest.split_at(end).1;
        }
        match rest.strip_prefix(part) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    prefix || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(policy: &str, path: &str, capability: &str) -> bool {
        allows([Policy::read(policy).unwrap()].iter(), path, &[capability])
    }

    #[test]
    fn the_most_specific_rule_decides() {
        let policy = r#"{"path": {
            "kv/data/*": {"capabilities": ["read"]},
            "kv/data/closed/*": {"capabilities": ["deny"]},
            "kv/data/+/shared": {"capabilities": ["list"]},
            "kv/data/closed/open": {"capabilities": ["read"]}
        }}"#;
        assert!(allowed(policy, "kv/data/a/b", "read"));
        assert!(!allowed(policy, "kv/data/a/b", "list"));
        assert!(!allowed(policy, "kv/data/closed/b", "read"));
        assert!(allowed(policy, "kv/data/closed/open", "read"));
        assert!(allowed(policy, "kv/data/team/shared", "list"));
        assert!(!allowed(policy, "kv/data/team/shared", "read"), "an exact end wins over a prefix");
        assert!(!allowed(policy, "kv2/data/a", "read"));
    }

    #[test]
    fn a_plus_is_one_segment() {
        assert!(matches("kv/+/app", "kv/data/app"));
        assert!(!matches("kv/+/app", "kv/data/x/app"));
        assert!(matches("kv/+/app*", "kv/data/apple"));
    }
}
