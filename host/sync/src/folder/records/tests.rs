use std::fs;

use tempfile::tempdir;

use super::*;

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn highest(records: &FolderRecords) -> Known {
    records.mark("r.example/a", "vault").known
}

#[test]
fn marks_only_rise_and_are_kept_by_repository_and_name() {
    let root = tempdir().unwrap();
    let records = FolderRecords::open(Some(root.path()), false, true).unwrap();
    assert_eq!(highest(&records), Known::Nothing);
    for (raised, then) in [("1.2.0", "1.2.0"), ("1.1.0", "1.2.0"), ("1.10.0", "1.10.0"), ("1.9.9", "1.10.0")]
    {
        records.raise("r.example/a", "vault", &version(raised)).unwrap();
        assert_eq!(highest(&records), Known::Highest(version(then)));
    }
    assert_eq!(records.mark("r.example/b", "vault").known, Known::Nothing);
    drop(records);
    let again = FolderRecords::open(Some(root.path()), false, false).unwrap();
    assert_eq!(highest(&again), Known::Highest(version("1.10.0")));
}

#[test]
fn denied_marks_that_are_missing_or_damaged_are_not_replaced_unseen() {
    let root = tempdir().unwrap();
    let file = root.path().join("trust").join(MARKS);
    let open = |init| FolderRecords::open(Some(root.path()), false, init).unwrap();
    let raise = |records: &FolderRecords| records.raise("r.example/a", "vault", &version("1.0.0")).unwrap();
    let records = open(false);
    raise(&records);
    assert_eq!(highest(&records), Known::Missing);
    assert!(!file.exists(), "only --init-state makes it");
    drop(records);
    raise(&open(true));
    for damaged in ["", "{", "{\"versions\":{\"a b\":\"one\"}}", "{\"versions\":{},\"more\":1}"] {
        fs::write(&file, damaged).unwrap();
        let records = open(false);
        assert_eq!(highest(&records), Known::Unreadable, "{damaged}");
        assert!(records.raise("r.example/a", "vault", &version("1.0.0")).is_err(), "it would run unmarked");
        assert_eq!(fs::read_to_string(&file).unwrap(), damaged);
    }
    assert_eq!(highest(&open(true)), Known::Nothing, "--init-state begins anew");
}

#[test]
fn denied_to_begin_anew_over_marks_that_only_this_time_cannot_be_read() {
    let root = tempdir().unwrap();
    let file = root.path().join("trust").join(MARKS);
    fs::create_dir_all(&file).unwrap();
    assert!(FolderRecords::open(Some(root.path()), false, true).is_err());
    let records = FolderRecords::open(Some(root.path()), false, false).unwrap();
    assert_eq!(highest(&records), Known::Unreadable);
    assert!(records.raise("r.example/a", "vault", &version("1.0.0")).is_err());
    assert!(file.is_dir());
}

#[test]
fn without_a_folder_nothing_is_remembered_and_a_mark_says_so() {
    for init in [false, true] {
        let records = FolderRecords::open(None, false, init).unwrap();
        assert_eq!(records.mark("r.example/a", "vault"), Mark { known: Known::NotKept, init_state: init });
        assert_eq!(records.status("vault").unwrap(), ProviderStatus::default());
        records.raise("r.example/a", "vault", &version("1.0.0")).unwrap();
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let root = tempdir().unwrap();
    let state = root.path().join("state");
    let records = FolderRecords::open(Some(&state), true, true).unwrap();
    records
        .report("vault", &ProviderStatus { pending: Some("x".into()), ..ProviderStatus::default() })
        .unwrap();
    assert_eq!(highest(&records), Known::Missing, "not that none is kept");
    assert!(!state.exists());
}
