//! The options of the commands that act on a run without showing it.

use clap::Args;
use std::path::PathBuf;

const CANCEL_EXAMPLES: &str = "\
Examples:
  heeler cancel -w web07           one host of the latest run that is alive
  heeler cancel 8e1f0c             everything in that run
  heeler cancel -w @db --now       KILL at once

What runs with --let-finish is ended by --now only, each host by its full name.
It waits until each of these jobs is over and prints how they ended.
Exit status: 0 when nothing of them is left, 4 when something survived or
nobody can say, 6 when left before that.";

/// `heeler cancel`
#[derive(Debug, Args)]
#[command(after_help = CANCEL_EXAMPLES)]
pub struct CancelArgs {
    #[command(flatten)]
    pub(in crate::cli) jobs: JobArgs,
    /// KILL at once, without TERM and grace.
    #[arg(long)]
    pub(in crate::cli) now: bool,
    /// Cancel nothing unless exactly N jobs are not over.
    #[arg(long, value_name = "N")]
    pub(in crate::cli) expect: Option<usize>,
    /// Do not ask, however many jobs there are.
    #[arg(long)]
    pub(in crate::cli) yes: bool,
}

const WAIT_EXAMPLES: &str = "\
Examples:
  heeler wait                      the end of the latest run that is alive
  heeler wait 8e1f0c -w @db        the end of these jobs in that run

The exit status is that of the run, or of these jobs; 6 when left before that.";

/// `heeler wait`
#[derive(Debug, Args)]
#[command(after_help = WAIT_EXAMPLES)]
pub struct WaitArgs {
    #[command(flatten)]
    pub(in crate::cli) jobs: JobArgs,
}

/// What stands behind the options of `heeler pause`.
pub(in crate::cli) const PAUSE_EXAMPLES: &str = "\
Examples:
  heeler pause                     the latest run that is alive
  heeler pause 8e1f0c              that run

What runs goes on; nothing new is started until heeler continue.
Exit status: 0 when the run is paused, 2 when it is over or starts nothing more
anyway, 4 when its runner is gone, 6 when left before it has answered.";

/// What stands behind the options of `heeler continue`.
pub(in crate::cli) const CONTINUE_EXAMPLES: &str = "\
Examples:
  heeler continue                  the latest run that is alive
  heeler continue 8e1f0c           that run

Exit status: 0 when the run goes on, 2 when it is over or starts nothing more
anyway, 4 when its runner is gone, 6 when left before it has answered.";

/// `heeler pause` and `heeler continue`
#[derive(Debug, Args)]
pub struct CourseArgs {
    /// The run: its id, the beginning of it or its random part; without it the latest that is alive.
    pub(in crate::cli) run: Option<String>,
}

/// Which jobs of which run.
#[derive(Debug, Args)]
pub(in crate::cli) struct JobArgs {
    /// The run: its id, the beginning of it or its random part; without it the latest that is alive.
    pub(in crate::cli) run: Option<String>,
    /// Only these hosts of the run; may be repeated.
    #[arg(short = 'w', long, value_name = "NODESET")]
    pub(in crate::cli) nodes: Vec<String>,
    /// A configuration file on top of your own.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
}
