//! The dashboard on a terminal: one loop that feeds keys, signals, messages and time to [`app`](crate::app), performs
//! what it asks for, and draws it when something changed. The command line calls [`run`]; this layer reads the link and
//! the run directory and never the runner's memory.

mod comparing;
mod export;
mod finding;
mod keys;
mod loader;
mod measuring;
mod pace;
mod reading;
mod shell;
mod signals;
mod survey;
mod terminal;
mod theme;
mod view;
mod visit;
mod words;
mod work;

pub use crate::app::{Access, Bookmark, Errand, Hint, Seat, Session};
pub use shell::{Ending, Leaving, Opening, run};
pub use theme::{Charset, Look, Palette};
pub use view::draw;
