//! What a run left on disk, read as strictly as it was promised: whole events but for a torn last one, and output that
//! is what its job prints, from the first byte on.

use std::fs;
use std::path::Path;

use heeler::model::board::{Board, Course};
use heeler::model::event::{Change, Event, What};
use heeler::model::outcome::Outcome;
use heeler::model::phase::Phase;
use heeler::rundir::RunDir;
use serde_json::Value;

/// What was going on when the runner was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// No command had been started.
    Before,
    /// Some had.
    While,
    /// The run was over.
    After,
}

/// The events of a record.
pub struct Record {
    pub events: Vec<Event>,
    /// The same as they stand in the file.
    pub objects: Vec<Value>,
}

impl Record {
    /// Reads the events of a run.
    #[track_caller]
    pub fn open(dir: &Path) -> Self {
        let bytes = fs::read(dir.join("events.jsonl")).unwrap_or_default();
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let text = std::str::from_utf8(&bytes[..whole]).expect("events are UTF-8");
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self {
            events: text.lines().map(read).collect(),
            objects: text
                .lines()
                .map(|line| serde_json::from_str(line).expect("JSON"))
                .collect(),
        }
    }

    pub fn moment(&self) -> Moment {
        let started = |event: &Event| {
            matches!(
                &event.what,
                What::Job {
                    change: Change::Starting { .. },
                    ..
                }
            )
        };
        match self.exit() {
            Some(_) => Moment::After,
            None if self.events.iter().any(started) => Moment::While,
            None => Moment::Before,
        }
    }

    /// The exit status that the run asks for, once it is over.
    pub fn exit(&self) -> Option<u8> {
        self.events.iter().find_map(|event| match event.what {
            What::RunEnded { exit, .. } => Some(exit),
            _ => None,
        })
    }

    /// Folds the events; nothing may be left open, and nothing may look better than it is.
    #[track_caller]
    pub fn expect_sound(&self, dir: &Path) {
        let plan = RunDir::open(dir.to_owned()).read_plan().expect("the plan");
        let mut board = Board::new(&plan);
        for event in &self.events {
            board.apply(event);
        }
        board.interrupt();
        let course = match self.exit() {
            Some(_) => Course::Ended,
            None => Course::Interrupted,
        };
        assert_eq!(board.course(), course);
        for row in board.rows() {
            let Phase::Done { outcome, .. } = &row.phase else {
                panic!("{} is not over: {:?}", row.host, row.phase);
            };
            let told = self
                .events
                .iter()
                .any(|event| matches!(&event.what, What::Job { job, change: Change::Done(_), .. } if *job == row.job));
            let begun = row.cookie.is_some();
            let fits = match outcome {
                Outcome::Lost { .. } => told || begun,
                Outcome::Skipped { .. } => told || !begun,
                _ => told,
            };
            assert!(fits, "{}: {outcome:?}, begun: {begun}, told: {told}", row.host);
        }
    }
}

/// Checks that a file holds what the job of this host prints there: numbered lines, the last perhaps not whole. Gives
/// their bytes.
#[track_caller]
pub fn expect_numbered(path: &Path, host: &str, word: &str) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_default();
    let text = std::str::from_utf8(&bytes).expect("output is UTF-8");
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let wanted = format!("{word} {} {host}\n", number + 1);
        let fits = line == wanted || (!line.ends_with('\n') && wanted.starts_with(line));
        assert!(fits, "{}: {line:?} instead of {wanted:?}", path.display());
    }
    bytes
}
