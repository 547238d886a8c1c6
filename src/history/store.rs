//! All the runs below one state directory, and which of them an operator means.

use super::error::HistoryError;
use super::record::{Record, check_owner, live};
use crate::rundir::RunDir;
use std::cmp::Reverse;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many candidates an error lists.
const LISTED: usize = 8;

/// The runs of one user.
#[derive(Clone, Debug)]
pub struct Store {
    runs: PathBuf,
}

/// Which run is meant when none is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one that began last.
    Latest,
    /// The one that began last and still has a runner.
    LatestAlive,
}

impl Store {
    /// The runs below `state_home` (`$XDG_STATE_HOME`).
    pub fn new(state_home: &Path) -> Self {
        Self {
            runs: state_home.join("heeler").join("runs"),
        }
    }

    /// The directory in which the runs are.
    pub fn path(&self) -> &Path {
        &self.runs
    }

    /// The names of all runs, the newest first.
    ///
    /// # Errors
    /// When the directory cannot be read. One that is not there holds no runs.
    pub fn names(&self) -> Result<Vec<String>, HistoryError> {
        let failed = |source| HistoryError::Unreadable {
            path: self.runs.clone(),
            source,
        };
        let entries = match fs::read_dir(&self.runs) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            if let Some(name) = name.to_str().filter(|name| is_run_name(name)) {
                names.push(name.to_owned());
            }
        }
        // A name begins with the time, so that the order of names is that of time, but within one second.
        names.sort_unstable_by(|left, right| right.cmp(left));
        let second = |name: &String| name.split_once('-').map(|(time, _)| time.to_owned());
        for same in names.chunk_by_mut(|left, right| second(left) == second(right)) {
            if same.len() > 1 {
                same.sort_by_cached_key(|name| Reverse(self.written(name)));
            }
        }
        Ok(names)
    }

    /// When a run was asked for, to the resolution of the file system.
    fn written(&self, name: &str) -> Option<SystemTime> {
        let plan = fs::metadata(self.dir(name).plan()).ok()?;
        plan.modified().ok()
    }

    /// The directory of a run of which the whole name is known.
    pub fn dir(&self, name: &str) -> RunDir {
        RunDir::open(self.runs.join(name))
    }

    /// The directory of the run that is meant by `asked`: nothing, `last`, a name, its beginning or its random part.
    /// It is our own and may be damaged all the same.
    ///
    /// # Errors
    /// When no run, or more than one, can be meant, or the run is somebody else's.
    pub fn find(&self, asked: Option<&str>, default: Which) -> Result<RunDir, HistoryError> {
        let names = self.names()?;
        if names.is_empty() {
            return Err(HistoryError::NoRuns(self.runs.clone()));
        }
        let dir = match (asked, default) {
            (None, Which::LatestAlive) => self.latest_alive(&names)?,
            (None | Some("last"), _) => self.dir(&names[0]),
            (Some(asked), _) => self.dir(choose(asked, &names)?),
        };
        check_owner(&dir)?;
        Ok(dir)
    }

    /// Finds a run as [`Store::find`] does, the latest when nothing is asked for, and reads it.
    ///
    /// # Errors
    /// When it cannot be found or read.
    pub fn open(&self, asked: Option<&str>) -> Result<Record, HistoryError> {
        Record::open(self.find(asked, Which::Latest)?)
    }

    /// The runs of ours that nobody drives and that may have left processes or a socket.
    pub fn left_alone(&self) -> Vec<RunDir> {
        // Where they cannot be listed, whoever asks next says so.
        let names = self.names().unwrap_or_default();
        let dirs = names.iter().map(|name| self.dir(name));
        dirs.filter(|dir| dir.has_leftovers() && check_owner(dir).is_ok() && live(dir).is_ok_and(|live| live.is_none()))
            .collect()
    }

    fn latest_alive(&self, names: &[String]) -> Result<RunDir, HistoryError> {
        let mut dirs = names.iter().map(|name| self.dir(name));
        let alive = dirs.find(|dir| check_owner(dir).is_ok() && live(dir).is_ok_and(|live| live.is_some()));
        alive.ok_or(HistoryError::NoneAlive)
    }
}

/// Whether a file of this name can be a run: a time and a random part, as in `20260102T030405Z-ab12cd`.
fn is_run_name(name: &str) -> bool {
    let Some((time, random)) = name.split_once('-') else {
        return false;
    };
    let begins_well = time.len() > 8 && time.bytes().take(8).all(|byte| byte.is_ascii_digit());
    begins_well
        && time.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !random.is_empty()
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The one name that is meant.
fn choose<'a>(asked: &str, names: &'a [String]) -> Result<&'a str, HistoryError> {
    let random = |name: &str| name.split_once('-').map(|(_, random)| random.to_owned());
    let is_random = |name: &&String| random(name).as_deref() == Some(asked);
    let begins = |name: &&String| !asked.is_empty() && name.starts_with(asked);
    let exact = names.iter().find(|name| *name == asked);
    let mut meant: Vec<&String> = names.iter().filter(|name| is_random(name) || begins(name)).collect();
    if let Some(exact) = exact {
        meant = vec![exact];
    }
    match meant[..] {
        [one] => Ok(one),
        [] => Err(HistoryError::Unknown {
            asked: asked.to_owned(),
            nearest: nearest(asked, names),
        }),
        _ => {
            let mut candidates: Vec<String> = meant.iter().take(LISTED).map(|&name| name.clone()).collect();
            if meant.len() > LISTED {
                candidates.push(format!("{} more", meant.len() - LISTED));
            }
            let asked = asked.to_owned();
            Err(HistoryError::Ambiguous { asked, candidates })
        }
    }
}

/// The run with the longest beginning in common, or with nearly the same random part.
fn nearest(asked: &str, names: &[String]) -> Option<String> {
    let shared = |name: &str| {
        let same = name
            .bytes()
            .zip(asked.bytes())
            .take_while(|(left, right)| left == right);
        let random = name.split_once('-').map_or("", |(_, random)| random);
        let alike = random.bytes().zip(asked.bytes()).filter(|(left, right)| left == right);
        let alike = if random.len() == asked.len() { alike.count() } else { 0 };
        // A date in common says little, four of six random characters say much.
        same.count().max(if alike >= 4 { 9 + alike } else { 0 })
    };
    let best = names.iter().max_by_key(|name| shared(name))?;
    (shared(best) > 8).then(|| best.clone())
}

#[cfg(test)]
mod tests;
