//! The loop: waits for whatever comes next, keys before signals before messages, lets the dashboard take it in, does
//! what that asks for, and draws at a measured pace. Everything that touches the world is here and nowhere above.

use super::comparing::Comparing;
use super::finding::Finding;
use super::measuring::Measuring;
use super::pace::Pace;
use super::reading::Reading;
use super::signals::{Heard, Signals, can_stop};
use super::survey::Survey;
use super::terminal::{Screen, has_panicked};
use super::theme::Look;
use super::words::Words;
use super::{export, keys, view, visit};
use crate::app::{
    Access, App, Bookmark, Compared, Effect, Effects, Errand, Found, Measured, Msg, Seat, Session, Size, Sketch, Visit,
    suspended, title, update,
};
use crate::history::rest;
use crate::link::{Farewell, Link};
use crate::model::board::Board;
use crate::model::bond::Bond;
use crate::model::event::Message;
use crate::model::id::JobId;
use crate::model::plan::Plan;
use crate::model::request::{Force, Request};
use crate::model::secret::Secret;
use crate::model::stamp::Stamp;
use crate::model::summons::Summons;
use crate::rundir::RunDir;
use crossterm::event::{Event, EventStream};
use futures_core::Stream as _;
use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::io::{self, Write as _};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tokio::time::sleep_until;

/// How many messages are taken in before keys are looked at again, and how long that may take: messages can be large.
const DRAIN: usize = 256;
const DRAIN_TIME: Duration = Duration::from_millis(4);

/// What the dashboard needs to open.
#[derive(Debug)]
pub struct Opening {
    /// The way to the runner; none to a run that is over.
    pub link: Option<Link>,
    /// What was asked.
    pub plan: Arc<Plan>,
    /// Where output is read.
    pub dir: RunDir,
    /// The run as it stands, with everything taken in that the link has given so far.
    pub board: Board,
    /// When the run began.
    pub began: Instant,
    /// Colours and characters.
    pub look: Look,
    /// What the dashboard is to the run.
    pub seat: Seat,
    /// How the operator is called.
    pub summons: Summons,
    /// What surrounds the dashboard.
    pub session: Session,
}

/// What is left when the dashboard has gone. Of a tied run every message is in the board then.
#[derive(Debug)]
pub struct Ending {
    /// The run in the end.
    pub board: Board,
    /// Why the dashboard went.
    pub leaving: Leaving,
    /// Whether the runner heard what was asked of it.
    pub farewell: Farewell,
    /// Where the operator was.
    pub bookmark: Bookmark,
    /// The way to the runner, which holds the run open, where one means to come back ([`Leaving::FollowUp`]).
    pub link: Option<Link>,
}

/// Why the dashboard went.
#[derive(Debug)]
pub enum Leaving {
    /// The run was over, and the operator was done with it.
    Finished,
    /// The operator left; the run goes on.
    Detached,
    /// The operator wants a further command to be run, and to come back then.
    FollowUp(Errand),
    /// The link is lost, but the run goes on.
    CutOff,
    /// The terminal was closed.
    HungUp,
    /// Somebody asked us to terminate.
    Terminated,
    /// Something panicked.
    Panicked,
    /// The terminal could not be used.
    NoTerminal(io::Error),
}

/// Shows the dashboard until the run is over and the operator done with it, or until it must go. A tied run is ended then,
/// and its end waited for; any other run goes on.
pub async fn run(opening: Opening) -> Ending {
    let Opening {
        link,
        plan,
        dir,
        board,
        began,
        look,
        seat,
        summons,
        session,
    } = opening;
    if let Some(link) = link.as_ref().filter(|_| seat.access == Access::Full) {
        link.request(Request::Hold);
    }
    let now = Stamp(began.elapsed());
    let mut shell = Shell {
        reading: Reading::new(dir.clone(), plan.clone()),
        finding: Finding::new(dir.clone(), plan.clone()),
        words: Words::new(dir.clone(), plan.clone()),
        survey: Survey::new(dir.clone(), plan.clone()),
        comparing: Comparing::new(dir.clone(), plan.clone()),
        measuring: Measuring::new(dir.clone(), plan.clone()),
        app: App::new(plan.clone(), board, now)
            .seated(seat)
            .summoned_by(summons)
            .in_session(session, now),
        plan,
        pace: Pace::default(),
        dir,
        link,
        began,
        look,
    };
    match Signals::listen() {
        Ok(mut signals) => {
            let leaving = shell.show(&mut signals).await;
            shell.finish(leaving, Some(signals)).await
        }
        Err(error) => shell.finish(Leaving::NoTerminal(error), None).await,
    }
}

