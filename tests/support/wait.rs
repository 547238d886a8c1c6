//! Waiting for conditions, each with a deadline. Everything in the test support waits through here,
//! and nothing sleeps in the hope that it was long enough.

use std::time::{Duration, Instant};

/// How long a test waits for what should happen at once. Long, because a loaded machine is slow;
/// only a failing test ever waits that long.
pub const LIMIT: Duration = Duration::from_secs(30);

/// How long to rest between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// The first answer of `probe`, or `None` when there was none within `limit`.
pub fn poll<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        // The time is read before the look, so that the last look comes after the deadline.
        let over = Instant::now() >= deadline;
        if let Some(answer) = probe() {
            return Some(answer);
        }
        if over {
            return None;
        }
        std::thread::sleep(PAUSE);
    }
}

/// Waits until `condition` holds; fails the test, saying `what` was awaited, when it does not.
#[track_caller]
pub fn wait_until(limit: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    let held = poll(limit, || condition().then_some(())).is_some();
    assert!(held, "waited {limit:?} in vain for: {what}");
}
