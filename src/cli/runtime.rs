//! The asynchronous runtime of the program, and its end.

use super::error::CliError;
use tokio::runtime::Runtime;

/// A runtime with all that the program needs.
pub(super) fn runtime() -> Result<Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::System)
}

/// Waits for the end of all that the future does, but not for a write that nobody reads.
pub(super) fn finish<R>(runtime: Runtime, all: impl Future<Output = Result<R, CliError>>) -> Result<R, CliError> {
    let ended = runtime.block_on(all);
    runtime.shutdown_background();
    ended
}
