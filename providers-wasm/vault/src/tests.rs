//! Settings and entries in, requests and answers out; each case with its error twin.

use bailiwick_sdk::{
    CallError, Entry, Failure, Outcome,
    testing::{Run, Script, extract, find, find_by_tags, metadata, secret, secret_at},
};
use serde_json::{Value, json};

use super::Vault;

const CATALOGUE: &str = include_str!("../provider.toml");

fn script() -> Script {
    Script::new(CATALOGUE).credential("token")
}

fn settings(version: &str) -> Value {
    let auth = json!({"tokenSecretRef": {"name": "vault-token", "key": "token"}});
    json!({"server": "https://vault.corp.example", "path": "kv", "version": version, "auth": auth})
}

fn v2(script: Script, entries: impl Into<Vec<Entry>>) -> Run {
    script.fetch::<Vault>(settings("v2"), entries)
}

fn v1(script: Script, entries: impl Into<Vec<Entry>>) -> Run {
    script.fetch::<Vault>(settings("v1"), entries)
}

fn ran(answers: &[&str]) -> Run {
    Run { ended: Ok(()), answers: answers.iter().map(|answer| (*answer).to_owned()).collect() }
}

fn kv2() -> Value {
    json!({"data": {"data": {"user": "u"}, "metadata": {"version": 2}}})
}

fn keys(names: &[&str]) -> Value {
    json!({"data": {"keys": names}})
}

mod reads {
    use super::*;

    #[test]
    fn the_latest_version_of_v2() {
        let script = script()
            .reply("kv2-read version=entry0.version key=entry0.key by token", kv2())
            .reply("kv2-read version=entry1.version key=entry1.key by token", kv2());
        assert_eq!(
            v2(script, [secret("team-a/db"), extract("kv/data/team-a/db")]),
            ran(&["deliver 0 #1/data/data", "deliver 1 #2/data/data"])
        );
    }

    #[test]
    fn a_version_of_v2() {
        let script = script().reply("kv2-read version=entry0.version key=entry0.key by token", kv2());
        assert_eq!(v2(script, [secret_at("team-a/db", "2")]), ran(&["deliver 0 #1/data/data"]));
    }

    #[test]
    fn metadata_of_v2() {
        let body = json!({"data": {"custom_metadata": {"owner": "a"}}});
        let script = script().reply("kv2-metadata key=entry0.key by token", body);
        assert_eq!(v2(script, [metadata("team-a/db")]), ran(&["deliver 0 #1"]));
    }

    #[test]
    fn v1_whole() {
        let script = script().reply("kv1-read key=entry0.key by token", json!({"data": {"user": "u"}}));
        assert_eq!(v1(script, [secret("team-a/db")]), ran(&["deliver 0 #1/data"]));
    }

    #[test]
    fn no_metadata_of_v1() {
        assert_eq!(v1(script(), [metadata("a")]), ran(&["failed 0 Misconfigured"]));
    }

    #[test]
    fn the_one_version_of_v1_whichever_is_named() {
        let script = script().reply("kv1-read key=entry0.key by token", json!({"data": {"user": "u"}}));
        assert_eq!(v1(script, [secret_at("team-a/db", "3")]), ran(&["deliver 0 #1/data"]));
    }

    /// 404 and a deleted version are absent by the catalogue; 403, 429, 412 and 503 fail the one entry.
    #[test]
    fn each_entry_for_itself() {
        let request = |entry| format!("kv2-read version=entry{entry}.version key=entry{entry}.key by token");
        let script = script()
            .outcome(&request(0), Outcome::Absent)
            .outcome(&request(1), Outcome::Refused)
            .outcome(&request(2), Outcome::Throttled)
            .outcome(&request(3), Outcome::Conflict)
            .outcome(&request(4), Outcome::Failed)
            .error(&request(5), CallError::Denied)
            .error(&request(6), CallError::Malformed)
            .reply(&request(7), kv2());
        let entries: Vec<Entry> = (0..8).map(|n| secret(&n.to_string())).collect();
        assert_eq!(
            v2(script, entries),
            ran(&[
                "absent 0",
                "failed 1 Refused",
                "failed 2 Throttled",
                "failed 3 Unavailable",
                "failed 4 Unavailable",
                "failed 5 Denied",
                "failed 6 UnexpectedResponse",
                "deliver 7 #8/data/data",
            ])
        );
    }
}

