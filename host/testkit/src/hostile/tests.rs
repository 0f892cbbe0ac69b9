use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::*;

fn exchange(server: &Hostile, limit: usize) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream.write_all(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody").unwrap();
    let mut got = Vec::new();
    let mut buffer = [0; 16384];
    while got.len() < limit {
        match stream.read(&mut buffer) {
            Ok(n @ 1..) => got.extend(&buffer[..n]),
            _ => break,
        }
    }
    got
}

#[test]
fn keeps_requests_byte_for_byte_and_the_connection() {
    let server = Hostile::start(Wire::json("{}")).unwrap();
    let got = exchange(&server, 1 << 20);
    assert!(got.ends_with(b"\r\n\r\n{}"));
    assert_eq!(server.requests(), [b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody".to_vec()]);
    assert_eq!(server.connections(), 1);
}

#[test]
fn each_script_sends_what_it_says() {
    let server = Hostile::start(Wire::Hang).unwrap();
    assert_eq!(exchange(&server, 1), b"");
    let has = |wire: Wire, what: &str| {
        server.then(wire);
        let got = String::from_utf8_lossy(&exchange(&server, 1 << 20)).into_owned();
        assert!(got.contains(what), "{what}: {got}");
    };
    has(Wire::HangInBody, "Content-Length: 100");
    has(Wire::Drip { every: Duration::from_micros(10) }, "fine");
    has(Wire::Headers { count: 70, size: 10 }, "X-Pad-69: xxxxxxxxxx");
    has(Wire::LengthAndChunked, "Transfer-Encoding: chunked");
    has(Wire::TwoLengths, "Content-Length: 3");
    has(Wire::FoldedHeader, "one\r\n two");
    has(Wire::BadChunk, "\r\nzz\r\n");
    has(Wire::TwoReplies, "forged");
    has(Wire::Garbage, "not HTTP");
    has(Wire::CloseInBody, "Content-Length: 4096");
    has(Wire::Reset, "HTTP/1.1 200");
    has(Wire::Informational(3), "103 Early Hints");
    has(Wire::Switch, "101 Switching");
    has(Wire::EndlessHeader, "X-Pad: xxx");
    has(Wire::EndlessBody, "10000\r\nxxx");
    server.then(Wire::Large(100_000));
    assert!(exchange(&server, 1 << 20).len() > 100_000);
    server.then(Wire::CloseAtOnce);
    assert_eq!(exchange(&server, 1), b"");
}
