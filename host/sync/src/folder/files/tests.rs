use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        scene.write("in/good.yaml", b"good");
        scene
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &[u8]) {
        std::fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        std::fs::write(self.at(name), content).unwrap();
    }

    /// Names that were read, and names that were not with why.
    fn read(&self) -> (Vec<String>, Vec<String>) {
        let Found { files, errors } = read(&[self.at("in")]);
        let name = |path: &Path| path.strip_prefix(self.at("in")).unwrap().display().to_string();
        let errors = errors.iter().map(|error| format!("{}: {}", name(&error.path), error.source)).collect();
        (files.keys().map(|path| name(path)).collect(), errors)
    }

    /// The good file is read, and `name` is the only one that is not.
    fn denies(&self, name: &str, why: &str) {
        let (files, errors) = self.read();
        assert_eq!(files, ["good.yaml"]);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with(name) && errors[0].contains(why), "{errors:?}");
    }
}

#[test]
fn denied_a_pipe() {
    let scene = Scene::new();
    rustix::fs::mkfifoat(rustix::fs::CWD, scene.at("in/x.yaml"), Mode::RUSR).unwrap();
    scene.denies("x.yaml", "neither a file nor a folder");
}

#[test]
fn denied_a_device_and_a_file_outside() {
    let scene = Scene::new();
    scene.write("outside.yaml", b"kind: Secret");
    for target in [PathBuf::from("/dev/zero"), scene.at("outside.yaml"), "../outside.yaml".into()] {
        symlink(target, scene.at("in/x.yaml")).unwrap();
        scene.denies("x.yaml", "leads out of the folder");
        std::fs::remove_file(scene.at("in/x.yaml")).unwrap();
    }
    symlink(scene.0.path(), scene.at("in/folder")).unwrap();
    scene.denies("folder", "leads out of the folder");
}

#[test]
fn denied_what_cannot_be_read_and_the_others_are() {
    let scene = Scene::new();
    symlink("nowhere", scene.at("in/x.yaml")).unwrap();
    scene.denies("x.yaml", "No such file");
    std::fs::remove_file(scene.at("in/x.yaml")).unwrap();
    scene.write("in/x.yaml", b"a: \xff");
    scene.denies("x.yaml", "not UTF-8");
    scene.write("in/x.yaml", &vec![b'#'; (1 << 20) + 1]);
    scene.denies("x.yaml", "larger than 1 MiB");
    scene.write("in/x.yaml", b"a");
    std::fs::set_permissions(scene.at("in/x.yaml"), std::fs::Permissions::from_mode(0o0)).unwrap();
    // Whoever may read everything reads this too.
    if File::open(scene.at("in/x.yaml")).is_err() {
        scene.denies("x.yaml", "ermission denied");
    }
    assert!(read_all(&[scene.at("in"), scene.at("nowhere")]).is_err());
}

/// As the kubelet mounts a ConfigMap.
#[test]
fn allowed_links_inside_of_the_folder() {
    let scene = Scene::new();
    scene.write("in/..2026_01/mounted.yaml", b"mounted");
    symlink("..2026_01", scene.at("in/..data")).unwrap();
    symlink("..data/mounted.yaml", scene.at("in/mounted.yaml")).unwrap();
    symlink(scene.at("in"), scene.at("link")).unwrap();
    assert_eq!(scene.read(), (vec!["good.yaml".into(), "mounted.yaml".into()], vec![]));
    assert_eq!(read_all(&[scene.at("link")]).unwrap().len(), 2, "the folder itself may be a link");
    assert_eq!(read_all(&[scene.at("in/mounted.yaml")]).unwrap().len(), 1);
}

/// Each folder of eight links to all the others: without a memory there are millions of ways.
#[test]
fn denied_links_that_multiply_read_each_file_once() {
    let scene = Scene::new();
    for folder in 0..8 {
        scene.write(&format!("in/{folder}/{folder}.yaml"), b"x");
        for other in 0..8 {
            symlink(format!("../{other}"), scene.at(&format!("in/{folder}/to-{other}"))).unwrap();
        }
    }
    let (files, errors) = scene.read();
    assert_eq!((files.len(), errors.len()), (9, 0), "{errors:?}");
}
