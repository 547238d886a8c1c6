//! The command line, `:`: what can be written there, how it is read, completed and recalled. What a command does is done
//! in `obey`, through the same questions as the keys.

mod complete;
mod line;
mod reader;
mod verbs;

pub use line::CommandLine;
pub(super) use reader::read;
pub use reader::{Command, Jobs, With};
pub use verbs::{Verb, commands};
