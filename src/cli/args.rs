//! The command line as clap reads it: every option, its help, and nothing else. What the options mean together is
//! settled in [`request`](super::request).

use super::again::args::{ResumeArgs, RetryArgs};
use super::attach::args::AttachArgs;
use super::control::args::{CONTINUE_EXAMPLES, CancelArgs, CourseArgs, PAUSE_EXAMPLES, WaitArgs};
use super::display::DisplayArgs;
use super::errand::ErrandArgs;
use super::history::args::{LogArgs, PinArgs, PruneArgs, RunsArgs, ShowArgs};
use super::safety::SafetyArgs;
use super::tie::TieArgs;
use super::variable::Variable;
use crate::config::{self, Defaults, RunLimit, Ssh, TimeLimit, ValueError, Width};
use crate::model::bond::Tie;
use crate::model::plan::{OnDisconnect, RetryOn, Slow};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Drive a command over ssh across a fleet, every host a live row.
#[derive(Debug, Parser)]
#[command(name = "heeler", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  heeler demo                                      the dashboard over a fleet in this machine
  heeler run -w 'web[01-40]' -- uptime             one command, forty hosts
  heeler -w @web                                   the dashboard first; the command is typed there
  heeler nodes '@web!web07' --expand               what a node set means
  heeler runs                                      what was run, and what it came to
  heeler show                                      the last run; log, retry and others take a run as well
  heeler run -w @last:failed -- uptime             results are node sets";

/// What heeler can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a command on many hosts.
    Run(Box<RunArgs>),
    /// Show the dashboard over an embedded fleet of loopback hosts.
    Demo(DemoArgs),
    /// Own a run: what `run` starts in the background.
    #[command(hide = true)]
    Runner(RunnerArgs),
    /// Come back to a run that goes on.
    Attach(AttachArgs),
    /// Finish a run that was interrupted.
    Resume(ResumeArgs),
    /// Run again what failed in a run that is over.
    Retry(Box<RetryArgs>),
    /// Cancel a run, or jobs in it, and tell what became of them.
    Cancel(CancelArgs),
    /// Start nothing new in a run until it continues.
    #[command(after_help = PAUSE_EXAMPLES)]
    Pause(CourseArgs),
    /// Let a paused run go on.
    #[command(after_help = CONTINUE_EXAMPLES)]
    Continue(CourseArgs),
    /// Wait for the end of a run, or of jobs in it.
    Wait(WaitArgs),
    /// List the runs, the newest first.
    Runs(RunsArgs),
    /// Show what a run came to.
    Show(ShowArgs),
    /// Print the output of one host in a run.
    Log(LogArgs),
    /// Keep a run for ever.
    Pin(PinArgs),
    /// Let a run that was pinned be removed when its time comes.
    Unpin(PinArgs),
    /// Remove the runs that are too old or too much.
    Prune(PruneArgs),
    /// Show which hosts a node set names.
    Nodes(NodesArgs),
    /// Show the built-in settings, or check a configuration file.
    Config(ConfigArgs),
}

const RUN_EXAMPLES: &str = "\
Examples:
  heeler run -w 'web[01-40]' -- uptime
  heeler run -w @db -x db7 -t 10m -- 'apt-get -y upgrade'
  heeler run -w ^hosts.txt -b -- uname -r               equal output together
  heeler run -w @all --json -- 'df -P /' | jq           one object per line
  heeler run -w @all --dry-run -- 'systemctl restart x' show what would be done

Exit status:
  0              all ok
  1              some failed: exit code or signal
  2              usage or configuration; nothing was started
  3              some timed out or were cancelled
  4              some were unreachable, or how they ended is not known
  5              not everything was started
  6              left while something still ran
  129, 130, 143  ended by HUP, INT, TERM";

