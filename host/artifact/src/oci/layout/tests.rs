//! Layouts as they are written and read, and what a hostile one holds.

use bailiwick_testkit::temp::Folder as Temp;
use serde_json::json;
use tar::{Builder, EntryType, Header};

use super::*;
use crate::{
    Evidence,
    oci::{gather::tests::proof, place::Place},
    pulled::{BUNDLE_TYPE, CONFIG_TYPE, LAYER_TYPE},
};

/// A layout with one artifact under a tag and a bundle beside it.
pub(in crate::oci) async fn one(tag: &str, component: &[u8]) -> (Layout, Digest) {
    let mut layout = Layout::default();
    let config = br#"{"os":"wasip2"}"#;
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE,
        "config": Descriptor::of(CONFIG_TYPE, config).written(),
        "layers": [Descriptor::of(LAYER_TYPE, component).written()],
    });
    layout.put_blob(config);
    layout.put_blob(component);
    let digest = layout.put_manifest(manifest.to_string().as_bytes(), Some(tag), None);
    Place::Layout(&mut layout).attach(&digest, b"bundle").await.unwrap();
    (layout, digest)
}

fn tag(text: &str) -> Selector {
    Selector::Tag(text.into())
}

#[tokio::test]
async fn i9_a_folder_and_a_tar_give_back_what_was_put_in() {
    let temp = Temp::new().unwrap();
    let (layout, digest) = one("1.2.0", b"\0asm").await;
    for name in ["folder", "file.tar"] {
        layout.save(&temp.join(name)).unwrap();
        let read = Layout::open(&temp.join(name)).unwrap();
        for selector in [
            None,
            Some(tag("1.2.0")),
            Some(Selector::Digest(digest.to_string())),
            Some(Selector::Range("^1".parse().unwrap())),
        ] {
            let pulled = read.pull(selector.as_ref(), &Limits::default()).unwrap();
            assert_eq!((pulled.digest, pulled.component.as_slice()), (digest, b"\0asm".as_slice()));
            assert_eq!(
                (pulled.evidence, pulled.via.as_deref()),
                (vec![Evidence::Bundle(b"bundle".into())], Some(name))
            );
        }
        assert_eq!(read.resolve(Some(&tag("1.3.0"))), Err(FetchError::NotTagged("1.3.0".into())));
        assert_eq!(read.resolve(Some(&Selector::Range("^2".parse().unwrap()))), Err(FetchError::NoVersion));
    }
}

#[tokio::test]
async fn the_same_content_gives_the_same_bytes() {
    let temp = Temp::new().unwrap();
    for name in ["a.tar", "b.tar"] {
        one("1.2.0", b"\0asm").await.0.save(&temp.join(name)).unwrap();
    }
    assert_eq!(std::fs::read(temp.join("a.tar")).unwrap(), std::fs::read(temp.join("b.tar")).unwrap());
    Layout::open(&temp.join("a.tar")).unwrap().save(&temp.join("folder")).unwrap();
    Layout::open(&temp.join("folder")).unwrap().save(&temp.join("c.tar")).unwrap();
    assert_eq!(std::fs::read(temp.join("a.tar")).unwrap(), std::fs::read(temp.join("c.tar")).unwrap());
}

#[tokio::test]
async fn a_tag_means_one_thing_and_several_artifacts_need_one() {
    let temp = Temp::new().unwrap();
    let (mut layout, first) = one("1.2.0", b"first").await;
    let (other, second) = one("1.3.0", b"second").await;
    other.save(&temp.join("other.tar")).unwrap();
    let mut other = Layout::open(&temp.join("other.tar")).unwrap();
    let bytes = other.manifest(&second, Part::Manifest).unwrap();
    layout.put_manifest(&bytes, Some("1.3.0"), None);
    assert_eq!(layout.resolve(None), Err(FetchError::Malformed(Part::Layout, Fault::Several)));
    assert_eq!(layout.resolve(Some(&tag("1.2.0"))), Ok(first));
    layout.put_manifest(&bytes, Some("1.2.0"), None);
    assert_eq!(layout.resolve(Some(&tag("1.2.0"))), Ok(second));
    assert!(
        super::super::place::copy(&Place::Layout(&mut other), &mut Place::Layout(&mut layout), &second, None)
            .await
            .is_ok()
    );
    assert_eq!(layout.pull(Some(&tag("1.3.0")), &Limits::default()).unwrap().component, b"second");
}

