//! A real server, where one is at hand: `bao` or `vault` in `-dev` mode on a random port, with a home of its own.
//! Nothing here downloads one (no package registry carries an open one); where there is none, the recorded cases
//! run against the embedded backend alone, and say so.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::cases::Need;
use super::vault::{Node, Vault};
use crate::http;

/// A running real server. It is killed when it is dropped.
#[derive(Debug)]
pub struct Real {
    child: Child,
    url: String,
    unseal_key: String,
    namespaces: bool,
    _home: TempDir,
}

const ROOT: &str = "root";
const START: Duration = Duration::from_secs(30);

/// The server's program: `BAILIWICK_VAULT_BIN`, else `bao` or `vault` on PATH.
#[must_use]
pub fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("BAILIWICK_VAULT_BIN") {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates =
        ["bao", "vault"].into_iter().flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    candidates.into_iter().find(|file| file.is_file())
}

impl Real {
    /// Starts the program that [`find`] finds; none where there is none.
    ///
    /// # Errors
    /// Where it is there and does not start.
    pub fn start() -> Result<Option<Self>> {
        find().map(|program| Self::start_program(&program)).transpose()
    }

    /// Starts that program, which takes the arguments of `vault server -dev`.
    ///
    /// # Errors
    /// Where it does not start, or says no unseal key.
    pub fn start_program(program: &Path) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(program);
        command.args(["server", "-dev", "-dev-no-store-token", "-log-level=error"]);
        command.arg(format!("-dev-root-token-id={ROOT}")).arg(format!("-dev-listen-address={address}"));
        for (name, _) in std::env::vars_os() {
            // A developer's own address, token or licence must not steer the test's server.
            if name.to_str().is_some_and(|name| name.starts_with("VAULT_") || name.starts_with("BAO_")) {
                command.env_remove(name);
            }
        }
        command.env("HOME", home.path()).current_dir(home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let url = format!("http://{address}");
        let mut real = Self { child, url, unseal_key: String::new(), namespaces: false, _home: home };
        real.read_unseal_key(program)?;
        real.wait()?;
        let (status, _) = real.admin("POST", "", "sys/namespaces/probe", json!({}))?;
        real.namespaces = status == 200;
        Ok(real)
    }

    fn read_unseal_key(&mut self, program: &Path) -> Result<()> {
        let output = self.child.stdout.take().context("no output")?;
        let (sender, receiver) = mpsc::channel();
        // Reads to the end, else the server blocks on a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(key) = line.trim().strip_prefix("Unseal Key: ") {
                    let _ = sender.send(key.trim().to_owned());
                }
            }
        });
        let late = || format!("{} printed no unseal key in time", program.display());
        self.unseal_key = receiver.recv_timeout(START).with_context(late)?;
        Ok(())
    }

    // Active and unsealed: after an unseal it takes a moment to become the leader again.
    fn wait(&self) -> Result<()> {
        let until = Instant::now() + START;
        while Instant::now() < until {
            let health = http::send("GET", &format!("{}/v1/sys/health", self.url), &[], b"");
            if health.is_ok_and(|reply| reply.status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("{} did not become healthy in time", self.url)
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Vault for Real {
    fn url(&self) -> String {
        self.url.clone()
    }

    fn root_token(&self) -> &str {
        ROOT
    }

    fn admin(&self, method: &str, namespace: &str, path: &str, body: Value) -> Result<(u16, Value)> {
        let mut headers = vec![("x-vault-token", ROOT), ("x-vault-request", "true")];
        if !namespace.is_empty() {
            headers.push(("x-vault-namespace", namespace));
        }
        let reply =
            http::send(method, &format!("{}/v1/{path}", self.url), &headers, body.to_string().as_bytes())?;
        Ok((reply.status, reply.json()))
    }

    fn offers(&self, needs: &[Need]) -> bool {
        needs.iter().all(|need| match need {
            Need::Namespaces => self.namespaces,
        })
    }

    fn enter(&self, node: Node) -> Result<bool> {
        match node {
            Node::Active => {
                let sealed = http::send("GET", &format!("{}/v1/sys/seal-status", self.url), &[], b"")?.json();
                if sealed.get("sealed") == Some(&Value::Bool(true)) {
                    self.set_up("PUT", "", "sys/unseal", json!({"key": self.unseal_key}))?;
                    self.wait()?;
                }
                Ok(true)
            }
            Node::Sealed => self.set_up("PUT", "", "sys/seal", json!({})).map(|_| true),
            // A development server is a cluster of one.
            Node::Standby | Node::Behind => Ok(false),
        }
    }
}
