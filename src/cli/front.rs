//! Which front-end shows a run, and what is printed after the dashboard has closed.

use super::args::{DisplayArgs, Front};
use super::error::CliError;
use super::place;
use crate::link::Link;
use crate::model::board::Board;
use crate::model::exit::ExitStatus;
use crate::model::plan::Plan;
use crate::model::request::{Force, Request};
use crate::report::signals::{Action, Ladder, Signals};
use crate::report::{self, Rendering, Style};
use crate::rundir::RunDir;
use crate::transport::Agent;
use crate::tui::{self, Leaving, Look, Opening};
use std::env;
use std::ffi::OsString;
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
    offer_agent(&stage.link).await;
    let screen = io::stdout().is_terminal() && is_able(&|name| env::var_os(name));
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

/// Offers the ssh agent of this session, for a run whose own is gone.
async fn offer_agent(link: &Link) {
    if let Some(socket) = place::agent()
        && Agent::answers(&socket).await
    {
        link.request(Request::Agent { socket });
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

pub(super) fn rendering(terminal: bool) -> Rendering {
    Rendering::of(terminal, may_colour(&|name| env::var_os(name)))
}

/// Whether the terminal understands more than lines of text.
fn is_able(variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
    variable("TERM").is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// Whether colours are understood, and not unwanted.
fn may_colour(variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
    is_able(variable) && variable("NO_COLOR").is_none_or(|value| value.is_empty())
}

async fn dashboard(mut stage: Stage, patience: Duration) -> Result<ExitStatus, CliError> {
    let mut board = Board::new(&stage.plan);
    match before_dashboard(patience, &mut stage.link, &mut board).await? {
        Prelude::Dashboard => {}
        Prelude::Over => {
            summarise(&stage.plan, &board, stage.display.group)?;
            return Ok(ExitStatus::of_tally(board.tally()));
        }
        // Nobody is there to read a summary.
        Prelude::Stopped(ExitStatus::HungUp) => return Ok(ExitStatus::HungUp),
        Prelude::Stopped(status) => {
            summarise(&stage.plan, &board, stage.display.group)?;
            return Ok(status);
        }
    }
    let ending = tui::run(Opening {
        link: stage.link,
        plan: Arc::clone(&stage.plan),
        dir: RunDir::open(stage.plan.directory.clone()),
        board,
        began: stage.began,
        look: Look::from_environment(|name| env::var_os(name)),
    })
    .await;
    // Nobody is there to read a summary, and the terminal must not be touched.
    if matches!(ending.leaving, Leaving::HungUp) {
        return Ok(ExitStatus::HungUp);
    }
    summarise(&stage.plan, &ending.board, stage.display.group)?;
    match ending.leaving {
        Leaving::HungUp => Ok(ExitStatus::HungUp),
        Leaving::Finished => Ok(ExitStatus::of_tally(ending.board.tally())),
        Leaving::Terminated => Ok(ExitStatus::Terminated),
        Leaving::RunnerGone | Leaving::Panicked => Err(CliError::Dashboard),
        Leaving::NoTerminal(error) => Err(CliError::Terminal(error)),
    }
}

/// What the time before the dashboard led to.
enum Prelude {
    /// The run goes on: the dashboard is wanted.
    Dashboard,
    /// The run was over so soon.
    Over,
    /// A signal has ended the run, which asks for this exit status.
    Stopped(ExitStatus),
}

/// Takes in what happens, for a while. A first ^C opens the dashboard at once, where leaving is a question; whatever
/// ends the run instead is followed to the end of it, because nothing is left that a dashboard could be asked for.
async fn before_dashboard(patience: Duration, link: &mut Link, board: &mut Board) -> Result<Prelude, CliError> {
    let mut signals = Signals::listen().map_err(CliError::System)?;
    let (mut ladder, began) = (Ladder::new(true), Instant::now());
    let patience = sleep(patience);
    tokio::pin!(patience);
    loop {
        let stopped = ladder.exit();
        tokio::select! {
            biased;
            signal = signals.next() => match ladder.climb(signal, began.elapsed()) {
                Action::Status => return Ok(Prelude::Dashboard),
                Action::Cancel => link.request(Request::Quit { force: Force::Graceful }),
                Action::Kill => link.request(Request::Quit { force: Force::Now }),
                Action::Nothing => {}
            },
            () = &mut patience, if stopped.is_none() => return Ok(Prelude::Dashboard),
            message = link.next() => match message {
                Some(message) => board.take(&message),
                None => return Ok(stopped.map_or(Prelude::Over, Prelude::Stopped)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_that_know_them() {
        for (term, no_color, coloured) in [
            (Some("xterm"), None, true),
            (Some("xterm"), Some(""), true),
            (Some("xterm"), Some("1"), false),
            (Some("dumb"), None, false),
            (Some(""), None, false),
            (None, None, false),
        ] {
            let variable = |name: &str| if name == "TERM" { term } else { no_color }.map(OsString::from);
            assert_eq!(may_colour(&variable), coloured, "{term:?} {no_color:?}");
        }
    }
}
