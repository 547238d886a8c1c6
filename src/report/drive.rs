//! The loop of the front-ends without a screen: messages in, text out, signals between. It never blocks on an output, so
//! that a signal is heard however slowly somebody reads.

use super::clock::elapsed;
use super::error::{ReportError, printed};
use super::feed::{CHUNK, Feed, Step, Unreadable};
use super::fields;
use super::gaps::Gaps;
use super::plain::Plain;
use super::prompt::{Prompt, Typed};
use super::rendering::Rendering;
use super::sheet::{Outputs, Sheet, Target};
use super::signals::{Action, Ladder, Signal, Signals};
use super::{Reader, grouped, json, seen, summary};
use crate::history::rest;
use crate::link::Link;
use crate::model::board::{Board, Course, Password};
use crate::model::bond::Bond;
use crate::model::event::{Message, What};
use crate::model::exit::ExitStatus;
use crate::model::plan::Plan;
use crate::model::request::{Force, Request};
use crate::rundir::RunDir;
use std::io::{self, BufWriter, Write};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long an output that takes nothing is waited for, once a signal has ended the run.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Lines as they come, then the summary.
    Plain {
        /// Whether each line tells when it came.
        timestamps: bool,
    },
    /// At the end, equal output together, then the summary.
    Grouped,
    /// JSON objects as they come.
    Json,
}

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What is shown.
    pub style: Style,
    /// What standard output takes.
    pub stdout: Rendering,
    /// What standard error takes.
    pub stderr: Rendering,
    /// Whether somebody sits at a terminal and reads standard error: the first ^C then only asks.
    pub interactive: bool,
    /// What the end of this program means to the run.
    pub bond: Bond,
    /// How many events happened before.
    pub backlog: usize,
}

/// How a front-end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With the run, or because it was ended for that; the exit status that it asks for.
    Over(ExitStatus),
    /// The runner went without ending the run.
    Interrupted,
    /// With the link: the run goes on, with another runner or out of reach.
    CutOff,
    /// Before the run, which goes on.
    Left(ExitStatus),
}

/// Shows a run until its end or until a signal, and says how that came. Standard output closed by its reader ends a tied
/// run, and leaves any other.
pub async fn run(link: &mut Link, plan: &Plan, options: &Options) -> Result<End, ReportError> {
    let mut signals = Signals::listen().map_err(ReportError::Signals)?;
    let mut outputs = Outputs::default();
    let mut desk = Desk::new(plan, options);
    while !desk.is_over() || outputs.is_busy(&desk.sheet) {
        let (busy, eager) = (outputs.is_busy(&desk.sheet), desk.is_eager());
        tokio::select! {
            biased;
            signal = signals.next() => {
                let action = desk.act(signal, link);
                if let Some(status) = desk.left {
                    return Ok(End::Left(status));
                }
                if action == Action::Kill && desk.closed {
                    desk.cut_short();
                    break;
                }
            }
            result = outputs.carry(&mut desk.sheet), if busy => {
                desk.written(result, link)?;
                if let Some(status) = desk.left {
                    return Ok(End::Left(status));
                }
            }
            typed = typed(&mut desk.prompt) => desk.answer(typed, link),
            message = link.next(), if eager => match message {
                Some(message) => desk.take(message),
                None => desk.lose_link(link).await,
            },
            // Every write begins this time anew.
            () = sleep(PATIENCE), if desk.closed && desk.is_cancelled() => {
                desk.cut_short();
                break;
            },
        }
        desk.fill(link);
        desk.ask(link, outputs.is_busy(&desk.sheet));
    }
    desk.close(&mut signals).await
}

/// How far the question for the password of `sudo` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Question {
    /// It was not asked, or the run wants none.
    #[default]
    None,
    /// It is asked.
    Open,
    /// It was answered, and the run has not told so yet.
    Answered,
}

/// What is typed at the prompt. Cancel safe.
async fn typed(prompt: &mut Option<Prompt>) -> Typed {
    match prompt {
        Some(prompt) => prompt.typed().await,
        None => std::future::pending().await,
    }
}