#[tokio::test]
async fn referrers_are_also_found_by_the_index_that_other_tools_write() {
    let temp = Temp::new().unwrap();
    let (layout, digest) = one("1.2.0", b"\0asm").await;
    let mut listed = Layout { index: Vec::new(), ..Layout::default() };
    listed.added.clone_from(&layout.added);
    let beside: Vec<Descriptor> =
        layout.index.iter().filter(|entry| entry.digest != digest).cloned().collect();
    let index = Layout { index: beside, ..Layout::default() }.index_file();
    listed.put_manifest(&layout.manifest(&digest, Part::Manifest).unwrap(), Some("1.2.0"), None);
    listed.put_manifest(&index, Some(&format!("sha256-{}", digest.hex())), None);
    listed.save(&temp.join("x")).unwrap();
    let pulled =
        Layout::open(&temp.join("x")).unwrap().pull(Some(&tag("1.2.0")), &Limits::default()).unwrap();
    assert_eq!(pulled.evidence, [Evidence::Bundle(b"bundle".into())]);
}

#[tokio::test]
async fn an_old_signature_is_read_only_where_it_is_asked_for() {
    let (mut layout, digest) = one("1.2.0", b"\0asm").await;
    let payload = b"{\"critical\":{}}";
    let mut layer = Descriptor::of("application/vnd.dev.cosign.simplesigning.v1+json", payload);
    layer.annotations.insert("dev.cosignproject.cosign/signature".into(), "c2ln".into());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE,
        "config": Descriptor::of("application/vnd.oci.image.config.v1+json", b"{}").written(),
        "layers": [layer.written()],
    });
    layout.put_blob(payload);
    layout.put_manifest(manifest.to_string().as_bytes(), Some(&format!("sha256-{}.sig", digest.hex())), None);
    let evidence = |simple_signing| {
        let limits = Limits { simple_signing, ..Limits::default() };
        layout.pull(Some(&tag("1.2.0")), &limits).unwrap().evidence
    };
    let old = Evidence::SimpleSigning { payload: payload.to_vec(), signature: "c2ln".into() };
    assert_eq!(evidence(true), [Evidence::Bundle(b"bundle".into()), old]);
    assert_eq!(evidence(false), [Evidence::Bundle(b"bundle".into())]);
}

#[tokio::test]
async fn i9_denied_a_blob_that_was_changed() {
    let temp = Temp::new().unwrap();
    let (layout, digest) = one("1.2.0", b"\0asm").await;
    layout.save(&temp.join("x")).unwrap();
    let blob = temp.join(&format!("x/blobs/sha256/{}", Digest::of(b"\0asm").hex()));
    for (content, error) in [
        (b"evil".as_slice(), FetchError::DigestMismatch(Part::Component)),
        (b"longer than it was", FetchError::TooLarge(Part::Component, 4)),
        (b"", FetchError::DigestMismatch(Part::Component)),
    ] {
        std::fs::write(&blob, content).unwrap();
        let read = Layout::open(&temp.join("x")).unwrap();
        assert_eq!(read.pull(None, &Limits::default()), Err(error));
    }
    std::fs::remove_file(temp.join(&format!("x/blobs/sha256/{}", digest.hex()))).unwrap();
    let met = Layout::open(&temp.join("x")).unwrap().pull(Some(&tag("1.2.0")), &Limits::default());
    assert_eq!(met, Err(FetchError::NotFound(Part::Manifest)));
}

#[tokio::test]
async fn denied_links_in_a_folder() {
    let temp = Temp::new().unwrap();
    let (layout, _) = one("1.2.0", b"\0asm").await;
    let outside = temp.write("outside", b"\0asm").unwrap();
    let link = |at: &str| {
        layout.save(&temp.join("x")).unwrap();
        let at = temp.join(at);
        std::fs::remove_file(&at).unwrap();
        std::os::unix::fs::symlink(&outside, at).unwrap();
        Layout::open(&temp.join("x")).and_then(|read| read.pull(None, &Limits::default())).unwrap_err()
    };
    let refused = |part| FetchError::Malformed(part, Fault::Layout);
    assert_eq!(link(&format!("x/blobs/sha256/{}", Digest::of(b"\0asm").hex())), refused(Part::Component));
    std::fs::remove_dir_all(temp.join("x")).unwrap();
    assert_eq!(link("x/index.json"), refused(Part::Layout));
    std::fs::remove_dir_all(temp.join("x")).unwrap();
    layout.save(&temp.join("x")).unwrap();
    std::os::unix::fs::symlink(temp.join("x"), temp.join("y")).unwrap();
    assert_eq!(Layout::open(&temp.join("y")).err(), Some(refused(Part::Layout)));
}

