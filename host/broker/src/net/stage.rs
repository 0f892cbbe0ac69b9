//! A stage in place of the network, for rehearsals: requests are written to it as to a connection, byte for byte, and
//! what it says is read as a response. Only names, addresses and TLS are missing; what may be sent, with which
//! credential, and what is read of the reply is decided and done where it always is. Nothing here knows a rule.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use bailiwick_core::program::Origin;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::Lane;

/// The peer's address of a connection that leads nowhere.
pub(super) const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
/// Bytes under way in one direction.
const BUFFER: usize = 64 << 10;
/// The end of a request's head.
const END: &[u8] = b"\r\n\r\n";

/// What the broker decided about a request that is on its way.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The catalogue's operation.
    pub operation: &'a str,
    /// Decoded segments of the key (read) or of the prefix (list); empty where there is none.
    pub key: &'a [String],
}

/// Answers requests in place of all backends.
pub trait Stage: Send + Sync {
    /// One request, as it was written: head and body. Gives the whole response, as a server writes it; nothing is
    /// sent after it, so that it should say `Connection: close`.
    fn answer(&self, asked: Asked<'_>, origin: &Origin, request: &[u8]) -> Vec<u8>;
}

/// Opens a connection to the stage, which serves one request.
pub(super) fn enter(stage: &Arc<dyn Stage>, lane: &Lane<'_>) -> DuplexStream {
    let (ours, theirs) = duplex(BUFFER);
    let (stage, origin) = (Arc::clone(stage), lane.target.origin.clone());
    let (operation, key) = (lane.asked.operation.to_owned(), lane.asked.key.to_vec());
    tokio::spawn(async move {
        let asked = Asked { operation: &operation, key: &key };
        // It fails where the other end has gone, and then nobody waits for it.
        let _ = serve(theirs, |request| stage.answer(asked, &origin, request)).await;
    });
    ours
}

async fn serve(mut peer: DuplexStream, answer: impl FnOnce(&[u8]) -> Vec<u8>) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if peer.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let response = answer(&request);
    peer.write_all(&response).await?;
    peer.shutdown().await
}

/// Whether head and body are there. The head is hyper's own, whose requests have a length and no other framing.
fn is_whole(request: &[u8]) -> bool {
    let Some(at) = request.windows(END.len()).position(|window| window == END) else { return false };
    let head = String::from_utf8_lossy(request.get(..at).unwrap_or_default());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    request.len() - at - END.len() >= length.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_request_is_whole_with_its_body() {
        assert!(is_whole(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        assert!(is_whole(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"));
    }

    #[test]
    fn denied_as_whole_what_is_cut_off() {
        assert!(!is_whole(b"GET / HTTP/1.1\r\nhost: a\r\n"));
        assert!(!is_whole(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n{}"));
    }
}
