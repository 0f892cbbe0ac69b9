use std::io::{Read, Write};
use std::net::TcpStream;

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};

use super::*;
use crate::kv::{Kv, Options};

// GET /v1/sys/health over TLS, trusting one authority.
fn health(kv: &Kv, trusted: &Authority, name: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(kv.address()).unwrap());
    stream.write_all(b"GET /v1/sys/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    // A server that closes without a notice has still answered.
    let _ = stream.read_to_string(&mut text);
    Ok(text)
}

#[test]
fn a_server_is_trusted_by_its_authority_alone() {
    let (ours, other) = (Authority::new("ours").unwrap(), Authority::new("other").unwrap());
    let tls = Some(ours.server(&["vault.corp.example", "127.0.0.1"], Validity::Now).unwrap());
    let kv = Kv::start_with(Options { tls, ..Options::default() }).unwrap();
    assert!(health(&kv, &ours, "vault.corp.example").unwrap().starts_with("HTTP/1.1 200"));
    assert!(health(&kv, &ours, "127.0.0.1").unwrap().starts_with("HTTP/1.1 200"));
    assert!(health(&kv, &ours, "other.corp.example").is_err());
    assert!(health(&kv, &other, "vault.corp.example").is_err());
}

#[test]
fn an_expired_certificate_is_expired() {
    let ours = Authority::new("ours").unwrap();
    let tls = Some(ours.server(&["vault.corp.example"], Validity::Expired).unwrap());
    let kv = Kv::start_with(Options { tls, ..Options::default() }).unwrap();
    assert!(health(&kv, &ours, "vault.corp.example").is_err());
}
