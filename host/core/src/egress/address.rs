//! Classes of addresses, and whether a grant's rule admits one (I6). Classes come from IANA's special-purpose
//! registries, with the clouds' metadata addresses on top; an IPv4 address inside an IPv6 one is decoded first.
//!
//! A NAT64 prefix out of an operator's own space looks like any other network and can't be told from it here.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

use self::embedded::Form;
use crate::{
    program::{AddressClass, AddressRule},
    reason::Reason,
};

mod embedded;
mod registry;
#[cfg(test)]
mod tests;

/// The bits before the address that NAT64 translates to (RFC 6052 section 2.2, the one length that is served).
const NAT64_PREFIX: u8 = 96;

/// What an address is. The first three can be granted, the fourth by name of its prefix, the others never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Globally reachable unicast.
    Public,
    /// RFC 1918, RFC 6598, RFC 4193, and what a cloud gives to its clusters' Services.
    Private,
    /// 127.0.0.0/8 and ::1.
    Loopback,
    /// NAT64 (RFC 6052, RFC 8215): admitted as what it translates to where a rule lists the prefix, else not.
    Translated,
    /// A cloud's metadata or platform service, also one inside an IPv6 form.
    Metadata,
    /// RFC 3927, and fe80::/10 of RFC 4291.
    LinkLocal,
    /// RFC 5771, and ff00::/8 of RFC 4291.
    Multicast,
    /// RFC 5737, RFC 3849, RFC 9637.
    Documentation,
    /// 0.0.0.0/8 and ::, which some systems take for this host.
    Unspecified,
    /// An IPv4 address in a form that tunnels or that is deprecated: compatible, SIIT, 6to4, Teredo, ISATAP.
    Embedded,
    /// All else that is no globally reachable unicast: broadcast, benchmarks, anycast sinks, unassigned space.
    Reserved,
}

impl Class {
    /// The class in words of `grant explain` and the audit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Loopback => "loopback",
            Self::Translated => "nat64",
            Self::Metadata => "metadata",
            Self::LinkLocal => "link-local",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Unspecified => "unspecified",
            Self::Embedded => "embedded-ipv4",
            Self::Reserved => "reserved",
        }
    }
}

/// The class of an address. An IPv4-mapped one (RFC 4291 section 2.5.5.2) is what its IPv4 address is, since the
/// kernel sends IPv4 for it.
#[must_use]
pub fn classify(address: IpAddr) -> Class {
    match address.to_canonical() {
        IpAddr::V4(address) => registry::v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

/// Whether `rule` admits `address`: of the rule's class, and in one of its networks where it has any. Class
/// `cluster` is private addresses in its networks, of which it has at least one.
///
/// NAT64 is admitted only where the rule lists a network of it of /96 or longer, and then as what it translates
/// to: `class: public, cidrs: [64:ff9b::/96]`.
///
/// # Errors
/// [`Reason::AddressNotGranted`].
pub fn admit(address: IpAddr, rule: &AddressRule) -> Result<(), Reason> {
    let address = address.to_canonical();
    let class = match classify(address) {
        Class::Translated => translated(address, rule),
        other => other,
    };
    let listed = rule.cidrs.iter().any(|net| net.contains(&address));
    // A cluster's networks are no class of their own: they must be written out.
    let anywhere = rule.cidrs.is_empty() && rule.class != AddressClass::Cluster;
    if (listed || anywhere) && class == granted(rule.class) { Ok(()) } else { Err(Reason::AddressNotGranted) }
}

/// Whether `rule` admits a whole answer: each address of it, and at least one (reference row 33). Picking the
/// admitted ones out of a mixed answer would let the owner of the name choose among them on the next one.
///
/// # Errors
/// [`Reason::AddressNotGranted`].
pub fn admit_all(addresses: &[IpAddr], rule: &AddressRule) -> Result<(), Reason> {
    if addresses.is_empty() {
        return Err(Reason::AddressNotGranted);
    }
    addresses.iter().try_for_each(|address| admit(*address, rule))
}

/// Whether a network can be a cluster's: private from its first address to its last. Blocks of addresses nest, so the
/// ends speak for what lies between; metadata addresses inside are refused one by one.
#[must_use]
pub fn is_private(network: IpNet) -> bool {
    [network.network(), network.broadcast()].iter().all(|end| classify(*end) == Class::Private)
}

/// Whether a connection to `address` would reach one of our own `listeners` (G6a). Each is written as it is reached from
/// here; one on loopback is on all of loopback, since a socket that is bound to every address is.
#[must_use]
pub fn is_own(address: SocketAddr, listeners: &[SocketAddr]) -> bool {
    let (port, address) = (address.port(), address.ip().to_canonical());
    listeners.iter().any(|own| {
        let ip = own.ip().to_canonical();
        own.port() == port && (ip == address || (ip.is_loopback() && address.is_loopback()))
    })
}

const fn granted(class: AddressClass) -> Class {
    match class {
        AddressClass::Public => Class::Public,
        AddressClass::Private | AddressClass::Cluster => Class::Private,
        AddressClass::Loopback => Class::Loopback,
    }
}

fn classify_v6(address: Ipv6Addr) -> Class {
    let Some((form, inner)) = embedded::decode(address) else { return registry::v6(address) };
    match (registry::v4(inner), form) {
        (Class::Metadata, _) => Class::Metadata,
        (_, Form::Nat64) => Class::Translated,
        (_, Form::Tunnel) => Class::Embedded,
    }
}

/// The class of what a NAT64 address translates to, if the rule lists its prefix.
fn translated(address: IpAddr, rule: &AddressRule) -> Class {
    let listed = |net: &IpNet| net.prefix_len() >= NAT64_PREFIX && net.contains(&address);
    match address {
        IpAddr::V6(v6) if rule.cidrs.iter().any(listed) => {
            embedded::decode(v6).map_or(Class::Translated, |(_, inner)| registry::v4(inner))
        }
        _ => Class::Translated,
    }
}
