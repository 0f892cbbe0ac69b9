//! Who is shown credentials, and who is not.

use bailiwick_testkit::{
    count::Counter,
    oci::{Login, Trouble},
    tls::{Authority, Validity},
};
use zeroize::Zeroizing;

use super::*;
use crate::oci::names::Looking;

fn alice() -> Credentials {
    let own = |text: &str| Zeroizing::new(text.to_owned());
    Credentials::Basic { username: own("alice"), password: own("opensesame") }
}

fn locked(login: Login) -> OciRegistry {
    let registry = OciRegistry::start_with(OciOptions { login, ..OciOptions::default() }).unwrap();
    registry.component(REPOSITORY, "1.2.0", COMPONENT);
    registry
}

fn user() -> Option<(String, String)> {
    Some(("alice".into(), "opensesame".into()))
}

async fn as_alice(
    registry: &OciRegistry,
    change: impl FnOnce(&mut RegistryOptions),
) -> Result<Pulled, FetchError> {
    let mut options = options(registry);
    options.credentials = alice();
    change(&mut options);
    Registry::new(options)?.pull(&named(registry, ":1.2.0"), &Limits::default()).await
}

#[tokio::test]
async fn basic_and_tokens_open_what_they_are_for() {
    let registry = locked(Login::Basic("alice".into(), "opensesame".into()));
    assert!(as_alice(&registry, |_| {}).await.is_ok());
    assert_eq!(pull(&registry).await, Err(FetchError::Unauthorized));
    let registry = locked(Login::Token { user: user(), realm: None });
    assert!(as_alice(&registry, |_| {}).await.is_ok());
    // One token for all requests, with a scope that is ours.
    let tokens: Vec<String> =
        registry.asked().into_iter().map(|asked| asked.target).filter(|t| t.contains("/token")).collect();
    assert_eq!(tokens, ["/token?service=here&scope=repository%3Aacme%2Fvault%3Apull"]);
    assert_eq!(pull(&registry).await, Err(FetchError::Unauthorized));
}

#[tokio::test]
async fn nobody_is_shown_credentials_without_asking() {
    let registry = OciRegistry::start().unwrap();
    registry.component(REPOSITORY, "1.2.0", COMPONENT);
    assert!(as_alice(&registry, |_| {}).await.is_ok());
    assert!(registry.asked().iter().all(|asked| asked.authorization.is_none()));
}

#[tokio::test]
async fn denied_a_realm_elsewhere_and_nothing_is_sent_there() {
    let elsewhere = Counter::start().unwrap();
    let own = format!("http://{}/token", elsewhere.address());
    let urls = [
        own.as_str(),
        "http://169.254.169.254/latest/meta-data/",
        "https://evil.example/token",
        "file:///etc/passwd",
        "x",
    ];
    for realm in urls {
        let registry = locked(Login::Token { user: user(), realm: Some(realm.into()) });
        assert_eq!(as_alice(&registry, |_| {}).await, Err(FetchError::RealmNotAllowed), "{realm}");
    }
    assert_eq!(elsewhere.connections().unwrap(), 0);
}

#[tokio::test]
async fn a_listed_auth_host_may_be_asked_and_its_address_is_checked() {
    let auth = locked(Login::Token { user: user(), realm: None });
    let registry =
        locked(Login::Token { user: user(), realm: Some(format!("http://{}/token", auth.name())) });
    let met = as_alice(&registry, |options| options.access.auth_hosts = vec![auth.name()]).await;
    assert!(met.is_ok(), "{met:?}");
    assert_eq!(auth.count("/token"), 1);
    let registry = locked(Login::Token { user: user(), realm: Some("http://169.254.169.254/".into()) });
    let met = as_alice(&registry, |options| options.access.auth_hosts = vec!["169.254.169.254".into()]).await;
    assert_eq!(met, Err(FetchError::AddressNotAllowed));
}

