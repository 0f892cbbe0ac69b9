//! The adversarial cases of the reference, section 2.3, as far as an origin or a URL can express them: 1 to 25, 36
//! and 53 to 55. Rows about addresses are in `address::tests`; the others are about connections and are the
//! broker's.

use super::{ALL, assert_agreed};
use crate::egress::{
    names::Refused,
    origin::{OriginError, parse, parse_store_url},
    url::{UrlError, gate},
};

/// Row, origin, error. Denied as an origin of a grant, as one of a store, and in a URL.
#[rustfmt::skip]
const ORIGINS: &[(u8, &str, OriginError)] = &[
    (1, "https://good.example@evil.example", OriginError::Userinfo),
    (1, "https://@evil.example", OriginError::Userinfo),
    (2, "https://good.example:443@evil.example", OriginError::Userinfo),
    (3, "https://good.example\\@evil.example", OriginError::Backslash),
    (3, "https:\\\\good.example", OriginError::Backslash),
    (5, "https://good.example.", OriginError::TrailingDot),
    (5, "https://good.example..", OriginError::TrailingDot),
    (5, "https://good..example", OriginError::Label),
    (5, "https://.good.example", OriginError::Label),
    (6, "https://GOOD.example", OriginError::Uppercase),
    (6, "HTTPS://good.example", OriginError::Scheme),
    (7, "https://b\u{fc}cher.example", OriginError::NotAscii),
    (7, "https://good\u{3002}example", OriginError::NotAscii),
    (7, "https://\u{ff47}ood.example", OriginError::NotAscii),
    (7, "https://go\u{ad}od.example", OriginError::NotAscii),
    (7, "https://\u{212a}ubernetes.default", OriginError::NotAscii),
    (8, "https://good%2eexample", OriginError::Percent),
    (8, "https://good.example%00", OriginError::Percent),
    (9, "https://xn--pokxncvks.example", OriginError::Idna),
    (9, "https://xn--.example", OriginError::Label),
    (9, "https://xn--a.example", OriginError::Idna),
    (9, "https://xn--example-.example", OriginError::Label),
    (9, "https://xn--bcher-kvb-.example", OriginError::Label),
    (9, "https://ab--c.example", OriginError::Idna),
    (10, "https://127.1", OriginError::Numeric),
    (11, "https://0177.1", OriginError::Numeric),
    (11, "https://0177.0.0.1", OriginError::Numeric),
    (12, "https://0x7f.1", OriginError::Numeric),
    (12, "https://127.0.0.0x1", OriginError::Numeric),
    (12, "https://good.0x", OriginError::Numeric),
    (12, "https://0x7f000001", OriginError::Numeric),
    (13, "https://2130706433", OriginError::Numeric),
    (14, "https://017700000001", OriginError::Numeric),
    (14, "https://good.example.1", OriginError::Numeric),
    (15, "https://\u{2460}\u{2461}\u{2466}.0.0.1", OriginError::NotAscii),
    (16, "https://1.1.1.256", OriginError::Numeric),
    (16, "https://256.0.0.1", OriginError::Numeric),
    (16, "https://1.2.3.4.5", OriginError::Numeric),
    (16, "https://1.2.3.04", OriginError::Numeric),
    (17, "https://[::ffff:127.0.0.1]", OriginError::LiteralForm),
    (17, "https://[::ffff:7f00:1]", OriginError::LiteralForm),
    (17, "https://[::ffff:a9fe:a9fe]", OriginError::LiteralForm),
    (18, "https://[::127.0.0.1]", OriginError::LiteralForm),
    (18, "https://[::7f00:1]", OriginError::LiteralClass),
    (18, "https://[::ffff:0:7f00:1]", OriginError::LiteralClass),
    (18, "https://[::a9fe:a9fe]", OriginError::Metadata),
    (19, "https://[64:ff9b::a9fe:a9fe]", OriginError::Metadata),
    (19, "https://[2002:7f00:1::]", OriginError::LiteralClass),
    (19, "https://[2001:0:1:2:3:4:80ff:fffe]", OriginError::LiteralClass),
    (19, "https://[2001::1:2:3:4:5:6]", OriginError::LiteralForm),
    (19, "https://[2600:1f18::5efe:a00:1]", OriginError::LiteralClass),
    (20, "https://[fe80::1%eth0]", OriginError::Percent),
    (20, "https://[fe80::1%25eth0]", OriginError::Percent),
    (20, "https://[fe80::1]", OriginError::LiteralClass),
    (21, "https://[v1.x]", OriginError::LiteralForm),
    (21, "https://[www.google.com]", OriginError::LiteralForm),
    (21, "https://[127.0.0.1]", OriginError::LiteralForm),
    (21, "https://[::1", OriginError::LiteralForm),
    (21, "https://[]", OriginError::LiteralForm),
    (21, "https://[0::1]", OriginError::LiteralForm),
    (21, "https://[FD12::1]", OriginError::LiteralForm),
    (21, "https://fd12::1", OriginError::OneLabel),
    (22, "https://good.example:+443", OriginError::Port),
    (22, "https://good.example:65536", OriginError::Port),
    (22, "https://good.example:", OriginError::Port),
    (22, "https://good.example:0443", OriginError::Port),
    (22, "https://good.example:0", OriginError::Port),
    (22, "https://good.example:-1", OriginError::Port),
    (22, "https://good.example:8200:443", OriginError::Port),
    (22, "https://good.example:8a", OriginError::Port),
    (22, "https://good.example:443", OriginError::DefaultPort),
    (22, "http://good.example:80", OriginError::DefaultPort),
    (22, "https://[::1]8200", OriginError::Port),
    (22, "https://[::1]:", OriginError::Port),
    (23, "https:good.example", OriginError::Scheme),
    (23, "https:/good.example", OriginError::Scheme),
    (23, "//good.example", OriginError::Scheme),
    (23, "good.example", OriginError::Scheme),
    (23, "ftp://good.example", OriginError::Scheme),
    (23, " https://good.example", OriginError::Control),
    (23, "https://good.example ", OriginError::Control),
    (23, "https://go\tod.example", OriginError::Control),
    (23, "https://go\nod.example", OriginError::Control),
    (24, "https://good.example\r\nHost: evil.example", OriginError::Control),
    (24, "https://good.example\u{0}", OriginError::Control),
    (24, "https://good.example\u{7f}", OriginError::Control),
    (35, "https://169.254.169.254", OriginError::Metadata),
    (35, "https://169.254.170.2", OriginError::Metadata),
    (35, "http://100.100.100.200", OriginError::Metadata),
    (35, "http://168.63.129.16", OriginError::Metadata),
    (35, "https://[fd00:ec2::254]", OriginError::Metadata),
    (35, "https://[fd20:ce::254]", OriginError::Metadata),
    (36, "https://metadata.google.internal", OriginError::Name(Refused::Metadata)),
    (36, "https://metadata", OriginError::Name(Refused::Metadata)),
    (36, "https://metadata.goog", OriginError::Name(Refused::Metadata)),
    (36, "https://instance-data", OriginError::Name(Refused::Metadata)),
    (36, "https://instance-data.ec2.internal", OriginError::Name(Refused::Metadata)),
    (36, "https://localhost", OriginError::Name(Refused::Localhost)),
    (36, "https://vault.localhost:8200", OriginError::Name(Refused::Localhost)),
    (36, "https://localhost.localdomain", OriginError::Name(Refused::Localhost)),
    (36, "https://ip6-localhost", OriginError::Name(Refused::Localhost)),
    (36, "https://printer.local", OriginError::Name(Refused::Local)),
    (36, "https://vault.corp.internal", OriginError::Name(Refused::Internal)),
    (36, "https://internal", OriginError::Name(Refused::Internal)),
    (36, "https://kubernetes.default", OriginError::Name(Refused::ClusterSystem)),
    (36, "https://kubernetes.default.svc", OriginError::Name(Refused::ClusterSystem)),
    (36, "https://kubernetes.default.svc.cluster.local", OriginError::Name(Refused::ClusterSystem)),
    (36, "https://kube-dns.kube-system.svc:9153", OriginError::Name(Refused::ClusterSystem)),
    (36, "https://a.onion", OriginError::Name(Refused::Unresolvable)),
    (36, "https://vault", OriginError::OneLabel),
    (38, "https://vault.svc:8200", OriginError::Name(Refused::ClusterForm)),
    (38, "https://vault-0.vault.vault.svc:8200", OriginError::Name(Refused::ClusterForm)),
    (38, "https://10-8-0-1.vault.pod.cluster.local:8200", OriginError::Name(Refused::ClusterForm)),
    (38, "https://va_ult.vault.svc:8200", OriginError::Name(Refused::ClusterForm)),
    (39, "https://0.0.0.0", OriginError::LiteralClass),
    (39, "https://255.255.255.255", OriginError::LiteralClass),
    (39, "https://[::]", OriginError::LiteralClass),
    (67, "https://*.vault.azure.net", OriginError::Wildcard),
    (0, "https://", OriginError::NoHost),
    (0, "https://:8200", OriginError::NoHost),
    (0, "", OriginError::Scheme),
    (0, "https://-good.example", OriginError::Label),
    (0, "https://good-.example", OriginError::Label),
    (0, "https://good,example", OriginError::HostCharacter),
    (0, "https://good example", OriginError::Control),
];

