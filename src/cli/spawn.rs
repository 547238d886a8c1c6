//! Starting the runner of a run as a process of its own, and finding it again.

use super::errand::Errand;
use super::error::CliError;
use super::logout::{self, Logout, Why};
use super::place;
use super::runner::READY;
use crate::child::{in_own_session, keep_open_files};
use crate::link::Link;
use crate::link::dial::dial;
use crate::link::greet::{Hello, Rights, Welcome};
use crate::model::bond::Tie;
use crate::rundir::RunDir;
use std::env;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// A runner that this process has started.
pub(super) struct Spawned {
    child: Child,
    /// While this is open the runner of a tied run goes on.
    lifeline: Option<ChildStdin>,
}

impl Spawned {
    /// Starts the runner of a run whose plan is written, and waits until viewers can come.
    pub(super) async fn start(dir: &RunDir, tie: Tie, errand: Errand) -> Result<Self, CliError> {
        let log = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(dir.log())
            .map_err(CliError::System)?;
        let (mut command, stdin) = match tie {
            Tie::Starter => {
                let mut command = runner(dir, errand)?;
                command.arg("--tied");
                (command, Stdio::piped())
            }
            Tie::Free => (that_outlives_the_login(dir, errand)?, Stdio::null()),
        };
        in_own_session(&mut command);
        if let Err(error) = keep_open_files() {
            tracing::debug!(%error, "the runner inherits what is open here");
        }
        command.stdin(stdin).stdout(Stdio::piped()).stderr(log);
        let mut child = Command::from(command).spawn().map_err(CliError::System)?;
        let lifeline = child.stdin.take();
        let mut said = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out)
                .read_line(&mut said)
                .await
                .map_err(CliError::System)?;
        }
        if said.trim_end() != READY {
            let _ended = child.wait().await;
            let log = dir.log();
            let why = match said.trim_end() {
                "" => "its runner ended at once",
                why => why,
            };
            return Err(CliError::NotBegun(format!(
                "the run could not begin: {why}; see {}",
                log.display()
            )));
        }
        Ok(Self { child, lifeline })
    }

    /// Ends the runner of a tied run, with grace.
    pub(super) fn let_go(&mut self) {
        self.lifeline = None;
    }

    /// Waits until the runner has ended, which it does by itself when its run is over, but no longer than this.
    pub(super) async fn ended(mut self, patience: Duration) {
        if timeout(patience, self.child.wait()).await.is_err() {
            tracing::warn!("the runner takes long to end");
        }
        drop(self.lifeline);
    }
}

/// Connects to the runner of a run.
pub(super) async fn connect(dir: &RunDir, rights: Rights) -> Result<(Link, Welcome), CliError> {
    let hello = Hello::new(place::terminal(), rights);
    dial(&dir.socket(), &hello)
        .await
        .map_err(|error| CliError::Runner(error.to_string()))
}

/// The command that is the runner.
fn runner(dir: &RunDir, errand: Errand) -> Result<std::process::Command, CliError> {
    let program = env::current_exe().map_err(CliError::System)?;
    let mut command = std::process::Command::new(program);
    command.arg("runner").arg(dir.path()).args(errand.options());
    Ok(command)
}

/// The same, out of reach of the session manager as far as that can be.
fn that_outlives_the_login(dir: &RunDir, errand: Errand) -> Result<std::process::Command, CliError> {
    let mut runner = runner(dir, errand)?;
    match logout::look(&place::user()) {
        Logout::Survives => {}
        Logout::Ends(why) => {
            runner.arg("--at-logout").arg(why.sentence());
        }
        Logout::NeedsScope if !place::has_own_manager() => {
            runner.arg("--at-logout").arg(Why::SessionKilled.sentence());
        }
        Logout::NeedsScope => {
            // systemd-run makes the scope and becomes the runner.
            let mut scope = std::process::Command::new("systemd-run");
            scope.args(["--user", "--scope", "--quiet", "--collect", "--"]);
            scope.arg(runner.get_program()).args(runner.get_args());
            return Ok(scope);
        }
    }
    Ok(runner)
}