/// Everything the loop keeps.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Desk<'a> {
    plan: &'a Plan,
    options: &'a Options,
    plain: Plain,
    feed: Feed,
    board: Board,
    sheet: Sheet,
    question: Question,
    prompt: Option<Prompt>,
    ladder: Ladder,
    began: Instant,
    /// How many events were taken.
    events: usize,
    /// Whether the run has told that it is over.
    ended: bool,
    /// Whether the link has nothing more.
    closed: bool,
    /// Whether that is so although the run goes on.
    cut_off: bool,
    /// The exit status with which the run is left to itself.
    left: Option<ExitStatus>,
    /// Whether something was not shown because an output took no more.
    cut: bool,
    /// What could not be read back.
    gaps: Gaps,
    /// Why standard output could not be written.
    trouble: Option<ReportError>,
}

impl<'a> Desk<'a> {
    fn new(plan: &'a Plan, options: &'a Options) -> Self {
        let timestamps = matches!(options.style, Style::Plain { timestamps: true });
        Self {
            plan,
            options,
            plain: Plain::new(timestamps, options.stdout, options.stderr),
            feed: Feed::new(plan),
            board: Board::new(plan),
            sheet: Sheet::default(),
            question: Question::default(),
            prompt: None,
            ladder: Ladder::new(options.interactive),
            began: Instant::now(),
            events: 0,
            ended: false,
            closed: false,
            cut_off: false,
            left: None,
            cut: false,
            gaps: Gaps::default(),
            trouble: None,
        }
    }

    /// Whether a further message is wanted. Once the run is being ended, whatever the outputs take: the end must be
    /// heard of.
    fn is_eager(&self) -> bool {
        let has_room = !self.feed.has_more() && self.sheet.len() < CHUNK;
        !self.closed && (has_room || self.is_cancelled())
    }

    /// Whether a signal has ended the run.
    fn is_cancelled(&self) -> bool {
        self.ladder.exit().is_some()
    }

    fn is_over(&self) -> bool {
        self.closed && !self.feed.has_more()
    }

    fn take(&mut self, message: Message) {
        let event = match &message {
            Message::Event(event) => {
                match event.what {
                    What::RunEnded { .. } => self.ended = true,
                    What::RunResumed(_) => self.ended = false,
                    _ => {}
                }
                true
            }
            Message::Output(_) | Message::Probe(_) => false,
        };
        self.push(message);
        self.events += usize::from(event);
        if event && self.events == self.options.backlog && self.options.style != Style::Grouped {
            for Unreadable { job, error } in self.feed.catch_up() {
                self.gaps.note(self.plan.host(job), error);
            }
        }
    }

    fn push(&mut self, message: Message) {
        if self.options.style == Style::Grouped {
            // Output is read at the end, all of it.
            if let Message::Event(event) = message {
                self.board.apply(&event);
            }
            return;
        }
        if let Err(Unreadable { job, error }) = self.feed.push(message) {
            self.gaps.note(self.plan.host(job), error);
        }
    }

    /// The link is closed. Unless the run has ended, its runner is gone, and the record may hold more than it could tell.
    async fn lose_link(&mut self, link: &Link) {
        self.closed = true;
        if self.ended {
            return;
        }
        let rest = rest(RunDir::open(self.plan.directory.clone()), link.told()).await;
        self.cut_off = rest.is_live();
        for event in rest.events {
            self.take(Message::Event(event));
        }
        if !self.ended && self.options.style != Style::Grouped {
            for Unreadable { job, error } in self.feed.cut_off() {
                self.gaps.note(self.plan.host(job), error);
            }
        }
    }

