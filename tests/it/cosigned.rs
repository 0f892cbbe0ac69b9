//! cosign and the operator in one registry: what cosign signs there runs, and what our command signs there cosign accepts.
//! What each makes of the other's bytes is shown in artifact (`evidence/tests/cosign.rs`). Without Go the tests say that
//! they are skipped; with `CI=true` they fail.

use bailiwick_testkit::{
    cosign::{Cosign, Format},
    registry::{Referrers, Registry},
};

use crate::{
    author::typed,
    trusted::{ALONE, Trusted},
};

const PASSPHRASE: &str = "correct horse";

/// A module that nobody signed, in a registry that cosign reaches; `cosign.pub` is the key that the policy names.
struct Cosigned {
    cosign: Cosign,
    trusted: Trusted,
    digest: String,
    _registry: Registry,
}

impl Cosigned {
    fn new(referrers: Referrers) -> Option<Self> {
        let cosign = Cosign::with_new_key(PASSPHRASE).unwrap()?;
        let registry = Registry::start(referrers).unwrap()?;
        let trusted = Trusted::at(&registry.host());
        trusted.borrow_compiled();
        trusted.pack("0.1.0", "modules/unsigned");
        let digest = trusted.push("modules/unsigned", "0.1.0");
        trusted.wants(":0.1.0", "");
        std::fs::copy(cosign.public_key(), trusted.scene.folder.join("cosign.pub")).unwrap();
        trusted.policy("cosign.pub", "");
        Some(Self { cosign, trusted, digest, _registry: registry })
    }

    fn reference(&self) -> String {
        format!("{}@{}", self.trusted.repository(), self.digest)
    }
}

fn what_cosign_signs_runs(referrers: Referrers) {
    let Some(scene) = Cosigned::new(referrers) else { return };
    let Cosigned { cosign, trusted, .. } = &scene;
    trusted.refused(&ALONE, "NoSignature");
    cosign.sign(&cosign.private_key(), Format::Bundle, &scene.reference()).unwrap();
    trusted.synced_with(&ALONE);
    // By whom it is, it is asked.
    trusted.policy("release.pub", "");
    trusted.refused(&ALONE, "SignatureInvalid");
}

#[test]
fn i9_what_cosign_signs_runs() {
    what_cosign_signs_runs(Referrers::Api);
}

#[test]
fn i9_what_cosign_signs_runs_where_no_referrers_are_listed() {
    what_cosign_signs_runs(Referrers::Absent);
}

#[test]
fn i9_what_cosign_signs_in_its_older_form_runs_where_the_policy_reads_it() {
    let Some(scene) = Cosigned::new(Referrers::Api) else { return };
    let Cosigned { cosign, trusted, .. } = &scene;
    cosign.sign(&cosign.private_key(), Format::Legacy, &scene.reference()).unwrap();
    trusted.refused(&ALONE, "NoSignature");
    trusted.policy("cosign.pub", "  formats: [bundle, simpleSigning]");
    trusted.synced_with(&ALONE);
}

#[test]
fn i9_what_cosign_signs_with_a_key_of_ours_runs() {
    let Some(scene) = Cosigned::new(Referrers::Api) else { return };
    let Cosigned { cosign, trusted, .. } = &scene;
    let folder = &trusted.scene.folder;
    let keygen = format!("BAILIWICK_KEY_PASSWORD='{PASSPHRASE}' bailiwick provider keygen --out-prefix ours");
    let said = typed(&keygen, folder.path());
    assert_eq!(said.code, 0, "{}", said.err);
    trusted.policy("ours.pub", "");
    trusted.refused(&ALONE, "NoSignature");
    cosign.sign(&folder.join("ours.key"), Format::Bundle, &scene.reference()).unwrap();
    trusted.synced_with(&ALONE);
}

#[test]
fn what_our_command_signs_in_a_registry_cosign_accepts() {
    for referrers in [Referrers::Api, Referrers::Absent] {
        let Some(scene) = Cosigned::new(referrers) else { return };
        let Cosigned { cosign, trusted, .. } = &scene;
        let release = trusted.scene.folder.join("release.pub");
        assert!(cosign.verify(&release, &scene.reference()).is_err(), "nobody signed it yet");
        trusted.sign_there("release.key", "0.1.0");
        cosign.verify(&release, &scene.reference()).unwrap();
        assert!(cosign.verify(&cosign.public_key(), &scene.reference()).is_err(), "another key did");
    }
}

#[test]
fn i9_what_cosign_attests_is_what_a_policy_may_ask_for() {
    let Some(scene) = Cosigned::new(Referrers::Api) else { return };
    let Cosigned { cosign, trusted, .. } = &scene;
    let kind = "https://example.test/scan/v1";
    let asks = |result: &str| {
        let rule = format!("name: scan, predicateType: '{kind}', signedBy: release");
        let cel = format!("expression: \"predicate.result == '{result}'\", message: 'not {result}'");
        trusted.policy("cosign.pub", &format!("  attestations: [{{{rule}, cel: [{{{cel}}}]}}]"));
    };
    asks("PASS");
    let scan = trusted.scene.folder.write("scan.json", r#"{"result": "PASS"}"#).unwrap();
    cosign.attest(kind, &scan, &scene.reference()).unwrap();
    trusted.refused(&ALONE, "NoSignature");
    cosign.sign(&cosign.private_key(), Format::Bundle, &scene.reference()).unwrap();
    trusted.synced_with(&ALONE);
    asks("FAIL");
    let said = trusted.refused(&ALONE, "AttestationRefused");
    assert!(said.contains("not FAIL"), "{said}");
}
