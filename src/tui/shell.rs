//! The loop: waits for whatever comes next, keys before signals before messages, lets the dashboard take it in, does
//! what that asks for, and draws at a measured pace. Everything that touches the world is here and nowhere above.

use super::pace::Pace;
use super::reading::Reading;
use super::signals::{Heard, Signals, can_stop};
use super::terminal::{Screen, has_panicked};
use super::theme::Look;
use super::{keys, view};
use crate::app::{App, Effect, Effects, Msg, Size, suspended, update};
use crate::link::Link;
use crate::model::board::{Board, Course};
use crate::model::event::Message;
use crate::model::plan::Plan;
use crate::model::request::{Force, Request};
use crate::model::stamp::Stamp;
use crate::rundir::RunDir;
use crossterm::event::{Event, EventStream};
use futures_core::Stream as _;
use std::future::{pending, poll_fn};
use std::io::{self, Write as _};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::sleep_until;

/// How many messages are taken in before keys are looked at again.
const DRAIN: usize = 256;

/// What the dashboard needs to open.
#[derive(Debug)]
pub struct Opening {
    /// The way to the runner.
    pub link: Link,
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
}

/// What is left when the dashboard has gone: the run is over, its every message is in the board.
#[derive(Debug)]
pub struct Ending {
    /// The run in the end.
    pub board: Board,
    /// Why the dashboard went.
    pub leaving: Leaving,
}

/// Why the dashboard went.
#[derive(Debug)]
pub enum Leaving {
    /// The run was over, and the operator was done with it.
    Finished,
    /// The terminal was closed; the run was ended.
    HungUp,
    /// Somebody asked us to terminate; the run was ended.
    Terminated,
    /// The runner went without ending the run.
    RunnerGone,
    /// Something panicked; the run was ended.
    Panicked,
    /// The terminal could not be used; the run was ended.
    NoTerminal(io::Error),
}

/// Shows the dashboard until the run is over and the operator done with it, or until it must go; then waits until the
/// run has ended.
pub async fn run(opening: Opening) -> Ending {
    let Opening {
        link,
        plan,
        dir,
        board,
        began,
        look,
    } = opening;
    link.request(Request::Hold);
    let now = Stamp(began.elapsed());
    let mut shell = Shell {
        reading: Reading::new(dir, plan.clone()),
        app: App::new(plan, board, now),
        pace: Pace::default(),
        link_is_open: true,
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
    link: Link,
    link_is_open: bool,
    app: App,
    reading: Reading,
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
        if matches!(leaving, Leaving::HungUp) {
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
            for effect in effects {
                match effect {
                    Effect::Request(request) => self.link.request(request),
                    Effect::Load(load) => self.reading.ask(load),
                    Effect::Leave => return Ok(Leaving::Finished),
                    Effect::Redraw => stage.screen.forget()?,
                    Effect::Suspend => self.suspend(stage, signals).await?,
                }
            }
            self.draw(stage)?;
            effects = match self.wait(stage, signals).await {
                Woken::Input(Some(event)) => keys::message(event?).map_or_else(Effects::none, |msg| self.tell(msg)),
                Woken::Input(None) | Woken::Signal(Heard::HangUp) => return Ok(Leaving::HungUp),
                Woken::Signal(Heard::Terminate) => return Ok(Leaving::Terminated),
                Woken::Signal(Heard::Continued) => self.come_back(stage)?,
                Woken::Read(loaded) => self.tell(Msg::Loaded(loaded)),
                Woken::Told(Some(message)) => self.take_in(message),
                Woken::Told(None) if self.app.board().course() == Course::Ended => {
                    self.link_is_open = false;
                    Effects::none()
                }
                Woken::Told(None) => return Ok(Leaving::RunnerGone),
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
            message = self.link.next(), if self.link_is_open => Woken::Told(message),
            () = alarm => Woken::Time,
        }
    }

    /// Takes in a message, and those that wait behind it, but not for ever.
    fn take_in(&mut self, first: Message) -> Effects {
        let mut effects = self.tell(Msg::Runner(first));
        for _ in 1..DRAIN {
            let Some(message) = self.link.try_next() else { break };
            effects = effects.and(self.tell(Msg::Runner(message)));
        }
        effects
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
        self.pace.drawn(now);
        Ok(())
    }

    async fn suspend(&mut self, stage: &mut Stage, signals: &mut Signals) -> io::Result<()> {
        if !can_stop() {
            let _ = self.tell(Msg::Refused("there is no shell to go back to"));
            return Ok(());
        }
        stage.input = None;
        stage.screen.leave();
        if let Some(words) = suspended(&self.app) {
            writeln!(io::stdout(), "{words}")?;
        }
        signals.stop_self().await?;
        let effects = self.come_back(stage)?;
        for effect in effects {
            if let Effect::Load(load) = effect {
                self.reading.ask(load);
            }
        }
        Ok(())
    }

    /// Takes the terminal again after a stop, whoever stopped us, and draws everything anew.
    fn come_back(&mut self, stage: &mut Stage) -> io::Result<Effects> {
        stage.screen.enter_again()?;
        stage.input.get_or_insert_with(EventStream::new);
        let size = stage.size()?;
        Ok(self.tell(Msg::Resize(size)))
    }

    /// Asks for what the way of leaving means, and waits for the run to end. A further SIGTERM or
    /// SIGINT hurries.
    async fn finish(mut self, leaving: Leaving, mut signals: Option<Signals>) -> Ending {
        match leaving {
            Leaving::Finished | Leaving::RunnerGone => {}
            _ => self.link.request(Request::Quit { force: Force::Graceful }),
        }
        self.link.request(Request::Release);
        let mut board = self.app.into_board();
        while self.link_is_open {
            let heard = async {
                match &mut signals {
                    Some(signals) => signals.next().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                heard = heard => match heard {
                    Heard::Terminate => self.link.request(Request::Quit { force: Force::Now }),
                    // A closed terminal tells it more than once: the kernel, the shell and the multiplexer each.
                    Heard::HangUp | Heard::Continued => {}
                },
                message = self.link.next() => match message {
                    Some(Message::Event(event)) => board.apply(&event),
                    Some(Message::Output(output)) => board.print(&output),
                    None => self.link_is_open = false,
                },
            }
        }
        Ending { board, leaving }
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

/// The next event of the terminal. Cancel safe.
async fn next_event(input: &mut Option<EventStream>) -> Option<io::Result<Event>> {
    match input {
        Some(stream) => poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await,
        None => pending().await,
    }
}
