//! TLS to registries: the given PEM roots and no others where there are any, else the platform's. One configuration for
//! each client, without resumption, so that nothing of one tenant's handshakes is seen in another's.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore, client::Resumption, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, pem::PemObject};

use super::error::FetchError;

/// The configuration for connections with `roots` (PEM).
pub(super) fn config(roots: Option<&[u8]>) -> Result<ClientConfig, FetchError> {
    let roots = match roots {
        Some(pem) => Arc::new(read(pem)?),
        None => platform(),
    };
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| FetchError::Roots)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// Every certificate must hold, and there must be one: half a list of roots is no list.
fn read(pem: &[u8]) -> Result<RootCertStore, FetchError> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let added = certificate.ok().and_then(|certificate| store.add(certificate).ok());
        added.ok_or(FetchError::Roots)?;
    }
    if store.is_empty() { Err(FetchError::Roots) } else { Ok(store) }
}

fn platform() -> Arc<RootCertStore> {
    static PLATFORM: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let load = || {
        let mut store = RootCertStore::empty();
        // What the platform has and rustls cannot read vouches for nobody.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(store)
    };
    Arc::clone(PLATFORM.get_or_init(load))
}
