//! Mirrors: asked first for bytes, last for tags, trusted with nothing.

use bailiwick_core::trust::access::Host;
use bailiwick_testkit::oci::{Login, Trouble};
use zeroize::Zeroizing;

use super::*;

fn mirrored(registry: &OciRegistry, mirrors: &[&OciRegistry]) -> RegistryOptions {
    let mut options = options(registry);
    let host = |mirror: &&OciRegistry| Host {
        registry: mirror.name(),
        prefix: Some("proxy".into()),
        roots: None,
        plain: true,
    };
    options.access.mirrors = mirrors.iter().map(host).collect();
    options
}

async fn pulled(registry: &OciRegistry, options: RegistryOptions) -> Result<Pulled, FetchError> {
    Registry::new(options)?.pull(&named(registry, ":1.2.0"), &Limits::default()).await
}

fn pair() -> (OciRegistry, OciRegistry) {
    let (registry, mirror) = (OciRegistry::start().unwrap(), OciRegistry::start().unwrap());
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    registry.bundle(REPOSITORY, &artifact.digest, b"bundle");
    mirror.component("proxy/acme/vault", "1.2.0", COMPONENT);
    (registry, mirror)
}

#[tokio::test]
async fn bytes_come_from_the_mirror_and_tags_from_the_registry() {
    let (registry, mirror) = pair();
    let got = pulled(&registry, mirrored(&registry, &[&mirror])).await.unwrap();
    assert_eq!(got.via, Some(mirror.name()));
    assert_eq!((registry.count("manifests/1.2.0"), registry.count("blobs/sha256")), (1, 1));
    assert_eq!((mirror.count("manifests/1.2.0"), mirror.count("blobs/sha256")), (0, 2));
    // The mirror has no evidence, which proves nothing.
    assert_eq!(got.evidence.len(), 1);
}

#[tokio::test]
async fn denied_what_a_mirror_gets_wrong_is_asked_of_the_next() {
    let (registry, mirror) = pair();
    for trouble in [Trouble::bytes("evil"), Trouble::status(500), Trouble::throttled(9), Trouble::Endless] {
        mirror.trouble("/v2/", trouble);
        let got = pulled(&registry, mirrored(&registry, &[&mirror])).await.unwrap();
        assert_eq!((got.via, got.component.as_slice(), got.evidence.len()), (None, COMPONENT, 1));
        mirror.heal();
    }
}

#[tokio::test]
async fn a_registry_that_is_away_is_stood_in_for_but_never_one_that_refuses() {
    let (registry, mirror) = pair();
    let artifact = mirror.component("proxy/acme/vault", "1.2.0", COMPONENT);
    mirror.bundle("proxy/acme/vault", &artifact.digest, b"bundle");
    registry.trouble("/v2/", Trouble::status(503));
    let got = pulled(&registry, mirrored(&registry, &[&mirror])).await.unwrap();
    assert_eq!((got.via, got.evidence.len()), (Some(mirror.name()), 1));
    registry.heal();
    for (trouble, error) in [
        (Trouble::status(404), FetchError::NotFound(Part::Manifest)),
        (Trouble::status(403), FetchError::Forbidden),
        (Trouble::throttled(1), FetchError::Throttled { retry_after: Some(Duration::from_secs(1)) }),
    ] {
        registry.trouble("/v2/", trouble);
        assert_eq!(pulled(&registry, mirrored(&registry, &[&mirror])).await, Err(error));
        registry.heal();
    }
}

#[tokio::test]
async fn denied_a_mirror_alone_cannot_say_that_there_is_no_evidence() {
    let (registry, mirror) = pair();
    registry.trouble("/v2/", Trouble::status(503));
    let met = pulled(&registry, mirrored(&registry, &[&mirror])).await;
    assert_eq!(met, Err(FetchError::Unreachable(Why::Status(503))));
}

#[tokio::test]
async fn denied_a_mirror_gets_no_credentials_but_its_own() {
    let own = |text: &str| Zeroizing::new(text.to_owned());
    let alice = || Credentials::Basic { username: own("alice"), password: own("opensesame") };
    let login = Login::Basic("alice".into(), "opensesame".into());
    let mirror = OciRegistry::start_with(OciOptions { login, ..OciOptions::default() }).unwrap();
    mirror.component("proxy/acme/vault", "1.2.0", COMPONENT);
    let (registry, _) = pair();
    let mut options = mirrored(&registry, &[&mirror]);
    options.credentials = alice();
    assert_eq!(pulled(&registry, options).await.unwrap().via, None);
    assert!(mirror.asked().iter().all(|asked| asked.authorization.is_none()));
    let mut options = mirrored(&registry, &[&mirror]);
    options.mirrors.insert(mirror.name(), alice());
    assert_eq!(pulled(&registry, options).await.unwrap().via, Some(mirror.name()));
}

#[tokio::test]
async fn i9_a_mirror_hides_nothing_that_the_registry_has() {
    let (registry, mirror) = pair();
    let subject = Digest::of(&registry.manifest(REPOSITORY, "1.2.0").unwrap()).to_string();
    mirror.bundle("proxy/acme/vault", &subject, b"other");
    mirror.bundle("proxy/acme/vault", &subject, b"bundle");
    let got = pulled(&registry, mirrored(&registry, &[&mirror])).await.unwrap();
    assert_eq!(got.evidence, [b"bundle".as_slice(), b"other"].map(|text| Evidence::Bundle(text.into())));
}

#[tokio::test]
async fn denied_a_busy_registry_is_busy_unless_a_mirror_has_what_verifies() {
    let (registry, mirror) = pair();
    let subject = Digest::of(&registry.manifest(REPOSITORY, "1.2.0").unwrap()).to_string();
    mirror.bundle("proxy/acme/vault", &subject, b"junk");
    registry.trouble("referrers/", Trouble::throttled(7));
    let client = Registry::new(mirrored(&registry, &[&mirror])).ok().unwrap();
    let (reference, limits) = (named(&registry, ":1.2.0"), Limits::default());
    let worth = |piece: &Evidence, _: &Digest| proof(piece, *piece == Evidence::Bundle(b"bundle".into()));
    let met = client.pull_with(&reference, &limits, &worth).await;
    assert_eq!(met, Err(FetchError::Throttled { retry_after: Some(Duration::from_secs(7)) }));
    mirror.bundle("proxy/acme/vault", &subject, b"bundle");
    let got = client.pull_with(&reference, &limits, &worth).await.unwrap();
    let wanted = [b"bundle".as_slice(), b"junk"].map(|text| Evidence::Bundle(text.into()));
    assert_eq!((got.evidence.as_slice(), got.capped), (wanted.as_slice(), true));
}

#[tokio::test]
async fn i8_a_silent_mirror_is_asked_once_and_the_registry_in_time() {
    let (registry, mirror) = pair();
    mirror.trouble("/v2/", Trouble::Silent);
    let mut options = mirrored(&registry, &[&mirror]);
    options.timing.mirror = Duration::from_millis(300);
    let client = Registry::new(options).ok().unwrap();
    let (reference, limits) = (named(&registry, ":1.2.0"), Limits::default());
    let got = client.pull(&reference, &limits).await.unwrap();
    assert_eq!((got.via, got.evidence.len(), mirror.asked().len()), (None, 1, 1));
    // The next pull asks it again.
    mirror.heal();
    assert_eq!(client.pull(&reference, &limits).await.unwrap().via, Some(mirror.name()));
}
