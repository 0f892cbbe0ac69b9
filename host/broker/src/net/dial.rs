//! From an origin to an open connection: one resolution, every address classified, exactly the checked address
//! dialled, the peer compared, TLS with the grant's roots (I6). One struct, the target, feeds the address, the
//! name in the certificate and the Host header; only DNS is asked for more of a service's name (`names::looked_up`).

use std::net::{IpAddr, SocketAddr};

use bailiwick_core::{
    egress::{address, names::looked_up},
    program::{Origin, Target},
    reason::Reason,
};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{Lane, Network, Reach, SendError, dns::Names, line::Line, stage};

/// Header fields of a response; more are an error.
const MAX_HEADERS: usize = 64;
/// Bytes of a response's head.
const MAX_HEAD: usize = 16 << 10;
/// Bytes that hyper buffers of a connection.
const MAX_BUFFER: usize = 64 << 10;

impl Network {
    /// Opens a connection for `lane`.
    pub(super) async fn dial(&self, lane: &Lane<'_>) -> Result<Line, SendError> {
        let names = match &self.reach {
            Reach::Sockets(names) => names,
            Reach::Stage(stage) => return open(stage::enter(stage, lane), stage::NOWHERE).await,
        };
        let origin = &lane.target.origin;
        let addresses = self.admitted(names, lane.target).await?;
        let stream = self.connect(&addresses, origin.port).await?;
        let address = stream.peer_addr().map_err(|_| SendError::Unreachable)?;
        if !origin.tls {
            return open(stream, address).await;
        }
        let config = self.tls.get(lane.shared.grant(), lane.target.roots.as_ref())?;
        let connecting = TlsConnector::from(config).connect(server_name(origin)?, stream);
        let stream = timeout(self.timeouts.connect, connecting).await.map_err(|_| SendError::TimedOut)?;
        open(stream.map_err(|error| refused(origin, &error))?, address).await
    }

    /// The origin's addresses, if every one of them may be dialled and none leads back to us.
    async fn admitted(&self, names: &Names, target: &Target) -> Result<Vec<IpAddr>, SendError> {
        let addresses = match target.origin.literal {
            Some(literal) => vec![literal],
            None => {
                let name = looked_up(&target.origin.host);
                let resolving = names.resolve(&name);
                timeout(self.timeouts.connect, resolving).await.map_err(|_| SendError::TimedOut)??
            }
        };
        address::admit_all(&addresses, &target.addresses).map_err(SendError::Denied)?;
        let ours = |ip: &IpAddr| address::is_own(SocketAddr::new(*ip, target.origin.port), &self.listeners);
        if addresses.iter().any(ours) {
            return Err(SendError::Denied(Reason::AddressNotGranted));
        }
        Ok(addresses)
    }

    /// The first of the checked addresses that answers.
    async fn connect(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, SendError> {
        let mut last = SendError::Unreachable;
        for address in addresses {
            let address = SocketAddr::new(*address, port);
            last = match timeout(self.timeouts.connect, TcpStream::connect(address)).await {
                Err(_) => SendError::TimedOut,
                Ok(Err(_)) => SendError::Unreachable,
                Ok(Ok(stream)) if stream.peer_addr().is_ok_and(|peer| peer == address) => {
                    // Requests are written whole; Nagle's algorithm would only delay them.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Ok(_)) => SendError::Unreachable,
            };
        }
        Err(last)
    }
}

fn server_name(origin: &Origin) -> Result<ServerName<'static>, SendError> {
    match origin.literal {
        Some(literal) => Ok(ServerName::from(literal)),
        None => ServerName::try_from(origin.host.clone()).map_err(|_| SendError::Unreachable),
    }
}

fn refused(origin: &Origin, error: &std::io::Error) -> SendError {
    // The error may quote the peer's certificate: escaped and cut.
    let error: String = error.to_string().escape_debug().take(200).collect();
    tracing::debug!(host = origin.host, error, "TLS handshake failed");
    SendError::Unreachable
}

async fn open<T>(stream: T, address: SocketAddr) -> Result<Line, SendError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD)
        .max_buf_size(MAX_BUFFER)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(|_| SendError::Unreachable)?;
    let driver = async {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
    };
    Ok(Line::new(sender, driver, address))
}
