//! Names to addresses, by our own resolver: what the system's would add (search domains, the hosts file, other
//! name services) is a way around the grant. Names are absolute, answers are not cached beyond one lookup, and
//! nothing is decided here: the caller classifies every address.

use std::net::{IpAddr, SocketAddr};

use hickory_resolver::{
    TokioResolver,
    config::{
        ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
    },
    net::runtime::TokioRuntimeProvider,
    proto::rr::Name,
    system_conf::read_system_conf,
};

use super::SendError;
use crate::options::NameServers;

/// The resolver.
pub(crate) struct Names(TokioResolver);

impl Names {
    pub(crate) fn new(servers: &NameServers) -> Result<Self, String> {
        let (servers, system) = match servers {
            NameServers::System => {
                let (config, options) = read_system_conf().map_err(|error| error.to_string())?;
                (config.name_servers().to_vec(), options)
            }
            NameServers::Fixed(addresses) => {
                (addresses.iter().copied().map(server).collect(), ResolverOpts::default())
            }
        };
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(strict(system))
            .build()
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// All addresses of a canonical host name.
    pub(crate) async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, SendError> {
        let mut name = Name::from_ascii(host).map_err(|_| SendError::Unresolved)?;
        name.set_fqdn(true);
        let found = self.0.lookup_ip(name).await.map_err(|error| {
            tracing::debug!(host, %error, "name not resolved");
            SendError::Unresolved
        })?;
        Ok(found.iter().collect())
    }
}

fn server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

/// The system's timeouts and server order, and our rules for the rest.
fn strict(mut options: ResolverOpts) -> ResolverOpts {
    options.ndots = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.cache_size = 0;
    options.case_randomization = true;
    options.try_tcp_on_error = true;
    options
}
