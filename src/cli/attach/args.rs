//! The options of `heeler attach`.

use crate::cli::display::DisplayArgs;
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  heeler attach                    the latest run that is alive, in the dashboard
  heeler attach 8e1f0c             the run with this random part in its id
  heeler attach --read-only        only look; W unlocks
  heeler attach --plain            every line from the beginning; ^C leaves, the run goes on

The exit status is that of the run, or 6 when the run goes on.";

/// `heeler attach`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AttachArgs {
    /// The run: its id, the beginning of it or its random part; without it the latest that is alive.
    pub(in crate::cli) run: Option<String>,
    /// Only look: the keys that change something are locked.
    #[arg(long)]
    pub(in crate::cli) read_only: bool,
    /// How it is shown.
    #[command(flatten)]
    pub(in crate::cli) display: DisplayArgs,
}
