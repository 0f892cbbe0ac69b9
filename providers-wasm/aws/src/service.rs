//! The two services as data: which operation does what, and where their replies hold it.

use serde::Deserialize;

/// `spec.provider.aws.service`.
#[derive(Clone, Copy, Deserialize)]
pub(crate) enum Service {
    SecretsManager,
    ParameterStore,
}

/// How a service is asked.
pub(crate) struct Operations {
    pub(crate) value: Read,
    /// For secrets that are bytes: asked only where there is no text, since nothing but that can be known.
    pub(crate) bytes: Option<Read>,
    pub(crate) metadata: &'static str,
    pub(crate) list: &'static str,
    pub(crate) list_path: &'static str,
    /// Where a listing holds its items.
    pub(crate) items: &'static str,
    /// A path is a folder, and not any beginning of a name.
    pub(crate) folders: bool,
    /// Reads the tags of a listed name, where listings do not tell them.
    pub(crate) tags: Option<&'static str>,
}

/// A way to read values.
pub(crate) struct Read {
    /// By an entry's reference.
    pub(crate) by_entry: &'static str,
    /// By a listed name.
    pub(crate) by_name: &'static str,
    /// Where the reply holds the value.
    pub(crate) at: &'static str,
}

const SECRETS_MANAGER: Operations = Operations {
    value: Read { by_entry: "sm-get", by_name: "sm-get-listed", at: "/SecretString" },
    bytes: Some(Read { by_entry: "sm-get-binary", by_name: "sm-get-listed-binary", at: "/SecretBinary" }),
    metadata: "sm-metadata",
    list: "sm-list",
    list_path: "sm-list-path",
    items: "/SecretList",
    folders: false,
    tags: None,
};

const PARAMETER_STORE: Operations = Operations {
    value: Read { by_entry: "ps-get", by_name: "ps-get-listed", at: "/Parameter/Value" },
    bytes: None,
    metadata: "ps-metadata",
    list: "ps-list",
    list_path: "ps-list-path",
    items: "/Parameters",
    folders: true,
    tags: Some("ps-tags"),
};

impl Service {
    pub(crate) fn operations(self) -> &'static Operations {
        match self {
            Self::SecretsManager => &SECRETS_MANAGER,
            Self::ParameterStore => &PARAMETER_STORE,
        }
    }
}

impl Operations {
    /// The slot for a version: Secrets Manager knows stages and, written `uuid/...`, ids.
    pub(crate) fn version_slot(&self, version: &str) -> &'static str {
        match self.bytes {
            None => "version",
            Some(_) if version.starts_with("uuid/") => "id",
            Some(_) => "stage",
        }
    }
}
