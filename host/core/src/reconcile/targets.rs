//! Two objects that would write one Secret: each would undo the other at every pass, so neither is synced. Decided
//! before anything is fetched.

use std::collections::BTreeMap;

use bailiwick_api::{
    external_secret::{CreationPolicy, ExternalSecretSpec},
    meta::Object,
};

use super::{checks::policies, observed::place, plan::NotReady};

/// By namespace and name of the object, why it is not synced.
#[must_use]
pub fn conflicts<'a>(
    objects: impl IntoIterator<Item = &'a Object<ExternalSecretSpec>>,
) -> BTreeMap<(String, String), NotReady> {
    let mut writers: BTreeMap<(&str, &str), Vec<&Object<ExternalSecretSpec>>> = BTreeMap::new();
    for object in objects {
        if policies(object.spec.target.as_ref()).0 != CreationPolicy::None {
            writers.entry(place(object)).or_default().push(object);
        }
    }
    let shared = writers.into_iter().filter(|(_, objects)| objects.len() > 1);
    shared
        .flat_map(|(place, objects)| objects.iter().map(|o| refusal(place, o, &objects)).collect::<Vec<_>>())
        .collect()
}

fn refusal(
    (namespace, target): (&str, &str),
    object: &Object<ExternalSecretSpec>,
    all: &[&Object<ExternalSecretSpec>],
) -> ((String, String), NotReady) {
    let name = &object.metadata.name;
    let others = all.iter().map(|o| o.metadata.name.as_str()).filter(|other| other != name);
    let message = format!(
        "spec.target.name: Secret {target} is also the target of {}; choose another name",
        others.collect::<Vec<_>>().join(", ")
    );
    ((namespace.to_owned(), name.clone()), NotReady::new(message))
}

#[cfg(test)]
mod tests {
    use bailiwick_api::{external_secret::Target, meta::ObjectMeta};

    use super::*;

    fn object(
        namespace: &str,
        name: &str,
        target: Option<&str>,
        creation: CreationPolicy,
    ) -> Object<ExternalSecretSpec> {
        let target =
            Target { name: target.map(str::to_owned), creation_policy: Some(creation), ..Target::default() };
        Object {
            metadata: ObjectMeta {
                name: name.into(),
                namespace: Some(namespace.into()),
                ..ObjectMeta::default()
            },
            spec: ExternalSecretSpec { target: Some(target), ..ExternalSecretSpec::default() },
        }
    }

    #[test]
    fn only_writers_of_one_secret_conflict() {
        let objects = [
            object("a", "one", Some("db"), CreationPolicy::Owner),
            object("a", "db", None, CreationPolicy::Merge),
            object("a", "reader", Some("db"), CreationPolicy::None),
            object("b", "db", None, CreationPolicy::Owner),
        ];
        let conflicts = conflicts(&objects);
        let names: Vec<_> = conflicts.keys().map(|(namespace, name)| format!("{namespace}/{name}")).collect();
        assert_eq!(names, ["a/db", "a/one"]);
        let message = &conflicts[&("a".to_owned(), "one".to_owned())].message;
        assert_eq!(message, "spec.target.name: Secret db is also the target of db; choose another name");
    }
}
