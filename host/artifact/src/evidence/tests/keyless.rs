//! What a Sigstore vouches for, made on the spot by a program in Go that is independent of the verifier
//! (`testkit::sigstore`). Without Go the tests say that they are skipped; with `CI=true` they fail. This is the tamper
//! suite: a new version of the verifier's crates passes it before it is used.

use std::sync::LazyLock;

use bailiwick_core::trust::Identity;
use bailiwick_testkit::sigstore::{Bundle as Made, Signer as Who, Sigstore};

use super::*;

const CLAIMS: [(&str, &str); 2] =
    [("sourceRepositoryURI", "https://example.test/acme/vault"), ("runnerEnvironment", "hosted")];

static SCENE: LazyLock<Option<Sigstore>> = LazyLock::new(|| {
    let (one, other) = (artifact().hex(), other().hex());
    Sigstore::make(&Who { claims: &CLAIMS, ..Who::default() }, &[&one, &other]).unwrap()
});

fn other() -> Digest {
    Digest::of(b"another manifest")
}

fn made(bundle: Made) -> Option<Value> {
    let text = SCENE.as_ref()?.bundle(&artifact().hex(), bundle).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn root_of(json: String) -> Anchors {
    let roots = [(Digest::of(json.as_bytes()).to_string(), json)].into();
    Anchors { roots, ..Anchors::default() }
}

/// The root, and the key.
fn all() -> Anchors {
    let scene = SCENE.as_ref().unwrap();
    let (id, der) = keys::public(scene.public_key().unwrap().as_bytes()).unwrap();
    Anchors { keys: [(id, der)].into(), ..root_of(scene.trusted_root().unwrap()) }
}

fn root_id() -> String {
    Digest::of(SCENE.as_ref().unwrap().trusted_root().unwrap().as_bytes()).to_string()
}

/// A good bundle, changed.
fn tampered(bundle: Made, change: impl FnOnce(&mut Value)) -> Result<Vec<Fact>, Why> {
    let mut value = made(bundle).unwrap();
    assert!(check(piece(&value), &all()).is_ok(), "{bundle:?}");
    let before = value.clone();
    change(&mut value);
    assert_ne!(value, before, "the test changes nothing");
    check(piece(&value), &all())
}

fn entry(bundle: &mut Value) -> &mut Value {
    &mut bundle["verificationMaterial"]["tlogEntries"][0]
}

/// Flips a bit in the middle of a member in base64.
fn flip(member: &mut Value) {
    let mut bytes = STANDARD.decode(member.as_str().unwrap()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    *member = STANDARD.encode(bytes).into();
}

const LOGGED: [Made; 3] = [Made::Keyless, Made::KeylessTimestamp, Made::KeylessV2];

#[test]
fn a_keyless_bundle_is_a_fact_with_its_identity_and_time() {
    if SCENE.is_none() {
        return;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for bundle in LOGGED {
        let facts =
            check(piece(&made(bundle).unwrap()), &all()).unwrap_or_else(|why| panic!("{bundle:?}: {why}"));
        let [fact] = &facts[..] else { panic!("{bundle:?}: {}", facts.len()) };
        let identity = Identity {
            root: root_id(),
            issuer: Who::default().issuer.into(),
            subject: Who::default().identity.into(),
            claims: CLAIMS.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect(),
        };
        assert_eq!(fact.signer, Signer::Keyless(identity), "{bundle:?}");
        assert_eq!(fact.log, Some(root_id()));
        assert_eq!((fact.predicate_type.as_str(), &fact.predicate), (SIGNATURE, &json!({})));
        let age = i64::try_from(now).unwrap() - fact.signed_at.unwrap();
        assert!((0..3600).contains(&age), "{bundle:?}: {age}");
    }
}

#[test]
fn a_keyless_attestation_is_no_signature() {
    let Some(bundle) = made(Made::Attestation) else { return };
    let facts = check(piece(&bundle), &all()).unwrap();
    assert_eq!(facts[0].predicate_type, "https://slsa.dev/provenance/v1");
}

#[test]
fn denied_what_only_a_bad_authority_makes() {
    if SCENE.is_none() {
        return;
    }
    for bundle in Made::ODD.into_iter().filter(|bundle| !bundle.is_keyed()) {
        let expected = match bundle {
            Made::OddNoSct | Made::OddForeignSct => Refused::Sct,
            Made::OddOtherUsage | Made::OddForeignIssuer => Refused::Certificate,
            Made::OddExpired | Made::OddNotYetValid => Refused::Certificate,
            Made::OddNoLog | Made::OddTimestampNoLog | Made::OddForeignLog => Refused::Log,
            _ => Refused::Time,
        };
        let denied = check(piece(&made(bundle).unwrap()), &all());
        assert_eq!(denied, Err(Why::Refused(expected)), "{bundle:?}");
    }
}

#[test]
fn denied_another_root_another_artifact_and_no_root() {
    let Some(bundle) = made(Made::Keyless) else { return };
    let foreign = root_of(SCENE.as_ref().unwrap().other_root().unwrap());
    assert!(matches!(check(piece(&bundle), &foreign), Err(Why::Refused(_))));
    assert_eq!(check(piece(&bundle), &Anchors::default()), Err(Why::NoRoot));
    assert_eq!(check_of(piece(&bundle), &other(), &all()), Err(Why::Subject));
    // With both roots it counts for the one that vouches.
    let mut both = all();
    both.roots.extend(foreign.roots);
    let facts = check(piece(&bundle), &both).unwrap();
    assert_eq!(facts.iter().map(|fact| fact.log.clone()).collect::<Vec<_>>(), [Some(root_id())]);
}

#[test]
fn denied_a_log_entry_that_was_changed() {
    if SCENE.is_none() {
        return;
    }
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 9] = [
        ("proof hash", |b| flip(&mut entry(b)["inclusionProof"]["rootHash"])),
        ("proof dropped", |b| drop(entry(b).as_object_mut().unwrap().remove("inclusionProof"))),
        ("checkpoint", |b| {
            let text = &mut entry(b)["inclusionProof"]["checkpoint"]["envelope"];
            *text = text.as_str().unwrap().replacen('\n', "x\n", 1).into();
        }),
        ("checkpoint dropped", |b| {
            drop(entry(b)["inclusionProof"].as_object_mut().unwrap().remove("checkpoint"))
        }),
        ("body", |b| flip(&mut entry(b)["canonicalizedBody"])),
        ("log", |b| flip(&mut entry(b)["logId"]["keyId"])),
        ("entries dropped", |b| b["verificationMaterial"]["tlogEntries"] = json!([])),
        ("kind", |b| entry(b)["kindVersion"] = json!({"kind": "intoto", "version": "0.0.2"})),
        ("an unproven one beside it", |b| {
            let mut second = entry(b).clone();
            second.as_object_mut().unwrap().remove("inclusionProof");
            b["verificationMaterial"]["tlogEntries"].as_array_mut().unwrap().push(second);
        }),
    ];
    for bundle in LOGGED {
        for (name, change) in changes {
            // What the root hash says is not looked at in version 2: the checkpoint says it.
            if bundle == Made::KeylessV2 && matches!(name, "proof hash" | "log") {
                continue;
            }
            let denied = tampered(bundle, change);
            assert!(matches!(denied, Err(Why::Refused(_))), "{bundle:?}, {name}: {denied:?}");
        }
    }
}

#[test]
fn denied_a_promise_or_time_that_was_changed() {
    if SCENE.is_none() {
        return;
    }
    let promise =
        tampered(Made::Keyless, |b| flip(&mut entry(b)["inclusionPromise"]["signedEntryTimestamp"]));
    assert_eq!(promise, Err(Why::Refused(Refused::Log)));
    let dropped =
        tampered(Made::Keyless, |b| drop(entry(b).as_object_mut().unwrap().remove("inclusionPromise")));
    assert_eq!(dropped, Err(Why::Refused(Refused::Time)));
    let moved = tampered(Made::Keyless, |b| {
        let time: i64 = entry(b)["integratedTime"].as_str().unwrap().parse().unwrap();
        entry(b)["integratedTime"] = (time + 1).to_string().into();
    });
    assert_eq!(moved, Err(Why::Refused(Refused::Log)));
    let stamp = tampered(Made::KeylessV2, |b| {
        flip(
            &mut b["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"][0]["signedTimestamp"],
        );
    });
    assert_eq!(stamp, Err(Why::Refused(Refused::Time)));
    let gone = tampered(Made::KeylessV2, |b| {
        b["verificationMaterial"]["timestampVerificationData"] = json!({});
    });
    assert_eq!(gone, Err(Why::Refused(Refused::Time)));
}

/// CVE-2022-36056: a genuine entry, of another signature by the same signer.
#[test]
fn denied_the_entry_of_another_signature() {
    if SCENE.is_none() {
        return;
    }
    let foreign = made(Made::Attestation).unwrap()["verificationMaterial"]["tlogEntries"].clone();
    let denied = tampered(Made::Keyless, |b| b["verificationMaterial"]["tlogEntries"] = foreign.clone());
    assert!(matches!(denied, Err(Why::Refused(_))), "{denied:?}");
    let twin = SCENE.as_ref().unwrap().bundle(&other().hex(), Made::Keyless).unwrap();
    let twin: Value = serde_json::from_str(&twin).unwrap();
    let denied = tampered(Made::Keyless, |b| b["dsseEnvelope"] = twin["dsseEnvelope"].clone());
    assert_eq!(denied, Err(Why::Subject));
    let denied =
        tampered(Made::KeyLog, |b| b["verificationMaterial"]["tlogEntries"] = foreign.clone()).unwrap();
    assert_eq!((denied.len(), &denied[0].log), (1, &None));
}

#[test]
fn denied_a_flipped_byte_in_payload_signature_or_certificate() {
    if SCENE.is_none() {
        return;
    }
    for bundle in LOGGED {
        let signature = tampered(bundle, |b| flip(&mut b["dsseEnvelope"]["signatures"][0]["sig"]));
        assert!(signature.is_err(), "{bundle:?}");
        let payload = tampered(bundle, |b| {
            let text = STANDARD.decode(b["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
            let spaced = [text, b" ".to_vec()].concat();
            b["dsseEnvelope"]["payload"] = STANDARD.encode(spaced).into();
        });
        assert!(matches!(payload, Err(Why::Refused(_))), "{bundle:?}: {payload:?}");
        let certificate =
            tampered(bundle, |b| flip(&mut b["verificationMaterial"]["certificate"]["rawBytes"]));
        assert!(matches!(certificate, Err(Why::Refused(_))), "{bundle:?}: {certificate:?}");
    }
}

#[test]
fn a_logged_bundle_by_a_key_says_which_log_and_when() {
    let Some(bundle) = made(Made::KeyLog) else { return };
    let key = all().keys.keys().next().unwrap().clone();
    let facts = check(piece(&bundle), &all()).unwrap();
    assert_eq!(
        (facts.len(), &facts[0].signer, &facts[0].log),
        (1, &Signer::Key(key.clone()), &Some(root_id()))
    );
    assert!(facts[0].signed_at.is_some());
    // Without a root nobody asks the log.
    let facts = check(piece(&bundle), &Anchors { roots: Default::default(), ..all() }).unwrap();
    assert_eq!((facts.len(), &facts[0].signer, &facts[0].log), (1, &Signer::Key(key), &None));
    assert_eq!(facts[0].signed_at, None);
    // And without the key nobody signed it.
    assert_eq!(check(piece(&bundle), &Anchors { keys: Default::default(), ..all() }), Err(Why::NoKey));
}

/// The signature holds, but no log vouches for it: a fact that never satisfies who demands a log.
#[test]
fn denied_a_log_to_bundles_by_a_key_that_have_none() {
    if SCENE.is_none() {
        return;
    }
    for bundle in [Made::Key, Made::KeyTimestamp, Made::OddKeyNoLog, Made::OddKeyForeignLog] {
        let facts = check(piece(&made(bundle).unwrap()), &all()).unwrap();
        assert_eq!((facts.len(), &facts[0].log, facts[0].signed_at), (1, &None, None), "{bundle:?}");
    }
    type Change = fn(&mut Value);
    let changes: [Change; 4] = [
        |b| flip(&mut entry(b)["canonicalizedBody"]),
        |b| flip(&mut entry(b)["inclusionProof"]["rootHash"]),
        |b| flip(&mut entry(b)["inclusionPromise"]["signedEntryTimestamp"]),
        |b| drop(entry(b).as_object_mut().unwrap().remove("inclusionProof")),
    ];
    for change in changes {
        let facts = tampered(Made::KeyLog, change).unwrap();
        assert_eq!((facts.len(), &facts[0].log, facts[0].signed_at), (1, &None, None));
    }
}
