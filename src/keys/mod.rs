//! What the operator's hands can do: the one table of actions, the keys that do them, and the user's own bindings. Help,
//! footer, command line, configuration and `docs/keys.md` derive from the table; this layer does nothing itself and
//! knows nothing of screens and runs.

mod action;
mod answer;
mod key;
mod map;
mod mouse;

pub use action::{Action, Group, NoAction, Place};
pub use answer::YES;
pub use key::{Key, NoKey};
pub use map::{KeyClash, KeyMap};
pub use mouse::Mouse;
