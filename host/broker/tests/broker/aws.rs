//! The catalogue of the `aws` provider against moto: signatures are written, the account is proven, a role's session
//! is minted. moto checks no signature; that they are right is shown in core, by AWS's own suite.

use bailiwick_boundary::{Answer, Arg, Ask, CallError, Handle, Outcome, Part, Request};
use bailiwick_core::program::Program;
use bailiwick_testkit::moto::{Keys, Moto};
use serde_json::json;

use crate::{
    boundary::read_back::text,
    harness::{Guest, House, at, compile, data, find, request},
};

const CATALOGUE: &str = include_str!("../../../../providers-wasm/aws/provider.toml");
const REGION: &str = "eu-central-1";

/// A program for an account; with a role, its keys may do nothing but assume it.
fn program(moto: &Moto, account: &str, role: Option<&str>) -> Program {
    let slots = json!({"account": account, "region": REGION});
    let target =
        |authority: &str, keys: &[&str]| json!({"authority": authority, "account": slots, "keys": keys});
    let targets =
        vec![target("secretsmanager", &["team-a/**"]), target("ssm", &["team-a/**"]), target("sts", &[])];
    let reference = |key: &str| json!({"name": "creds", "key": key});
    let mut settings = json!({
        "service": "SecretsManager",
        "region": REGION,
        "auth": {"secretRef": {
            "accessKeyIDSecretRef": reference("id"),
            "secretAccessKeySecretRef": reference("secret"),
        }},
    });
    let mut auth = json!({"method": "secret-ref", "secrets": ["./creds"]});
    if let Some(role) = role {
        settings["role"] = role.into();
        auth = json!({"method": "assume-role", "slots": {"role": role}, "secrets": ["./creds"]});
    }
    compile(CATALOGUE, &moto.url(), targets, auth, &settings)
}

fn house(keys: &Keys) -> House {
    let house = House::new();
    let mut secrets = house.shell.secrets.lock().unwrap();
    secrets.insert("id", keys.id.clone());
    secrets.insert("secret", keys.secret.clone());
    drop(secrets);
    house
}

fn get(entry: u32, by: Handle) -> Request {
    let part = |part| Arg::Entry(entry, part);
    request("sm-get", &[("key", part(Part::Key)), ("stage", part(Part::Version))], Some(by))
}

async fn role(guest: &mut Guest) -> Result<Handle, CallError> {
    let by = guest.named("role").await;
    match guest.ask(Ask::Exchange(request("assume-role", &[], Some(by)))).await {
        Answer::Exchange(result) => result,
        other => panic!("not the answer to an exchange: {other:?}"),
    }
}

#[tokio::test]
async fn g7_allowed_keys_of_the_granted_account() {
    let moto = Moto::shared().unwrap();
    let account = moto.account();
    moto.secret(&account, REGION, "team-a/db", r#"{"password":"x"}"#, &[]).unwrap();
    let house = house(&moto.keys(&account).unwrap());
    let mut guest = house.open(program(moto, &account, None), ["team-a/db", "team-a/none"].map(data).into());
    let by = guest.named("keys").await;
    let body = guest.body(get(0, by)).await;
    guest.deliver(0, at(body, &["/SecretString"])).await;
    assert_eq!(guest.call(get(1, by)).await.unwrap().outcome, Outcome::Absent);
    assert_eq!(text(&guest.done().await.entries[0]), r#"{"password":"x"}"#);
    // AWS says 400 where moto says 404.
    assert_eq!(house.audit.lines()[..2], ["identity 200", "sm-get 200"]);
}

#[tokio::test]
async fn g7_denied_an_attackers_keys_in_the_same_region_with_plain_names() {
    let moto = Moto::shared().unwrap();
    let (account, attacker) = (moto.account(), moto.account());
    moto.secret(&attacker, REGION, "team-a/db", "bait", &[]).unwrap();
    let house = house(&moto.keys(&attacker).unwrap());
    let mut guest = house.open(program(moto, &account, None), vec![data("team-a/db")]);
    let by = guest.named("keys").await;
    assert_eq!(guest.call(get(0, by)).await, Err(CallError::Denied));
    assert_eq!(house.audit.lines(), ["identity 200", "sm-get AccountNotGranted"]);
}

#[tokio::test]
async fn g7_denied_an_arn_in_the_place_of_a_name() {
    let moto = Moto::shared().unwrap();
    let (account, attacker) = (moto.account(), moto.account());
    let arn = moto.secret(&attacker, REGION, "team-a/db", "bait", &[]).unwrap();
    let house = house(&moto.keys(&account).unwrap());
    let mut guest = house.open(program(moto, &account, None), vec![data(&arn)]);
    let by = guest.named("keys").await;
    assert_eq!(guest.call(get(0, by)).await, Err(CallError::Denied));
    assert_eq!(house.audit.lines(), ["sm-get SlotNotAllowed"]);
}

#[tokio::test]
async fn g7_allowed_a_session_of_the_granted_accounts_role() {
    let moto = Moto::shared().unwrap();
    let (account, tenant) = (moto.account(), moto.account());
    moto.secret(&account, REGION, "team-a/db", "x", &[("env", "prod")]).unwrap();
    moto.secret(&account, REGION, "team-b/db", "y", &[("env", "prod")]).unwrap();
    let arn = moto.role(&account, "reader").unwrap();
    // The keys may be of another account: what counts is the role's.
    let house = house(&moto.keys(&tenant).unwrap());
    let entries = vec![find(None, Some("db"), &[("env", "prod")])];
    let mut guest = house.open(program(moto, &account, Some(&arn)), entries);
    let by = role(&mut guest).await.unwrap();
    assert_eq!(guest.ask(Ask::ExpiresIn(by)).await, Answer::ExpiresIn(Some(900)));
    let list = guest.body(request("sm-list", &[], Some(by))).await;
    let names = guest.ask(Ask::Names(at(list, &["/SecretList"]))).await;
    assert_eq!(names, Answer::Names(Ok(vec!["0".into()])), "team-b's is gone");
    let name = at(list, &["/SecretList/0", "/Name"]);
    let read = request("sm-get-listed", &[("name", Arg::Echo(name.clone()))], Some(by));
    let value = at(guest.body(read).await, &["/SecretString"]);
    assert_eq!(guest.ask(Ask::DeliverNamed { entry: 0, name, value }).await, Answer::Done);
    assert_eq!(text(&guest.done().await.entries[0]), "team-a/db=x ");
    assert_eq!(house.audit.lines(), ["assume-role 200", "sm-list 200", "sm-get-listed 200"]);
}
