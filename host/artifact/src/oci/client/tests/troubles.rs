//! What a hostile, broken or busy registry sends, and the one error that comes of it.

use bailiwick_testkit::{
    count::Counter,
    oci::{Trouble, manifest_of},
};

use super::*;

fn filled() -> OciRegistry {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    registry.bundle(REPOSITORY, &artifact.digest, b"bundle");
    registry
}

#[tokio::test]
async fn denied_a_busy_registry_never_reads_as_unsigned() {
    let throttled = Err(FetchError::Throttled { retry_after: Some(Duration::from_secs(7)) });
    let registry = filled();
    for part in ["manifests/1.2.0", "blobs/", "referrers/"] {
        registry.trouble(part, Trouble::throttled(7));
        assert_eq!(pull(&registry).await, throttled, "{part}");
        registry.heal();
    }
    registry.trouble("tags/list", Trouble::throttled(7));
    let range = client(&registry).resolve(&named(&registry, ":^1")).await;
    assert_eq!(range.map(drop), throttled.clone().map(|_: Pulled| ()));
    registry.heal();
    assert_eq!(pull(&registry).await.unwrap().evidence.len(), 1);
    // The fallback tag, likewise, and the old signature's.
    let registry = OciRegistry::start_with(OciOptions { referrers: false, ..OciOptions::default() }).unwrap();
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    let list = artifact.digest.replace(':', "-");
    for part in [list.clone(), format!("{list}.sig")] {
        registry.trouble(&part, Trouble::throttled(7));
        assert_eq!(pull(&registry).await, throttled, "{part}");
        registry.heal();
    }
    assert_eq!(pull(&registry).await.unwrap().evidence, []);
}

