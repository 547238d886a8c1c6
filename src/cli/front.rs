//! Which front-end shows a run, and what is printed after the dashboard has closed.

use super::args::{DisplayArgs, Front};
use super::error::CliError;
use crate::link::Link;
use crate::model::board::Board;
use crate::model::exit::ExitStatus;
use crate::model::plan::Plan;
use crate::model::request::{Force, Request};
use crate::report::signals::Signals;
use crate::report::{self, Rendering, Style};
use crate::rundir::RunDir;
use crate::tui::{self, Leaving, Look, Opening};
use std::env;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// A run that is over sooner needs no dashboard.
const WITHOUT_DASHBOARD: Duration = Duration::from_secs(1);

/// What a front-end is given.
pub(super) struct Stage {
    pub(super) link: Link,
    pub(super) plan: Arc<Plan>,
    pub(super) began: Instant,
    pub(super) display: DisplayArgs,
}

/// Shows the run until it is over; returns the exit status that it and the front-end ask for.
pub(super) async fn show(stage: Stage) -> Result<ExitStatus, CliError> {
    let screen = io::stdout().is_terminal() && env::var_os("TERM").is_some_and(|term| term != "dumb");
    match stage.display.front() {
        Front::Json => print(stage, Style::Json).await,
        Front::Tui => dashboard(stage, Duration::ZERO).await,
        Front::Auto if screen => dashboard(stage, WITHOUT_DASHBOARD).await,
        Front::Auto | Front::Plain => {
            let style = match &stage.display {
                display if display.group => Style::Grouped,
                display => Style::Plain {
                    timestamps: display.timestamps,
                },
            };
            print(stage, style).await
        }
    }
}

async fn print(mut stage: Stage, style: Style) -> Result<ExitStatus, CliError> {
    let options = report::Options {
        style,
        stdout: rendering(io::stdout().is_terminal()),
        stderr: rendering(io::stderr().is_terminal()),
        interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
    };
    Ok(report::run(&mut stage.link, &stage.plan, &options).await?)
}

fn rendering(terminal: bool) -> Rendering {
    Rendering::of(terminal, env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
}

async fn dashboard(mut stage: Stage, patience: Duration) -> Result<ExitStatus, CliError> {
    let mut board = Board::new(&stage.plan);
    let (board, leaving) = if is_over_within(patience, &mut stage.link, &mut board).await? {
        (board, Leaving::Finished)
    } else {
        let ending = tui::run(Opening {
            link: stage.link,
            plan: Arc::clone(&stage.plan),
            dir: RunDir::open(stage.plan.directory.clone()),
            board,
            began: stage.began,
            look: Look::from_environment(|name| env::var_os(name)),
        })
        .await;
        (ending.board, ending.leaving)
    };
    let status = ExitStatus::of_tally(board.tally());
    match leaving {
        // Nobody is there to read a summary, and the terminal must not be touched.
        Leaving::HungUp => return Ok(ExitStatus::HungUp),
        Leaving::Finished => summarise(&stage.plan, &board, stage.display.group)?,
        Leaving::Terminated => {
            summarise(&stage.plan, &board, stage.display.group)?;
            return Ok(ExitStatus::Terminated);
        }
        Leaving::RunnerGone | Leaving::Panicked => {
            summarise(&stage.plan, &board, stage.display.group)?;
            return Err(CliError::Dashboard);
        }
        Leaving::NoTerminal(error) => {
            summarise(&stage.plan, &board, stage.display.group)?;
            return Err(CliError::Terminal(error));
        }
    }
    Ok(status)
}

/// Takes in what happens, for a while; returns whether the run was over by then.
async fn is_over_within(patience: Duration, link: &mut Link, board: &mut Board) -> Result<bool, CliError> {
    let mut signals = Signals::listen().map_err(CliError::System)?;
    let patience = sleep(patience);
    tokio::pin!(patience);
    loop {
        tokio::select! {
            biased;
            () = &mut patience => return Ok(false),
            _ = signals.next() => link.request(Request::Quit { force: Force::Graceful }),
            message = link.next() => match message {
                Some(message) => board.take(&message),
                None => return Ok(true),
            },
        }
    }
}

fn summarise(plan: &Plan, board: &Board, grouped: bool) -> Result<(), CliError> {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let rendering = rendering(out.is_terminal());
    Ok(report::after_dashboard(
        (board, plan),
        grouped,
        (&mut out, rendering),
        &mut err,
    )?)
}