    /// Puts what there is on the sheet, as long as it is short.
    fn fill(&mut self, link: &mut Link) {
        while self.sheet.len() < CHUNK {
            if self.feed.has_more() {
                match self.feed.next() {
                    Ok(Some(step)) => self.show(&step),
                    Ok(None) => {}
                    Err(Unreadable { job, error }) => self.gaps.note(self.plan.host(job), error),
                }
            } else if let Some(message) = link.try_next() {
                self.take(message);
            } else {
                return;
            }
        }
    }

    fn show(&mut self, step: &Step) {
        let sheet = &mut self.sheet;
        match (step, self.options.style) {
            (Step::Text(text), Style::Plain { .. }) => self.plain.text(self.plan.label(text.job), text, sheet),
            (Step::Text(text), Style::Json) => json::text(self.plan.host(text.job).as_str(), text, sheet),
            (Step::Event(event), Style::Plain { .. }) => self.plain.event(event, sheet),
            (Step::Event(event), Style::Json) => json::event(event, sheet),
            (_, Style::Grouped) => {} // nothing is shown before the end
        }
        if let Step::Event(event) = step {
            self.board.apply(event);
        }
    }

    /// Takes in without showing it what the outputs do not take any more.
    fn cut_short(&mut self) {
        self.cut = true;
        for event in self.feed.rest() {
            self.board.apply(&event);
        }
    }

    /// Asks for the password of `sudo` while the run wants one: on the terminal, if somebody sits there. Whoever started
    /// the run and sits nowhere says so at once; another viewer leaves it to others, and says who they may be.
    fn ask(&mut self, link: &Link, busy: bool) {
        let Password::Wanted { .. } = self.board.password() else {
            self.question = Question::None;
            self.prompt = None;
            return;
        };
        // What was told before may be answered already, and what is being printed would stand behind the question.
        if busy || self.question != Question::None || self.events < self.options.backlog || self.is_cancelled() {
            return;
        }
        self.question = Question::Open;
        let hosts = self.plan.hosts.len().saturating_sub(self.board.tally().done());
        self.prompt = self.options.interactive.then(|| Prompt::open(hosts)).flatten();
        if self.prompt.is_some() {
            return;
        }
        if self.options.bond == Bond::Tied {
            self.question = Question::Answered;
            link.request(Request::SudoPassword);
        } else {
            let text = format!(
                "heeler: sudo waits for a password; on a terminal, heeler attach {} answers\n",
                self.plan.run
            );
            self.sheet.on(Target::Stderr).extend_from_slice(text.as_bytes());
        }
    }

    fn answer(&mut self, typed: Typed, link: &Link) {
        self.prompt = None;
        self.question = Question::Answered;
        match typed {
            Typed::Password(secret) => link.give(secret),
            Typed::Nothing => link.request(Request::SudoPassword),
        }
    }

    fn act(&mut self, signal: Signal, link: &Link) -> Action {
        let since = self.began.elapsed();
        let action = self.ladder.climb(signal, since);
        if action != Action::Nothing {
            // The terminal is as it was before anything else is said; ^C is no answer.
            self.question = Question::None;
            self.prompt = None;
        }
        if self.options.bond != Bond::Tied {
            self.left = Some(self.ladder.left());
            return action;
        }
        match action {
            Action::Nothing => {}
            Action::Status => {
                let text = status(&self.board, since, self.plan.settings.let_finish);
                self.sheet.on(Target::Stderr).extend_from_slice(text.as_bytes());
            }
            Action::Cancel => {
                self.say_finish("what runs is left to finish; ^C or TERM again leaves it to itself");
                if self.options.interactive && !self.plan.settings.let_finish {
                    let text = cancelling(self.plan.settings.grace);
                    self.sheet.on(Target::Stderr).extend_from_slice(text.as_bytes());
                }
                link.request(Request::Quit { force: Force::Graceful });
            }
            Action::Kill => {
                self.say_finish("what runs goes on, and nobody watches it any more");
                link.request(Request::Quit { force: Force::Now });
            }
        }
        action
    }

