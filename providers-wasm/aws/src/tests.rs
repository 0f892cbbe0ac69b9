//! Settings and entries in, requests and answers out; each case with its error twin.

use bailiwick_sdk::{
    CallError, Entry, Failure, Outcome,
    testing::{Run, Script, extract, find, find_by_tags, metadata, secret, secret_at},
};
use serde_json::{Value, json};

use super::Aws;

const CATALOGUE: &str = include_str!("../provider.toml");

fn script() -> Script {
    Script::new(CATALOGUE).credential("keys")
}

fn settings(service: &str) -> Value {
    let key = |name| json!({"name": "aws", "key": name});
    let keys = json!({"accessKeyIDSecretRef": key("id"), "secretAccessKeySecretRef": key("key")});
    json!({"service": service, "region": "eu-central-1", "prefix": "team-a/", "auth": {"secretRef": keys}})
}

fn sm(script: Script, entries: impl Into<Vec<Entry>>) -> Run {
    script.fetch::<Aws>(settings("SecretsManager"), entries)
}

fn ps(script: Script, entries: impl Into<Vec<Entry>>) -> Run {
    script.fetch::<Aws>(settings("ParameterStore"), entries)
}

fn ran(answers: &[&str]) -> Run {
    Run { ended: Ok(()), answers: answers.iter().map(|answer| (*answer).to_owned()).collect() }
}

fn text() -> Value {
    json!({"Name": "a", "SecretString": "s"})
}

fn bytes() -> Value {
    json!({"Name": "a", "SecretBinary": "cw=="})
}

fn parameter() -> Value {
    json!({"Parameter": {"Name": "/a", "Value": "v"}})
}

/// The error twin of every request that a run can make: the entry fails, and says how.
#[test]
fn every_request_can_fail() {
    let secrets = || json!({"SecretList": [{"Name": "a"}]});
    let parameters = || json!({"Parameters": [{"Name": "/a"}]});
    let sm_listed = "sm-get-listed name=echo(#1/SecretList/0/Name) by keys";
    let sm_binary = "sm-get-listed-binary name=echo(#1/SecretList/0/Name) by keys";
    let ps_listed = "ps-get-listed name=echo(#1/Parameters/0/Name) by keys";
    let ps_tags = "ps-tags name=echo(#1/Parameters/0/Name) by keys";
    let sm = "SecretsManager";
    let ps = "ParameterStore";
    for (service, before, absent, failing, entry) in [
        (sm, None, None, "sm-get key=entry0.key by keys", secret("a")),
        (
            sm,
            None,
            Some("sm-get key=entry0.key by keys"),
            "sm-get-binary key=entry0.key by keys",
            secret("a"),
        ),
        (sm, None, None, "sm-metadata key=entry0.key by keys", metadata("a")),
        (sm, None, None, "sm-list by keys", find(None)),
        (sm, None, None, "sm-list-path path=entry0.path by keys", find(Some("a"))),
        (sm, Some(("sm-list by keys", secrets())), None, sm_listed, find(None)),
        (sm, Some(("sm-list by keys", secrets())), Some(sm_listed), sm_binary, find(None)),
        (ps, None, None, "ps-get key=entry0.key by keys", secret("a")),
        (ps, None, None, "ps-metadata key=entry0.key by keys", metadata("a")),
        (ps, None, None, "ps-list by keys", find(None)),
        (ps, None, None, "ps-list-path path=entry0.path by keys", find(Some("/a"))),
        (ps, Some(("ps-list by keys", parameters())), None, ps_listed, find(None)),
        (ps, Some(("ps-list by keys", parameters())), None, ps_tags, find_by_tags(None)),
    ] {
        let script = || {
            let script =
                before.iter().fold(script(), |script, (list, body)| script.reply(list, body.clone()));
            absent.iter().fold(script, |script, request| script.outcome(request, Outcome::Absent))
        };
        let run = |script: Script| script.fetch::<Aws>(settings(service), [entry.clone()]);
        assert_eq!(run(script().outcome(failing, Outcome::Refused)), ran(&["failed 0 Refused"]), "{failing}");
        assert_eq!(
            run(script().outcome(failing, Outcome::Throttled)),
            ran(&["failed 0 Throttled"]),
            "{failing}"
        );
        assert_eq!(run(script().error(failing, CallError::Denied)), ran(&["failed 0 Denied"]), "{failing}");
    }
}

