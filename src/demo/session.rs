//! One command on one channel, with the semantics of sshd without a terminal: a process in its own session,
//! three pipes, and the channel open until the command has ended *and* its output is at an end. A closed
//! channel closes the pipes and signals nobody. It owns the flow between the two; only `server` starts it.

use std::env;
use std::ffi::OsStr;
use std::future::pending;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use russh::server::{Handle, Msg};
use russh::{Channel, ChannelId, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};
use rustix::process::Signal;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::processes::Processes;
use super::roster::Host;

/// The user that the hosts of the demo know.
pub(super) const USER: &str = "ops";

/// ssh's number for stderr among the extended data of a channel (RFC 4254, 5.2).
const STDERR: u32 = 1;

/// The most that is read from a pipe at once: what the client takes in one packet.
const PIECE: usize = 32 * 1024;

/// A command that was started, and our ends of its pipes.
pub(super) struct Session {
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
    ended: oneshot::Receiver<ExitStatus>,
}

impl Session {
    /// Starts `text` on `host`, as its user's login shell would: `/bin/sh -c text` in `home`. The process
    /// is waited for even if nobody runs the session, and keeps its `slot` until then, as in sshd.
    pub(super) fn start(
        text: &[u8],
        host: &Host,
        home: &Path,
        processes: &Arc<Processes>,
        slot: OwnedSemaphorePermit,
    ) -> io::Result<Self> {
        let mut child = processes.start(&mut shell(text, host, home))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (tell, ended) = oneshot::channel();
        tokio::spawn(reap(child, Arc::clone(processes), slot, tell));
        match pipes {
            (Some(stdin), Some(stdout), Some(stderr)) => Ok(Self {
                stdin,
                stdout,
                stderr,
                ended,
            }),
            _ => Err(io::Error::other("the command has no pipes")),
        }
    }

    /// Carries bytes both ways until the command and its output have ended, or the client closes the channel.
    pub(super) async fn run(self, channel: Channel<Msg>, connection: Handle) {
        let Self {
            stdin,
            stdout,
            stderr,
            ended,
        } = self;
        let (mut incoming, outgoing) = channel.split();
        let (input, queue) = mpsc::unbounded_channel();
        let out = async {
            let exit = async {
                if let Ok(status) = ended.await {
                    report(status, outgoing.id(), &connection).await;
                }
            };
            tokio::join!(
                exit,
                send(stdout, None, &outgoing),
                send(stderr, Some(STDERR), &outgoing)
            );
            // Errors mean that the connection has gone, and with it everybody who could be told.
            let _ = outgoing.eof().await;
            let _ = outgoing.close().await;
        };
        let feed = async {
            feed(stdin, queue).await;
            // The command need not be interested in its input, and goes on without it.
            pending::<()>().await;
        };
        tokio::select! {
            () = out => {}
            () = feed => {}
            () = listen(&mut incoming, input) => {}
        }
    }
}

/// The login shell of a host, with nothing of our own environment but the search path.
fn shell(text: &[u8], host: &Host, home: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(OsStr::from_bytes(text))
        .current_dir(home)
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()))
        .env("HOME", home)
        .env("USER", USER)
        .env("LOGNAME", USER)
        .env("SHELL", "/bin/sh")
        .env("LANG", "C.UTF-8")
        .env("DEMO_HOST", &host.name)
        .env("DEMO_ROLE", host.role.word())
        .env("DEMO_SEED", host.seed.to_string())
        .env("DEMO_PID", std::process::id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits for the command, whatever becomes of its channel. The slot is free before the client can hear of
/// the end: otherwise its next session could be refused.
async fn reap(
    mut child: Child,
    processes: Arc<Processes>,
    slot: OwnedSemaphorePermit,
    tell: oneshot::Sender<ExitStatus>,
) {
    let pid = child.id();
    let status = child.wait().await;
    if let Some(pid) = pid {
        processes.reaped(pid);
    }
    drop(slot);
    if let Ok(status) = status {
        // Nobody listens when the channel was closed first.
        let _ = tell.send(status);
    }
}

/// Sends everything from a pipe, never more than the client's window has room for.
async fn send(mut pipe: impl AsyncRead + Unpin, stream: Option<u32>, outgoing: &ChannelWriteHalf<Msg>) {
    let mut piece = Vec::with_capacity(PIECE);
    while let Ok(1..) = pipe.read_buf(&mut piece).await {
        let bytes = std::mem::replace(&mut piece, Vec::with_capacity(PIECE));
        let sent = match stream {
            None => outgoing.data_bytes(bytes).await,
            Some(stream) => outgoing.extended_data_bytes(stream, bytes).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Takes in what the client sends, until it closes the channel. The input waits in memory for a command
/// that does not read it: russh renews the window before we see the bytes, and waiting here would stall
/// every session of the connection. The demo's input is a short program and a few control lines.
async fn listen(incoming: &mut ChannelReadHalf, input: UnboundedSender<Vec<u8>>) {
    let mut input = Some(input);
    loop {
        match incoming.wait().await {
            Some(ChannelMsg::Data { data }) => {
                if let Some(input) = &input {
                    let _ = input.send(data.to_vec());
                }
            }
            Some(ChannelMsg::Eof) => input = None,
            Some(ChannelMsg::Close) | None => return,
            Some(_) => {}
        }
    }
}

/// Passes the input on to the command, and its end.
async fn feed(mut stdin: ChildStdin, mut queue: UnboundedReceiver<Vec<u8>>) {
    while let Some(bytes) = queue.recv().await {
        if stdin.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

/// Tells the client how the command ended.
async fn report(status: ExitStatus, channel: ChannelId, connection: &Handle) {
    let _ = match (status.code(), status.signal()) {
        (Some(code), _) => connection.exit_status_request(channel, code.cast_unsigned()).await,
        (None, number) => {
            let name = signal_name(number.unwrap_or_default());
            let core = status.core_dumped();
            connection
                .exit_signal_request(channel, name, core, String::new(), String::new())
                .await
        }
    };
}

/// The name of a signal as ssh writes it (RFC 4254, 6.10).
fn signal_name(number: i32) -> Sig {
    const NAMES: [(Signal, Sig); 12] = [
        (Signal::ABORT, Sig::ABRT),
        (Signal::ALARM, Sig::ALRM),
        (Signal::FPE, Sig::FPE),
        (Signal::HUP, Sig::HUP),
        (Signal::ILL, Sig::ILL),
        (Signal::INT, Sig::INT),
        (Signal::KILL, Sig::KILL),
        (Signal::PIPE, Sig::PIPE),
        (Signal::QUIT, Sig::QUIT),
        (Signal::SEGV, Sig::SEGV),
        (Signal::TERM, Sig::TERM),
        (Signal::USR1, Sig::USR1),
    ];
    NAMES
        .into_iter()
        .find(|(signal, _)| signal.as_raw() == number)
        .map_or_else(|| Sig::Custom(format!("SIG{number}@heeler")), |(_, name)| name)
}
