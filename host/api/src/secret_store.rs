//! `SecretStore` and `ClusterSecretStore`: where secrets come from. One spec for both; `conditions` counts for the
//! cluster kind only. The provider block is opaque here: the catalogue of the Provider of that name says what it
//! may hold. Data only.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;

use crate::{duration::GoDuration, meta::LabelSelector};

/// `external-secrets.io/v1` `SecretStore` (namespaced) and `ClusterSecretStore`: the spec.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SecretStoreSpec {
    /// Controller class; absent or empty matches every instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<String>,
    /// Exactly one provider.
    pub provider: ProviderBlock,
    /// Retries of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_settings: Option<RetrySettings>,
    /// How often the store is validated; absent or zero: the controller's own interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_interval: Option<StoreInterval>,
    /// ClusterSecretStore only: from which namespaces it may be used; absent or empty: all. Any match of any entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<StoreCondition>>,
}

/// `spec.provider`: a map with exactly one key. Debug shows the key alone, since settings may hold static data.
#[derive(Clone, PartialEq)]
pub struct ProviderBlock {
    /// The key: the Provider that serves it.
    pub name: String,
    /// Its settings, checked against the catalogue's schema.
    pub settings: Value,
}

/// Retries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RetrySettings {
    /// After the first try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<i32>,
    /// Between two tries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_interval: Option<GoDuration>,
}

/// Seconds as an integer, or a Go duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreInterval {
    /// An integer: seconds.
    Seconds(i64),
    /// A text.
    Duration(GoDuration),
}

/// One way to be allowed to use a ClusterSecretStore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StoreCondition {
    /// By labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
    /// By name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Vec<String>>,
    /// By name, unanchored RE2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_regexes: Option<Vec<String>>,
}

impl StoreInterval {
    /// The interval; zero means the controller's own.
    #[must_use]
    pub fn duration(self) -> GoDuration {
        match self {
            Self::Seconds(seconds) => GoDuration::from_seconds(seconds),
            Self::Duration(duration) => duration,
        }
    }
}

impl fmt::Debug for ProviderBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderBlock").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Serialize for ProviderBlock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.name, &self.settings)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for ProviderBlock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneKey;
        impl<'de> Visitor<'de> for OneKey {
            type Value = ProviderBlock;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping with exactly one provider")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ProviderBlock, A::Error> {
                let (name, settings) =
                    map.next_entry()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                match map.next_key::<String>()? {
                    None => Ok(ProviderBlock { name, settings }),
                    Some(_) => Err(de::Error::invalid_length(2, &self)),
                }
            }
        }
        deserializer.deserialize_map(OneKey)
    }
}

impl Serialize for StoreInterval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_i64(*seconds),
            Self::Duration(duration) => duration.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for StoreInterval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IntOrText;
        impl Visitor<'_> for IntOrText {
            type Value = StoreInterval;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds as an integer of 0 or more, or a duration such as \"5m\"")
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<StoreInterval, E> {
                let known = (0..=MAX_SECONDS).contains(&seconds);
                known.then_some(StoreInterval::Seconds(seconds)).ok_or_else(|| invalid(&self))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<StoreInterval, E> {
                self.visit_i64(i64::try_from(seconds).unwrap_or(-1))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<StoreInterval, E> {
                let duration: GoDuration = text.parse().map_err(|_| invalid(&self))?;
                (!duration.is_negative())
                    .then_some(StoreInterval::Duration(duration))
                    .ok_or_else(|| invalid(&self))
            }
        }
        fn invalid<E: de::Error>(visitor: &IntOrText) -> E {
            E::invalid_value(de::Unexpected::Other("something else"), visitor)
        }
        deserializer.deserialize_any(IntOrText)
    }
}

/// What fits into a Go duration.
const MAX_SECONDS: i64 = i64::MAX / 1_000_000_000;