mod secrets_manager {
    use super::*;

    #[test]
    fn reads_texts() {
        let script = script()
            .reply("sm-get key=entry0.key by keys", text())
            .reply("sm-get key=entry1.key by keys", text());
        let run = sm(script, [secret("db"), extract("web")]);
        assert_eq!(run, ran(&["deliver 0 #1/SecretString", "deliver 1 #2/SecretString"]));
    }

    #[test]
    fn reads_stages_and_version_ids() {
        let script = script()
            .reply("sm-get key=entry0.key stage=entry0.version by keys", text())
            .reply("sm-get key=entry1.key id=entry1.version by keys", text());
        let run = sm(script, [secret_at("db", "AWSPREVIOUS"), secret_at("db", "uuid/0f8fad5b")]);
        assert_eq!(run, ran(&["deliver 0 #1/SecretString", "deliver 1 #2/SecretString"]));
    }

    #[test]
    fn reads_bytes_where_there_is_no_text() {
        let script = script()
            .outcome("sm-get key=entry0.key by keys", Outcome::Absent)
            .reply("sm-get key=entry1.key by keys", text())
            .outcome("sm-get key=entry2.key stage=entry2.version by keys", Outcome::Absent)
            .reply("sm-get-binary key=entry0.key by keys", bytes())
            .reply("sm-get-binary key=entry2.key stage=entry2.version by keys", bytes());
        assert_eq!(
            sm(script, [secret("a"), secret("b"), secret_at("c", "x")]),
            ran(&[
                "deliver 0 #4/SecretBinary|Base64",
                "deliver 1 #2/SecretString",
                "deliver 2 #5/SecretBinary|Base64",
            ])
        );
    }

    #[test]
    fn says_absent_of_what_is_neither() {
        let script = script()
            .outcome("sm-get key=entry0.key by keys", Outcome::Absent)
            .outcome("sm-get-binary key=entry0.key by keys", Outcome::Absent);
        assert_eq!(sm(script, [secret("a")]), ran(&["absent 0"]));
    }

    #[test]
    fn fails_each_entry_for_itself() {
        let request = |entry| format!("sm-get key=entry{entry}.key by keys");
        let script = script()
            .outcome(&request(0), Outcome::Refused)
            .outcome(&request(1), Outcome::Throttled)
            .outcome(&request(2), Outcome::Failed)
            .error(&request(3), CallError::Denied)
            .error(&request(4), CallError::TooLarge)
            .reply(&request(5), text());
        let entries: Vec<Entry> = (0..6).map(|n| secret(&n.to_string())).collect();
        assert_eq!(
            sm(script, entries),
            ran(&[
                "failed 0 Refused",
                "failed 1 Throttled",
                "failed 2 Unavailable",
                "failed 3 Denied",
                "failed 4 UnexpectedResponse",
                "deliver 5 #6/SecretString",
            ])
        );
    }

    #[test]
    fn describes_instead_of_reading_for_metadata() {
        let tags = json!({"Tags": [{"Key": "owner", "Value": "a"}]});
        let script = script()
            .reply("sm-metadata key=entry0.key by keys", tags)
            .outcome("sm-metadata key=entry1.key by keys", Outcome::Absent);
        assert_eq!(sm(script, [metadata("db"), metadata("no")]), ran(&["deliver 0 #1", "absent 1"]));
    }

