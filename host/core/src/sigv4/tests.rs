//! AWS's own suite, the vectors of HMAC's RFC and of AWS's documentation, and what a signature must depend on.

use std::{fs, path::Path};

use proptest::prelude::*;

use super::*;
use crate::{
    corpus,
    egress::{origin::OriginOptions, url},
};

/// One case of the suite, in its header form.
struct Case {
    name: String,
    context: serde_json::Value,
    request: Vec<u8>,
    folder: std::path::PathBuf,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let context = serde_json::from_slice(&fs::read(folder.join("context.json")).unwrap()).unwrap();
        let request = fs::read(folder.join("request.txt")).unwrap();
        Self { name, context, request, folder: folder.to_owned() }
    }

    fn expected(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap().trim_end_matches('\n').to_owned()
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.context.pointer(pointer).and_then(serde_json::Value::as_str)
    }

    fn flag(&self, pointer: &str) -> bool {
        self.context.pointer(pointer).and_then(serde_json::Value::as_bool).unwrap_or(false)
    }

    /// Runs `check` on the request as the suite wrote it.
    fn with<T>(&self, check: impl FnOnce(&SignRequest<'_>) -> T) -> T {
        let text = str::from_utf8(&self.request).unwrap();
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
        let (line, fields) = head.split_once('\n').unwrap();
        // A target of this suite may hold a space, so the line is cut at its ends.
        let line = line.strip_suffix(" HTTP/1.1").unwrap();
        let (method, path_and_query) = line.split_once(' ').unwrap();
        let headers = fields_of(fields);
        check(&SignRequest {
            method,
            path_and_query,
            headers: &headers,
            body: body.as_bytes(),
            access_key_id: self.text("/credentials/access_key_id").unwrap(),
            secret_access_key: self.text("/credentials/secret_access_key").unwrap().as_bytes(),
            session_token: self.text("/credentials/token").filter(|_| !self.flag("/omit_session_token")),
            region: self.text("/region").unwrap(),
            service: self.text("/service").unwrap(),
            timestamp_unix: 1_440_938_160,
            path: PathRules { normalize: self.flag("/normalize"), encode: true },
            send_content_sha256: self.flag("/sign_body"),
        })
    }
}

/// Fields of a head; a line that starts with space goes on with the one before (obsolete folding).
fn fields_of(head: &str) -> Vec<(&str, &str)> {
    let mut fields = Vec::new();
    let mut start = 0;
    for (end, _) in head.match_indices('\n').chain([(head.len(), "")]) {
        if !head[end..].starts_with("\n ") {
            fields.push(head[start..end].split_once(':').unwrap());
            start = end + 1;
        }
    }
    fields
}

fn canonical_text(signing: &Signing<'_, '_>) -> String {
    let mut text = String::new();
    signing.canonical().write(&mut |part| text.push_str(part));
    text
}

/// All cases, with the flags that each one sets. Only the header form: the query form (presigned URLs) is not
/// offered. Cases whose path our gate refuses are signed all the same: the rules are the suite's, not ours.
#[test]
fn corpus_signature_v4() {
    let Some(folder) = corpus::find("sigv4") else { return };
    let mut cases: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| Case::read(&entry.unwrap().path())).collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(cases.len(), 38);
    for case in &cases {
        assert_eq!(case.text("/timestamp"), Some("2015-08-30T12:36:00Z"), "{}", case.name);
        case.with(|request| check_case(case, request));
    }
    println!("signed {} of {} cases in header form; query form is not offered", cases.len(), cases.len());
}

fn check_case(case: &Case, request: &SignRequest<'_>) {
    let signing = Signing::of(request);
    assert_eq!(canonical_text(&signing), case.expected("header-canonical-request.txt"), "{}", case.name);
    let to_sign = signing.string_to_sign(&signing.canonical());
    assert_eq!(to_sign, case.expected("header-string-to-sign.txt"), "{}", case.name);
    assert_eq!(signing.signature(&to_sign), case.expected("header-signature.txt"), "{}", case.name);
    let signed = case.expected("header-signed-request.txt").to_ascii_lowercase();
    for (name, value) in sign(request).pairs() {
        let line = format!("\n{name}:{value}").to_ascii_lowercase();
        assert!(signed.contains(&line), "{}: {line}", case.name);
    }
}

