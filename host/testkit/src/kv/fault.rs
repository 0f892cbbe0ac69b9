//! Faults, scripted for each path: what a backend, or whatever stands in front of it, does to a client. Those that
//! need bytes which no HTTP library would send are in [`crate::hostile`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, header};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

mod gzip;

/// What happens in place of an answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// No answer, ever.
    Hang,
    /// No answer until it is healed, and then the backend's own.
    Hold,
    /// A fine answer of KV v2, one byte after each pause.
    Drip(Duration),
    /// 307 to that URL.
    Redirect(String),
    /// That status, with an error as Vault writes it.
    Status(u16),
    /// A fine answer, compressed although nobody asked for that.
    Gzip,
    /// A body of so many bytes.
    Large(u64),
    /// A JSON document that ends early.
    InvalidJson,
    /// A JSON document with one key twice.
    DuplicateKeys,
    /// A fine answer whose one secret has so many bytes.
    BigSecret(usize),
    /// The connection is reset (RST) in place of an answer.
    Reset,
    /// A fine answer with so many header fields.
    Headers(usize),
    /// A fine answer of another type than JSON, as a proxy's page is.
    Html,
}

/// The faults that are set, by prefix of the path; the longest that fits counts.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(String, Fault, usize)>);

impl Faults {
    pub(super) fn set(&mut self, prefix: &str, fault: Fault, times: usize) {
        self.0.retain(|(known, ..)| known != prefix);
        self.0.push((prefix.to_owned(), fault, times));
        self.0.sort_by_key(|(prefix, ..)| std::cmp::Reverse(prefix.len()));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that a request meets, if any; counted.
    pub(super) fn take(&mut self, path: &str) -> Option<Fault> {
        let found =
            self.0.iter_mut().find(|(prefix, _, left)| *left > 0 && path.starts_with(prefix.as_str()))?;
        found.2 -= 1;
        Some(found.1.clone())
    }
}

impl Fault {
    /// The response; none where there is to be none and the connection is reset.
    pub(super) fn response(&self) -> Option<Response<Flow>> {
        let mut response = Response::new(self.body());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self {
            Self::Reset => return None,
            Self::Gzip => drop(headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))),
            Self::Html => drop(headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))),
            Self::Headers(count) => (0..*count).for_each(|n| {
                if let Ok(name) = HeaderName::try_from(format!("x-pad-{n}")) {
                    headers.append(name, HeaderValue::from_static("padding"));
                }
            }),
            Self::Redirect(url) => {
                if let Ok(url) = HeaderValue::from_str(url) {
                    headers.insert(header::LOCATION, url);
                }
                *response.status_mut() = http::StatusCode::TEMPORARY_REDIRECT;
            }
            Self::Status(status) => {
                *response.status_mut() = http::StatusCode::from_u16(*status).unwrap_or_default();
            }
            _ => {}
        }
        Some(response)
    }

    fn body(&self) -> Flow {
        match self {
            Self::Hang | Self::Hold => Flow::Never,
            Self::Drip(every) => Flow::drip(fine("fine"), *every),
            Self::Redirect(_) | Self::Reset => Flow::whole(String::new()),
            Self::Status(_) => Flow::whole(r#"{"errors":["scripted"]}"#.into()),
            Self::Gzip => Flow::Whole(Some(gzip::stored(fine("fine").as_bytes()))),
            Self::Large(bytes) => Flow::Many(*bytes),
            Self::InvalidJson => Flow::whole(fine("fine").chars().take(40).collect()),
            Self::DuplicateKeys => {
                Flow::whole(fine("first").replace(r#""first""#, r#""first","password":"second""#))
            }
            Self::BigSecret(bytes) => Flow::whole(fine(&"s".repeat(*bytes))),
            Self::Headers(_) => Flow::whole(fine("fine")),
            Self::Html => Flow::whole("<html><body>Please log in</body></html>".into()),
        }
    }
}

/// A fine answer of KV v2.
fn fine(password: &str) -> String {
    let metadata = r#"{"created_time":"2026-01-01T00:00:00Z","custom_metadata":null,"deletion_time":"","destroyed":false,"version":1}"#;
    format!(r#"{{"data":{{"data":{{"password":"{password}"}},"metadata":{metadata}}}}}"#)
}

/// A body as it flows.
#[derive(Debug)]
pub(super) enum Flow {
    Whole(Option<Bytes>),
    Drip { left: Bytes, every: Duration, pause: Pin<Box<Sleep>> },
    Many(u64),
    Never,
}

static BLOCK: [u8; 64 << 10] = [b'x'; 64 << 10];

impl Flow {
    pub(super) fn whole(text: String) -> Self {
        Self::Whole(Some(Bytes::from(text)))
    }

    fn drip(text: String, every: Duration) -> Self {
        Self::Drip { left: Bytes::from(text), every, pause: Box::pin(tokio::time::sleep(every)) }
    }
}

impl Body for Flow {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let chunk = match &mut *self {
            Self::Never => return Poll::Pending,
            Self::Whole(text) => text.take().filter(|text| !text.is_empty()),
            Self::Drip { left, every, pause } => {
                std::task::ready!(pause.as_mut().poll(context));
                pause.as_mut().reset(tokio::time::Instant::now() + *every);
                (!left.is_empty()).then(|| left.split_to(1))
            }
            Self::Many(left) => {
                let next = BLOCK.get(..usize::try_from(*left).unwrap_or(BLOCK.len())).unwrap_or(&BLOCK);
                *left -= next.len() as u64;
                (!next.is_empty()).then(|| Bytes::from_static(next))
            }
        };
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(text) => SizeHint::with_exact(text.as_ref().map_or(0, |text| text.len() as u64)),
            Self::Drip { left, .. } => SizeHint::with_exact(left.len() as u64),
            Self::Many(left) => SizeHint::with_exact(*left),
            Self::Never => SizeHint::default(),
        }
    }
}
