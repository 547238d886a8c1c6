//! What comes back from a shim, and the threads that read it.

use std::collections::VecDeque;
use std::io::Read;
use std::process::ChildStderr;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

use heeler::shim::{Item, Nonce, Preamble, Process, Record, RecordSplitter};

/// What came back on one stream.
#[derive(Debug, Default)]
pub struct Side {
    /// What the login said before the shim was up.
    pub noise: Vec<u8>,
    /// The job's bytes.
    pub text: Vec<u8>,
    /// The stream ended.
    pub closed: bool,
    /// Marks that are yet to come.
    pub awaited: usize,
}

/// What came back so far.
#[derive(Debug, Default)]
pub struct Seen {
    pub out: Side,
    pub err: Side,
    pub records: Vec<Record>,
}

impl Seen {
    pub fn count(&self, wanted: impl Fn(&Record) -> bool) -> usize {
        self.records.iter().filter(|record| wanted(record)).count()
    }

    pub fn status(&self) -> Option<u32> {
        self.records.iter().find_map(|record| match record {
            Record::Exit { status } => Some(*status),
            _ => None,
        })
    }

    pub fn job(&self) -> Option<u32> {
        self.records.iter().find_map(|record| match record {
            Record::Job { pid, .. } => Some(*pid),
            _ => None,
        })
    }

    pub fn gone(&self) -> bool {
        matches!(self.records.last(), Some(Record::Gone(_)))
    }
}

#[derive(Default)]
pub struct Board {
    pub seen: Mutex<Seen>,
    pub changed: Condvar,
    /// While set, standard error is not read after the shim is up.
    pub stalled: Mutex<bool>,
    pub released: Condvar,
}

impl Board {
    pub fn update(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap());
        self.changed.notify_all();
    }
}

/// Reads a stream to its end: noise up to each of the marks, then what `take` makes of it.
pub fn read(
    mut stream: impl Read + Send + 'static,
    mut marks: VecDeque<Preamble>,
    board: Arc<Board>,
    side: fn(&mut Seen) -> &mut Side,
    mut take: impl FnMut(&Board, &[u8]) + Send + 'static,
) -> JoinHandle<()> {
    board.update(|seen| side(seen).awaited = marks.len());
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            let mut bytes = Some(buffer[..count].to_vec());
            while let (Some(mark), Some(some)) = (marks.front_mut(), &bytes) {
                bytes = mark.push(some);
                if bytes.is_some() {
                    let noise = mark.noise().to_vec();
                    marks.pop_front();
                    board.update(|seen| {
                        side(seen).noise.extend(noise);
                        side(seen).awaited -= 1;
                    });
                }
            }
            take(&board, &bytes.unwrap_or_default());
        }
        take(&board, b"");
        board.update(|seen| side(seen).closed = true);
    })
}

/// Cuts the records out, and waits while reading is not wanted.
pub fn read_err(stream: ChildStderr, nonce: &Nonce, board: Arc<Board>) -> JoinHandle<()> {
    let mut splitter = RecordSplitter::new(nonce);
    let marks = VecDeque::from([Preamble::up(nonce)]);
    read(
        stream,
        marks,
        board,
        |seen| &mut seen.err,
        move |board, bytes| {
            let mut items = Vec::new();
            splitter.push(bytes, &mut items);
            if bytes.is_empty() {
                splitter.finish(&mut items);
            }
            board.update(|seen| {
                for item in items {
                    match item {
                        Item::Text(text) => seen.err.text.extend(text),
                        Item::Record(record) => seen.records.push(record),
                    }
                }
            });
            let up = board.seen.lock().unwrap().err.awaited == 0;
            let mut stalled = board.stalled.lock().unwrap();
            while up && *stalled {
                stalled = board.released.wait(stalled).unwrap();
            }
        },
    )
}

/// The processes named in an answer.
pub fn processes_in(answer: &[Record]) -> Vec<&Process> {
    answer
        .iter()
        .filter_map(|record| match record {
            Record::Process(process) => Some(process),
            _ => None,
        })
        .collect()
}
