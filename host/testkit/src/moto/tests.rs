use serde_json::{Value, json};

use super::*;

// What GetCallerIdentity and GetSecretValue say to someone with these keys.
fn as_holder(moto: &Moto, keys: &Keys, service: &str, headers: &[(&str, &str)], body: &str) -> http::Reply {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/20260101/eu-central-1/{service}/aws4_request, SignedHeaders=host, Signature=0",
        keys.id
    );
    let mut all = vec![("authorization", authorization.as_str())];
    all.extend(headers);
    http::send("POST", &format!("{}/", moto.url()), &all, body.as_bytes()).unwrap()
}

fn account_of(moto: &Moto, keys: &Keys) -> String {
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let reply = as_holder(moto, keys, "sts", &[("content-type", "application/x-www-form-urlencoded")], form);
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    text.split_once("<Account>").unwrap().1.split_once('<').unwrap().0.to_owned()
}

#[test]
fn keys_belong_to_their_account_and_see_its_secrets_only() {
    let moto = Moto::shared().unwrap();
    let (ours, theirs) = (moto.account(), moto.account());
    assert_ne!(ours, theirs);
    moto.secret(&ours, "eu-central-1", "app/db", r#"{"password":"x"}"#, &[("team", "a")]).unwrap();
    moto.parameter(&ours, "eu-central-1", "/app/db", "y", &[]).unwrap();
    let (good, attacker) = (moto.keys(&ours).unwrap(), moto.keys(&theirs).unwrap());
    assert_eq!(account_of(moto, &good), ours);
    assert_eq!(account_of(moto, &attacker), theirs);
    let read = |keys: &Keys| {
        let target = [
            ("x-amz-target", "secretsmanager.GetSecretValue"),
            ("content-type", "application/x-amz-json-1.1"),
        ];
        as_holder(moto, keys, "secretsmanager", &target, r#"{"SecretId":"app/db"}"#)
    };
    assert_eq!(read(&good).json()["SecretString"], r#"{"password":"x"}"#);
    let refused = read(&attacker).json();
    assert!(refused["__type"].as_str().unwrap().ends_with("ResourceNotFoundException"), "{refused}");
    let parameter = json!({"Name": "/app/db", "WithDecryption": true});
    let (status, body) = moto.call(&ours, "eu-central-1", "AmazonSSM.GetParameter", &parameter).unwrap();
    assert_eq!((status, &body["Parameter"]["Value"]), (200, &Value::from("y")));
}

#[test]
fn a_role_of_another_account_gives_keys_of_that_account() {
    let moto = Moto::shared().unwrap();
    let (ours, theirs) = (moto.account(), moto.account());
    let role = moto.role(&theirs, "reader").unwrap();
    assert_eq!(role, format!("arn:aws:iam::{theirs}:role/reader"));
    let session = moto.session_keys(&ours, &role).unwrap();
    assert!(session.session.is_some());
    assert_eq!(account_of(moto, &session), theirs);
}
