//! Why the program ends without a run's own exit status.

use super::usage::UsageError;
use std::io;

/// Why the program ends without a run's own exit status.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Nothing was started.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// Standard output cannot be written.
    #[error("cannot write to standard output: {0}; check where it goes")]
    Output(#[from] io::Error),
    /// A part of the program is missing.
    #[error("`heeler {0}` is not part of this build; use another version")]
    NotBuilt(&'static str),
}
