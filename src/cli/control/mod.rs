//! Acting on a run without showing it: `heeler cancel`, `pause`, `continue` and `wait`. Each says what the run itself has
//! confirmed, and nothing else; whatever ends one of these commands leaves the run alone.

pub(super) mod args;
mod cancel;
mod course;
mod error;
mod jobs;
mod wait;
mod watch;

pub(super) use cancel::cancel;
pub(super) use course::{go_on, pause};
pub use error::ControlError;
pub(super) use wait::wait;