struct Shell {
    /// None when there is no runner (any more).
    link: Option<Link>,
    dir: RunDir,
    plan: Arc<Plan>,
    app: App,
    reading: Reading,
    finding: Finding,
    words: Words,
    survey: Survey,
    comparing: Comparing,
    measuring: Measuring,
    pace: Pace,
    began: Instant,
    look: Look,
}

/// The terminal while it is shown on.
struct Stage {
    screen: Screen,
    /// None while the terminal is given away: the stream reads keys as long as it exists.
    input: Option<EventStream>,
}

/// What woke the loop.
enum Woken {
    Input(Option<io::Result<Event>>),
    Signal(Heard),
    Read(crate::app::Loaded),
    Found(Found),
    Words(JobId, Vec<String>),
    Surveyed(Vec<Sketch>),
    Compared(Compared),
    Measured(Measured),
    Told(Option<Message>),
    Time,
}

impl Shell {
    async fn show(&mut self, signals: &mut Signals) -> Leaving {
        let mut stage = match Stage::open() {
            Ok(stage) => stage,
            Err(error) => return Leaving::NoTerminal(error),
        };
        let leaving = match self.watch(&mut stage, signals).await {
            Ok(leaving) => leaving,
            Err(error) => {
                tracing::warn!(%error, "the terminal is gone");
                Leaving::HungUp
            }
        };
        // The signal may also come from somebody while the terminal is there.
        if matches!(leaving, Leaving::HungUp) && rustix::termios::tcgetattr(io::stdout()).is_err() {
            stage.abandon();
        }
        leaving
    }

    /// The loop itself. An error means that the terminal is gone.
    async fn watch(&mut self, stage: &mut Stage, signals: &mut Signals) -> io::Result<Leaving> {
        let mut effects = self.tell(Msg::Resize(stage.size()?));
        loop {
            if has_panicked() {
                return Ok(Leaving::Panicked);
            }
            let mut due: VecDeque<Effect> = effects.into_iter().collect();
            while let Some(effect) = due.pop_front() {
                match effect {
                    Effect::Request(request) => self.request(request),
                    Effect::Give(secret) => self.give(secret),
                    Effect::Load(load) => self.reading.ask(load),
                    Effect::Find(find) => self.finding.ask(find),
                    Effect::Words(job) => self.words.ask(job),
                    Effect::Survey(wanted) => self.survey.ask(wanted),
                    Effect::Compare(comparison) => self.comparing.ask(comparison),
                    Effect::Measure(quest) => self.measuring.ask(quest),
                    Effect::Leave => return Ok(Leaving::Finished),
                    Effect::Detach => return Ok(Leaving::Detached),
                    Effect::FollowUp(errand) => return Ok(Leaving::FollowUp(errand)),
                    Effect::Redraw => stage.screen.forget()?,
                    Effect::Suspend => due.extend(self.suspend(stage, signals).await?),
                    Effect::Visit(visit) => match Box::pin(self.visit(visit, stage, signals)).await? {
                        Ok(effects) => due.extend(effects),
                        Err(leaving) => return Ok(leaving),
                    },
                    Effect::Summon { bell, text } => {
                        if bell {
                            stage.screen.ring()?;
                        }
                        if let Some(text) = text {
                            stage.screen.notify(&text)?;
                        }
                    }
                    Effect::Copy(text) => stage.screen.copy(&text)?,
                    Effect::Write(file) => {
                        let said = export::write(file, &self.dir);
                        due.extend(self.tell(said));
                    }
                }
            }
            self.draw(stage)?;
            effects = match self.wait(stage, signals).await {
                Woken::Input(Some(event)) => keys::message(event?).map_or_else(Effects::none, |msg| self.tell(msg)),
                Woken::Input(None) | Woken::Signal(Heard::HangUp) => return Ok(Leaving::HungUp),
                Woken::Signal(Heard::Terminate | Heard::Interrupted) => return Ok(Leaving::Terminated),
                Woken::Signal(Heard::Continued) => self.come_back(stage)?,
                Woken::Read(loaded) => self.tell(Msg::Loaded(loaded)),
                Woken::Found(found) => self.tell(Msg::Found(found)),
                Woken::Words(job, words) => self.tell(Msg::Words(job, words)),
                Woken::Surveyed(sketches) => self.tell(Msg::Surveyed(sketches)),
                Woken::Compared(compared) => self.tell(Msg::Compared(compared)),
                Woken::Measured(measured) => self.tell(Msg::Measured(measured)),
                Woken::Told(Some(message)) => self.take_in(message),
                Woken::Told(None) => match self.lose_runner().await {
                    Some(effects) => effects,
                    None => return Ok(Leaving::CutOff),
                },
                Woken::Time => self.tell(Msg::Tick),
            };
        }
    }

