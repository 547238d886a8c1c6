//! What can be wrong with a wish before the runner is asked.

/// Why the runner was not asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Hosts that the run does not have.
    #[error("the run has no job on {missing}; its hosts are {hosts}")]
    NoSuchHost {
        /// Which were named, folded.
        missing: String,
        /// Which there are, folded.
        hosts: String,
    },
    /// `--expect` names another number.
    #[error("--expect {expected}, but {found} jobs are not over: {hosts}; nothing was cancelled, look at the run")]
    Unexpected {
        /// The number that was expected.
        expected: usize,
        /// The number that was found.
        found: usize,
        /// Their hosts, folded.
        hosts: String,
    },
    /// Many jobs, and nobody to ask.
    #[error(
        "{count} jobs are more than {above}, and there is no terminal to ask on; nothing was cancelled, add \
         --expect {count} or --yes"
    )]
    Unconfirmed {
        /// How many jobs.
        count: usize,
        /// How many need no confirmation.
        above: usize,
    },
    /// Another number, or none, was typed.
    #[error("the number was not confirmed; nothing was cancelled, type {0} to go on")]
    Declined(usize),
    /// What runs is to finish.
    #[error(
        "what runs in this run is left to finish (--let-finish): only KILL ends it, on hosts that are named one by one; \
         nothing was cancelled, use heeler cancel --now -w HOST"
    )]
    LeftToFinish,
    /// The run starts nothing more anyway.
    #[error("the run starts nothing more, so it can be neither paused nor continued")]
    Draining,
    /// The run ended meanwhile.
    #[error("the run ended before it heard of this; heeler show shows it")]
    Ended,
}
