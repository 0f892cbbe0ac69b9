//! The lowest version that may run. `>=` or `>` and a version, or a version alone, which means `>=`: elsewhere it would mean a
//! range up to the next major version, and what is above that is not below a floor. By precedence, release candidates too.

use std::fmt;

use semver::{Comparator, Op, Version, VersionReq};

/// What a floor must be.
const REMEDY: &str =
    "write the lowest version that may run, such as 1.3.0, >=1.3 or >1.2.9: a floor has no upper bound";

/// A floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Floor {
    version: Version,
    /// That version itself may not run.
    above: bool,
}

impl Floor {
    /// Reads one.
    ///
    /// # Errors
    /// A remedy.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let bare = text.trim_start().starts_with(|first: char| first.is_ascii_digit());
        let read = VersionReq::parse(text).map_err(|_| REMEDY)?;
        let [Comparator { op, major, minor, patch, pre }] = read.comparators.as_slice() else {
            return Err(REMEDY);
        };
        let above = match op {
            Op::GreaterEq => false,
            Op::Caret if bare => false,
            // `>1.3` would leave out 1.3.1 too.
            Op::Greater if patch.is_some() => true,
            _ => return Err(REMEDY),
        };
        let version = Version {
            pre: pre.clone(),
            ..Version::new(*major, minor.unwrap_or_default(), patch.unwrap_or_default())
        };
        Ok(Self { version, above })
    }

    /// Whether a version may run. Build metadata does not count.
    pub(super) fn admits(&self, version: &Version) -> bool {
        let order = version.cmp_precedence(&self.version);
        if self.above { order.is_gt() } else { order.is_ge() }
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.above { ">" } else { ">=" }, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(floor: &str, version: &str) -> bool {
        Floor::read(floor).unwrap().admits(&version.parse().unwrap())
    }

    #[test]
    fn allowed_from_the_floor_on_without_an_end() {
        for (floor, version) in [
            ("0.1.0", "0.1.0"),
            ("0.1.0", "0.2.0"),
            (" 1.2", "2.0.0"),
            (">=1", "7.0.0"),
            (">=1.3.0", "1.4.0-rc.1"),
            (">= 1.3.0-rc.2", "1.3.0"),
            (">1.2.9", "1.3.0"),
            ("1.3.0+b2", "1.3.0+b1"),
        ] {
            assert!(admits(floor, version), "{floor} {version}");
        }
        assert_eq!(
            ["1.3", ">1.3.0"].map(|text| Floor::read(text).unwrap().to_string()),
            [">=1.3.0", ">1.3.0"]
        );
    }

    #[test]
    fn denied_below_it() {
        for (floor, version) in
            [("0.1.0", "0.0.9"), ("1.4.0", "1.4.0-rc.1"), (">1.2.9", "1.2.9"), (">=2", "1.9.9")]
        {
            assert!(!admits(floor, version), "{floor} {version}");
        }
    }

    #[test]
    fn denied_whatever_has_another_bound() {
        for text in
            ["", "*", "1.*", "^1.3", "~1.3.0", "=1.3.0", "<2.0.0", "<=2", ">=1.3.0, <2.0.0", ">1.3", "latest"]
        {
            assert_eq!(Floor::read(text), Err(REMEDY), "{text}");
        }
    }
}
