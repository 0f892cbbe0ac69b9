//! The binary while it runs: what it was sent, and how it ended. It writes into files of its own, so that nothing
//! waits for a pipe to be read; a test that fails leaves no process behind.

use std::{
    fs::File,
    os::unix::process::ExitStatusExt,
    process::{Child, Command},
    thread::sleep,
    time::Duration,
};

use crate::scene::{Said, Scene};

/// A process of ours.
pub(crate) struct Running<'s> {
    scene: &'s Scene,
    child: Child,
}

impl<'s> Running<'s> {
    pub(crate) fn start(scene: &'s Scene, mut command: Command) -> Self {
        let file = |name| File::create(scene.folder.join(name)).unwrap();
        let child = command.stdout(file("stdout")).stderr(file("stderr")).spawn().unwrap();
        Self { scene, child }
    }

    /// Sends a signal by its name, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success(), "{kill}");
    }

    /// Waits until `seen` holds, while the process runs.
    pub(crate) fn until(&mut self, what: &str, seen: impl Fn(&Scene) -> bool) {
        while !seen(self.scene) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended before {what}: {}", self.text("stderr"));
            sleep(Duration::from_millis(2));
        }
    }

    /// Looks without a pause until `seen` holds, or the process has ended.
    pub(crate) fn meet(&mut self, seen: impl Fn(&Scene) -> bool) {
        while !seen(self.scene) && self.child.try_wait().unwrap().is_none() {}
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for its end. The code is the negative number of the signal that killed it, if one did.
    pub(crate) fn end(mut self) -> Said {
        let status = self.child.wait().unwrap();
        let code = status.code().or_else(|| Some(-status.signal()?)).unwrap();
        Said { code, out: self.text("stdout"), err: self.text("stderr") }
    }

    fn text(&self, name: &str) -> String {
        self.scene.folder.read(name).unwrap()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // Fails where it has ended, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
