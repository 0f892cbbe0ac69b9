//! Where ESO's providers differ beyond what they ask: whether a value is written anew on its way into a Secret, what
//! `property` means, what a missing one is, and by what `find` selects. Types only, as serde reads them;
//! `values::read` and `reconcile::finds` apply them.

use serde::{Deserialize, Serialize};

/// How the values of a provider are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ValueRule {
    /// What a whole value is.
    #[serde(default)]
    pub form: ValueForm,
    /// What `property` names.
    #[serde(default)]
    pub property: PropertyForm,
    /// A value without that property counts as a missing secret, which the deletion policy answers; else it is an
    /// error, and nothing is ever deleted for a misspelt path.
    #[serde(default)]
    pub missing_property: bool,
    /// A secret that is not there is an error, and the deletion policy never sees it.
    #[serde(default)]
    pub absent_fails: bool,
    /// Names that `find` brings are converted before a rewrite sees them.
    #[serde(default)]
    pub converted_names: bool,
}

/// What a whole value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueForm {
    /// Bytes as the backend has them; the members of an extract as they are written.
    #[default]
    Text,
    /// An object that is written anew: members sorted, without white space, `<`, `>` and `&` escaped. The numbers of
    /// an extract go through a float64.
    Object,
}

/// What `property` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropertyForm {
    /// A member of exactly that name, a number as it is written; else a gjson path.
    #[default]
    MemberOrPath,
    /// A gjson path whose dots are taken literally; else the path.
    DotsOrPath,
    /// A gjson path.
    Path,
    /// A member of exactly that name, a number as it is written.
    Member,
}

/// By what `find` selects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FindRule {
    /// What a find may name.
    #[serde(default = "FindBy::every")]
    pub by: Vec<FindBy>,
    /// A find by neither name nor tags is everything; else it is refused.
    #[serde(default = "yes")]
    pub all: bool,
}

/// A field of `find`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindBy {
    /// `find.name`.
    Name,
    /// `find.tags`.
    Tags,
    /// `find.path`.
    Path,
}

impl FindBy {
    fn every() -> Vec<Self> {
        vec![Self::Name, Self::Tags, Self::Path]
    }
}

impl Default for FindRule {
    fn default() -> Self {
        Self { by: FindBy::every(), all: true }
    }
}

const fn yes() -> bool {
    true
}
