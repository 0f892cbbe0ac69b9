//! The trait that a provider implements. A run is one call of one of these functions in a fresh instance: nothing
//! survives it, so there is no state to keep and nothing to clean up.

use serde::de::DeserializeOwned;

use crate::{Entry, Failure, Host, PushEntry, Reference};

/// A provider of secrets. What it does not implement, it refuses as [`Failure::Misconfigured`].
pub trait Provider {
    /// The store's `spec.provider.<name>` as far as the provider reads it. The host has validated it against the
    /// catalogue's schema and put in the defaults; secret fields are not in it.
    type Settings: DeserializeOwned;

    /// Whether the store can work: at most a login, since nothing else is granted for sure.
    ///
    /// # Errors
    /// Why it cannot.
    fn validate(host: &Host, settings: &Self::Settings) -> Result<(), Failure>;

    /// Answers each entry by [`Host::deliver`], [`Host::deliver_named`], [`Host::absent`] or [`Host::failed`].
    ///
    /// # Errors
    /// Only where no entry can be answered, such as a login that is refused.
    fn fetch(host: &Host, settings: &Self::Settings, entries: &[Entry]) -> Result<(), Failure>;

    /// Writes values.
    ///
    /// # Errors
    /// The first failure; entries are pushed again later.
    fn push(_: &Host, _: &Self::Settings, _: &[PushEntry]) -> Result<(), Failure> {
        Err(Failure::Misconfigured)
    }

    /// Deletes what push wrote.
    ///
    /// # Errors
    /// The first failure.
    fn remove(_: &Host, _: &Self::Settings, _: &[Reference]) -> Result<(), Failure> {
        Err(Failure::Misconfigured)
    }

    /// Whether each is there, in order.
    ///
    /// # Errors
    /// The first failure.
    fn exists(_: &Host, _: &Self::Settings, _: &[Reference]) -> Result<Vec<bool>, Failure> {
        Err(Failure::Misconfigured)
    }
}

/// Reads the settings that the host handed over.
pub(crate) fn settings<P: Provider>(text: &str) -> Result<P::Settings, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::Misconfigured)
}