    async fn wait(&mut self, stage: &mut Stage, signals: &mut Signals) -> Woken {
        let now = self.now();
        let wake = [self.pace.due(), self.app.next_wake(now)].into_iter().flatten().min();
        let alarm = async {
            match wake {
                Some(at) => sleep_until((self.began + at.0).into()).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            event = next_event(&mut stage.input) => Woken::Input(event),
            heard = signals.next() => Woken::Signal(heard),
            loaded = self.reading.next() => Woken::Read(loaded),
            found = self.finding.next() => Woken::Found(found),
            (job, words) = self.words.next() => Woken::Words(job, words),
            sketches = self.survey.next() => Woken::Surveyed(sketches),
            compared = self.comparing.next() => Woken::Compared(compared),
            measured = self.measuring.next() => Woken::Measured(measured),
            message = next_message(&mut self.link) => Woken::Told(message),
            () = alarm => Woken::Time,
        }
    }

    /// Takes in a message, and those that wait behind it, but not for ever.
    fn take_in(&mut self, first: Message) -> Effects {
        let begun = Instant::now();
        let mut effects = self.tell(Msg::Runner(first));
        for _ in 1..DRAIN {
            if begun.elapsed() >= DRAIN_TIME {
                break;
            }
            let Some(message) = self.link.as_mut().and_then(Link::try_next) else {
                break;
            };
            effects = effects.and(self.tell(Msg::Runner(message)));
        }
        effects
    }

    fn request(&self, request: Request) {
        if let Some(link) = &self.link {
            link.request(request);
        }
    }

    fn give(&self, secret: Secret) {
        if let Some(link) = &self.link {
            link.give(secret);
        }
    }

    /// The link is closed. Unless the run has ended, its runner is gone; what it recorded and could not tell any more is
    /// read from the record. `None` when the run goes on all the same: what is shown is out of date then, and no key
    /// would be heard.
    async fn lose_runner(&mut self) -> Option<Effects> {
        let told = self.link.take().map_or(0, |link| link.told());
        if !self.app.board().course().is_live() {
            return Some(Effects::none());
        }
        let rest = rest(self.dir.clone(), told).await;
        (!rest.is_live()).then(|| self.tell(Msg::RunnerGone(rest.events)))
    }

    fn tell(&mut self, msg: Msg) -> Effects {
        let now = self.now();
        let effects = update(&mut self.app, msg, now);
        if self.app.take_dirty() {
            self.pace.want();
        }
        effects
    }

    fn draw(&mut self, stage: &mut Stage) -> io::Result<()> {
        let now = self.now();
        if self.pace.due().is_none_or(|due| due > now) {
            return Ok(());
        }
        let nothing = update(&mut self.app, Msg::Frame, now);
        debug_assert!(nothing.is_empty(), "a frame has no effects");
        let (app, look) = (&self.app, self.look);
        stage.screen.draw(|frame| view::draw(frame, app, look, now))?;
        stage.screen.title(&title(&self.app))?;
        self.pace.drawn(now);
        Ok(())
    }

    async fn suspend(&mut self, stage: &mut Stage, signals: &mut Signals) -> io::Result<Effects> {
        if !can_stop() {
            return Ok(self.tell(Msg::Said("there is no shell to go back to".to_owned())));
        }
        stage.input = None;
        stage.screen.leave();
        if let Some(words) = suspended(&self.app) {
            writeln!(io::stdout(), "{words}")?;
        }
        signals.stop_self().await?;
        self.come_back(stage)
    }

    /// Hands the terminal to another program until that ends, or until we must go.
    async fn visit(
        &mut self,
        visit: Visit,
        stage: &mut Stage,
        signals: &mut Signals,
    ) -> io::Result<Result<Effects, Leaving>> {
        let (mut command, what) = match visit {
            Visit::Shell(job) => {
                let host = self.plan.host(job);
                let what = format!("the shell on {host}");
                (visit::shell(host, &self.plan, &self.dir), what)
            }
            Visit::Pager(..) => (visit::pager(), "the pager".to_owned()),
        };
        stage.input = None;
        stage.screen.leave();
        let ended = match command.kill_on_drop(true).spawn() {
            Err(error) => Err(error),
            Ok(mut child) => {
                if let (Visit::Pager(job, attempt), Some(input)) = (visit, child.stdin.take()) {
                    let (dir, plan, input) = (self.dir.clone(), self.plan.clone(), input.into_owned_fd()?.into());
                    spawn_blocking(move || visit::feed((job, attempt), &dir, &plan, input));
                }
                loop {
                    tokio::select! {
                        ended = child.wait() => break ended,
                        heard = signals.next() => match heard {
                            // It was typed at the other program, or both were stopped and go on.
                            Heard::Interrupted | Heard::Continued => {}
                            Heard::HangUp => return Ok(Err(Leaving::HungUp)),
                            Heard::Terminate => return Ok(Err(Leaving::Terminated)),
                        },
                    }
                }
            }
        };
        let effects = self.come_back(stage)?;
        let ended_well = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
        let said = match visit {
            Visit::Pager(..) if ended_well => None,
            _ => Some(visit::in_words(&what, ended)),
        };
        Ok(Ok(match said {
            Some(words) => effects.and(self.tell(Msg::Said(words))),
            None => effects,
        }))
    }

    /// Takes the terminal again after a stop, whoever stopped us, and draws everything anew.
    fn come_back(&mut self, stage: &mut Stage) -> io::Result<Effects> {
        stage.screen.enter_again()?;
        stage.input.get_or_insert_with(EventStream::new);
        let size = stage.size()?;
        Ok(self.tell(Msg::Resize(size)))
    }

    /// Asks for what the way of leaving means. The end of a tied run is waited for; a further SIGTERM or SIGINT hurries.
    async fn finish(mut self, leaving: Leaving, mut signals: Option<Signals>) -> Ending {
        let bookmark = self.app.bookmark();
        if let Leaving::FollowUp(_) = leaving {
            return Ending {
                link: self.link.take(),
                board: self.app.into_board(),
                leaving,
                farewell: Farewell::Heard,
                bookmark,
            };
        }
        let tied = self.app.seat().bond == Bond::Tied;
        if tied && !matches!(leaving, Leaving::Finished) {
            self.request(Request::Quit { force: Force::Graceful });
        }
        self.request(Request::Release);
        let mut board = self.app.into_board();
        let mut farewell = Farewell::Heard;
        if !tied && let Some(link) = self.link.take() {
            farewell = link.close().await;
        }
        while let Some(link) = &mut self.link {
            let heard = async {
                match &mut signals {
                    Some(signals) => signals.next().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                heard = heard => match heard {
                    Heard::Terminate | Heard::Interrupted => link.request(Request::Quit { force: Force::Now }),
                    // A closed terminal tells it more than once: the kernel, the shell and the multiplexer each.
                    Heard::HangUp | Heard::Continued => {}
                },
                message = link.next() => match message {
                    Some(message) => board.take(&message),
                    None => self.link = None,
                },
            }
        }
        Ending {
            board,
            leaving,
            farewell,
            bookmark,
            link: None,
        }
    }

    fn now(&self) -> Stamp {
        Stamp(self.began.elapsed())
    }
}

impl Stage {
    fn open() -> io::Result<Self> {
        Ok(Self {
            screen: Screen::take()?,
            input: Some(EventStream::new()),
        })
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = self.screen.size()?;
        Ok(Size { width, height })
    }

    /// The terminal is gone: the stream would spin on it, and drawing would fail for ever.
    fn abandon(self) {
        drop(self.input);
        self.screen.abandon();
    }
}

/// The next message of the runner; `None` when it has gone. Cancel safe.
async fn next_message(link: &mut Option<Link>) -> Option<Message> {
    match link {
        Some(link) => link.next().await,
        None => pending().await,
    }
}

/// The next event of the terminal. Cancel safe.
async fn next_event(input: &mut Option<EventStream>) -> Option<io::Result<Event>> {
    match input {
        Some(stream) => poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await,
        None => pending().await,
    }
}
