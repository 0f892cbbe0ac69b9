//! The gate against three parsers that have nothing in common with it: what it accepts, they must read alike and
//! write back byte for byte (I1).

mod corpora;
mod generated;
mod rows;

use super::{origin::OriginOptions, url::CanonicalUrl};

/// All that a policy author can allow.
const ALL: OriginOptions = OriginOptions { allow_http: true, allow_ip_literal: true, allow_cluster: true };

/// What a parser makes of a URL.
#[derive(Debug, PartialEq)]
struct Reading {
    written: String,
    tls: bool,
    host: String,
    port: u16,
    path: String,
    query: Option<String>,
}

/// Fails unless all three parsers read `text` as the gate did.
fn assert_agreed(text: &str, gated: &CanonicalUrl<'_>) {
    let origin = &gated.origin;
    let bare = if text.contains("://[") { format!("[{}]", origin.host) } else { origin.host.clone() };
    let ours = Reading {
        written: format!(
            "{origin}{}{}",
            gated.path,
            gated.query.map(|q| format!("?{q}")).unwrap_or_default()
        ),
        tls: origin.tls,
        host: bare,
        port: origin.port,
        path: gated.path.to_owned(),
        query: gated.query.map(str::to_owned),
    };
    assert_eq!(ours.written, text);
    assert_eq!(by_url(text).as_ref(), Some(&ours), "url");
    assert_eq!(by_ada(text).as_ref(), Some(&ours), "ada");
    assert_eq!(by_http(text).as_ref(), Some(&ours), "http");
}

fn by_url(text: &str) -> Option<Reading> {
    let url = ::url::Url::parse(text).ok()?;
    Some(Reading {
        written: url.as_str().to_owned(),
        tls: url.scheme() == "https",
        host: url.host_str()?.to_owned(),
        port: url.port_or_known_default()?,
        path: url.path().to_owned(),
        query: url.query().map(str::to_owned),
    })
}

fn by_ada(text: &str) -> Option<Reading> {
    let url = ada_url::Url::parse(text, None).ok()?;
    let tls = url.protocol() == "https:";
    let default = if tls { 443 } else { 80 };
    Some(Reading {
        written: url.href().to_owned(),
        tls,
        host: url.hostname().to_owned(),
        port: if url.port().is_empty() { default } else { url.port().parse().ok()? },
        path: url.pathname().to_owned(),
        query: url.search().strip_prefix('?').map(str::to_owned),
    })
}

fn by_http(text: &str) -> Option<Reading> {
    let uri: http::Uri = text.parse().ok()?;
    let tls = uri.scheme_str() == Some("https");
    Some(Reading {
        written: uri.to_string(),
        tls,
        host: uri.host()?.to_owned(),
        port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }),
        path: uri.path().to_owned(),
        query: uri.query().map(str::to_owned),
    })
}
