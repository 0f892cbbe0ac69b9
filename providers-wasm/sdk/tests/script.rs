//! The script must catch what the host would refuse: each rule has a provider that keeps it and one that breaks it.

use bailiwick_sdk::{
    Arg, CallError, Codec, Entry, Failure, Host, Outcome, Part, Provider, PushEntry, Request, Shape,
    Unreadable,
    testing::{Run, Script, find, reference, secret, secret_at},
};
use serde_json::{Value, json};

const CATALOGUE: &str = r#"
settings = { type = "object", fields.url = { type = "string", required = true }, fields.old = { type = "unserved" }, fields.size = { type = "integer", default = 3 }, fields.seed = { type = "string", secret = true } }
config = { items = "/none/*", key = "/key", value = "/value" }
[auth.token]
credential = "token"
operations = ["get", "list", "login"]
[operations.login]
class = "exchange"
mint.operations = ["get"]
[operations.get]
class = "read"
key = ["key"]
slots.key.source = "key"
slots.version = { source = "version", optional = true }
[operations.get-listed]
class = "read"
key = ["name"]
slots.name.source = "echo"
[operations.list]
class = "list"
reply.public = ["/items/*/name", "/next"]
slots.prefix = { source = "path", optional = true }
[operations.put]
class = "write"
key = ["key"]
slots.key.source = "key"
slots.url.source = { settings = "/url" }
slots.value.source = "secret"
"#;

/// A provider whose fetch is the test's.
trait Fetch {
    fn fetch(host: &Host, settings: &Value, entries: &[Entry]) -> Result<(), Failure>;
}

struct By<F>(F);

impl<F: Fetch> Provider for By<F> {
    type Settings = Value;

    fn validate(host: &Host, settings: &Value) -> Result<(), Failure> {
        F::fetch(host, settings, &[])
    }

    fn fetch(host: &Host, settings: &Value, entries: &[Entry]) -> Result<(), Failure> {
        F::fetch(host, settings, entries)
    }

    fn push(host: &Host, _: &Value, entries: &[PushEntry]) -> Result<(), Failure> {
        let entry = entries.first().ok_or(Failure::NotFound)?;
        let put = Request::new("put").key(0).arg("url", Arg::Settings("/url"));
        host.call(&put.arg("value", Arg::Secret(&entry.value)))?.found().map(|_| ())
    }
}

/// Makes a provider of a closure's body and runs it.
macro_rules! fetch {
    ($script:expr, $entries:expr, |$host:ident, $settings:ident| $body:block) => {{
        struct This;
        impl Fetch for This {
            #[allow(unused_variables)]
            fn fetch($host: &Host, $settings: &Value, _: &[Entry]) -> Result<(), Failure> $body
        }
        $script.fetch::<By<This>>(json!({"url": "https://a", "seed": "s"}), $entries)
    }};
}

fn script() -> Script {
    Script::new(CATALOGUE).credential("token")
}

fn listed() -> Value {
    json!({"items": [{"name": "a", "hidden": 1}, {"name": "b"}], "next": "t", "other": "x"})
}

#[test]
fn plays_a_run() {
    let script = script()
        .outcome("login by token", Outcome::Ok)
        .reply("get key=entry0.key version=entry0.version by login", json!({"v": "{\"w\": 1}"}))
        .outcome("get key=entry1.key version=entry1.version by login", Outcome::Absent)
        .error("get key=entry2.key version=entry2.version by login", CallError::TimedOut);
    let run = fetch!(script, [secret_at("a", "1"), secret("b"), secret("c")], |host, settings| {
        let token = host.named("token").ok_or(Failure::Misconfigured)?;
        let token = host.exchange(&Request::new("login").by(&token))?;
        for entry in 0..3 {
            let reply = host.call(&Request::new("get").key(entry).version(entry).by(&token));
            let found = reply.map_err(Failure::from).and_then(bailiwick_sdk::Reply::found);
            host.answer(entry, found.map(|body| body.map(|b| b.at("/v").decode(Codec::Json).at("/w"))));
        }
        Ok(())
    });
    let answers = ["deliver 0 #2/v|Json/w", "absent 1", "failed 2 Unavailable"];
    assert_eq!(run, Run { ended: Ok(()), answers: answers.map(String::from).to_vec() });
}

