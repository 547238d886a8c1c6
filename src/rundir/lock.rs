//! Who drives a run: at most one runner at a time holds the lock of its directory, for as long as it lives. The kernel
//! lets go of it however the runner ends, so the lock tells better than any pid whether a run is alive.

use super::layout::RunDir;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::thread;
use std::time::Duration;

/// Somebody who merely asks who holds the lock holds it for a moment as well.
const TRIES: u32 = 50;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// The runner of a run, as its lock file names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// The machine on which it runs.
    pub machine: String,
    /// Its version of heeler.
    pub version: String,
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

/// Why the lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// A runner is alive.
    #[error("the run is alive{}", held_by(.0.as_ref()))]
    Held(Option<Holder>),
    /// The lock file cannot be used.
    #[error("its lock cannot be used: {0}")]
    Unusable(#[from] io::Error),
}

fn held_by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| {
        format!(": its runner is process {} on {}", holder.pid, holder.machine)
    })
}

impl RunLock {
    /// Takes the lock for this runner.
    ///
    /// # Errors
    /// When another runner holds it, or the directory cannot be written.
    pub fn take(dir: &RunDir, holder: &Holder) -> Result<Self, LockError> {
        let options = &mut OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(dir.lock())?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(error.into()),
                Err(TryLockError::WouldBlock) if attempt == TRIES => return Err(LockError::Held(read(&mut file))),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            }
        }
        file.set_len(0)?;
        serde_json::to_writer(&mut file, holder).map_err(io::Error::from)?;
        file.write_all(b"\n")?;
        Ok(Self { _file: file })
    }

    /// The runner that holds the lock now; `None` when nobody does. A holder that left no name has none.
    ///
    /// # Errors
    /// When the lock file cannot be used.
    pub fn holder(dir: &RunDir) -> io::Result<Option<Option<Holder>>> {
        let mut file = match File::open(dir.lock()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(read(&mut file))),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::RunId;

    #[test]
    fn one_runner_at_a_time_and_its_name_can_be_read() {
        let home = tempfile::tempdir().expect("a directory");
        let dir = RunDir::create(home.path(), &RunId("run".to_owned())).expect("a run");
        let holder = |pid| Holder {
            pid,
            machine: "here".to_owned(),
            version: "1".to_owned(),
        };
        assert_eq!(RunLock::holder(&dir).expect("readable"), None);
        let lock = RunLock::take(&dir, &holder(1)).expect("free");
        assert_eq!(RunLock::holder(&dir).expect("readable"), Some(Some(holder(1))));
        match RunLock::take(&dir, &holder(2)) {
            Err(LockError::Held(Some(first))) => assert_eq!(first, holder(1)),
            other => panic!("{other:?}"),
        }
        drop(lock);
        assert_eq!(RunLock::holder(&dir).expect("readable"), None);
        let _second = RunLock::take(&dir, &holder(2)).expect("free again");
    }
}
