//! Rules of trust that a type cannot say and that need no decision: one of several members, forms of digests and
//! durations. What a policy means, and whether it holds together, is decided in core.

use super::Checker;
use crate::{
    duration::seconds_or_days,
    provider::ProviderSpec,
    registry_config::RegistryConfigSpec,
    trust_policy::{AttestationRule, Matcher, Requirement, TrustPolicySpec},
};

pub(super) fn policy(checker: &mut Checker<'_>, spec: &TrustPolicySpec) {
    for (index, root) in spec.trust_roots.iter().enumerate() {
        let both = [root.inline.is_some(), root.config_map_ref.is_some()];
        exactly_one(checker, &format!("spec.trustRoots[{index}]"), &both, "inline, configMapRef");
    }
    for (index, authority) in spec.authorities.iter().enumerate() {
        let path = format!("spec.authorities[{index}]");
        checker.label(&format!("{path}.name"), &authority.name);
        exactly_one(checker, &path, &[authority.key.is_some(), authority.keyless.is_some()], "key, keyless");
        if let Some(key) = &authority.key {
            let log = key.transparency_log.as_deref();
            checker.one_of(&format!("{path}.key.transparencyLog"), log, &["Required", "NotRequired"]);
        }
        if let Some(keyless) = &authority.keyless {
            matcher(checker, &format!("{path}.keyless.subject"), &keyless.subject);
            for (claim, value) in &keyless.claims {
                matcher(checker, &format!("{path}.keyless.claims.{claim}"), value);
            }
        }
    }
    spec.require.iter().for_each(|require| requirement(checker, "spec.require", require, 0));
    attestations(checker, "spec.attestations", &spec.attestations);
    for (index, format) in spec.formats.iter().flatten().enumerate() {
        checker.one_of(&format!("spec.formats[{index}]"), Some(format), &["bundle", "simpleSigning"]);
    }
    checker.one_of("spec.onPolicyFailure", spec.on_policy_failure.as_deref(), &["Stop", "KeepRunning"]);
    long(checker, "spec.keepRunningFor", spec.keep_running_for.as_deref());
    for (index, text) in spec.denied.iter().enumerate() {
        digest(checker, &format!("spec.denied[{index}]"), Some(text));
    }
    if let Some(limits) = &spec.limits {
        checker.bytes("spec.limits.layer", limits.layer.as_deref());
        checker.count("spec.limits.bundles", limits.bundles, 1);
    }
}

pub(super) fn registry(checker: &mut Checker<'_>, spec: &RegistryConfigSpec) {
    let class = spec.addresses.as_ref().map(|addresses| addresses.class.as_str());
    let classes = &["public", "private", "cluster", "loopback"];
    checker.one_of("spec.addresses.class", class, classes);
    if let Some(ca) = &spec.ca_ref {
        checker.subdomain("spec.caRef.configMap", &ca.config_map);
    }
}

pub(super) fn provider(checker: &mut Checker<'_>, spec: &ProviderSpec) {
    digest(checker, "spec.approve", spec.approve.as_deref());
    digest(checker, "spec.rollbackTo", spec.rollback_to.as_deref());
    checker.deadline("spec.interval", spec.interval.as_deref());
    if let Some(secret) = &spec.pull_secret {
        checker.subdomain("spec.pullSecret", secret);
    }
    let Some(trust) = &spec.trust else { return };
    for (index, text) in trust.digests.iter().flatten().enumerate() {
        digest(checker, &format!("spec.trust.digests[{index}]"), Some(text));
    }
    attestations(checker, "spec.trust.attestations", &trust.attestations);
}

fn attestations(checker: &mut Checker<'_>, path: &str, rules: &[AttestationRule]) {
    for (index, rule) in rules.iter().enumerate() {
        let path = format!("{path}[{index}]");
        checker.count(&format!("{path}.atLeast"), rule.at_least, 1);
        long(checker, &format!("{path}.maxAge"), rule.max_age.as_deref());
    }
}

/// Requirements nest at most this deep.
const DEPTH: usize = 8;

fn requirement(checker: &mut Checker<'_>, path: &str, require: &Requirement, depth: usize) {
    let is = [require.authority.is_some(), require.all_of.is_some(), require.any_of.is_some()];
    exactly_one(checker, path, &is, "authority, allOf, anyOf");
    if depth == DEPTH {
        return checker.invalid(path, "requirements nest at most 8 deep");
    }
    for (index, inner) in require.all_of.iter().flatten().enumerate() {
        requirement(checker, &format!("{path}.allOf[{index}]"), inner, depth + 1);
    }
    if let Some(any) = &require.any_of {
        checker.count(&format!("{path}.anyOf.atLeast"), any.at_least, 1);
        for (index, inner) in any.of.iter().enumerate() {
            requirement(checker, &format!("{path}.anyOf.of[{index}]"), inner, depth + 1);
        }
    }
}

fn matcher(checker: &mut Checker<'_>, path: &str, matcher: &Matcher) {
    let is = [matcher.exact.is_some(), matcher.glob.is_some(), matcher.regex.is_some()];
    exactly_one(checker, path, &is, "exact, glob, regex");
}

fn exactly_one(checker: &mut Checker<'_>, path: &str, is: &[bool], of: &str) {
    if is.iter().filter(|is| **is).count() != 1 {
        checker.invalid(path, &format!("needs exactly one of {of}"));
    }
}

fn digest(checker: &mut Checker<'_>, path: &str, text: Option<&str>) {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let formed = |text: &str| {
        text.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hex))
    };
    if text.is_some_and(|text| !formed(text)) {
        checker.invalid(path, "a digest is needed: sha256: and 64 lower-case hexadecimal digits");
    }
}

/// A duration of Go, or days: `400d`.
fn long(checker: &mut Checker<'_>, path: &str, text: Option<&str>) {
    if text.is_some_and(|text| !seconds_or_days(text).is_ok_and(|seconds| seconds > 0)) {
        checker.invalid(path, "write a duration of a second or more, such as 24h or 400d");
    }
}
