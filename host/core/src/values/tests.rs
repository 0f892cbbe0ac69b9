//! What Go makes of the same input, as data (`tests/go`).

use std::{collections::BTreeMap, fs};

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct GoValues {
    pub(super) replacements: Vec<Replacement>,
    pub(super) members: Vec<Member>,
    pub(super) data: Vec<DataHash>,
    pub(super) meta: Vec<MetaHash>,
    pub(super) texts: Vec<TextHash>,
}

#[derive(Deserialize)]
pub(super) struct Replacement {
    pub(super) source: String,
    pub(super) text: String,
    pub(super) target: String,
    pub(super) result: String,
}

#[derive(Deserialize)]
pub(super) struct Member {
    pub(super) json: String,
    pub(super) bytes: String,
    pub(super) embedded: String,
}

#[derive(Deserialize)]
pub(super) struct DataHash {
    pub(super) data: BTreeMap<String, String>,
    pub(super) hash: String,
}

#[derive(Deserialize)]
pub(super) struct MetaHash {
    pub(super) annotations: Option<BTreeMap<String, String>>,
    pub(super) labels: Option<BTreeMap<String, String>>,
    pub(super) hash: String,
}

#[derive(Deserialize)]
pub(super) struct TextHash {
    pub(super) text: String,
    pub(super) hash: String,
}

impl GoValues {
    pub(super) fn read() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/go/values.json");
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    }
}

pub(super) fn bytes_of_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
