//! Reading parameters as Vault's framework does: a list may be an array or a text with commas, a duration a number
//! of seconds or a text with a unit, an integer a number or a text.

use serde_json::Value;

/// A text parameter; empty where it is missing.
pub(super) fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list parameter; empty where it is missing.
pub(super) fn list(body: &Value, name: &str) -> Vec<String> {
    match body.get(name) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// A number parameter.
pub(super) fn number(body: &Value, name: &str) -> Option<u64> {
    let value = body.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A duration parameter in seconds: `30`, `"30"`, `"30s"`, `"5m"`, `"1h"`.
pub(super) fn seconds(body: &Value, name: &str) -> Option<u64> {
    let value = body.get(name)?;
    if let Some(text) = value.as_str() {
        let (digits, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
        let factor = match unit {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return None,
        };
        return digits.parse::<u64>().ok().map(|n| n * factor);
    }
    value.as_u64()
}
