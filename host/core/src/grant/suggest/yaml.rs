//! A suggested grant as its author will read it: block style, so that `grant check --write` finds its lines, and a
//! comment wherever something is theirs to decide.

use bailiwick_api::grant::{CapabilityGrantSpec, GrantAuth, GrantProvider, GrantTarget};

use crate::yaml::Lines;

/// The manifest of a grant.
#[must_use]
pub fn yaml(name: &str, spec: &CapabilityGrantSpec) -> String {
    let mut out = Lines::default();
    out.line(0, "# Made from recorded cases: it admits what they asked for, and below what they listed.");
    out.object("CapabilityGrant", name);
    out.provider(&spec.provider);
    out.line(1, "# What the module may ask for at most; `bailiwick grant check --surface` says it in words.");
    spec.surface.iter().for_each(|surface| out.pair(1, "surface", surface));
    out.line(1, "# Who may use it: the namespaces of the cases. Write yours.");
    out.line(1, "subjects:");
    for subject in &spec.subjects {
        out.list(1, "- namespaces", &subject.namespaces);
    }
    out.list(1, "operations", &spec.operations);
    out.targets(&spec.targets);
    out.auth(&spec.auth);
    if let Some(bits) = spec.limits.as_ref().and_then(|limits| limits.free_bits) {
        out.line(1, "limits:");
        out.line(2, "# The provider sends so many bits of its own choice in a run.");
        out.line(2, &format!("freeBits: {bits}"));
    }
    out.text()
}

/// The parts of a grant.
impl Lines {
    fn provider(&mut self, provider: &GrantProvider) {
        self.line(1, "provider:");
        self.pair(2, "name", &provider.name);
        provider.world.iter().for_each(|world| self.pair(2, "world", world));
        if let Some(module) = &provider.module {
            self.line(2, "# This module and no other. Of signed modules name in its place where they come from and who");
            self.line(2, "# signs them (or give --repository and --signed-by):");
            self.line(2, "# repository: REGISTRY/REPOSITORY");
            self.line(2, "# signedBy: [AUTHORITY OF THE TRUSTPOLICY]");
            self.pair(2, "module", module);
        }
        provider.repository.iter().for_each(|repository| self.pair(2, "repository", repository));
        if !provider.signed_by.is_empty() {
            self.list(2, "signedBy", &provider.signed_by);
        }
    }

    fn targets(&mut self, targets: &[GrantTarget]) {
        if targets.is_empty() {
            return self.line(1, "targets: []");
        }
        self.line(1, "targets:");
        for target in targets {
            self.target(target);
        }
    }

    fn target(&mut self, target: &GrantTarget) {
        self.pair(1, "- origin", &target.origin);
        target.authority.iter().for_each(|authority| self.pair(2, "authority", authority));
        if let Some(addresses) = &target.addresses {
            self.line(2, "# What the name may resolve to: public, private, cluster or loopback.");
            self.line(2, "addresses:");
            self.pair(3, "class", &addresses.class);
            if !addresses.cidrs.is_empty() {
                self.list(3, "cidrs", &addresses.cidrs);
            }
        }
        if let Some(ca) = &target.ca_ref {
            self.line(
                2,
                "# The cases' store names its own CA: put the same certificates into this ConfigMap.",
            );
            self.line(2, "caRef:");
            self.pair(3, "configMap", &ca.config_map);
        }
        if !target.account.is_empty() {
            self.line(2, "account:");
            target.account.iter().for_each(|(slot, value)| self.pair(3, slot, value));
        }
        if !target.keys.is_empty() {
            self.line(2, "# As they were asked for. `*` is any one segment, and `a/**` all keys below `a`, and listing `a`.");
            self.list(2, "keys", &target.keys);
        }
    }

    fn auth(&mut self, auth: &[GrantAuth]) {
        if auth.is_empty() {
            return;
        }
        self.line(1, "auth:");
        for entry in auth {
            self.pair(1, "- method", &entry.method);
            if !entry.slots.is_empty() {
                self.line(2, "slots:");
                entry.slots.iter().for_each(|(slot, value)| self.pair(3, slot, value));
            }
            if !entry.secrets.is_empty() {
                self.list(2, "secrets", &entry.secrets);
            }
            if !entry.service_accounts.is_empty() {
                self.list(2, "serviceAccounts", &entry.service_accounts);
            }
            entry.audience.iter().for_each(|audience| self.pair(2, "audience", audience));
        }
    }
}
