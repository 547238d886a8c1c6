//! From a settled request to a run: the plan, the record, the runner and the front-end are put together here, and here
//! alone.

use super::args::DemoArgs;
use super::error::CliError;
use super::front::{self, Stage};
use super::preflight;
use super::request::{RunRequest, Safety};
use super::sources::{Surroundings, hosts};
use super::tell::tell;
use super::usage::UsageError;
use crate::config::{Config, Ssh};
use crate::demo::{Fleet, story};
use crate::link::Link;
use crate::model::exit::ExitStatus;
use crate::model::id::RunId;
use crate::model::plan::{Plan, Slow};
use crate::rundir::{RunDir, RunDirError, Writer};
use crate::runner::Runner;
use crate::transport::openssh::{OpenSsh, SocketDir, SshOptions};
use std::collections::BTreeMap;
use std::env;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::runtime::Runtime;

/// The limits of the demonstration, so that every state is seen within a minute or so.
const DEMO_TIMEOUT: Duration = Duration::from_secs(50);
const DEMO_SLOW: Duration = Duration::from_secs(20);
const DEMO_GRACE: Duration = Duration::from_secs(5);

/// Carries the request out.
pub(super) fn run(request: &RunRequest) -> Result<ExitStatus, CliError> {
    preflight::check_ssh(&request.ssh)?;
    preflight::check_files(&request.settings, request.hosts.len())?;
    finish(runtime()?, drive(request))
}

/// Waits for the end of all that the future does, but not for a write that nobody reads.
fn finish(runtime: Runtime, all: impl Future<Output = Result<ExitStatus, CliError>>) -> Result<ExitStatus, CliError> {
    let ended = runtime.block_on(all);
    runtime.shutdown_background();
    ended
}

/// Shows the demonstration: a run like any other, over a fleet of our own.
pub(super) fn demo(args: &DemoArgs) -> Result<ExitStatus, CliError> {
    let count = usize::from(args.hosts);
    let mut settings = Config::built_in().settings(count);
    settings.run_timeout = Some(DEMO_TIMEOUT);
    settings.slow = Slow::After(DEMO_SLOW);
    settings.grace = DEMO_GRACE;
    preflight::check_ssh(&Ssh::default())?;
    preflight::check_fleet(count)?;
    finish(runtime()?, async {
        let fleet = Fleet::start(count).await?;
        let names = hosts(
            fleet.node_set(),
            &Surroundings {
                groups: &BTreeMap::new(),
            },
        )
        .map_err(UsageError::from)?;
        let request = RunRequest {
            node_set: names.to_string(),
            hosts: names.into_iter().collect(),
            command: story(),
            hint: None,
            env: Vec::new(),
            settings,
            ssh: Ssh {
                config_file: Some(fleet.ssh_config().to_owned()),
                options: Vec::new(),
            },
            display: args.display.clone(),
            safety: Safety {
                expect: None,
                yes: true,
                confirm_above: count,
                dry_run: false,
            },
            note: Some("demonstration".to_owned()),
        };
        let ended = drive(&request).await;
        fleet.stop().await?;
        ended
    })
}

fn runtime() -> Result<Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::System)
}

async fn drive(request: &RunRequest) -> Result<ExitStatus, CliError> {
    // First what leaves no trace when it cannot be had: a refused request is not a run.
    let sockets = SocketDir::create(runtime_dir().as_deref()).map_err(UsageError::from)?;
    let (plan, writer) = begin(request)?;
    let (link, outlet, wishes) = Link::new();
    let runner = Runner::prepare(Arc::clone(&plan), writer, outlet).map_err(CliError::System)?;
    let options = SshOptions {
        config: request.ssh.config_file.clone(),
        options: request.ssh.options.clone(),
    };
    let transport = OpenSsh::new(options, sockets, runner.words());
    let stage = Stage {
        link,
        plan: Arc::clone(&plan),
        began: runner.began(),
        display: request.display.clone(),
    };
    let running = tokio::spawn(runner.run(transport, wishes));
    let shown = front::show(stage).await;
    match running.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tell(&format!(
            "the record of the run is not complete: {error}; see {}",
            plan.directory.display()
        )),
        Err(error) => tell(&format!("the runner failed: {error}; see {}", plan.directory.display())),
    }
    shown
}

/// Makes the plan, its directory, and the log in it.
fn begin(request: &RunRequest) -> Result<(Arc<Plan>, Writer), CliError> {
    let (run, started) = name_run().map_err(CliError::System)?;
    let dir = RunDir::create(&state_home()?, &run).map_err(UsageError::from)?;
    let plan = Plan {
        run,
        command: request.command.clone(),
        env: request.env.clone(),
        hosts: request.hosts.clone(),
        node_set: request.node_set.clone(),
        settings: request.settings.clone(),
        operator: operator(),
        note: request.note.clone(),
        started,
        directory: dir.path().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let cannot_write = |source| {
        let path = dir.path().to_owned();
        UsageError::from(RunDirError::Create { path, source })
    };
    let log = File::create(dir.log()).map_err(cannot_write)?;
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(Mutex::new(log))
        .finish();
    // A second run in one process keeps the log of the first.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let writer = Writer::create(dir.clone(), &plan).map_err(cannot_write)?;
    Ok((Arc::new(plan), writer))
}

/// A name for the run that sorts by time, and the time, RFC 3339.
fn name_run() -> io::Result<(RunId, String)> {
    let started = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let mut random = [0; 3];
    getrandom::fill(&mut random)?;
    let [a, b, c] = random;
    let compact: String = started.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    Ok((RunId(format!("{compact}-{a:02x}{b:02x}{c:02x}")), started))
}

fn state_home() -> Result<PathBuf, UsageError> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_STATE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/state")))
        .ok_or_else(|| RunDirError::NoHome.into())
}

fn runtime_dir() -> Option<PathBuf> {
    env::var_os("XDG_RUNTIME_DIR")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// Who starts the run, for the record.
fn operator() -> String {
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| env::var(name).ok());
    let machine = rustix::system::uname();
    format!(
        "{}@{}",
        user.unwrap_or_else(|| rustix::process::getuid().as_raw().to_string()),
        machine.nodename().to_string_lossy()
    )
}
