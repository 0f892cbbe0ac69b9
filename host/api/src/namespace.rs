//! `Namespace`: who is the subject of a grant. Only its name, uid and labels count. Data only.

use serde::{Deserialize, Serialize};

use crate::meta::ObjectMeta;

/// `v1` `Namespace`, cluster-scoped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Namespace {
    /// Metadata.
    pub metadata: ObjectMeta,
}