#[test]
fn g6_denied_origins_row_by_row() {
    for (row, text, error) in ORIGINS {
        assert_eq!(parse(text, ALL), Err(*error), "row {row}: {text}");
        assert_eq!(parse_store_url(text), Err(*error), "row {row}: {text}");
        assert_eq!(gate(&format!("{text}/"), ALL), Err((*error).into()), "row {row}: {text}/");
    }
}

/// Row, URL, error.
#[rustfmt::skip]
const URLS: &[(u8, &str, UrlError)] = &[
    (1, "https://good.example@evil.example/", UrlError::Origin(OriginError::Userinfo)),
    (4, "https://evil.example#@good.example/", UrlError::Origin(OriginError::Fragment)),
    (4, "https://good.example/#", UrlError::Origin(OriginError::Fragment)),
    (4, "https://good.example/a#b", UrlError::Origin(OriginError::Fragment)),
    (4, "https://evil.example?@good.example/", UrlError::NoPath),
    (23, "https:///good.example", UrlError::Origin(OriginError::NoHost)),
    (23, "https://good.example", UrlError::NoPath),
    (23, "https://good.example?a", UrlError::NoPath),
    (24, "https://good.example/%0D%0AHost:evil.example", UrlError::EscapedCharacter),
    (24, "https://good.example/\r\n", UrlError::Origin(OriginError::Control)),
    (25, "https://good.example/http://evil.example/", UrlError::EmptySegment),
    (53, "https://good.example/a/..", UrlError::DotSegment),
    (53, "https://good.example/../a", UrlError::DotSegment),
    (53, "https://good.example/./a", UrlError::DotSegment),
    (53, "https://good.example/a/%2e%2e/b", UrlError::Escape),
    (53, "https://good.example/a/%2E%2E/b", UrlError::EscapedCharacter),
    (53, "https://good.example/a/%2E./b", UrlError::EscapedCharacter),
    (53, "https://good.example/a/.%2E/b", UrlError::EscapedCharacter),
    (54, "https://good.example/a%2Fb", UrlError::EscapedCharacter),
    (54, "https://good.example/a%2fb", UrlError::Escape),
    (54, "https://good.example/a%5Cb", UrlError::EscapedCharacter),
    (54, "https://good.example/a%5cb", UrlError::Escape),
    (54, "https://good.example/a\\b", UrlError::Origin(OriginError::Backslash)),
    (54, "https://good.example//a", UrlError::EmptySegment),
    (54, "https://good.example/a//b", UrlError::EmptySegment),
    (54, "https://good.example/a/", UrlError::EmptySegment),
    (54, "https://good.example/a;x", UrlError::PathCharacter),
    (54, "https://good.example/..;/a", UrlError::PathCharacter),
    (54, "https://good.example/%00", UrlError::EscapedCharacter),
    (54, "https://good.example/%7F", UrlError::EscapedCharacter),
    (54, "https://good.example/%252e", UrlError::EscapedCharacter),
    (54, "https://good.example/%C0%AE", UrlError::EscapedCharacter),
    (54, "https://good.example/%c0%ae", UrlError::Escape),
    (54, "https://good.example/%C3%A9", UrlError::EscapedCharacter),
    (54, "https://good.example/%u002e", UrlError::Escape),
    (54, "https://good.example/%zz", UrlError::Escape),
    (54, "https://good.example/%", UrlError::Escape),
    (54, "https://good.example/%4", UrlError::Escape),
    (54, "https://good.example/%41", UrlError::EscapedCharacter),
    (54, "https://good.example/%7E", UrlError::EscapedCharacter),
    (54, "https://good.example/a[b]", UrlError::PathCharacter),
    (54, "https://good.example/a^b", UrlError::PathCharacter),
    (54, "https://good.example/a|b", UrlError::PathCharacter),
    (55, "https://good.example/?", UrlError::EmptyQuery),
    (55, "https://good.example/?a;b", UrlError::QueryCharacter),
    (55, "https://good.example/?a'b", UrlError::QueryCharacter),
    (55, "https://good.example/?a+b", UrlError::QueryCharacter),
    (55, "https://good.example/?a?b", UrlError::QueryCharacter),
    (55, "https://good.example/?a[b]=c", UrlError::QueryCharacter),
    (55, "https://good.example/?a=%26", UrlError::EscapedCharacter),
    (55, "https://good.example/?a=%0A", UrlError::EscapedCharacter),
    (55, "https://good.example/?a=%2525", UrlError::EscapedCharacter),
    (55, "https://good.example/?a=%2b", UrlError::Escape),
];

