//! The options of `heeler resume` and `heeler retry`.

use crate::cli::display::DisplayArgs;
use crate::cli::errand::LostArgs;
use crate::cli::safety::SafetyArgs;
use crate::cli::tie::TieArgs;
use crate::history::{Class, NoClass};
use clap::Args;
use std::path::PathBuf;

const RESUME_EXAMPLES: &str = "\
Examples:
  heeler resume                          the latest run: what was never started
  heeler resume 8e1f0c --include-unknown also what was lost, after a look whether it still runs

The exit status is that of the whole run.";

/// `heeler resume`
#[derive(Debug, Args)]
#[command(after_help = RESUME_EXAMPLES)]
pub struct ResumeArgs {
    /// The run: its id, the beginning of it or its random part; without it the latest.
    pub(in crate::cli) run: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) lost: LostArgs,
    #[command(flatten)]
    pub(in crate::cli) display: DisplayArgs,
    #[command(flatten)]
    pub(in crate::cli) tie: TieArgs,
}

const RETRY_EXAMPLES: &str = "\
Examples:
  heeler retry                     what failed, timed out or was not reached in the latest run
  heeler retry 8e1f0c --only lost  what was lost there, after a look whether it still runs
  heeler retry -w @db --dry-run    show what would be done

Classes: ok, not-ok, failed (exit and signal), exit, signal, timed-out, cancelled, unreachable, lost, skipped, all.";

/// `heeler retry`
#[derive(Debug, Args)]
#[command(after_help = RETRY_EXAMPLES)]
pub struct RetryArgs {
    /// The run: its id, the beginning of it or its random part; without it the latest.
    pub(in crate::cli) run: Option<String>,
    /// Only the hosts that ended so, also where something may still run [default: failed,timed-out,unreachable].
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = class)]
    pub(in crate::cli) only: Vec<Class>,
    /// Only these hosts of the run; may be repeated.
    #[arg(short = 'w', long, value_name = "NODESET")]
    pub(in crate::cli) nodes: Vec<String>,
    /// Start also where something of that run is found alive.
    #[arg(long)]
    pub(in crate::cli) even_if_running: bool,
    /// Your own words about the new run [default: retry of RUN].
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) note: Option<String>,
    /// A configuration file on top of your own.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) display: DisplayArgs,
    #[command(flatten)]
    pub(in crate::cli) tie: TieArgs,
    #[command(flatten)]
    pub(in crate::cli) safety: SafetyArgs,
}

fn class(word: &str) -> Result<Class, NoClass> {
    Class::parse(word)
}
