//! How one registry may be reached: what a `RegistryConfig` compiles to, and the rules that hold while it is talked to
//! (oci-signing.md 1.4): where its token may be asked for, where a redirect may lead and whether credentials go along.
//! Pure; the client in artifact performs and has no rule of its own.

use std::sync::Arc;

use bailiwick_api::{
    grant::{CaRef, GrantAddresses},
    registry_config::{Mirror, RegistryConfigSpec},
};
use ipnet::IpNet;

use super::reference::is_registry;
use crate::program::{AddressClass, AddressRule, Origin};

/// How a registry is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The registry itself.
    pub own: Host,
    /// Asked in this order before it, for bytes by digest.
    pub mirrors: Vec<Host>,
    /// `host[:port]` of token services beside the registry's own origin.
    pub auth_hosts: Vec<String>,
    /// Which addresses any of them may have.
    pub addresses: AddressRule,
}

/// A registry or a mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// `host[:port]`.
    pub registry: String,
    /// Stands before the repository's path.
    pub prefix: Option<String>,
    /// The only trust roots for it: PEM. None: the platform's.
    pub roots: Option<Arc<Vec<u8>>>,
    /// Plain HTTP.
    pub plain: bool,
}

impl Host {
    /// Where a repository's path is there.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        self.prefix.as_ref().map_or_else(|| path.to_owned(), |prefix| format!("{prefix}/{path}"))
    }
}

/// Why a configuration cannot be used. Each is a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// A registry, mirror or auth host.
    #[error("registry, mirrors and authHosts are written host[:port], in lower case")]
    Registry,
    /// A mirror's prefix.
    #[error("mirrors[].pathPrefix is path components parted by '/', without one at its ends")]
    Prefix,
    /// The class of addresses.
    #[error("addresses.class is public, private, cluster or loopback")]
    Class,
    /// A network.
    #[error("addresses.cidrs are networks such as 10.8.0.0/16; class cluster needs one")]
    Network,
    /// A `caRef` that leads nowhere.
    #[error("caRef names a ConfigMap and key that are not there")]
    Roots,
}

impl Access {
    /// A registry without a configuration: TLS, the platform's roots, public addresses, tokens from its own origin.
    #[must_use]
    pub fn standard(registry: &str) -> Self {
        let own = Host { registry: registry.to_owned(), prefix: None, roots: None, plain: false };
        Self { own, mirrors: Vec::new(), auth_hosts: Vec::new(), addresses: public() }
    }

    /// What a configuration says. `roots` looks up the PEM text that a `caRef` names.
    ///
    /// # Errors
    /// The first [`AccessError`].
    pub fn of(
        spec: &RegistryConfigSpec,
        roots: impl Fn(&CaRef) -> Option<Arc<Vec<u8>>>,
    ) -> Result<Self, AccessError> {
        let plain = spec.insecure_http.unwrap_or(false);
        let own = host(&spec.registry, None, spec.ca_ref.as_ref(), plain, &roots)?;
        let mirrors = spec.mirrors.iter().map(|given| mirror(given, &roots)).collect::<Result<_, _>>()?;
        if !spec.auth_hosts.iter().all(|host| is_registry(host)) {
            return Err(AccessError::Registry);
        }
        let addresses = spec.addresses.as_ref().map_or(Ok(public()), rule)?;
        Ok(Self { own, mirrors, auth_hosts: spec.auth_hosts.clone(), addresses })
    }
}

/// Whether a token may be asked for at `realm`, and the registry's credentials be given to it: at the registry's own
/// origin or a listed host, and never without TLS where the registry itself has it.
#[must_use]
pub fn admits_realm(own: &Origin, auth_hosts: &[String], realm: &Origin) -> bool {
    let listed = || auth_hosts.iter().any(|host| *host == authority(realm));
    own == realm || ((realm.tls || !own.tls) && listed())
}

/// Whether a redirect from `from` to `to` may be followed: to TLS, or without it where there was none.
#[must_use]
pub const fn admits_hop(from: &Origin, to: &Origin) -> bool {
    to.tls || !from.tls
}

/// Whether a request that began at `own` may carry its credentials to `to`.
#[must_use]
pub fn carries_credentials(own: &Origin, to: &Origin) -> bool {
    own == to
}

/// `host`, or `host:port` where the port is not the scheme's.
#[must_use]
pub fn authority(origin: &Origin) -> String {
    let usual = if origin.tls { 443 } else { 80 };
    if origin.port == usual { origin.host.clone() } else { format!("{}:{}", origin.host, origin.port) }
}

fn public() -> AddressRule {
    AddressRule { class: AddressClass::Public, cidrs: Vec::new() }
}

fn mirror(given: &Mirror, roots: &impl Fn(&CaRef) -> Option<Arc<Vec<u8>>>) -> Result<Host, AccessError> {
    let plain = given.insecure_http.unwrap_or(false);
    host(&given.registry, given.path_prefix.as_deref(), given.ca_ref.as_ref(), plain, roots)
}

fn host(
    registry: &str,
    prefix: Option<&str>,
    ca: Option<&CaRef>,
    plain: bool,
    roots: &impl Fn(&CaRef) -> Option<Arc<Vec<u8>>>,
) -> Result<Host, AccessError> {
    if !is_registry(registry) {
        return Err(AccessError::Registry);
    }
    if prefix.is_some_and(|prefix| !super::reference::is_repository(&format!("{registry}/{prefix}"))) {
        return Err(AccessError::Prefix);
    }
    let roots = ca.map(|ca| roots(ca).ok_or(AccessError::Roots)).transpose()?;
    Ok(Host { registry: registry.to_owned(), prefix: prefix.map(str::to_owned), roots, plain })
}

fn rule(given: &GrantAddresses) -> Result<AddressRule, AccessError> {
    let class = match given.class.as_str() {
        "public" => AddressClass::Public,
        "private" => AddressClass::Private,
        "cluster" => AddressClass::Cluster,
        "loopback" => AddressClass::Loopback,
        _ => return Err(AccessError::Class),
    };
    let network = |text: &String| text.parse::<IpNet>().map_err(|_| AccessError::Network);
    let cidrs: Vec<IpNet> = given.cidrs.iter().map(network).collect::<Result<_, _>>()?;
    if class == AddressClass::Cluster && cidrs.is_empty() {
        return Err(AccessError::Network);
    }
    Ok(AddressRule { class, cidrs })
}

#[cfg(test)]
mod tests;
