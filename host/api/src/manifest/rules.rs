//! What types cannot say: names, and the rules of ESO's admission webhook, which we do not run. Limits of grants
//! and Providers are read once here, so that a slip shows with its line; what they mean is decided in core.

use super::{
    AnyObject,
    fault::{Fault, near},
    read::Found,
    tree::Node,
};
use crate::{
    dns, duration::GoDuration, grant, meta::LabelSelector, provider, quantity, secret_store::SecretStoreSpec,
};

mod external_secret;
mod trust;

/// Adds all that is wrong with an object.
pub(super) fn check(object: &AnyObject, root: &Node, found: &mut Vec<Found>) {
    let mut checker = Checker { root, found };
    match object {
        AnyObject::ExternalSecret(object) => {
            checker.name(&object.metadata);
            external_secret::check(&mut checker, &object.spec);
        }
        AnyObject::SecretStore(object) | AnyObject::ClusterSecretStore(object) => {
            checker.name(&object.metadata);
            store(&mut checker, &object.spec);
        }
        AnyObject::Provider(object) => {
            checker.name(&object.metadata);
            provider(&mut checker, &object.spec);
        }
        AnyObject::CapabilityGrant(object) => {
            checker.name(&object.metadata);
            capability_grant(&mut checker, &object.spec);
        }
        AnyObject::TrustPolicy(object) => {
            checker.name(&object.metadata);
            trust::policy(&mut checker, &object.spec);
        }
        AnyObject::RegistryConfig(object) => {
            checker.name(&object.metadata);
            trust::registry(&mut checker, &object.spec);
        }
        AnyObject::Namespace(object) => {
            // Its name is the name of a namespace, which is narrower than that of other objects.
            let name = object.metadata.name.as_str();
            if name.is_empty() {
                checker.name(&object.metadata)
            } else {
                checker.label("metadata.name", name)
            }
        }
        AnyObject::ConfigMap(object) => {
            checker.name(&object.metadata);
            let keys = object.data.iter().flatten().map(|(key, _)| key);
            if !keys.clone().all(|key| dns::is_data_key(key)) {
                checker.invalid("data", "a key has only letters, digits, '-', '_' and '.', at most 253");
            }
        }
        AnyObject::Secret(object) => checker.name(&object.metadata),
    }
}

fn store(checker: &mut Checker<'_>, spec: &SecretStoreSpec) {
    let name = &spec.provider.name;
    let formed = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !formed || name.is_empty() || name.len() > 63 {
        checker
            .invalid("spec.provider", "the name of a provider has only letters, digits and '-', at most 63");
    }
    if let Some(retry) = &spec.retry_settings {
        if retry.max_retries.is_some_and(|n| n < 0) {
            checker.invalid("spec.retrySettings.maxRetries", "must be 0 or more");
        }
        if retry.retry_interval.is_some_and(GoDuration::is_negative) {
            checker.invalid("spec.retrySettings.retryInterval", "must be 0s or more");
        }
    }
    for (index, condition) in spec.conditions.iter().flatten().enumerate() {
        let path = format!("spec.conditions[{index}]");
        for (at, namespace) in condition.namespaces.iter().flatten().enumerate() {
            checker.label(&format!("{path}.namespaces[{at}]"), namespace);
        }
        if let Some(selector) = &condition.namespace_selector {
            checker.selector(&format!("{path}.namespaceSelector"), selector);
        }
    }
}

fn provider(checker: &mut Checker<'_>, spec: &provider::ProviderSpec) {
    let module = &spec.module;
    if [module.file.is_some(), module.oci.is_some(), module.layout.is_some()].iter().filter(|is| **is).count()
        != 1
    {
        checker.invalid("spec.module", "needs exactly one of oci, layout, file");
    }
    trust::provider(checker, spec);
    checker.one_of("spec.activation", spec.activation.as_deref(), &["Automatic", "Manual"]);
    if let Some(limits) = &spec.limits {
        checker.bytes("spec.limits.memory", limits.memory.as_deref());
        checker.bytes("spec.limits.responseBytes", limits.response_bytes.as_deref());
        checker.deadline("spec.limits.deadline", limits.deadline.as_deref());
        checker.count("spec.limits.calls", limits.calls, 1);
    }
}

