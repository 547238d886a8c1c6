//! Why the program ends without a run's own exit status: one error for all that the commands may meet. Every file of the
//! command line may return it; which exit status it means is decided above.

use super::usage::UsageError;
use crate::demo::DemoError;
use crate::history::HistoryError;
use crate::report::ReportError;
use std::error::Error;
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
    /// The account of the run is not complete.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The fleet of the demonstration.
    #[error("{error}{}", source_of(.error))]
    Demo {
        /// What went wrong.
        #[from]
        error: DemoError,
    },
    /// The system refused something that every run needs.
    #[error("the system refused what every run needs: {0}")]
    System(io::Error),
    /// The runner of a run could not begin.
    #[error("{0}")]
    NotBegun(String),
    /// The runner of a run cannot be had.
    #[error("{0}")]
    Runner(String),
    /// The dashboard failed; the run was ended and its record is complete.
    #[error("the dashboard failed, and the run was ended; please report what heeler.log in the run's directory says")]
    Dashboard,
    /// The terminal cannot be used.
    #[error("the terminal cannot be used: {0}; the run was ended, use --plain")]
    Terminal(io::Error),
}

impl From<HistoryError> for CliError {
    fn from(error: HistoryError) -> Self {
        Self::Usage(error.into())
    }
}

/// What caused an error, to be put behind its own words.
fn source_of(error: &dyn Error) -> String {
    error.source().map(|source| format!(": {source}")).unwrap_or_default()
}
