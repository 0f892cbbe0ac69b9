//! The audit: a record for each request that left or was denied, and no credential or value in it, nor in a log.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use bailiwick_boundary::{Answer, Arg, Ask, CallError, Part};
use bailiwick_broker::{Audit, JsonLines, Verdict};
use bailiwick_testkit::hostile::{Hostile, Wire};

use crate::{
    backend::{Backend, ok, reply},
    harness::{House, MINTED, PLANTED, at, read, request, until},
};

const VALUE: &str = "PLANTED-value-1234";

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn vault() -> Backend {
    Backend::start(|request| {
        if request.starts_with("POST /v1/auth/userpass") {
            ok(&format!(r#"{{"auth":{{"client_token":"{MINTED}","lease_duration":600}}}}"#))
        } else if request.contains("/denied") {
            reply(403, &format!(r#"{{"errors":["{VALUE}"]}}"#))
        } else {
            ok(&format!(r#"{{"data":{{"data":{{"v":"{VALUE}"}}}}}}"#))
        }
    })
}

#[tokio::test]
async fn every_request_has_a_record() {
    let (backend, house) = (vault(), House::new());
    let mut guest = house.run(backend.address, &["team-a/db", "team-b/db"]);
    let token = guest.login().await.unwrap();
    guest.body(read(0, Some(token))).await;
    assert_eq!(guest.call(read(1, Some(token))).await, Err(CallError::Denied));
    guest.done().await;
    assert_eq!(house.audit.lines(), ["login 200", "get 200", "get KeyNotGranted", "revoke-self 200"]);
    let records = house.audit.records();
    let sent = &records[1];
    assert_eq!(sent.time, "2015-08-30T12:36:00.000Z");
    assert_eq!((sent.object.as_str(), sent.grant.as_str()), ("ExternalSecret/team-a/db", "team-a-vault"));
    assert_eq!(sent.provider, crate::harness::DIGEST);
    assert_eq!(sent.origin.as_deref(), Some(format!("http://{}", backend.address).as_str()));
    assert_eq!(sent.address.as_deref(), Some(backend.address.to_string().as_str()));
    assert_eq!((sent.method.as_deref(), sent.path.as_deref()), (Some("GET"), Some("/v1/kv/data/team-a/db")));
    assert_eq!((sent.verdict, sent.reason), (Verdict::Sent, None));
    assert!(sent.bytes_out > 50 && sent.bytes_in > 20);
    let denied = &records[2];
    assert_eq!((denied.verdict, denied.bytes_out, denied.origin.clone()), (Verdict::Denied, 0, None));
}

#[tokio::test]
async fn a_request_that_is_cut_short_has_a_record_too() {
    let server = Hostile::start(Wire::Hang).unwrap();
    let house = House::new();
    for many in [1, 2] {
        let mut guest = house.run(server.address(), &["team-a/db"]);
        let before = server.requests().len();
        tokio::select! {
            answer = guest.ask(Ask::Call(vec![read(0, None); many])) => panic!("{answer:?}"),
            () = until(|| server.requests().len() == before + many) => {}
        }
    }
    until(|| house.audit.lines() == ["get Cancelled"; 3]).await;
}

#[tokio::test]
async fn i4_no_credential_and_no_value_in_audit_or_log() {
    let log = Buffer::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole binary: what the other tests log meanwhile is scanned too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let audit = Buffer::default();
    let lines = Arc::new(JsonLines::new(audit.clone()));
    let (backend, house) = (vault(), House::with(|options| options.audit = lines as Arc<dyn Audit>));
    let keys = ["team-a/db", "team-a/denied", "team-b/x", "team-a/../x"];
    let mut guest = house.run(backend.address, &keys);
    let token = guest.login().await.unwrap();
    for entry in [0, 1, 2, 3] {
        if let Ok(reply) = guest.call(read(entry, Some(token))).await {
            let text = Ask::Text(at(reply.body, &["/data/data/v"]));
            assert!(matches!(guest.ask(text).await, Answer::Text(Err(_))));
        }
    }
    let part = Arg::Entry(0, Part::Key);
    let _ = guest.call(request(PLANTED, &[(MINTED, part)], Some(token))).await;
    let body = guest.body(read(0, Some(token))).await;
    guest.deliver(0, at(body, &["/data/data/v"])).await;
    guest.done().await;
    let text = |buffer: &Buffer| String::from_utf8_lossy(&buffer.0.lock().unwrap()).into_owned();
    let both = text(&log) + &text(&audit);
    // The scan must be able to find something.
    assert!(text(&log).contains("team-a-vault"), "{both}");
    assert!(text(&audit).contains("/v1/kv/data/team-a/db"), "{both}");
    for planted in [PLANTED, MINTED, VALUE] {
        assert!(!both.contains(planted), "{planted} is in {both}");
        assert!(!both.contains(&base64(planted)), "{planted} is there in base64");
        assert!(!both.contains(&hex(planted)), "{planted} is there in hex");
    }
    assert_eq!(text(&audit).lines().count(), 8);
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(text)
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}
