//! `dataFrom[].rewrite` (eso-api 2.2): operations over the keys of one entry, in order. `transform` is a template
//! and not served yet.

use bailiwick_api::external_secret::{Rewrite, RewriteRegexp};

use super::{
    convert::Data,
    marshal::OutOfRange,
    pattern::{self, PatternError},
};

mod merge;
#[cfg(test)]
mod tests;

/// Bytes of a key between two operations; what is left at the end is checked by `convert::validate`.
const MAX_NAME: usize = 4096;

/// Why a rewrite failed. Keys and values are never quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// `regexp.source` is malformed or too large.
    #[error("regexp.source: {0}")]
    Pattern(PatternError),
    /// `regexp.target` is too large.
    #[error("regexp.target: longer than {} bytes", pattern::MAX_PATTERN)]
    Target,
    /// A key became longer than any key may be.
    #[error("regexp: a key became too long")]
    Name,
    /// A `transform`.
    #[error("transform: templates are not served yet; use regexp")]
    Transform,
    /// A key of `merge.priority` is not there.
    #[error("merge.priority: a key is not there; set priorityPolicy: IgnoreNotFound if that may be")]
    Priority,
    /// A value is no JSON object.
    #[error("merge: a value is not a JSON object")]
    NotObject,
    /// Two values have the same member.
    #[error("merge: two values have the same member; set conflictPolicy: Ignore if the later may win")]
    Conflict,
    /// `strategy: JSON` without `into`.
    #[error("merge.into: needed with strategy: JSON")]
    Into,
    /// A number that Go's float64 cannot hold.
    #[error("merge: a number is out of range")]
    Number,
}

impl From<OutOfRange> for RewriteError {
    fn from(OutOfRange: OutOfRange) -> Self {
        Self::Number
    }
}

/// Applies all operations.
///
/// # Errors
/// The first that fails.
pub fn apply(data: Data, operations: &[Rewrite]) -> Result<Data, RewriteError> {
    operations.iter().try_fold(data, |data, operation| match operation {
        Rewrite::Regexp(regexp) => replace(data, regexp),
        Rewrite::Merge(merge) => merge::apply(data, merge),
        Rewrite::Transform(_) => Err(RewriteError::Transform),
    })
}

/// Where two keys become one, the one that sorts later wins; with ESO it is either.
fn replace(data: Data, operation: &RewriteRegexp) -> Result<Data, RewriteError> {
    if operation.target.len() > pattern::MAX_PATTERN {
        return Err(RewriteError::Target);
    }
    let source = pattern::compile(&operation.source).map_err(RewriteError::Pattern)?;
    let renamed = data.into_iter().map(|(key, value)| {
        let key =
            pattern::replace_all(&source, &key, &operation.target, MAX_NAME).ok_or(RewriteError::Name)?;
        Ok((key, value))
    });
    renamed.collect()
}
