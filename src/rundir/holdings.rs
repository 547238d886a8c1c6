//! The ssh processes that a runner has started, on record while it lives, so that the next heeler can end what a killed
//! runner could not. The file stands there from the first connection until the runner has reaped all of them: where
//! there is none, nothing is left.

use super::layout::RunDir;
use crate::model::connection::Holding;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// Where the processes are noted. A thread of its own writes, as nobody who connects may wait for the disk.
#[derive(Clone, Debug)]
pub struct Holdings(Sender<Holding>);

impl Holdings {
    /// Begins to note in the directory of a run.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn begin(dir: &RunDir) -> io::Result<Self> {
        let (noted, due) = channel::<Holding>();
        let path = dir.holdings();
        thread::Builder::new().name("holdings".to_owned()).spawn(move || {
            for holding in due {
                let options = &mut OpenOptions::new();
                let options = options.append(true).create(true).mode(0o600);
                let noted = line(&holding).and_then(|line| options.open(&path)?.write_all(&line));
                if let Err(error) = noted {
                    // On Linux it ends with us anyway.
                    tracing::warn!(%error, pid = holding.pid, "an ssh process is not on record");
                }
            }
        })?;
        Ok(Self(noted))
    }

    /// Notes a process.
    pub fn note(&self, holding: Holding) {
        // The thread lives as long as there is somebody who notes.
        let _noted = self.0.send(holding);
    }
}

impl RunDir {
    /// Whether a runner has ssh processes or a socket, or had them and could not put them away.
    pub fn has_leftovers(&self) -> bool {
        self.holdings().exists() || self.socket().exists()
    }

    /// The ssh processes that are on record; what was cut short while it was written is left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_holdings(&self) -> io::Result<Vec<Holding>> {
        let text = match fs::read(self.holdings()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let lines = text.split(|byte| *byte == b'\n');
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }

    /// Says that none of them is left. Only the holder of the run's lock may say so.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn forget_holdings(&self) -> io::Result<()> {
        match fs::remove_file(self.holdings()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Removes the socket of a runner that has gone. Only the holder of the run's lock may do so.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_socket(&self) -> io::Result<()> {
        let socket = self.socket();
        if fs::symlink_metadata(&socket).is_ok_and(|found| found.file_type().is_socket()) {
            fs::remove_file(socket)?;
        }
        Ok(())
    }
}

fn line(holding: &Holding) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(holding)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::RunId;
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    #[test]
    fn what_is_noted_is_read_back_but_for_a_line_cut_short() {
        let home = tempfile::tempdir().expect("a directory");
        let dir = RunDir::create(home.path(), &RunId("run".to_owned())).expect("a run");
        assert!(!dir.has_leftovers());
        assert_eq!(dir.read_holdings().expect("none"), []);
        let holding = Holding {
            pid: 4711,
            start: Some(7),
            boot: None,
            sockets: PathBuf::from("/tmp/heeler-1"),
            host: None,
            socket: Some(PathBuf::from("/tmp/heeler-1/0")),
        };
        Holdings::begin(&dir).expect("a thread").note(holding.clone());
        let begun = Instant::now();
        while dir.read_holdings().expect("readable").is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(30), "it is written");
            thread::yield_now();
        }
        let cut = OpenOptions::new()
            .append(true)
            .open(dir.holdings())
            .and_then(|mut file| file.write_all(b"{\"pid\":47"));
        cut.expect("writable");
        assert_eq!(dir.read_holdings().expect("readable"), [holding]);
        dir.forget_holdings().expect("removable");
        dir.forget_holdings().expect("nothing to remove");
        assert!(!dir.has_leftovers());
    }
}
