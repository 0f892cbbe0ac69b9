//! Whether a provider serves a find of this kind, by its catalogue. ESO's providers answer some finds with an error or
//! look past a field; here such a find is refused by name before anything is sent.

use bailiwick_boundary::Entry;

use super::{entries::EntryPlan, plan::NotReady};
use crate::catalogue::{Catalogue, FindBy};

/// Checks one entry.
///
/// # Errors
/// The field that the provider does not serve, or lacks.
pub fn finds(catalogue: &Catalogue, plan: &EntryPlan) -> Result<(), NotReady> {
    let Entry::Find(find) = &plan.entry else { return Ok(()) };
    let rule = &catalogue.find;
    let used = [
        (FindBy::Name, "name", plan.name.is_some()),
        (FindBy::Tags, "tags", !plan.tags.is_empty()),
        (FindBy::Path, "path", find.path.is_some()),
    ];
    let fail =
        |field: &str, why: String| Err(NotReady::new(format!("{}.find{field}: {why}", plan.source.path())));
    for (by, name, used) in used {
        if used && !rule.by.contains(&by) {
            return fail(
                &format!(".{name}"),
                format!("{} does not find by {name}; remove it", catalogue.name),
            );
        }
    }
    let selects = plan.name.is_some() || !plan.tags.is_empty();
    if selects || rule.all {
        return Ok(());
    }
    let tags = if rule.by.contains(&FindBy::Tags) { " or tags" } else { "" };
    fail(
        "",
        format!("{} finds by name{tags} only; add `name: {{regexp: .*}}` for everything", catalogue.name),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bailiwick_boundary::Find;

    use super::*;
    use crate::{
        catalogue::{FindRule, parse::parse},
        reconcile::{Source, StoreKey},
    };

    fn catalogue(by: &[FindBy], all: bool) -> Catalogue {
        let mut catalogue = parse(include_str!("../../tests/grants/catalogues/vault.toml")).unwrap();
        catalogue.find = FindRule { by: by.to_vec(), all };
        catalogue
    }

    fn find(name: Option<&str>, tag: Option<&str>, path: Option<&str>) -> EntryPlan {
        let tags: BTreeMap<_, _> = tag.map(|tag| (tag.to_owned(), "x".to_owned())).into_iter().collect();
        EntryPlan {
            source: Source::DataFrom(1),
            store: StoreKey { kind: Default::default(), name: "store".into() },
            entry: Entry::Find(Find { path: path.map(Into::into), by_tags: !tags.is_empty() }),
            name: name.map(Into::into),
            tags,
        }
    }

    #[test]
    fn allowed_what_the_catalogue_serves() {
        let every = Catalogue { find: FindRule::default(), ..catalogue(&[], false) };
        for plan in [find(None, None, None), find(Some("a"), None, Some("p")), find(None, Some("t"), None)] {
            assert!(finds(&every, &plan).is_ok());
        }
        assert!(finds(&catalogue(&[FindBy::Name], false), &find(Some("a"), None, None)).is_ok());
    }

    #[test]
    fn denied_what_the_catalogue_does_not_serve_by_name() {
        let by_name = catalogue(&[FindBy::Name], false);
        let both = catalogue(&[FindBy::Name, FindBy::Tags], false);
        for (catalogue, plan, field) in [
            (&by_name, find(None, Some("t"), None), "spec.dataFrom[1].find.tags: "),
            (&by_name, find(Some("a"), None, Some("p")), "spec.dataFrom[1].find.path: "),
            (&by_name, find(None, None, None), "spec.dataFrom[1].find: vault finds by name only"),
            (&both, find(None, None, None), "spec.dataFrom[1].find: vault finds by name or tags only"),
        ] {
            let message = finds(catalogue, &plan).expect_err("refused").message;
            assert!(message.starts_with(field), "{message}");
        }
    }
}