#[tokio::test]
async fn denied_each_status_has_its_own_name() {
    let registry = filled();
    for (status, error) in [
        (401, FetchError::Unauthorized),
        (403, FetchError::Forbidden),
        (404, FetchError::NotFound(Part::Manifest)),
        (418, FetchError::Status(418)),
        (503, FetchError::Unreachable(Why::Status(503))),
    ] {
        registry.trouble("manifests/1.2.0", Trouble::status(status));
        let met = pull(&registry).await.unwrap_err();
        assert_eq!(met, error);
        assert!(!met.to_string().contains("pwned"));
        registry.heal();
    }
    for status in [401, 403, 500] {
        registry.trouble("referrers/", Trouble::status(status));
        assert!(pull(&registry).await.is_err(), "{status}");
        registry.heal();
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let registry = filled();
    registry.trouble_times("manifests/1.2.0", Trouble::status(503), 1);
    registry.trouble_times("blobs/", Trouble::Truncated(10), 1);
    assert!(pull(&registry).await.is_ok());
}

#[tokio::test]
async fn i8_endless_huge_and_truncated_bodies_end_at_their_limit() {
    let registry = filled();
    let large = |part, limit| FetchError::TooLarge(part, limit);
    let size = COMPONENT.len() as u64;
    let component = format!("blobs/{}", Digest::of(COMPONENT));
    for (part, trouble, error) in [
        ("manifests/1.2.0", Trouble::Endless, large(Part::Manifest, 4 << 20)),
        ("manifests/1.2.0", Trouble::Sized(1 << 30), large(Part::Manifest, 4 << 20)),
        ("manifests/1.2.0", Trouble::Truncated(1000), FetchError::Unreachable(Why::Cut)),
        (&component, Trouble::Endless, large(Part::Component, size)),
        (&component, Trouble::Sized(1 << 30), large(Part::Component, size)),
        (&component, Trouble::Truncated(size), FetchError::Unreachable(Why::Cut)),
        (&component, Trouble::bytes(&COMPONENT[1..]), FetchError::DigestMismatch(Part::Component)),
        (
            &component,
            Trouble::bytes(vec![b'x'; COMPONENT.len()]),
            FetchError::DigestMismatch(Part::Component),
        ),
    ] {
        registry.trouble(part, trouble.clone());
        assert_eq!(pull(&registry).await, Err(error), "{part} {trouble:?}");
        registry.heal();
    }
}

#[tokio::test]
async fn i8_a_registry_that_drips_or_says_nothing_is_left_in_time() {
    let registry = filled();
    for trouble in [Trouble::Trickle, Trouble::Silent] {
        registry.trouble("manifests/", trouble);
        let mut options = options(&registry);
        options.timing.read = Duration::from_millis(200);
        let met = Registry::new(options).ok().unwrap().resolve(&named(&registry, ":1.2.0")).await;
        assert_eq!(met, Err(FetchError::Unreachable(Why::Timeout)));
        registry.heal();
    }
}

#[tokio::test]
async fn i9_denied_other_bytes_by_digest_whatever_the_headers_say() {
    let registry = filled();
    let good = Digest::of(&registry.manifest(REPOSITORY, "1.2.0").unwrap());
    let other = manifest_of(b"{}", b"evil").to_string().into_bytes();
    let header = vec![("docker-content-digest".to_owned(), good.to_string())];
    registry.trouble("manifests/", Trouble::Answer(200, header, other.clone()));
    let reference = named(&registry, &format!("@{good}"));
    let met = client(&registry).pull(&reference, &Limits::default()).await;
    assert_eq!(met, Err(FetchError::DigestMismatch(Part::Manifest)));
    // By tag the digest is of what came, and not of what the header says.
    assert_eq!(client(&registry).resolve(&named(&registry, ":1.2.0")).await, Ok(Digest::of(&other)));
}

#[tokio::test]
async fn denied_a_component_over_the_limit_before_it_is_asked_for() {
    let registry = filled();
    let limits = Limits { component: 5, ..Limits::default() };
    let met = client(&registry).pull(&named(&registry, ":1.2.0"), &limits).await;
    assert_eq!(met, Err(FetchError::TooLarge(Part::Component, 5)));
    assert_eq!(registry.count("blobs/"), 0);
}

#[tokio::test]
async fn denied_an_index_or_a_page_for_a_manifest() {
    let registry = filled();
    let index = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
    for (body, fault) in [(index, Fault::Index), ("<html>login</html>", Fault::Json)] {
        registry.trouble("manifests/1.2.0", Trouble::bytes(body));
        assert_eq!(pull(&registry).await, Err(FetchError::Malformed(Part::Manifest, fault)));
        registry.heal();
    }
    registry.trouble("referrers/", Trouble::bytes("<html>"));
    assert_eq!(pull(&registry).await, Err(FetchError::Malformed(Part::Referrers, Fault::Json)));
}

#[tokio::test]
async fn a_tag_that_moves_meanwhile_gives_one_artifact_and_not_two_halves() {
    let registry = filled();
    let first = registry.manifest(REPOSITORY, "1.2.0").unwrap();
    let other = manifest_of(b"{}", b"evil").to_string();
    registry.trouble_times("manifests/1.2.0", Trouble::bytes(first.clone()), 1);
    registry.trouble("manifests/1.2.0", Trouble::bytes(other));
    let pulled = pull(&registry).await.unwrap();
    assert_eq!((pulled.digest, pulled.component.as_slice()), (Digest::of(&first), COMPONENT));
    assert_eq!(registry.count("manifests/1.2.0"), 1);
}

#[tokio::test]
async fn i6_denied_redirects_to_addresses_that_are_not_admitted() {
    let registry = filled();
    for to in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://10.0.0.1/",
        "http://0xa9fea9fe/",
    ] {
        registry.trouble("blobs/", Trouble::redirect(307, to));
        assert_eq!(pull(&registry).await, Err(FetchError::AddressNotAllowed), "{to}");
        registry.heal();
    }
}

#[tokio::test]
async fn denied_redirects_in_a_circle_or_to_another_scheme() {
    let registry = filled();
    registry.trouble("blobs/", Trouble::redirect(307, "/v2/acme/vault/blobs/again"));
    assert_eq!(pull(&registry).await, Err(FetchError::RedirectNotAllowed));
    assert_eq!(registry.count("blobs/"), 4);
    registry.heal();
    for to in ["file:///etc/passwd", "http://user:password@127.0.0.1/", ""] {
        registry.trouble("blobs/", Trouble::redirect(302, to));
        assert!(pull(&registry).await.is_err(), "{to}");
        registry.heal();
    }
}

