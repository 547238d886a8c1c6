//! Waiting for work that is done off the loop's thread.

use std::future::pending;
use tokio::task::JoinHandle;

/// What the work under way has brought; waits for ever while there is none. `None` when it has panicked, of which the
/// panic itself has told. Cancel safe.
pub(super) async fn finished<T>(at_work: &mut Option<JoinHandle<T>>) -> Option<T> {
    let Some(handle) = at_work else {
        return pending().await;
    };
    let done = handle.await;
    *at_work = None;
    done.ok()
}
