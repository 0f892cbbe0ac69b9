//! The client against a registry that sends a manifest of 1 GiB: what the process holds more at its highest, by its own
//! figure. The registry sends from this process too, so the figure is an upper one.

use bailiwick_artifact::oci::{Registry, RegistryOptions};
use bailiwick_core::{
    program::{AddressClass, AddressRule},
    trust::{Access, Reference},
};
use bailiwick_testkit::oci::{OciRegistry, Trouble};

use crate::table::{Goal, Table};

pub(crate) fn measure(table: &mut Table) {
    let registry = OciRegistry::start().unwrap();
    registry.trouble("/manifests/", Trouble::Sized(1 << 30));
    let mut access = Access::standard(&registry.name());
    access.own.plain = true;
    access.addresses = AddressRule { class: AddressClass::Loopback, cidrs: Vec::new() };
    let client = Registry::new(RegistryOptions::new(access)).unwrap();
    let reference = Reference::parse(&format!("{}/acme/vault:1.0.0", registry.name())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let before = highest();
    let refused = runtime.block_on(client.resolve(&reference));
    assert!(refused.is_err());
    let more = (highest() - before) / 1e3;
    table.add("memory of a pull against 1 GiB, more at its highest", more, "MB", Goal::AtMost(10.0));
}

/// The most that was ever resident, in kB.
fn highest() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
