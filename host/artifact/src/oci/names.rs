//! Names to addresses, with the check in between: reqwest dials what comes out of here and nothing else, so the address
//! that was checked is the one that is dialled (I6). Which addresses are admitted is core's rule.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use bailiwick_core::{egress::address::admit_all, program::AddressRule};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Addresses of a name, later.
pub type Looking<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Who is asked for the addresses of a name.
pub trait Names: Send + Sync {
    /// All addresses of `host`, which is no IP address.
    fn look_up(&self, host: String) -> Looking<'_>;
}

/// The system's resolver. A name with a dot is made absolute, so that no search domain stands in for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

impl Names for SystemNames {
    fn look_up(&self, host: String) -> Looking<'_> {
        Box::pin(async move {
            let absolute = if host.contains('.') { format!("{host}.") } else { host };
            let found = tokio::net::lookup_host((absolute, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The name has addresses, but not all are admitted.
#[derive(Debug, thiserror::Error)]
#[error("the address is not admitted")]
pub(super) struct NotAdmitted;

/// The resolver that reqwest gets.
pub(super) struct Admitting {
    pub(super) names: Arc<dyn Names>,
    pub(super) rule: Arc<AddressRule>,
}

impl Resolve for Admitting {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, rule) = (Arc::clone(&self.names), Arc::clone(&self.rule));
        Box::pin(async move {
            let found = names.look_up(name.as_str().to_owned()).await?;
            // An empty answer is no refusal by rule: the name has no address.
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            admit_all(&found, &rule).map_err(|_| NotAdmitted)?;
            // The port is put in by the connector.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
