//! What an artifact states of itself, in annotations that its signatures cover, against a reference: whether it could be
//! admitted from there. The texts are its author's: they are shown where they have our own strict form, and else it is only
//! said that they have another.

use semver::Version;

use super::{Selector, reason::cut};

/// Bytes of one text that is shown: two of them and the words around them fit into a refusal's message.
pub(super) const SHOWN: usize = 96;

/// Where the tag is a version, it is the stated one: else an old artifact could be served under a new tag. Tags have no
/// `+`; `_` stands for it.
pub(super) fn selects(selector: &Selector, version: &Version) -> bool {
    match selector {
        Selector::Digest(_) => true,
        Selector::Range(range) => range.matches(version),
        Selector::Tag(tag) => {
            let text = tag.strip_prefix('v').unwrap_or(tag).replacen('_', "+", 1);
            Version::parse(&text).map_or(true, |tag| same(&tag, version))
        }
    }
}

/// A tag without build metadata leaves it open.
fn same(tag: &Version, version: &Version) -> bool {
    tag.cmp_precedence(version).is_eq() && (tag.build.is_empty() || tag.build == version.build)
}

/// What a stated text is, as far as that may be shown.
pub(super) fn is(text: &str, of_form: impl Fn(&str) -> bool) -> String {
    if of_form(text) { format!("is `{}`", cut(text, SHOWN)) } else { "has another form".to_owned() }
}