fn tarred(entries: &[(&str, EntryType, &[u8])]) -> Result<Layout, FetchError> {
    let temp = Temp::new().unwrap();
    let mut builder = Builder::new(std::fs::File::create(temp.join("x.tar")).unwrap());
    for (name, kind, bytes) in entries {
        let mut header = Header::new_ustar();
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        // What the builder would not write.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap();
    Layout::open(&temp.join("x.tar"))
}

#[test]
fn denied_tars_with_more_than_files() {
    let index = br#"{"schemaVersion":2,"manifests":[]}"#.as_slice();
    let file = EntryType::Regular;
    let good = [("oci-layout", file, VERSION_FILE), ("index.json", file, index)];
    assert!(tarred(&good).is_ok());
    assert!(
        tarred(&[
            ("./oci-layout", file, VERSION_FILE),
            ("./index.json", file, index),
            ("blobs/", EntryType::Directory, b"")
        ])
        .is_ok()
    );
    let [first, second] = good;
    for bad in [
        ("blobs/sha256/x", EntryType::Symlink, b"".as_slice()),
        ("blobs/sha256/x", EntryType::Link, b""),
        ("dev", EntryType::Block, b""),
        ("pipe", EntryType::Fifo, b""),
        ("long", EntryType::GNULongName, b"index.json\0"),
        ("../x", file, b""),
        ("blobs/../../x", file, b""),
        ("/etc/x", file, b""),
        ("index.json", file, index),
    ] {
        let met = tarred(&[first, second, bad]).err();
        assert_eq!(met, Some(FetchError::Malformed(Part::Layout, Fault::Layout)), "{bad:?}");
    }
    assert_eq!(tarred(&[first]).err(), Some(FetchError::NotFound(Part::Layout)));
}

#[test]
fn denied_what_is_no_layout() {
    let temp = Temp::new().unwrap();
    let file = temp.write("x.tar", b"no tar at all, but text of more than nothing".repeat(40)).unwrap();
    assert!(Layout::open(&file).is_err());
    assert!(Layout::open(&temp.join("nothing")).is_err());
    std::fs::create_dir(temp.join("empty")).unwrap();
    assert!(Layout::open(&temp.join("empty")).is_err());
}

#[tokio::test]
async fn i8_junk_in_a_layout_takes_no_place_of_what_verifies() {
    let (mut layout, digest) = one("1.2.0", b"\0asm").await;
    let mut place = Place::Layout(&mut layout);
    for n in 0..100 {
        place.attach(&digest, format!("{n:03}").as_bytes()).await.unwrap();
    }
    let good = Evidence::Bundle(b"bundle".into());
    let worth = |piece: &Evidence, subject: &Digest| proof(piece, *piece == good && *subject == digest);
    let (selector, limits) = (tag("1.2.0"), Limits::default());
    let pulled = layout.pull_with(Some(&selector), &limits, &worth).unwrap();
    assert_eq!((pulled.evidence.first(), pulled.evidence.len(), pulled.capped), (Some(&good), 33, true));
    let pulled = layout.pull(Some(&selector), &limits).unwrap();
    assert_eq!((pulled.evidence.len(), pulled.capped), (32, true), "nobody knows which");
}

#[tokio::test]
async fn i8_large_manifests_in_a_layout_are_read_after_small_ones_and_no_more_than_16_mib() {
    let (mut layout, _) = one("1.2.0", b"\0asm").await;
    for n in 0..5 {
        layout.put_manifest(format!("{n}{}", " ".repeat(4_000_000)).as_bytes(), None, Some(BUNDLE_TYPE));
    }
    let pulled = layout.pull(Some(&tag("1.2.0")), &Limits::default()).unwrap();
    assert_eq!((pulled.evidence, pulled.capped), (vec![Evidence::Bundle(b"bundle".into())], true));
}
