//! "Did you mean": the nearest known name to one that is not known. Names only, never values.

/// The nearest of `known` to `name`, where one is near: a difference of case or hyphens alone, or few edits.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_'], "");
    let wanted = plain(name);
    let most = (name.len() / 3).clamp(1, 3);
    known
        .map(|candidate| (strsim::osa_distance(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggests_what_is_near_and_nothing_else() {
        let known = ["server", "path", "caBundle", "namespace"];
        for (name, near) in [
            ("sever", Some("server")),
            ("ca-bundle", Some("caBundle")),
            ("cabundle", Some("caBundle")),
            ("namespcae", Some("namespace")),
            ("paht", Some("path")),
            ("region", None),
            ("x", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), near, "{name}");
        }
    }
}
