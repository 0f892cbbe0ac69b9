//! HTTP/1.1 as the broker writes it and reads it: a request's bytes taken apart, a case's response written out. The
//! request is our own client's, so that nothing here defends against another's framing.

use bailiwick_api::case::CaseResponse;

/// A request as it was written.
pub(super) struct Sent {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Sent {
    /// Takes a request apart; what is missing is empty.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        };
        Self {
            method: first.next().unwrap_or_default(),
            target: first.next().unwrap_or_default(),
            headers: lines.filter_map(header).collect(),
            body: bytes.get(end + 4..).unwrap_or_default().to_vec(),
        }
    }

    /// A header field.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

/// The response's bytes. The connection ends with it.
pub(super) fn response(response: &CaseResponse) -> Vec<u8> {
    let named = |name: &str| response.headers.keys().any(|own| own.eq_ignore_ascii_case(name));
    let json = response.json.as_ref().map(ToString::to_string);
    let body = json.as_ref().or(response.text.as_ref()).map(String::as_str).unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} Recorded\r\nConnection: close\r\n", response.status);
    if !named("content-length") {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    if json.is_some() && !named("content-type") {
        head.push_str("Content-Type: application/json\r\n");
    }
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    [head.as_bytes(), b"\r\n", body.as_bytes()].concat()
}
