//! What users write: kinds, conditions, reasons, names. Data only: no decision is taken here.

pub mod grant;
pub mod meta;
pub mod provider;
