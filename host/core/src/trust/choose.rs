//! Which tag a semver range means: the highest version in it among the tags that are versions. Pure; tags come from a
//! registry or a layout and are looked at as versions only.

use semver::{Version, VersionReq};

/// The tag of the highest version that `range` admits. A tag is a version as semver writes it, without a `v`; `+` is no
/// character of a tag, so build metadata never takes part. Pre-releases count only where the range names one.
#[must_use]
pub fn highest<'a>(range: &VersionReq, tags: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let versions = tags.into_iter().filter_map(|tag| Some((Version::parse(tag).ok()?, tag)));
    versions.filter(|(version, _)| range.matches(version)).max().map(|(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(range: &str, tags: &[&'static str]) -> Option<&'static str> {
        highest(&VersionReq::parse(range).unwrap(), tags.iter().copied())
    }

    #[test]
    fn the_highest_version_counts_and_not_the_last_text() {
        assert_eq!(among("^1.2", &["1.9.0", "1.10.0", "1.2.0", "2.0.0", "latest"]), Some("1.10.0"));
        assert_eq!(among(">=1.0.0-rc.1, <1.0.0", &["1.0.0-rc.2", "1.0.0"]), Some("1.0.0-rc.2"));
    }

    #[test]
    fn denied_what_is_no_version_or_not_in_the_range() {
        assert_eq!(among("^1", &["latest", "v1.0.0", "1.0", "01.0.0", "2.0.0", "1.1.0-beta"]), None);
        assert_eq!(among("*", &[]), None);
    }
}
