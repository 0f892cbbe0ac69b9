use std::net::UdpSocket;

use super::*;

fn ask(dns: &Dns, name: &str, kind: Kind) -> Vec<u8> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.send_to(&message::question(name, kind), dns.address()).unwrap();
    let mut buffer = [0; 512];
    let length = socket.recv(&mut buffer).unwrap();
    buffer[..length].to_vec()
}

fn answers(reply: &[u8]) -> u16 {
    u16::from_be_bytes([reply[6], reply[7]])
}

fn code(reply: &[u8]) -> u8 {
    reply[3] & 0x0f
}

#[test]
fn counts_what_was_asked_and_not_its_own_fence() {
    let dns = Dns::start().unwrap();
    assert_eq!(dns.queries().unwrap(), []);
    ask(&dns, "Vault.Corp.example", Kind::A);
    assert_eq!(dns.queries().unwrap(), [Query { name: "vault.corp.example".into(), kind: Kind::A }]);
}

#[test]
fn answers_by_family_and_echoes_the_case() {
    let dns = Dns::start().unwrap();
    dns.answer(
        "mixed.example",
        &["203.0.113.7".parse().unwrap(), "10.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
    );
    let reply = ask(&dns, "MiXed.example", Kind::A);
    assert_eq!((code(&reply), answers(&reply)), (0, 2));
    assert!(reply.windows(5).any(|w| w == b"MiXed"));
    assert_eq!(answers(&ask(&dns, "mixed.example", Kind::Aaaa)), 1);
    assert_eq!(answers(&ask(&dns, "mixed.example", Kind::Other(15))), 0);
}

#[test]
fn rebinds_in_turn_and_stays_with_the_last() {
    let dns = Dns::start().unwrap();
    let turns = vec![vec!["203.0.113.7".parse().unwrap()], vec!["127.0.0.1".parse().unwrap()]];
    dns.script("rebound.example", Script::Turns(turns));
    for last in [[203, 0, 113, 7], [127, 0, 0, 1], [127, 0, 0, 1]] {
        assert!(ask(&dns, "rebound.example", Kind::A).ends_with(&last));
    }
}

#[test]
fn follows_aliases_and_knows_no_other_name() {
    let dns = Dns::start().unwrap();
    dns.script("a.example", Script::Alias("b.example".into()));
    dns.answer("b.example", &["10.0.0.9".parse().unwrap()]);
    let reply = ask(&dns, "a.example", Kind::A);
    assert_eq!((code(&reply), answers(&reply)), (0, 2));
    assert!(reply.ends_with(&[10, 0, 0, 9]));
    assert_eq!(code(&ask(&dns, "c.example", Kind::A)), 3);
    dns.script("c.example", Script::Failure);
    assert_eq!(code(&ask(&dns, "c.example", Kind::A)), 2);
}
