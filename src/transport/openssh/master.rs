//! One master process: how it is launched, when it is ready, what it says, and its end. A task of its own watches it
//! from the first moment, so that whoever waits for it may stop waiting at any point and nothing is left behind.

use super::ConnectError;
use super::cause::{classify, printable};
use crate::child::{in_own_session, tied_to_us};
use crate::model::host::HostName;
use crate::model::outcome::Cause;
use crate::model::plan::SshCall;
use crate::model::ssh_argv::ssh_argv;
use rustix::process::{Pid, Signal, kill_process_group};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

/// Between two looks for the control socket: ssh makes it when the user is let in, and nothing else tells.
const LOOK_FOR_SOCKET: Duration = Duration::from_millis(5);
/// How long an ended master may take to clean up after itself.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the last words of a master that has ended are waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How much of ssh's words is kept to read the cause from; all of them go to the log.
const WORDS_KEPT: usize = 16 * 1024;

/// The command line of a master for a host.
pub(super) fn command(host: &HostName, socket: &Path, options: &SshCall) -> Command {
    let mut command = Command::new("ssh");
    command.args(ssh_argv(host, socket, options));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    in_own_session(command.as_std_mut());
    tied_to_us(command.as_std_mut());
    command
}

/// A master process under watch. Dropping it ends the process.
#[derive(Debug)]
pub(super) struct Master {
    /// What ssh said, once the process has ended.
    ended: watch::Receiver<Option<String>>,
    stop: Arc<Notify>,
}

impl Drop for Master {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

impl Master {
    /// Starts the process and its watch, and tells its number. `count` counts the masters that are not yet reaped.
    pub(super) fn launch(
        command: &mut Command,
        started: impl FnOnce(u32),
        words: impl Fn(&[u8]) + Send + 'static,
        count: &watch::Sender<usize>,
    ) -> Result<Self, ConnectError> {
        let mut child = command.spawn().map_err(|error| ConnectError {
            cause: Cause::Other,
            detail: format!("ssh could not be started: {error}"),
        })?;
        if let Some(pid) = child.id() {
            started(pid);
        }
        let stop = Arc::new(Notify::new());
        let (tell_end, ended) = watch::channel(None);
        count.send_modify(|alive| *alive += 1);
        let (count, stopped) = (count.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut said = Said {
                kept: Vec::new(),
                log: words,
            };
            let stderr = child.stderr.take();
            watch_over(&mut child, stderr, &mut said, &stopped).await;
            // Nobody may be left to hear it.
            let _ = tell_end.send(Some(String::from_utf8_lossy(&said.kept).into_owned()));
            count.send_modify(|alive| *alive -= 1);
        });
        Ok(Self { ended, stop })
    }

    /// Waits until sessions can be opened on the socket, or says why they never will.
    pub(super) async fn until_ready(&mut self, socket: &Path) -> Result<(), ConnectError> {
        let mut ended = self.ended.clone();
        tokio::select! {
            biased;
            words = ended.wait_for(Option::is_some) => Err(match words {
                Ok(words) => classify(words.as_deref().unwrap_or_default()),
                Err(_) => classify(""),
            }),
            () = exists(socket) => Ok(()),
        }
    }

    /// What ssh said last, once the process has ended; one line.
    pub(super) fn last_words(&self) -> Option<String> {
        let words = self.ended.borrow();
        let last = words.as_deref()?.lines().rev().find(|line| !line.trim().is_empty());
        Some(printable(last.unwrap_or("ssh ended without a word")))
    }
}

async fn exists(socket: &Path) {
    while !socket.exists() {
        sleep(LOOK_FOR_SOCKET).await;
    }
}

/// What a master says on its standard error.
struct Said<F> {
    kept: Vec<u8>,
    log: F,
}

impl<F: Fn(&[u8])> Said<F> {
    fn hear(&mut self, bytes: &[u8]) {
        (self.log)(bytes);
        self.kept.extend_from_slice(bytes);
        let excess = self.kept.len().saturating_sub(WORDS_KEPT);
        self.kept.drain(..excess);
    }
}

/// Listens to the process until it has ended, by itself or because it is no longer wanted, and reaps it.
async fn watch_over<F: Fn(&[u8])>(child: &mut Child, stderr: Option<ChildStderr>, said: &mut Said<F>, stop: &Notify) {
    let Some(mut stderr) = stderr else { return };
    let mut buffer = [0; 4096];
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            () = stop.notified() => {
                end(child).await;
                return;
            }
            read = stderr.read(&mut buffer), if open => match read {
                Ok(length @ 1..) => said.hear(&buffer[..length]),
                _ => open = false,
            },
            _ = child.wait() => {
                // What it said last may not have been read; a helper of ssh may hold the stream open for ever.
                let rest = async {
                    while let Ok(length @ 1..) = stderr.read(&mut buffer).await {
                        said.hear(&buffer[..length]);
                    }
                };
                let _ = timeout(LAST_WORDS, rest).await;
                return;
            }
        }
    }
}

/// Ends the process and everything in its group: politely, so that it removes its socket, then surely.
async fn end(child: &mut Child) {
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    for signal in [Signal::TERM, Signal::KILL] {
        if let Some(group) = group {
            // It may be gone already; the wait below tells.
            let _ = kill_process_group(group, signal);
        }
        if timeout(PATIENCE, child.wait()).await.is_ok() {
            return;
        }
    }
}
