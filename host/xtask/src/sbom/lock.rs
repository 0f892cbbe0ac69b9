//! The checksums of a Cargo.lock. Cargo writes that file, one member a line; nothing else of TOML is understood here.

use std::collections::BTreeMap;

/// SHA-256 of each package's archive, in hexadecimal, by its purl. Packages of the workspace have none.
pub(super) fn checksums(lock: &str) -> BTreeMap<String, String> {
    lock.split("[[package]]").filter_map(checksum).collect()
}

fn checksum(package: &str) -> Option<(String, String)> {
    let member = |name: &str| {
        let start = format!("{name} = \"");
        package.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix('"'))
    };
    let purl = format!("pkg:cargo/{}@{}", member("name")?, member("version")?);
    Some((purl, member("checksum")?.to_owned()))
}
