//! Host and port of an origin: the strictest reading that all parsers share. Everything that any of them would
//! repair, drop or read as an address in disguise is an error here (reference rows 1 to 22).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    address::{self, Class},
    names,
    origin::{OriginError, OriginOptions},
};
use crate::program::Origin;

/// Bytes of a host name in DNS without its dot at the end (RFC 1035 section 2.3.4).
const MAX_HOST: usize = 253;
/// Bytes of a label.
const MAX_LABEL: usize = 63;

/// Reads `host[:port]`.
pub(super) fn read(tls: bool, text: &str, options: OriginOptions) -> Result<Origin, OriginError> {
    if text.contains('@') {
        return Err(OriginError::Userinfo);
    }
    let (host, port, literal) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(OriginError::LiteralForm)?;
            (host, port, Some(IpAddr::V6(v6(host)?)))
        }
        None => {
            let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (host, port, name(host, options)?.map(IpAddr::V4))
        }
    };
    if let Some(literal) = literal {
        grantable(literal, options)?;
    }
    Ok(Origin { tls, host: host.to_owned(), port: self::port(tls, port)?, literal })
}

/// A host that is a name, or an IPv4 address in four decimal parts.
fn name(host: &str, options: OriginOptions) -> Result<Option<Ipv4Addr>, OriginError> {
    if host.is_empty() {
        return Err(OriginError::NoHost);
    }
    if let Some(error) = host.bytes().find_map(no_host_byte) {
        return Err(error);
    }
    if host.len() > MAX_HOST {
        return Err(OriginError::HostLength);
    }
    if host.ends_with('.') {
        return Err(OriginError::TrailingDot);
    }
    if !host.split('.').all(is_label) {
        return Err(OriginError::Label);
    }
    if ends_in_number(host) {
        return host.parse().map(Some).map_err(|_| OriginError::Numeric);
    }
    if let Some(why) = names::refused(host, options.allow_cluster) {
        return Err(OriginError::Name(why));
    }
    if !host.contains('.') {
        return Err(OriginError::OneLabel);
    }
    if host.split('.').any(is_reserved_label) && !round_trips(host) {
        return Err(OriginError::Idna);
    }
    Ok(None)
}

const fn no_host_byte(byte: u8) -> Option<OriginError> {
    match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => None,
        b'A'..=b'Z' => Some(OriginError::Uppercase),
        b'%' => Some(OriginError::Percent),
        b'*' => Some(OriginError::Wildcard),
        _ => Some(OriginError::HostCharacter),
    }
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

/// WHATWG URL's "ends in a number", and wider: such a host is an address to some parsers and a name to others.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit())
}

/// RFC 5890 section 2.3.1: a label that means something other than its letters.
fn is_reserved_label(label: &str) -> bool {
    label.as_bytes().get(2..4) == Some(b"--")
}

/// Whether IDNA reads the host without an error and writes it back as it is. The whole host at once: its rules
/// for right-to-left scripts look across labels.
fn round_trips(host: &str) -> bool {
    let (unicode, read) = idna::domain_to_unicode(host);
    read.is_ok() && idna::domain_to_ascii_strict(&unicode).is_ok_and(|ascii| ascii == host)
}

/// An IPv6 address as RFC 5952 writes it. Those that hold an IPv4 address are written in two ways, so in none here.
fn v6(host: &str) -> Result<Ipv6Addr, OriginError> {
    if host.contains('%') {
        return Err(OriginError::Percent);
    }
    let address: Ipv6Addr = host.parse().map_err(|_| OriginError::LiteralForm)?;
    let canonical = address.to_ipv4_mapped().is_none() && address.to_string() == host;
    if canonical { Ok(address) } else { Err(OriginError::LiteralForm) }
}

fn grantable(literal: IpAddr, options: OriginOptions) -> Result<(), OriginError> {
    match address::classify(literal) {
        Class::Metadata => Err(OriginError::Metadata),
        Class::Public | Class::Private | Class::Loopback | Class::Translated => {
            if options.allow_ip_literal {
                Ok(())
            } else {
                Err(OriginError::Literal)
            }
        }
        _ => Err(OriginError::LiteralClass),
    }
}

/// What follows the host: nothing, or a colon and a port that is not the default.
fn port(tls: bool, text: &str) -> Result<u16, OriginError> {
    let default = Origin::default_port(tls);
    if text.is_empty() {
        return Ok(default);
    }
    let digits = text.strip_prefix(':').ok_or(OriginError::Port)?;
    // `parse` alone would take a sign.
    if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(OriginError::Port);
    }
    match digits.parse() {
        Ok(port) if port == default => Err(OriginError::DefaultPort),
        Ok(port) => Ok(port),
        Err(_) => Err(OriginError::Port),
    }
}
