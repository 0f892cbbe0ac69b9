//! moto, an AWS server for tests: Secrets Manager, Parameter Store, IAM and STS on loopback. It checks no signature
//! (the SigV4 suite does that), but it knows several accounts: the account of a request is that of its access key.
//! So an attacker's keys, good keys of another account, can be had.
//!
//! Found by `BAILIWICK_MOTO_BIN`, else in the user's cache, where `cargo xtask tools moto` installs it.
//! It ends when its standard input does, so it outlives neither the handle nor a test that was killed.

mod aws;
mod find;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::http;
pub use aws::Keys;

/// The running server. It ends when it is dropped.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    address: SocketAddr,
    accounts: AtomicU64,
}

/// Serves, and ends at the end of standard input.
const PROGRAM: &str = "\
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', sys.argv[1]])
";

const START: Duration = Duration::from_secs(60);

impl Moto {
    /// The one server of this test program. Tests keep apart by accounts: see [`Moto::account`].
    ///
    /// # Errors
    /// Where it can be neither found, installed nor started.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<std::result::Result<Moto, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::start().map_err(|error| format!("{error:#}")));
        shared.as_ref().map_err(|error| anyhow!("{error}"))
    }

    /// Starts a server, empty, at a random port.
    ///
    /// # Errors
    /// Where it can be neither found, installed nor started.
    pub fn start() -> Result<Self> {
        let server = find::server()?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let child =
            spawn(&server, address.port()).with_context(|| format!("cannot start {}", server.display()))?;
        // The account that moto takes unknown keys for is none of ours.
        let mut moto = Self { child, address, accounts: AtomicU64::new(210_000_000_000) };
        moto.wait()?;
        Ok(moto)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`: the endpoint of all services.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An account id that no one has used on this server: 12 digits.
    pub fn account(&self) -> String {
        format!("{:012}", self.accounts.fetch_add(1, Ordering::Relaxed))
    }

    fn wait(&mut self) -> Result<()> {
        let until = Instant::now() + START;
        let url = format!("{}/moto-api/", self.url());
        while Instant::now() < until {
            if http::send("GET", &url, &[], b"").is_ok_and(|reply| reply.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("moto ended at once ({status})");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("moto was not ready in time")
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// By the interpreter beside it where there is one, so that it watches its input; else as it is.
fn spawn(server: &Path, port: u16) -> io::Result<Child> {
    let python = server.with_file_name("python");
    let mut command = if python.is_file() {
        let mut command = Command::new(python);
        command.args(["-c", PROGRAM]).arg(port.to_string());
        command
    } else {
        let mut command = Command::new(server);
        command.args(["-H", "127.0.0.1", "-p"]).arg(port.to_string());
        command
    };
    // An account of the environment would be everybody's.
    command.env_remove("MOTO_ACCOUNT_ID").env_remove("MOTO_PORT");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

#[cfg(test)]
mod tests;
