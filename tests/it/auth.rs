//! Every login of `vault` through the binary: what the grant admits works and leaves no token behind; what differs
//! from the grant in a slot, a Secret, a service account or an audience is denied before anything is sent (G8); what the
//! backend refuses is said to be the login. Credentials come from a Secret manifest or from `--credential`.

use bailiwick_testkit::kv::{Node, Vault};

use crate::{
    recorded::Recorded,
    scene::{Said, secret},
};

/// How a store logs in.
struct Login {
    /// The store's `auth`.
    auth: &'static str,
    /// The grant's entry.
    entry: &'static str,
    /// What the credential is: stringData of the Secret `login`, or the service account's token.
    credential: Credential,
    /// Another credential, which the backend refuses.
    wrong: Credential,
    /// Changes of the store's `auth`, from and to, and the reason that each is denied for.
    denied: &'static [(&'static str, &'static str, &'static str)],
}

enum Credential {
    Manifest(&'static str),
    ServiceAccount(&'static str),
}

/// All credentials of this file.
const PLANTED: [&str; 4] = ["app-secret-id", "alice-password", "${account}", "${jwt}"];

impl Credential {
    /// Puts it in its place; the arguments that it takes.
    fn put(&self, recorded: &Recorded) -> Vec<&'static str> {
        match self {
            Self::Manifest(data) => {
                recorded.login(data);
                Vec::new()
            }
            Self::ServiceAccount(token) => {
                recorded.scene.write("reader.jwt", &recorded.filled(token));
                vec!["--credential", "token:team-a/reader=reader.jwt"]
            }
        }
    }
}

fn asked(recorded: &Recorded) -> Vec<String> {
    recorded.kv().requests().iter().map(|seen| format!("{} {}", seen.path, seen.status)).collect()
}

fn ready(login: &Login) -> Recorded {
    let recorded = Recorded::new();
    recorded.store("path: kv", login.auth);
    recorded.scene.wants("db", "  data: [{secretKey: user, remoteRef: {key: app/db, property: username}}]");
    recorded
}

fn denied(recorded: &Recorded, said: &Said, reason: &str, why: &str) {
    assert_eq!((said.code, said.reason("db").as_str()), (1, reason), "{why}: {}", said.told());
    assert!(said.message("db").starts_with("spec.provider.vault.auth"), "{why}: {}", said.message("db"));
    assert_eq!(asked(recorded), Vec::<String>::new(), "{why}: a denial sends nothing");
}

fn logs_in(login: &Login) {
    let recorded = ready(login);
    let scene = &recorded.scene;
    let more = login.credential.put(&recorded);
    denied(&recorded, &scene.sync(&more), "AuthMethodNotGranted", "the grant admits another method");

    recorded.admit(login.entry);
    let said = scene.sync(&more);
    assert_eq!((said.code, said.reason("db").as_str()), (0, "SecretSynced"), "{}", said.told());
    let seen = asked(&recorded);
    assert!(seen.len() == 3 && seen[0].contains("/login") && seen[0].ends_with(" 200"), "{seen:?}");
    assert_eq!(seen[1..], ["/v1/kv/data/app/db 200", "/v1/auth/token/revoke-self 204"]);
    assert_eq!(recorded.kv().minted_tokens(), 0);
    let everything = said.out + &said.err + &scene.folder.read("audit.jsonl").unwrap();
    assert!(everything.contains("/v1/kv/data/app/db"), "what is searched can be found");
    for planted in PLANTED {
        assert!(!everything.contains(&recorded.filled(planted)), "{planted} is said (I4)");
    }

    recorded.kv().forget();
    for (from, to, reason) in login.denied {
        assert!(login.auth.contains(from), "{from}");
        recorded.store("path: kv", &login.auth.replace(from, to));
        denied(&recorded, &scene.sync(&more), reason, to);
    }
    recorded.store("path: kv", login.auth);
    refused(&recorded, &login.wrong);
}

/// The backend says no, and nothing is left to revoke.
fn refused(recorded: &Recorded, wrong: &Credential) {
    let said = recorded.scene.sync(&wrong.put(recorded));
    assert_eq!((said.code, said.reason("db").as_str()), (1, "SecretSyncedError"), "{}", said.told());
    assert!(
        said.message("db").contains("refused the login; check the store's auth"),
        "{}",
        said.message("db")
    );
    assert_eq!((asked(recorded).len(), recorded.kv().minted_tokens()), (1, 0), "{:?}", asked(recorded));
}

const APP_ROLE: Login = Login {
    auth: "{appRole: {path: approle, roleId: app-role-id, secretRef: {name: login, key: id}}}",
    entry: "method: app-role, slots: {mount: approle, role-id: app-role-id}, secrets: [./login]",
    credential: Credential::Manifest("{id: app-secret-id}"),
    wrong: Credential::Manifest("{id: batch-secret-id}"),
    denied: &[
        ("path: approle", "path: teams/b/approle", "AccountNotGranted"),
        ("app-role-id", "batch-role-id", "AccountNotGranted"),
        ("name: login", "name: other", "AuthMethodNotGranted"),
    ],
};

const KUBERNETES: Login = Login {
    auth: "{kubernetes: {mountPath: kubernetes, role: reader, serviceAccountRef: {name: reader}}}",
    entry: "method: kubernetes, slots: {mount: kubernetes, role: reader}, serviceAccounts: [./reader], audience: vault",
    credential: Credential::ServiceAccount("${account}"),
    wrong: Credential::ServiceAccount("${account-for-another-audience}"),
    denied: &[
        ("mountPath: kubernetes", "mountPath: jwt", "AccountNotGranted"),
        ("role: reader", "role: admin", "AccountNotGranted"),
        ("{name: reader}", "{name: admin}", "AuthMethodNotGranted"),
        ("{name: reader}", "{name: reader, audiences: [elsewhere]}", "AuthMethodNotGranted"),
        ("serviceAccountRef: {name: reader}", "secretRef: {name: login, key: token}", "AuthMethodNotGranted"),
    ],
};

#[test]
fn g8_app_role() {
    logs_in(&APP_ROLE);
}

#[test]
fn g8_app_role_with_a_role_id_that_is_secret() {
    logs_in(&Login {
        auth: "{appRole: {path: approle, roleRef: {name: login, key: role}, secretRef: {name: login, key: id}}}",
        entry: "method: app-role-ref, slots: {mount: approle}, secrets: [./login]",
        credential: Credential::Manifest("{role: app-role-id, id: app-secret-id}"),
        wrong: Credential::Manifest("{role: no-such-role, id: app-secret-id}"),
        denied: &[
            ("path: approle", "path: teams/b/approle", "AccountNotGranted"),
            ("roleRef: {name: login", "roleRef: {name: other", "AuthMethodNotGranted"),
            ("secretRef: {name: login", "secretRef: {name: other", "AuthMethodNotGranted"),
        ],
    });
}

#[test]
fn g8_user_pass() {
    logs_in(&Login {
        auth: "{userPass: {path: userpass, username: alice, secretRef: {name: login, key: password}}}",
        entry: "method: user-pass, slots: {mount: userpass, username: alice}, secrets: [./login]",
        credential: Credential::Manifest("{password: alice-password}"),
        wrong: Credential::Manifest("{password: of-somebody-else}"),
        denied: &[
            ("path: userpass", "path: other", "AccountNotGranted"),
            ("username: alice", "username: bob", "AccountNotGranted"),
            ("name: login", "name: other", "AuthMethodNotGranted"),
        ],
    });
}

#[test]
fn g8_jwt_of_a_secret() {
    logs_in(&Login {
        auth: "{jwt: {path: jwt, role: ci, secretRef: {name: login, key: jwt}}}",
        entry: "method: jwt, slots: {mount: jwt, role: ci}, secrets: [./login]",
        credential: Credential::Manifest("{jwt: \"${jwt}\"}"),
        wrong: Credential::Manifest("{jwt: \"${jwt-for-another-audience}\"}"),
        denied: &[
            ("path: jwt", "path: kubernetes", "AccountNotGranted"),
            ("role: ci", "role: admin", "AccountNotGranted"),
            ("name: login", "name: other", "AuthMethodNotGranted"),
        ],
    });
}

#[test]
fn g8_jwt_of_a_service_account() {
    logs_in(&Login {
        auth: "{jwt: {path: jwt, role: ci, kubernetesServiceAccountToken: {serviceAccountRef: {name: reader}}}}",
        entry: "method: jwt, slots: {mount: jwt, role: ci}, serviceAccounts: [./reader], audience: vault",
        credential: Credential::ServiceAccount("${jwt}"),
        wrong: Credential::ServiceAccount("${account}"),
        denied: &[
            ("{name: reader}", "{name: admin}", "AuthMethodNotGranted"),
            ("{name: reader}", "{name: reader, audiences: [elsewhere]}", "AuthMethodNotGranted"),
        ],
    });
}

#[test]
fn g8_kubernetes_of_a_service_account() {
    logs_in(&KUBERNETES);
}

#[test]
fn g8_kubernetes_of_a_secret() {
    logs_in(&Login {
        auth: "{kubernetes: {mountPath: kubernetes, role: reader, secretRef: {name: login, key: token}}}",
        entry: "method: kubernetes, slots: {mount: kubernetes, role: reader}, secrets: [./login]",
        credential: Credential::Manifest("{token: \"${account}\"}"),
        wrong: Credential::Manifest("{token: \"${account-of-another-namespace}\"}"),
        denied: &[
            ("name: login", "name: other", "AuthMethodNotGranted"),
            (
                "secretRef: {name: login, key: token}",
                "serviceAccountRef: {name: reader}",
                "AuthMethodNotGranted",
            ),
        ],
    });
}

/// A token file stands for one service account of one namespace, and for no other.
#[test]
fn g8_denied_the_token_of_another_namespaces_service_account() {
    let recorded = ready(&KUBERNETES);
    recorded.admit(KUBERNETES.entry);
    recorded.scene.write("reader.jwt", &recorded.filled("${account}"));
    let said = recorded.scene.sync(&["--credential", "token:team-b/reader=reader.jwt"]);
    assert_eq!((said.code, asked(&recorded).len()), (1, 0), "{}", said.told());
    let message = said.message("db");
    assert!(message.contains("does not exist: ServiceAccount team-a/reader; add it"), "{message}");
}

/// A token of the tenant's own, from a manifest and from a file: it is used, and never revoked.
#[test]
fn g8_a_token_of_the_tenants_own_is_never_revoked() {
    let recorded = Recorded::new();
    let scene = &recorded.scene;
    recorded.store("path: kv", "{tokenSecretRef: {name: login, key: token}}");
    scene.wants("db", "  data: [{secretKey: user, remoteRef: {key: app/db, property: username}}]");
    scene.write("token", "app-token\n");
    assert!(scene.sync(&[]).message("db").contains("does not exist"), "neither manifest nor file");
    assert_eq!(scene.sync(&["--credential", "secret:team-a/login/token=token"]).code, 0);
    recorded.login("{token: app-token}");
    assert_eq!(scene.sync(&[]).code, 0);
    assert_eq!(asked(&recorded), ["/v1/kv/data/app/db 200"; 2]);
    recorded.kv().forget();
    recorded.store("path: kv", "{tokenSecretRef: {name: other, key: token}}");
    scene.write("manifests/other.yaml", &secret("other", "token", "app-token"));
    denied(&recorded, &scene.sync(&[]), "AuthMethodNotGranted", "a Secret that the grant does not name");
}

/// A backend that cannot log anybody in has refused nobody, and its redirect is not followed.
#[test]
fn i8_a_login_at_a_node_that_does_not_serve() {
    for (node, words) in [
        (Node::Sealed, "cannot serve just now (503)"),
        (Node::Standby, "redirects (307), which is not followed"),
        (Node::Behind, "has not caught up (412)"),
    ] {
        let recorded = ready(&APP_ROLE);
        APP_ROLE.credential.put(&recorded);
        recorded.admit(APP_ROLE.entry);
        assert!(recorded.kv().enter(node).unwrap());
        let said = recorded.scene.sync(&[]);
        assert!(said.code == 1 && said.message("db").contains(words), "{node:?}: {}", said.message("db"));
        assert_eq!(asked(&recorded).len(), 1, "{node:?}");
    }
}