#[test]
fn i1_denied_urls_row_by_row() {
    for (row, text, error) in URLS {
        assert_eq!(gate(text, ALL), Err(*error), "row {row}: {text}");
    }
}

/// The twins: next to each trick, what is meant by it in honest form.
#[test]
fn i1_allowed_urls_row_by_row() {
    for (row, text) in [
        (1, "https://good.example/@evil.example"),
        (4, "https://good.example/%23"),
        (5, "https://good.example/a."),
        (9, "https://xn--bcher-kva.example/"),
        (9, "https://xn--fiqs8s.xn--fiqs8s/"),
        (10, "https://127.0.0.1/"),
        (10, "https://1.2.3.example/"),
        (12, "https://0x7f.example/"),
        (17, "https://[::1]:8200/"),
        (19, "https://[64:ff9b::808:808]/"),
        (22, "https://good.example:1/"),
        (22, "https://good.example:65535/"),
        (22, "http://good.example:443/"),
        (36, "https://notlocalhost.example/"),
        (36, "https://local.example/"),
        (36, "https://metadata.example/"),
        (36, "https://evillocal.example/"),
        (38, "https://vault.vault.svc:8200/"),
        (38, "https://vault.vault.svc.cluster.local:8200/"),
        (38, "https://vault.vault.svc.example/"),
        (53, "https://good.example/..a/.b/c..d/..."),
        (54, "https://good.example/a%20b/%22%3C%3E%5B%5D%5E%60%7B%7C%7D%3B"),
        (54, "https://good.example/-._~!$&'()*+,=:@"),
        (55, "https://good.example/%3Flist=true"),
        (55, "https://good.example/?list=true&a=b%20%2B%3B%27%3F%23"),
        (55, "https://good.example/?-._~!$()*,:@/&="),
        (55, "https://good.example/?="),
    ] {
        let url = gate(text, ALL).unwrap_or_else(|error| panic!("row {row}: {text}: {error}"));
        assert_agreed(text, &url);
    }
}

#[test]
fn i1_lengths_at_their_limits() {
    let label = "a".repeat(63);
    let host = format!("{label}.{label}.{label}.{}", &label[2..]);
    assert_eq!(host.len(), 253);
    assert!(parse(&format!("https://{host}"), ALL).is_ok());
    assert_eq!(parse(&format!("https://{host}a"), ALL), Err(OriginError::HostLength));
    assert_eq!(parse(&format!("https://{label}a.example"), ALL), Err(OriginError::Label));
    let url = format!("https://good.example/{}", "a".repeat(8192 - 21));
    assert_agreed(&url, &gate(&url, ALL).unwrap());
    assert_eq!(gate(&format!("{url}a"), ALL), Err(OriginError::TooLong.into()));
}
