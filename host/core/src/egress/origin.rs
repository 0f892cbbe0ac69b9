//! Origins as policies and stores write them: `https://host[:port]`, canonical or denied. The one place that makes
//! a [`Origin`]; nothing here resolves or dials. The grammar is that of the reference, section 2.2.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;

use super::{authority, names::Refused};
use crate::program::Origin;

#[cfg(test)]
mod tests;

/// Bytes of the longest origin or URL that is looked at.
pub(super) const MAX_LENGTH: usize = 8192;

/// What a policy author may write beyond `https://name`; each is denied by default (G6a).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OriginOptions {
    /// `http://` origins.
    pub allow_http: bool,
    /// Addresses in place of a name; such a grant also needs [`pinned`].
    pub allow_ip_literal: bool,
    /// Names of services of the cluster; such a grant also needs class `cluster`.
    pub allow_cluster: bool,
}

/// Why a text is no origin. Every message is a remedy and quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// More than 8192 bytes.
    #[error("is longer than 8192 bytes")]
    TooLong,
    /// Control characters, spaces, DEL.
    #[error("holds a space or a control character")]
    Control,
    /// Bytes above 0x7f.
    #[error("holds characters outside ASCII; write an internationalised name as xn-- labels")]
    NotAscii,
    /// A backslash, which browsers read as a slash.
    #[error("holds a backslash")]
    Backslash,
    /// Neither `https://` nor `http://`, in lower case.
    #[error("must start with https://, in lower case")]
    Scheme,
    /// `http://` where it was not allowed.
    #[error("http:// is not allowed here; use https://")]
    Http,
    /// `user@host`.
    #[error("must not hold a user or password")]
    Userinfo,
    /// Something after host and port.
    #[error("must end after host and port, without a slash or path")]
    Path,
    /// A query.
    #[error("must not hold a query")]
    Query,
    /// A fragment.
    #[error("must not hold a fragment")]
    Fragment,
    /// No host.
    #[error("has no host")]
    NoHost,
    /// More than 253 bytes of host.
    #[error("has a host longer than 253 bytes")]
    HostLength,
    /// Upper case in the host.
    #[error("has upper case in its host; write it in lower case")]
    Uppercase,
    /// `%` in the host.
    #[error("has a percent sign in its host; write the name or address without escapes and zone")]
    Percent,
    /// `*` in the host.
    #[error("must name one host; wildcards are not served")]
    Wildcard,
    /// Another byte that no host has.
    #[error("has a character in its host other than a-z, 0-9, -, _ and dots")]
    HostCharacter,
    /// `host.`
    #[error("has a dot at the end of its host; remove it")]
    TrailingDot,
    /// One label.
    #[error("has a host of one label; write the full name")]
    OneLabel,
    /// An empty label, one of more than 63 bytes, or one that starts or ends with a hyphen.
    #[error("has a label that is empty, longer than 63 bytes, or starts or ends with a hyphen")]
    Label,
    /// The last label is a number: parsers disagree on which address that is.
    #[error("has a host that ends in a number but is no IPv4 address of four decimal parts")]
    Numeric,
    /// A label with `--` in third and fourth place that does not round-trip through IDNA.
    #[error("has a label with -- in third place that is not a valid A-label (IDNA)")]
    Idna,
    /// A name that is never granted.
    #[error(transparent)]
    Name(Refused),
    /// An address where a name is needed.
    #[error("has an address for a host; write a name, or pin the address by one /32 or /128 cidr")]
    Literal,
    /// An IPv6 address that is not in brackets, or not in the form of RFC 5952.
    #[error("has an IPv6 address that is not in brackets in its shortest lower-case form (RFC 5952)")]
    LiteralForm,
    /// An address of a metadata service.
    #[error("the address of a metadata service is never granted")]
    Metadata,
    /// An address of another class that cannot be granted.
    #[error("has an address that is neither public, private nor loopback and is never granted")]
    LiteralClass,
    /// A port that is empty, zero, over 65535, signed, or has a leading zero.
    #[error("has a port that is not a number of 1 to 65535 without leading zeros")]
    Port,
    /// `:443` of https, `:80` of http.
    #[error("names the default port of its scheme; leave it out")]
    DefaultPort,
}

/// Reads an origin as a policy author writes it: `https://host[:port]`, without a slash at its end.
///
/// # Errors
/// The first thing that is not canonical, or not allowed by `options`.
pub fn parse(text: &str, options: OriginOptions) -> Result<Origin, OriginError> {
    let (tls, rest) = scheme(text, options)?;
    if let Some(error) = rest.bytes().find_map(after_authority) {
        return Err(error);
    }
    authority::read(tls, rest, options)
}

/// Reads a store's URL, to be compared with a grant's origin: as [`parse`], with everything that a grant can say
/// allowed, and one slash at the end, since ESO's users write both. It grants nothing.
///
/// # Errors
/// The first thing that is not canonical.
pub fn parse_store_url(text: &str) -> Result<Origin, OriginError> {
    let options = OriginOptions { allow_http: true, allow_ip_literal: true, allow_cluster: true };
    let bare = text.strip_suffix('/').filter(|bare| !bare.ends_with('/'));
    parse(bare.unwrap_or(text), options)
}

/// Whether `cidrs` pins the origin's address, as G6a asks of an IP literal: one /32 or /128 of that very address
/// and nothing else. An origin with a name is not pinned by any.
#[must_use]
pub fn pinned(origin: &Origin, cidrs: &[IpNet]) -> bool {
    origin.literal.is_some_and(|literal| *cidrs == [IpNet::from(literal)])
}

impl Origin {
    /// The port that its scheme has where none is written.
    pub(super) const fn default_port(tls: bool) -> u16 {
        if tls { 443 } else { 80 }
    }
}

/// The canonical form: what [`parse`] reads, byte for byte.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.tls { "https://" } else { "http://" })?;
        match self.literal {
            Some(IpAddr::V6(address)) => write!(f, "[{address}]")?,
            _ => f.write_str(&self.host)?,
        }
        if self.port == Self::default_port(self.tls) { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// What holds for every text before its parts are looked at, and its scheme.
pub(super) fn scheme(text: &str, options: OriginOptions) -> Result<(bool, &str), OriginError> {
    if text.len() > MAX_LENGTH {
        return Err(OriginError::TooLong);
    }
    if let Some(error) = text.bytes().find_map(unprintable) {
        return Err(error);
    }
    match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => Ok((true, rest)),
        (_, Some(rest)) if options.allow_http => Ok((false, rest)),
        (_, Some(_)) => Err(OriginError::Http),
        _ => Err(OriginError::Scheme),
    }
}

const fn unprintable(byte: u8) -> Option<OriginError> {
    match byte {
        0..=b' ' | 0x7f => Some(OriginError::Control),
        0x80.. => Some(OriginError::NotAscii),
        b'\\' => Some(OriginError::Backslash),
        _ => None,
    }
}

const fn after_authority(byte: u8) -> Option<OriginError> {
    match byte {
        b'/' => Some(OriginError::Path),
        b'?' => Some(OriginError::Query),
        b'#' => Some(OriginError::Fragment),
        _ => None,
    }
}
