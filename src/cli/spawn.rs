//! Starting the runner of a run as a process of its own, and finding it again.

use super::error::CliError;
use super::place;
use super::runner::READY;
use crate::child::in_own_session;
use crate::link::Link;
use crate::link::dial::dial;
use crate::link::greet::{Hello, Rights, Tie, Welcome};
use crate::rundir::RunDir;
use std::env;
use std::fs::OpenOptions;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, BufReader};
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
    pub(super) async fn start(dir: &RunDir, tie: Tie) -> Result<Self, CliError> {
        let program = env::current_exe().map_err(CliError::System)?;
        let log = OpenOptions::new()
            .append(true)
            .create(true)
            .open(dir.log())
            .map_err(CliError::System)?;
        let mut command = std::process::Command::new(program);
        command.arg("runner").arg(dir.path());
        if tie == Tie::Starter {
            command.arg("--tied");
        }
        in_own_session(&mut command);
        let stdin = match tie {
            Tie::Starter => Stdio::piped(),
            Tie::Free => Stdio::null(),
        };
        command.stdin(stdin).stdout(Stdio::piped()).stderr(log);
        let mut child = Command::from(command).spawn().map_err(CliError::System)?;
        let lifeline = child.stdin.take();
        let mut said = String::new();
        if let Some(out) = child.stdout.take() {
            let mut first = [0; 64];
            let mut out = BufReader::new(out);
            let length = out.read(&mut first).await.map_err(CliError::System)?;
            said = String::from_utf8_lossy(&first[..length]).into_owned();
        }
        if said.trim_end() != READY {
            let _ended = child.wait().await;
            let log = dir.log();
            return Err(CliError::Runner(format!(
                "its runner could not begin; see {}",
                log.display()
            )));
        }
        Ok(Self { child, lifeline })
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
