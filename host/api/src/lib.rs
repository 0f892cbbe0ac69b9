//! What users write: kinds, conditions, reasons, names, and the reading of manifests. Data only: no decision is
//! taken here, and nothing of ours is depended on.

pub mod case;
pub mod condition;
pub mod config_map;
pub mod dns;
pub mod duration;
pub mod external_secret;
pub mod grant;
pub mod manifest;
pub mod meta;
pub mod names;
pub mod namespace;
pub mod provider;
pub mod provider_revision;
pub mod quantity;
pub mod registry_config;
pub mod schedule;
pub mod secret;
pub mod secret_store;
pub mod served;
pub mod status;
pub mod time;
pub mod trust_policy;