/// The error twin of every request that a run can make: the entry fails, and says how.
#[test]
fn every_request_can_fail() {
    let list = "kv2-list path=entry0.path by token";
    let folder = "kv2-list-folder folder=echo(#1/data/keys/0) by token";
    let tags = "kv2-tags name=echo(#1/data/keys/0) by token";
    let read = "kv2-read-listed name=echo(#1/data/keys/0) by token";
    let list1 = "kv1-list path=entry0.path by token";
    let folder1 = "kv1-list-folder folder=echo(#1/data/keys/0) by token";
    let read1 = "kv1-read-listed name=echo(#1/data/keys/0) by token";
    for (version, before, failing, entry) in [
        ("v2", None, "kv2-read version=entry0.version key=entry0.key by token", secret("a")),
        ("v2", None, "kv2-metadata key=entry0.key by token", metadata("a")),
        ("v1", None, "kv1-read key=entry0.key by token", secret("a")),
        ("v2", None, list, find(None)),
        ("v2", Some((list, "x/")), folder, find(None)),
        ("v2", Some((list, "x")), tags, find_by_tags(None)),
        ("v2", Some((list, "x")), read, find(None)),
        ("v1", None, list1, find(None)),
        ("v1", Some((list1, "x/")), folder1, find(None)),
        ("v1", Some((list1, "x")), read1, find(None)),
    ] {
        let script =
            || before.iter().fold(script(), |script, (list, name)| script.reply(list, keys(&[name])));
        let run = |script: Script| script.fetch::<Vault>(settings(version), [entry.clone()]);
        assert_eq!(run(script().outcome(failing, Outcome::Refused)), ran(&["failed 0 Refused"]), "{failing}");
        assert_eq!(
            run(script().outcome(failing, Outcome::Failed)),
            ran(&["failed 0 Unavailable"]),
            "{failing}"
        );
        assert_eq!(run(script().error(failing, CallError::Denied)), ran(&["failed 0 Denied"]), "{failing}");
    }
}

mod finds {
    use super::*;

    const LIST: &str = "kv2-list path=entry0.path by token";

    #[test]
    fn all_below_a_path_level_by_level() {
        let script = script()
            .reply(LIST, keys(&["db", "web/"]))
            .reply("kv2-list-folder folder=echo(#1/data/keys/1) by token", keys(&["tls", "deep/"]))
            .reply("kv2-list-folder folder=echo(#2/data/keys/1) by token", keys(&["x"]))
            .reply("kv2-read-listed name=echo(#1/data/keys/0) by token", kv2())
            .reply("kv2-read-listed name=echo(#2/data/keys/0) by token", kv2())
            .reply("kv2-read-listed name=echo(#3/data/keys/0) by token", kv2());
        assert_eq!(
            v2(script, [find(Some("team-a"))]),
            ran(&[
                "named 0 #1/data/keys/0 = #4/data/data",
                "named 0 #2/data/keys/0 = #5/data/data",
                "named 0 #3/data/keys/0 = #6/data/data",
            ])
        );
    }

    #[test]
    fn all_of_the_mount_where_the_path_is_its_root() {
        let script = script().reply(LIST, keys(&[]));
        assert_eq!(v2(script, [find(Some("/"))]), ran(&["absent 0"]));
    }

