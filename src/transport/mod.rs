//! How a host is reached: a connection per host, and processes on it. The runner knows only the traits here; what is
//! behind them (today OpenSSH; later a local command template and a native client) knows nothing of jobs or rows.

mod agent;
pub mod openssh;

pub use agent::Agent;

use crate::model::connection::Holding;
use crate::model::host::HostName;
use crate::model::outcome::{Cause, Outcome};
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// A way to reach hosts.
pub trait Transport: Send + Sync + 'static {
    /// A host that has been reached.
    type Connection: Connection;

    /// Connects one host. There is no time limit here: the caller drops the future when its patience is over, and then
    /// everything that was begun is ended and reaped.
    fn connect(&self, host: &HostName) -> impl Future<Output = Result<Self::Connection, ConnectError>> + Send;

    /// The ssh agent on which connecting relies; one that was never there unless the transport knows better.
    fn agent(&self) -> Agent {
        Agent::default()
    }

    /// Returns when everything that this transport ever started has ended and was reaped. The connections must have
    /// been closed or dropped before.
    fn finish(&self) -> impl Future<Output = ()> + Send;
}

/// A host that has been reached; it is shared by everything that runs there.
pub trait Connection: Send + Sync + 'static {
    /// Starts `exec sh` on the host, with its three streams at our end.
    fn start(&self) -> impl Future<Output = Result<Process, ConnectError>> + Send;

    /// Whether the link was standing when last heard of.
    fn is_alive(&self) -> bool;

    /// What ended the link, in ssh's own words, once it is gone.
    fn last_words(&self) -> Option<String>;
}

/// A shell on a host. Dropping it closes the channel: what runs there gets end of file.
pub struct Process {
    /// Its standard input: the shim's program, then the control pipe.
    pub stdin: Box<dyn AsyncWrite + Send + Unpin>,
    /// Its standard output.
    pub stdout: Box<dyn AsyncRead + Send + Unpin>,
    /// Its standard error, with the shim's records in it.
    pub stderr: Box<dyn AsyncRead + Send + Unpin>,
    /// Whatever must live as long as the channel.
    pub channel: Box<dyn Any + Send>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").finish_non_exhaustive()
    }
}

/// Why a host was not reached, or would not open a session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}: {detail}")]
pub struct ConnectError {
    /// The cause, read from ssh's words.
    pub cause: Cause,
    /// The most telling line of them.
    pub detail: String,
}

impl From<ConnectError> for Outcome {
    fn from(error: ConnectError) -> Self {
        Self::Unreachable {
            cause: error.cause,
            detail: error.detail,
        }
    }
}

/// Where the words go that ssh says about a host: its log in the run directory.
pub type Words = Arc<dyn Fn(&HostName, &[u8]) + Send + Sync>;

/// Where it is told of every process that holds a connection, as soon as it has been started.
pub type Started = Arc<dyn Fn(Holding) + Send + Sync>;
