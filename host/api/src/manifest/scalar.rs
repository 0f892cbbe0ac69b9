//! What a plain YAML scalar means: exactly what it means to kubectl, whose YAML library reads YAML 1.1. So `yes`,
//! `no`, `on`, `off`, `y` and `n` are booleans, `0777` and `0o777` are octal, `1_000` is a thousand; quoted scalars
//! are always texts. Another reading would give one file two meanings. Pure.

use zeroize::Zeroizing;

use super::{fault::Fault, tree::Content};

/// The meaning of a plain scalar.
pub(super) fn resolve(text: &str) -> Result<Content, Fault> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Content::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Ok(Content::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Ok(Content::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" => return Err(INFINITE),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Err(INFINITE);
    }
    let numeric = unsigned.starts_with(|c: char| c == '.' || c.is_ascii_digit());
    let number = if numeric { number(&Zeroizing::new(text.replace('_', ""))) } else { None };
    Ok(number.unwrap_or_else(|| Content::Text(Zeroizing::new(text.to_owned()))))
}

fn number(text: &str) -> Option<Content> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(magnitude) = integer(unsigned) {
        let signed = if negative { -magnitude } else { magnitude };
        if let Ok(number) = i64::try_from(signed) {
            return Some(Content::Int(number));
        }
        if let Ok(number) = u64::try_from(signed) {
            return Some(Content::Uint(number));
        }
    }
    let float: f64 = is_float(unsigned).then(|| text.parse().ok())??;
    // What does not fit is a text, as to Go.
    float.is_finite().then_some(Content::Float(float))
}

/// The text of a plain key: kubectl writes booleans and integers in JSON's form.
pub(super) fn key(text: Zeroizing<String>) -> Result<Zeroizing<String>, Fault> {
    match resolve(&text)? {
        Content::Text(_) => Ok(text),
        Content::Bool(value) => Ok(Zeroizing::new(value.to_string())),
        Content::Int(number) => Ok(Zeroizing::new(number.to_string())),
        Content::Uint(number) => Ok(Zeroizing::new(number.to_string())),
        _ => Err(KEY),
    }
}

/// As Go's `ParseInt` with base 0; above 64 bits there is none.
fn integer(text: &str) -> Option<i128> {
    let (digits, radix) = match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (text.get(2..)?, 16),
        Some("0b") => (text.get(2..)?, 2),
        Some("0o") => (text.get(2..)?, 8),
        _ if text.len() > 1 && text.starts_with('0') => (text.get(1..)?, 8),
        _ => (text, 10),
    };
    // Rust's parser would take a second sign.
    digits
        .bytes()
        .all(|b| b.is_ascii_alphanumeric())
        .then(|| u64::from_str_radix(digits, radix).ok())?
        .map(i128::from)
}

/// `digits[.digits][e[sign]digits]` or `.digits[...]`.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let some = !whole.is_empty() || !fraction.is_empty();
    some && digits(whole) && digits(fraction) && exponent.is_none_or(|e| !e.is_empty() && digits(e))
}

const INFINITE: Fault =
    Fault::Syntax("a number that is infinite or no number cannot be written as JSON: put it in quotes");

const KEY: Fault = Fault::Syntax("a key must be a text: put it in quotes");

#[cfg(test)]
mod tests {
    use super::super::tree::Content;

    fn shown(text: &str) -> String {
        match super::resolve(text) {
            Err(_) => "fault".to_owned(),
            Ok(Content::Null) => "null".to_owned(),
            Ok(Content::Bool(b)) => b.to_string(),
            Ok(Content::Int(n)) => n.to_string(),
            Ok(Content::Uint(n)) => n.to_string(),
            Ok(Content::Float(n)) => format!("{n:?}"),
            Ok(Content::Text(_)) => "text".to_owned(),
            Ok(_) => "collection".to_owned(),
        }
    }

    /// What `sigs.k8s.io/yaml` 1.6 gives; numbers here keep their type.
    #[test]
    fn means_what_it_means_to_kubectl() {
        for (text, meaning) in [
            ("", "null"),
            ("~", "null"),
            ("null", "null"),
            ("nUll", "text"),
            ("yes", "true"),
            ("Off", "false"),
            ("y", "true"),
            ("yEs", "text"),
            ("true", "true"),
            ("tRue", "text"),
            ("0", "0"),
            ("-0", "0"),
            ("+5", "5"),
            ("12", "12"),
            ("1_000", "1000"),
            ("0777", "511"),
            ("0o777", "511"),
            ("0x1F", "31"),
            ("-0x1F", "-31"),
            ("0b101", "5"),
            ("08", "8.0"),
            ("0x", "text"),
            ("0x+1", "text"),
            ("9223372036854775807", "9223372036854775807"),
            ("9223372036854775808", "9223372036854775808"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("18446744073709551616", "1.8446744073709552e19"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("1.", "1.0"),
            (".", "text"),
            ("1e3", "1000.0"),
            ("1e", "text"),
            ("e3", "text"),
            ("1e400", "text"),
            ("inf", "text"),
            ("nan", "text"),
            ("1.2.3", "text"),
            ("1h", "text"),
            ("2026-01-01", "text"),
            ("--1", "text"),
            ("1__0", "10"),
            ("_1", "text"),
            ("0_1", "1"),
            ("+0x1", "1"),
            ("1_.5", "1.5"),
            ("-.5", "-0.5"),
            ("1e+3", "1000.0"),
            ("1e-3", "0.001"),
            ("+.5", "0.5"),
            ("0b", "text"),
            ("0b2", "text"),
            ("-0b11", "-3"),
            ("09.5", "9.5"),
            ("0e0", "0.0"),
            ("1_e3", "1000.0"),
            ("=", "text"),
            ("<<", "text"),
            ("0O17", "15"),
            ("0B1", "1"),
            ("0XF", "15"),
            ("+", "text"),
            ("-1_000", "-1000"),
            ("1.5_0", "1.5"),
            ("0.", "0.0"),
            ("00", "0"),
            ("-017", "-15"),
            ("+017", "15"),
            ("0o8", "text"),
            ("1E3", "1000.0"),
            (".e3", "text"),
            ("..5", "text"),
            ("Infinity", "text"),
            ("+.inf", "fault"),
            (".inf", "fault"),
            ("-.Inf", "fault"),
            (".nan", "fault"),
            ("1e1000", "text"),
            ("190:20:30", "text"),
            ("10:30", "text"),
            ("１", "text"),
        ] {
            assert_eq!(shown(text), meaning, "{text}");
        }
    }
}
