//! TLS: the grant's roots alone, the origin's own name, nothing shared between grants.

use std::sync::Arc;

use bailiwick_boundary::CallError;
use bailiwick_broker::NameServers;
use bailiwick_core::program::Origin;
use bailiwick_testkit::{
    dns::Dns,
    tls::{Authority, Validity},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    backend::{Backend, ok},
    harness::{House, data, program_at, read},
};

const HOST: &str = "vault.corp.example";
const VALUE: &str = r#"{"data":{"data":{"v":"x"}}}"#;

struct Site {
    host: &'static str,
    house: House,
    backend: Backend,
    authority: Authority,
    _dns: Dns,
}

impl Site {
    fn new(certified: &str, validity: Validity) -> Self {
        Self::of(HOST, HOST, certified, validity)
    }

    /// An origin `host` that DNS knows as `name`.
    fn of(host: &'static str, name: &str, certified: &str, validity: Validity) -> Self {
        let (dns, authority) = (Dns::start().unwrap(), Authority::new("corp").unwrap());
        dns.answer(name, &["127.0.0.1".parse().unwrap()]);
        let acceptor = TlsAcceptor::from(authority.server(&[certified], validity).unwrap());
        let backend = Backend::start_with(|_| ok(VALUE), Some(acceptor));
        let house = House::with(|options| options.resolver = NameServers::Fixed(vec![dns.address()]));
        Self { host, house, backend, authority, _dns: dns }
    }

    async fn read(&self, roots: Option<String>, grant: &str) -> Result<(), CallError> {
        let port = self.backend.address.port();
        let mut program = program_at(Origin { tls: true, host: self.host.into(), port, literal: None });
        program.targets.get_mut("vault").unwrap().roots = roots.map(|pem| Arc::new(pem.into_bytes()));
        program.stamp.grant.uid = grant.into();
        let mut guest = self.house.open(program, vec![data("team-a/db")]);
        guest.call(read(0, None)).await.map(|_| ())
    }
}

#[tokio::test]
async fn g6_allowed_a_certificate_of_the_grants_roots() {
    let site = Site::new(HOST, Validity::Now);
    assert_eq!(site.read(Some(site.authority.pem()), "a").await, Ok(()));
    assert_eq!(site.read(Some(site.authority.pem()), "b").await, Ok(()));
    assert_eq!(site.backend.connections(), 2, "one connection for each grant");
}

#[tokio::test]
async fn g6_denied_other_roots_other_names_and_old_certificates() {
    let site = Site::new(HOST, Validity::Now);
    let other = Authority::new("corp").unwrap();
    for roots in [Some(other.pem()), None, Some("not PEM".into())] {
        assert_eq!(site.read(roots, "a").await, Err(CallError::Unreachable));
    }
    for (name, validity) in [("evil.example", Validity::Now), (HOST, Validity::Expired)] {
        let site = Site::new(name, validity);
        assert_eq!(site.read(Some(site.authority.pem()), "a").await, Err(CallError::Unreachable));
    }
    assert_eq!(site.backend.lines().len(), 0);
}

/// The certificate must be for the origin that the grant names, whatever DNS was asked.
#[tokio::test]
async fn g6a_allowed_and_denied_certificates_of_a_service_of_the_cluster() {
    let full = "vault.vault.svc.cluster.local";
    for (certified, result) in [
        ("vault.vault.svc", Ok(())),
        (full, Err(CallError::Unreachable)),
        (HOST, Err(CallError::Unreachable)),
    ] {
        let site = Site::of("vault.vault.svc", full, certified, Validity::Now);
        assert_eq!(site.read(Some(site.authority.pem()), "a").await, result, "{certified}");
    }
}
