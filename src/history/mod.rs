//! Past and present runs as their directories tell them: opening one, finding one by what the operator calls it, what it
//! came to, and which may be removed. Front-ends and commands call this; it never talks to a runner, and changes nothing
//! in a directory but a few files of its own:
//!
//! ```text
//! summary.json   what the run came to, so that a list of thousands is quick; made anew whenever it is gone or old
//! pinned         never removed by itself
//! reviewed       somebody has seen how it ended
//! ```

mod class;
mod error;
mod events;
#[cfg(test)]
mod fixture;
mod marks;
mod printed;
mod prune;
mod record;
mod remove;
mod rest;
mod store;
mod summary;
mod tails;
mod values;

pub use class::{Class, NoClass};
pub use error::HistoryError;
pub use marks::{is_pinned, mark_reviewed, pin, unpin};
pub use printed::{Printed, printed};
pub use prune::{Bounds, Candidate, Kept, Verdict, judge};
pub use record::{Record, State};
pub use rest::{Rest, rest};
pub use store::{Store, Which};
pub use summary::Summary;
pub use tails::tails;
pub use values::values;
