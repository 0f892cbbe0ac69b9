//! Where in a store's settings something stands: as a JSON pointer, which reads them, and as people may see it. A
//! member that the tenant named may be anything, so it is shown only where it looks like the name of a field.

use bailiwick_api::manifest::shown;

use super::pointer;

/// A place.
#[derive(Clone)]
pub(super) struct Place {
    pointer: String,
    shown: String,
}

impl Place {
    /// The whole block.
    pub(super) fn root(base: String) -> Self {
        Self { pointer: String::new(), shown: base }
    }

    /// A field of the schema.
    pub(super) fn field(&self, name: &str) -> Self {
        self.under(name, format!(".{name}"))
    }

    /// A member that the tenant named.
    pub(super) fn member(&self, name: &str) -> Self {
        self.under(name, format!(".{}", shown(name)))
    }

    /// An item of a list.
    pub(super) fn item(&self, index: usize) -> Self {
        self.under(&index.to_string(), format!("[{index}]"))
    }

    /// To read the settings with.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// For people.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    fn under(&self, name: &str, shown: String) -> Self {
        Self {
            pointer: format!("{}/{}", self.pointer, pointer::escape(name)),
            shown: format!("{}{shown}", self.shown),
        }
    }
}
