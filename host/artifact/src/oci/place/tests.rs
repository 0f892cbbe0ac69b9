//! Pushing, attaching and copying, on registries with and without a list of their own.

use bailiwick_core::{
    program::{AddressClass, AddressRule},
    trust::Access,
};
use bailiwick_testkit::oci::{Login, OciOptions, OciRegistry, Trouble};
use zeroize::Zeroizing;

use super::{super::layout::tests::one, *};
use crate::{
    Evidence,
    oci::{Credentials, Limits, RegistryOptions},
};

const REPOSITORY: &str = "acme/vault";

fn client(registry: &OciRegistry) -> Registry {
    let mut access = Access::standard(&registry.name());
    access.own.plain = true;
    access.addresses = AddressRule { class: AddressClass::Loopback, cidrs: Vec::new() };
    let own = |text: &str| Zeroizing::new(text.to_owned());
    let credentials = Credentials::Basic { username: own("alice"), password: own("opensesame") };
    Registry::new(RegistryOptions { credentials, ..RegistryOptions::new(access) }).ok().unwrap()
}

fn place(client: &Registry) -> Place<'_> {
    Place::Registry(client, REPOSITORY.into())
}

async fn pulled(client: &Registry) -> Vec<Evidence> {
    let reference = Reference::parse(&format!("{}/{REPOSITORY}:1.2.0", client.own.name)).unwrap();
    sorted(client.pull(&reference, &Limits::default()).await.unwrap().evidence)
}

/// Registries list in an order of their own.
fn sorted(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    evidence.sort_by_key(|evidence| format!("{evidence:?}"));
    evidence
}

fn beside(count: usize) -> Copied {
    Copied { beside: count, ..Copied::default() }
}

fn bundles(names: &[&str]) -> Vec<Evidence> {
    sorted(names.iter().map(|name| Evidence::Bundle(name.as_bytes().to_vec())).collect())
}

#[tokio::test]
async fn an_artifact_goes_from_a_layout_to_a_registry_and_back_with_its_bundles() {
    for referrers in [true, false] {
        let login = Login::Token { user: Some(("alice".into(), "opensesame".into())), realm: None };
        let registry =
            OciRegistry::start_with(OciOptions { referrers, login, ..OciOptions::default() }).unwrap();
        let client = client(&registry);
        let (mut layout, digest) = one("1.2.0", b"\0asm").await;
        let from = Place::Layout(&mut layout);
        assert_eq!(copy(&from, &mut place(&client), &digest, Some("1.2.0")).await, Ok(beside(1)));
        place(&client).attach(&digest, b"later").await.unwrap();
        assert_eq!(pulled(&client).await, bundles(&["bundle", "later"]));
        let mut back = Layout::default();
        assert_eq!(
            copy(&place(&client), &mut Place::Layout(&mut back), &digest, Some("1.2.0")).await,
            Ok(beside(2))
        );
        let again = back.pull(Some(&Selector::Tag("1.2.0".into())), &Limits::default()).unwrap();
        assert_eq!((again.digest, again.evidence.len()), (digest, 2));
        let list = registry.manifest(REPOSITORY, &digest.to_string().replace(':', "-"));
        assert_eq!(list.is_some(), !referrers, "a list of ours only where the registry has none");
    }
}

#[tokio::test]
async fn what_is_there_is_not_sent_again_and_the_tag_comes_last() {
    let registry = OciRegistry::start().unwrap();
    let client = client(&registry);
    let (mut layout, digest) = one("1.2.0", b"\0asm").await;
    let from = Place::Layout(&mut layout);
    copy(&from, &mut place(&client), &digest, Some("1.2.0")).await.unwrap();
    let uploads = registry.count("blobs/uploads/");
    copy(&from, &mut place(&client), &digest, Some("1.2.0")).await.unwrap();
    assert_eq!(registry.count("blobs/uploads/"), uploads);
    assert!(registry.asked().last().unwrap().target.ends_with("manifests/1.2.0"));
}

#[tokio::test]
async fn denied_a_list_that_somebody_else_changed_meanwhile() {
    let registry = OciRegistry::start_with(OciOptions { referrers: false, ..OciOptions::default() }).unwrap();
    let client = client(&registry);
    let artifact = registry.component(REPOSITORY, "1.2.0", b"\0asm");
    let digest: Digest = artifact.digest.parse().unwrap();
    place(&client).attach(&digest, b"one").await.unwrap();
    // What is read first is an older list: the write does not go through, and the next try does.
    let list = digest.to_string().replace(':', "-");
    let old = registry.manifest(REPOSITORY, &list).unwrap();
    let stale = vec![("etag".to_owned(), "\"old\"".to_owned())];
    registry.trouble_times(&list, Trouble::Answer(200, stale, old), 1);
    place(&client).attach(&digest, b"two").await.unwrap();
    assert_eq!(pulled(&client).await, bundles(&["one", "two"]));
    // One who never lets us write gets no success from us.
    registry.trouble(&list, Trouble::Answer(412, vec![], vec![]));
    assert_eq!(place(&client).attach(&digest, b"three").await, Err(FetchError::Status(412)));
}