/// RFC 4231, cases 1, 2, 6 and 7: keys shorter and longer than a block.
#[test]
fn hmac_vectors() {
    let long = [0xaa; 131];
    for (key, message, code) in [
        (
            &[0x0b; 20][..],
            &b"Hi There"[..],
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            &long,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &long,
            b"This is a test using a larger than block-size key and a larger than block-size data. The key \
              needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ] {
        assert_eq!(hex(&*key::hmac(key, message)), code);
    }
}

/// The example of AWS's documentation, "Derive a signing key".
#[test]
fn signing_key_vector() {
    let key = signing_key(b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam");
    assert_eq!(hex(&*key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

#[test]
fn times_are_written_in_utc() {
    for (unix, time) in [
        (0, "19700101T000000Z"),
        (68_169_599, "19720228T235959Z"),
        (68_169_600, "19720229T000000Z"),
        (951_782_400, "20000229T000000Z"),
        (951_868_800, "20000301T000000Z"),
        (1_440_938_160, "20150830T123600Z"),
        (1_735_689_599, "20241231T235959Z"),
        (4_107_542_399, "21000228T235959Z"),
        (4_107_542_400, "21000301T000000Z"),
        (253_402_300_799, "99991231T235959Z"),
    ] {
        let stamp = Stamp::of(unix);
        assert_eq!((stamp.time.as_str(), stamp.date.as_str()), (time, &time[..8]), "{unix}");
    }
}

fn plain() -> SignRequest<'static> {
    SignRequest {
        method: "GET",
        path_and_query: "/a?b=c",
        headers: &[("host", "sts.eu-central-1.amazonaws.com"), ("x-amz-target", "T")],
        body: b"{}",
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: b"key",
        session_token: None,
        region: "eu-central-1",
        service: "sts",
        timestamp_unix: 1_440_938_160,
        path: PathRules::STANDARD,
        send_content_sha256: false,
    }
}

/// First lines of the canonical request: path and query.
fn canonical_target(path_and_query: &str, path: PathRules) -> (String, String) {
    let request = SignRequest { path_and_query, path, ..plain() };
    let text = canonical_text(&Signing::of(&request));
    let mut lines = text.lines().skip(1).map(str::to_owned);
    (lines.next().unwrap(), lines.next().unwrap())
}

/// All services but S3 encode the path that was sent once more.
#[test]
fn paths_are_encoded_twice_but_for_s3() {
    for (sent, standard, as_sent) in [
        ("/", "/", "/"),
        ("", "/", ""),
        ("/a-b_c.d~e", "/a-b_c.d~e", "/a-b_c.d~e"),
        ("/a%20b", "/a%2520b", "/a%20b"),
        ("/team-a:x@y", "/team-a%3Ax%40y", "/team-a:x@y"),
        ("/a//b/", "/a/b/", "/a//b/"),
        ("/a/./..", "/", "/a/./.."),
        ("/a/b/..", "/a/", "/a/b/.."),
        ("/..", "/", "/.."),
    ] {
        assert_eq!(canonical_target(sent, PathRules::STANDARD).0, standard, "{sent}");
        assert_eq!(canonical_target(sent, PathRules::AS_SENT).0, as_sent, "{sent}");
    }
}

#[test]
fn queries_are_sorted_and_encoded_once() {
    for (sent, canonical) in [
        ("/", ""),
        ("/?", ""),
        ("/?a", "a="),
        ("/?&a&&", "a="),
        ("/?b=2&a=2&a=1", "a=1&a=2&b=2"),
        ("/?a=%2F/&a-=1&A=1", "A=1&a=%2F%2F&a-=1"),
        ("/?a=%7E~%7e", "a=~~~"),
        ("/?a=b=c", "a=b%3Dc"),
        ("/?a=1+1", "a=1%2B1"),
        ("/?a=%", "a=%25"),
        ("/?a=%4", "a=%254"),
        ("/?a=%zz", "a=%25zz"),
        ("/?a=%%41", "a=%25A"),
    ] {
        assert_eq!(canonical_target(sent, PathRules::STANDARD).1, canonical, "{sent}");
    }
}

/// Each thing that a verifier must be able to hold against the signer changes the signature.
#[test]
fn i1_denied_a_signature_holds_for_no_other_request() {
    let others = [
        SignRequest { method: "POST", ..plain() },
        SignRequest { path_and_query: "/b?b=c", ..plain() },
        SignRequest { path_and_query: "/a?b=d", ..plain() },
        SignRequest { headers: &[("host", "sts.us-east-1.amazonaws.com"), ("x-amz-target", "T")], ..plain() },
        SignRequest {
            headers: &[("host", "sts.eu-central-1.amazonaws.com"), ("x-amz-target", "U")],
            ..plain()
        },
        SignRequest { headers: &[("host", "sts.eu-central-1.amazonaws.com")], ..plain() },
        SignRequest { body: b"{ }", ..plain() },
        SignRequest { secret_access_key: b"Key", ..plain() },
        SignRequest { session_token: Some("t"), ..plain() },
        SignRequest { region: "us-east-1", ..plain() },
        SignRequest { service: "ssm", ..plain() },
        SignRequest { timestamp_unix: 1_440_938_161, ..plain() },
        SignRequest { send_content_sha256: true, ..plain() },
    ];
    let signature =
        |request: &SignRequest<'_>| sign(request).authorization.rsplit_once('=').unwrap().1.to_owned();
    let mut seen = vec![signature(&plain())];
    for (index, other) in others.iter().enumerate() {
        let new = signature(other);
        assert!(!seen.contains(&new), "{index}");
        seen.push(new);
    }
}

#[test]
fn i1_allowed_order_and_case_of_headers_do_not_matter() {
    let turned = [("X-Amz-Target", " T "), ("HOST", "sts.eu-central-1.amazonaws.com")];
    let turned = SignRequest { headers: &turned, ..plain() };
    assert_eq!(sign(&turned).authorization, sign(&plain()).authorization);
}

#[test]
fn headers_are_added_once_each() {
    let request = SignRequest { session_token: Some("token"), send_content_sha256: true, ..plain() };
    let signed = sign(&request);
    let names: Vec<_> = signed.pairs().map(|(name, _)| name).collect();
    assert_eq!(names, [DATE, CONTENT_SHA256, SECURITY_TOKEN, AUTHORIZATION]);
    let names: Vec<_> = sign(&plain()).pairs().map(|(name, _)| name).collect();
    assert_eq!(names, [DATE, AUTHORIZATION]);
}

proptest! {
    /// What the gate lets through needs no normalisation, so signer and server read one path.
    #[test]
    fn i1_gated_paths_are_already_normal(path in "(/[a-z.%20]{0,6}){1,4}") {
        let url = format!("https://host.example{path}");
        if let Ok(url) = url::gate(&url, OriginOptions::default()) {
            let sent = PathRules { normalize: false, encode: true };
            prop_assert_eq!(canonical_target(url.path, PathRules::STANDARD), canonical_target(url.path, sent));
        }
    }

    #[test]
    fn any_bytes_are_signed(path in ".{0,40}", value in ".{0,20}", secret: Vec<u8>, body: Vec<u8>, time: u64) {
        let request = SignRequest {
            path_and_query: &path,
            headers: &[("host", &value)],
            secret_access_key: &secret,
            body: &body,
            timestamp_unix: time,
            ..plain()
        };
        prop_assert!(!sign(&request).authorization.is_empty());
    }
}