#[test]
fn hands_over_settings_as_the_host_does() {
    let run = fetch!(script(), [], |host, settings| {
        assert_eq!(*settings, json!({"url": "https://a", "size": 3}));
        Ok(())
    });
    assert_eq!(run.ended, Ok(()));
}

#[test]
fn reads_public_members_and_no_others() {
    let run = fetch!(script().reply("list", listed()), [find(None)], |host, settings| {
        let body = host.call(&Request::new("list"))?.body;
        assert_eq!(body.at("/items").names(), Ok(vec!["0".into(), "1".into()]));
        assert_eq!(body.at("/items/1/name").text().as_deref(), Ok("b"));
        assert_eq!(body.at("/items").find("name", "b").at("/name").text().as_deref(), Ok("b"));
        assert_eq!(body.at("/items/2/name").shape(), Ok(Shape::Absent));
        assert_eq!(body.at("/items/0/hidden").shape(), Err(Unreadable::NotPublic));
        assert_eq!(body.at("/other").text(), Err(Unreadable::NotPublic));
        assert_eq!(body.at("/next").decode(Codec::Base64).text(), Err(Unreadable::NotPublic));
        Ok(())
    });
    assert_eq!(run.ended, Ok(()));
}

#[test]
fn a_listed_name_goes_with_what_it_read() {
    let script = script()
        .reply("list prefix=entry0.path by token", listed())
        .reply("get-listed name=echo(#1/items/1/name)", json!("v"));
    let run = fetch!(script, [find(Some("p"))], |host, settings| {
        let token = host.named("token").ok_or(Failure::Misconfigured)?;
        let list = Request::new("list").arg("prefix", Arg::Entry(0, Part::Path));
        let name = host.call(&list.by(&token))?.body.at("/items/1/name");
        let value = host.call(&Request::new("get-listed").arg("name", Arg::Echo(&name)))?.body;
        host.deliver_named(0, &name, &value);
        Ok(())
    });
    assert_eq!(run.answers, ["named 0 #1/items/1/name = #2"]);
}

#[test]
fn pushes_by_handle() {
    struct None;
    impl Fetch for None {
        fn fetch(_: &Host, _: &Value, _: &[Entry]) -> Result<(), Failure> {
            Ok(())
        }
    }
    let script = script().outcome("put key=entry0.key url=settings(/url) value=secret(push0)", Outcome::Ok);
    let settings = json!({"url": "https://a"});
    assert_eq!(script.push::<By<None>>(settings.clone(), [reference("a")]), Ok(()));
    let removed = self::script().remove::<By<None>>(settings.clone(), [reference("a")]);
    assert_eq!(removed, Err(Failure::Misconfigured));
    let exists = self::script().exists::<By<None>>(settings, [reference("a")]);
    assert_eq!(exists, Err(Failure::Misconfigured));
}

/// Each breaks one rule, and the panic names it.
macro_rules! refused {
    ($($name:ident: $message:literal, $script:expr, |$host:ident| $body:block;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let _ = fetch!($script, [secret("a"), find(None)], |$host, settings| $body);
        }
    )*};
}

