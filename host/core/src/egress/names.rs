//! Names that no grant may hold, whatever they resolve to (rules G6a and I6; reference row 36): they lead to
//! metadata services, to this host, or to whoever answers first on the local network. Names that do not end in
//! one of these are judged by their addresses.

/// Why a name is never granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A cloud's metadata service.
    #[error("the name of a metadata service is never granted")]
    Metadata,
    /// RFC 6761 section 6.3: this host itself.
    #[error("a name of this host is never granted; grant 127.0.0.1 or [::1] with class loopback")]
    Localhost,
    /// `kubernetes.default`, `*.svc` and `*.cluster.local`: they mean something else in each cluster.
    #[error("a name inside the cluster is not granted; use a name of your own DNS zone")]
    Cluster,
    /// RFC 6762: multicast DNS, where any neighbour answers.
    #[error("a name under .local is answered by any neighbour and never granted")]
    Local,
    /// `.internal` (ICANN's private-use zone) and `.localdomain`, where clouds keep their metadata names.
    #[error("a name under .internal or .localdomain is never granted")]
    Internal,
    /// RFC 7686 and RFC 6761: `.onion` and `.invalid`, which DNS must not answer.
    #[error("a name under .onion or .invalid does not resolve in DNS and is never granted")]
    Unresolvable,
}

/// Whole names. `metadata.goog` is Google's second name of `metadata.google.internal`.
const NAMES: &[(&str, Refused)] = &[
    ("metadata", Refused::Metadata),
    ("metadata.google.internal", Refused::Metadata),
    ("metadata.goog", Refused::Metadata),
    ("instance-data", Refused::Metadata),
    ("instance-data.ec2.internal", Refused::Metadata),
    ("kubernetes", Refused::Cluster),
    ("kubernetes.default", Refused::Cluster),
    ("ip6-localhost", Refused::Localhost),
    ("ip6-loopback", Refused::Localhost),
    ("localhost.localdomain", Refused::Localhost),
];

/// The label itself and everything under it; the first that matches says why.
const ZONES: &[(&str, Refused)] = &[
    ("localhost", Refused::Localhost),
    ("svc", Refused::Cluster),
    ("cluster.local", Refused::Cluster),
    ("local", Refused::Local),
    ("internal", Refused::Internal),
    ("localdomain", Refused::Internal),
    ("onion", Refused::Unresolvable),
    ("invalid", Refused::Unresolvable),
];

/// Why `host` (lower case, without a trailing dot) is never granted; none where it may be.
#[must_use]
pub fn refused(host: &str) -> Option<Refused> {
    let named = NAMES.iter().find(|(name, _)| *name == host);
    named.or_else(|| ZONES.iter().find(|(zone, _)| within(host, zone))).map(|(_, why)| *why)
}

fn within(host: &str, zone: &str) -> bool {
    host.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