fn capability_grant(checker: &mut Checker<'_>, spec: &grant::CapabilityGrantSpec) {
    checker.one_of("spec.provider.world", spec.provider.world.as_deref(), &["blind", "wasi"]);
    for (index, subject) in spec.subjects.iter().enumerate() {
        let path = format!("spec.subjects[{index}]");
        for (at, namespace) in subject.namespaces.iter().enumerate() {
            checker.label(&format!("{path}.namespaces[{at}]"), namespace);
        }
        if let Some(selector) = &subject.namespace_selector {
            checker.selector(&format!("{path}.namespaceSelector"), selector);
        }
    }
    for (index, target) in spec.targets.iter().enumerate() {
        let path = format!("spec.targets[{index}]");
        let class = target.addresses.as_ref().map(|a| a.class.as_str());
        checker.one_of(
            &format!("{path}.addresses.class"),
            class,
            &["public", "private", "cluster", "loopback"],
        );
        if let Some(ca) = &target.ca_ref {
            checker.subdomain(&format!("{path}.caRef.configMap"), &ca.config_map);
        }
    }
    if let Some(limits) = &spec.limits {
        checker.bytes("spec.limits.requestBytes", limits.request_bytes.as_deref());
        checker.bytes("spec.limits.responseBytes", limits.response_bytes.as_deref());
        checker.deadline("spec.limits.deadline", limits.deadline.as_deref());
        checker.count("spec.limits.calls", limits.calls, 1);
        checker.count("spec.limits.freeBits", limits.free_bits, 0);
        if let Some(Err(error)) = limits.rate.as_deref().map(quantity::rate) {
            checker.invalid("spec.limits.rate", &error.to_string());
        }
    }
}

/// Collects faults by path.
struct Checker<'a> {
    root: &'a Node,
    found: &'a mut Vec<Found>,
}

impl Checker<'_> {
    fn fail(&mut self, path: &str, fault: Fault) {
        self.found.push(Found { line: line_of(self.root, path), path: path.to_owned(), fault });
    }

    fn invalid(&mut self, path: &str, why: &str) {
        self.fail(path, Fault::Invalid(why.to_owned()));
    }

    fn name(&mut self, metadata: &crate::meta::ObjectMeta) {
        match metadata.name.as_str() {
            "" => self.fail("metadata.name", Fault::Missing),
            name => self.subdomain("metadata.name", name),
        }
        if let Some(namespace) = &metadata.namespace {
            self.label("metadata.namespace", namespace);
        }
    }

    fn label(&mut self, path: &str, text: &str) {
        if !dns::is_label(text) {
            self.invalid(
                path,
                "a DNS label is needed: lower-case letters, digits and '-' inside, at most 63",
            );
        }
    }

    fn subdomain(&mut self, path: &str, text: &str) {
        if !dns::is_subdomain(text) {
            self.invalid(
                path,
                "a DNS name is needed: lower-case letters, digits, '-' and '.' inside, at most 253",
            );
        }
    }

    fn data_key(&mut self, path: &str, text: &str) {
        if !dns::is_data_key(text) {
            self.invalid(path, "a key has only letters, digits, '-', '_' and '.', at most 253");
        }
    }

    fn one_of(&mut self, path: &str, text: Option<&str>, allowed: &'static [&'static str]) {
        if let Some(text) = text.filter(|text| !allowed.contains(text)) {
            self.fail(path, Fault::NotAllowed { near: near(text, allowed), allowed });
        }
    }

    fn selector(&mut self, path: &str, selector: &LabelSelector) {
        for (index, requirement) in selector.match_expressions.iter().enumerate() {
            let path = format!("{path}.matchExpressions[{index}].operator");
            self.one_of(&path, Some(&requirement.operator), &["In", "NotIn", "Exists", "DoesNotExist"]);
        }
    }

    fn bytes(&mut self, path: &str, text: Option<&str>) {
        if let Some(Err(error)) = text.map(quantity::bytes) {
            self.invalid(path, &error.to_string());
        }
    }

    fn deadline(&mut self, path: &str, text: Option<&str>) {
        match text.map(str::parse::<GoDuration>) {
            Some(Err(error)) => self.invalid(path, &error.to_string()),
            Some(Ok(deadline)) if deadline.millis() < 1 => self.invalid(path, "must be 1ms or more"),
            _ => {}
        }
    }

    fn count(&mut self, path: &str, number: Option<i64>, least: i64) {
        if number.is_some_and(|n| n < least) {
            self.invalid(path, &format!("must be {least} or more"));
        }
    }
}

/// The line of a path, or of what stands above it and is there.
fn line_of(root: &Node, path: &str) -> usize {
    let mut node = root;
    for step in path.split(['.', '[']) {
        let child = match step.strip_suffix(']') {
            Some(index) => index.parse().ok().and_then(|index| node.child(index)),
            None => node.member(step),
        };
        let Some(child) = child else { break };
        node = child;
    }
    node.line
}
