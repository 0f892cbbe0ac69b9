//! What a hostile server does with a request, each after a row of the list of attacks: framing that can be read
//! two ways, floods, drips, and endings at the wrong moment (request smuggling RFC 9112 section 11; slow reads).

use std::io;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// What it does once it has a request.
#[derive(Clone, Debug)]
pub enum Wire {
    /// These bytes; the connection stays open for the next request.
    Reply(Vec<u8>),
    /// These bytes, then the end of the stream.
    Last(Vec<u8>),
    /// Nothing, for ever.
    Hang,
    /// A head that promises 100 bytes, then nothing.
    HangInBody,
    /// A fine reply, one byte at a time.
    Drip {
        /// The pause before each byte.
        every: Duration,
    },
    /// So many header fields of so many bytes each, in a fine reply.
    Headers {
        /// How many fields.
        count: usize,
        /// Bytes of each field's value.
        size: usize,
    },
    /// One header field that never ends.
    EndlessHeader,
    /// Both Content-Length and Transfer-Encoding.
    LengthAndChunked,
    /// Two Content-Lengths that differ.
    TwoLengths,
    /// A folded header field (obs-fold).
    FoldedHeader,
    /// A chunk whose size is no number.
    BadChunk,
    /// A fine reply and another one behind it, unasked.
    TwoReplies,
    /// Not HTTP.
    Garbage,
    /// The connection ends before the request is read.
    CloseAtOnce,
    /// The connection ends in the middle of the body.
    CloseInBody,
    /// The connection is reset (RST) in the middle of the body.
    Reset,
    /// So many `103 Early Hints`, then a fine reply.
    Informational(usize),
    /// `101 Switching Protocols`, unasked.
    Switch,
    /// A chunked body that never ends.
    EndlessBody,
    /// A body of so many bytes by Content-Length, all of them sent.
    Large(u64),
}

/// The body of a fine reply.
pub const FINE: &str = r#"{"data":{"data":{"fine":"fine"},"metadata":{"version":1}}}"#;

static BLOCK: [u8; 64 << 10] = [b'x'; 64 << 10];

impl Wire {
    /// A fine JSON reply with that body, kept alive.
    #[must_use]
    pub fn json(body: &str) -> Self {
        Self::Reply(fine("", body))
    }

    /// Plays it; true where the connection may carry another request.
    pub(super) async fn play(&self, stream: &mut TcpStream) -> io::Result<bool> {
        match self {
            Self::Reply(bytes) => stream.write_all(bytes).await.map(|()| true),
            Self::Hang => hang().await,
            Self::HangInBody => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await?;
                hang().await
            }
            Self::Drip { every } => drip(stream, *every).await,
            Self::EndlessHeader => endless(stream, b"HTTP/1.1 200 OK\r\nX-Pad: ", b"").await,
            Self::EndlessBody => {
                let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
                endless(stream, head, b"10000\r\n").await
            }
            Self::Large(size) => large(stream, *size).await,
            Self::Reset => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await?;
                stream.set_zero_linger()?;
                Ok(false)
            }
            Self::CloseAtOnce => Ok(false),
            other => stream.write_all(&other.last()).await.map(|()| false),
        }
    }

    // The scripts that are a fixed text and an end.
    fn last(&self) -> Vec<u8> {
        let length = FINE.len();
        match self {
            Self::Last(bytes) => bytes.clone(),
            Self::Headers { count, size } => {
                let value = "x".repeat(*size);
                fine(&(0..*count).map(|n| format!("X-Pad-{n}: {value}\r\n")).collect::<String>(), FINE)
            }
            Self::LengthAndChunked => {
                let head = format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n");
                raw(&head, &format!("{length:x}\r\n{FINE}\r\n0\r\n\r\n"))
            }
            Self::TwoLengths => raw(&format!("Content-Length: {length}\r\nContent-Length: 3\r\n"), FINE),
            Self::FoldedHeader => fine("X-Folded: one\r\n two\r\n", FINE),
            Self::BadChunk => raw("Transfer-Encoding: chunked\r\n", &format!("zz\r\n{FINE}\r\n0\r\n\r\n")),
            Self::TwoReplies => {
                [fine("", FINE), fine("", r#"{"data":{"data":{"forged":"forged"}}}"#)].concat()
            }
            Self::Garbage => b"\x16\x03\x01\x02\x00 this is not HTTP\n\n".to_vec(),
            Self::CloseInBody => raw("Content-Length: 4096\r\n", FINE),
            Self::Informational(count) => {
                let mut out = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(*count).into_bytes();
                out.extend(fine("", FINE));
                out
            }
            Self::Switch => {
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n".to_vec()
            }
            _ => Vec::new(),
        }
    }
}

fn fine(headers: &str, body: &str) -> Vec<u8> {
    raw(&format!("{headers}Content-Length: {}\r\n", body.len()), body)
}

fn raw(headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n{body}").into_bytes()
}

async fn hang() -> io::Result<bool> {
    std::future::pending().await
}

async fn drip(stream: &mut TcpStream, every: Duration) -> io::Result<bool> {
    stream.set_nodelay(true)?;
    for byte in fine("", FINE) {
        tokio::time::sleep(every).await;
        stream.write_all(&[byte]).await?;
    }
    Ok(false)
}

async fn endless(stream: &mut TcpStream, head: &[u8], before: &[u8]) -> io::Result<bool> {
    stream.write_all(head).await?;
    loop {
        stream.write_all(before).await?;
        stream.write_all(&BLOCK).await?;
        if !before.is_empty() {
            stream.write_all(b"\r\n").await?;
        }
    }
}

async fn large(stream: &mut TcpStream, size: u64) -> io::Result<bool> {
    stream.write_all(&raw(&format!("Content-Length: {size}\r\n"), "\"")).await?;
    let mut left = size.saturating_sub(2);
    while left > 0 {
        let next = usize::try_from(left).unwrap_or(BLOCK.len()).min(BLOCK.len());
        stream.write_all(BLOCK.get(..next).unwrap_or(&BLOCK)).await?;
        left -= next as u64;
    }
    stream.write_all(b"\"").await?;
    Ok(true)
}
