use std::fs;

use tempfile::{TempDir, tempdir};

use super::*;

fn cache() -> (TempDir, ArtifactCache) {
    let root = tempdir().unwrap();
    let cache = ArtifactCache::open(&root.path().join("artifacts")).unwrap();
    (root, cache)
}

fn artifact() -> Pulled {
    let manifest = b"{\"manifest\":1}".to_vec();
    Pulled {
        digest: Digest::of(&manifest),
        manifest,
        config: b"{}".to_vec(),
        component: b"component".to_vec(),
        evidence: vec![
            Evidence::Bundle(b"{\"bundle\":1}".to_vec()),
            Evidence::SimpleSigning { payload: b"{}".to_vec(), signature: "c2ln".into() },
        ],
        capped: true,
        via: Some("mirror.example".into()),
    }
}

#[test]
fn i9_allowed_what_was_put_is_found_whole() {
    let (_root, cache) = cache();
    let mut artifact = artifact();
    cache.put(&artifact).unwrap();
    assert_eq!(cache.get(&artifact.digest), Some(artifact.clone()));
    artifact.evidence.pop();
    cache.put(&artifact).unwrap();
    assert_eq!(cache.get(&artifact.digest), Some(artifact), "the later evidence counts");
}

#[test]
fn i9_denied_any_part_that_was_tampered_with_or_lost_is_no_artifact() {
    let (root, cache) = cache();
    let artifact = artifact();
    cache.put(&artifact).unwrap();
    let files = || fs::read_dir(root.path().join("artifacts")).unwrap().map(|file| file.unwrap().path());
    assert_eq!(files().count(), 5, "manifest, config and payload, component, bundle, note");
    for file in files() {
        let whole = fs::read(&file).unwrap();
        for damaged in [b"".to_vec(), whole[1..].to_vec(), [whole.as_slice(), b"x"].concat()] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(cache.get(&artifact.digest), None, "{}", file.display());
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(cache.get(&artifact.digest), None);
        cache.put(&artifact).unwrap();
        assert_eq!(cache.get(&artifact.digest), Some(artifact.clone()));
    }
}

#[test]
fn i9_denied_a_note_that_names_other_content_changes_nothing_that_is_signed() {
    let (root, cache) = cache();
    let (mine, theirs) = (artifact(), b"another component".to_vec());
    cache.put(&mine).unwrap();
    let other = cache.store.put(&theirs).unwrap();
    let note = root.path().join("artifacts").join(format!("sha256-{}.json", mine.digest.hex()));
    let text = fs::read_to_string(&note).unwrap();
    fs::write(&note, text.replace(&Digest::of(&mine.component).to_string(), &other.to_string())).unwrap();
    // It is found, and the manifest still names the component that it was signed with: whoever loads compares.
    assert_eq!(cache.get(&mine.digest).unwrap().component, theirs);
}
