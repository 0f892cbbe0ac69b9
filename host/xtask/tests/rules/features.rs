//! What is linked into the `bailiwick` binary: wasmtime without the features that widen it (the threads of the
//! component model's async, a cache on disk that nobody authenticates, a text format, dumps of a guest's memory), and
//! one crypto provider.

use crate::cargo;

/// Features of wasmtime that the binary must not have.
const ABSENT: [&str; 4] = ["component-model-async", "cache", "wat", "coredump"];

fn tree(edges: &str) -> String {
    cargo(&["tree", "--locked", "--prefix", "none", "--package", "bailiwick", "--edges", edges])
}

// The forbidden features that a tree names, as `wasmtime feature "wat"`.
fn present(tree: &str) -> Vec<&'static str> {
    let named = |feature: &&str| {
        tree.lines().any(|line| {
            let of_wasmtime = line.starts_with("wasmtime") && line.contains(" feature ");
            of_wasmtime && line.contains(&format!("feature \"{feature}\""))
        })
    };
    ABSENT.into_iter().filter(named).collect()
}

#[test]
fn the_binary_has_a_narrow_wasmtime() {
    let tree = tree("features,normal");
    assert!(tree.contains("wasmtime feature \"pooling-allocator\""), "the tree is not as it was");
    assert_eq!(present(&tree), Vec::<&str>::new());
}

#[test]
fn a_forbidden_feature_is_found() {
    assert_eq!(present("serde feature \"std\"\nwasmtime feature \"coredump\"\n"), ["coredump"]);
    assert_eq!(present("wasmtime v48.0.8\nother feature \"cache\"\n"), Vec::<&str>::new());
}

#[test]
fn the_binary_has_one_crypto_provider_and_no_decompressor() {
    let tree = tree("normal");
    let linked = |name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    assert!(linked("aws-lc-rs"));
    for name in ["ring", "openssl", "native-tls", "flate2", "brotli", "async-compression", "cookie_store"] {
        assert!(!linked(name), "{name} is linked");
    }
}
