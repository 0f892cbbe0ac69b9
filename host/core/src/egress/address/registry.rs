//! IANA's special-purpose address registries (IPv4 and IPv6), multicast and unicast space, and the clouds' metadata
//! addresses, as a table: the most specific row that holds an address says what it is. Blocks that IANA calls
//! globally reachable but that serve as sinks or anycast infrastructure are reserved here: no backend lives there.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use super::Class;

/// A network, what it is, and who says so.
pub(super) type Row<N> = (N, Class, &'static str);

/// IPv4.
#[rustfmt::skip]
pub(super) const V4: &[Row<Ipv4Net>] = &[
    (v4net([0, 0, 0, 0], 0), Class::Public, "RFC 791"),
    (v4net([0, 0, 0, 0], 8), Class::Unspecified, "RFC 791 section 3.2"),
    (v4net([10, 0, 0, 0], 8), Class::Private, "RFC 1918"),
    // Public space by the registry, but in every such cluster it is the Services, the API server among them.
    (v4net([34, 118, 224, 0], 20), Class::Private, "Google Kubernetes Engine's Services"),
    (v4net([100, 64, 0, 0], 10), Class::Private, "RFC 6598"),
    (v4net([100, 100, 100, 200], 32), Class::Metadata, "Alibaba Cloud"),
    (v4net([127, 0, 0, 0], 8), Class::Loopback, "RFC 1122 section 3.2.1.3"),
    (v4net([168, 63, 129, 16], 32), Class::Metadata, "Azure WireServer"),
    (v4net([169, 254, 0, 0], 16), Class::LinkLocal, "RFC 3927"),
    (v4net([169, 254, 0, 23], 32), Class::Metadata, "Tencent Cloud"),
    (v4net([169, 254, 42, 42], 32), Class::Metadata, "Scaleway"),
    (v4net([169, 254, 169, 254], 32), Class::Metadata, "AWS, Azure, Google Cloud, OpenStack and others"),
    (v4net([169, 254, 170, 2], 32), Class::Metadata, "AWS ECS task credentials"),
    (v4net([169, 254, 170, 23], 32), Class::Metadata, "AWS EKS Pod Identity"),
    (v4net([172, 16, 0, 0], 12), Class::Private, "RFC 1918"),
    (v4net([192, 0, 0, 0], 24), Class::Reserved, "RFC 6890 section 2.1"),
    (v4net([192, 0, 0, 0], 29), Class::Reserved, "RFC 7335"),
    (v4net([192, 0, 0, 8], 32), Class::Reserved, "RFC 7600"),
    (v4net([192, 0, 0, 9], 32), Class::Reserved, "RFC 7723"),
    (v4net([192, 0, 0, 10], 32), Class::Reserved, "RFC 8155"),
    (v4net([192, 0, 0, 170], 31), Class::Reserved, "RFC 8880, RFC 7050 section 2.2"),
    (v4net([192, 0, 0, 192], 32), Class::Metadata, "Oracle Cloud"),
    (v4net([192, 0, 2, 0], 24), Class::Documentation, "RFC 5737"),
    (v4net([192, 31, 196, 0], 24), Class::Reserved, "RFC 7535"),
    (v4net([192, 52, 193, 0], 24), Class::Reserved, "RFC 7450"),
    (v4net([192, 88, 99, 0], 24), Class::Reserved, "RFC 7526"),
    (v4net([192, 168, 0, 0], 16), Class::Private, "RFC 1918"),
    (v4net([192, 175, 48, 0], 24), Class::Reserved, "RFC 7534"),
    (v4net([198, 18, 0, 0], 15), Class::Reserved, "RFC 2544"),
    (v4net([198, 51, 100, 0], 24), Class::Documentation, "RFC 5737"),
    (v4net([203, 0, 113, 0], 24), Class::Documentation, "RFC 5737"),
    (v4net([224, 0, 0, 0], 4), Class::Multicast, "RFC 5771"),
    (v4net([240, 0, 0, 0], 4), Class::Reserved, "RFC 1112 section 4"),
    (v4net([255, 255, 255, 255], 32), Class::Reserved, "RFC 8190, RFC 919 section 7"),
];

/// IPv6. Forms that hold an IPv4 address are decoded before; their rows make the table whole.
#[rustfmt::skip]
pub(super) const V6: &[Row<Ipv6Net>] = &[
    (v6net([0, 0, 0, 0, 0, 0, 0, 0], 0), Class::Reserved, "RFC 4291 section 4"),
    (v6net([0, 0, 0, 0, 0, 0, 0, 0], 128), Class::Unspecified, "RFC 4291 section 2.5.2"),
    (v6net([0, 0, 0, 0, 0, 0, 0, 1], 128), Class::Loopback, "RFC 4291 section 2.5.3"),
    (v6net([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), Class::Embedded, "RFC 4291 section 2.5.5.2"),
    (v6net([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), Class::Translated, "RFC 6052"),
    (v6net([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), Class::Translated, "RFC 8215"),
    (v6net([0x100, 0, 0, 0, 0, 0, 0, 0], 64), Class::Reserved, "RFC 6666"),
    (v6net([0x100, 0, 0, 1, 0, 0, 0, 0], 64), Class::Reserved, "RFC 9780"),
    (v6net([0x2000, 0, 0, 0, 0, 0, 0, 0], 3), Class::Public, "RFC 4291 section 2.5.4"),
    (v6net([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Class::Reserved, "RFC 2928"),
    (v6net([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), Class::Embedded, "RFC 4380, RFC 8190"),
    (v6net([0x2001, 1, 0, 0, 0, 0, 0, 1], 128), Class::Reserved, "RFC 7723"),
    (v6net([0x2001, 1, 0, 0, 0, 0, 0, 2], 128), Class::Reserved, "RFC 8155"),
    (v6net([0x2001, 1, 0, 0, 0, 0, 0, 3], 128), Class::Reserved, "RFC 9665"),
    (v6net([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), Class::Reserved, "RFC 5180"),
    (v6net([0x2001, 3, 0, 0, 0, 0, 0, 0], 32), Class::Reserved, "RFC 7450"),
    (v6net([0x2001, 4, 0x112, 0, 0, 0, 0, 0], 48), Class::Reserved, "RFC 7535"),
    (v6net([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 28), Class::Reserved, "RFC 4843"),
    (v6net([0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28), Class::Reserved, "RFC 7343"),
    (v6net([0x2001, 0x30, 0, 0, 0, 0, 0, 0], 28), Class::Reserved, "RFC 9374"),
    (v6net([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), Class::Documentation, "RFC 3849"),
    (v6net([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), Class::Embedded, "RFC 3056"),
    (v6net([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48), Class::Reserved, "RFC 7534"),
    (v6net([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Class::Documentation, "RFC 9637"),
    (v6net([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16), Class::Reserved, "RFC 9602"),
    (v6net([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Class::Private, "RFC 4193"),
    (v6net([0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42], 128), Class::Metadata, "Scaleway"),
    (v6net([0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe], 128), Class::Metadata, "Oracle Cloud"),
    (v6net([0xfd00, 0x100, 0, 0, 0, 0, 0x100, 0x200], 128), Class::Metadata, "Alibaba Cloud"),
    (v6net([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0], 32), Class::Metadata, "AWS: metadata, Pod Identity, DNS, time"),
    (v6net([0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1], 128), Class::Metadata, "Akamai"),
    (v6net([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), Class::Metadata, "Google Cloud"),
    (v6net([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), Class::LinkLocal, "RFC 4291 section 2.5.6"),
    (v6net([0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe], 128), Class::Metadata, "OpenStack"),
    (v6net([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), Class::Reserved, "RFC 3879"),
    (v6net([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), Class::Multicast, "RFC 4291 section 2.7"),
];

/// The class of an IPv4 address.
pub(super) fn v4(address: Ipv4Addr) -> Class {
    let rows = V4.iter().filter(|(net, ..)| net.contains(&address));
    rows.max_by_key(|(net, ..)| net.prefix_len()).map_or(Class::Reserved, |(_, class, _)| *class)
}

/// The class of an IPv6 address that holds no IPv4 one.
pub(super) fn v6(address: Ipv6Addr) -> Class {
    let rows = V6.iter().filter(|(net, ..)| net.contains(&address));
    rows.max_by_key(|(net, ..)| net.prefix_len()).map_or(Class::Reserved, |(_, class, _)| *class)
}

const fn v4net(octets: [u8; 4], length: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6net(segments: [u16; 8], length: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), length)
}