    /// Tells what a signal means where nothing that runs is signalled.
    fn say_finish(&mut self, what: &str) {
        if self.plan.settings.let_finish {
            let text = format!("heeler: {what} (--let-finish)\n");
            self.sheet.on(Target::Stderr).extend_from_slice(text.as_bytes());
        }
    }

    /// Standard output fails but once.
    fn written(&mut self, result: io::Result<()>, link: &Link) -> Result<(), ReportError> {
        let Err(error) = result else { return Ok(()) };
        if self.options.bond != Bond::Tied {
            self.left = Some(ExitStatus::LeftRunning);
            return printed(Err(error));
        }
        link.request(Request::Quit { force: Force::Graceful });
        // A reader that has seen enough is no trouble, as with `| head`.
        if error.kind() != io::ErrorKind::BrokenPipe {
            self.trouble = Some(ReportError::Output(error));
        }
        Ok(())
    }

    /// Prints what comes at the end. A signal that ends a run cuts that short, and the exit status tells it.
    async fn close(mut self, signals: &mut Signals) -> Result<End, ReportError> {
        if self.cut_off {
            self.trouble.map_or(Ok(()), Err)?;
            return Ok(End::CutOff);
        }
        self.board.interrupt();
        let interrupted = self.board.course() == Course::Interrupted;
        let ended = ExitStatus::of_tally(self.board.tally());
        let (board, plan, options) = (self.board, self.plan.clone(), *self.options);
        let cut = self.cut;
        let mut closing = tokio::task::spawn_blocking(move || {
            if cut {
                say_cut();
            }
            closing(&board, &plan, options)
        });
        let patience = sleep(PATIENCE);
        tokio::pin!(patience);
        loop {
            tokio::select! {
                biased;
                signal = signals.next() => match self.ladder.climb(signal, self.began.elapsed()) {
                    Action::Cancel | Action::Kill => break,
                    // What is being printed tells more than the counts would.
                    Action::Status | Action::Nothing => {}
                },
                result = &mut closing => {
                    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
                    break;
                }
                () = &mut patience, if self.ladder.exit().is_some() => break,
            }
        }
        self.trouble.map_or(Ok(()), Err)?;
        for (job, bytes) in self.feed.lost() {
            self.gaps.lose(self.plan.host(job), bytes);
        }
        self.gaps.check()?;
        Ok(if interrupted {
            End::Interrupted
        } else {
            End::Over(self.ladder.exit().unwrap_or(ended))
        })
    }
}

fn say_cut() {
    // When nobody reads standard error either there is nobody to tell.
    let _closed = writeln!(
        io::stderr().lock(),
        "heeler: what was shown is not complete, because nobody read it; the record of the run is"
    );
}

fn closing(board: &Board, plan: &Plan, options: Options) -> Result<(), ReportError> {
    let mut gaps = Gaps::default();
    let grouped = if options.style == Style::Grouped {
        let mut out = BufWriter::with_capacity(CHUNK, io::stdout().lock());
        grouped::write((board, plan), (&mut out, options.stdout), &mut gaps).and_then(|()| out.flush())
    } else {
        Ok(())
    };
    if options.style != Style::Json {
        // When nobody reads standard error there is nobody to tell.
        let (dir, mut err) = (RunDir::open(plan.directory.clone()), io::stderr().lock());
        let told = summary::write(board, plan, &mut err).and_then(|()| fields::write(board, plan, &dir, &mut err));
        if told.is_ok() {
            seen(board, &dir, Reader::of_stderr());
        }
    }
    printed(grouped)?;
    gaps.check()
}

/// What an operator at a terminal is told when the run is cancelled.
fn cancelling(grace: Duration) -> String {
    format!(
        "heeler: TERM to what runs, KILL after {}; ^C again kills at once\n",
        elapsed(grace)
    )
}

fn status(board: &Board, since: Duration, let_finish: bool) -> String {
    let twice = if let_finish { "starts nothing more" } else { "cancels" };
    format!(
        "heeler: {} after {}; ^C twice within a second {twice}\n",
        summary::counts(board.tally()),
        elapsed(since)
    )
}