    fn page(names: &[&str], next: Value) -> Value {
        let items: Vec<Value> = names.iter().map(|name| json!({"Name": name, "ARN": "arn:x"})).collect();
        json!({"SecretList": items, "NextToken": next})
    }

    #[test]
    fn finds_on_all_pages() {
        let script = script()
            .unwanted("b")
            .reply("sm-list by keys", page(&["a", "b"], json!("t1")))
            .reply("sm-list next=echo(#1/NextToken) by keys", page(&["c"], Value::Null))
            .reply("sm-get-listed name=echo(#1/SecretList/0/Name) by keys", text())
            .outcome("sm-get-listed name=echo(#2/SecretList/0/Name) by keys", Outcome::Absent)
            .reply("sm-get-listed-binary name=echo(#2/SecretList/0/Name) by keys", bytes());
        assert_eq!(
            sm(script, [find(None)]),
            ran(&[
                "named 0 #1/SecretList/0/Name = #3/SecretString",
                "named 0 #2/SecretList/0/Name = #5/SecretBinary|Base64",
            ])
        );
    }

    #[test]
    fn finds_below_a_path_and_by_the_tags_that_a_listing_tells() {
        let script = script()
            .reply("sm-list-path path=entry0.path by keys", page(&["dev/a", "dev-b"], Value::Null))
            .reply("sm-get-listed name=echo(#1/SecretList/0/Name) by keys", text());
        let run = sm(script, [find_by_tags(Some("dev/"))]);
        assert_eq!(run, ran(&["named 0 #1/SecretList/0/Name = #2/SecretString"]));
    }

    #[test]
    fn leaves_out_what_was_deleted_meanwhile() {
        let script = script()
            .reply("sm-list by keys", page(&["a"], Value::Null))
            .outcome("sm-get-listed name=echo(#1/SecretList/0/Name) by keys", Outcome::Absent)
            .outcome("sm-get-listed-binary name=echo(#1/SecretList/0/Name) by keys", Outcome::Absent);
        assert_eq!(sm(script, [find(None)]), ran(&["absent 0"]));
    }

    #[test]
    fn finds_all_or_nothing() {
        let script = script()
            .reply("sm-list by keys", page(&["a", "b"], Value::Null))
            .reply("sm-get-listed name=echo(#1/SecretList/0/Name) by keys", text())
            .outcome("sm-get-listed name=echo(#1/SecretList/1/Name) by keys", Outcome::Refused);
        assert_eq!(sm(script, [find(None)]), ran(&["failed 0 Refused"]));
        let denied = self::script().error("sm-list by keys", CallError::Denied);
        assert_eq!(sm(denied, [find(None)]), ran(&["failed 0 Denied"]));
    }

    #[test]
    fn finds_nothing_in_a_listing_of_another_shape() {
        for body in [json!({}), json!({"SecretList": "a"}), json!({"SecretList": [], "NextToken": 7})] {
            let script = script().reply("sm-list by keys", body);
            assert_eq!(sm(script, [find(None)]), ran(&["failed 0 UnexpectedResponse"]));
        }
    }
}

mod parameter_store {
    use super::*;

    #[test]
    fn reads_values_and_versions() {
        let script = script()
            .reply("ps-get key=entry0.key by keys", parameter())
            .reply("ps-get key=entry1.key version=entry1.version by keys", parameter());
        let run = ps(script, [secret("/db"), secret_at("/db", "3")]);
        assert_eq!(run, ran(&["deliver 0 #1/Parameter/Value", "deliver 1 #2/Parameter/Value"]));
    }

    #[test]
    fn says_absent_once_asked() {
        let script = script().outcome("ps-get key=entry0.key by keys", Outcome::Absent);
        assert_eq!(ps(script, [secret("/no")]), ran(&["absent 0"]));
    }

    #[test]
    fn lists_tags_for_metadata() {
        let tags = json!({"TagList": [{"Key": "owner", "Value": "a"}]});
        let script = script().reply("ps-metadata key=entry0.key by keys", tags);
        assert_eq!(ps(script, [metadata("/db")]), ran(&["deliver 0 #1"]));
    }

