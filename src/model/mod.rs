//! The pure vocabulary of heeler: identities, plan, events, requests, phase and outcome, the fold of events into a
//! state, and the text of remote output made harmless. Everybody may use it; it knows no clock, no runtime, no
//! terminal, no file and no environment.

pub mod board;
pub mod bond;
pub mod connection;
pub mod doubt;
pub mod durations;
pub mod elapsed;
pub mod event;
pub mod exit;
pub mod field;
#[cfg(test)]
pub(crate) mod fixture;
pub mod forecast;
pub mod grouping;
pub mod host;
pub mod id;
pub mod left;
pub mod likeness;
pub mod nearest;
pub mod outcome;
pub mod own_limit;
pub mod phase;
pub mod plan;
pub mod probe;
pub mod progress;
pub mod prompt;
mod quartiles;
pub mod request;
pub mod secret;
pub mod signal;
pub mod ssh_argv;
pub mod stamp;
pub mod summons;
pub mod tail;
pub mod tally;
pub mod text;
pub mod trace;
mod wire;
