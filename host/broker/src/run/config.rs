//! `answers.config`: static data in the store's settings, by pointers that the catalogue declares. Keys are names;
//! values stay here until they are delivered.

use std::sync::Arc;

use bailiwick_boundary::Handle;
use bailiwick_core::{catalogue::ConfigData, fetched::RunFailure};

use super::{
    session::Session,
    state::{ConfigItem, Member, Thing},
};

impl Session {
    /// The key or the value of one item; none where the catalogue declares nothing there, or nothing is there.
    pub(super) fn config(&self, pointer: &str) -> Result<Option<Handle>, RunFailure> {
        let Some(item) = self.channel.catalogue().config.as_ref().and_then(|rule| self.item(rule, pointer))
        else {
            return Ok(None);
        };
        let mut state = self.lock();
        if let Some(handle) = state.configs.get(pointer) {
            return Ok(Some(*handle));
        }
        let handle = self.handle(&mut state, Thing::Config(Arc::new(item)))?;
        state.configs.insert(pointer.to_owned(), handle);
        Ok(Some(handle))
    }

    fn item(&self, rule: &ConfigData, pointer: &str) -> Option<ConfigItem> {
        let items = rule.items.strip_suffix("/*")?;
        let rest = pointer.strip_prefix(items)?.strip_prefix('/')?;
        let index = rest.split('/').next()?;
        let member = rest.strip_prefix(index)?;
        let program = &self.channel.program;
        let text = |at: &str| program.settings.pointer(&format!("{items}/{index}{at}"))?.as_str();
        let value = format!("{items}/{index}{}", rule.value);
        let member = match member {
            _ if member == rule.key => Member::Key,
            _ if member == rule.value && program.config.contains_key(&value) => Member::Value,
            _ => return None,
        };
        Some(ConfigItem {
            value,
            member,
            key: text(&rule.key)?.to_owned(),
            version: rule.version.as_deref().and_then(text).map(str::to_owned),
        })
    }
}
