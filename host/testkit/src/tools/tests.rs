use super::*;

fn tool(version: Option<&'static str>) -> Tool {
    Tool { name: "registry", variable: "BAILIWICK_NO_SUCH_VARIABLE", version }
}

#[test]
fn a_published_tool_is_known_by_its_version_and_ours_by_its_sources() {
    let cache = Path::new("/c");
    assert_eq!(
        tool(Some("1.2.3")).place(cache).unwrap(),
        Path::new("/c/bailiwick/tools/registry-1.2.3/bin/registry")
    );
    let folder = crate::temp::Folder::new().unwrap();
    for (name, content) in [("go.mod", "m"), ("go.sum", "s"), ("registry/main.go", "a")] {
        folder.write(&format!("tests/tools/{name}"), content).unwrap();
    }
    let of = || sources::version(folder.path(), "registry").unwrap();
    let first = of();
    assert_eq!((first.len(), &first), (12, &of()));
    folder.write("tests/tools/sigstore/main.go", "another tool").unwrap();
    assert_eq!(of(), first);
    folder.write("tests/tools/registry/main.go", "b").unwrap();
    let second = of();
    assert_ne!(second, first);
    folder.write("tests/tools/go.sum", "t").unwrap();
    assert!(![first, second].contains(&of()));
}

#[test]
fn versions_and_variables_are_those_that_xtask_installs_by() {
    let text = std::fs::read_to_string(crate::repository().join("host/xtask/src/tools/golang.rs")).unwrap();
    for tool in [&crate::registry::TOOL, &crate::sigstore::TOOL, &crate::cosign::TOOL] {
        let line = text.lines().skip_while(|line| !line.contains(&format!("name: \"{}\"", tool.name)));
        let entry = line.take(5).collect::<String>();
        assert!(entry.contains(&format!("variable: \"{}\"", tool.variable)), "{entry}");
        let version = tool.version.map_or("published: None".to_owned(), |version| format!("\"{version}\""));
        assert!(entry.contains(&version), "{entry}");
    }
}
