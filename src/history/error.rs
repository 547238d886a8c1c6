//! Why a run cannot be found or read.

use crate::rundir::RunDirError;
use std::io;
use std::path::PathBuf;

/// Why a run cannot be found or read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There are no runs at all.
    #[error("there is no run yet below {}; start one with heeler run", shown(.0))]
    NoRuns(PathBuf),
    /// No run is alive.
    #[error("no run is alive; see with heeler runs what there is")]
    NoneAlive,
    /// No run has this name.
    #[error("there is no run {asked:?}{}; see with heeler runs what there is", suggestion(.nearest.as_deref()))]
    Unknown {
        /// What was asked for.
        asked: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// Several runs could be meant.
    #[error("{asked:?} may be any of {}; write more of it", candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// What it may be, the newest first.
        candidates: Vec<String>,
    },
    /// The directory is no run's.
    #[error("{} is not the directory of a run: it has no run.json; see with heeler runs what there is", shown(.0))]
    NotARun(PathBuf),
    /// The directory belongs to somebody else.
    #[error("{} belongs to user {owner} and not to you; only its owner can use a run", shown(.path))]
    Foreign {
        /// Which directory.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// The record is not what a runner wrote.
    #[error("{}{} is damaged: {problem}; the output below {} may still be whole", shown(.path), place(*.line), beside(.path))]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// In which line, from 1.
        line: Option<usize>,
        /// What is wrong there.
        problem: String,
    },
    /// What was asked of the run cannot be used.
    #[error(transparent)]
    Plan(RunDirError),
    /// The system refused something.
    #[error("cannot read {}: {source}; check its permissions", shown(.path))]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system refused to write.
    #[error("cannot write {}: {source}; check its permissions and that there is room", shown(.path))]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A path on which no terminal acts.
fn shown(path: &std::path::Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean {nearest}?"))
        .unwrap_or_default()
}

fn place(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line},")).unwrap_or_default()
}

fn beside(path: &std::path::Path) -> String {
    shown(&path.with_file_name("out"))
}
