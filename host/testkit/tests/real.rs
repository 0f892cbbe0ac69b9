//! The way to a real server, walked with a stand-in: a script with the arguments and the first words of `vault
//! server -dev` in front of the embedded backend. So that the harness works on the day a real server is there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt;

use bailiwick_testkit::kv::cases::{self, Fixture};
use bailiwick_testkit::kv::real::Real;
use bailiwick_testkit::kv::{Node, Vault};
use bailiwick_testkit::temp::Folder;

const SCRIPT: &str = "#!/bin/sh
for argument; do
  case $argument in -dev-listen-address=*) address=${argument#*=};; esac
done
echo 'You may need to set the following environment variables:'
echo '    Unseal Key: dev-unseal-key'
exec KV_DEV --listen \"$address\"
";

fn stand_in(folder: &Folder) -> Real {
    let program = folder.write("vault", SCRIPT.replace("KV_DEV", env!("CARGO_BIN_EXE_kv-dev"))).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    Real::start_program(&program).unwrap()
}

// One test, so that no other thread forks while the script is open for writing (ETXTBSY).
#[test]
fn the_cases_run_on_a_server_of_its_own_that_ends_with_its_handle() {
    let folder = Folder::new().unwrap();
    let server = stand_in(&folder);
    assert_eq!(
        left_out(&server),
        ["node-standby", "node-standby-health", "node-behind"],
        "not for a cluster of one"
    );
    let health = format!("{}/v1/sys/health", server.url());
    let status = || bailiwick_testkit::http::send("GET", &health, &[], b"").map(|reply| reply.status);
    assert!(server.enter(Node::Sealed).unwrap());
    assert_eq!(status().unwrap(), 503);
    assert!(server.enter(Node::Active).unwrap());
    assert_eq!(status().unwrap(), 200);
    drop(server);
    assert!(status().is_err());
}

fn left_out(server: &Real) -> Vec<String> {
    let recorded = bailiwick_testkit::repository().join("tests/recorded/vault");
    let fixture = Fixture::new().unwrap();
    let mut variables = fixture.variables(server.root_token()).unwrap();
    cases::set_up(server, &recorded, &mut variables).unwrap();
    let all = cases::load(&recorded).unwrap();
    let ran = |case: &cases::Case| cases::run(server, case, &variables).expect(&case.name);
    all.into_iter().filter(|case| !ran(case)).map(|case| case.name).collect()
}
