//! Why there is no demo, or not a clean end of it; used by every part of the demo.

use super::roster::MOST_HOSTS;
use std::io;
use std::path::PathBuf;

/// Why there is no demo, or not a clean end of it.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Too many hosts, or none.
    #[error("the demo has 1 to {MOST_HOSTS} hosts, not {0}: choose a number between them")]
    HostCount(usize),
    /// The system gave no random numbers.
    #[error("cannot make keys for the demo: the system gave no random numbers")]
    Entropy(#[source] getrandom::Error),
    /// A key could not be written down.
    #[error("cannot write a key of the demo")]
    Key(#[source] russh::keys::ssh_key::Error),
    /// The private directory.
    #[error("cannot use a temporary directory for the demo: see that TMPDIR names one that can be written")]
    Directory(#[source] io::Error),
    /// The path of the private directory means something else to ssh.
    #[error("ssh cannot be given the path {0}: let TMPDIR name one in plain characters")]
    Path(PathBuf),
    /// A socket.
    #[error("cannot listen on loopback: try fewer hosts or a higher limit of open files (ulimit -n)")]
    Listen(#[source] io::Error),
    /// Processes that could not be ended.
    #[error("{0} processes of the demo could not be ended: look for DEMO_FLEET in their environment")]
    Survivors(usize),
}
