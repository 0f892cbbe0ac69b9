//! Patterns of bodies: see [`super`]. A pattern never describes more than the documentation promises.

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value};

/// Whether a value is as the pattern says; the error names the first place that differs.
pub(super) fn check(pattern: &Value, value: &Value, at: &str) -> Result<()> {
    match pattern {
        Value::String(text) if text.starts_with('@') => stands_for(text, value, at),
        Value::Object(members) => {
            for (name, pattern) in members {
                let found = value.get(name);
                let at = format!("{at}/{name}");
                match (pattern.as_str(), found) {
                    (Some("@absent"), found) => ensure!(found.is_none(), "{at} is there"),
                    (_, Some(found)) => check(pattern, found, &at)?,
                    (_, None) => bail!("{at} is missing in {value}"),
                }
            }
            Ok(())
        }
        Value::Array(items) => {
            let found = value.as_array().map_or(0, Vec::len);
            ensure!(
                value.is_array() && found == items.len(),
                "{at} should have {} items: {value}",
                items.len()
            );
            let pairs = items.iter().zip(value.as_array().into_iter().flatten()).enumerate();
            pairs.into_iter().try_for_each(|(n, (item, value))| check(item, value, &format!("{at}/{n}")))
        }
        exact => {
            ensure!(exact == value, "{at} is {value} in place of {exact}");
            Ok(())
        }
    }
}

/// A value with each of its texts changed.
pub(super) fn each_text(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| each_text(item, change)).collect(),
        Value::Object(members) => {
            let changed = members.iter().map(|(name, member)| (name.clone(), each_text(member, change)));
            Value::Object(changed.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn stands_for(name: &str, value: &Value, at: &str) -> Result<()> {
    let text = value.as_str();
    let fits = match name {
        "@any" => true,
        "@text" => text.is_some_and(|text| !text.is_empty()),
        "@time" => {
            text.is_some_and(|text| text.len() >= 20 && text.get(10..11) == Some("T") && text.ends_with('Z'))
        }
        "@number" => value.is_number(),
        "@texts" => value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)),
        _ => bail!("{at}: there is no {name}"),
    };
    ensure!(fits, "{at} is {value}, which is no {name}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_names_what_must_be_there() {
        let value = json!({"a": {"b": "x", "at": "2026-01-01T00:00:00Z"}, "errors": ["no"], "n": 1});
        let good =
            json!({"a": {"b": "x", "at": "@time"}, "errors": "@texts", "n": "@number", "z": "@absent"});
        check(&good, &value, "").unwrap();
        for bad in [
            json!({"a": {"b": "y"}}),
            json!({"a": {"c": "@any"}}),
            json!({"a": "@absent"}),
            json!({"a": {"b": "@time"}}),
            json!({"errors": []}),
            json!({"errors": ["no", "more"]}),
            json!({"n": "@text"}),
            json!({"n": "@nothing"}),
        ] {
            assert!(check(&bad, &value, "").is_err(), "{bad}");
        }
    }
}
