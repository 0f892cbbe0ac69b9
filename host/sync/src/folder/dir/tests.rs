use std::os::unix::fs::symlink;

use super::*;

struct Scene {
    folder: tempfile::TempDir,
    dir: Dir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = Dir::open(&folder.path().join("out")).unwrap();
        Self { folder, dir }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join("out").join(name)
    }
}

fn why(error: DirError) -> String {
    format!("{error}: {}", error.source)
}

#[test]
fn allowed_one_process() {
    let Scene { folder, dir } = Scene::new();
    drop(dir);
    assert!(Dir::open(&folder.path().join("out")).is_ok());
}

#[test]
fn denied_a_second_process() {
    let scene = Scene::new();
    let second = Dir::open(&scene.folder.path().join("out")).err().unwrap();
    assert!(why(second).contains("another process"), "a folder is locked while it is written to");
}

#[test]
fn allowed_a_plain_file_up_to_the_limit() {
    let scene = Scene::new();
    let large = vec![b'x'; usize::try_from(MAX_FILE).unwrap()];
    scene.dir.write("a.b.yaml", &large).unwrap();
    assert_eq!(scene.dir.read("a.b.yaml").unwrap().unwrap().len(), large.len());
    assert!(scene.dir.read("a.c.yaml").unwrap().is_none());
}

/// None of them is waited for, followed or read without end.
#[test]
fn denied_what_is_no_plain_file() {
    let scene = Scene::new();
    rustix::fs::mkfifoat(rustix::fs::CWD, scene.at("a.pipe.yaml"), Mode::RUSR | Mode::WUSR).unwrap();
    std::fs::create_dir(scene.at("a.folder.yaml")).unwrap();
    symlink("/dev/zero", scene.at("a.link.yaml")).unwrap();
    std::fs::write(scene.at("a.large.yaml"), vec![b'x'; usize::try_from(MAX_FILE).unwrap() + 1]).unwrap();
    for (name, what) in [
        ("a.pipe.yaml", "no plain file"),
        ("a.folder.yaml", "no plain file"),
        ("a.link.yaml", "symbolic links"),
        ("a.large.yaml", "larger than"),
    ] {
        let error = why(scene.dir.read(name).err().unwrap());
        assert!(error.contains(what), "{name}: {error}");
    }
}

#[test]
fn what_we_left_half_written_is_swept_and_what_others_have_is_not() {
    let Scene { folder, dir } = Scene::new();
    drop(dir);
    let out = folder.path().join("out");
    for name in [".a.b.yaml.partial", ".a.b.json.partial", ".download.partial", ".a.b.txt.partial"] {
        std::fs::write(out.join(name), "x").unwrap();
    }
    std::fs::create_dir(out.join(".a.folder.yaml.partial")).unwrap();
    symlink("elsewhere", out.join(".a.link.yaml.partial")).unwrap();
    let dir = Dir::open(&out).unwrap();
    let mut names = dir.names().unwrap();
    names.retain(|name| name != "." && name != "..");
    assert_eq!(
        names,
        [".a.b.txt.partial", ".a.folder.yaml.partial", ".a.link.yaml.partial", ".download.partial"]
    );
}
