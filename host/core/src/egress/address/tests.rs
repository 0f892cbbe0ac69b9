//! Rows 17 to 19, 33 to 35 and 39 of the reference, the registries' own consistency, and the standard library as a
//! second opinion.

use std::net::Ipv4Addr;

use ipnet::IpNet;
use proptest::prelude::*;

use super::{
    registry::{V4, V6},
    *,
};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn rule(class: AddressClass, cidrs: &[&str]) -> AddressRule {
    AddressRule { class, cidrs: cidrs.iter().map(|text| text.parse().unwrap()).collect() }
}

/// All but `cluster`, which is nothing without networks.
const CLASSES: [AddressClass; 3] = [AddressClass::Public, AddressClass::Private, AddressClass::Loopback];

/// Row of the reference (0: none), address, class. First and last addresses of blocks, and their neighbours.
#[rustfmt::skip]
const TABLE: &[(u8, &str, Class)] = &[
    (0, "1.1.1.1", Class::Public), (0, "9.255.255.255", Class::Public), (0, "11.0.0.0", Class::Public),
    (0, "128.0.0.1", Class::Public), (0, "172.15.255.255", Class::Public), (0, "172.32.0.0", Class::Public),
    (0, "100.63.255.255", Class::Public), (0, "100.128.0.0", Class::Public), (0, "223.255.255.255", Class::Public),
    (0, "168.63.129.15", Class::Public), (0, "168.63.129.17", Class::Public),
    (0, "2001:4860:4860::8888", Class::Public), (0, "2600:1f18::1", Class::Public), (0, "2001:200::", Class::Public),
    (0, "2003::1", Class::Public), (0, "3ffe::1", Class::Public),
    (0, "10.0.0.0", Class::Private), (0, "10.255.255.255", Class::Private), (0, "172.16.0.0", Class::Private),
    (0, "172.31.255.255", Class::Private), (0, "192.168.0.1", Class::Private), (0, "100.64.0.0", Class::Private),
    (0, "100.127.255.255", Class::Private), (0, "fc00::", Class::Private), (0, "fdff::1", Class::Private),
    (0, "34.118.223.255", Class::Public), (0, "34.118.224.1", Class::Private), (0, "34.118.239.255", Class::Private),
    (0, "34.118.240.0", Class::Public),
    (0, "127.0.0.1", Class::Loopback), (0, "127.255.255.254", Class::Loopback), (0, "::1", Class::Loopback),
    // Mapped: what the IPv4 address is.
    (17, "::ffff:127.0.0.1", Class::Loopback), (17, "::ffff:a9fe:a9fe", Class::Metadata),
    (17, "::ffff:8.8.8.8", Class::Public), (17, "::ffff:10.0.0.1", Class::Private), (17, "::ffff:0.0.0.0", Class::Unspecified),
    // Compatible and SIIT.
    (18, "::127.0.0.1", Class::Embedded), (18, "::8.8.8.8", Class::Embedded), (18, "::2", Class::Embedded),
    (18, "::169.254.169.254", Class::Metadata), (18, "::ffff:0:127.0.0.1", Class::Embedded),
    (18, "::ffff:0:8.8.8.8", Class::Embedded), (18, "::ffff:0:169.254.169.254", Class::Metadata),
    // NAT64, 6to4, Teredo (its address is inverted), ISATAP.
    (19, "64:ff9b::8.8.8.8", Class::Translated), (19, "64:ff9b::10.0.0.1", Class::Translated),
    (19, "64:ff9b::169.254.169.254", Class::Metadata), (19, "64:ff9b:1::8.8.8.8", Class::Translated),
    (19, "64:ff9b:1:2:3:4:a9fe:a9fe", Class::Metadata), (19, "64:ff9b:0:1::1", Class::Reserved),
    (19, "2002:7f00:1::", Class::Embedded), (19, "2002:808:808::1", Class::Embedded),
    (19, "2002:a9fe:a9fe::1", Class::Metadata), (19, "2002:6464:64c8::1", Class::Metadata),
    (19, "2001:0:4136:e378:8000:63bf:f7f7:f7f7", Class::Embedded), (19, "2001:0:1:2:3:4:5601:5601", Class::Metadata),
    (19, "2600:1f18::5efe:10.0.0.1", Class::Embedded), (19, "2600:1f18::200:5efe:8.8.8.8", Class::Embedded),
    (19, "fd00::100:5efe:169.254.169.254", Class::Metadata), (19, "2600:1f18::400:5efe:a00:1", Class::Public),
    (35, "169.254.169.254", Class::Metadata), (35, "169.254.170.2", Class::Metadata),
    (35, "169.254.170.23", Class::Metadata), (35, "100.100.100.200", Class::Metadata),
    (35, "192.0.0.192", Class::Metadata), (35, "168.63.129.16", Class::Metadata),
    (35, "fd00:ec2::254", Class::Metadata), (35, "fd00:ec2::23", Class::Metadata),
    (35, "fd20:ce::254", Class::Metadata), (35, "fd00:c1::a9fe:a9fe", Class::Metadata),
    (35, "fd00:42::42", Class::Metadata), (35, "fe80::a9fe:a9fe", Class::Metadata),
    (39, "0.0.0.0", Class::Unspecified), (39, "0.255.255.255", Class::Unspecified), (39, "::", Class::Unspecified),
    (39, "169.254.0.1", Class::LinkLocal), (39, "fe80::1", Class::LinkLocal), (39, "febf::1", Class::LinkLocal),
    (39, "224.0.0.1", Class::Multicast), (39, "239.255.255.255", Class::Multicast), (39, "ff02::1", Class::Multicast),
    (39, "240.0.0.0", Class::Reserved), (39, "255.255.255.255", Class::Reserved),
    (39, "192.0.2.1", Class::Documentation), (39, "198.51.100.1", Class::Documentation),
    (39, "203.0.113.255", Class::Documentation), (39, "2001:db8::1", Class::Documentation),
    (39, "3fff:0fff::1", Class::Documentation), (39, "3fff:1000::1", Class::Public),
    (39, "100::1", Class::Reserved), (39, "100:0:0:1::1", Class::Reserved), (39, "5f00::1", Class::Reserved),
    (39, "198.18.0.1", Class::Reserved), (39, "198.19.255.255", Class::Reserved), (39, "192.0.0.8", Class::Reserved),
    (39, "192.0.0.9", Class::Reserved), (39, "192.88.99.1", Class::Reserved), (39, "192.31.196.1", Class::Reserved),
    (39, "192.52.193.1", Class::Reserved), (39, "192.175.48.1", Class::Reserved), (39, "2001:1ff:ffff::1", Class::Reserved),
    (39, "2001:2::1", Class::Reserved), (39, "2001:20::1", Class::Reserved), (39, "2620:4f:8000::1", Class::Reserved),
    (39, "fec0::1", Class::Reserved), (39, "4000::1", Class::Reserved), (39, "1000::1", Class::Reserved),
    (39, "fe00::1", Class::Reserved),
];

