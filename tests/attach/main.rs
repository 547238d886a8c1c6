//! Leaving a run and coming back to it, with the real program in real terminals (tmux) over a real sshd: viewers that
//! are killed, closed or gone, several of them at once, and commands without a screen. What happened on the hosts is
//! not believed but written down by the hosts themselves.

#![expect(
    clippy::unwrap_used,
    reason = "the allowance for tests does not reach the functions that tests share"
)]

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod control;
mod fleet;
mod follow_up;
mod leaving;
mod past;
mod runner_gone;
mod undisturbed;
mod viewers;
mod without_screen;
