//! What killed runners have left on this machine is ended before something new begins: ssh processes that did not end
//! with them, by what each run has on record, their control sockets, and the sockets of the runners themselves. What is not on record is never touched.

use super::place;
use super::tell::tell;
use crate::history::Store;
use crate::model::bond::Tie;
use crate::rundir::{Holder, RunDir, RunLock};
use crate::transport::openssh;
use std::io;
use std::path::{Path, PathBuf};

/// Where control sockets are when no directory is named.
const SHARED: &str = "/tmp";

/// Ends what dead runs have left, and says so in a line for each of them.
pub(super) fn reap() {
    let Ok(home) = place::state_home() else { return };
    let places: Vec<PathBuf> = [place::sockets(Tie::Starter), Some(PathBuf::from(SHARED))]
        .into_iter()
        .flatten()
        .collect();
    for dir in Store::new(&home).left_alone() {
        match clear(&dir, &places) {
            Ok(0) => {}
            Ok(ended) => {
                let name = dir.path().file_name().unwrap_or_default().to_string_lossy();
                let connections = if ended == 1 { "connection" } else { "connections" };
                tell(&format!("ended {ended} ssh {connections} that run {name} had left"));
            }
            // It is no reason to refuse anything, and the next one tries again.
            Err(error) => tracing::debug!(%error, dir = %dir.path().display(), "what it left stays"),
        }
    }
}

/// Ends what one run has left; returns how many processes that were.
fn clear(dir: &RunDir, places: &[PathBuf]) -> io::Result<usize> {
    let holder = Holder {
        pid: std::process::id(),
        machine: place::machine(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    // Held to the end, so that nobody takes the run up meanwhile.
    let Ok(_lock) = RunLock::take(dir, &holder) else {
        return Ok(0);
    };
    let recorded = dir.read_holdings()?;
    let places: Vec<&Path> = places.iter().map(PathBuf::as_path).collect();
    let cleared = openssh::clear(&recorded, &places);
    dir.remove_socket()?;
    if cleared.doubtful == 0 {
        dir.forget_holdings()?;
    }
    Ok(cleared.ended)
}
