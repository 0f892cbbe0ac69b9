//! What the author's commands make of a layout that is not the plain one: with several artifacts, with a component that is
//! not what was packed, with a tag that is not the signed version's. Beside each what goes through.

use bailiwick_testkit::{oci::OciRegistry, temp::Folder};

use crate::{
    scene::{providers, root},
    signing::{good, provider, scene, suggest},
    trusted::{ALONE, Trusted},
};

const REPOSITORY: &str = "registry.example/acme/fake";

/// A layout `both` with the provider `fake`, made for two repositories: tags 0.1.0 and v0.1.0.
fn both() -> Folder {
    let folder = scene();
    std::fs::copy(providers().join("fake.wasm"), folder.join("fake.wasm")).unwrap();
    good(&folder, &format!("pack fake.wasm --as {REPOSITORY}:0.1.0 --out both"));
    good(&folder, "pack fake.wasm --as registry.example/acme/other:v0.1.0 --out both");
    folder
}

#[test]
fn one_of_several_artifacts_is_named_by_tag_or_digest() {
    let registry = OciRegistry::start().unwrap();
    let folder = both();
    let to = format!("{}/acme/fake:latest --plain-http", registry.name());
    let lines = [
        "sign both --key bailiwick.key".to_owned(),
        "verify both --key bailiwick.pub".to_owned(),
        "inspect both".to_owned(),
        format!("push both {to}"),
        format!("test {} --component both", root().join("providers-wasm/fake").display()),
    ];
    for line in &lines {
        let said = provider(&folder, line);
        let remedy = "holds several artifacts: name one with --tag";
        assert!(said.code != 0 && said.err.contains(remedy), "{line}: {}{}", said.out, said.err);
        good(&folder, &format!("{line} --tag 0.1.0"));
        let said = provider(&folder, &format!("{line} --tag 0.2.0"));
        assert!(said.code != 0 && said.err.contains("nothing is tagged `0.2.0`"), "{line}: {}", said.err);
    }
    let digest = |tag: &str| {
        let said = good(&folder, &format!("inspect both --tag {tag}"));
        let line = said.lines().find_map(|line| line.strip_prefix("artifact ")).unwrap().trim().to_owned();
        (line, said)
    };
    let ((signed, said), (other, unsigned)) = (digest("0.1.0"), digest("v0.1.0"));
    for part in [REPOSITORY, "tags       0.1.0\n", "beside it  1, not"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(unsigned.contains("tags       v0.1.0\n") && unsigned.contains("beside it  0, not"), "{unsigned}");
    good(&folder, &format!("verify both --key bailiwick.pub --tag {signed}"));
    assert_eq!(provider(&folder, &format!("verify both --key bailiwick.pub --tag {other}")).code, 1);
}

#[test]
fn denied_a_tag_where_there_is_no_layout() {
    let folder = both();
    let said = provider(&folder, "inspect fake.wasm --tag 0.1.0");
    assert!(said.code == 2 && said.err.contains("--tag is for a layout"), "{}", said.err);
    let said = provider(&folder, &format!("verify {REPOSITORY}:0.1.0 --tag 0.1.0 --key bailiwick.pub"));
    assert!(said.code == 2 && said.err.contains("--tag and --as are for a layout"), "{}", said.err);
}

#[test]
fn denied_to_sign_what_is_not_what_was_packed() {
    let folder = scene();
    good(&folder, &format!("pack fake.wasm --as {REPOSITORY}:0.1.0 --out layout"));
    let index = folder.read("layout/index.json").unwrap();
    let component = std::fs::read(folder.join("fake.wasm")).unwrap();
    let blob = format!("layout/blobs/{}", bailiwick_testkit::oci::digest(&component).replace(':', "/"));
    let mut other = component.clone();
    *other.last_mut().unwrap() ^= 1;
    folder.write(&blob, other).unwrap();
    let said = provider(&folder, "sign layout --key bailiwick.key");
    assert!(said.code == 1 && said.err.contains("the component is not what its digest says"), "{}", said.err);
    assert_eq!(folder.read("layout/index.json").unwrap(), index, "nothing is put beside it");
    folder.write(&blob, component).unwrap();
    good(&folder, "sign layout --key bailiwick.key");
}

#[test]
fn a_layouts_tag_counts_where_it_is_named() {
    let folder = scene();
    good(&folder, &format!("pack fake.wasm --as {REPOSITORY}:latest --out layout"));
    good(&folder, "sign layout --key bailiwick.key");
    assert_eq!(suggest(&folder, "bailiwick.pub", "registry.example/acme/").code, 0);
    let index = folder.read("layout/index.json").unwrap();
    for (tag, code) in [("v0.1.0", 0), ("0.2.0", 1)] {
        folder.write("layout/index.json", index.replace("latest", tag)).unwrap();
        for more in [format!("--as {REPOSITORY}:{tag}"), format!("--tag {tag}")] {
            let said = provider(&folder, &format!("verify layout --policy policy {more}"));
            assert_eq!(said.code, code, "{more}: {}{}", said.out, said.err);
            assert_eq!(code == 1, said.out.contains("REFUSED: VersionMismatch"), "{more}: {}", said.out);
        }
        good(&folder, "verify layout --policy policy");
    }
    let elsewhere = "verify layout --policy policy --as registry.example/other/fake:0.2.0";
    let said = provider(&folder, elsewhere);
    assert!(said.code == 1 && said.out.contains("REFUSED: NoPolicy"), "{}", said.out);
}

#[test]
fn what_policies_do_not_count_is_said() {
    let folder = scene();
    good(&folder, "sign fake.tar --key bailiwick.key");
    assert_eq!(suggest(&folder, "bailiwick.pub", "registry.example/acme/").code, 0);
    let verify = "verify fake.tar --policy policy";
    assert!(!good(&folder, verify).contains("not counted"));
    good(&folder, "keygen --out-prefix other --unencrypted");
    good(&folder, "sign fake.tar --key other.key");
    let said = good(&folder, verify);
    assert!(said.contains("\nnot counted: sha256:") && said.contains("no trusted key"), "{said}");
    let said = good(&folder, &format!("{verify} -o json"));
    assert!(
        said.contains(r#""rejected": [{"#.trim_end_matches('{')) && said.contains(r#""why": "#),
        "{said}"
    );
}

#[test]
fn a_layout_or_a_tag_that_is_not_there_is_named() {
    let trusted = Trusted::new();
    trusted.borrow_compiled();
    for (module, words) in [
        (
            "layout: {path: gone, as: 'registry.example/bailiwick/fake:0.1.0'}",
            "there is no file or folder modules/gone: layout.path of a Provider is relative to --provider-dir, and where \
             that is absent to the first --policy",
        ),
        (
            "layout: {path: fake, as: 'registry.example/bailiwick/fake:v0.1.0'}",
            "NotFound: nothing is tagged `v0.1.0` there",
        ),
    ] {
        trusted.provider(module, "");
        let said = trusted.refused(&ALONE, "Provider fake: spec.module");
        assert!(said.contains(words), "{said}");
    }
    trusted.provider("layout: {path: fake, as: 'registry.example/bailiwick/fake:0.1.0'}", "");
    trusted.synced_with(&ALONE);
}
