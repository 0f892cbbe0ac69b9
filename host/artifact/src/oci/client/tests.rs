//! The client against the registry of testkit: what works, and each trouble beside it. A trouble has to be told apart
//! from "nothing is there", since that is what an unsigned artifact looks like.

mod logins;
mod mirrors;
mod troubles;

use bailiwick_core::program::{AddressClass, AddressRule};
use bailiwick_testkit::oci::{OciOptions, OciRegistry};

use super::*;
use crate::{Evidence, oci::gather::tests::proof};

const REPOSITORY: &str = "acme/vault";
const COMPONENT: &[u8] = b"\0asm and so on";

/// Patience enough for a busy machine, and little of it where a test waits for its end.
fn timing() -> Timing {
    let seconds = Duration::from_secs;
    let backoff = Duration::from_millis(1);
    Timing {
        connect: seconds(10),
        read: seconds(10),
        request: seconds(20),
        whole: seconds(60),
        mirror: seconds(10),
        backoff,
        retries: 1,
    }
}

fn options(registry: &OciRegistry) -> RegistryOptions {
    let mut access = Access::standard(&registry.name());
    access.own.plain = true;
    access.addresses = AddressRule { class: AddressClass::Loopback, cidrs: Vec::new() };
    RegistryOptions { timing: timing(), ..RegistryOptions::new(access) }
}

fn client(registry: &OciRegistry) -> Registry {
    Registry::new(options(registry)).unwrap_or_else(|error| panic!("{error}"))
}

fn named(registry: &OciRegistry, selector: &str) -> Reference {
    Reference::parse(&format!("{}/{REPOSITORY}{selector}", registry.name())).unwrap()
}

async fn pull(registry: &OciRegistry) -> Result<Pulled, FetchError> {
    let limits = Limits { simple_signing: true, ..Limits::default() };
    client(registry).pull(&named(registry, ":1.2.0"), &limits).await
}

#[tokio::test]
async fn i9_what_is_pulled_is_what_was_pushed_with_all_that_lies_beside_it() {
    for referrers in [true, false] {
        let registry = OciRegistry::start_with(OciOptions { referrers, ..OciOptions::default() }).unwrap();
        let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
        registry.bundle(REPOSITORY, &artifact.digest, b"one");
        registry.bundle(REPOSITORY, &artifact.digest, b"two");
        let other = registry.component(REPOSITORY, "2.0.0", b"other");
        registry.bundle(REPOSITORY, &other.digest, b"three");
        let pulled = pull(&registry).await.unwrap();
        assert_eq!((pulled.digest.to_string(), pulled.component.as_slice()), (artifact.digest, COMPONENT));
        let mut bundles = pulled.evidence;
        bundles.sort_by_key(|bundle| format!("{bundle:?}"));
        assert_eq!(bundles, [Evidence::Bundle(b"one".into()), Evidence::Bundle(b"two".into())]);
        assert_eq!((pulled.capped, pulled.via), (false, None));
    }
}

#[tokio::test]
async fn a_range_is_its_highest_version_over_all_pages() {
    let registry = OciRegistry::start_with(OciOptions { page: 2, ..OciOptions::default() }).unwrap();
    for tag in ["1.9.0", "1.10.0", "2.0.0", "latest", "1.11.0-rc.1"] {
        registry.component(REPOSITORY, tag, tag.as_bytes());
    }
    let client = client(&registry);
    let wanted = Digest::of(&registry.manifest(REPOSITORY, "1.10.0").unwrap());
    assert_eq!(client.resolve(&named(&registry, ":^1.2")).await, Ok(wanted));
    assert_eq!(registry.count("tags/list"), 3);
    assert_eq!(client.resolve(&named(&registry, ":^3")).await, Err(FetchError::NoVersion));
}

#[tokio::test]
async fn a_digest_means_itself_and_nothing_is_asked() {
    let registry = OciRegistry::start().unwrap();
    let digest = Digest::of(b"x");
    let reference = named(&registry, &format!("@{digest}"));
    assert_eq!(client(&registry).resolve(&reference).await, Ok(digest));
    assert_eq!(registry.asked(), []);
}

