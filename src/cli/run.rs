//! From a settled request to a run: the plan, the record, the runner and the front-end are put together here, and here
//! alone.

use super::args::DemoArgs;
use super::display::DisplayArgs;
use super::errand::Errand;
use super::error::CliError;
use super::front::{self, Arrival, Stage};
use super::request::{RunRequest, Safety};
use super::runtime::{finish, runtime};
use super::sources::{Surroundings, hosts};
use super::spawn::{self, Spawned};
use super::tell::tell;
use super::tie::{Begin, TieArgs};
use super::usage::UsageError;
use super::{place, preflight};
use crate::config::{Config, OnHangup, Ssh, Taste};
use crate::demo::{Fleet, story};
use crate::link::greet::Rights;
use crate::model::bond::{Bond, Tie};
use crate::model::exit::ExitStatus;
use crate::model::id::RunId;
use crate::model::plan::{PLAN_FORMAT, Plan, Slow, SshCall};
use crate::rundir::{RunDir, RunDirError, Writer, network_name};
use crate::transport::openssh::SocketDir;
use crate::tui::Access;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The limits of the demonstration, so that every state is seen within a minute or so.
const DEMO_TIMEOUT: Duration = Duration::from_secs(50);
const DEMO_SLOW: Duration = Duration::from_secs(20);
const DEMO_GRACE: Duration = Duration::from_secs(5);

/// How long the runner may take to close what is left when its run is over, where it ends with this program.
const CLOSING: Duration = Duration::from_secs(10);
/// The same where it does not.
const CLOSING_FREE: Duration = Duration::from_secs(1);

/// Carries the request out.
pub(super) fn run(request: &RunRequest) -> Result<ExitStatus, CliError> {
    preflight::check_ssh(&request.ssh)?;
    preflight::check_files(&request.settings, request.hosts.len())?;
    let begin = request
        .tie
        .begin(request.on_hangup, front::is_dashboard(&request.display));
    finish(runtime()?, drive(request, begin))
}

/// Shows the demonstration: a run like any other, over a fleet of our own.
pub(super) fn demo(args: &DemoArgs) -> Result<ExitStatus, CliError> {
    let taste = front::own_taste()?;
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
            taste,
            tie: TieArgs::default(),
            on_hangup: OnHangup::Cancel,
            safety: Safety {
                expect: None,
                yes: true,
                confirm_above: count,
                dry_run: false,
            },
            note: Some("demonstration".to_owned()),
            repeats: None,
        };
        let ended = drive(&request, Begin::Shown(Tie::Starter)).await;
        fleet.stop().await?;
        ended
    })
}

async fn drive(request: &RunRequest, begin: Begin) -> Result<ExitStatus, CliError> {
    // First what leaves no trace when it cannot be had: a refused request is not a run.
    drop(SocketDir::create(place::sockets(begin.tie()).as_deref()).map_err(UsageError::from)?);
    let (plan, dir) = prepare(request)?;
    launch(&dir, plan, (&request.display, &request.taste), (begin, Errand::Begin)).await
}

/// Takes up a run that was interrupted.
pub(super) fn take_up(
    dir: &RunDir,
    plan: Arc<Plan>,
    shown: (&DisplayArgs, &Taste),
    how: (Begin, Errand),
) -> Result<ExitStatus, CliError> {
    finish(runtime()?, launch(dir, plan, shown, how))
}

/// Starts the runner of a run whose plan is written, and shows the run, or leaves it to itself.
async fn launch(
    dir: &RunDir,
    plan: Arc<Plan>,
    shown: (&DisplayArgs, &Taste),
    (begin, errand): (Begin, Errand),
) -> Result<ExitStatus, CliError> {
    let spawned = Spawned::start(dir, begin.tie(), errand).await?;
    let bond = match begin {
        Begin::Detached => {
            let run = &plan.run;
            tell(&format!("the run goes on by itself; heeler attach {run} shows it"));
            let mut out = io::stdout().lock();
            if let Err(error) = writeln!(out, "{run}").and_then(|()| out.flush()) {
                tell(&format!(
                    "the id of run {run} cannot be written to standard output: {error}; the run goes on"
                ));
                return Ok(ExitStatus::LeftRunning);
            }
            return Ok(ExitStatus::AllOk);
        }
        Begin::Shown(Tie::Starter) => Bond::Tied,
        Begin::Shown(Tie::Free) => Bond::Free,
    };
    let way = spawn::connect(dir, Rights::Write).await?;
    let arrival = match errand {
        Errand::Begin => Arrival::First,
        Errand::Resume(_) => Arrival::Later(Access::Full),
    };
    let shown = front::show(Stage::new(way, plan, shown, (bond, arrival))).await;
    match (bond, &shown) {
        (Bond::Tied, _) => spawned.ended(CLOSING).await,
        // Somebody else may keep the run open.
        (_, Ok(status)) if !matches!(status, ExitStatus::LeftRunning | ExitStatus::HungUp) => {
            spawned.ended(CLOSING_FREE).await;
        }
        _ => {}
    }
    shown
}

/// Makes the plan and its directory.
fn prepare(request: &RunRequest) -> Result<(Arc<Plan>, RunDir), CliError> {
    let now = SystemTime::now();
    let (run, started) = name_run(now).map_err(CliError::System)?;
    let dir = RunDir::create(&place::state_home()?, &run).map_err(UsageError::from)?;
    let plan = Plan {
        format: PLAN_FORMAT,
        run,
        command: request.command.clone(),
        env: request.env.clone(),
        hosts: request.hosts.clone(),
        node_set: request.node_set.clone(),
        settings: request.settings.clone(),
        ssh: SshCall {
            config_file: request.ssh.config_file.clone(),
            options: request.ssh.options.clone(),
        },
        parent: request.repeats.as_ref().map(|repeats| repeats.parent.clone()),
        doubts: request
            .repeats
            .as_ref()
            .map_or_else(Vec::new, |repeats| repeats.doubts(now)),
        operator: place::operator(),
        note: request.note.clone(),
        started,
        directory: dir.path().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Writer::write_plan(&dir, &plan).map_err(|source| {
        // A refused request is not a run. Only what is empty is removed.
        dir.remove_empty();
        let path = dir.path().to_owned();
        UsageError::from(RunDirError::Create { path, source })
    })?;
    if let Ok(Some(name)) = network_name(dir.path()) {
        tell(&format!(
            "the record of this run is on {name}: while that does not answer, jobs go on and their output waits; \
             attach to the run on this machine only"
        ));
    }
    Ok((Arc::new(plan), dir))
}

/// A name for the run that sorts by time, and the time, RFC 3339.
fn name_run(now: SystemTime) -> io::Result<(RunId, String)> {
    let started = humantime::format_rfc3339_seconds(now).to_string();
    let mut random = [0; 3];
    getrandom::fill(&mut random)?;
    let [a, b, c] = random;
    let compact: String = started.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    Ok((RunId(format!("{compact}-{a:02x}{b:02x}{c:02x}")), started))
}
