//! The options that say how a run is shown, and the front-end that follows from them.

use super::fields::FieldArgs;
use clap::{Args, ValueEnum};

/// How the run is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Output")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub struct DisplayArgs {
    /// Print equal output once, under the hosts it came from.
    #[arg(short = 'b', long, conflicts_with = "json")]
    pub group: bool,
    /// Put the time since the start before each line.
    #[arg(long, conflicts_with_all = ["json", "group"])]
    pub timestamps: bool,
    /// auto (the dashboard on a terminal, plain elsewhere), tui, plain or json.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, conflicts_with_all = ["plain", "json"])]
    front: Front,
    /// Lines of text, the same as --front plain.
    #[arg(long, conflicts_with = "json")]
    plain: bool,
    /// One JSON object per line, the same as --front json.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) fields: FieldArgs,
}

impl DisplayArgs {
    /// The front-end that was asked for.
    pub fn front(&self) -> Front {
        match (self.json, self.plain) {
            (true, _) => Front::Json,
            (_, true) => Front::Plain,
            _ => self.front,
        }
    }

    /// An option that the front-end which was asked for would ignore, and the name of that front-end. What `--json`
    /// conflicts with is refused by clap; a value of `--front` it cannot judge.
    pub(super) fn ignored(&self) -> Option<(&'static str, &'static str)> {
        match self.front() {
            Front::Json if self.group => Some(("-b", "json")),
            Front::Json if self.timestamps => Some(("--timestamps", "json")),
            Front::Tui if self.timestamps => Some(("--timestamps", "tui")),
            _ => None,
        }
    }
}

/// A front-end, as asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Front {
    /// What suits the terminal.
    #[default]
    Auto,
    /// The dashboard.
    Tui,
    /// Lines of text.
    Plain,
    /// JSON.
    Json,
}
