//! The registry that a command talks to: how it is reached comes from a `RegistryConfig` manifest, who we are from a
//! docker configuration. Nothing is run and nothing is asked for here; a helper program that such a file names is
//! refused by name.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use bailiwick_api::manifest::{AnyObject, load};
use bailiwick_artifact::oci::{
    Credentials, FetchError, Registry, RegistryOptions, Why,
    pull_secret::{Layout, PullSecret},
};
use bailiwick_core::{
    program::{AddressClass, AddressRule},
    trust::{Access, Reference},
};
use clap::Args;
use zeroize::Zeroizing;

use crate::report;

/// How registries are reached.
#[derive(Debug, Args)]
pub(crate) struct RegistryArgs {
    /// A RegistryConfig manifest, with the ConfigMaps that its caRefs name; else TLS with the platform's roots and public
    /// addresses only
    #[arg(long, value_name = "FILE")]
    registry_config: Option<PathBuf>,
    /// The docker configuration whose `auths` are used [default: $DOCKER_CONFIG/config.json or ~/.docker/config.json]
    #[arg(long, value_name = "FILE")]
    docker_config: Option<PathBuf>,
    /// Talk to a registry on this machine (127.0.0.1 or localhost) without TLS
    #[arg(long)]
    plain_http: bool,
}

/// A client for the registry of `reference`.
pub(crate) fn client(reference: &Reference, args: &RegistryArgs) -> anyhow::Result<Registry> {
    let access = access(&reference.registry, args)?;
    let secret = docker(args.docker_config.as_deref())?;
    let credentials = |registry: &str| credentials(secret.as_ref(), registry, &reference.path);
    let mut options = RegistryOptions::new(access);
    options.credentials = credentials(&reference.registry)?;
    for mirror in &options.access.mirrors {
        options.mirrors.insert(mirror.registry.clone(), credentials(&mirror.registry)?);
    }
    Ok(Registry::new(options)?)
}

fn access(registry: &str, args: &RegistryArgs) -> anyhow::Result<Access> {
    let mut access = match &args.registry_config {
        None => Access::standard(registry),
        Some(file) => configured(registry, file).with_context(|| file.display().to_string())?,
    };
    if args.plain_http {
        if !is_here(registry) {
            bail!(
                "--plain-http is for registries on this machine; for {registry} write insecureHttp into a RegistryConfig"
            );
        }
        access.own.plain = true;
        access.addresses = AddressRule { class: AddressClass::Loopback, cidrs: Vec::new() };
    }
    Ok(access)
}

fn configured(registry: &str, file: &Path) -> anyhow::Result<Access> {
    let text = std::fs::read_to_string(file).context("cannot read")?;
    let (manifests, errors) = load(&text, &file.display().to_string());
    if let Some(error) = errors.into_iter().next() {
        return Err(error.into());
    }
    let (mut maps, mut found) = (BTreeMap::new(), Vec::new());
    for manifest in manifests {
        match manifest.object {
            AnyObject::ConfigMap(map) => drop(maps.insert(map.metadata.name, map.data.unwrap_or_default())),
            AnyObject::RegistryConfig(object) if object.spec.registry == registry => found.push(object.spec),
            _ => {}
        }
    }
    let [spec] = found.as_slice() else {
        bail!("has not exactly one RegistryConfig whose registry is {registry}")
    };
    let roots = |ca: &bailiwick_api::grant::CaRef| {
        let pem = maps.get(&ca.config_map)?.get(ca.key.as_deref().unwrap_or("ca.crt"))?;
        Some(Arc::new(pem.clone().into_bytes()))
    };
    Ok(Access::of(spec, roots)?)
}

fn is_here(registry: &str) -> bool {
    let host = registry.split(':').next().unwrap_or_default();
    host == "localhost" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// The docker configuration. The default one may be absent, one that was named may not.
fn docker(named: Option<&Path>) -> anyhow::Result<Option<PullSecret>> {
    let folder = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".docker"));
    let file = match named {
        Some(file) => file.to_owned(),
        None => {
            match folder.or_else(home).map(|folder| folder.join("config.json")).filter(|file| file.exists()) {
                Some(file) => file,
                None => return Ok(None),
            }
        }
    };
    let text =
        Zeroizing::new(std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    PullSecret::read(Layout::Config, &text).map(Some).with_context(|| file.display().to_string())
}

fn credentials(secret: Option<&PullSecret>, registry: &str, path: &str) -> anyhow::Result<Credentials> {
    let Some(secret) = secret else { return Ok(Credentials::Anonymous) };
    let found =
        secret.credentials(registry, path).with_context(|| format!("docker configuration: {registry}"))?;
    Ok(found.unwrap_or_default())
}

/// A registry or layout did not do what it was asked: the input was good. `what` is what it was asked about.
pub(super) fn failed(what: &str, error: FetchError) -> u8 {
    let hint = hint(what, &error);
    report::complain(&format!("error: {what}: {:#}{hint}", anyhow::Error::new(error)));
    crate::FAILED
}

/// There is no default registry: `acme/fake:1.0.0` is asked of a host `acme`.
fn hint(what: &str, error: &FetchError) -> String {
    let registry = what.split('/').next().unwrap_or_default();
    match error {
        FetchError::Unreachable(Why::Name) if !registry.contains(['.', ':']) => {
            format!("; `{registry}` was taken for the registry: a reference begins with its host")
        }
        FetchError::AddressNotAllowed if is_here(registry) => "; or try --plain-http".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_that_is_none_or_on_this_machine_is_said() {
        let name = FetchError::Unreachable(Why::Name);
        assert!(hint("acme/fake:1.0.0", &name).starts_with("; `acme` was taken for the registry"));
        for what in ["acme.example/fake:1.0.0", "acme:5000/fake:1.0.0"] {
            assert_eq!(hint(what, &name), "", "{what}");
        }
        assert_eq!(hint("acme/fake:1.0.0", &FetchError::Unreachable(Why::Timeout)), "");
        let address = FetchError::AddressNotAllowed;
        assert_eq!(hint("localhost:5000/fake:1.0.0", &address), "; or try --plain-http");
        assert_eq!(hint("registry.example/fake:1.0.0", &address), "");
    }
}
