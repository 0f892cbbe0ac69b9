use bailiwick_api::{
    condition::ConditionType,
    meta::ObjectMeta,
    trust_policy::{Authority, Ceiling, Freshness, KeyAuthority, PolicyMatch},
};
use bailiwick_artifact::{
    Evidence, Pulled,
    oci::{Layout, Limits, pack},
    sign::{self, PrivateKey},
};
use bailiwick_core::{
    program::ObjectStamp,
    trust::{Known, SIGNATURE, Selector},
};
use bailiwick_testkit::guest;

use super::*;

const REFERENCE: &str = "registry.example/bailiwick/fake:0.1.0";
const CATALOGUE: &str = include_str!("../../../artifact/src/build/tests/provider.toml");

/// An artifact that a key of its own signed.
struct Scene {
    key: PrivateKey,
    pulled: Pulled,
}

impl Scene {
    fn new() -> Self {
        let module = guest::module(&guest::text("good").unwrap()).unwrap();
        let component = bailiwick_artifact::build(&module, CATALOGUE).unwrap();
        let mut layout = Layout::default();
        let reference = Reference { selector: Selector::Tag("latest".into()), ..reference() };
        let digest = pack(&mut layout, &component, &reference, None).unwrap();
        let selector = Selector::Digest(digest.to_string());
        let mut pulled = layout.pull(Some(&selector), &Limits::default()).unwrap();
        let key = key();
        let bundle = sign::bundle(&key, &pulled.digest, SIGNATURE, &serde_json::json!({})).unwrap();
        pulled.evidence.push(Evidence::Bundle(bundle));
        Self { key, pulled }
    }

    fn loaded(&self) -> Loaded {
        let reference = reference().at(&self.pulled.digest.to_string());
        let mut artifact = Artifact::read(&self.pulled, &reference, false).unwrap();
        artifact.inspect(&self.pulled.component).unwrap();
        Loaded {
            artifact,
            provider: "fake".into(),
            reference,
            tightening: Tightening::default(),
            rollback_to: None,
            mark: Mark { known: Known::Nothing, init_state: false },
        }
    }

    fn policy(&self, generation: i64, change: impl FnOnce(&mut TrustPolicySpec)) -> InForce {
        let key = KeyAuthority { pem: self.key.public_pem().unwrap_or_default(), ..KeyAuthority::default() };
        let mut spec = TrustPolicySpec {
            matches: vec![PolicyMatch { prefix: "registry.example/bailiwick/".into() }],
            authorities: vec![Authority { name: "release".into(), key: Some(key), keyless: None }],
            ..TrustPolicySpec::default()
        };
        change(&mut spec);
        let metadata = ObjectMeta {
            name: "release".into(),
            uid: Some("release".into()),
            generation: Some(generation),
            ..ObjectMeta::default()
        };
        InForce::new(vec![Object { metadata, spec }], BTreeSet::new(), Arc::default())
    }

    fn admissions(&self) -> Admissions {
        let first = self.policy(1, |_| {});
        let loaded = self.loaded();
        let verdict = Verdict::new(loaded.judge(&first.set, 100), &first);
        let admissions = Admissions::new(&first, [(loaded, verdict)]);
        assert!(admissions.current("fake", 100).is_ok(), "{:?}", admissions.current("fake", 100));
        admissions
    }

    /// What becomes of it under a changed policy.
    fn after(&self, change: impl FnOnce(&mut TrustPolicySpec)) -> Result<Arc<Admission>, Refusal> {
        let admissions = self.admissions();
        assert!(admissions.rejudge(&self.policy(2, change), 200));
        admissions.current("fake", 200)
    }
}

fn key() -> PrivateKey {
    PrivateKey::generate().unwrap_or_else(|_| panic!("no key"))
}

fn reference() -> Reference {
    Reference::parse(REFERENCE).unwrap()
}

