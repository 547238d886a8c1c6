//! Following a run until what was asked for has happened, with nothing on the screen.

use crate::cli::error::CliError;
use crate::cli::front::{tell_cut_off, tell_interrupted, tell_left};
use crate::cli::reach::Alive;
use crate::history::rest;
use crate::link::Link;
use crate::model::board::Board;
use crate::model::bond::Tie;
use crate::model::event::{Change, Event, Message, What};
use crate::model::exit::ExitStatus;
use crate::model::id::JobId;
use crate::model::plan::Plan;
use crate::model::request::Request;
use crate::report::signals::{Signal, Signals};
use crate::rundir::RunDir;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A run that is followed.
pub(super) struct Watch {
    pub(super) board: Board,
    pub(super) plan: Arc<Plan>,
    link: Link,
    tie: Tie,
    dir: RunDir,
    signals: Signals,
}

/// How the following ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// With what was waited for.
    It,
    /// With the run.
    End,
    /// With the runner, which did not end its run.
    RunnerGone,
    /// With the link: the run goes on, with another runner or out of reach.
    CutOff,
    /// With a signal; the exit status for it.
    Left(ExitStatus),
}

impl Watch {
    /// Takes in everything that has happened so far.
    pub(super) async fn begin(mut alive: Alive) -> Result<Self, CliError> {
        let signals = Signals::listen().map_err(CliError::System)?;
        Ok(Self {
            board: alive.board().await,
            plan: alive.plan,
            link: alive.link,
            tie: alive.welcome.tie,
            dir: alive.dir,
            signals,
        })
    }

    pub(super) fn ask(&self, request: Request) {
        self.link.request(request);
    }

    /// Waits until these jobs are over, each of them at some time from now on: somebody may try one again meanwhile.
    pub(super) async fn until_over(&mut self, jobs: &[JobId]) -> Seen {
        let is_open = |job: &JobId| self.board.row(*job).is_some_and(|row| !row.phase.is_done());
        let mut open: BTreeSet<JobId> = jobs.iter().copied().filter(is_open).collect();
        if open.is_empty() {
            return Seen::It;
        }
        self.until(|event| {
            if let What::Job {
                job,
                change: Change::Done(_),
                ..
            } = &event.what
            {
                open.remove(job);
            }
            open.is_empty()
        })
        .await
    }

    /// Waits for an event.
    pub(super) async fn until(&mut self, mut is_it: impl FnMut(&Event) -> bool) -> Seen {
        loop {
            let message = tokio::select! {
                biased;
                signal = self.signals.next() => return Seen::Left(match signal {
                    Signal::HangUp => ExitStatus::HungUp,
                    Signal::Interrupt | Signal::Terminate => ExitStatus::LeftRunning,
                }),
                message = self.link.next() => message,
            };
            let Some(message) = message else {
                return self.end(is_it).await;
            };
            if let Message::Event(event) = &message {
                self.board.apply(event);
                if is_it(event) {
                    return Seen::It;
                }
            }
        }
    }

    /// The link is closed: what the runner recorded and could not tell any more counts.
    async fn end(&mut self, mut is_it: impl FnMut(&Event) -> bool) -> Seen {
        if self.board.course().is_live() {
            let rest = rest(self.dir.clone(), self.link.told()).await;
            for event in &rest.events {
                self.board.apply(event);
                if is_it(event) {
                    return Seen::It;
                }
            }
            if rest.is_live() {
                return Seen::CutOff;
            }
        }
        if self.board.course().is_live() {
            self.board.interrupt();
            return Seen::RunnerGone;
        }
        Seen::End
    }

    /// Goes, when everything that was asked has been heard; says what became of the run where that is not plain.
    pub(super) async fn leave(self, seen: Seen) -> Board {
        let farewell = self.link.close().await;
        match seen {
            Seen::It | Seen::End | Seen::Left(ExitStatus::HungUp) => {}
            Seen::Left(_) => tell_left(&self.plan.run, self.tie, farewell),
            Seen::RunnerGone => tell_interrupted(&self.plan.run),
            Seen::CutOff => tell_cut_off(&self.plan.run),
        }
        self.board
    }
}
