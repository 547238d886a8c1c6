//! The command line of the commands on past runs.

use crate::cli::fields::FieldArgs;
use crate::history::Class;
use crate::model::event::Stream;
use crate::model::host::HostName;
use clap::Args;
use std::num::NonZeroU32;

/// How many runs are listed when nothing is said.
pub(super) const LISTED: usize = 30;

const RUNS_EXAMPLES: &str = "\
Examples:
  heeler runs --since 2d -w @db
  heeler runs --task 'apt-get' --limit 0
  heeler runs --json | jq 'select(.exit != 0)'";

/// `heeler runs`
#[derive(Debug, Args)]
#[command(after_help = RUNS_EXAMPLES)]
pub struct RunsArgs {
    /// Only runs whose command holds this text.
    #[arg(long, value_name = "TEXT")]
    pub(super) task: Option<String>,
    /// Only runs that touched any of these hosts; may be repeated.
    #[arg(short = 'w', long, value_name = "NODESET")]
    pub(super) nodes: Vec<String>,
    /// Only runs that began since then: a time back such as 2d or 36h, or a date such as 2026-01-31 (UTC).
    #[arg(long, value_name = "WHEN", value_parser = super::since::parse)]
    pub(super) since: Option<super::since::Since>,
    /// How many to list, 0 for all [default: 30, and all with --json].
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// One JSON object per line.
    #[arg(long)]
    pub(super) json: bool,
}

impl RunsArgs {
    /// How many runs are listed; `None` for all.
    pub(super) fn limit(&self) -> Option<usize> {
        match self.limit {
            Some(0) => None,
            Some(limit) => Some(limit),
            None => (!self.json).then_some(LISTED),
        }
    }
}

const LOG_EXAMPLES: &str = "\
Examples:
  heeler log last web07
  heeler log last web07 --follow --timestamps
  heeler log 4f2a1c db3 --attempt 1 --stdout | cmp - expected

Exit status: 0; with --follow 4 when the end of the attempt was lost from sight.";

/// `heeler log`
#[derive(Debug, Args)]
#[command(after_help = LOG_EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub struct LogArgs {
    /// The run: last, its name, the beginning of that, or its random part.
    #[arg(value_name = "RUN")]
    pub(super) run: String,
    /// The host.
    #[arg(value_name = "HOST", value_parser = HostName::parse)]
    pub(super) host: HostName,
    /// An earlier attempt, from 1 [default: the last].
    #[arg(long, value_name = "N")]
    pub(super) attempt: Option<NonZeroU32>,
    /// Standard error only.
    #[arg(long, conflicts_with = "stdout")]
    stderr: bool,
    /// Standard output only.
    #[arg(long)]
    stdout: bool,
    /// Put the time since the start of the run before each line.
    #[arg(long)]
    pub(super) timestamps: bool,
    /// Go on until the attempt ends.
    #[arg(short = 'f', long)]
    pub(super) follow: bool,
}

impl LogArgs {
    /// The only stream that is wanted, if it is one.
    pub(super) fn only(&self) -> Option<Stream> {
        match (self.stdout, self.stderr) {
            (true, _) => Some(Stream::Stdout),
            (_, true) => Some(Stream::Stderr),
            _ => None,
        }
    }
}

const SHOW_EXAMPLES: &str = "\
Classes: all, ok, not-ok, failed (exit and signal), exit, signal, timed-out, cancelled,
unreachable, lost, skipped, unfinished

Examples:
  heeler show                        the last run
  heeler show 4f2a1c -b              equal output together
  heeler show --nodes failed         a node set; @last:failed is the same wherever one is taken
  heeler show last --csv > run.csv
  heeler show --field use='(\\d+)%' --csv
  heeler show --compare 4f2a1c       what is different from that run";

/// `heeler show`
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub struct ShowArgs {
    /// The run: last, its name, the beginning of that, or its random part [default: last].
    #[arg(value_name = "RUN")]
    pub(super) run: Option<String>,
    /// Print equal output once, under the hosts it came from.
    #[arg(short = 'b', long, group = "form")]
    group: bool,
    /// Lines of text, also on a terminal.
    #[arg(long, group = "form")]
    plain: bool,
    /// The hosts of a class.
    #[arg(long, value_name = "CLASS", value_parser = Class::parse, group = "form")]
    nodes: Option<Class>,
    /// With --nodes: one host per line.
    #[arg(long, requires = "nodes")]
    pub(super) expand: bool,
    /// The events, one JSON object per line.
    #[arg(long, group = "form")]
    json: bool,
    /// A table with a line per job.
    #[arg(long, group = "form")]
    csv: bool,
    /// The job log of GNU parallel.
    #[arg(long, group = "form")]
    joblog: bool,
    /// What differs from another run (the same words as RUN), host by host; status 1 where something does.
    #[arg(long, value_name = "OTHER", conflicts_with_all = ["group", "nodes", "joblog"])]
    pub(super) compare: Option<String>,
    #[command(flatten)]
    pub(super) fields: FieldArgs,
}

/// In which form a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// What suits the terminal.
    Auto,
    /// Lines of text.
    Plain,
    /// The same, with equal output together.
    Grouped,
    /// The hosts of a class.
    Nodes(Class),
    /// The events.
    Json,
    /// A table.
    Csv,
    /// A job log.
    JobLog,
}

impl ShowArgs {
    /// The form that was asked for.
    pub(super) fn form(&self) -> Form {
        match self {
            Self { nodes: Some(class), .. } => Form::Nodes(*class),
            Self { group: true, .. } => Form::Grouped,
            Self { plain: true, .. } => Form::Plain,
            Self { json: true, .. } => Form::Json,
            Self { csv: true, .. } => Form::Csv,
            Self { joblog: true, .. } => Form::JobLog,
            _ => Form::Auto,
        }
    }
}

/// `heeler pin`, `heeler unpin`
#[derive(Debug, Args)]
pub struct PinArgs {
    /// The run: last, its name, the beginning of that, or its random part.
    #[arg(value_name = "RUN")]
    pub(super) run: String,
}

/// `heeler prune`
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// Show what would go, and remove nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}
