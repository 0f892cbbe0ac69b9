//! Which fields are known and not served yet. One that is used is refused by name, never ignored: a Secret that
//! lacks half of what its manifest says is worse than none. Pure.

use crate::{
    external_secret::{DataFrom, ExternalSecretSpec, Rewrite, SourceRef},
    secret_store::SecretStoreSpec,
};

/// A field that is used and not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRefusal {
    /// Its path: `spec.target.template`.
    pub path: String,
    /// What to do.
    pub remedy: &'static str,
}

/// The fields of an ExternalSecret that are used and not served, in the order of the manifest.
#[must_use]
pub fn unserved(spec: &ExternalSecretSpec) -> Vec<FieldRefusal> {
    let mut refusals = Vec::new();
    let mut refuse = |path: String, remedy| refusals.push(FieldRefusal { path, remedy });
    if let Some(target) = &spec.target {
        if target.template.is_some() {
            refuse("spec.target.template".to_owned(), "templates are not served yet: remove it");
        }
        if target.manifest.is_some() {
            refuse("spec.target.manifest".to_owned(), "only Secrets are written yet: remove it");
        }
    }
    for (index, entry) in spec.data.iter().flatten().enumerate() {
        if matches!(entry.source_ref, Some(SourceRef::GeneratorRef(_))) {
            refuse(format!("spec.data[{index}].sourceRef.generatorRef"), GENERATOR);
        }
    }
    for (index, entry) in spec.data_from.iter().flatten().enumerate() {
        unserved_data_from(&format!("spec.dataFrom[{index}]"), entry, &mut refuse);
    }
    refusals
}

fn unserved_data_from(path: &str, entry: &DataFrom, refuse: &mut impl FnMut(String, &'static str)) {
    for (index, rewrite) in entry.rewrite.iter().flatten().enumerate() {
        if matches!(rewrite, Rewrite::Transform(_)) {
            refuse(format!("{path}.rewrite[{index}].transform"), "templates are not served yet: use regexp");
        }
    }
    if matches!(entry.source_ref, Some(SourceRef::GeneratorRef(_))) {
        refuse(format!("{path}.sourceRef.generatorRef"), GENERATOR);
    }
}

/// The fields of a store that are used and not served. Retries are the catalogue's: which operations may be sent
/// again is the provider's knowledge, not the store's.
#[must_use]
pub fn unserved_store(spec: &SecretStoreSpec) -> Vec<FieldRefusal> {
    let remedy = "retries are those of the provider's catalogue: remove it";
    let retry =
        spec.retry_settings.iter().map(|_| FieldRefusal { path: "spec.retrySettings".to_owned(), remedy });
    retry.collect()
}

const GENERATOR: &str = "generators are not served yet: use a store";

#[cfg(test)]
mod tests {
    use super::{unserved, unserved_store};
    use crate::manifest::{AnyObject, load};

    fn paths(text: &str) -> Vec<String> {
        let (manifests, errors) = load(text, "file.yaml");
        assert_eq!(errors, []);
        let refusals = manifests.iter().flat_map(|m| match &m.object {
            AnyObject::ExternalSecret(object) => unserved(&object.spec),
            AnyObject::SecretStore(object) | AnyObject::ClusterSecretStore(object) => {
                unserved_store(&object.spec)
            }
            _ => Vec::new(),
        });
        refusals.map(|refusal| refusal.path).collect()
    }

    #[test]
    fn what_is_not_served_is_named() {
        assert_eq!(
            paths(include_str!("../tests/good/every-field.yaml")),
            [
                "spec.target.template",
                "spec.target.manifest",
                "spec.data[2].sourceRef.generatorRef",
                "spec.dataFrom[0].rewrite[1].transform",
                "spec.dataFrom[2].sourceRef.generatorRef",
            ]
        );
        assert_eq!(paths(include_str!("../tests/good/stores.yaml")), ["spec.retrySettings"]);
    }

    #[test]
    fn what_is_served_is_not_refused() {
        assert_eq!(paths(include_str!("../tests/good/served.yaml")), Vec::<String>::new());
    }
}
