use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    time::{Duration, SystemTime},
};

use bailiwick_testkit::guest;
use tempfile::{TempDir, tempdir};

use super::*;

struct Fixture {
    root: TempDir,
    engine: Engine,
    component: Vec<u8>,
}

impl Fixture {
    fn new() -> Self {
        let engine = Engine::new(&settings::config(1)).unwrap();
        Self { root: tempdir().unwrap(), engine, component: guest::component("good").unwrap() }
    }

    fn compatibility(&self) -> Compatibility {
        Compatibility::of(&self.engine)
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("aot")
    }

    fn key(&self) -> PathBuf {
        self.root.path().join("key")
    }

    fn open(&self) -> Result<Cache, CacheError> {
        Cache::open(&self.folder(), &self.key())
    }

    /// The one file, once it is there.
    fn file(&self) -> PathBuf {
        let mut files = fs::read_dir(self.folder()).unwrap();
        let file = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none());
        file
    }

    fn compile(&self) -> wasmtime::Result<Component> {
        Component::from_binary(&self.engine, &self.component)
    }

    fn hits(&self) -> bool {
        let cache = self.open().unwrap();
        cache.hit(&self.engine, &name(self.compatibility(), &self.component)).is_some()
    }

    fn fill(&self) {
        self.open()
            .unwrap()
            .load(&self.engine, self.compatibility(), &self.component, || self.compile())
            .unwrap();
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn i9_allowed_what_was_compiled_here_is_found_again() {
    let case = Fixture::new();
    assert!(!case.hits());
    case.fill();
    assert!(case.hits());
    assert_eq!((mode(&case.folder()), mode(&case.key()), mode(&case.file())), (0o700, 0o600, 0o600));
}

#[test]
fn i9_denied_any_change_of_a_byte_is_a_miss_and_is_mended() {
    let case = Fixture::new();
    case.fill();
    let good = fs::read(case.file()).unwrap();
    for at in [0, 31, 32, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(case.file(), bad).unwrap();
        assert!(!case.hits(), "byte {at}");
    }
    for bad in [&good[..good.len() - 1], &good[..32], &good[..5], &[], &[good.as_slice(), b"x"].concat()] {
        fs::write(case.file(), bad).unwrap();
        assert!(!case.hits());
    }
    case.fill();
    assert!(case.hits());
}

#[test]
fn i9_denied_code_under_another_key() {
    let case = Fixture::new();
    case.fill();
    fs::remove_file(case.key()).unwrap();
    assert!(!case.hits());
}

#[test]
fn i9_denied_code_under_the_name_of_another_component() {
    let case = Fixture::new();
    case.fill();
    let other = guest::component("panic").unwrap();
    let name = name(case.compatibility(), &other);
    fs::copy(case.file(), case.folder().join(&name)).unwrap();
    assert!(case.open().unwrap().hit(&case.engine, &name).is_none());
}

#[test]
fn i9_denied_code_of_an_engine_with_other_settings() {
    let case = Fixture::new();
    case.fill();
    let mut config = settings::config(1);
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    let other = Engine::new(&config).unwrap();
    assert_ne!(name(Compatibility::of(&other), &case.component), name(case.compatibility(), &case.component));
    // Even a file with a right MAC is only for the engine that it was compiled for.
    let mut config = settings::config(1);
    config.epoch_interruption(false);
    let other = Engine::new(&config).unwrap();
    let cache = case.open().unwrap();
    assert!(cache.hit(&other, &name(case.compatibility(), &case.component)).is_none());
}

#[test]
fn i9_denied_a_folder_that_others_may_enter() {
    let case = Fixture::new();
    fs::create_dir(case.folder()).unwrap();
    for bits in [0o755, 0o770, 0o701] {
        fs::set_permissions(case.folder(), fs::Permissions::from_mode(bits)).unwrap();
        assert!(matches!(case.open(), Err(CacheError::FolderNotOurs(_))), "{bits:o}");
    }
    fs::set_permissions(case.folder(), fs::Permissions::from_mode(0o700)).unwrap();
    case.open().unwrap();
    let link = case.root.path().join("link");
    symlink(case.folder(), &link).unwrap();
    assert!(matches!(Cache::open(&link, &case.key()), Err(CacheError::FolderNotOurs(_))));
}

#[test]
fn i9_denied_a_key_that_others_may_read_or_that_is_no_key() {
    let case = Fixture::new();
    case.open().unwrap();
    fs::set_permissions(case.key(), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(case.open(), Err(CacheError::KeyNotOurs(_))));
    fs::set_permissions(case.key(), fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(case.key(), b"short").unwrap();
    assert!(matches!(case.open(), Err(CacheError::KeyNotOurs(_))));
    fs::remove_file(case.key()).unwrap();
    symlink("/dev/zero", case.key()).unwrap();
    assert!(matches!(case.open(), Err(CacheError::KeyNotOurs(_))));
}

#[test]
fn i9_denied_a_key_in_the_folder_that_it_protects() {
    let case = Fixture::new();
    case.open().unwrap();
    let inside = case.folder().join("key");
    assert!(matches!(Cache::open(&case.folder(), &inside), Err(CacheError::KeyInFolder(_))));
    let link = case.root.path().join("link");
    symlink(case.folder(), &link).unwrap();
    let inside = link.join("key");
    assert!(matches!(Cache::open(&case.folder(), &inside), Err(CacheError::KeyInFolder(_))));
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_only() {
    let case = Fixture::new();
    let cache = case.open().unwrap();
    fs::remove_dir(case.folder()).unwrap();
    cache.load(&case.engine, case.compatibility(), &case.component, || case.compile()).unwrap();
    assert!(!case.folder().exists());
}

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Makes it look last used so many days ago.
fn age(path: &Path, days: u32) -> SystemTime {
    let then = SystemTime::now() - DAY * days;
    fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    fs::metadata(path).unwrap().modified().unwrap()
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn i9_denied_a_link_in_place_of_code() {
    let case = Fixture::new();
    case.fill();
    let (file, outside) = (case.file(), case.root.path().join("outside"));
    fs::rename(&file, &outside).unwrap();
    symlink(&outside, &file).unwrap();
    let (then, bytes) = (age(&outside, 2), fs::read(&outside).unwrap());
    assert!(!case.hits());
    case.fill();
    assert!(case.hits() && fs::symlink_metadata(&file).unwrap().is_file());
    assert_eq!((modified(&outside), fs::read(&outside).unwrap()), (then, bytes), "the link is not followed");
}

#[test]
fn a_hit_counts_as_use() {
    let case = Fixture::new();
    case.fill();
    let then = age(&case.file(), 80);
    assert!(case.hits());
    assert!(modified(&case.file()) > then + DAY * 79);
}

#[test]
fn what_was_not_used_for_long_goes_when_something_is_kept_and_nothing_else_does() {
    let case = Fixture::new();
    case.open().unwrap();
    let (in_folder, outside) = (|name: &str| case.folder().join(name), case.root.path().join("outside"));
    let (old, link, folder) =
        (in_folder(&"a".repeat(64)), in_folder(&"b".repeat(64)), in_folder(&"c".repeat(64)));
    let (ours, theirs) = (in_folder(&"d".repeat(64)), in_folder("notes"));
    for file in [&old, &ours, &theirs, &outside] {
        fs::write(file, "x").unwrap();
    }
    fs::create_dir(&folder).unwrap();
    symlink(&outside, &link).unwrap();
    for (file, days) in [(&old, 100), (&theirs, 100), (&outside, 100), (&ours, 80)] {
        age(file, days);
    }
    case.fill();
    assert!(!old.exists());
    assert!([&ours, &theirs, &outside, &folder].into_iter().all(|kept| kept.exists()));
    assert!(fs::symlink_metadata(&link).is_ok(), "a link is not ours to judge");
}

#[test]
fn several_at_once_sweep_and_keep() {
    let case = Fixture::new();
    case.open().unwrap();
    for n in 0..200 {
        let old = case.folder().join(format!("{n:064x}"));
        fs::write(&old, "x").unwrap();
        age(&old, 100);
    }
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| case.fill()))));
    assert!(case.hits(), "and the one file that is left is it: {}", case.file().display());
}
