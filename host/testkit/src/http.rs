//! A small HTTP/1.1 client for set-up and for the recorded cases: one request, one connection, plain HTTP, no
//! redirects. It may be called inside a runtime or outside. (The code under test never uses it.)

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::background;

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Sends one request to an `http://` URL and reads the whole reply.
///
/// # Errors
/// Where there is no complete reply.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
    let uri: Uri = url.parse().with_context(|| format!("{url} is no URL"))?;
    let authority = uri.authority().with_context(|| format!("{url} has no host"))?.to_string();
    let target = uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let mut request = Request::builder().method(method).uri(target).header("host", &authority);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::copy_from_slice(body)))?;
    let address = if uri.port().is_some() { authority } else { format!("{authority}:80") };
    background::block_on(move || exchange(address, request))?
}

async fn exchange(address: String, request: Request<Full<Bytes>>) -> Result<Reply> {
    let stream = TcpStream::connect(&address).await.with_context(|| format!("cannot reach {address}"))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let response =
        sender.send_request(request).await.map_err(|error| anyhow!("no reply from {address}: {error}"))?;
    let reply = read(response).await;
    driver.abort();
    reply
}

async fn read(response: Response<hyper::body::Incoming>) -> Result<Reply> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.context("the reply ended early")?.to_bytes();
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    Ok(Reply { status: head.status.as_u16(), headers, body })
}
