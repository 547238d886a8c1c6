//! The dashboard over that fleet, with somebody who does what it asks for, and a terminal that keeps nothing.

use crate::fleet::{self, NOW};
use heeler::app::{App, Effect, Effects, Key, Load, Loaded, Msg, Print, Read, Size, Sketch, Wanted, update};
use heeler::model::event::{Event, Message, Output, Stream};
use heeler::model::host::HostName;
use heeler::model::likeness::Likeness;
use heeler::model::plan::Plan;
use heeler::model::stamp::Stamp;
use heeler::tui::{Charset, Look, Palette, draw};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::collections::VecDeque;
use std::io::{self, Sink};
use std::sync::Arc;
use std::time::Duration;

/// The size of the screen.
pub(crate) const SIZE: Size = Size { width: 200, height: 50 };
const LOOK: Look = Look {
    charset: Charset::Unicode,
    palette: Palette::Sixteen,
};

/// A dashboard that is looked at.
pub(crate) struct Desk {
    pub(crate) plan: Arc<Plan>,
    pub(crate) app: App,
    terminal: Terminal<CrosstermBackend<Sink>>,
    pub(crate) now: Stamp,
    steps: u32,
}

impl Desk {
    /// The dashboard after these keys.
    pub(crate) fn after(keys: &[Key]) -> Self {
        let plan = Arc::new(fleet::plan());
        let board = fleet::board(&plan);
        let viewport = Viewport::Fixed(Rect::new(0, 0, SIZE.width, SIZE.height));
        let terminal = Terminal::with_options(CrosstermBackend::new(io::sink()), TerminalOptions { viewport });
        let mut desk = Self {
            app: App::new(plan.clone(), board, NOW),
            plan,
            terminal: terminal.expect("a terminal"),
            now: NOW,
            steps: 0,
        };
        desk.tell(Msg::Resize(SIZE));
        desk.frame();
        for key in keys {
            desk.tell(Msg::Key(*key));
            desk.frame();
        }
        // The hand is off the keyboard: nothing is held still.
        desk.now = NOW + Duration::from_secs(10);
        desk.frame();
        desk
    }

    /// Tells the dashboard something, and does what it asks for.
    pub(crate) fn tell(&mut self, msg: Msg) {
        let mut due: VecDeque<Effect> = update(&mut self.app, msg, self.now).into_iter().collect();
        while let Some(effect) = due.pop_front() {
            due.extend(self.perform(effect));
        }
    }

    fn perform(&mut self, effect: Effect) -> Effects {
        let answer = match effect {
            Effect::Survey(wanted) => Msg::Surveyed(wanted.iter().map(sketch).collect()),
            Effect::Load(load) => match self.loaded(load) {
                Some(loaded) => Msg::Loaded(loaded),
                None => return Effects::none(),
            },
            _ => return Effects::none(),
        };
        update(&mut self.app, answer, self.now)
    }

    fn loaded(&self, load: Load) -> Option<Loaded> {
        let (Load::Tail { job, attempt, ticket }
        | Load::Start { job, attempt, ticket }
        | Load::Around {
            job, attempt, ticket, ..
        }) = load
        else {
            return None;
        };
        let bytes = fleet::text(job).repeat(100).into_bytes();
        Some(Loaded {
            job,
            attempt,
            ticket,
            skipped: 0,
            cut: Vec::new(),
            pieces: vec![Read::at_once(Stream::Stdout, bytes, self.now)],
            spot: None,
            more: false,
            error: None,
        })
    }

    /// Takes in the next of the events that never end.
    pub(crate) fn step(&mut self) {
        let event = self.next_event();
        self.tell(Msg::Runner(Message::Event(event)));
    }

    /// The next of the events that never end.
    pub(crate) fn next_event(&mut self) -> Event {
        self.steps += 1;
        fleet::step(&self.plan, self.steps, self.now)
    }

    /// Takes in output.
    pub(crate) fn hear(&mut self, output: Output) {
        self.tell(Msg::Runner(Message::Output(output)));
    }

    /// Draws a frame, as the shell does it.
    pub(crate) fn frame(&mut self) {
        self.tell(Msg::Frame);
        let (app, now) = (&self.app, self.now);
        self.terminal
            .draw(|frame| draw(frame, app, LOOK, now))
            .expect("a frame");
    }
}

/// Outputs of seven sorts.
fn sketch(wanted: &Wanted) -> Sketch {
    let host = HostName::parse("anywhere").expect("a host name");
    let mut likeness = Likeness::on(&host);
    likeness.feed(Stream::Stdout, &[(wanted.job.0 % 7) as u8]);
    Sketch {
        job: wanted.job,
        attempt: wanted.attempt,
        print: Print::Text(likeness.finish()),
    }
}