    #[test]
    fn only_what_is_wanted_by_its_full_name() {
        let script = script()
            .unwanted("team-a/db")
            .reply(LIST, keys(&["db", "dbs"]))
            .reply("kv2-read-listed name=echo(#1/data/keys/1) by token", kv2());
        assert_eq!(v2(script, [find(Some("team-a"))]), ran(&["named 0 #1/data/keys/1 = #2/data/data"]));
    }

    /// ESO writes one `/` behind the path, whatever it ends with.
    #[test]
    fn names_behind_the_path_as_it_is_written() {
        for (path, name) in [("team-a/", "team-a//db"), ("kv/team-a", "kv/team-a/db"), ("/", "//db")] {
            let script = script().unwanted(name).reply(LIST, keys(&["db"]));
            assert_eq!(v2(script, [find(Some(path))]), ran(&["absent 0"]), "{path}");
        }
    }

    #[test]
    fn by_tags_after_reading_what_carries_them() {
        let tags = json!({"data": {"custom_metadata": {"env": "dev"}}});
        let script = script()
            .reply(LIST, keys(&["db"]))
            .reply("kv2-tags name=echo(#1/data/keys/0) by token", tags)
            .reply("kv2-read-listed name=echo(#1/data/keys/0) by token", kv2());
        assert_eq!(v2(script, [find_by_tags(None)]), ran(&["named 0 #1/data/keys/0 = #3/data/data"]));
    }

    #[test]
    fn nothing_by_tags_in_v1() {
        assert_eq!(v1(script(), [find_by_tags(None)]), ran(&["failed 0 Misconfigured"]));
    }

    #[test]
    fn in_v1() {
        let script = script()
            .reply("kv1-list path=entry0.path by token", keys(&["a/"]))
            .reply("kv1-list-folder folder=echo(#1/data/keys/0) by token", keys(&["b"]))
            .reply("kv1-read-listed name=echo(#2/data/keys/0) by token", json!({"data": {"k": "v"}}));
        assert_eq!(v1(script, [find(None)]), ran(&["named 0 #2/data/keys/0 = #3/data"]));
    }

    #[test]
    fn nothing_where_the_path_does_not_exist() {
        let run = v2(script().outcome(LIST, Outcome::Absent), [find(Some("a"))]);
        assert_eq!(run, ran(&["failed 0 NotFound"]));
    }

    #[test]
    fn nothing_of_a_secret_or_folder_that_is_gone() {
        let script = script()
            .reply(LIST, keys(&["a", "b", "c/"]))
            .outcome("kv2-list-folder folder=echo(#1/data/keys/2) by token", Outcome::Absent)
            .outcome("kv2-read-listed name=echo(#1/data/keys/0) by token", Outcome::Absent)
            .reply("kv2-read-listed name=echo(#1/data/keys/1) by token", kv2());
        assert_eq!(v2(script, [find(None)]), ran(&["named 0 #1/data/keys/1 = #4/data/data"]));
    }

    #[test]
    fn nothing_where_nothing_is_wanted() {
        let script = script().unwanted("db").reply(LIST, keys(&["db"]));
        assert_eq!(v2(script, [find(None)]), ran(&["absent 0"]));
    }

    #[test]
    fn all_or_nothing() {
        let script = script()
            .reply(LIST, keys(&["a", "b"]))
            .reply("kv2-read-listed name=echo(#1/data/keys/0) by token", kv2())
            .outcome("kv2-read-listed name=echo(#1/data/keys/1) by token", Outcome::Refused);
        assert_eq!(v2(script, [find(None)]), ran(&["failed 0 Refused"]));
    }

    #[test]
    fn nothing_in_a_listing_of_another_shape() {
        let script = script().reply(LIST, json!({"data": {"keys": "a"}}));
        assert_eq!(v2(script, [find(None)]), ran(&["failed 0 UnexpectedResponse"]));
    }

