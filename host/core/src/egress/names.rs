//! Names that no grant may hold, whatever they resolve to (rules G6a and I6; reference rows 36 and 38): they lead to
//! metadata services, to this host, to the cluster's own machinery, or to whoever answers first on the local network.
//! Names that do not end in one of these are judged by their addresses.
//!
//! Services of the cluster have a form of their own and are granted by class `cluster` alone: what their names mean
//! differs from cluster to cluster, so a grant says in which network they lie.

use std::borrow::Cow;

use bailiwick_api::dns::is_label;

#[cfg(test)]
mod tests;

/// Why a name is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A cloud's metadata service.
    #[error("the name of a metadata service is never granted")]
    Metadata,
    /// RFC 6761 section 6.3: this host itself.
    #[error("a name of this host is never granted; grant 127.0.0.1 or [::1] with class loopback")]
    Localhost,
    /// A service of the cluster, where it was not allowed.
    #[error(
        "a name inside the cluster needs addresses of class cluster and the cluster's Service range as cidr"
    )]
    Cluster,
    /// `svc`, `cluster.local` and what lies below them, in any form that is not a service's.
    #[error(
        "write a name inside the cluster as SERVICE.NAMESPACE.svc or SERVICE.NAMESPACE.svc.cluster.local"
    )]
    ClusterForm,
    /// The API server, and namespaces of the cluster's machinery.
    #[error("the API server and services of kube-* and openshift-* namespaces are never granted")]
    ClusterSystem,
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
    ("kubernetes", Refused::ClusterSystem),
    ("kubernetes.default", Refused::ClusterSystem),
    ("ip6-localhost", Refused::Localhost),
    ("ip6-loopback", Refused::Localhost),
    ("localhost.localdomain", Refused::Localhost),
];

/// The label itself and everything under it; the first that matches says why.
const ZONES: &[(&str, Refused)] = &[
    ("localhost", Refused::Localhost),
    ("svc", Refused::ClusterForm),
    (CLUSTER_ZONE, Refused::ClusterForm),
    ("local", Refused::Local),
    ("internal", Refused::Internal),
    ("localdomain", Refused::Internal),
    ("onion", Refused::Unresolvable),
    ("invalid", Refused::Unresolvable),
];

/// The zone of a cluster, where its operator named no other.
const CLUSTER_ZONE: &str = "cluster.local";
/// Namespaces of the cluster's machinery begin so: Kubernetes and OpenShift reserve both for themselves.
const SYSTEM: [&str; 2] = ["kube-", "openshift-"];

/// Why `host` (lower case, without a trailing dot) is not granted; none where it may be. Services of the cluster may
/// be where `cluster` says so.
#[must_use]
pub fn refused(host: &str, cluster: bool) -> Option<Refused> {
    match service(host) {
        Some(("kubernetes", "default")) => return Some(Refused::ClusterSystem),
        Some((_, namespace)) if SYSTEM.iter().any(|prefix| namespace.starts_with(prefix)) => {
            return Some(Refused::ClusterSystem);
        }
        Some(_) => return (!cluster).then_some(Refused::Cluster),
        None => {}
    }
    let named = NAMES.iter().find(|(name, _)| *name == host);
    named.or_else(|| ZONES.iter().find(|(zone, _)| within(host, zone))).map(|(_, why)| *why)
}

/// Whether `host` has the form of a service of the cluster.
#[must_use]
pub fn in_cluster(host: &str) -> bool {
    service(host).is_some()
}

/// The absolute name, without its last dot, that DNS is asked for `host`. `.svc` is no zone: a pod's search list makes
/// it one, and we have none, so the one completion that a service's name can mean is written out here.
#[must_use]
pub fn looked_up(host: &str) -> Cow<'_, str> {
    if within(host, "svc") { Cow::Owned(format!("{host}.{CLUSTER_ZONE}")) } else { Cow::Borrowed(host) }
}

/// Service and namespace of `SERVICE.NAMESPACE.svc[.cluster.local]`: two labels, as a Service's and a Namespace's name
/// are one each. Pods' names are not served: a pod comes and goes, and so does who answers by its name.
fn service(host: &str) -> Option<(&str, &str)> {
    let short = host.strip_suffix(CLUSTER_ZONE).and_then(|rest| rest.strip_suffix('.')).unwrap_or(host);
    let (service, namespace) = short.strip_suffix(".svc")?.split_once('.')?;
    (is_label(service) && is_label(namespace)).then_some((service, namespace))
}

fn within(host: &str, zone: &str) -> bool {
    host.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
