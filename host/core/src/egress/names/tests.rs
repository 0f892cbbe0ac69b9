//! Rows 36 to 38 of the reference, as far as a name alone can express them.

use super::*;

#[test]
fn g6a_allowed_services_of_the_cluster_where_the_class_says_so() {
    for host in [
        "vault.vault.svc",
        "vault.vault.svc.cluster.local",
        "vault-active.secrets.svc",
        "vault.default.svc",
        "kubernetes.team-a.svc",
        "v.kubernetes.svc.cluster.local",
        "vault.my-kube-tools.svc",
    ] {
        assert_eq!(refused(host, true), None, "{host}");
        assert!(in_cluster(host), "{host}");
    }
}

#[test]
fn g6a_denied_services_of_the_cluster_under_any_other_class() {
    for host in ["vault.vault.svc", "vault.vault.svc.cluster.local", "vault.default.svc"] {
        assert_eq!(refused(host, false), Some(Refused::Cluster), "{host}");
    }
}

/// Whoever speaks to them speaks to the cluster itself.
#[test]
fn g6a_denied_the_clusters_own_machinery_under_every_class() {
    for host in [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "kube-dns.kube-system.svc",
        "kube-dns.kube-system.svc.cluster.local",
        "vault.kube-public.svc",
        "api.openshift-apiserver.svc",
    ] {
        for cluster in [false, true] {
            assert_eq!(refused(host, cluster), Some(Refused::ClusterSystem), "{host}");
        }
    }
}

#[test]
fn g6a_denied_other_forms_of_names_in_the_cluster() {
    for host in [
        "svc",
        "vault.svc",
        "cluster.local",
        "svc.cluster.local",
        "vault.svc.cluster.local",
        "vault.vault.cluster.local",
        "vault-0.vault.vault.svc",
        "vault-0.vault.vault.svc.cluster.local",
        "10-8-0-1.vault.pod.cluster.local",
        "kubernetes.default.svc.svc",
        "kubernetes.default.svc.cluster.local.svc",
        "vault.vault.svc.cluster.local.cluster.local",
        "va_ult.vault.svc",
        "vault.va_ult.svc",
        "-.vault.svc",
        ".vault.svc",
        "vault..svc",
    ] {
        for cluster in [false, true] {
            assert_eq!(refused(host, cluster), Some(Refused::ClusterForm), "{host}");
        }
        assert!(!in_cluster(host), "{host}");
    }
    // Neither zone, whatever it looks like; `.local` is nobody's.
    for (host, why) in [
        ("vault.vault.svc.example", None),
        ("vault.vault.notsvc", None),
        ("vault.vault.svc.local", Some(Refused::Local)),
        ("vault.vault.svc.notcluster.local", Some(Refused::Local)),
        ("vault.vault.svc.internal", Some(Refused::Internal)),
    ] {
        assert_eq!(refused(host, true), why, "{host}");
        assert!(!in_cluster(host), "{host}");
    }
}

/// Only what the class allows is allowed by it.
#[test]
fn g6a_denied_other_names_where_the_class_allows_services() {
    for host in ["localhost", "metadata.google.internal", "printer.local", "a.onion"] {
        assert!(refused(host, true).is_some(), "{host}");
        assert_eq!(refused(host, true), refused(host, false), "{host}");
    }
}

#[test]
fn i6_names_are_looked_up_as_they_are_but_for_svc() {
    for (host, asked) in [
        ("vault.corp.example", "vault.corp.example"),
        ("vault.vault.svc", "vault.vault.svc.cluster.local"),
        ("vault.vault.svc.cluster.local", "vault.vault.svc.cluster.local"),
        ("vault.vault.notsvc", "vault.vault.notsvc"),
    ] {
        assert_eq!(looked_up(host), asked);
    }
}
