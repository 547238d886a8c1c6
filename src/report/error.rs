//! Why an account of a run is not complete. Every front-end without a screen may fail with it; whether the run itself
//! went well is not told here.

use std::io;

/// Why the account of a run is not complete. The run itself, and its record, may well be.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Signals cannot be received.
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
    /// Standard output cannot be written.
    #[error("cannot write to standard output: {0}; the run was ended, its record is in its directory")]
    Output(io::Error),
    /// Standard output cannot be written, and the run is over already.
    #[error("cannot write to standard output: {0}; look into the record of the run")]
    Printing(io::Error),
    /// The run's record cannot be read.
    #[error(
        "cannot read the output of {hosts}: {error}; what was shown is not complete, look into the record of the run"
    )]
    Record {
        /// Whose output, folded.
        hosts: String,
        /// Why the first of it cannot.
        error: io::Error,
    },
    /// Some output is not on record, and so it was not shown.
    #[error("not recorded, and so not shown: {0}; what was shown is not complete")]
    Lost(
        /// How much of which hosts.
        String,
    ),
}

/// What came of printing after the run. A reader that has seen enough is no trouble, as with `| head`.
pub(super) fn printed(result: io::Result<()>) -> Result<(), ReportError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(ReportError::Printing(error)),
        _ => Ok(()),
    }
}