#[tokio::test]
async fn denied_uploads_that_lead_elsewhere() {
    let registry = OciRegistry::start().unwrap();
    let client = client(&registry);
    for to in ["http://169.254.169.254/upload", "http://127.0.0.2:1/v2/x", "/outside"] {
        let answer = Trouble::Answer(202, vec![("location".into(), to.into())], vec![]);
        registry.trouble("blobs/uploads/", answer);
        let met = place(&client).put_blob(b"x").await;
        assert_eq!(met, Err(FetchError::Malformed(Part::Upload, manifest::Fault::Location)), "{to}");
        registry.heal();
    }
    assert!(place(&client).put_blob(b"x").await.is_ok());
}

#[tokio::test]
async fn denied_a_bundle_beside_nothing() {
    let registry = OciRegistry::start().unwrap();
    let client = client(&registry);
    let met = place(&client).attach(&Digest::of(b"x"), b"bundle").await;
    assert_eq!(met, Err(FetchError::NotFound(Part::Manifest)));
    assert_eq!(registry.count("uploads"), 0);
}

#[tokio::test]
async fn i8_a_copy_leaves_out_what_is_missing_or_too_large_and_nothing_else() {
    let (from, to) = (OciRegistry::start().unwrap(), OciRegistry::start().unwrap());
    let artifact = from.component(REPOSITORY, "1.2.0", b"\0asm");
    let digest: Digest = artifact.digest.parse().unwrap();
    let referrer = |blob: &[u8], kind: &str| {
        from.blob(REPOSITORY, blob);
        let mut manifest = bailiwick_testkit::oci::manifest_of(b"{}", blob);
        manifest["artifactType"] = kind.into();
        manifest["subject"] = json!({"mediaType": MANIFEST_TYPE, "digest": artifact.digest, "size": 1});
        from.store(REPOSITORY, "sha256:any", &manifest)
    };
    from.blob(REPOSITORY, EMPTY);
    referrer(&vec![b'x'; 20 << 20], "application/spdx+json");
    let dangling = referrer(b"gone", BUNDLE_TYPE);
    let small = referrer(b"small", "application/spdx+json");
    from.trouble(&format!("manifests/{dangling}"), Trouble::status(404));
    from.bundle(REPOSITORY, &artifact.digest, b"bundle");
    let (source, target) = (client(&from), client(&to));
    // What the other side refuses is left out too, but nothing where it is busy.
    for (status, left_out) in [(None, Some(2)), (Some(413), Some(3)), (Some(429), None)] {
        if let Some(status) = status {
            to.trouble(&format!("manifests/{small}"), Trouble::status(status));
        }
        let copied = copy(&place(&source), &mut place(&target), &digest, Some("1.2.0")).await;
        let wanted = left_out.map(|left_out| Copied { beside: 4 - left_out, left_out, more: false });
        assert_eq!(copied, wanted.ok_or(FetchError::Throttled { retry_after: None }));
        to.heal();
        assert_eq!(pulled(&target).await, bundles(&["bundle"]));
    }
}

#[tokio::test]
async fn denied_a_copy_from_a_busy_registry_without_what_lies_beside() {
    let (from, mut to) = (OciRegistry::start().unwrap(), Layout::default());
    let artifact = from.component(REPOSITORY, "1.2.0", b"\0asm");
    from.bundle(REPOSITORY, &artifact.digest, b"bundle");
    let digest = artifact.digest.parse().unwrap();
    let client = client(&from);
    for part in ["referrers/", &Digest::of(b"bundle").to_string()] {
        from.trouble(part, Trouble::throttled(1));
        let met = copy(&place(&client), &mut Place::Layout(&mut to), &digest, Some("1.2.0")).await;
        assert!(matches!(met, Err(FetchError::Throttled { .. })), "{part}");
        from.heal();
    }
    let met = copy(&place(&client), &mut Place::Layout(&mut to), &digest, Some("1.2.0")).await;
    assert_eq!(met, Ok(beside(1)));
}
