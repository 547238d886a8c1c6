//! What a run came to, in a few lines. Of a run that is over it is kept in `summary.json`, so that thousands of runs are
//! listed without reading all that happened in them. The file follows from the record: it is made anew whenever it is
//! gone, or does not belong to the list of events as it is now.

use super::error::HistoryError;
use super::record::{Record, State, check_owner, live};
use crate::model::event::What;
use crate::model::id::RunId;
use crate::model::tally::Standing;
use crate::rundir::RunDir;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The version of the form of `summary.json`.
const FORMAT: u32 = 1;

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// The version of this form.
    format: u32,
    /// The list of events from which it was made.
    of: Fingerprint,
    /// Its name.
    pub run: RunId,
    /// `live`, `ended` or `interrupted`.
    pub state: String,
    /// The exit status that follows from it, of a run that was ended.
    pub exit: Option<u8>,
    /// When it began, RFC 3339, UTC.
    pub started: String,
    /// The time from its beginning to its last event, in seconds.
    pub elapsed: f64,
    /// The command.
    pub command: String,
    /// The digest of what was run.
    pub digest: String,
    /// The hosts, folded.
    pub nodes: String,
    /// How many hosts there are.
    pub hosts: usize,
    /// How many jobs stand where, by the word for it; only those that occur.
    pub counts: BTreeMap<String, usize>,
    /// The operator's words.
    pub note: Option<String>,
    /// The run of which it repeats a part.
    pub parent: Option<RunId>,
    /// Who started it.
    pub operator: String,
    /// How often it was taken up again.
    pub resumed: usize,
    /// How many bytes its directory takes.
    pub bytes: u64,
}

/// A list of events: how long it is and when it was last written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Fingerprint {
    bytes: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl Fingerprint {
    fn of(dir: &RunDir) -> io::Result<Option<Self>> {
        match fs::metadata(dir.events()) {
            Ok(metadata) => Ok(Some(Self {
                bytes: metadata.len(),
                seconds: metadata.mtime(),
                nanoseconds: metadata.mtime_nsec(),
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Summary {
    /// What the run in this directory came to so far.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn of(dir: &RunDir) -> Result<Self, HistoryError> {
        check_owner(dir)?;
        let fingerprint = Fingerprint::of(dir).map_err(|source| HistoryError::Unreadable {
            path: dir.events(),
            source,
        })?;
        if let Some(kept) = kept(dir, fingerprint)
            && (kept.exit.is_some() || live(dir)?.is_none())
        {
            return Ok(kept);
        }
        let record = Record::open(dir.clone())?;
        let summary = Self::from_record(&record, fingerprint.unwrap_or_default());
        // What has no list of events may be about to begin.
        if !matches!(record.state, State::Live { .. }) && fingerprint.is_some() {
            // Where it cannot be kept, it is made again next time.
            let _unwritable = summary.keep(dir);
        }
        Ok(summary)
    }

    fn from_record(record: &Record, of: Fingerprint) -> Self {
        let plan = &record.plan;
        let tally = record.board.tally();
        let standings = Standing::all().map(|standing| (standing.word().to_owned(), tally.count(standing)));
        let is_resumed = |event: &&crate::model::event::Event| matches!(event.what, What::RunResumed(_));
        Self {
            format: FORMAT,
            of,
            run: plan.run.clone(),
            state: record.state.word().to_owned(),
            exit: match record.state {
                State::Ended { exit } => Some(exit),
                _ => None,
            },
            started: plan.started.clone(),
            elapsed: record.board.last().0.as_secs_f64(),
            command: plan.command.clone(),
            digest: plan.digest(),
            nodes: plan.node_set.clone(),
            hosts: plan.hosts.len(),
            counts: standings.filter(|(_, count)| *count > 0).collect(),
            note: plan.note.clone(),
            parent: plan.parent.clone(),
            operator: plan.operator.clone(),
            resumed: record.events.iter().filter(is_resumed).count(),
            bytes: size(record.dir.path()),
        }
    }

    /// Whether a runner drives it.
    pub fn is_live(&self) -> bool {
        self.state == "live"
    }

    /// When its last event happened, as far as its beginning can be read.
    pub fn last_event(&self) -> Option<SystemTime> {
        let started = humantime::parse_rfc3339(&self.started).ok()?;
        let elapsed = Duration::try_from_secs_f64(self.elapsed).ok()?;
        started.checked_add(elapsed)
    }

    fn keep(&self, dir: &RunDir) -> io::Result<()> {
        // Under a name of its own first: several may do this at once, and nobody must read half of it.
        let path = path(dir);
        let draft = path.with_extension(format!("{}.draft", std::process::id()));
        let options = &mut OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        serde_json::to_writer(&mut file, self)?;
        file.write_all(b"\n")?;
        fs::rename(&draft, path)
    }
}

/// The summary that was kept, if it is of this list of events.
fn kept(dir: &RunDir, fingerprint: Option<Fingerprint>) -> Option<Summary> {
    let text = fs::read(path(dir)).ok()?;
    let summary: Summary = serde_json::from_slice(&text).ok()?;
    (summary.format == FORMAT && Some(summary.of) == fingerprint).then_some(summary)
}

fn path(dir: &RunDir) -> PathBuf {
    dir.path().join("summary.json")
}

/// How much the files below a directory take, as far as they can be seen. Links are not followed.
fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries
        .flatten()
        .filter_map(|entry| entry.metadata().ok().map(|metadata| (entry, metadata)))
        .map(|(entry, metadata)| {
            let below = if metadata.is_dir() { size(&entry.path()) } else { 0 };
            // What it takes, not what it holds: many outputs are a few bytes in a block of thousands.
            metadata.blocks() * 512 + below
        })
        .sum()
}

#[cfg(test)]
mod tests;