/// `heeler run`
#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub struct RunArgs {
    #[command(flatten)]
    pub(super) hosts: HostArgs,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
    #[command(flatten)]
    pub(super) display: DisplayArgs,
    #[command(flatten)]
    pub(super) tie: TieArgs,
    #[command(flatten)]
    pub(super) safety: SafetyArgs,
    /// Run the command as root, by sudo on the host; a password is asked for once, if at all.
    #[arg(long, help_heading = "Run")]
    pub(super) sudo: bool,
    /// A variable for the command; without =V it is taken from here.
    #[arg(long, value_name = "K[=V]", help_heading = "Run")]
    pub(super) env: Vec<Variable>,
    /// Your own words about the run, kept in its record.
    #[arg(long, value_name = "TEXT", help_heading = "Run")]
    pub(super) note: Option<String>,
    /// A configuration file on top of your own.
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    pub(super) config: Option<PathBuf>,
    /// Shell text in one word, or exact arguments in several; without any the dashboard asks.
    #[arg(last = true, help_heading = "Command")]
    pub(super) command: Vec<String>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Hosts")]
pub(super) struct HostArgs {
    /// Hosts to run on, such as web[01-40],@db; may be repeated.
    #[arg(short = 'w', long, value_name = "NODESET")]
    pub(super) nodes: Vec<String>,
    /// Hosts to leave out; may be repeated.
    #[arg(short = 'x', long, value_name = "NODESET")]
    pub(super) exclude: Vec<String>,
    /// Log in as this user where a name has no user@.
    #[arg(short = 'l', long, value_name = "NAME")]
    pub(super) user: Option<String>,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Limits (times such as 90s, 10m, 1h30m; 0s is no limit)")]
pub(super) struct LimitArgs {
    /// How many jobs may run at once, or max for all [default: 64].
    #[arg(short = 'j', long, value_name = "N", value_parser = config::width)]
    width: Option<Width>,
    /// How many hosts may be connecting at once [default: 32].
    #[arg(long, value_name = "N", value_parser = config::connect_width)]
    connect_width: Option<usize>,
    /// The most time for the command: 10m, or 3x (the median) [default: none].
    #[arg(short = 't', long, value_name = "TIME", value_parser = run_timeout)]
    timeout: Option<RunLimit>,
    /// The most time until a host's shell answers [default: 30s].
    #[arg(long, value_name = "TIME", value_parser = config::time_limit)]
    connect_timeout: Option<TimeLimit>,
    /// The most time without output [default: none].
    #[arg(long, value_name = "TIME", value_parser = config::time_limit)]
    idle_timeout: Option<TimeLimit>,
    /// When a job is called slow: 3x (the median), 5m, never [default: 3x].
    #[arg(long, value_name = "WHEN", value_parser = config::slow)]
    slow: Option<Slow>,
    /// The time between TERM and KILL [default: 10s].
    #[arg(long, value_name = "TIME", value_parser = config::parse_duration)]
    grace: Option<Duration>,
    /// How many further attempts follow by themselves [default: 0].
    #[arg(long, value_name = "N", value_parser = config::retries)]
    retries: Option<u32>,
    /// What they follow besides hosts that could not be reached: exit,timeout.
    #[arg(long, value_name = "LIST", value_parser = retry_list)]
    retry_on: Option<RetryList>,
    /// What a cut link does to the job: end or keep [default: end].
    #[arg(long, value_name = "WHAT", value_parser = config::on_disconnect)]
    on_disconnect: Option<OnDisconnect>,
    /// Silence after which a host ends the job by itself [default: 90s].
    #[arg(long, value_name = "TIME", value_parser = config::time_limit)]
    lease: Option<TimeLimit>,
    /// Let what was started finish: no limit, cut link or quit signals it.
    #[arg(long)]
    let_finish: bool,
    /// How long output is read on when the command has ended [default: 2s].
    #[arg(long, value_name = "TIME", value_parser = config::parse_duration)]
    drain: Option<Duration>,
}

/// A list in one value; clap would read a bare `Vec` as several.
#[derive(Clone, Debug)]
struct RetryList(Vec<RetryOn>);

impl LimitArgs {
    /// Whether a cut link is to end the command by an option, whatever the configuration says.
    pub(super) fn ends_on_disconnect(&self) -> bool {
        self.on_disconnect == Some(OnDisconnect::End)
    }

