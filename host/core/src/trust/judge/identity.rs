//! What an artifact is, as its signature covers it: digests, name, repository and version, against Provider, reference,
//! policy and what ran before.

use semver::Version;

use super::{Asked, Known, Mark};
use crate::trust::{
    Candidate, Selector,
    policy::Policy,
    reason::{Reason, Refusal},
};

/// The signed version.
pub(super) fn version(candidate: &Candidate) -> Result<Version, Refusal> {
    let refused = |message| Refusal::new(Reason::VersionMissing, message);
    let text = candidate.version.as_deref().ok_or_else(|| refused("no version is signed"))?;
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
    match candidate.name.as_deref() {
        Some(name) if name == asked.provider => {}
        Some(_) => {
            return Err(Refusal::new(Reason::NameMismatch, "the signed name is not the Provider's"));
        }
        None => return Err(Refusal::new(Reason::NameMismatch, "no name is signed")),
    }
    repository(candidate)?;
    let Some(version) = version else { return Ok(()) };
    selected(&candidate.reference.selector, version)?;
    if asked.tightening.floor.as_ref().is_some_and(|floor| !floor.matches(version)) {
        return Err(Refusal::new(Reason::BelowFloor, "the version is below the Provider's trust.floor"));
    }
    Ok(())
}

/// A layout says itself what it is a copy of: only the signature vouches for that.
fn repository(candidate: &Candidate) -> Result<(), Refusal> {
    let signed = candidate.repository.as_deref();
    let same = signed.is_none_or(|signed| signed == candidate.reference.repository());
    let refused = |message| Err(Refusal::new(Reason::RepositoryMismatch, message));
    match (same, signed, candidate.layout) {
        (false, ..) => refused("the signed repository is not that of the reference"),
        (true, None, true) => refused("a layout needs a signed repository: dev.bailiwick.repository"),
        _ => Ok(()),
    }
}

/// Where the tag is a version, it is the signed one: else an old artifact could be served under a new tag. Tags have no
/// `+`; `_` stands for it.
fn selected(selector: &Selector, version: &Version) -> Result<(), Refusal> {
    let fits = match selector {
        Selector::Digest(_) => true,
        Selector::Range(range) => range.matches(version),
        Selector::Tag(tag) => {
            let text = tag.strip_prefix('v').unwrap_or(tag).replacen('_', "+", 1);
            Version::parse(&text).map_or(true, |tag| same(&tag, version))
        }
    };
    if fits {
        return Ok(());
    }
    Err(Refusal::new(Reason::VersionMismatch, "the signed version is not that of the tag or range"))
}

/// A tag without build metadata leaves it open.
fn same(tag: &Version, version: &Version) -> bool {
    tag.cmp_precedence(version).is_eq() && (tag.build.is_empty() || tag.build == version.build)
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
    if policy.floor.as_ref().is_some_and(|floor| !floor.matches(version)) {
        return Err(Refusal::new(Reason::BelowFloor, "the version is below the policy's version.floor"));
    }
    let named = asked.rollback_to == Some(candidate.manifest.as_str());
    if policy.monotonic && !named { monotonic(version, mark) } else { Ok(()) }
}

fn monotonic(version: &Version, mark: &Mark) -> Result<(), Refusal> {
    match &mark.known {
        // Build metadata counts too, in the order that marks have: one of two builds came later.
        Known::Highest(highest) if version < highest => {
            let message =
                format!("version {highest} ran before; rollbackTo with this manifest's digest allows it");
            Err(Refusal::new(Reason::RolledBack, message))
        }
        Known::Missing | Known::Unreadable if !mark.init_state => {
            let message = "which versions ran before is not known: give --state, restore it, or begin once with --init-state";
            Err(Refusal::new(Reason::StateMissing, message))
        }
        _ => Ok(()),
    }
}
