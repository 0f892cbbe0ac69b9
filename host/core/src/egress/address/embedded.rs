//! IPv4 addresses inside IPv6 ones (reference rows 17 to 19). Mapped addresses are not here: the caller unmaps them
//! first.

use std::net::{Ipv4Addr, Ipv6Addr};

/// How the IPv4 address got in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// 64:ff9b::/96 (RFC 6052) or 64:ff9b:1::/48 (RFC 8215), read as /96.
    Nat64,
    /// Compatible (RFC 4291 section 2.5.5.1), SIIT (RFC 2765), 6to4 (RFC 3056), Teredo (RFC 4380) or ISATAP
    /// (RFC 5214).
    Tunnel,
}

/// The IPv4 address inside `address`, if its form holds one.
pub(super) fn decode(address: Ipv6Addr) -> Option<(Form, Ipv4Addr)> {
    Some(match address.segments() {
        // The unspecified address and loopback lie in the compatible range but hold no address.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => return None,
        [0, 0, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => (Form::Tunnel, v4(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 1, _, _, _, high, low] => {
            (Form::Nat64, v4(high, low))
        }
        [0x2002, high, low, ..] => (Form::Tunnel, v4(high, low)),
        [0x2001, 0, _, _, _, _, high, low] => (Form::Tunnel, v4(!high, !low)),
        // Interface identifier 000000ug 00000000 5e fe: both bits of the first byte vary.
        [.., first, 0x5efe, high, low] if first & !0x0300 == 0 => (Form::Tunnel, v4(high, low)),
        _ => return None,
    })
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}
