//! Every way out of a run, over a real sshd, and what each leaves behind: on the hosts, on this machine, of sockets and
//! files, and of the terminal. It is counted, not believed, and `docs/ways-out.md` is the table of it.

#![expect(
    clippy::unwrap_used,
    reason = "the allowance for tests does not reach the functions that tests share"
)]

#[path = "../support/mod.rs"]
mod support;

mod by_signal;
mod from_outside;
mod in_dashboard;
mod links;
mod page;
mod reaping;
mod remains;
mod scene;
mod seat;
mod way;
