//! Removes runs: looks at each, applies the rules, and takes the directories away so that nobody ever finds half of one.
//! A directory is renamed first, under the lock of its run, and deleted under its new name; a deletion that was cut
//! short is finished next time. Links are never followed.

use super::error::HistoryError;
use super::marks::{is_pinned, is_reviewed};
use super::prune::{Bounds, Candidate, Kept, Verdict, judge};
use super::record::live;
use super::store::Store;
use super::summary::Summary;
use crate::rundir::{Holder, LockError, RunLock};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// How the name of a directory begins that is being deleted.
const REMOVING: &str = ".removing-";
/// The file whose time tells when the bounds were applied last.
const STAMP: &str = ".pruned";
/// How often the bounds are applied by themselves.
const EVERY: Duration = Duration::from_secs(3600);

impl Store {
    /// What the bounds ask for now.
    ///
    /// # Errors
    /// When the runs cannot be listed.
    pub fn judge(&self, bounds: Bounds) -> Result<Verdict, HistoryError> {
        let now = SystemTime::now();
        let names = self.names()?;
        Ok(judge(
            names.iter().map(|name| self.candidate(name, now)).collect(),
            bounds,
        ))
    }

    /// Takes away what is due and was not taken up or removed meanwhile; returns it. The directories are out of the way,
    /// and deleted by [`Store::sweep`].
    ///
    /// # Errors
    /// When a directory cannot be moved out of the way.
    pub fn take_away(&self, due: &[Candidate], by: &Holder) -> Result<Vec<Candidate>, HistoryError> {
        let mut gone = Vec::new();
        for run in due {
            if self.move_away(&run.name, by)? {
                gone.push(run.clone());
            }
        }
        Ok(gone)
    }

    /// Deletes what is out of the way.
    ///
    /// # Errors
    /// When something cannot be deleted; the rest is.
    pub fn sweep(&self) -> Result<(), HistoryError> {
        let mut result = Ok(());
        for path in self.leftovers() {
            // Somebody else may delete it as well: whoever comes second finds less, or nothing.
            if let Err(source) = fs::remove_dir_all(&path)
                && source.kind() != io::ErrorKind::NotFound
                && path.symlink_metadata().is_ok()
            {
                result = result.and(Err(HistoryError::Unwritable { path, source }));
            }
        }
        result
    }

    /// Whether it is time to apply the bounds; if so, it is not for another hour.
    pub fn is_prune_due(&self) -> bool {
        let stamp = self.path().join(STAMP);
        let since = fs::symlink_metadata(&stamp)
            .and_then(|metadata| metadata.modified())
            .ok()
            .and_then(|at| at.elapsed().ok());
        if since.is_some_and(|since| since < EVERY) {
            return false;
        }
        // Where there is no such directory there are no runs.
        fs::write(&stamp, b"").is_ok()
    }

    fn candidate(&self, name: &str, now: SystemTime) -> Candidate {
        let dir = self.dir(name);
        let (age, bytes, kept) = match Summary::of(&dir) {
            Ok(summary) => {
                let age = summary.last_event().and_then(|at| now.duration_since(at).ok());
                let is_well = summary.exit == Some(0);
                let kept = if summary.is_live() {
                    Some(Kept::Live)
                } else if is_pinned(&dir) {
                    Some(Kept::Pinned)
                } else if !is_well && !is_reviewed(&dir, summary.resumed) {
                    Some(Kept::Unreviewed)
                } else {
                    None
                };
                (age.unwrap_or_default(), summary.bytes, kept)
            }
            Err(_) => (Duration::ZERO, 0, Some(Kept::Unreadable)),
        };
        Candidate {
            name: name.to_owned(),
            age,
            bytes,
            kept,
        }
    }

    /// Renames the directory of a run; `false` when it is alive, pinned or gone by now.
    fn move_away(&self, name: &str, by: &Holder) -> Result<bool, HistoryError> {
        let dir = self.dir(name);
        if is_pinned(&dir) || live(&dir)?.is_some() {
            return Ok(false);
        }
        // Held until the directory has gone: nobody can take the run up again in between.
        let _lock = match RunLock::take(&dir, by) {
            Ok(lock) => lock,
            Err(LockError::Held(_)) => return Ok(false),
            Err(LockError::Unusable(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(LockError::Unusable(source)) => {
                let path = dir.lock();
                return Err(HistoryError::Unwritable { path, source });
            }
        };
        let away = self.path().join(format!("{REMOVING}{name}"));
        match fs::rename(dir.path(), &away) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => {
                let path = dir.path().to_owned();
                Err(HistoryError::Unwritable { path, source })
            }
        }
    }

    /// Directories of ours that are being deleted, or were when the machine stopped.
    fn leftovers(&self) -> Vec<PathBuf> {
        let own = rustix::process::geteuid().as_raw();
        let Ok(entries) = fs::read_dir(self.path()) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(REMOVING))
            .filter(|entry| {
                entry
                    .metadata()
                    .is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == own)
            })
            .map(|entry| entry.path())
            .collect()
    }
}

#[cfg(test)]
mod tests;
