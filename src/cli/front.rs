//! Which front-end shows a run, what becomes of the run when that goes, and what is printed after the dashboard has
//! closed.

use super::display::{DisplayArgs, Front};
use super::error::CliError;
use super::place;
use super::reach::take_backlog;
use super::tell::tell;
use super::usage::UsageError;
use crate::config::{self, Taste};
use crate::history::{Record, State, rest, tails};
use crate::link::greet::Welcome;
use crate::link::{Farewell, Link};
use crate::model::board::{Board, Course};
use crate::model::bond::{Bond, Tie};
use crate::model::exit::ExitStatus;
use crate::model::id::RunId;
use crate::model::plan::Plan;
use crate::model::request::{Force, Request};
use crate::model::summons::Summons;
use crate::report::signals::{Action, Ladder, Signals};
use crate::report::{self, Reader, Rendering, Style};
use crate::rundir::RunDir;
use crate::transport::Agent;
use crate::tui::{self, Access, Bookmark, Ending, Errand, Hint, Leaving, Look, Opening, Seat, Session};
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// A run that is over sooner needs no dashboard.
const WITHOUT_DASHBOARD: Duration = Duration::from_secs(1);

/// What a front-end is given.
pub(super) struct Stage {
    link: Link,
    welcome: Welcome,
    plan: Arc<Plan>,
    /// When the run began.
    began: Instant,
    display: DisplayArgs,
    taste: Taste,
    bond: Bond,
    arrival: Arrival,
}

/// When a front-end comes to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// At its start: it may be over before a dashboard is worth while.
    First,
    /// In the midst of it: what has happened is shown at once.
    Later(Access),
}

/// The front-end that was asked for, where standard output leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The dashboard, after a while.
    Dashboard(Duration),
    /// Text.
    Print(Style),
}

impl Stage {
    /// A stage for the run to which this link leads.
    pub(super) fn new(
        (link, welcome): (Link, Welcome),
        plan: Arc<Plan>,
        (display, taste): (&DisplayArgs, &Taste),
        (bond, arrival): (Bond, Arrival),
    ) -> Self {
        Self {
            link,
            plan: display.fields.laid_over(plan),
            began: ago(welcome.now.0),
            welcome,
            display: display.clone(),
            taste: taste.clone(),
            bond,
            arrival,
        }
    }
}

/// The moment so long ago.
fn ago(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_sub(time).unwrap_or(now)
}

/// Whether the run will be shown in the dashboard.
pub(super) fn is_dashboard(display: &DisplayArgs) -> bool {
    matches!(kind(display), Kind::Dashboard(_))
}

/// Whether the run will be told in lines as they come.
pub(super) fn is_plain(display: &DisplayArgs) -> bool {
    matches!(kind(display), Kind::Print(Style::Plain { .. }))
}

/// Whether standard output is a terminal on which the dashboard can be shown.
pub(super) fn has_screen() -> bool {
    io::stdout().is_terminal() && is_able(&|name| env::var_os(name))
}

fn kind(display: &DisplayArgs) -> Kind {
    match display.front() {
        Front::Json => Kind::Print(Style::Json),
        Front::Tui => Kind::Dashboard(Duration::ZERO),
        Front::Auto if has_screen() => Kind::Dashboard(WITHOUT_DASHBOARD),
        Front::Auto | Front::Plain if display.group => Kind::Print(Style::Grouped),
        Front::Auto | Front::Plain => Kind::Print(Style::Plain {
            timestamps: display.timestamps,
        }),
    }
}

/// A dashboard as it is opened, and opened again after another one was shown.
pub(super) struct Scene {
    /// What was asked.
    pub(super) plan: Arc<Plan>,
    dir: RunDir,
    /// The run as it stands.
    pub(super) board: Board,
    began: Instant,
    /// What the dashboard is to the run.
    pub(super) seat: Seat,
    /// The way to the runner, if there is one.
    pub(super) link: Option<Link>,
    /// How results are printed.
    pub(super) display: DisplayArgs,
    /// How the operator wants the dashboard.
    pub(super) taste: Taste,
}

/// What became of a front-end.
pub(super) enum Shown {
    /// It has gone, and so has whoever sat there, with this exit status; a dashboard says what was typed.
    Left(ExitStatus, Option<Bookmark>),
    /// A further command is to be run and shown, and then this dashboard again.
    FollowUp(Box<Scene>, Bookmark, Errand),
}

