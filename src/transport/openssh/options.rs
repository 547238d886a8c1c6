//! What the user said about ssh, for every master alike.

use std::path::PathBuf;

/// What the user said about ssh.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SshOptions {
    /// The configuration file to use instead of the user's (`ssh -F`).
    pub config: Option<PathBuf>,
    /// Further options, as for `ssh -o`.
    pub options: Vec<String>,
}
