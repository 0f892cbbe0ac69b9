//! What a registry that sends without end costs in memory: a process of its own, so that no other test's is counted.
//! The registry runs in it too and sends the same 64 kB again and again.

// clippy.toml lets tests unwrap, but not the helpers beside them.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use bailiwick_artifact::oci::{FetchError, Limits, Registry, RegistryOptions, Timing};
use bailiwick_core::{
    program::{AddressClass, AddressRule},
    trust::{Access, Reference},
};
use bailiwick_testkit::oci::{OciRegistry, Trouble};

/// The most that this process ever held, in kB (proc(5), VmHWM).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn pull(registry: &OciRegistry) -> Result<(), FetchError> {
    let mut access = Access::standard(&registry.name());
    access.own.plain = true;
    access.addresses = AddressRule { class: AddressClass::Loopback, cidrs: Vec::new() };
    let timing = Timing { read: Duration::from_secs(30), ..Timing::default() };
    let client = Registry::new(RegistryOptions { timing, ..RegistryOptions::new(access) })?;
    let reference = Reference::parse(&format!("{}/acme/vault:1.2.0", registry.name())).unwrap();
    client.pull(&reference, &Limits::default()).await.map(drop)
}

#[tokio::test]
async fn i8_a_gigabyte_from_a_registry_costs_less_than_ten_megabytes() {
    let registry = OciRegistry::start().unwrap();
    let artifact = registry.component("acme/vault", "1.2.0", b"\0asm");
    registry.bundle("acme/vault", &artifact.digest, b"bundle");
    pull(&registry).await.unwrap();
    let before = peak();
    for part in ["manifests/1.2.0", "blobs/", "referrers/"] {
        for trouble in [Trouble::Sized(1 << 30), Trouble::Endless] {
            registry.trouble(part, trouble);
            // A list is read up to its bound; all else is refused.
            let met = pull(&registry).await;
            let bounded =
                if part == "referrers/" { met.is_ok() } else { matches!(met, Err(FetchError::TooLarge(..))) };
            assert!(bounded, "{part}");
            registry.heal();
        }
    }
    let more = peak() - before;
    assert!(more < 10_000, "{more} kB more");
}
