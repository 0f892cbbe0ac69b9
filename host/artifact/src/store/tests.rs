use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::tempdir;

use super::*;

fn store() -> (tempfile::TempDir, ContentStore) {
    let root = tempdir().unwrap();
    let store = ContentStore::open(&root.path().join("a/b")).unwrap();
    (root, store)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn content_is_found_by_its_digest_alone() {
    let (_root, store) = store();
    let digest = store.put(b"bytes").unwrap();
    assert_eq!(digest, Digest::of(b"bytes"));
    assert_eq!(store.get(&digest).unwrap(), b"bytes");
    assert!(matches!(store.get(&Digest::of(b"other")), Err(StoreError::Absent(_))));
}

#[test]
fn folder_and_files_are_ours_alone() {
    let (_root, store) = store();
    let digest = store.put(b"bytes").unwrap();
    assert_eq!(mode(&store.folder), 0o700);
    assert_eq!(mode(&store.path(&digest)), 0o600);
    assert_eq!(fs::read_dir(&store.folder).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn i9_denied_changed_bytes_are_not_read_until_mended() {
    let (_root, store) = store();
    let digest = store.put(b"bytes").unwrap();
    for bytes in [b"byteS".as_slice(), b"", b"bytes and more"] {
        fs::write(store.path(&digest), bytes).unwrap();
        assert!(matches!(store.get(&digest), Err(StoreError::Changed(_))));
    }
    store.put(b"bytes").unwrap();
    assert_eq!(store.get(&digest).unwrap(), b"bytes");
}

#[test]
fn i9_denied_a_folder_that_others_may_enter() {
    let root = tempdir().unwrap();
    let open = root.path().join("open");
    fs::create_dir(&open).unwrap();
    for bits in [0o755, 0o750, 0o701, 0o777] {
        fs::set_permissions(&open, fs::Permissions::from_mode(bits)).unwrap();
        assert!(matches!(ContentStore::open(&open), Err(StoreError::NotOurs(_))), "{bits:o}");
    }
    fs::set_permissions(&open, fs::Permissions::from_mode(0o700)).unwrap();
    ContentStore::open(&open).unwrap();
    let link = root.path().join("link");
    symlink(&open, &link).unwrap();
    assert!(matches!(ContentStore::open(&link), Err(StoreError::NotOurs(_))));
}

#[test]
fn a_component_over_the_limit_is_refused() {
    let (_root, store) = store();
    assert!(matches!(store.put(&vec![0; MAX_COMPONENT + 1]), Err(StoreError::TooLarge)));
    assert_eq!(fs::read_dir(&store.folder).unwrap().count(), 0);
}
