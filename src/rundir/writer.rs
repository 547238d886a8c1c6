//! Writing the run directory: append only, one writer. Files of attempts are opened when their first byte comes and
//! the number of open ones is bounded; events are one line each, written whole.

use super::index::IndexEntry;
use super::layout::RunDir;
use crate::model::event::{Event, Stream};
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// How many attempts may have their files open at once (three files each).
const OPEN_ATTEMPTS: usize = 128;

/// The one writer of a run directory.
#[derive(Debug)]
pub struct Writer {
    dir: RunDir,
    events: File,
    /// Whether the last event may have been written by half.
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

    /// Writes what is asked, before there is a runner.
    pub fn write_plan(dir: &RunDir, plan: &Plan) -> io::Result<()> {
        let mut file = append(&dir.plan())?;
        serde_json::to_writer_pretty(&mut file, plan)?;
        file.write_all(b"\n")
    }

    /// Opens the record of a run whose plan is written, to append to it.
    pub fn open(dir: RunDir) -> io::Result<Self> {
        let events = append(&dir.events())?;
        Ok(Self {
            dir,
            events,
            torn: false,
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
        let written = self.events.write_all(&line);
        self.torn = written.is_err();
        written
    }

    /// Appends what an attempt at the job with this label printed.
    pub fn output(&mut self, key: (JobId, AttemptNo), label: &str, chunk: Chunk<'_>) -> io::Result<()> {
        self.turn += 1;
        if !self.open.contains_key(&key) {
            self.make_room();
            self.dir.make_output_dir(label)?;
            let index = append(&self.dir.index(label, key.1))?;
            let files = Files {
                streams: [None, None],
                index,
                used: 0,
            };
            self.open.insert(key, files);
        }
        let Some(files) = self.open.get_mut(&key) else {
            return Ok(());
        };
        files.used = self.turn;
        let file = match &mut files.streams[chunk.stream as usize] {
            Some(file) => file,
            empty => empty.insert(append(&self.dir.output(label, key.1, chunk.stream))?),
        };
        file.write_all(chunk.bytes)?;
        let entry = IndexEntry {
            at: chunk.at,
            stream: chunk.stream,
            bytes: chunk.bytes.len() as u64,
        };
        files.index.write_all(entry.to_string().as_bytes())
    }

    /// Appends ssh's own words about a host, or what its login shell said before the shim.
    pub fn ssh_words(&mut self, host: &str, bytes: &[u8]) -> io::Result<()> {
        append(&self.dir.ssh_log(host))?.write_all(bytes)
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

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests;
