//! TLS configurations: one for each (grant, roots), so that nothing a handshake leaves behind is shared between
//! grants. Roots are the grant's alone where it names any, else the platform's.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::{CryptoProvider, aws_lc_rs},
};
use rustls_pki_types::{CertificateDer, pem::PemObject};

use super::SendError;

/// The most configurations kept; beyond it they are made anew.
const MAX_CONFIGS: usize = 256;

type TlsKey = ((String, i64), Option<Arc<Vec<u8>>>);

/// Configurations by (grant uid and generation, roots).
pub(crate) struct TlsConfigs {
    provider: Arc<CryptoProvider>,
    platform: OnceLock<Arc<RootCertStore>>,
    configs: Mutex<HashMap<TlsKey, Arc<ClientConfig>>>,
}

impl TlsConfigs {
    pub(crate) fn new() -> Self {
        Self {
            provider: Arc::new(aws_lc_rs::default_provider()),
            platform: OnceLock::new(),
            configs: Mutex::default(),
        }
    }

    /// The configuration for connections of `grant` with `roots` (PEM).
    pub(crate) fn get(
        &self,
        grant: &(String, i64),
        roots: Option<&Arc<Vec<u8>>>,
    ) -> Result<Arc<ClientConfig>, SendError> {
        let key = (grant.clone(), roots.cloned());
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = configs.get(&key) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.build(roots)?);
        if configs.len() >= MAX_CONFIGS {
            configs.clear();
        }
        configs.insert(key, Arc::clone(&config));
        Ok(config)
    }

    fn build(&self, roots: Option<&Arc<Vec<u8>>>) -> Result<ClientConfig, SendError> {
        let roots = match roots {
            Some(pem) => Arc::new(read_roots(pem)?),
            None => Arc::clone(self.platform.get_or_init(platform_roots)),
        };
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| SendError::Unreachable)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

fn read_roots(pem: &[u8]) -> Result<RootCertStore, SendError> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let added = certificate.ok().and_then(|certificate| store.add(certificate).ok());
        added.ok_or(SendError::Unreachable)?;
    }
    Ok(store)
}

fn platform_roots() -> Arc<RootCertStore> {
    let mut store = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a platform trust root was skipped");
    }
    store.add_parsable_certificates(found.certs);
    Arc::new(store)
}
