//! Each way that is open beside its closed twin.

use super::*;

fn origin(tls: bool, host: &str, port: u16) -> Origin {
    Origin { tls, host: host.into(), port, literal: None }
}

fn spec() -> RegistryConfigSpec {
    RegistryConfigSpec { registry: "registry.example:5000".into(), ..RegistryConfigSpec::default() }
}

fn nothing(_: &CaRef) -> Option<Arc<Vec<u8>>> {
    None
}

#[test]
fn a_registry_without_a_word_is_public_and_over_tls() {
    let access = Access::standard("ghcr.io");
    assert_eq!(
        Ok(access.clone()),
        Access::of(&RegistryConfigSpec { registry: "ghcr.io".into(), ..spec() }, nothing)
    );
    assert!(!access.own.plain && access.own.roots.is_none() && access.auth_hosts.is_empty());
    assert_eq!(access.addresses, AddressRule { class: AddressClass::Public, cidrs: vec![] });
}

#[test]
fn denied_configurations_that_say_half() {
    let registry = RegistryConfigSpec { registry: "https://x".into(), ..spec() };
    let auth = RegistryConfigSpec { auth_hosts: vec!["a/b".into()], ..spec() };
    let class = |class: &str| {
        let addresses = Some(GrantAddresses { class: class.into(), cidrs: vec![] });
        RegistryConfigSpec { addresses, ..spec() }
    };
    let ca = RegistryConfigSpec { ca_ref: Some(CaRef { config_map: "ca".into(), key: None }), ..spec() };
    let prefix = Mirror { registry: "m".into(), path_prefix: Some("../x".into()), ..Mirror::default() };
    let mirror = RegistryConfigSpec { mirrors: vec![prefix], ..spec() };
    for (spec, error) in [
        (registry, AccessError::Registry),
        (auth, AccessError::Registry),
        (class("any"), AccessError::Class),
        (class("cluster"), AccessError::Network),
        (ca, AccessError::Roots),
        (mirror, AccessError::Prefix),
    ] {
        assert_eq!(Access::of(&spec, nothing), Err(error));
    }
    assert!(Access::of(&class("private"), nothing).is_ok());
}

#[test]
fn a_realm_is_at_the_registry_or_a_listed_host() {
    let own = origin(true, "registry.example", 443);
    let listed = ["auth.example".to_owned()];
    assert!(admits_realm(&own, &[], &own));
    assert!(admits_realm(&own, &listed, &origin(true, "auth.example", 443)));
    for denied in [
        origin(true, "evil.example", 443),
        origin(true, "auth.example", 8443),
        origin(false, "auth.example", 80),
        origin(false, "registry.example", 443),
        origin(true, "169.254.169.254", 443),
    ] {
        assert!(!admits_realm(&own, &listed, &denied), "{denied:?}");
    }
}

#[test]
fn a_hop_never_leaves_tls_and_credentials_never_leave_the_origin() {
    let (secure, plain) = (origin(true, "a", 443), origin(false, "a", 80));
    assert!(
        admits_hop(&secure, &origin(true, "cdn", 443))
            && admits_hop(&plain, &secure)
            && admits_hop(&plain, &plain)
    );
    assert!(!admits_hop(&secure, &plain));
    assert!(carries_credentials(&secure, &secure));
    assert!(!carries_credentials(&secure, &origin(true, "a", 444)));
    assert!(!carries_credentials(&secure, &plain));
}
