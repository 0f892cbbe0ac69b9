//! A signed provider in a registry on loopback: pushed with what was signed beside it, reached as a RegistryConfig says.
//! All of it is made with the binary.

use crate::trusted::Trusted;

/// Nobody's credentials, whatever the user's own docker configuration says.
const PLAIN: [&str; 3] = ["--plain-http", "--docker-config", "docker.json"];

impl Trusted {
    /// Made for the registry at that address, trusted by key, and with the RegistryConfig that admits it.
    pub(crate) fn at(host: &str) -> Self {
        Self::made_for(host).configured()
    }

    /// Likewise the quick start.
    pub(crate) fn quickstart_at(host: &str) -> Self {
        Self::quickstart(host).configured()
    }

    /// Its registry is reached without TLS, on loopback.
    fn configured(self) -> Self {
        self.scene.write("docker.json", r#"{"auths": {}}"#);
        let head = "apiVersion: bailiwick.dev/v1alpha1\nkind: RegistryConfig\nmetadata: {name: here}\n";
        let spec =
            format!("registry: '{}', insecureHttp: true, addresses: {{class: loopback}}", self.registry);
        self.scene.folder.write("policy/registry.yaml", format!("{head}spec: {{{spec}}}\n")).unwrap();
        self
    }

    /// A layout with all that lies beside it into the registry, under a tag; the manifest's digest.
    pub(crate) fn push(&self, layout: &str, tag: &str) -> String {
        let to = self.tagged(tag);
        let said = self.ok(&[&["provider", "push", layout, &to], &PLAIN[..]].concat());
        let at = said.out.find("sha256:").unwrap();
        said.out[at..at + 71].to_owned()
    }

    /// This version, signed, under a tag; the manifest's digest.
    pub(crate) fn publish(&self, version: &str, tag: &str) -> String {
        let layout = format!("modules/{version}");
        self.pack(version, &layout);
        self.sign("release.key", &layout);
        self.push(&layout, tag)
    }

    /// Signs what a tag in the registry means.
    pub(crate) fn sign_there(&self, key: &str, tag: &str) {
        let there = self.tagged(tag);
        self.ok(&[&["provider", "sign", "--key", key, &there], &PLAIN[..]].concat());
    }

    /// The Provider's module is what `selector` (`:TAG`, `:RANGE` or `@DIGEST`) means in the registry.
    pub(crate) fn wants(&self, selector: &str, more: &str) {
        self.provider(&format!("oci: '{}{selector}'", self.repository()), more);
    }

    /// A tag of its repository.
    pub(crate) fn tagged(&self, tag: &str) -> String {
        format!("{}:{tag}", self.repository())
    }
}
