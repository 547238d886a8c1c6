//! Writing the run directory: append only, one writer. Files of attempts are opened when their first byte comes and
//! the number of open ones is bounded; events are one line each. What is appended is appended whole or not at all, so
//! that after a failure (a full disk) the files are as they were before.

use super::index::{Fill, IndexEntry};
use super::layout::RunDir;
use crate::model::event::{Event, Stream};
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// How many attempts may have their files open at once (three files each).
const OPEN_ATTEMPTS: usize = 128;

/// The one writer of a run directory.
#[derive(Debug)]
pub struct Writer {
    dir: RunDir,
    events: File,
    /// Whether the last event may have been written by half, and could not be taken back.
    torn: bool,
    open: HashMap<(JobId, AttemptNo), Files>,
    /// Counts the writes, to find the files that were not used for the longest time.
    turn: u64,
}

/// The open files of one attempt.
#[derive(Debug)]
struct Files {
    streams: [Option<File>; 2],
    index: File,
    used: u64,
}

impl Writer {
    /// Begins the record of a run: writes the plan, opens the list of events.
    pub fn create(dir: RunDir, plan: &Plan) -> io::Result<Self> {
        Self::write_plan(&dir, plan)?;
        Self::open(dir)
    }

    /// Writes what is asked, before there is a runner: whole, or not at all.
    pub fn write_plan(dir: &RunDir, plan: &Plan) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(plan)?;
        text.push(b'\n');
        let begun = dir.plan().with_extension("json.tmp");
        let written = append(&begun)
            .and_then(|file| Ok(append_whole(&file, &text)?))
            .and_then(|()| fs::rename(&begun, dir.plan()));
        if written.is_err() {
            // Whatever is in the way of that is in the way of the plan, too.
            let _nothing_there = fs::remove_file(&begun);
        }
        written
    }

    /// Opens the record of a run whose plan is written, to append to it.
    pub fn open(dir: RunDir) -> io::Result<Self> {
        let events = append(&dir.events())?;
        let torn = is_torn(&dir.events())?;
        Ok(Self {
            dir,
            events,
            torn,
            open: HashMap::new(),
            turn: 0,
        })
    }

    /// Appends an event.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        if self.torn {
            // Half a line stands before: let this one begin anew, so that only that one is lost.
            line.insert(0, b'\n');
        }
        let written = append_whole(&self.events, &line);
        self.torn = match &written {
            Ok(()) => false,
            Err(failure) => self.torn || failure.torn,
        };
        written.map_err(|failure| failure.error)
    }

    /// Whether the run directory is still where it was: what is written to files that were removed is lost without an
    /// error.
    pub fn is_in_place(&self) -> io::Result<()> {
        let ours = self.events.metadata()?;
        let there = fs::metadata(self.dir.events());
        if there.is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino())) {
            return Ok(());
        }
        let path = self.dir.path().display();
        Err(io::Error::other(format!("the run directory {path} is gone")))
    }

    /// Appends what an attempt at the job with this label printed.
    pub fn output(&mut self, key: (JobId, AttemptNo), label: &str, chunk: Chunk<'_>) -> io::Result<()> {
        let (file, index) = self.files(key, label, chunk.stream)?;
        append_whole(file, chunk.bytes)?;
        let entry = IndexEntry {
            at: chunk.at,
            stream: chunk.stream,
            bytes: chunk.bytes.len() as u64,
            fill: Fill::Bytes,
        };
        let indexed = append_whole(index, entry.to_string().as_bytes());
        if indexed.is_err() {
            take_back(file, chunk.bytes.len())?;
        }
        Ok(indexed?)
    }

    /// Leaves a hole of so many bytes in a stream, whose next bytes come at `at`: they were read but could not be
    /// written. A hole takes no room on the disk, and what follows it stands in its right place.
    pub fn hole(
        &mut self,
        key: (JobId, AttemptNo),
        label: &str,
        (at, stream): (Stamp, Stream),
        bytes: u64,
    ) -> io::Result<()> {
        let (file, index) = self.files(key, label, stream)?;
        let before = file.metadata()?.len();
        file.set_len(before + bytes)?;
        let entry = IndexEntry {
            at,
            stream,
            bytes,
            fill: Fill::Hole,
        };
        let indexed = append_whole(index, entry.to_string().as_bytes());
        if indexed.is_err() {
            file.set_len(before)?;
        }
        Ok(indexed?)
    }

    /// The files of an attempt, for one of its streams: that of the stream, and the index.
    fn files(&mut self, key: (JobId, AttemptNo), label: &str, stream: Stream) -> io::Result<(&File, &File)> {
        self.turn += 1;
        if !self.open.contains_key(&key) {
            self.make_room();
            self.dir.make_output_dir(label)?;
        }
        let files = match self.open.entry(key) {
            Entry::Occupied(files) => files.into_mut(),
            Entry::Vacant(empty) => empty.insert(Files {
                streams: [None, None],
                index: append(&self.dir.index(label, key.1))?,
                used: 0,
            }),
        };
        files.used = self.turn;
        let file = match &mut files.streams[stream as usize] {
            Some(file) => file,
            empty => empty.insert(append(&self.dir.output(label, key.1, stream))?),
        };
        Ok((file, &files.index))
    }

    /// Appends ssh's own words about a host, or what its login shell said before the shim.
    pub fn ssh_words(&mut self, host: &str, bytes: &[u8]) -> io::Result<()> {
        Ok(append_whole(&append(&self.dir.ssh_log(host))?, bytes)?)
    }

    /// Closes the files of an attempt that is over.
    pub fn close(&mut self, key: (JobId, AttemptNo)) {
        self.open.remove(&key);
    }

    fn make_room(&mut self) {
        while self.open.len() >= OPEN_ATTEMPTS {
            let oldest = self
                .open
                .iter()
                .min_by_key(|(_, files)| files.used)
                .map(|(key, _)| *key);
            match oldest {
                Some(key) => self.open.remove(&key),
                None => return,
            };
        }
    }
}

/// Some bytes of one stream.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// When they were read.
    pub at: Stamp,
    /// From which stream.
    pub stream: Stream,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Why something was not appended.
struct Failure {
    error: io::Error,
    /// Whether a part of it was, and could not be taken back.
    torn: bool,
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// Appends all of it, or nothing.
fn append_whole(mut file: &File, bytes: &[u8]) -> Result<(), Failure> {
    let mut written = 0;
    while written < bytes.len() {
        let error = match file.write(&bytes[written..]) {
            Ok(0) => io::ErrorKind::WriteZero.into(),
            Ok(count) => {
                written += count;
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => error,
        };
        let torn = written > 0 && take_back(file, written).is_err();
        return Err(Failure { error, torn });
    }
    Ok(())
}

/// Takes the last bytes of a file away.
fn take_back(file: &File, bytes: usize) -> io::Result<()> {
    file.set_len(file.metadata()?.len().saturating_sub(bytes as u64))
}

/// Whether a file ends in the middle of a line, because whoever wrote it was ended there.
fn is_torn(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests;
