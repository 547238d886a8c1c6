//! The configuration: files and options laid over the built-in settings until no question is left open. The command
//! line reads it here and hands the settled values on; nothing here knows of hosts, of runs or of the terminal.
//!
//! From the lowest layer to the highest: built-in · the user's file · `--config FILE` · options. A file is read
//! strictly: an unknown key or a value out of bounds is an error that names file, line and key.

mod document;
mod duration;
mod error;
mod file;
mod layer;
mod settled;
mod size;
mod taste;
mod value;

pub use duration::{parse as parse_duration, show as show_duration};
pub use error::{ConfigError, Problem, ValueError};
pub use file::{Home, load, read};
pub use layer::{Dashboard, Defaults, History, Layer, Ssh};
pub use settled::Config;
pub use size::{SizeLimit, show as show_size, size_limit};
pub use taste::{Binding, Taste, ThemeWish};
pub use value::{
    OnHangup, RunLimit, TimeLimit, Width, confirm_above, connect_width, on_disconnect, on_hangup, retries, retry_on,
    run_limit, slow, ssh_option, time_limit, when, width,
};

/// The built-in settings as a configuration file, with an explanation of each.
pub const DEFAULT_FILE: &str = include_str!("../../config/default.toml");