fn stamp(policies: Vec<ObjectStamp>) -> Stamp {
    let object = || ObjectStamp { name: "fake".into(), uid: "u".into(), generation: 1 };
    Stamp {
        grant: object(),
        store: object(),
        provider: object(),
        digest: String::new(),
        manifest: Some("sha256:00".into()),
        policies,
        namespace: "team-a".into(),
        namespace_uid: "n".into(),
        namespace_labels: BTreeMap::new(),
        object: "ExternalSecret/team-a/shop".into(),
    }
}

#[test]
fn i9_a_policy_that_still_admits_judges_anew_and_runs_under_it_end() {
    let scene = Scene::new();
    let admissions = scene.admissions();
    let before = stamp(admissions.current("fake", 100).unwrap().policies.clone());
    assert!(admissions.hold(&before, 100));
    assert!(!admissions.rejudge(&scene.policy(1, |_| {}), 200), "nothing changed");
    assert!(admissions.rejudge(&scene.policy(2, |_| {}), 200));
    let now = admissions.current("fake", 200).unwrap();
    assert_eq!(now.policies[0].generation, 2);
    // G11: what was compiled under the former generation ends, what is compiled now holds.
    assert!(!admissions.hold(&before, 200));
    assert!(admissions.hold(&stamp(now.policies.clone()), 200));
}

/// What nobody signed runs where there is no policy at all, and ends with the first one.
#[test]
fn i9_denied_what_nobody_signed_once_there_is_a_policy() {
    let unsigned = Stamp { manifest: None, ..stamp(Vec::new()) };
    let none = InForce::new(Vec::new(), BTreeSet::new(), Arc::default());
    let admissions = Admissions::new(&none, []);
    assert!(admissions.hold(&unsigned, 200) && admissions.unsigned());
    admissions.rejudge(&Scene::new().policy(1, |_| {}), 200);
    assert!(!admissions.hold(&unsigned, 200) && !admissions.unsigned());
    admissions.rejudge(&none, 200);
    assert!(admissions.hold(&unsigned, 200));
    admissions.close();
    assert!(!admissions.hold(&unsigned, 200));
}

#[test]
fn i9_denied_what_a_changed_policy_refuses_stops() {
    let scene = Scene::new();
    let reason = |change: fn(&mut TrustPolicySpec)| scene.after(change).unwrap_err().reason;
    assert!(scene.after(|_| {}).is_ok());
    assert_eq!(reason(|spec| spec.matches[0].prefix = "registry.example/other/".into()), Reason::NoPolicy);
    let digest = scene.pulled.digest.to_string();
    assert_eq!(scene.after(|spec| spec.denied = vec![digest]).unwrap_err().reason, Reason::Denied);
    let other = key().public_pem().unwrap_or_default();
    let removed = scene.after(|spec| spec.authorities[0].key.as_mut().unwrap().pem = other.clone());
    assert_eq!(removed.unwrap_err().reason, Reason::SignatureInvalid);
    let stricter = scene.after(|spec| {
        let key = KeyAuthority { pem: other, ..KeyAuthority::default() };
        spec.authorities.push(Authority { name: "second".into(), key: Some(key), keyless: None });
    });
    assert_eq!(stricter.unwrap_err().reason, Reason::PolicyUnsatisfied);
    assert_eq!(reason(|spec| spec.authorities.clear()), Reason::PolicyInvalid);
}

/// `KeepRunning` covers age, and none of the above.
#[test]
fn i9_denied_keep_running_covers_neither_a_denied_digest_nor_a_removed_signer() {
    let scene = Scene::new();
    let kept = |change: &dyn Fn(&mut TrustPolicySpec)| {
        scene.after(|spec| {
            spec.on_policy_failure = Some("KeepRunning".into());
            change(spec);
        })
    };
    let digest = scene.pulled.digest.to_string();
    assert!(kept(&|spec| spec.denied = vec![digest.clone()]).is_err());
    let other = key().public_pem().unwrap_or_default();
    assert!(kept(&|spec| spec.authorities[0].key.as_mut().unwrap().pem = other.clone()).is_err());
    assert!(kept(&|spec| spec.matches[0].prefix = "registry.example/other/".into()).is_err());
}