#[test]
fn rows_17_to_39_classes() {
    for (row, text, class) in TABLE {
        assert_eq!(classify(address(text)), *class, "row {row}: {text}");
    }
}

#[test]
fn i6_allowed_addresses_of_the_granted_class() {
    for class in CLASSES {
        let admitted = TABLE.iter().filter(|(.., given)| *given == granted(class));
        assert!(admitted.clone().count() > 2);
        for (row, text, _) in admitted {
            assert_eq!(admit(address(text), &rule(class, &[])), Ok(()), "row {row}: {text}");
        }
    }
}

#[test]
fn i6_denied_addresses_of_any_other_class() {
    for class in CLASSES {
        for (row, text, _) in TABLE.iter().filter(|(.., given)| *given != granted(class)) {
            let denied = Err(Reason::AddressNotGranted);
            assert_eq!(admit(address(text), &rule(class, &[])), denied, "row {row}: {text}");
            assert_eq!(admit_all(&[address(text)], &rule(class, &[])), denied, "row {row}: {text}");
        }
    }
}

#[test]
fn i6_allowed_addresses_in_the_granted_networks() {
    let rule = rule(AddressClass::Private, &["10.8.0.0/16", "fd12:3456::/32"]);
    for text in ["10.8.0.1", "10.8.255.255", "::ffff:10.8.0.1", "fd12:3456::1"] {
        assert_eq!(admit(address(text), &rule), Ok(()), "{text}");
    }
}

