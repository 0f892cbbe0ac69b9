//! The pool's address space: the engine starts where a container allows 8 GiB of it.

use std::{env, process::Command};

use bailiwick_boundary::Ended;
use bailiwick_sandbox::{Engine, EngineOptions};

use crate::support::{load, patient, run};

/// Set in the child.
const INSIDE: &str = "BAILIWICK_TEST_INSIDE_ULIMIT";

#[tokio::test]
async fn the_default_engine_starts_within_8_gib_of_address_space() {
    if env::var_os(INSIDE).is_some() {
        let engine = Engine::new(EngineOptions::default()).unwrap();
        assert_eq!(run(&load(&engine, "good"), patient()).await.0, Ok(Ended::Ok));
        return;
    }
    let (ok, _) = under("8388608");
    assert!(ok);
    let (ok, said) = under("1048576");
    assert!(!ok && said.contains("Pool"), "the limit is not in force, so this test shows nothing: {said}");
}

/// This very test in a child process with so many KiB of address space.
fn under(kib: &str) -> (bool, String) {
    let me = env::current_exe().unwrap();
    let script = r#"ulimit -v "$1" && exec "$2" --exact space::the_default_engine_starts_within_8_gib_of_address_space"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", kib]).arg(me).env(INSIDE, "1");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said)
}
