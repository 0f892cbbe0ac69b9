//! A scene whose provider a Sigstore vouches for (`testkit::sigstore`): its artifact in a layout, what was made of it put
//! beside it, a TrustPolicy, and the trust root in a ConfigMap of the policy.

use bailiwick_artifact::{
    Digest,
    oci::{Layout, Place},
};
use bailiwick_testkit::{
    background::block_on,
    sigstore::{Bundle, Signer, Sigstore},
};

use crate::trusted::{Trusted, indented};

/// Who signs, unless a test says otherwise: claims that a policy can ask for.
pub(crate) const CLAIMS: [(&str, &str); 2] =
    [("sourceRepositoryURI", "https://example.test/acme/fake"), ("runnerEnvironment", "hosted")];
/// The authority that such a signer is.
pub(crate) const AUTHORITY: &str = "\
keyless:
      trustRoot: ours
      issuer: https://issuer.example.test
      subject: {glob: 'https://example.test/acme/release.yml@refs/tags/v*'}
      claims: {runnerEnvironment: {exact: hosted}, sourceRepositoryURI: {glob: 'https://example.test/acme/*'}}
";

/// The scene.
pub(crate) struct Vouched {
    pub(crate) trusted: Trusted,
    pub(crate) sigstore: Sigstore,
    digest: Digest,
}

impl Vouched {
    /// Nothing is beside the artifact yet; none where there is no Sigstore.
    pub(crate) fn new(signer: &Signer<'_>) -> Option<Self> {
        let trusted = Trusted::new();
        trusted.borrow_compiled();
        trusted.pack("0.1.0", "modules/vouched");
        let layout = Layout::open(&trusted.scene.folder.join("modules/vouched")).unwrap();
        let digest = layout.resolve(None).unwrap();
        let sigstore = Sigstore::make(signer, &[&digest.hex()]).unwrap()?;
        trusted.provider("layout: {path: vouched, as: 'registry.example/bailiwick/fake:0.1.0'}", "");
        let vouched = Self { trusted, sigstore, digest };
        vouched.root(&vouched.sigstore.trusted_root().unwrap());
        vouched.policy(AUTHORITY, "");
        Some(vouched)
    }

    /// Puts what the Sigstore made beside the artifact.
    pub(crate) fn attach(&self, bundle: Bundle) {
        let folder = self.trusted.scene.folder.join("modules/vouched");
        let (mut layout, subject) = (Layout::open(&folder).unwrap(), self.digest);
        let made = self.sigstore.bundle(&subject.hex(), bundle).unwrap();
        let attached = block_on(move || async move {
            Place::Layout(&mut layout).attach(&subject, made.as_bytes()).await.unwrap();
            layout
        });
        attached.unwrap().save(&folder).unwrap();
    }

    /// Takes away all that is beside it.
    pub(crate) fn detach(&self) {
        let folder = self.trusted.scene.folder.join("modules/vouched");
        std::fs::remove_dir_all(folder).unwrap();
        self.trusted.pack("0.1.0", "modules/vouched");
    }

    /// A TrustPolicy with this authority, the Sigstore's root as `ours`, and the rest of its spec.
    pub(crate) fn policy(&self, authority: &str, more: &str) {
        let root =
            "  trustRoots:\n  - {name: ours, configMapRef: {name: sigstore, key: trusted_root.json}}\n";
        self.trusted.trusts(&format!("{authority}{root}{more}"));
    }

    /// What the ConfigMap says.
    pub(crate) fn root(&self, json: &str) {
        let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sigstore}\ndata:\n";
        let map = format!("{head}  trusted_root.json: |\n{}", indented(json, 4));
        self.trusted.scene.write("policy/sigstore.yaml", &map);
    }
}