#[test]
fn keep_running_lasts_until_its_deadline_and_says_why() {
    let scene = Scene::new();
    let old = |spec: &mut TrustPolicySpec| {
        // A signature by key alone has no age, and so is refused.
        spec.freshness = Some(Freshness { max_signature_age: "1d".into() });
        spec.on_policy_failure = Some("KeepRunning".into());
        spec.keep_running_for = Some("10m".into());
    };
    let admissions = scene.admissions();
    admissions.rejudge(&scene.policy(2, old), 200);
    assert!(admissions.current("fake", 799).is_ok());
    assert_eq!(admissions.current("fake", 800).unwrap_err().kind, bailiwick_core::trust::Kind::Freshness);
    // Another change does not begin the time anew.
    admissions.rejudge(&scene.policy(3, old), 700);
    assert!(admissions.current("fake", 799).is_ok() && admissions.current("fake", 800).is_err());
    let told = admissions.verdict("fake").unwrap().told(crate::records::ProviderStatus::default(), 700);
    assert_eq!(told.stops_at.map(|at| at.unix()), Some(800));
    // It runs, and a newer signature would spare it the end.
    let verdict = admissions.verdict("fake").unwrap();
    assert!(verdict.outcome().is_ok() && verdict.wants_evidence());
    assert!(
        !scene.admissions().verdict("fake").unwrap().wants_evidence(),
        "what is admitted has all it needs"
    );
    // Stop is the default.
    assert!(scene.after(|spec| spec.freshness = Some(Freshness { max_signature_age: "1d".into() })).is_err());
    // A key that has ended is no matter of age.
    let ended = scene.after(|spec| {
        spec.authorities[0].key.as_mut().unwrap().not_after = Some("1970-01-01T00:02:00Z".into());
        spec.on_policy_failure = Some("KeepRunning".into());
    });
    assert!(ended.is_err());
}

/// Nobody who can make the policies unreadable for a second gives what is kept more time.
#[test]
fn i9_denied_more_time_by_a_trouble_in_between() {
    let scene = Scene::new();
    let admissions = scene.admissions();
    let old = |spec: &mut TrustPolicySpec| {
        spec.freshness = Some(Freshness { max_signature_age: "1d".into() });
        spec.on_policy_failure = Some("KeepRunning".into());
        spec.keep_running_for = Some("10m".into());
    };
    admissions.rejudge(&scene.policy(2, old), 200);
    let kept = admissions.verdict("fake").unwrap().told(crate::records::ProviderStatus::default(), 200);
    admissions.close();
    let closed = admissions.verdict("fake").unwrap().told(kept.clone(), 300);
    assert_eq!((closed.failing_since, closed.stops_at), (kept.failing_since, None));
    assert_eq!(closed.failing_since.map(|at| at.unix()), Some(200));
    let ready = closed.conditions.iter().find(|condition| condition.kind == ConditionType::Ready).unwrap();
    assert_eq!(ready.reason.as_deref(), Some("PolicyInvalid"), "what is refused is not said to run");
    admissions.rejudge(&scene.policy(1, |_| {}), 400);
    let admitted = admissions.verdict("fake").unwrap().told(closed, 400);
    assert_eq!(admitted.failing_since, None);
}

#[test]
fn i9_denied_everything_while_the_policies_cannot_be_read() {
    let scene = Scene::new();
    let admissions = scene.admissions();
    admissions.close();
    assert_eq!(admissions.current("fake", 100).unwrap_err().reason, Reason::PolicyInvalid);
    // The same policies as before are judged anew once they can be read.
    assert!(admissions.rejudge(&scene.policy(1, |_| {}), 100));
    assert!(admissions.current("fake", 100).is_ok());
    assert!(admissions.current("other", 100).is_err());
}

#[test]
fn g4_a_ceiling_that_falls_is_that_of_the_next_run() {
    let scene = Scene::new();
    let narrow = scene.after(|spec| {
        spec.ceiling = Some(Ceiling { operations: Some(vec!["read".into()]), ..Ceiling::default() });
    });
    assert_ne!(narrow.unwrap().ceiling, scene.after(|_| {}).unwrap().ceiling);
}