#[test]
fn i6_denied_addresses_outside_the_granted_networks() {
    let private = rule(AddressClass::Private, &["10.8.0.0/16"]);
    // A network does not lend its addresses another class.
    let public = rule(AddressClass::Public, &["10.8.0.0/16", "0.0.0.0/0", "::/0"]);
    for text in ["10.9.0.1", "192.168.0.1", "fd12::1", "::ffff:10.9.0.1"] {
        assert_eq!(admit(address(text), &private), Err(Reason::AddressNotGranted), "{text}");
        assert_eq!(admit(address(text), &public), Err(Reason::AddressNotGranted), "{text}");
    }
}

/// Row 38: private, and in the networks that the grant names.
#[test]
fn g6a_allowed_addresses_in_the_clusters_networks() {
    let cluster = rule(AddressClass::Cluster, &["10.96.0.0/12", "fd00:10:96::/112", "34.118.224.0/20"]);
    for text in ["10.96.0.10", "10.111.255.254", "::ffff:10.96.0.10", "fd00:10:96::a", "34.118.230.7"] {
        assert_eq!(admit(address(text), &cluster), Ok(()), "{text}");
    }
}

#[test]
fn g6a_denied_addresses_outside_the_clusters_networks() {
    let cluster = rule(AddressClass::Cluster, &["10.96.0.0/12"]);
    // The class alone names no network; and a network lends no address its class.
    let (bare, wide) =
        (rule(AddressClass::Cluster, &[]), rule(AddressClass::Cluster, &["0.0.0.0/0", "::/0"]));
    for text in ["10.8.0.1", "192.168.0.1", "fd00:10:96::a", "127.0.0.1", "1.1.1.1", "169.254.169.254"] {
        assert_eq!(admit(address(text), &cluster), Err(Reason::AddressNotGranted), "{text}");
        assert_eq!(admit(address(text), &bare), Err(Reason::AddressNotGranted), "{text}");
    }
    for (_, text, _) in TABLE.iter().filter(|(.., class)| *class != Class::Private) {
        assert_eq!(admit(address(text), &wide), Err(Reason::AddressNotGranted), "{text}");
    }
    let mixed = [address("10.96.0.1"), address("10.8.0.1")];
    assert_eq!(admit_all(&mixed, &cluster), Err(Reason::AddressNotGranted));
}

#[test]
fn g6a_networks_that_can_be_a_clusters() {
    let network = |text: &str| text.parse::<IpNet>().unwrap();
    for text in ["10.96.0.0/12", "172.20.0.0/16", "100.64.0.0/10", "34.118.224.0/20", "fd00::/8", "fc00::/7"]
    {
        assert!(is_private(network(text)), "{text}");
    }
    for text in [
        "0.0.0.0/0",
        "10.0.0.0/7",
        "8.0.0.0/6",
        "172.16.0.0/11",
        "192.168.0.0/15",
        "34.118.224.0/19",
        "34.118.128.0/17",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "100.100.100.200/32",
        "::/0",
        "fc00::/6",
        "64:ff9b::/96",
        "2000::/3",
    ] {
        assert!(!is_private(network(text)), "{text}");
    }
}

#[test]
fn g6a_allowed_and_denied_our_own_listeners() {
    let socket = |text: &str| text.parse::<SocketAddr>().unwrap();
    let own = [socket("127.0.0.1:8080"), socket("10.8.0.7:8080")];
    for text in ["127.0.0.1:8080", "127.0.0.2:8080", "[::1]:8080", "10.8.0.7:8080", "[::ffff:10.8.0.7]:8080"]
    {
        assert!(is_own(socket(text), &own), "{text}");
        assert!(!is_own(socket(text), &[]), "{text}");
    }
    for text in ["127.0.0.1:8200", "10.8.0.7:8200", "10.8.0.8:8080", "1.1.1.1:8080"] {
        assert!(!is_own(socket(text), &own), "{text}");
    }
}

/// Row 35: whatever class and networks a rule has.
#[test]
fn g6a_denied_metadata_whatever_the_cidrs() {
    for (row, text, _) in TABLE.iter().filter(|(.., class)| *class == Class::Metadata) {
        let exact = IpNet::from(address(text)).to_string();
        for class in CLASSES.into_iter().chain([AddressClass::Cluster]) {
            for cidrs in [&["0.0.0.0/0", "::/0"][..], &[exact.as_str()], &["64:ff9b::/96", "64:ff9b:1::/96"]]
            {
                let denied = admit(address(text), &rule(class, cidrs));
                assert_eq!(denied, Err(Reason::AddressNotGranted), "row {row}: {text} {cidrs:?}");
            }
        }
    }
}

