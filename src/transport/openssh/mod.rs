//! OpenSSH: one master process per host, launched by us, and native-mux sessions on its control socket.
//!
//! The `openssh` crate speaks the multiplexing protocol; the master is ours, because the crate's own launcher forces a
//! host-key policy, hides what ssh says, leaks when cancelled and daemonises. The user's configuration, agents,
//! certificates, jump hosts and host-key policy hold exactly as with plain `ssh`; only what would hurt in a fan-out
//! (forwardings, a tty, questions) is switched off.

mod cause;
mod left;
mod master;
mod socket_dir;

use super::{Agent, ConnectError, Connection, Process, Started, Transport, Words};
use crate::model::host::HostName;
use crate::model::outcome::Cause;
use crate::model::plan::SshCall;
pub use left::{Cleared, clear};
use master::Master;
pub use socket_dir::{SocketDir, SocketDirError};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::watch;

/// The system's own ssh.
pub struct OpenSsh {
    options: SshCall,
    sockets: SocketDir,
    words: Words,
    started: Started,
    agent: Agent,
    next_socket: AtomicU32,
    /// How many masters are alive or not yet reaped.
    masters: watch::Sender<usize>,
}

impl OpenSsh {
    /// A transport whose control sockets live in `sockets`, whose masters are told to `started`, and whose masters' words
    /// go to `words`; they ask `agent` for keys.
    pub fn new(options: SshCall, sockets: SocketDir, (started, words): (Started, Words), agent: Agent) -> Self {
        Self {
            options,
            sockets,
            words,
            started,
            agent,
            next_socket: AtomicU32::new(0),
            masters: watch::Sender::new(0),
        }
    }
}

impl Transport for OpenSsh {
    type Connection = Host;

    async fn connect(&self, host: &HostName) -> Result<Host, ConnectError> {
        let socket = self.sockets.socket(self.next_socket.fetch_add(1, Ordering::Relaxed));
        let mut command = master::command(host, &socket, &self.options);
        if let Some(agent) = self.agent.socket() {
            command.env("SSH_AUTH_SOCK", agent);
        }
        let words = {
            let (words, host) = (Arc::clone(&self.words), host.clone());
            move |bytes: &[u8]| words(&host, bytes)
        };
        let started = |pid| {
            let way = (Some(host), Some(socket.as_path()));
            (self.started)(left::holding(pid, self.sockets.path(), way));
        };
        let mut master = Master::launch(&mut command, started, words, &self.masters)?;
        master.until_ready(&socket).await?;
        let session = openssh::Session::resume_mux(socket.into_boxed_path(), None);
        Ok(Host {
            session: Arc::new(session),
            master,
        })
    }

    fn agent(&self) -> Agent {
        self.agent.clone()
    }

    async fn finish(&self) {
        // The sender lives as long as `self`, so the wait cannot fail.
        let _ = self.masters.subscribe().wait_for(|alive| *alive == 0).await;
    }
}

/// A host with a master process that holds its connection. Dropping it ends the master.
#[derive(Debug)]
pub struct Host {
    session: Arc<openssh::Session>,
    master: Master,
}

impl Connection for Host {
    async fn start(&self) -> Result<Process, ConnectError> {
        let session = Arc::clone(&self.session);
        let mut child = session
            .arc_raw_command("exec sh")
            .stdin(openssh::Stdio::piped())
            .stdout(openssh::Stdio::piped())
            .stderr(openssh::Stdio::piped())
            .spawn()
            .await
            .map_err(|error| self.refused(&error))?;
        match (child.stdin().take(), child.stdout().take(), child.stderr().take()) {
            (Some(stdin), Some(stdout), Some(stderr)) => Ok(Process {
                stdin: Box::new(stdin),
                stdout: Box::new(stdout),
                stderr: Box::new(stderr),
                channel: Box::new(child),
            }),
            _ => Err(ConnectError {
                cause: Cause::Other,
                detail: "the session came without its streams".to_owned(),
            }),
        }
    }

    fn is_alive(&self) -> bool {
        self.master.last_words().is_none()
    }

    fn last_words(&self) -> Option<String> {
        self.master.last_words()
    }
}

impl Host {
    /// Why a session was not opened: the master is gone, or the server refused.
    fn refused(&self, error: &openssh::Error) -> ConnectError {
        if let Some(words) = self.master.last_words() {
            return cause::classify(&words);
        }
        let mut detail = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            detail = format!("{detail}: {inner}");
            source = inner.source();
        }
        ConnectError {
            cause: Cause::SessionRefused,
            detail: cause::printable(&detail),
        }
    }
}
