//! The options that answer, before anything is started, what would otherwise be asked.

use clap::Args;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Safety")]
pub(super) struct SafetyArgs {
    /// Start nothing unless there are exactly N hosts.
    #[arg(long, value_name = "N")]
    pub(super) expect: Option<usize>,
    /// Do not ask, however many hosts there are.
    #[arg(long)]
    pub(super) yes: bool,
    /// Show what would be done, to the byte, and start nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}
