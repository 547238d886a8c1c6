//! The process that owns a run: the ssh side, the run directory, and the socket at which viewers find it. It is started
//! by [`spawn`](super::spawn) in a session of its own, and lives until the run is over, whoever watches.

use super::args::RunnerArgs;
use super::errand::Errand;
use super::error::CliError;
use super::runner_log::RunnerLog;
use super::{again, place, preflight};
use crate::link::hub::{About, Hub};
use crate::link::{self, Asked};
use crate::model::bond::Tie;
use crate::model::exit::ExitStatus;
use crate::model::request::{Force, Request};
use crate::rundir::{Holder, Holdings, RunDir, RunLock, Writer};
use crate::runner::Runner;
use crate::transport::Agent;
use crate::transport::openssh::{OpenSsh, SocketDir};
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::thread;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedSender;

/// What the runner says on its standard output when viewers can come.
pub(super) const READY: &str = "ready";

/// Runs a run to its end.
pub(super) fn run(args: &RunnerArgs) -> Result<ExitStatus, CliError> {
    let dir = RunDir::open(args.directory.clone());
    let lock = match RunLock::take(&dir, &holder()) {
        Ok(lock) => lock,
        Err(error) => {
            let _gone = writeln!(io::stdout().lock(), "{error}");
            return Err(CliError::Runner(error.to_string()));
        }
    };
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(dir.log())?;
    let log = RunnerLog::start(log)?;
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
    let runtime = super::runtime::runtime()?;
    let ended = runtime.block_on(drive(&dir, args));
    if let Err(error) = &ended {
        tracing::error!(%error, "the run could not begin");
        // Whoever started this waits for a word.
        let _gone = writeln!(io::stdout().lock(), "{error}");
    }
    log.flush();
    drop(lock);
    runtime.shutdown_background();
    ended.map(|()| ExitStatus::AllOk)
}

/// This process, for the lock.
fn holder() -> Holder {
    Holder {
        pid: std::process::id(),
        machine: place::machine(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

async fn drive(dir: &RunDir, args: &RunnerArgs) -> Result<(), CliError> {
    let tie = args.tie();
    let (plan, past) = match args.errand.errand() {
        Errand::Begin if dir.events().exists() => {
            let events = dir.events();
            return Err(CliError::Runner(format!("there is {} already", events.display())));
        }
        Errand::Begin => (Arc::new(dir.read_plan().map_err(super::usage::UsageError::from)?), None),
        Errand::Resume(lost) => again::take_over(dir, lost)?,
    };
    preflight::check_files(&plan.settings, plan.hosts.len())?;
    let sockets = SocketDir::create(place::sockets(tie).as_deref()).map_err(super::usage::UsageError::from)?;
    let writer = Writer::open(dir.clone()).map_err(CliError::System)?;
    let (outlet, wishes, ends) = link::ends();
    let asked = ends.asked.clone();
    let runner = match past {
        None => Runner::prepare(Arc::clone(&plan), writer, outlet),
        Some(past) => Runner::resume(Arc::clone(&plan), past, writer, outlet),
    };
    let runner = runner.map_err(CliError::System)?;
    runner.heed_sleep();
    let widths = Arc::clone(&plan);
    let fitting = move |width| preflight::fitting_width(&widths.settings, widths.hosts.len(), width);
    let runner = runner.fitting(Box::new(fitting));
    let about = About {
        run: plan.run.clone(),
        tie,
        starter: (tie == Tie::Starter).then(parent).flatten(),
        logout: args.at_logout.clone(),
        user: place::user(),
        now: Box::new(runner.time()),
    };
    let hub = Hub::open(&dir.socket(), about, ends).map_err(CliError::System)?;
    if tie == Tie::Starter {
        let asked = asked.clone();
        // A thread, because standard input may be read in no other way; it ends with the process.
        thread::Builder::new()
            .name("lifeline".to_owned())
            .spawn(move || end_with_starter(&asked))
            .map_err(CliError::System)?;
    }
    let signals = tokio::spawn(heed_signals(asked)?);
    let holdings = Holdings::begin(dir).map_err(CliError::System)?;
    let transport = OpenSsh::new(
        plan.ssh.clone(),
        sockets,
        (Arc::new(move |holding| holdings.note(holding)), runner.words()),
        Agent::at(place::agent()).await,
    );
    let serving = tokio::spawn(hub.serve());
    {
        let mut out = io::stdout().lock();
        writeln!(out, "{READY}")?;
        out.flush()?;
    }
    runner.run(transport, wishes).await;
    // All of them are reaped.
    if let Err(error) = dir.forget_holdings() {
        tracing::warn!(%error, "the list of ssh processes stays");
    }
    let _ = serving.await;
    signals.abort();
    Ok(())
}

/// The process that started this one.
fn parent() -> Option<i32> {
    rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get())
}

/// Ends the run when the process that started it has gone: it holds the other end of standard input.
fn end_with_starter(asked: &UnboundedSender<Asked>) {
    let mut input = io::stdin().lock();
    let mut bytes = [0; 64];
    loop {
        match input.read(&mut bytes) {
            Ok(0) => break,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
            _ => {}
        }
    }
    let who = "heeler, as the process that started the run has gone".to_owned();
    let force = Force::Graceful;
    let _over = asked.send(Asked {
        who,
        request: Request::Quit { force },
        secret: None,
    });
}

/// TERM and INT end the run with grace, and at once when they come again. HUP means nothing: the runner has no terminal.
fn heed_signals(asked: UnboundedSender<Asked>) -> Result<impl Future<Output = ()>, CliError> {
    let listen = |kind| signal(kind).map_err(CliError::System);
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    Ok(async move {
        let mut force = Force::Graceful;
        loop {
            let name = tokio::select! {
                _ = terminate.recv() => "TERM",
                _ = interrupt.recv() => "INT",
                _ = hang_up.recv() => continue,
            };
            let who = format!("signal {name} to the runner");
            let _over = asked.send(Asked {
                who,
                request: Request::Quit { force },
                secret: None,
            });
            force = Force::Now;
        }
    })
}