/// G6a: written out, it is grantable.
#[test]
fn g6a_allowed_loopback_where_written_out() {
    let loopback = rule(AddressClass::Loopback, &["127.0.0.1/32"]);
    assert_eq!(admit(address("127.0.0.1"), &loopback), Ok(()));
    assert_eq!(admit(address("127.0.0.2"), &loopback), Err(Reason::AddressNotGranted));
}

#[test]
fn g6a_denied_loopback_under_other_classes() {
    for text in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        for class in [AddressClass::Public, AddressClass::Private] {
            let denied = admit(address(text), &rule(class, &["127.0.0.0/8", "::1/128", "0.0.0.0/0", "::/0"]));
            assert_eq!(denied, Err(Reason::AddressNotGranted), "{text}");
        }
    }
}

/// Row 19: by a network of NAT64 that the rule lists, and as the class of what is behind it.
#[test]
fn i6_allowed_nat64_where_its_prefix_is_listed() {
    let public = rule(AddressClass::Public, &["64:ff9b::/96", "64:ff9b:1:2::/96"]);
    assert_eq!(admit(address("64:ff9b::8.8.8.8"), &public), Ok(()));
    assert_eq!(admit(address("64:ff9b:1:2::8.8.8.8"), &public), Ok(()));
    let private = rule(AddressClass::Private, &["64:ff9b:1:2::10.8.0.0/112"]);
    assert_eq!(admit(address("64:ff9b:1:2::10.8.0.1"), &private), Ok(()));
}

#[test]
fn i6_denied_nat64_of_another_prefix_or_class() {
    for (text, class, cidrs) in [
        ("64:ff9b::8.8.8.8", AddressClass::Public, &[][..]),
        // Too wide to say where the IPv4 address stands.
        ("64:ff9b::8.8.8.8", AddressClass::Public, &["::/0"]),
        ("64:ff9b:1::8.8.8.8", AddressClass::Public, &["64:ff9b:1::/48"]),
        ("64:ff9b:1::8.8.8.8", AddressClass::Public, &["64:ff9b::/96"]),
        ("64:ff9b::10.0.0.1", AddressClass::Public, &["64:ff9b::/96"]),
        ("64:ff9b::127.0.0.1", AddressClass::Public, &["64:ff9b::/96"]),
        ("64:ff9b::224.0.0.1", AddressClass::Public, &["64:ff9b::/96"]),
        ("64:ff9b:1:2::10.9.0.1", AddressClass::Private, &["64:ff9b:1:2::10.8.0.0/112"]),
    ] {
        assert_eq!(
            admit(address(text), &rule(class, cidrs)),
            Err(Reason::AddressNotGranted),
            "{text} {cidrs:?}"
        );
    }
}

#[test]
fn i6_allowed_row_33_whole_answers() {
    let answer = [address("1.1.1.1"), address("2606:4700::1111"), address("1.0.0.1")];
    assert_eq!(admit_all(&answer, &rule(AddressClass::Public, &[])), Ok(()));
}

/// Row 33, and row 34: only the final addresses of a chain of names come here.
#[test]
fn i6_denied_row_33_mixed_and_empty_answers() {
    let public = rule(AddressClass::Public, &[]);
    for bad in ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::", "2002:808:808::1"] {
        for at in 0..3 {
            let mut answer = vec![address("1.1.1.1"), address("1.0.0.1")];
            answer.insert(at, address(bad));
            assert_eq!(admit_all(&answer, &public), Err(Reason::AddressNotGranted), "{bad} at {at}");
        }
    }
    assert_eq!(admit_all(&[], &public), Err(Reason::AddressNotGranted));
}

/// No row is written twice or with bits behind its prefix, and each says where it comes from.
#[test]
fn registry_rows_are_networks() {
    let rows = V4.iter().map(|(net, class, source)| (IpNet::from(*net), *class, *source));
    let rows: Vec<_> =
        rows.chain(V6.iter().map(|(net, class, source)| ((*net).into(), *class, *source))).collect();
    for (index, (net, class, source)) in rows.iter().enumerate() {
        assert_eq!(net.trunc(), *net);
        assert!(!source.is_empty() && source.starts_with("RFC ") != clouds(*net, *class), "{net}: {source}");
        assert!(!rows.iter().skip(index + 1).any(|(other, ..)| other == net), "{net}");
    }
}

