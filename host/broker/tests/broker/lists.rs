//! Lists and finds: G9, and B3 and B4 for what a list names.

use bailiwick_boundary::{Answer, Arg, Ask, CallError, Handle, Part, Shape, Unreadable};

use crate::{
    boundary::{broke, kv, part, read_back::text},
    harness::{Guest, House, at, find, program, request},
};

async fn list(guest: &mut Guest, entry: u32) -> Handle {
    guest.body(request("names", &[("path", part(entry, Part::Path))], None)).await
}

#[tokio::test]
async fn g9_allowed_granted_names_of_a_list() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.open(program(backend.address), vec![find(Some("team-a"), None, &[])]);
    let body = list(&mut guest, 0).await;
    let names = guest.ask(Ask::Names(at(body, &["/data/keys"]))).await;
    assert_eq!(names, Answer::Names(Ok(vec!["0".into(), "1".into(), "2".into()])));
    assert_eq!(guest.text(at(body, &["/data/keys/2"])).await, "sub/");
}

#[tokio::test]
async fn g9_denied_names_outside_the_grant_have_no_handle() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.open(program(backend.address), vec![find(None, None, &[])]);
    let body = guest.body(request("all", &[], None)).await;
    let names = guest.ask(Ask::Names(at(body, &["/names"]))).await;
    assert_eq!(names, Answer::Names(Ok(vec!["0".into()])));
    assert_eq!(guest.text(at(body, &["/names/0"])).await, "team-a/db");
    let second = guest.ask(Ask::Text(at(body, &["/names/1"]))).await;
    assert_eq!(second, Answer::Text(Err(Unreadable::Absent)));
    let name = at(body, &["/names/0"]);
    let root = guest.body(request("get-listed", &[("name", Arg::Echo(name.clone()))], None)).await;
    let named = Ask::DeliverNamed { entry: 0, name, value: at(root, &["/data/data/v"]) };
    assert_eq!(guest.ask(named).await, Answer::Done);
    assert_eq!(text(&guest.done().await.entries[0]), "team-a/db=/v1/kv/data/team-a/db ");
}

/// A public text that is no name of a list stands in no key. What a find may lack for it is not given as whole.
#[tokio::test]
async fn g9_denied_a_text_that_is_no_listed_name_and_then_the_find_fails() {
    let (backend, house) = (kv(), House::new());
    let entries = vec![find(None, None, &[]), crate::harness::data("team-a/db")];
    let mut guest = house.open(program(backend.address), entries);
    let body = guest.body(request("all", &[], None)).await;
    let token = request("get-listed", &[("name", Arg::Echo(at(body, &["/next"])))], None);
    assert_eq!(guest.call(token).await, Err(CallError::Denied));
    let name = at(body, &["/names/0"]);
    let root = guest.body(request("get-listed", &[("name", Arg::Echo(name.clone()))], None)).await;
    let named = Ask::DeliverNamed { entry: 0, name, value: at(root, &[]) };
    assert_eq!(guest.ask(named).await, Answer::Done);
    let own = guest.body(crate::harness::read(1, None)).await;
    assert_eq!(guest.deliver(1, at(own, &["/data/data/v"])).await, Answer::Done);
    let fetched = guest.done().await;
    assert!(text(&fetched.entries[0]).contains("SlotNotAllowed"), "{}", text(&fetched.entries[0]));
    assert_eq!(text(&fetched.entries[1]), "/v1/kv/data/team-a/db", "the denial was none of this entry's");
}

/// Lists below `team-a`, and reads and delivers each name under `sub` too.
async fn find_all(guest: &mut Guest, tags: bool) {
    let mut folders = vec![list(guest, 0).await];
    while let Some(body) = folders.pop() {
        let Answer::Names(Ok(names)) = guest.ask(Ask::Names(at(body, &["/data/keys"]))).await else {
            panic!("no names")
        };
        for index in names {
            let name = at(body, &["/data/keys", &format!("/{index}")]);
            if guest.text(name.clone()).await.ends_with('/') {
                let folder = request("names-below", &[("folder", Arg::Echo(name))], None);
                folders.push(guest.body(folder).await);
                continue;
            }
            if tags {
                guest.call(request("tags", &[("name", Arg::Echo(name.clone()))], None)).await.unwrap();
            }
            let root = guest.body(request("get-listed", &[("name", Arg::Echo(name.clone()))], None)).await;
            let value = at(root, &["/data/data/v"]);
            let answer = guest.ask(Ask::DeliverNamed { entry: 0, name, value }).await;
            assert_eq!(answer, Answer::Done);
        }
    }
}