#[tokio::test]
async fn a_registry_that_sends_its_referrers_elsewhere_has_no_such_api() {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component(REPOSITORY, "1.2.0", COMPONENT);
    registry.bundle(REPOSITORY, &artifact.digest, b"bundle");
    registry.list(REPOSITORY, &artifact.digest);
    let elsewhere = Counter::start().unwrap();
    registry.trouble("referrers/", Trouble::redirect(303, &format!("http://{}/login", elsewhere.address())));
    assert_eq!(pull(&registry).await.unwrap().evidence, [Evidence::Bundle(b"bundle".into())]);
    assert_eq!(elsewhere.connections().unwrap(), 0);
}

#[tokio::test]
async fn i8_lists_that_go_on_for_ever_end_after_four_pages() {
    let registry = filled();
    let page = |body: &str, to: &str| {
        Trouble::Answer(200, vec![("link".into(), format!("<{to}>; rel=\"next\""))], body.into())
    };
    registry.trouble("tags/list", page(r#"{"tags":["1.2.0"]}"#, "/v2/acme/vault/tags/list?again"));
    let met = client(&registry).resolve(&named(&registry, ":^1")).await;
    assert_eq!(met, Err(FetchError::Malformed(Part::Tags, Fault::TooMany)));
    assert_eq!(registry.count("tags/list"), 4);
    registry.heal();
    registry.trouble("tags/list", page(r#"{"tags":["1.2.0"]}"#, "http://127.0.0.2/v2/"));
    assert_eq!(
        client(&registry).resolve(&named(&registry, ":^1")).await,
        Err(FetchError::RedirectNotAllowed)
    );
    registry.heal();
    let index = r#"{"schemaVersion":2,"manifests":[]}"#;
    registry.trouble("referrers/", page(index, "/v2/acme/vault/referrers/again"));
    assert!(pull(&registry).await.unwrap().capped);
    assert_eq!(registry.count("referrers/"), 4);
}

#[tokio::test]
async fn i8_an_endless_list_is_read_no_further_than_its_bound_and_that_is_said() {
    let registry = filled();
    for trouble in [Trouble::Endless, Trouble::Sized(1 << 30)] {
        registry.trouble("referrers/", trouble);
        let pulled = pull(&registry).await.unwrap();
        assert_eq!((pulled.evidence.len(), pulled.capped), (0, true));
        registry.heal();
    }
    let pulled = pull(&registry).await.unwrap();
    assert_eq!((pulled.evidence.len(), pulled.capped), (1, false));
}

#[tokio::test]
async fn denied_a_slow_registry_never_reads_as_unsigned() {
    let registry = filled();
    let (client, limits) = (client(&registry), Limits::default());
    let subject = Digest::of(&registry.manifest(REPOSITORY, "1.2.0").unwrap());
    let late = Err(FetchError::Unreachable(Why::Timeout));
    for (time, wanted, any) in [(Duration::ZERO, late, false), (Duration::MAX, Ok(()), true)] {
        let mut gather = Gather::new(&subject, &limits, &|piece, _| proof(piece, true), time);
        assert_eq!(client.own.evidence(REPOSITORY, &mut gather).await, wanted);
        assert_eq!((gather.any(), gather.capped), (any, false));
    }
}

#[tokio::test]
async fn i8_long_annotations_of_others_do_not_end_a_pull() {
    let registry = filled();
    let subject = Digest::of(&registry.manifest(REPOSITORY, "1.2.0").unwrap()).to_string();
    let bundle = registry.bundle(REPOSITORY, &subject, b"bundle");
    let entry = |digest: &str, text: String| serde_json::json!({"mediaType": manifest::MANIFEST_TYPE, "digest": digest, "size": 700, "annotations": {"a": text}});
    let junk = |n: u32| entry(&Digest::of(&n.to_le_bytes()).to_string(), "x".repeat(16_000));
    let list: Vec<_> = [entry(&bundle, String::new())].into_iter().chain((0..300).map(junk)).collect();
    let list = serde_json::json!({"schemaVersion": 2, "manifests": list});
    assert!(list.to_string().len() > 4 << 20);
    registry.trouble("referrers/", Trouble::bytes(list.to_string()));
    let pulled = pull(&registry).await.unwrap();
    assert_eq!((pulled.evidence, pulled.capped), (vec![Evidence::Bundle(b"bundle".into())], true));
}
