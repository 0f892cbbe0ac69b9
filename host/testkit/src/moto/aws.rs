//! Setting moto up: requests with a credential scope, which names service and region, and moto's own header, which
//! names the account. The signature is a dummy: nobody checks it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Moto;
use crate::http::{self, Reply};

/// AWS credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: String,
    /// The session token of temporary credentials.
    pub session: Option<String>,
}

impl Moto {
    /// One call of a JSON service (`secretsmanager`, `ssm`) in an account; status and body.
    ///
    /// # Errors
    /// Where there is no answer.
    pub fn call(&self, account: &str, region: &str, action: &str, body: &Value) -> Result<(u16, Value)> {
        let service = if action.starts_with("AmazonSSM.") { "ssm" } else { "secretsmanager" };
        let headers = [("x-amz-target", action), ("content-type", "application/x-amz-json-1.1")];
        let reply = self.send(account, region, service, &headers, &body.to_string())?;
        Ok((reply.status, reply.json()))
    }

    /// Creates a secret of Secrets Manager with a text and tags; its ARN.
    ///
    /// # Errors
    /// Where moto refuses.
    pub fn secret(
        &self,
        account: &str,
        region: &str,
        name: &str,
        text: &str,
        tags: &[(&str, &str)],
    ) -> Result<String> {
        let body = json!({"Name": name, "SecretString": text, "Tags": pairs(tags)});
        let (status, body) = self.call(account, region, "secretsmanager.CreateSecret", &body)?;
        ensure!(status == 200, "CreateSecret {name}: {status} {body}");
        Ok(body.get("ARN").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// Puts a SecureString of Parameter Store with a text and tags.
    ///
    /// # Errors
    /// Where moto refuses.
    pub fn parameter(
        &self,
        account: &str,
        region: &str,
        name: &str,
        text: &str,
        tags: &[(&str, &str)],
    ) -> Result<()> {
        let body = json!({"Name": name, "Value": text, "Type": "SecureString", "Tags": pairs(tags)});
        let (status, body) = self.call(account, region, "AmazonSSM.PutParameter", &body)?;
        ensure!(status == 200, "PutParameter {name}: {status} {body}");
        Ok(())
    }

    /// Keys of a new user of that account: good keys, whoever's account it is.
    ///
    /// # Errors
    /// Where moto refuses.
    pub fn keys(&self, account: &str) -> Result<Keys> {
        let user = format!("user-{}", self.account());
        self.query(account, "iam", &format!("Action=CreateUser&Version=2010-05-08&UserName={user}"))?;
        let text = self.query(
            account,
            "iam",
            &format!("Action=CreateAccessKey&Version=2010-05-08&UserName={user}"),
        )?;
        keys_in(&text, false)
    }

    /// Creates a role; its ARN.
    ///
    /// # Errors
    /// Where moto refuses.
    pub fn role(&self, account: &str, name: &str) -> Result<String> {
        let form =
            format!("Action=CreateRole&Version=2010-05-08&RoleName={name}&AssumeRolePolicyDocument=%7B%7D");
        let text = self.query(account, "iam", &form)?;
        element(&text, "Arn").map(str::to_owned)
    }

    /// Session keys of a role, as AssumeRole gives them.
    ///
    /// # Errors
    /// Where moto refuses.
    pub fn session_keys(&self, account: &str, role: &str) -> Result<Keys> {
        let arn = role.replace(':', "%3A").replace('/', "%2F");
        let form = format!("Action=AssumeRole&Version=2011-06-15&RoleArn={arn}&RoleSessionName=test");
        keys_in(&self.query(account, "sts", &form)?, true)
    }

    fn query(&self, account: &str, service: &str, form: &str) -> Result<String> {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let reply = self.send(account, "us-east-1", service, &headers, form)?;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        ensure!(reply.status == 200, "{service}: {} {text}", reply.status);
        Ok(text)
    }

    fn send(
        &self,
        account: &str,
        region: &str,
        service: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Reply> {
        let scope = format!("AKIAIOSFODNN7EXAMPLE/20260101/{region}/{service}/aws4_request");
        let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let mut all = vec![("authorization", authorization.as_str()), ("x-moto-account-id", account)];
        all.extend(headers);
        http::send("POST", &format!("{}/", self.url()), &all, body.as_bytes())
    }
}

fn pairs(tags: &[(&str, &str)]) -> Value {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

fn keys_in(text: &str, session: bool) -> Result<Keys> {
    let session = if session { Some(element(text, "SessionToken")?.to_owned()) } else { None };
    let (id, secret) = (element(text, "AccessKeyId")?, element(text, "SecretAccessKey")?);
    Ok(Keys { id: id.to_owned(), secret: secret.to_owned(), session })
}

fn element<'t>(text: &'t str, name: &str) -> Result<&'t str> {
    let found =
        text.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    found.map(|(inner, _)| inner).with_context(|| format!("no {name} in moto's answer"))
}
