//! The process that owns a run: the ssh side, the run directory, and the socket at which viewers find it. It is started
//! by [`spawn`](super::spawn) in a session of its own, and lives until the run is over, whoever watches. Follow-ups of
//! the run are driven by the same process, over the connections that stand.

mod adoption;
mod driving;
mod enders;
mod files;

use super::args::RunnerArgs;
use super::errand::Errand;
use super::error::CliError;
use super::runner_log::RunnerLog;
use super::{again, place};
use crate::model::bond::Tie;
use crate::model::exit::ExitStatus;
use crate::model::id::RunId;
use crate::model::request::Force;
use crate::rundir::{Holder, RunDir, RunLock};
use crate::runner::{Adoption, Family};
use crate::transport::Agent;
use crate::transport::openssh::OpenSsh;
use adoption::look_over;
use driving::{Circumstances, Driving};
use enders::Enders;
use files::Files;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::thread;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::{JoinSet, spawn_blocking};

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
    let circumstances = Circumstances {
        tie,
        at_logout: args.at_logout.clone(),
        agent: Agent::at(place::agent()).await,
        enders: Enders::default(),
        files: Files::default(),
    };
    let first = Driving::prepare(dir, (plan, past), &circumstances)?;
    let enders = circumstances.enders.clone();
    if tie == Tie::Starter {
        let enders = enders.clone();
        // A thread, because standard input may be read in no other way; it ends with the process.
        thread::Builder::new()
            .name("lifeline".to_owned())
            .spawn(move || end_with_starter(&enders))
            .map_err(CliError::System)?;
    }
    let signals = tokio::spawn(heed_signals(enders)?);
    {
        let mut out = io::stdout().lock();
        writeln!(out, "{READY}")?;
        out.flush()?;
    }
    drive_all(first, &circumstances).await;
    signals.abort();
    Ok(())
}

/// Drives a run, and every further one that somebody asks for over its connections, until all of them are over.
async fn drive_all(first: Driving, circumstances: &Circumstances) {
    let (wanted, mut adoptions) = unbounded_channel();
    let family = |lender| Family {
        lender,
        adoptions: Some(wanted.clone()),
    };
    let mut runs = JoinSet::new();
    runs.spawn(first.run(family(None)));
    loop {
        tokio::select! {
            biased;
            Some(adoption) = adoptions.recv() => match adopt(&adoption, circumstances).await {
                Ok((driving, run, lock)) => {
                    let family = family(Some(adoption.taken(run)));
                    runs.spawn(async move {
                        driving.run(family).await;
                        drop(lock);
                    });
                }
                Err(error) => adoption.refused(error.to_string()),
            },
            ended = runs.join_next() => match ended {
                Some(Ok(())) => {}
                Some(Err(error)) => tracing::error!(%error, "the task of a run failed"),
                None => return,
            },
        }
    }
}

/// Takes on another run.
async fn adopt(
    adoption: &Adoption<OpenSsh>,
    circumstances: &Circumstances,
) -> Result<(Driving, RunId, RunLock), CliError> {
    let (directory, parent) = (adoption.directory.clone(), Arc::clone(&adoption.parent));
    // The lock may be waited for, and the disk.
    let looked = spawn_blocking(move || look_over(&directory, &parent, &holder())).await;
    let (dir, plan, lock) = looked.map_err(|error| CliError::System(error.into()))??;
    let run = plan.run.clone();
    let driving = Driving::prepare(&dir, (Arc::new(plan), None), circumstances)?;
    let log = RunDir::open(adoption.parent.directory.clone()).log();
    let words = format!(
        "driven by the runner of {}: see {}\n",
        adoption.parent.run,
        log.display()
    );
    if let Err(error) = std::fs::write(dir.log(), words) {
        tracing::debug!(%error, "where the log is cannot be written down");
    }
    tracing::info!(%run, "another run is driven as well");
    Ok((driving, run, lock))
}

/// Ends the run when the process that started it has gone: it holds the other end of standard input.
fn end_with_starter(enders: &Enders) {
    let mut input = io::stdin().lock();
    let mut bytes = [0; 64];
    loop {
        match input.read(&mut bytes) {
            Ok(0) => break,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
            _ => {}
        }
    }
    enders.end("heeler, as the process that started the run has gone", Force::Graceful);
}

/// TERM and INT end the run with grace, and at once when they come again. HUP means nothing: the runner has no terminal.
fn heed_signals(enders: Enders) -> Result<impl Future<Output = ()>, CliError> {
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
            enders.end(&format!("signal {name} to the runner"), force);
            force = Force::Now;
        }
    })
}
