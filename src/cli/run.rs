//! From a settled request to a run: the plan, the record, the runner and the front-end are put together here, and here
//! alone.

use super::args::DemoArgs;
use super::display::DisplayArgs;
use super::errand::Errand;
use super::error::CliError;
use super::front::{self, Arrival, Stage};
use super::launch::Driven;
use super::prepare::prepare;
use super::request::{RunRequest, Safety};
use super::runtime::{finish, runtime};
use super::session;
use super::sources::{Surroundings, hosts};
use super::spawn;
use super::tell::tell;
use super::tie::{Begin, TieArgs};
use super::usage::UsageError;
use super::{place, preflight};
use crate::config::{Config, OnHangup, Ssh};
use crate::demo::{Fleet, story};
use crate::link::greet::Rights;
use crate::model::bond::Tie;
use crate::model::exit::ExitStatus;
use crate::model::plan::{Plan, Slow};
use crate::rundir::RunDir;
use crate::transport::openssh::SocketDir;
use crate::tui::Access;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

/// The limits of the demonstration, so that every state is seen within a minute or so.
const DEMO_TIMEOUT: Duration = Duration::from_secs(50);
const DEMO_SLOW: Duration = Duration::from_secs(20);
const DEMO_GRACE: Duration = Duration::from_secs(5);

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
            tie: TieArgs::default(),
            on_hangup: OnHangup::Cancel,
            safety: Safety {
                expect: None,
                yes: true,
                confirm_above: count,
                dry_run: false,
            },
            fields: args.display.fields.fields()?,
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
    let display = (&request.display, Some(request.safety.confirm_above));
    launch(&dir, plan, display, (begin, Errand::Begin)).await
}

/// Takes up a run that was interrupted.
pub(super) fn take_up(
    dir: &RunDir,
    plan: Arc<Plan>,
    display: &DisplayArgs,
    how: (Begin, Errand),
) -> Result<ExitStatus, CliError> {
    finish(runtime()?, launch(dir, plan, (display, None), how))
}

/// Starts the runner of a run whose plan is written, and shows the run, or leaves it to itself.
async fn launch(
    dir: &RunDir,
    plan: Arc<Plan>,
    (display, confirm_above): (&DisplayArgs, Option<usize>),
    (begin, errand): (Begin, Errand),
) -> Result<ExitStatus, CliError> {
    let driven = Driven::start(dir, begin.tie(), errand).await?;
    if begin == Begin::Detached {
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
    let way = spawn::connect(dir, Rights::Write).await?;
    let arrival = match errand {
        Errand::Begin => Arrival::First,
        Errand::Resume(_) => Arrival::Later(Access::Full),
    };
    let stage = Stage::new(way, plan, display, (driven.bond(), arrival));
    let shown = session::show(stage, confirm_above).await;
    driven.settle(&shown).await;
    shown
}
