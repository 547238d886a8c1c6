//! The dashboard as a user meets it: the real program in a real terminal (tmux) over a real sshd, with keys pressed and
//! the screen read back. What happened on the hosts is not believed but counted, process by process.

#![expect(
    clippy::unwrap_used,
    reason = "the allowance for tests does not reach the functions that tests share"
)]

#[path = "../support/mod.rs"]
mod support;

mod acting;
mod asking;
mod commands;
mod demo;
mod desk;
mod ending;
mod fields;
mod hand;
mod idle;
mod keys;
mod leaving;
mod left;
mod looking;
mod looks;
mod output;
mod panicking;
mod probing;
mod screen;
mod stopping;
mod table;
mod trouble;
mod views;