/// Rows that say what a cloud does with its space; all others are a registry's.
fn clouds(net: IpNet, class: Class) -> bool {
    class == Class::Metadata || net.to_string() == "34.118.224.0/20"
}

/// IPv4 addresses near the borders of what is special, and any.
fn any_v4() -> impl Strategy<Value = Ipv4Addr> {
    let borders = (0..V4.len(), any::<bool>(), -1_i64..=1).prop_map(|(index, last, step)| {
        let net = V4[index].0;
        let border = if last { net.broadcast() } else { net.network() };
        Ipv4Addr::from_bits((i64::from(border.to_bits()) + step).rem_euclid(1 << 32) as u32)
    });
    prop_oneof![borders, any::<Ipv4Addr>()]
}

/// The forms that hold an IPv4 address, by row 17 to 19.
fn forms(inner: Ipv4Addr) -> [Ipv6Addr; 8] {
    let [high, low] = [(inner.to_bits() >> 16) as u16, inner.to_bits() as u16];
    [
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 1, 7, 0, 0, high, low),
        Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
        Ipv6Addr::new(0x2001, 0, 1, 2, 3, 4, !high, !low),
        Ipv6Addr::new(0x2600, 1, 2, 3, 0, 0x5efe, high, low),
        Ipv6Addr::new(0xfd00, 1, 2, 3, 0x200, 0x5efe, high, low),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// The standard library's predicates, where it has them.
    #[test]
    fn v4_agrees_with_the_standard_library(address in any_v4()) {
        let class = classify(address.into());
        let metadata = class == Class::Metadata;
        let shared = address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64;
        prop_assert_eq!(class == Class::Loopback, address.is_loopback());
        prop_assert_eq!(class == Class::Multicast, address.is_multicast());
        prop_assert_eq!(class == Class::Documentation, address.is_documentation());
        prop_assert!(!address.is_broadcast() || class == Class::Reserved);
        let services = address.to_bits() & !0xfff == u32::from_be_bytes([34, 118, 224, 0]);
        prop_assert!(metadata || (class == Class::Private) == (address.is_private() || shared || services));
        prop_assert!(metadata || (class == Class::LinkLocal) == address.is_link_local());
    }

    #[test]
    fn v6_agrees_with_the_standard_library(bits: u128, first in prop_oneof![Just(0_u16), any::<u16>()]) {
        let address = Ipv6Addr::from_bits(bits >> 16 | u128::from(first) << 112);
        let class = classify(address.into());
        prop_assert_eq!(class == Class::Multicast, address.is_multicast());
        if class == Class::Public {
            prop_assert!(address.segments()[0] & 0xe000 == 0x2000);
            prop_assert!(!address.is_unique_local() && !address.is_unicast_link_local());
        }
        let inside = matches!(class, Class::Metadata | Class::Embedded);
        prop_assert!(inside || (class == Class::Private) == address.is_unique_local());
        prop_assert!(inside || (class == Class::LinkLocal) == address.is_unicast_link_local());
    }

    /// Mapped is what it maps to; no other form is ever granted by class alone.
    #[test]
    fn i6_denied_embedded_addresses(inner in any_v4()) {
        prop_assert_eq!(classify(inner.to_ipv6_mapped().into()), classify(inner.into()));
        for outer in forms(inner).into_iter().filter(|outer| outer.to_bits() > 1) {
            let metadata = classify(inner.into()) == Class::Metadata;
            prop_assert_eq!(classify(outer.into()) == Class::Metadata, metadata, "{}", outer);
            for class in CLASSES {
                prop_assert!(admit(outer.into(), &rule(class, &[])).is_err(), "{}", outer);
                prop_assert!(admit(outer.into(), &rule(class, &["::/0"])).is_err(), "{}", outer);
            }
        }
    }

    /// P2: a network narrows. NAT64 apart, whose networks say that it is translated.
    #[test]
    fn i5_allowed_with_networks_is_allowed_without(address in any::<IpAddr>(), inner in any_v4(), length in 0_u8..=32) {
        let net = ipnet::Ipv4Net::new(inner, length).unwrap();
        for address in [address, inner.into()] {
            for class in CLASSES {
                let narrow = AddressRule { class, cidrs: vec![net.into()] };
                if admit(address, &narrow).is_ok() {
                    prop_assert!(admit(address, &rule(class, &[])).is_ok());
                    let inside = ipnet::IpNet::from(net).contains(&address.to_canonical());
                    prop_assert!(inside);
                }
            }
        }
    }
}
