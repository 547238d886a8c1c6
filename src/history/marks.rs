//! What an operator has said about a run by a file in its directory: that it is to stay, that its result was seen.

use super::error::HistoryError;
use crate::rundir::RunDir;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Whether a run is never removed by itself.
pub fn is_pinned(dir: &RunDir) -> bool {
    pinned(dir).symlink_metadata().is_ok()
}

/// Keeps a run from being removed by itself.
///
/// # Errors
/// When its directory cannot be written.
pub fn pin(dir: &RunDir) -> Result<(), HistoryError> {
    write(&pinned(dir), b"")
}

/// Lets a run be removed by itself; `false` when it was not pinned.
///
/// # Errors
/// When its directory cannot be written.
pub fn unpin(dir: &RunDir) -> Result<bool, HistoryError> {
    let path = pinned(dir);
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(HistoryError::Unwritable { path, source }),
    }
}

/// Notes that somebody has seen how a run ended that had been taken up again so many times, as far as was shown. A run
/// that is taken up again has to be seen again, also when that happened unseen.
///
/// # Errors
/// When its directory cannot be written.
pub fn mark_reviewed(dir: &RunDir, resumed: usize) -> Result<(), HistoryError> {
    write(&reviewed(dir), format!("{resumed}\n").as_bytes())
}

/// Whether somebody has seen how a run ended that was taken up again so many times.
pub(super) fn is_reviewed(dir: &RunDir, resumed: usize) -> bool {
    let seen = fs::read_to_string(reviewed(dir)).ok();
    seen.and_then(|text| text.trim().parse().ok()) == Some(resumed)
}

fn pinned(dir: &RunDir) -> PathBuf {
    dir.path().join("pinned")
}

fn reviewed(dir: &RunDir) -> PathBuf {
    dir.path().join("reviewed")
}

fn write(path: &Path, text: &[u8]) -> Result<(), HistoryError> {
    let options = &mut OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    opened
        .and_then(|mut file| file.write_all(text))
        .map_err(|source| HistoryError::Unwritable {
            path: path.to_owned(),
            source,
        })
}
