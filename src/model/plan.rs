//! What is to be done: the hosts, the command and the settings of a run, settled before anything starts. It is
//! written to `run.json` and never changes while the run lives.

use super::doubt::Inherited;
use super::durations::Durations;
use super::field::Field;
use super::host::HostName;
use super::id::{JobId, RunId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

/// The version of the form of `run.json`. A higher one is of a newer heeler.
pub const PLAN_FORMAT: u32 = 1;

/// A whole run, as asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of this form ([`PLAN_FORMAT`]).
    pub format: u32,
    /// The run's name.
    pub run: RunId,
    /// Shell text that every host's `sh` is given, byte for byte.
    pub command: String,
    /// Variables for the command's environment, in order.
    pub env: Vec<(String, String)>,
    /// The hosts, one job each, in order; a job's number is its place here.
    pub hosts: Vec<HostName>,
    /// The hosts as a node set, folded.
    pub node_set: String,
    /// Limits and widths.
    pub settings: Settings,
    /// How ssh is called.
    pub ssh: SshCall,
    /// The run of which this one repeats a part.
    pub parent: Option<RunId>,
    /// What may still run on the hosts from that run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Inherited>,
    /// What is read out of the output, as columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Who started it (`user@machine`).
    pub operator: String,
    /// The operator's own words about it.
    pub note: Option<String>,
    /// The absolute start time, RFC 3339, UTC.
    pub started: String,
    /// The run's directory.
    pub directory: PathBuf,
    /// The version of heeler that made it.
    pub version: String,
}

impl Plan {
    /// The jobs' numbers, in order.
    pub fn jobs(&self) -> impl Iterator<Item = JobId> + use<> {
        (0..self.hosts.len() as u32).map(JobId)
    }

    /// The host of a job.
    ///
    /// # Panics
    /// When the job is none of this plan's.
    pub fn host(&self, job: JobId) -> &HostName {
        &self.hosts[job.index()]
    }

    /// A digest of what is run on each host: the command and its variables. Two runs with the same digest do the same
    /// work. SHA-256, the first 16 hexadecimal digits.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let words = [self.command.as_str()].into_iter();
        let env = self
            .env
            .iter()
            .flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        for word in words.chain(env) {
            hash.update((word.len() as u64).to_be_bytes());
            hash.update(word);
        }
        let digest = hash.finalize();
        digest.iter().take(8).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The name of a job for people and for files: its host, as each host has one job.
    ///
    /// # Panics
    /// When the job is none of this plan's.
    pub fn label(&self, job: JobId) -> &str {
        self.host(job).as_str()
    }
}

/// How ssh is called, besides what its own configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshCall {
    /// A configuration file instead of the user's own (`-F`), absolute.
    pub config_file: Option<PathBuf>,
    /// Further options (`-o`), each `key=value`.
    pub options: Vec<String>,
}

/// Limits and widths of a run. A limit that is `None` does not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How many jobs may run (or be stopping) at once; at least 1.
    pub width: usize,
    /// How many hosts may be connecting at once; at least 1.
    pub connect_width: usize,
    /// From the first packet to a shell that answers.
    pub connect_timeout: Option<Duration>,
    /// From the start of the command to its end.
    pub run_timeout: Option<Duration>,
    /// The same as a multiple of the median of the jobs that have ended by themselves, once ten have, and never before
    /// 30 s; with both, the later one holds.
    #[serde(default)]
    pub run_factor: Option<f64>,
    /// Without a byte of output.
    pub idle_timeout: Option<Duration>,
    /// When a running job is called slow.
    pub slow: Slow,
    /// Between TERM and KILL.
    pub grace: Duration,
    /// How long output is still read after the command ended.
    pub drain: Duration,
    /// How many further attempts follow by themselves.
    pub retries: u32,
    /// What they follow.
    pub retry_on: Vec<RetryOn>,
    /// What a cut link does to the job.
    pub on_disconnect: OnDisconnect,
    /// Silence of the runner after which the shim ends the job; `None` for no lease.
    pub lease: Option<Duration>,
    /// What was started is to finish: no limit, no cut link and no end of the run signals it, only the operator, host by
    /// host and by name. Goes with [`OnDisconnect::Keep`].
    #[serde(default)]
    pub let_finish: bool,
    /// The command runs as root, by `sudo`.
    #[serde(default)]
    pub sudo: bool,
}

/// How many jobs must have ended by themselves before a limit by what they took holds, and the least that it is.
const PEERS: usize = 10;
const PEERS_AT_LEAST: Duration = Duration::from_secs(30);

impl Settings {
    /// The limit on a command's run time when the others took so long.
    pub fn run_limit(&self, others: &Durations) -> Option<Duration> {
        self.run_timeout.max(self.peer_limit(others))
    }

    /// The part of it that is a multiple of what the others took.
    pub fn peer_limit(&self, others: &Durations) -> Option<Duration> {
        let factor = self.run_factor?;
        let median = others.median().filter(|_| others.count() >= PEERS)?;
        Some(median.mul_f64(factor).max(PEERS_AT_LEAST))
    }
}

/// The built-in defaults; `config/default.toml` says the same.
impl Default for Settings {
    fn default() -> Self {
        Self {
            width: 64,
            connect_width: 32,
            connect_timeout: Some(Duration::from_secs(30)),
            run_timeout: None,
            run_factor: None,
            idle_timeout: None,
            slow: Slow::TimesMedian {
                factor: 3.0,
                finished: 10,
                at_least: Duration::from_secs(30),
            },
            grace: Duration::from_secs(10),
            drain: Duration::from_secs(2),
            retries: 0,
            retry_on: vec![RetryOn::Unreachable],
            on_disconnect: OnDisconnect::End,
            lease: Some(Duration::from_secs(90)),
            let_finish: false,
            sudo: false,
        }
    }
}

impl Settings {
    /// What becomes of what runs when its link is cut, in a few words: `on cut: end, lease 90s`.
    pub fn policy(&self) -> String {
        match (self.let_finish, self.on_disconnect, self.lease) {
            (true, ..) => "let finish".to_owned(),
            (_, OnDisconnect::Keep, _) => "on cut: keep".to_owned(),
            (_, OnDisconnect::End, None) => "on cut: end".to_owned(),
            (_, OnDisconnect::End, Some(lease)) => format!("on cut: end, lease {}s", lease.as_secs()),
        }
    }
}

/// The soft limit: when a running job is called slow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slow {
    /// Never.
    Never,
    /// After so long.
    After(Duration),
    /// Beyond `factor` times the median run time of the finished jobs, once `finished` jobs have ended by themselves,
    /// and never before `at_least`.
    TimesMedian {
        /// How many medians.
        factor: f64,
        /// How many finished jobs a median needs.
        finished: usize,
        /// The least time to be called slow.
        at_least: Duration,
    },
}

/// What an automatic retry may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryOn {
    /// Nothing was started, and trying again does no harm.
    Unreachable,
    /// The command failed: exit or signal.
    Exit,
    /// A limit ended it.
    Timeout,
}

/// What the end of the link does to a running job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDisconnect {
    /// The shim ends it.
    End,
    /// It goes on, as long as it does not write to the cut streams.
    Keep,
}