    #[test]
    fn finds_below_a_path() {
        let list = json!({"Parameters": [{"Name": "/dev/a"}, {"Name": "/devel/a"}]});
        let script = script()
            .reply("ps-list-path path=entry0.path by keys", list)
            .reply("ps-get-listed name=echo(#1/Parameters/0/Name) by keys", parameter());
        let run = ps(script, [find(Some("/dev"))]);
        assert_eq!(run, ran(&["named 0 #1/Parameters/0/Name = #2/Parameter/Value"]));
    }

    #[test]
    fn finds_in_the_whole_account_where_the_path_is_its_root() {
        let list = json!({"Parameters": [{"Name": "a"}]});
        let script = script()
            .reply("ps-list by keys", list)
            .reply("ps-get-listed name=echo(#1/Parameters/0/Name) by keys", parameter());
        let run = ps(script, [find(Some("/"))]);
        assert_eq!(run, ran(&["named 0 #1/Parameters/0/Name = #2/Parameter/Value"]));
    }

    #[test]
    fn finds_by_tags_that_are_read_one_by_one() {
        let list = json!({"Parameters": [{"Name": "/a"}, {"Name": "/b"}]});
        let tags = |name: usize| format!("ps-tags name=echo(#1/Parameters/{name}/Name) by keys");
        let script = || script().reply("ps-list by keys", list.clone());
        let found = script()
            .reply(&tags(0), json!({"TagList": []}))
            .reply(&tags(1), json!({"TagList": []}))
            .reply("ps-get-listed name=echo(#1/Parameters/0/Name) by keys", parameter())
            .outcome("ps-get-listed name=echo(#1/Parameters/1/Name) by keys", Outcome::Absent);
        assert_eq!(
            ps(found, [find_by_tags(None)]),
            ran(&["named 0 #1/Parameters/0/Name = #4/Parameter/Value"])
        );
        let refused = script().reply(&tags(0), json!({"TagList": []})).outcome(&tags(1), Outcome::Refused);
        assert_eq!(ps(refused, [find_by_tags(None)]), ran(&["failed 0 Refused"]));
    }
}

mod sessions {
    use super::*;

    fn with_role() -> Value {
        let mut settings = settings("SecretsManager");
        settings["role"] = json!("arn:aws:iam::123456789012:role/reader");
        settings["externalID"] = json!("x");
        settings
    }

    fn script() -> Script {
        Script::new(CATALOGUE).credential("role")
    }

    #[test]
    fn read_by_the_role() {
        let script = script()
            .outcome("assume-role by role", Outcome::Ok)
            .reply("sm-get key=entry0.key by assume-role", text());
        assert_eq!(script.fetch::<Aws>(with_role(), [secret("a")]), ran(&["deliver 0 #2/SecretString"]));
        let script = self::script().outcome("assume-role by role", Outcome::Ok);
        assert_eq!(script.validate::<Aws>(with_role()), Ok(()));
    }

    #[test]
    fn fail_as_a_whole_where_the_role_is_refused() {
        let script = || script().outcome("assume-role by role", Outcome::Refused);
        let run = script().fetch::<Aws>(with_role(), [secret("a"), find(None)]);
        assert_eq!(run, Run { ended: Err(Failure::Denied), answers: vec![] });
        assert_eq!(script().validate::<Aws>(with_role()), Err(Failure::Denied));
    }

    #[test]
    fn are_not_asked_for_where_keys_are_enough() {
        assert_eq!(super::script().validate::<Aws>(settings("ParameterStore")), Ok(()));
    }

    #[test]
    fn need_keys() {
        let none = Script::new(CATALOGUE);
        assert_eq!(none.validate::<Aws>(settings("ParameterStore")), Err(Failure::Misconfigured));
    }
}
