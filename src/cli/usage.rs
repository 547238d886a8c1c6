//! Everything that can be wrong before a run starts. Each message says what to do next; each means exit status 2.

use super::again::AgainError;
use super::control::ControlError;
use super::no_way::ReachError;
use crate::config::ConfigError;
use crate::history::{HistoryError, NoClass};
use crate::model::field::FieldError;
use crate::model::host::HostNameError;
use crate::nodeset::NodeSetError;
use crate::rundir::RunDirError;
use crate::transport::openssh::SocketDirError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// A configuration file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A node set is wrong.
    #[error(transparent)]
    NodeSet(#[from] NodeSetError),
    /// A group in the configuration cannot be resolved.
    #[error("the group {name} cannot be used: {error}")]
    Group {
        /// Its name.
        name: String,
        /// Why not.
        error: NodeSetError,
    },
    /// There is no way to the runner of a run.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// A run cannot be taken up or run again.
    #[error(transparent)]
    Again(#[from] AgainError),
    /// A wish that makes no sense.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// Columns that cannot be read from the output.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// What is to finish cannot end with its link.
    #[error(
        "--let-finish means that a cut link ends nothing, and --on-disconnect end that it ends the command; leave one \
         of them out"
    )]
    EndsAndFinishes,
    /// There is no ssh.
    #[error("there is no ssh on the PATH; install an OpenSSH client, for example with apt-get install openssh-client")]
    NoSsh,
    /// ssh would refuse to connect anywhere.
    #[error("cannot read the configuration of ssh {path:?}: {source}; check the path and its permissions")]
    SshConfig {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system allows too few open files for the width.
    #[error(
        "{width} jobs at once need {needed} open files and this system allows {most}; {advice}raise the \
         limit with ulimit -n {needed}"
    )]
    TooFewFiles {
        /// How many jobs at once.
        width: u64,
        /// How many files they need.
        needed: u64,
        /// How many are allowed.
        most: u64,
        /// What would fit.
        advice: Advice,
    },
    /// The system allows too few open files for the demonstration.
    #[error(
        "a fleet of {hosts} hosts in one program needs {needed} open files and this system allows {most}; \
         {}raise the limit with ulimit -n {needed}",
        fewer(*.fits)
    )]
    FleetTooLarge {
        /// How many hosts.
        hosts: usize,
        /// How many files they need.
        needed: u64,
        /// How many are allowed.
        most: u64,
        /// How many hosts fit, if any do.
        fits: Option<usize>,
    },
    /// There is no place for ssh's sockets.
    #[error(transparent)]
    Sockets(#[from] SocketDirError),
    /// There is no place for the record.
    #[error(transparent)]
    RunDir(#[from] RunDirError),
    /// A run cannot be found or read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A class of results that there is not.
    #[error(transparent)]
    Class(#[from] NoClass),
    /// A host that has no job in the run.
    #[error("{host} is not in the run {run}; its hosts are {node_set}")]
    NotInRun {
        /// The host.
        host: String,
        /// The run.
        run: String,
        /// The hosts of the run, folded.
        node_set: String,
    },
    /// A name that means several hosts of the run.
    #[error("{host} may be {meant} in the run {run}; name one of them in full")]
    SeveralInRun {
        /// The name.
        host: String,
        /// The run.
        run: String,
        /// The hosts that it means, folded.
        meant: String,
    },
    /// An attempt that was not made.
    #[error("{host} has no attempt {asked}; there is 1 to {made}")]
    NoAttempt {
        /// The host.
        host: String,
        /// The attempt.
        asked: u32,
        /// How many were made.
        made: u32,
    },
    /// No `-w`.
    #[error("no host is named; say where to run, for example -w 'web[1-3]' or -w @web")]
    NoHosts,
    /// A set without hosts.
    #[error("-w {0:?} names no host; see with `heeler nodes` what its parts mean")]
    EmptySet(String),
    /// An exclusion that excludes nothing.
    #[error("-x {0:?} excludes none of the hosts; correct it or leave it out")]
    ExcludesNothing(String),
    /// An exclusion that excludes everything.
    #[error("-x leaves no host of the {0} that -w names; exclude fewer")]
    ExcludesAll(usize),
    /// `-l` makes no name of a host.
    #[error("-l {user:?} cannot be used: {error}")]
    User {
        /// The user's name.
        user: String,
        /// Why not.
        error: HostNameError,
    },
    /// Nothing behind `--`.
    #[error("no command is given; write it behind --, for example: heeler run -w web1 -- uptime")]
    NoCommand,
    /// A byte that no command can hold.
    #[error("the command holds a NUL byte, which no shell can take; remove it")]
    NulInCommand,
    /// `--env K` for a variable that is not set.
    #[error("--env {0}: the variable is not set here; give it a value with --env {0}=VALUE")]
    UnsetVariable(String),
    /// An option that would have no effect.
    #[error("{option} has no effect with --front {front}; leave one of them out")]
    Ignored {
        /// The option.
        option: &'static str,
        /// The front-end.
        front: &'static str,
    },
    /// The dashboard without a terminal.
    #[error("the dashboard needs a terminal, and standard output is none; use --plain or --json")]
    NoScreen,
    /// `--expect` names another number.
    #[error("--expect {expected}, but there are {found} hosts: {node_set}; nothing was started, look at the node set")]
    Unexpected {
        /// The number that was expected.
        expected: usize,
        /// The number that was found.
        found: usize,
        /// The hosts, folded.
        node_set: String,
    },
    /// Many hosts, and nobody to ask.
    #[error(
        "{count} hosts are more than {above}, and there is no terminal to ask on; nothing was started, add \
         --expect {count} or --yes"
    )]
    Unconfirmed {
        /// How many hosts.
        count: usize,
        /// How many need no confirmation.
        above: usize,
    },
    /// Another number, or none, was typed.
    #[error("the number was not confirmed; nothing was started, type {0} to go on")]
    Declined(usize),
    /// There is no configuration file to check.
    #[error("there is no configuration file of your own at {0}; name one with --check FILE")]
    NoConfigFile(String),
}

/// The widths that the limit of open files has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// This width.
    Width(u64),
    /// No width alone, but one job at a time with this width of connecting.
    Widths {
        /// How many hosts may be connecting at once.
        connect_width: u64,
    },
    /// None.
    NoWidth,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Width(width) => write!(f, "use -j {width}, or "),
            Self::Widths { connect_width } => write!(f, "use -j 1 --connect-width {connect_width}, or "),
            Self::NoWidth => Ok(()),
        }
    }
}

/// The advice to show fewer hosts, where fewer would do.
fn fewer(fits: Option<usize>) -> String {
    fits.map(|hosts| format!("use --hosts {hosts}, or "))
        .unwrap_or_default()
}