#[tokio::test]
async fn denied_token_services_that_are_busy_closed_or_endless() {
    let registry = locked(Login::Token { user: user(), realm: None });
    for (trouble, error) in [
        (Trouble::throttled(3), FetchError::Throttled { retry_after: Some(Duration::from_secs(3)) }),
        (Trouble::status(403), FetchError::Forbidden),
        (Trouble::Endless, FetchError::TooLarge(Part::Token, 64 << 10)),
        (Trouble::redirect(307, "http://127.0.0.1:1/"), FetchError::Status(307)),
        (Trouble::bytes("{}"), FetchError::Malformed(Part::Token, Fault::Json)),
        (Trouble::bytes(r#"{"token":"a\r\nX: y"}"#), FetchError::Malformed(Part::Token, Fault::Json)),
    ] {
        registry.trouble("/token", trouble.clone());
        assert_eq!(as_alice(&registry, |_| {}).await, Err(error), "{trouble:?}");
        registry.heal();
    }
}

#[tokio::test]
async fn denied_credentials_do_not_follow_a_redirect() {
    let cdn = OciRegistry::start().unwrap();
    let registry = locked(Login::Basic("alice".into(), "opensesame".into()));
    let place = format!("http://{}/v2/acme/vault/blobs/{}", cdn.name(), Digest::of(COMPONENT));
    cdn.blob(REPOSITORY, COMPONENT);
    registry.trouble(&format!("blobs/{}", Digest::of(COMPONENT)), Trouble::redirect(307, &place));
    assert!(as_alice(&registry, |_| {}).await.is_ok());
    let asked = cdn.asked();
    assert_eq!(asked.iter().map(|asked| asked.authorization.clone()).collect::<Vec<_>>(), [None]);
    // Nor are they given to one who asks for them there.
    let ask = vec![("www-authenticate".to_owned(), "Basic realm=\"x\"".to_owned())];
    cdn.trouble("blobs/", Trouble::Answer(401, ask, Vec::new()));
    assert_eq!(as_alice(&registry, |_| {}).await, Err(FetchError::Unauthorized));
    assert!(cdn.asked().iter().all(|asked| asked.authorization.is_none()));
}

#[tokio::test]
async fn two_clients_share_nothing() {
    let registry = locked(Login::Token { user: user(), realm: None });
    assert!(as_alice(&registry, |_| {}).await.is_ok());
    let bob = |options: &mut RegistryOptions| {
        let own = |text: &str| Zeroizing::new(text.to_owned());
        options.credentials = Credentials::Basic { username: own("bob"), password: own("x") };
    };
    assert_eq!(as_alice(&registry, bob).await, Err(FetchError::Unauthorized));
}

#[tokio::test]
async fn i6_denied_addresses_by_default() {
    let registry = locked(Login::Open);
    let met = as_alice(&registry, |options| options.access.addresses = Access::standard("x").addresses).await;
    assert_eq!((met, registry.asked()), (Err(FetchError::AddressNotAllowed), vec![]));
}

/// Names that all lead to the same addresses.
struct Fixed(Vec<std::net::IpAddr>);

impl Names for Fixed {
    fn look_up(&self, _: String) -> Looking<'_> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

fn at(port: u16, addresses: &[&str]) -> RegistryOptions {
    let mut access = Access::standard(&format!("registry.example:{port}"));
    access.addresses = AddressRule { class: AddressClass::Loopback, cidrs: Vec::new() };
    let names = Arc::new(Fixed(addresses.iter().map(|address| address.parse().unwrap()).collect()));
    RegistryOptions { names, timing: timing(), ..RegistryOptions::new(access) }
}

async fn manifest_at(options: RegistryOptions) -> Result<Digest, FetchError> {
    let reference = Reference::parse(&format!("{}/{REPOSITORY}:1.2.0", options.access.own.registry)).unwrap();
    Registry::new(options)?.resolve(&reference).await
}

#[tokio::test]
async fn i6_a_name_leads_where_every_address_is_admitted_or_nowhere() {
    let registry = locked(Login::Open);
    let port = registry.address().port();
    let plain = |addresses: &[&str]| {
        let mut options = at(port, addresses);
        options.access.own.plain = true;
        manifest_at(options)
    };
    assert!(plain(&["127.0.0.1"]).await.is_ok());
    let asked = registry.asked().len();
    for addresses in
        [["127.0.0.1", "169.254.169.254"].as_slice(), &["127.0.0.1", "10.0.0.1"], &["::ffff:169.254.169.254"]]
    {
        assert_eq!(plain(addresses).await, Err(FetchError::AddressNotAllowed), "{addresses:?}");
    }
    assert_eq!(plain(&[]).await, Err(FetchError::Unreachable(Why::Name)));
    assert_eq!(registry.asked().len(), asked);
}

#[tokio::test]
async fn a_ca_is_the_only_root() {
    let (ours, theirs) = (Authority::new("ours").unwrap(), Authority::new("theirs").unwrap());
    let tls = Some(ours.server(&["registry.example"], Validity::Now).unwrap());
    let registry = OciRegistry::start_with(OciOptions { tls, ..OciOptions::default() }).unwrap();
    registry.component(REPOSITORY, "1.2.0", COMPONENT);
    let with = |roots: Option<String>| {
        let mut options = at(registry.address().port(), &["127.0.0.1"]);
        options.access.own.roots = roots.map(|pem| Arc::new(pem.into_bytes()));
        manifest_at(options)
    };
    assert!(with(Some(ours.pem())).await.is_ok());
    let refused = Err(FetchError::Unreachable(Why::Connect));
    assert_eq!(with(Some(theirs.pem())).await, refused);
    assert_eq!(with(None).await, refused);
    assert_eq!(with(Some("no certificate".into())).await, Err(FetchError::Roots));
}
