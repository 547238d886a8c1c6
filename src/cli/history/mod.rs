//! The commands on past runs: what was run, what it came to, what a host printed; and what is kept of it.

pub(super) mod args;
mod log;
mod print;
mod prune;
mod runs;
mod screen;
mod show;
mod since;

pub(super) use log::log;
pub(super) use prune::{bounds, pin, prune, prune_in_passing, unpin};
pub(super) use runs::runs;
pub(super) use show::show;