#[tokio::test]
async fn a_legacy_signature_is_read_only_where_it_is_asked_for() {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    let (payload, config) = (b"{\"critical\":{}}".as_slice(), b"{}".as_slice());
    registry.blob(REPOSITORY, payload);
    let layer = serde_json::json!({
        "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json",
        "digest": registry.blob(REPOSITORY, payload), "size": payload.len(),
        "annotations": {"dev.cosignproject.cosign/signature": "c2ln"},
    });
    let mut manifest = bailiwick_testkit::oci::manifest_of(config, payload);
    manifest["layers"] = serde_json::json!([layer]);
    registry.store(REPOSITORY, &format!("{}.sig", artifact.digest.replace(':', "-")), &manifest);
    let found = pull(&registry).await.unwrap().evidence;
    assert_eq!(found, [Evidence::SimpleSigning { payload: payload.into(), signature: "c2ln".into() }]);
    let asked = registry.count(".sig");
    let without = client(&registry).pull(&named(&registry, ":1.2.0"), &Limits::default()).await.unwrap();
    assert_eq!((without.evidence, registry.count(".sig")), (vec![], asked));
}

#[tokio::test]
async fn i8_junk_among_referrers_hides_nothing_and_a_flood_is_said() {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    for n in 0..100 {
        let mut junk = bailiwick_testkit::oci::manifest_of(b"{}", format!("junk {n}").as_bytes());
        junk["artifactType"] = "application/x-junk".into();
        junk["subject"] = serde_json::json!({"mediaType": "a/b", "digest": artifact.digest, "size": 1});
        registry.store(REPOSITORY, "sha256:any", &junk);
    }
    registry.bundle(REPOSITORY, &artifact.digest, b"good");
    let pulled = pull(&registry).await.unwrap();
    assert_eq!((pulled.evidence, pulled.capped), (vec![Evidence::Bundle(b"good".into())], false));
    for n in 0..40 {
        registry.bundle(REPOSITORY, &artifact.digest, format!("flood {n}").as_bytes());
    }
    let pulled = pull(&registry).await.unwrap();
    assert_eq!((pulled.evidence.len(), pulled.capped), (32, true));
}

#[tokio::test]
async fn i8_a_flood_of_manifests_smaller_than_a_signature_s_does_not_hide_it() {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    for n in 0..300 {
        let subject = serde_json::json!({"mediaType": "a/b", "digest": artifact.digest, "size": 1});
        let junk = serde_json::json!({
            "artifactType": crate::pulled::BUNDLE_TYPE, "subject": subject, "layers": [], "n": n,
        });
        registry.store(REPOSITORY, "sha256:any", &junk);
    }
    registry.bundle(REPOSITORY, &artifact.digest, b"good");
    let pulled = pull(&registry).await.unwrap();
    assert_eq!((pulled.evidence, pulled.capped), (vec![Evidence::Bundle(b"good".into())], true));
}

#[tokio::test]
async fn i8_junk_bundles_take_no_place_of_one_that_verifies() {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    for n in 0..100 {
        registry.bundle(REPOSITORY, &artifact.digest, format!("junk {n}").as_bytes());
    }
    registry.bundle(REPOSITORY, &artifact.digest, b"good, and longer than junk");
    let good = Evidence::Bundle(b"good, and longer than junk".into());
    let worth = |piece: &Evidence, subject: &Digest| {
        proof(piece, *piece == good && subject.to_string() == artifact.digest)
    };
    let (client, reference) = (client(&registry), named(&registry, ":1.2.0"));
    let limits = Limits::default();
    let work = client.pull_with(&reference, &limits, &worth);
    // It may wait on any thread.
    let work: std::pin::Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(work);
    let pulled = work.await.unwrap();
    assert_eq!((pulled.evidence.first(), pulled.evidence.len(), pulled.capped), (Some(&good), 33, true));
    // Without anyone who knows, as many are kept.
    let pulled = client.pull(&reference, &Limits::default()).await.unwrap();
    assert_eq!((pulled.evidence.len(), pulled.capped), (32, true));
}
