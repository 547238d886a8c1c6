//! The commands on past runs, over runs of the real program on a real sshd: what a run came to, what a host printed,
//! results as node sets, damaged and ambiguous records, and which runs are removed.

#[path = "../support/mod.rs"]
mod support;

mod bad_records;
mod fields;
mod log;
mod past;
mod pruning;
mod results;
mod runs;
mod show;