#[tokio::test]
async fn b3_allowed_named_values_that_the_find_selects() {
    let (backend, house) = (kv(), House::new());
    let run = |entry| house.open(program(backend.address), vec![entry]);
    for (entry, tags, expected) in [
        (
            find(Some("team-a"), None, &[]),
            false,
            "team-a/db=/v1/kv/data/team-a/db team-a/api=/v1/kv/data/team-a/api \
             team-a/sub/deep=/v1/kv/data/team-a/sub/deep ",
        ),
        (
            find(Some("team-a"), Some("/d[be]"), &[]),
            false,
            "team-a/db=/v1/kv/data/team-a/db team-a/sub/deep=/v1/kv/data/team-a/sub/deep ",
        ),
        (find(Some("team-a"), None, &[("env", "prod")]), true, "team-a/db=/v1/kv/data/team-a/db "),
        // Tags that nobody read are not there.
        (find(Some("team-a"), None, &[("env", "prod")]), false, "unanswered"),
    ] {
        let mut guest = run(entry);
        find_all(&mut guest, tags).await;
        assert_eq!(text(&guest.done().await.entries[0]), expected);
    }
}

#[tokio::test]
async fn wanted_is_a_hint_by_name_path_and_known_tags() {
    let (backend, house) = (kv(), House::new());
    let entry = find(Some("team-a"), Some("^team-a/"), &[("env", "prod")]);
    let mut guest = house.open(program(backend.address), vec![entry]);
    let body = list(&mut guest, 0).await;
    let wanted = |name: &str| Ask::Wanted { entry: 0, name: name.into() };
    assert_eq!(guest.ask(wanted("team-a/api")).await, Answer::Wanted(true), "not known yet");
    assert_eq!(guest.ask(wanted("team-b/api")).await, Answer::Wanted(false));
    for index in ["0", "1"] {
        let name = Arg::Echo(at(body, &["/data/keys", &format!("/{index}")]));
        guest.call(request("tags", &[("name", name)], None)).await.unwrap();
    }
    assert_eq!(guest.ask(wanted("team-a/api")).await, Answer::Wanted(false));
    assert_eq!(guest.ask(wanted("team-a/db")).await, Answer::Wanted(true));
    assert_eq!(guest.ask(Ask::Wanted { entry: 1, name: "x".into() }).await, Answer::Over);
}

#[tokio::test]
async fn b3_denied_a_name_with_another_keys_value_and_a_name_twice() {
    let (backend, house) = (kv(), House::new());
    for twice in [true, false] {
        let mut guest = house.open(program(backend.address), vec![find(Some("team-a"), None, &[])]);
        let body = list(&mut guest, 0).await;
        let name = |index: &str| at(body, &["/data/keys", index]);
        let root = guest.body(request("get-listed", &[("name", Arg::Echo(name("/0")))], None)).await;
        let named = |index: &str| Ask::DeliverNamed { entry: 0, name: name(index), value: at(root, &[]) };
        assert_eq!(guest.ask(named("/0")).await, Answer::Done);
        assert_eq!(guest.ask(named(if twice { "/0" } else { "/1" })).await, Answer::Over);
        assert!(broke(&guest.done().await, "B3"));
    }
}

#[tokio::test]
async fn b4_allowed_public_members_and_what_leads_to_them() {
    let (backend, house) = (kv(), House::new());
    let mut guest = house.open(program(backend.address), vec![find(Some("team-a"), None, &[])]);
    let body = list(&mut guest, 0).await;
    for (pointer, shape) in [
        ("", Ok(Shape::Object)),
        ("/data", Ok(Shape::Object)),
        ("/data/keys", Ok(Shape::Array)),
        ("/data/keys/0", Ok(Shape::Text)),
        ("/data/keys/9", Ok(Shape::Absent)),
        ("/auth", Err(Unreadable::NotPublic)),
        ("/data/keys/0/x", Err(Unreadable::NotPublic)),
    ] {
        assert_eq!(guest.ask(Ask::Shape(at(body, &[pointer]))).await, Answer::Shape(shape), "{pointer}");
    }
    let text = guest.ask(Ask::Text(at(body, &["/data"]))).await;
    assert_eq!(text, Answer::Text(Err(Unreadable::NotPublic)), "only what is named has a text");
}
