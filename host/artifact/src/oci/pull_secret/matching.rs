//! Which entry is for which repository: the kubelet's rules (Kubernetes, "Interpretation of config.json"). A `*` stands
//! within one label of the host; ports must be equal; the path is a prefix. Stricter in one thing: a path ends at a
//! `/`, so that `acme` is not for `acme-evil`.

/// How exactly a key names a repository: by the length of its path, then without a pattern, then by the length of its
/// host. None where it does not.
pub(super) fn rank(key: &str, registry: &str, path: &str) -> Option<(usize, bool, usize)> {
    let key = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let (host, prefix) = key.split_once('/').unwrap_or((key, ""));
    let prefix = prefix.trim_end_matches('/');
    // What docker once wrote after the host of its own registries.
    let prefix = if matches!(prefix, "v1" | "v2") { "" } else { prefix };
    let within = prefix.is_empty()
        || path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let exact = !host.contains('*');
    (within && matches_host(host, registry)).then_some((prefix.len(), exact, host.len()))
}

fn matches_host(pattern: &str, registry: &str) -> bool {
    let (pattern, port) = split(pattern);
    let (host, wanted) = split(registry);
    let (pattern, host): (Vec<_>, Vec<_>) = (pattern.split('.').collect(), host.split('.').collect());
    port == wanted
        && pattern.len() == host.len()
        && pattern.iter().zip(&host).all(|(pattern, label)| matches_label(pattern, label))
}

fn split(host: &str) -> (&str, &str) {
    host.split_once(':').unwrap_or((host, ""))
}

/// `*` is any run of characters of one label.
fn matches_label(pattern: &str, label: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern.eq_ignore_ascii_case(label) };
    let Some(mut left) = label.strip_prefix(head) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some((_, after)) = left.split_once(piece) else { return false };
        left = after;
    }
    left.ends_with(last)
}
