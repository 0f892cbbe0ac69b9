//! What an artifact states of itself, in annotations that its signatures cover, against a reference: whether it could be
//! admitted from there. The texts are its author's: they are shown where they have our own strict form, and else it is only
//! said that they have another.

use semver::Version;

use super::{Reference, Selector, reason::cut, reference::is_repository};

/// Bytes of one text that is shown: two of them and the words around them fit into a refusal's message.
pub(super) const SHOWN: usize = 96;

/// What a place is to an artifact that is pushed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Its own, or that of one that names none.
    Own,
    /// A copy of its own, which serves where a `RegistryConfig` names it as a mirror.
    Copy {
        /// Its own: `registry/path`.
        repository: String,
    },
}

/// No policy could admit the artifact from where it is to go. With a remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misplaced(String);

/// What a place is to an artifact that states this repository and version. A mirror has the same path, perhaps behind a
/// prefix; a tag that is a version has to be the artifact's.
///
/// # Errors
/// [`Misplaced`]: it could only be refused there, for its repository or its version.
pub fn destination(
    to: &Reference,
    repository: Option<&str>,
    version: Option<&str>,
) -> Result<Destination, Misplaced> {
    let destination = place(to, repository)?;
    let misplaced = |text: &&str| !Version::parse(text).is_ok_and(|version| selects(&to.selector, &version));
    let Some(text) = version.filter(misplaced) else { return Ok(destination) };
    let stated = is(text, |text| Version::parse(text).is_ok());
    let remedy = "name that version, or a tag that is none";
    let asked = cut(&to.to_string(), SHOWN);
    Err(Misplaced(format!("the artifact's version {stated}, and no policy admits it as {asked}: {remedy}")))
}

fn place(to: &Reference, repository: Option<&str>) -> Result<Destination, Misplaced> {
    let own = to.repository();
    let Some(stated) = repository.filter(|stated| *stated != own) else { return Ok(Destination::Own) };
    let path = stated.split_once('/').map(|(_, path)| path).filter(|_| is_repository(stated));
    if path.is_some_and(|path| to.path == path || to.path.ends_with(&format!("/{path}"))) {
        return Ok(Destination::Copy { repository: stated.to_owned() });
    }
    let (stated, own) = (is(stated, is_repository), cut(&own, SHOWN));
    let remedy = "push it there, or under the same path to a mirror, or pack it again with --as";
    Err(Misplaced(format!(
        "the artifact's repository {stated}, and no policy admits it from {own}: {remedy}"
    )))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// An artifact of `registry.example/acme/vault` 1.4.0, pushed there.
    fn pushed(to: &str) -> Result<Destination, String> {
        stated(to, Some("registry.example/acme/vault"), Some("1.4.0"))
    }

    fn stated(to: &str, repository: Option<&str>, version: Option<&str>) -> Result<Destination, String> {
        destination(&Reference::parse(to).unwrap(), repository, version)
            .map_err(|misplaced| misplaced.to_string())
    }

    #[test]
    fn allowed_where_it_could_be_admitted() {
        for tag in ["1.4.0", "v1.4.0", "latest", "stable"] {
            assert_eq!(pushed(&format!("registry.example/acme/vault:{tag}")), Ok(Destination::Own), "{tag}");
        }
        let to = "registry.example/acme/vault:1.4.0";
        assert_eq!(stated(to, None, None), Ok(Destination::Own), "what states nothing");
        let copy = Ok(Destination::Copy { repository: "registry.example/acme/vault".into() });
        for mirror in ["mirror.example:5000/acme/vault:1.4.0", "mirror.example/a/b/acme/vault:latest"] {
            assert_eq!(pushed(mirror), copy, "{mirror}");
        }
    }

    #[test]
    fn denied_where_it_could_only_be_refused() {
        for (to, both) in [
            (
                "registry.example/acme/other:1.4.0",
                "`registry.example/acme/vault`, and no policy admits it from registry.example/acme/other:",
            ),
            ("mirror.example/vault:1.4.0", "from mirror.example/vault:"),
            ("mirror.example/xacme/vault:1.4.0", "from mirror.example/xacme/vault:"),
            (
                "registry.example/acme/vault:1.5.0",
                "`1.4.0`, and no policy admits it as registry.example/acme/vault:1.5.0:",
            ),
            ("mirror.example/acme/vault:v1.5.0", "as mirror.example/acme/vault:v1.5.0:"),
        ] {
            let why = pushed(to).unwrap_err();
            assert!(why.contains(both), "{to}: {why}");
        }
    }

    #[test]
    fn denied_to_show_what_has_another_form() {
        let to = "registry.example/acme/vault:latest";
        let why = stated(to, Some("evil text/acme/vault"), Some("1.4.0")).unwrap_err();
        assert!(why.contains("repository has another form") && !why.contains("evil"), "{why}");
        let why = stated(to, None, Some("evil")).unwrap_err();
        assert!(why.contains("version has another form") && !why.contains("evil"), "{why}");
    }
}
