//! The dashboard's state, pure: `update(&mut App, Msg, now) -> Effects` and nothing else changes it. Front-ends that
//! draw a dashboard call it; it knows the model only, no clock, no runtime, no terminal and no file. It never promises
//! what the runner has not confirmed: a key becomes a request, and the row changes when the event comes back.
//!
//! ```text
//! keys, messages, sizes ──> update ──> App ──> views draw it
//!                              └─────> Effects ──> the shell performs them
//! ```
//!
//! Cursor and marks belong to jobs, never to lines, and rows stand still while the operator's hand is on the keyboard,
//! so that an action takes the job that was drawn.

mod act;
mod amount;
mod arming;
mod buckets;
mod clock;
mod clusters;
mod command;
mod comparing;
mod confirm;
mod confirmed;
mod details;
mod difference;
mod echo;
mod errand;
mod export;
mod fact;
mod failures;
mod filter;
mod follow_up;
mod following;
mod gathering;
mod groups;
mod help;
mod hint;
mod host_facts;
mod input;
mod lag;
mod leave;
mod measures;
mod measuring;
mod message;
mod mouse;
mod obey;
mod order;
mod others;
mod output;
mod overlay;
mod pane;
mod password;
mod pointer;
mod presence;
mod prints;
mod question;
mod quit;
mod reading;
mod recall;
mod returning;
mod said;
mod search;
mod seat;
mod secret;
mod session;
mod sight;
mod state;
mod stops;
mod summons;
mod table;
pub mod text;
mod timeline;
mod update;
mod view;
mod warm;
mod watch;
mod watching;
mod writing;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

pub use crate::keys::{Action, Group, Key, KeyMap, Mouse, Place};
pub use amount::bytes;
pub use clock::{TIME_COLUMNS, parse_time, time_of_line};
pub use clusters::{BEFORE_WORDS, Cluster, Clusters, Common, rooms};
pub use command::{CommandLine, commands};
pub use confirm::{Confirm, Intent};
pub use details::{facts, left_in_words};
pub use difference::{Compared, Comparison, DiffLine, DiffPart, DiffRow, Difference, DifferenceView, Side, Standstill};
pub use errand::Errand;
pub use fact::{Fact, NAME_COLUMNS, Weight};
pub use filter::{Filter, FilterError, FilterKey, Known};
pub use follow_up::FollowUp;
pub use help::{HelpRow, help};
pub use hint::Hint;
pub use input::Input;
pub use lag::{Lag, Pack};
pub use leave::suspended;
pub use measures::{Measured, Quest};
pub use message::{Content, Effect, Effects, Export, Find, Found, Load, Loaded, Msg, Read, Size, Spot, Visit};
pub use order::Sort;
pub use output::{Anchor, OutputView, Streams};
pub use overlay::Overlay;
pub use pane::Pane;
pub use pointer::{Pointed, Wheel};
pub use prints::{Print, Prints, Sketch, Wanted};
pub use quit::{Choice, QuitQuestion};
pub use reading::{GUTTER, began, typed_time};
pub use said::{Said, link_silence, remark, said};
pub use search::Search;
pub use seat::{Access, Seat};
pub use secret::{PasswordQuestion, Stage};
pub use session::{Bookmark, Session};
pub use sight::{question_columns, question_rows};
pub use state::{App, Screen};
pub use summons::title;
pub use table::{Only, Table};
pub use timeline::{Scale, bar};
pub use update::update;
pub use view::View;
pub use writing::Writing;
