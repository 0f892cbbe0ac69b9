//! What a registry can do to its clients, and the bodies for it: endless, huge, broken off, or a byte and then silence.

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};

/// One trouble.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// This status, these header lines, this body.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// A body without an end.
    Endless,
    /// A body of that many bytes, announced.
    Sized(u64),
    /// As many bytes announced, half of them sent, at most ten.
    Truncated(u64),
    /// One byte, and then nothing more.
    Trickle,
    /// Nothing at all.
    Silent,
    /// Nothing until it is healed, and then the answer.
    Held,
}

impl Trouble {
    /// 429 with that `Retry-After`.
    #[must_use]
    pub fn throttled(seconds: u32) -> Self {
        Self::Answer(429, vec![("retry-after".into(), seconds.to_string())], b"slow down".to_vec())
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::Answer(status, vec![("location".into(), to.to_owned())], Vec::new())
    }

    /// A bare status with a page of a proxy.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let html = vec![("content-type".into(), "text/html".into())];
        Self::Answer(status, html, b"<html>\x1b[2Kpwned</html>".to_vec())
    }

    /// 200 with these bytes.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Answer(200, Vec::new(), bytes.into())
    }

    /// The response; none where nothing is ever sent.
    pub(super) fn response(self) -> Option<Response<Flow>> {
        let (status, headers, flow) = match self {
            Self::Answer(status, headers, body) => (status, headers, Flow::whole(body)),
            Self::Endless => (200, Vec::new(), Flow { left: u64::MAX, announced: None, ..Flow::filler() }),
            Self::Sized(size) => {
                (200, Vec::new(), Flow { left: size, announced: Some(size), ..Flow::filler() })
            }
            Self::Truncated(size) => (
                200,
                Vec::new(),
                Flow { left: (size / 2).min(10), announced: Some(size), end: End::Cut, ..Flow::filler() },
            ),
            Self::Trickle => {
                (200, Vec::new(), Flow { left: 1, announced: Some(1000), end: End::Stall, ..Flow::filler() })
            }
            Self::Silent | Self::Held => return None,
        };
        let mut response = Response::new(flow);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        Some(response)
    }
}

#[derive(Clone, Copy, Debug)]
enum End {
    Clean,
    Cut,
    Stall,
}

/// A body.
#[derive(Debug)]
pub(super) struct Flow {
    piece: Bytes,
    left: u64,
    announced: Option<u64>,
    end: End,
}

impl Flow {
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        let piece = bytes.into();
        let left = piece.len() as u64;
        Self { piece, left, announced: Some(left), end: End::Clean }
    }

    /// Blanks, which are JSON as long as they last.
    fn filler() -> Self {
        Self { piece: Bytes::from(vec![b' '; 64 << 10]), left: 0, announced: None, end: End::Clean }
    }
}

impl Body for Flow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return match self.end {
                End::Clean => Poll::Ready(None),
                End::Cut => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
                // Nobody wakes it: the client's patience ends it.
                End::Stall => Poll::Pending,
            };
        }
        let size = self.left.min(self.piece.len() as u64);
        self.left -= size;
        let piece = self.piece.slice(..usize::try_from(size).unwrap_or(usize::MAX));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && matches!(self.end, End::Clean)
    }

    fn size_hint(&self) -> SizeHint {
        self.announced.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Never.
pub(super) async fn never() -> Infallible {
    std::future::pending().await
}