/// Shows the run until it is over or left.
pub(super) async fn show(stage: Stage, session: Session) -> Result<Shown, CliError> {
    if stage.arrival != Arrival::Later(Access::ReadOnly) {
        offer_agent(&stage.link).await;
    }
    let left = |status| Shown::Left(status, None);
    match (kind(&stage.display), stage.arrival) {
        (Kind::Print(style), _) => print(stage, style).await.map(left),
        (Kind::Dashboard(patience), Arrival::First) => open_after(stage, patience, session).await,
        (Kind::Dashboard(_), Arrival::Later(access)) => open_at_once(stage, access, session).await,
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

/// Says how to come back to a run that was left, and how long it goes on; and, before that, if its runner may not have
/// heard what was asked of it.
pub(super) fn tell_left(run: &RunId, tie: Tie, farewell: Farewell) {
    if farewell == Farewell::Unheard {
        tell(&format!(
            "the runner of {run} does not answer, and may not have heard what was asked last; it may be stopped: see \
             heeler show {run}"
        ));
    }
    let lasts = match tie {
        Tie::Free => "",
        Tie::Starter => " until the program ends that started it",
    };
    tell(&format!(
        "run {run} goes on{lasts}; heeler attach {run} comes back to it"
    ));
}

/// Says how to come back to a run that goes on, but not over the link that was watched.
pub(super) fn tell_cut_off(run: &RunId) {
    tell(&format!(
        "the link to run {run} is lost, and the run goes on, perhaps with another runner; heeler attach {run} comes back \
         to it"
    ));
}

/// Says what to do about a run whose runner is gone.
pub(super) fn tell_interrupted(run: &RunId) {
    tell(&format!(
        "the runner of {run} is gone without having ended the run; heeler resume {run} finishes it"
    ));
}

async fn print(stage: Stage, style: Style) -> Result<ExitStatus, CliError> {
    let Stage {
        mut link,
        welcome,
        plan,
        bond,
        ..
    } = stage;
    let options = report::Options {
        style,
        stdout: rendering(io::stdout().is_terminal()),
        stderr: rendering(io::stderr().is_terminal()),
        interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
        bond,
        backlog: welcome.backlog,
    };
    let end = report::run(&mut link, &plan, &options).await?;
    Ok(match end {
        report::End::Over(status) => status,
        report::End::Interrupted => {
            tell_interrupted(&plan.run);
            ExitStatus::Unreachable
        }
        report::End::CutOff => {
            tell_cut_off(&plan.run);
            ExitStatus::LeftRunning
        }
        report::End::Left(status) => {
            let farewell = link.close().await;
            if status != ExitStatus::HungUp {
                tell_left(&plan.run, welcome.tie, farewell);
            }
            status
        }
    })
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

/// Opens the dashboard if the run is not over by then.
async fn open_after(mut stage: Stage, patience: Duration, session: Session) -> Result<Shown, CliError> {
    let mut board = Board::new(&stage.plan);
    let prelude = before_dashboard(patience, &mut stage, &mut board).await?;
    if let Prelude::Dashboard = prelude {
        return open(Scene::of(stage, board, Access::Full), session).await;
    }
    let status = without_dashboard(stage, board, prelude).await?;
    Ok(Shown::Left(status, None))
}

async fn without_dashboard(stage: Stage, mut board: Board, prelude: Prelude) -> Result<ExitStatus, CliError> {
    match prelude {
        Prelude::Over if board.course().is_live() => {
            let dir = RunDir::open(stage.plan.directory.clone());
            let rest = rest(dir, stage.link.told()).await;
            if rest.is_live() {
                tell_cut_off(&stage.plan.run);
                return Ok(ExitStatus::LeftRunning);
            }
            for event in &rest.events {
                board.apply(event);
            }
            board.interrupt();
            over(&stage.plan, &board, stage.display.group)
        }
        Prelude::Over | Prelude::Dashboard => over(&stage.plan, &board, stage.display.group),
        // Nobody is there to read a summary.
        Prelude::Stopped(ExitStatus::HungUp) => Ok(ExitStatus::HungUp),
        Prelude::Stopped(status) => {
            summarise(&stage.plan, &board, stage.display.group)?;
            Ok(status)
        }
        Prelude::Left(status) => {
            let farewell = stage.link.close().await;
            if status != ExitStatus::HungUp {
                tell_left(&stage.plan.run, stage.welcome.tie, farewell);
            }
            Ok(status)
        }
    }
}

/// Opens the dashboard with all that has happened so far.
async fn open_at_once(mut stage: Stage, access: Access, session: Session) -> Result<Shown, CliError> {
    let mut board = take_backlog(&mut stage.link, &stage.welcome, &stage.plan).await;
    let (plan, dir) = (Arc::clone(&stage.plan), RunDir::open(stage.plan.directory.clone()));
    let read = move || {
        if let Err(error) = tails(&plan, &dir, &mut board) {
            tracing::warn!(%error, "some output cannot be read");
        }
        board
    };
    let board = spawn_blocking(read)
        .await
        .map_err(|error| CliError::System(error.into()))?;
    open(Scene::of(stage, board, access), session).await
}

impl Scene {
    fn of(stage: Stage, board: Board, access: Access) -> Self {
        Self {
            dir: RunDir::open(stage.plan.directory.clone()),
            board,
            began: stage.began,
            seat: Seat {
                bond: stage.bond,
                access,
                tie: stage.welcome.tie,
                who: Some(stage.welcome.who),
                logout: stage.welcome.logout,
            },
            link: Some(stage.link),
            display: stage.display,
            taste: stage.taste,
            plan: stage.plan,
        }
    }

    /// A run that nobody has looked at yet.
    pub(super) fn unseen(stage: Stage) -> Self {
        let board = Board::new(&stage.plan);
        Self::of(stage, board, Access::Full)
    }

    /// The record of a run that is over.
    pub(super) async fn of_record(record: Record, taste: Taste) -> Result<Self, CliError> {
        let Record {
            dir, plan, mut board, ..
        } = record;
        let last = board.last();
        let (read_plan, read_dir) = (Arc::clone(&plan), dir.clone());
        let read = move || {
            if let Err(error) = tails(&read_plan, &read_dir, &mut board) {
                tracing::warn!(%error, "some output cannot be read");
            }
            board
        };
        let board = spawn_blocking(read)
            .await
            .map_err(|error| CliError::System(error.into()))?;
        Ok(Self {
            plan,
            dir,
            board,
            began: ago(last.0),
            seat: lonely(Bond::Record),
            link: None,
            display: DisplayArgs::default(),
            taste,
        })
    }

    /// Hosts for a run that has not begun.
    pub(super) fn of_plan(plan: Plan, display: DisplayArgs, taste: Taste) -> Self {
        Self {
            dir: RunDir::open(plan.directory.clone()),
            board: Board::new(&plan),
            plan: Arc::new(plan),
            began: Instant::now(),
            seat: lonely(Bond::Planned),
            link: None,
            display,
            taste,
        }
    }
}

/// The seat before what has no runner.
fn lonely(bond: Bond) -> Seat {
    Seat {
        bond,
        tie: Tie::Free,
        access: Access::Full,
        who: None,
        logout: None,
    }
}

/// Opens a dashboard.
pub(super) async fn open(scene: Scene, session: Session) -> Result<Shown, CliError> {
    let Scene {
        plan,
        dir,
        board,
        began,
        seat,
        link,
        display,
        taste,
    } = scene;
    let (summons, hint) = match seat.bond {
        Bond::Tied | Bond::Free if seat.access == Access::Full => (taste.summons, place::first_time()),
        Bond::Tied | Bond::Free => (taste.summons, Hint::None),
        Bond::Record | Bond::Planned => (Summons::default(), Hint::None),
    };
    let mut ending = Box::pin(tui::run(Opening {
        link,
        plan: Arc::clone(&plan),
        dir: dir.clone(),
        board,
        began,
        look: look(&taste),
        seat: seat.clone(),
        summons,
        session,
        keys: taste.keys.clone(),
        mouse: taste.mouse,
        hint,
    }))
    .await;
    let bookmark = ending.bookmark.clone();
    if let Leaving::FollowUp(errand) = ending.leaving {
        let scene = Scene {
            plan,
            dir,
            board: ending.board,
            began,
            seat,
            link: ending.link.take(),
            display,
            taste,
        };
        return Ok(Shown::FollowUp(Box::new(scene), bookmark, errand));
    }
    let left = match seat.bond {
        Bond::Record | Bond::Planned => left_alone(ending.leaving),
        Bond::Tied | Bond::Free => left(&plan, &seat, ending, display.group).await,
    };
    left.map(|status| Shown::Left(status, Some(bookmark)))
}

/// What is left to do and say when the dashboard of a run has gone.
async fn left(plan: &Plan, seat: &Seat, ending: Ending, grouped: bool) -> Result<ExitStatus, CliError> {
    // Nobody is there to read a summary, and the terminal must not be touched.
    if matches!(ending.leaving, Leaving::HungUp) {
        return Ok(ExitStatus::HungUp);
    }
    if matches!(ending.leaving, Leaving::CutOff) {
        tell_cut_off(&plan.run);
        return Ok(ExitStatus::LeftRunning);
    }
    let goes_on = seat.bond == Bond::Free && ending.board.course().is_live() && !ending.board.all_done();
    if goes_on {
        match ending.leaving {
            Leaving::Panicked => tell("the dashboard failed; please report what stands above"),
            Leaving::NoTerminal(error) => tell(&format!("the terminal cannot be used: {error}; use --plain")),
            _ => {}
        }
        tell_left(&plan.run, seat.tie, ending.farewell);
        return Ok(ExitStatus::LeftRunning);
    }
    let Some(board) = newest(plan, ending.board).await else {
        tell_cut_off(&plan.run);
        return Ok(ExitStatus::LeftRunning);
    };
    match ending.leaving {
        Leaving::HungUp => Ok(ExitStatus::HungUp),
        Leaving::CutOff => Ok(ExitStatus::LeftRunning),
        Leaving::Finished | Leaving::Detached | Leaving::FollowUp(_) => over(plan, &board, grouped),
        Leaving::Terminated => {
            summarise(plan, &board, grouped)?;
            Ok(ExitStatus::Terminated)
        }
        Leaving::Panicked => {
            summarise(plan, &board, grouped)?;
            Err(CliError::Dashboard)
        }
        Leaving::NoTerminal(error) => {
            summarise(plan, &board, grouped)?;
            Err(CliError::Terminal(error))
        }
    }
}

/// The same where there is no runner, and nothing that could go on.
fn left_alone(leaving: Leaving) -> Result<ExitStatus, CliError> {
    match leaving {
        Leaving::HungUp => Ok(ExitStatus::HungUp),
        Leaving::Terminated => Ok(ExitStatus::Terminated),
        Leaving::Finished | Leaving::Detached | Leaving::CutOff | Leaving::FollowUp(_) => Ok(ExitStatus::AllOk),
        Leaving::Panicked => Err(CliError::Dashboard),
        Leaving::NoTerminal(error) => Err(CliError::Terminal(error)),
    }
}

/// The run as it stands now. One that was interrupted may have been taken up again while that was on the screen; `None`
/// when it goes on.
async fn newest(plan: &Plan, board: Board) -> Option<Board> {
    if board.course() != Course::Interrupted {
        return Some(board);
    }
    let dir = RunDir::open(plan.directory.clone());
    match spawn_blocking(move || Record::open(dir)).await {
        Ok(Ok(record)) => match record.state {
            State::Live { .. } => None,
            State::Ended { .. } => Some(record.board),
            State::Interrupted if record.board.resumed() > board.resumed() => Some(record.board),
            // The same as was shown, which knows the output as well.
            State::Interrupted => Some(board),
        },
        // A record that cannot be read tells nothing new.
        _ => Some(board),
    }
}

/// How the operator wants the dashboard, by his own configuration.
pub(super) fn own_taste() -> Result<Taste, UsageError> {
    Ok(config::load(&place::home(), None)?.taste()?)
}

fn look(taste: &Taste) -> Look {
    Look::new(taste.theme, taste.glyphs, |name| env::var_os(name))
}

/// Prints how the run ended, or was interrupted; the exit status says it too.
fn over(plan: &Plan, board: &Board, grouped: bool) -> Result<ExitStatus, CliError> {
    summarise(plan, board, grouped)?;
    if board.course() == Course::Interrupted {
        tell_interrupted(&plan.run);
        return Ok(ExitStatus::Unreachable);
    }
    Ok(ExitStatus::of_tally(board.tally()))
}

/// What the time before the dashboard led to.
enum Prelude {
    /// The run goes on: the dashboard is wanted.
    Dashboard,
    /// The run was over so soon, or its runner is gone.
    Over,
    /// A signal has ended the run, which asks for this exit status.
    Stopped(ExitStatus),
    /// A signal has ended this program; the run goes on.
    Left(ExitStatus),
}

/// Takes in what happens, for a while. A first ^C opens the dashboard at once, where leaving is a question; whatever
/// ends a tied run instead is followed to the end of it, because nothing is left that a dashboard could be asked for.
async fn before_dashboard(patience: Duration, stage: &mut Stage, board: &mut Board) -> Result<Prelude, CliError> {
    let mut signals = Signals::listen().map_err(CliError::System)?;
    let (mut ladder, began) = (Ladder::new(true), Instant::now());
    let link = &mut stage.link;
    let patience = sleep(patience);
    tokio::pin!(patience);
    loop {
        let stopped = ladder.exit();
        tokio::select! {
            biased;
            signal = signals.next() => match ladder.climb(signal, began.elapsed()) {
                Action::Status => return Ok(Prelude::Dashboard),
                Action::Cancel | Action::Kill if stage.bond == Bond::Free => {
                    return Ok(Prelude::Left(ladder.left()));
                }
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
        (&mut err, Reader::of_stderr()),
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
