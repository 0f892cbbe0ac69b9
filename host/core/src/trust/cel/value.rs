//! JSON as values of CEL. Whole numbers are `int` where they fit, as people write them in expressions; all others are
//! `double`.

use std::{collections::HashMap, sync::Arc};

use cel::{
    Value,
    objects::{Key, Map},
};
use serde_json::{Number, Value as Json};

/// The value; the depth was checked before.
pub(super) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => self::number(number),
        Json::String(text) => Value::String(Arc::new(text.clone())),
        Json::Array(items) => Value::List(Arc::new(items.iter().map(from_json).collect())),
        Json::Object(members) => {
            let member =
                |(name, json): (&String, &Json)| (Key::String(Arc::new(name.clone())), from_json(json));
            let map: HashMap<Key, Value> = members.iter().map(member).collect();
            Value::Map(Map { map: Arc::new(map) })
        }
    }
}

fn number(number: &Number) -> Value {
    number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
}
