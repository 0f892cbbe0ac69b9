//! What a 401 asks for: the `WWW-Authenticate` lines, of which the first of each is read (RFC 9110 section 11.6.1).
//! Bounded text in, data out; what it leads to is decided by core. The scope that it names is not read: we write ours.

/// The longest line that is read.
const MAX_LINE: usize = 4096;
/// The longest service name.
const MAX_SERVICE: usize = 256;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::oci) enum Challenge {
    /// A token from a realm.
    Bearer { realm: String, service: Option<String> },
    /// The user and password themselves.
    Basic,
}

/// The challenge that is answered: a token, if one is asked for.
pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let found: Vec<Challenge> = lines.filter(|line| line.len() <= MAX_LINE).filter_map(one).collect();
    let basic = found.contains(&Challenge::Basic).then_some(Challenge::Basic);
    found.into_iter().find(|challenge| *challenge != Challenge::Basic).or(basic)
}

fn one(line: &str) -> Option<Challenge> {
    let (scheme, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (mut realm, mut service, mut rest) = (None, None, rest);
    while let Some((name, value, after)) = parameter(rest) {
        match name.to_ascii_lowercase().as_str() {
            "realm" if realm.is_none() => realm = Some(value.to_owned()),
            "service" if service.is_none() && value.len() <= MAX_SERVICE => service = Some(value.to_owned()),
            _ => {}
        }
        rest = after;
    }
    realm.map(|realm| Challenge::Bearer { realm, service })
}

/// `name="value"` or `name=value`, and what comes after it. An escape inside of quotes ends the reading: no registry
/// needs one in a URL.
fn parameter(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.trim_start_matches([',', ' ']).split_once('=')?;
    let (value, after) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_once(',').unwrap_or((rest, "")),
    };
    if value.contains('\\') { None } else { Some((name.trim(), value, after)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>) -> Option<Challenge> {
        Some(Challenge::Bearer { realm: realm.into(), service: service.map(Into::into) })
    }

    #[test]
    fn reads_what_registries_send() {
        let hub = "Bearer realm=\"https://auth.example/token\",service=\"registry.example\",scope=\"repository:a:pull\"";
        assert_eq!(read([hub].into_iter()), bearer("https://auth.example/token", Some("registry.example")));
        assert_eq!(read(["bearer realm=\"https://a/?x=1,2\""].into_iter()), bearer("https://a/?x=1,2", None));
        assert_eq!(read(["Basic realm=\"x\"", hub].into_iter()), read([hub].into_iter()));
        assert_eq!(read(["Basic realm=\"x\""].into_iter()), Some(Challenge::Basic));
    }

    #[test]
    fn denied_what_is_no_challenge() {
        let long = format!("Bearer realm=\"https://{}/\"", "a".repeat(MAX_LINE));
        for line in
            ["", "Bearer", "Bearer service=\"x\"", "Negotiate", "Bearer realm=\"https://a\\\"b\"", &long]
        {
            assert_eq!(read([line].into_iter()), None, "{line}");
        }
    }
}
