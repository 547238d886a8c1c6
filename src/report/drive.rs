//! The loop of the front-ends without a screen: messages in, text out, signals between. It never blocks on an output, so
//! that a signal is heard however slowly somebody reads.

use super::clock::elapsed;
use super::error::{ReportError, printed};
use super::feed::{CHUNK, Feed, Step, Unreadable};
use super::gaps::Gaps;
use super::plain::Plain;
use super::rendering::Rendering;
use super::sheet::{Outputs, Sheet, Target};
use super::signals::{Action, Ladder, Signal, Signals};
use super::{grouped, json, seen, summary};
use crate::link::Link;
use crate::model::board::Board;
use crate::model::event::Message;
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
}

/// Shows a run until its end, and says how it ended. Standard output closed by its reader ends the run.
pub async fn run(link: &mut Link, plan: &Plan, options: &Options) -> Result<ExitStatus, ReportError> {
    let mut signals = Signals::listen().map_err(ReportError::Signals)?;
    let mut outputs = Outputs::default();
    let mut desk = Desk::new(plan, options);
    while !desk.is_over() || outputs.is_busy(&desk.sheet) {
        let (busy, eager) = (outputs.is_busy(&desk.sheet), desk.is_eager());
        tokio::select! {
            biased;
            signal = signals.next() => if desk.act(signal, link) == Action::Kill && desk.closed {
                desk.cut_short();
                break;
            },
            result = outputs.carry(&mut desk.sheet), if busy => desk.written(result, link),
            message = link.next(), if eager => match message {
                Some(message) => desk.take(message),
                None => desk.closed = true,
            },
            // Every write begins this time anew.
            () = sleep(PATIENCE), if desk.closed && desk.is_cancelled() => {
                desk.cut_short();
                break;
            },
        }
        desk.fill(link);
    }
    desk.close(&mut signals).await
}

/// Everything the loop keeps.
struct Desk<'a> {
    plan: &'a Plan,
    options: &'a Options,
    plain: Plain,
    feed: Feed,
    board: Board,
    sheet: Sheet,
    ladder: Ladder,
    began: Instant,
    /// Whether the link has nothing more.
    closed: bool,
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
            ladder: Ladder::new(options.interactive),
            began: Instant::now(),
            closed: false,
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

    fn act(&mut self, signal: Signal, link: &Link) -> Action {
        let since = self.began.elapsed();
        let action = self.ladder.climb(signal, since);
        match action {
            Action::Nothing => {}
            Action::Status => {
                let text = status(&self.board, since);
                self.sheet.on(Target::Stderr).extend_from_slice(text.as_bytes());
            }
            Action::Cancel => link.request(Request::Quit { force: Force::Graceful }),
            Action::Kill => link.request(Request::Quit { force: Force::Now }),
        }
        action
    }

    /// Standard output fails but once.
    fn written(&mut self, result: io::Result<()>, link: &Link) {
        let Err(error) = result else { return };
        link.request(Request::Quit { force: Force::Graceful });
        // A reader that has seen enough is no trouble, as with `| head`.
        if error.kind() != io::ErrorKind::BrokenPipe {
            self.trouble = Some(ReportError::Output(error));
        }
    }

    /// Prints what comes at the end. A signal that ends a run cuts that short, and the exit status tells it.
    async fn close(mut self, signals: &mut Signals) -> Result<ExitStatus, ReportError> {
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
        self.gaps.check()?;
        Ok(self.ladder.exit().unwrap_or(ended))
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
        if summary::write(board, plan, &mut io::stderr().lock()).is_ok() {
            seen(board, &RunDir::open(plan.directory.clone()));
        }
    }
    printed(grouped)?;
    gaps.check()
}

fn status(board: &Board, since: Duration) -> String {
    format!(
        "heeler: {} after {}; ^C twice within a second cancels\n",
        summary::counts(board.tally()),
        elapsed(since)
    )
}