    #[test]
    fn nothing_where_the_listing_is_not_granted() {
        let script = script().error(LIST, CallError::Denied);
        assert_eq!(v2(script, [find(None)]), ran(&["failed 0 Denied"]));
    }
}

mod logs_in {
    use super::*;

    fn settings(method: &str, block: Value) -> Value {
        json!({"server": "https://vault.corp.example", "path": "kv", "auth": {method: block}})
    }

    fn methods() -> [(&'static str, &'static str, Value); 7] {
        let secret = json!({"name": "creds", "key": "k"});
        let account = json!({"name": "reader"});
        let by_account = json!({"serviceAccountRef": account});
        [
            (
                "app-role",
                "login-app-role by app-role",
                settings("appRole", json!({"roleId": "r", "secretRef": secret})),
            ),
            (
                "app-role-ref",
                "login-app-role-ref by app-role-ref",
                settings("appRole", json!({"roleRef": secret, "secretRef": secret})),
            ),
            (
                "user-pass",
                "login-user-pass by user-pass",
                settings("userPass", json!({"path": "people", "username": "u", "secretRef": secret})),
            ),
            ("jwt", "login-jwt by jwt", settings("jwt", json!({"role": "r", "secretRef": secret}))),
            (
                "jwt",
                "login-jwt by jwt",
                settings("jwt", json!({"kubernetesServiceAccountToken": by_account})),
            ),
            (
                "kubernetes",
                "login-jwt by kubernetes",
                settings("kubernetes", json!({"role": "r", "serviceAccountRef": account})),
            ),
            (
                "kubernetes",
                "login-jwt by kubernetes",
                settings("kubernetes", json!({"mountPath": "k8s", "role": "r", "secretRef": secret})),
            ),
        ]
    }

    #[test]
    fn by_each_method_and_reads_by_the_minted_token() {
        for (name, login, settings) in methods() {
            let operation = login.split(' ').next().unwrap();
            let script = Script::new(CATALOGUE)
                .credential(name)
                .outcome(login, Outcome::Ok)
                .reply(&format!("kv2-read version=entry0.version key=entry0.key by {operation}"), kv2());
            let run = script.fetch::<Vault>(settings.clone(), [secret("a")]);
            assert_eq!(run, ran(&["deliver 0 #2/data/data"]), "{name}");
            let script = Script::new(CATALOGUE).credential(name).outcome(login, Outcome::Ok);
            assert_eq!(script.validate::<Vault>(settings), Ok(()), "{name}");
        }
    }

    /// The host tells a refused login from one that is not granted; the provider cannot.
    #[test]
    fn and_fails_as_a_whole_where_it_is_refused() {
        for (name, login, settings) in methods() {
            let script = || Script::new(CATALOGUE).credential(name).outcome(login, Outcome::Refused);
            let run = script().fetch::<Vault>(settings.clone(), [secret("a"), find(None)]);
            assert_eq!(run, Run { ended: Err(Failure::Denied), answers: vec![] }, "{name}");
            assert_eq!(script().validate::<Vault>(settings), Err(Failure::Denied), "{name}");
        }
    }

    #[test]
    fn and_says_why_there_was_no_reply() {
        let (name, login, settings) = methods().into_iter().next().unwrap();
        for (error, failure) in [
            (CallError::Denied, Failure::Denied),
            (CallError::Unreachable, Failure::Unavailable),
            (CallError::TimedOut, Failure::Unavailable),
        ] {
            let script = Script::new(CATALOGUE).credential(name).error(login, error);
            assert_eq!(script.validate::<Vault>(settings.clone()), Err(failure));
        }
    }

    #[test]
    fn not_where_the_tenant_has_a_token() {
        assert_eq!(script().validate::<Vault>(super::settings("v2")), Ok(()));
    }

    #[test]
    fn not_without_a_method() {
        let script = Script::new(CATALOGUE);
        assert_eq!(script.validate::<Vault>(super::settings("v2")), Err(Failure::Misconfigured));
    }
}
