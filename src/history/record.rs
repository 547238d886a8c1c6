//! One run as its directory tells it: what was asked, everything that happened, and what follows from it.

use super::error::HistoryError;
use super::events::{self, Place};
use crate::model::board::Board;
use crate::model::event::{Event, What};
use crate::model::plan::Plan;
use crate::rundir::{Holder, OutputReader, RunDir, RunDirError, RunLock};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

/// A run, read from its directory.
#[derive(Debug)]
pub struct Record {
    /// Where it is.
    pub dir: RunDir,
    /// What was asked.
    pub plan: Arc<Plan>,
    /// Everything that was recorded, in order.
    pub events: Vec<Event>,
    /// The fold of the events. Of an interrupted run, with what follows from that.
    pub board: Board,
    /// Whether it goes on.
    pub state: State,
    /// How far the events were read.
    place: Place,
}

/// Whether a run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// A runner holds its lock.
    Live {
        /// Which, if it left its name.
        holder: Option<Holder>,
    },
    /// It was ended.
    Ended {
        /// The exit status that follows from it.
        exit: u8,
    },
    /// Its runner went without ending it.
    Interrupted,
}

impl State {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Live { .. } => "live",
            Self::Ended { .. } => "ended",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Record {
    /// Reads a run.
    ///
    /// # Errors
    /// When the directory is no run's, or somebody else's, or damaged, or of a newer heeler.
    pub fn open(dir: RunDir) -> Result<Self, HistoryError> {
        check_owner(&dir)?;
        let plan = read_plan(&dir)?;
        let board = Board::new(&plan);
        let mut record = Self {
            dir,
            plan: Arc::new(plan),
            events: Vec::new(),
            board,
            state: State::Interrupted,
            place: Place::default(),
        };
        record.refresh()?;
        Ok(record)
    }

    /// Reads what was recorded since.
    ///
    /// # Errors
    /// When that is damaged or cannot be read.
    pub fn refresh(&mut self) -> Result<(), HistoryError> {
        // First the lock and then the events: what a runner recorded before it let go is then seen.
        let live = live(&self.dir)?;
        let (events, place) = events::read(&self.dir, &self.plan, self.place)?;
        self.place = place;
        for event in &events {
            if let What::RunResumed(_) = event.what {
                self.note_output();
            }
            self.board.apply(event);
        }
        self.events.extend(events);
        self.state = state(&self.events, live);
        if self.state == State::Interrupted {
            self.note_output();
            self.board.interrupt();
        }
        Ok(())
    }

    /// Tells the board how long what was under way is known to have run, at an interruption: until its last output.
    fn note_output(&mut self) {
        if !self.board.course().is_live() {
            return;
        }
        let under_way = self
            .board
            .rows()
            .iter()
            .filter(|row| row.cookie.is_some() && !row.phase.is_done());
        let noted: Vec<_> = under_way
            .filter_map(|row| {
                let reader = OutputReader::new(&self.dir, self.plan.label(row.job), row.attempt);
                // Where that cannot be read the last event has to do.
                let (entries, _) = reader.index(0).ok()?;
                Some((row.job, entries.last()?.at))
            })
            .collect();
        for (job, at) in noted {
            self.board.note_output(job, at);
        }
    }
}

fn state(events: &[Event], live: Option<State>) -> State {
    let end = events.iter().rev().find_map(|event| match event.what {
        What::RunEnded { exit, .. } => Some(Some(exit)),
        What::RunResumed(_) => Some(None),
        _ => None,
    });
    match end.flatten() {
        // The runner may still hold the lock for a moment.
        Some(exit) => State::Ended { exit },
        None => live.unwrap_or(State::Interrupted),
    }
}

/// The state of a run whose lock is held; `None` when nobody holds it.
pub(super) fn live(dir: &RunDir) -> Result<Option<State>, HistoryError> {
    match RunLock::holder(dir) {
        Ok(held) => Ok(held.map(|holder| State::Live { holder })),
        Err(source) => Err(HistoryError::Unreadable {
            path: dir.lock(),
            source,
        }),
    }
}

/// Refuses what is not our own: whoever can write a record can make it say anything.
pub(super) fn check_owner(dir: &RunDir) -> Result<(), HistoryError> {
    let path = dir.path();
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(HistoryError::NotARun(path.to_owned())),
        Err(source) => {
            let path = path.to_owned();
            return Err(HistoryError::Unreadable { path, source });
        }
    };
    if !metadata.is_dir() {
        return Err(HistoryError::NotARun(path.to_owned()));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(HistoryError::Foreign {
            path: path.to_owned(),
            owner: metadata.uid(),
        });
    }
    Ok(())
}

/// What was asked of a run that is our own.
pub(super) fn read_plan(dir: &RunDir) -> Result<Plan, HistoryError> {
    dir.read_plan().map_err(|error| match error {
        RunDirError::Plan { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            HistoryError::NotARun(dir.path().to_owned())
        }
        RunDirError::Plan { path, source }
            if matches!(source.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
        {
            HistoryError::Damaged {
                path,
                line: None,
                problem: source.to_string(),
            }
        }
        other => HistoryError::Plan(other),
    })
}

#[cfg(test)]
mod tests;
