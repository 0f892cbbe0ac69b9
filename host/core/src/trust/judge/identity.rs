//! What an artifact is, as its signature covers it: digests, name, repository and version, against Provider, reference,
//! policy and what ran before.

use bailiwick_api::dns::is_label;
use semver::Version;

use super::{Asked, Known, Mark};
use crate::trust::{
    Candidate, Selector,
    floor::Floor,
    policy::Policy,
    reason::{Reason, Refusal, cut},
    reference::is_repository,
    stated::{SHOWN, is, selects},
};

/// Bytes of a version, as of a tag (OCI distribution specification, "Pulling manifests").
const LONGEST: usize = 128;

/// The signed version.
pub(super) fn version(candidate: &Candidate) -> Result<Version, Refusal> {
    let refused = |message| Refusal::new(Reason::VersionMissing, message);
    let text = candidate.version.as_deref().ok_or_else(|| refused("no version is signed"))?;
    // A version is shown, kept and compared in many places.
    let text = Some(text).filter(|text| text.len() <= LONGEST);
    let text =
        text.ok_or_else(|| refused("the signed version has another form: it has more than 128 bytes"))?;
    Version::parse(text).map_err(|_| refused("the signed version is no semantic version"))
}

/// What Provider and reference ask for.
pub(super) fn asked(
    candidate: &Candidate,
    asked: &Asked<'_>,
    version: Option<&Version>,
) -> Result<(), Refusal> {
    if asked.tightening.digests.as_ref().is_some_and(|digests| !digests.contains(&candidate.manifest)) {
        return Err(Refusal::new(Reason::NotPinned, "the Provider's trust.digests names other manifests"));
    }
    name(candidate, asked.provider)?;
    repository(candidate)?;
    let Some(version) = version else { return Ok(()) };
    selected(&candidate.reference.selector, version)?;
    above(asked.tightening.floor.as_ref(), "the Provider's trust.floor", version)
}

fn above(floor: Option<&Floor>, whose: &str, version: &Version) -> Result<(), Refusal> {
    let Some(floor) = floor.filter(|floor| !floor.admits(version)) else { return Ok(()) };
    let (version, floor) = (cut(&version.to_string(), SHOWN), cut(&floor.to_string(), SHOWN));
    Err(Refusal::new(Reason::BelowFloor, format!("version `{version}` is below {whose}, `{floor}`")))
}

fn name(candidate: &Candidate, provider: &str) -> Result<(), Refusal> {
    let message = match candidate.name.as_deref() {
        Some(name) if name == provider => return Ok(()),
        Some(name) => {
            format!("the signed name {}, the Provider's is `{}`", is(name, is_label), cut(provider, SHOWN))
        }
        None => "no name is signed".to_owned(),
    };
    Err(Refusal::new(Reason::NameMismatch, message))
}

/// A layout says itself what it is a copy of: only the signature vouches for that.
fn repository(candidate: &Candidate) -> Result<(), Refusal> {
    let asked = candidate.reference.repository();
    let message = match candidate.repository.as_deref() {
        Some(signed) if signed == asked => return Ok(()),
        Some(signed) => {
            let signed = is(signed, is_repository);
            format!("the signed repository {signed}, that of the reference is `{}`", cut(&asked, SHOWN))
        }
        None if candidate.layout => "a layout needs a signed repository: dev.bailiwick.repository".to_owned(),
        None => return Ok(()),
    };
    Err(Refusal::new(Reason::RepositoryMismatch, message))
}

fn selected(selector: &Selector, version: &Version) -> Result<(), Refusal> {
    if selects(selector, version) {
        return Ok(());
    }
    let asked = match selector {
        Selector::Tag(tag) => format!("tag is `{}`", cut(tag, SHOWN)),
        Selector::Range(range) => format!("range is `{}`", cut(&range.to_string(), SHOWN)),
        Selector::Digest(digest) => format!("digest is {digest}"),
    };
    let message = format!("the signed version is `{}`, the {asked}", cut(&version.to_string(), SHOWN));
    Err(Refusal::new(Reason::VersionMismatch, message))
}

/// What one policy says of it.
pub(super) fn policy(
    policy: &Policy,
    candidate: &Candidate,
    asked: &Asked<'_>,
    version: Option<&Version>,
    mark: &Mark,
) -> Result<(), Refusal> {
    if policy.denied.contains(&candidate.manifest) || policy.denied.contains(&candidate.component) {
        return Err(Refusal::new(Reason::Denied, "the policy denies this digest"));
    }
    if candidate.size > policy.limits.layer {
        return Err(Refusal::new(Reason::TooLarge, "the component has more bytes than limits.layer"));
    }
    let Some(version) = version else { return Ok(()) };
    above(policy.floor.as_ref(), "the policy's version.floor", version)?;
    let named = asked.rollback_to == Some(candidate.manifest.as_str());
    if policy.monotonic && !named { monotonic(version, mark) } else { Ok(()) }
}

fn monotonic(version: &Version, mark: &Mark) -> Result<(), Refusal> {
    let unknown =
        |message| if mark.init_state { Ok(()) } else { Err(Refusal::new(Reason::StateMissing, message)) };
    match &mark.known {
        // Build metadata counts too, in the order that marks have: one of two builds came later.
        Known::Highest(highest) if version < highest => {
            let message =
                format!("version {highest} ran before; rollbackTo with this manifest's digest allows it");
            Err(Refusal::new(Reason::RolledBack, message))
        }
        Known::Highest(_) | Known::Nothing => Ok(()),
        Known::NotKept => {
            unknown("nothing says which versions ran before: give --state, at first with --init-state")
        }
        Known::Missing => unknown(
            "the state does not say which versions ran before: restore trust/marks.versions.json in it, or begin once with \
             --init-state",
        ),
        Known::Unreadable => unknown(
            "which versions ran before cannot be read: restore or mend trust/marks.versions.json in the state, or begin anew \
             with --init-state",
        ),
    }
}
