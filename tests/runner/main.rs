//! The runner as a whole, with every part of it real but the hosts: those are played by the tests, which answer connects
//! and speak the shim's part over pipes in memory.
//!
//! # Time
//!
//! The runtime's clock is paused, and it moves only when a test says so (`Stage::pass`). By itself tokio would advance
//! a paused clock whenever all tasks wait, also while the recorder, a thread that it knows nothing of, still works; a
//! blocking task that lives as long as the test keeps it from doing so. It is the watch as well: a test that waits for
//! what never comes fails after [`stage::PATIENCE`] of real time.
//!
//! So a test goes step by step: wait for the message that says that something has happened, then let time pass, then
//! wait for what follows. Every moment in the messages is exact.

#![expect(
    clippy::unwrap_used,
    reason = "the allowance for tests does not reach the functions that they share"
)]

mod again;
mod disk;
mod ends;
mod hosts;
mod left;
mod output;
mod password;
mod probing;
mod shim;
mod stage;
mod starts;
mod stops;
mod wishes;