refused! {
    refuses_another_request: "another request was expected", script().reply("get key=entry1.key", json!(1)),
        |host| { host.call(&Request::new("get").key(0)).map(|_| ()).map_err(Into::into) };
    refuses_an_unexpected_request: "nothing more was expected", script(),
        |host| { host.call(&Request::new("get").key(0)).map(|_| ()).map_err(Into::into) };
    refuses_a_request_left_out: "expected and not sent", script().reply("get key=entry0.key", json!(1)),
        |host| { Ok(()) };
    refuses_an_unknown_operation: "no such operation", script(),
        |host| { host.call(&Request::new("gett")).map(|_| ()).map_err(Into::into) };
    refuses_an_exchange_by_call: "exchanges go by", script(),
        |host| { host.call(&Request::new("login")).map(|_| ()).map_err(Into::into) };
    refuses_an_unknown_slot: "no slot keys", script(),
        |host| { host.call(&Request::new("get").key(0).arg("keys", Arg::Text("a"))).map(|_| ()).map_err(Into::into) };
    refuses_another_source: "another source", script(),
        |host| { host.call(&Request::new("get").arg("key", Arg::Text("a"))).map(|_| ()).map_err(Into::into) };
    refuses_an_empty_slot: "the slot key is empty", script(),
        |host| { host.call(&Request::new("get")).map(|_| ()).map_err(Into::into) };
    refuses_a_second_segment: "holds one segment", script(),
        |host| { host.call(&Request::new("get").key(0).key(0)).map(|_| ()).map_err(Into::into) };
    refuses_a_part_that_is_not_there: "no such part", script(),
        |host| { host.call(&Request::new("get").key(1)).map(|_| ()).map_err(Into::into) };
    refuses_a_foreign_credential: "is not for it", script().outcome("login by token", Outcome::Ok),
        |host| {
            let token = host.named("token").ok_or(Failure::Misconfigured)?;
            let minted = host.exchange(&Request::new("login").by(&token))?;
            host.call(&Request::new("list").by(&minted)).map(|_| ()).map_err(Into::into)
        };
    refuses_an_unknown_credential: "no auth method provides", script(),
        |host| { let _ = host.named("tokens"); Ok(()) };
    refuses_an_echo_of_what_is_not_public: "not public", script().reply("list", listed()),
        |host| {
            let other = host.call(&Request::new("list"))?.body.at("/other");
            host.call(&Request::new("get-listed").arg("name", Arg::Echo(&other))).map(|_| ()).map_err(Into::into)
        };
    refuses_a_value_of_another_entry: "was not read by it", script().reply("get key=entry0.key", json!(1)),
        |host| { host.deliver(1, &host.call(&Request::new("get").key(0))?.body); Ok(()) };
    refuses_a_second_answer: "the entry has an answer", script(),
        |host| { host.absent(0); host.absent(0); Ok(()) };
    refuses_an_unknown_entry: "no such entry", script(),
        |host| { host.absent(2); Ok(()) };
    refuses_a_name_that_read_another_value: "was not read by that name",
        script().reply("list", listed()).reply("get-listed name=echo(#1/items/0/name)", json!(1)),
        |host| {
            let body = host.call(&Request::new("list"))?.body;
            let name = body.at("/items/0/name");
            let value = host.call(&Request::new("get-listed").arg("name", Arg::Echo(&name)))?.body;
            host.deliver_named(1, &body.at("/items/1/name"), &value);
            Ok(())
        };
    refuses_config_that_is_not_declared: "not in the catalogue's config", script(),
        |host| { let _ = host.config("/seed"); Ok(()) };
}

#[test]
#[should_panic(expected = "/old is not served")]
fn refuses_an_unserved_setting() {
    let _ = Script::new(CATALOGUE).validate::<By<Nothing>>(json!({"url": "", "old": 1}));
}

#[test]
#[should_panic(expected = "/more is not in the schema")]
fn refuses_an_unknown_setting() {
    let _ = Script::new(CATALOGUE).validate::<By<Nothing>>(json!({"url": "", "more": 1}));
}

#[test]
#[should_panic(expected = "/url is required")]
fn refuses_a_missing_setting() {
    let _ = Script::new(CATALOGUE).validate::<By<Nothing>>(json!({}));
}

struct Nothing;

impl Fetch for Nothing {
    fn fetch(_: &Host, _: &Value, _: &[Entry]) -> Result<(), Failure> {
        Ok(())
    }
}