    /// The layer of the configuration that the options are.
    pub(super) fn layer(&self) -> Defaults {
        Defaults {
            width: self.width,
            connect_width: self.connect_width,
            connect_timeout: self.connect_timeout,
            run_timeout: self.timeout,
            idle_timeout: self.idle_timeout,
            slow: self.slow,
            grace: self.grace,
            drain: self.drain,
            retries: self.retries,
            retry_on: self.retry_on.clone().map(|list| list.0),
            on_disconnect: self.on_disconnect,
            lease: self.lease,
            sudo: None,
            let_finish: self.let_finish.then_some(true),
            on_hangup: None,
            bell: None,
            notify: None,
            confirm_above: None,
        }
    }
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "ssh")]
pub(super) struct SshArgs {
    /// Use this configuration file of ssh.
    #[arg(short = 'F', long, value_name = "FILE")]
    ssh_config: Option<PathBuf>,
    /// A further option of ssh; may be repeated.
    #[arg(short = 'o', long, value_name = "KEY=VALUE", value_parser = config::ssh_option)]
    ssh_option: Vec<String>,
}

impl SshArgs {
    /// The layer of the configuration that the options are.
    pub(super) fn layer(&self) -> Ssh {
        Ssh {
            config_file: self.ssh_config.clone(),
            options: self.ssh_option.clone(),
        }
    }
}

/// `heeler runner`
#[derive(Debug, Args)]
pub struct RunnerArgs {
    /// The directory of the run.
    pub(super) directory: PathBuf,
    /// End the run when standard input ends.
    #[arg(long)]
    tied: bool,
    #[command(flatten)]
    pub(super) errand: ErrandArgs,
    /// What becomes of the run at logout, where it would not go on.
    #[arg(long)]
    pub(super) at_logout: Option<String>,
}

impl RunnerArgs {
    /// What ends the run besides itself.
    pub(super) fn tie(&self) -> Tie {
        if self.tied { Tie::Starter } else { Tie::Free }
    }
}

/// `heeler demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many hosts the fleet has.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub hosts: u16,
    /// How it is shown.
    #[command(flatten)]
    pub display: DisplayArgs,
}

const NODES_EXAMPLES: &str = "\
Node sets: web[1-3]  web[01-40/2]  a,b  @group  @group!web7  @a&@b  ^file  -  web*

Examples:
  heeler nodes 'web[1-3],db' --expand
  heeler nodes --fold - < hosts.txt
  heeler nodes '@web&@rack3' --count
  heeler nodes '@last:failed!@dead'                 results of runs: @last, @RUN:CLASS";

/// `heeler nodes`
#[derive(Debug, Args)]
#[command(after_help = NODES_EXAMPLES)]
pub struct NodesArgs {
    /// The sets; several are united.
    #[arg(required = true, value_name = "NODESET")]
    pub(super) sets: Vec<String>,
    /// One host per line, in order.
    #[arg(long, group = "form")]
    pub(super) expand: bool,
    /// The shortest form of the set.
    #[arg(long, group = "form")]
    pub(super) fold: bool,
    /// The number of hosts.
    #[arg(long, group = "form")]
    pub(super) count: bool,
    /// A configuration file on top of your own.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// `heeler config`
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ConfigArgs {
    /// Print the built-in settings as a configuration file.
    #[arg(long)]
    pub(super) default: bool,
    /// Check a configuration file, your own if none is named.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[expect(
        clippy::option_option,
        reason = "clap's form of an option whose value may be left out"
    )]
    pub(super) check: Option<Option<PathBuf>>,
}

/// The limit on the command. Elsewhere `-t 5` means five seconds to connect, so a bare number is explained.
fn run_timeout(text: &str) -> Result<RunLimit, String> {
    config::run_limit(text).map_err(|error| match error {
        ValueError::NoUnit(number) => format!(
            "{number} has no unit; -t is the most time for the command, write {number}s for seconds (other tools mean \
             the connect timeout by it, which is --connect-timeout here)"
        ),
        other => other.to_string(),
    })
}

fn retry_list(text: &str) -> Result<RetryList, ValueError> {
    config::retry_on(text).map(RetryList)
}

#[cfg(test)]
mod tests;
