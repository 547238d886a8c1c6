//! Messages of the link in order, with the output complete. The link carries the newest pieces of output only; a gap
//! between offsets, and whatever is missing at the end of an attempt, is read from the run directory. Output leaves here
//! in whole lines (at the end of an attempt also without a line end), in chunks of bounded size, before the event that
//! came after it. An unfinished line is remembered as an offset, so that it takes no memory however long it grows.

use super::holes::{Holes, Sound};
use crate::model::event::{Change, Event, Message, Output, Piece, Stream, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use crate::rundir::{OutputReader, RunDir};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io;

/// The most bytes in one chunk.
pub(super) const CHUNK: usize = 64 * 1024;

/// So many ranges in the queue may carry their bytes; those behind them are read from disk when their turn comes.
const CARRIED: usize = 64;

/// The next thing to show.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Something happened.
    Event(Event),
    /// Something was printed.
    Text(Text),
}

/// A chunk of output: whole lines, or a part of a line longer than a chunk, or the unfinished end of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) at: Stamp,
    pub(super) job: JobId,
    pub(super) attempt: AttemptNo,
    pub(super) stream: Stream,
    pub(super) bytes: Vec<u8>,
    /// Whether the stream has nothing more: a line without an end ends here.
    pub(super) last: bool,
}

/// Some output of a job cannot be read back; what follows it can.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) job: JobId,
    pub(super) error: io::Error,
}

/// One stream of one attempt.
type Key = (JobId, AttemptNo, Stream);

/// How far a stream has come.
#[derive(Clone, Copy, Debug, Default)]
struct Track {
    /// Everything before this offset has been handed out or is queued.
    given: u64,
    /// Everything before this offset is on disk.
    seen: u64,
    /// When the newest piece came; `None` before the first.
    newest: Option<Stamp>,
}

/// A range of a stream, waiting to be handed out.
#[derive(Debug)]
struct Range {
    at: Stamp,
    key: Key,
    from: u64,
    to: u64,
    /// The bytes, where the link carried all of them.
    carried: Option<Vec<u8>>,
    /// Whether the stream ends with it.
    last: bool,
}

#[derive(Debug)]
enum Item {
    Event(Event),
    Range(Range),
}

/// Puts messages in and takes steps out.
#[derive(Debug)]
pub(super) struct Feed {
    dir: RunDir,
    labels: Vec<String>,
    tracks: HashMap<Key, Track>,
    /// The attempts that run.
    open: BTreeSet<(JobId, AttemptNo)>,
    /// When the last event happened.
    last: Stamp,
    queue: VecDeque<Item>,
    /// The holes of the attempt that was read last.
    holes: ((JobId, AttemptNo), Holes),
    /// How many bytes of each job could not be shown, because they are not on record.
    lost: BTreeMap<JobId, u64>,
}

impl Feed {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            dir: RunDir::open(plan.directory.clone()),
            labels: plan.jobs().map(|job| plan.label(job).to_owned()).collect(),
            tracks: HashMap::new(),
            open: BTreeSet::new(),
            last: Stamp::default(),
            queue: VecDeque::new(),
            holes: ((JobId(0), AttemptNo::FIRST), Holes::default()),
            lost: BTreeMap::new(),
        }
    }

    /// Whether there is a step to take.
    pub(super) fn has_more(&self) -> bool {
        !self.queue.is_empty()
    }

    /// How many bytes of which jobs could not be shown so far, because they are not on record.
    pub(super) fn lost(&self) -> impl Iterator<Item = (JobId, u64)> {
        self.lost.iter().map(|(job, bytes)| (*job, *bytes))
    }

    /// Takes in a message.
    pub(super) fn push(&mut self, message: Message) -> Result<(), Unreadable> {
        match message {
            Message::Probe(_) => Ok(()),
            Message::Output(output) => {
                let job = output.job;
                self.output(output).map_err(|error| Unreadable { job, error })
            }
            Message::Event(event) => {
                let mut result = Ok(());
                self.last = event.at;
                if let What::Job {
                    job, attempt, change, ..
                } = &event.what
                {
                    match change {
                        Change::Running { .. } => {
                            self.open.insert((*job, *attempt));
                        }
                        Change::Retrying { .. } | Change::Done(_) => {
                            self.open.remove(&(*job, *attempt));
                            let finished = self.finish(*job, *attempt, event.at);
                            result = finished.map_err(|error| Unreadable { job: *job, error });
                        }
                        _ => {}
                    }
                }
                // The event is true even if the output cannot be read.
                self.queue.push_back(Item::Event(event));
                result
            }
        }
    }

    /// Queues what the attempts that run have printed so far, in whole lines: nobody has told of it. What cannot be read
    /// is returned.
    pub(super) fn catch_up(&mut self) -> Vec<Unreadable> {
        let mut unreadable = Vec::new();
        for (job, attempt) in self.open.clone() {
            for stream in [Stream::Stdout, Stream::Stderr] {
                let key = (job, attempt, stream);
                if let Err(error) = self.catch_up_stream(key) {
                    unreadable.push(Unreadable { job, error });
                }
            }
        }
        unreadable
    }

    fn catch_up_stream(&mut self, key: Key) -> io::Result<()> {
        let offset = self.reader(key).len(key.2)?;
        let nothing = Piece {
            stream: key.2,
            offset,
            bytes: Vec::new(),
        };
        if offset > 0 {
            self.piece(self.last, key, nothing)?;
        }
        Ok(())
    }

    /// Queues everything that the attempts under way have printed, because nobody will tell of their end. What cannot be
    /// read is returned.
    pub(super) fn cut_off(&mut self) -> Vec<Unreadable> {
        let open = std::mem::take(&mut self.open);
        let finished = open.into_iter().map(|(job, attempt)| {
            let finished = self.finish(job, attempt, self.last);
            finished.map_err(|error| Unreadable { job, error })
        });
        finished.filter_map(Result::err).collect()
    }

    /// The events that still wait, when nothing more can be shown.
    pub(super) fn rest(&mut self) -> impl Iterator<Item = Event> {
        self.queue.drain(..).filter_map(|item| match item {
            Item::Event(event) => Some(event),
            Item::Range(_) => None,
        })
    }

    /// The next step. An unreadable file is an error of that step only.
    pub(super) fn next(&mut self) -> Result<Option<Step>, Unreadable> {
        match self.queue.pop_front() {
            None => Ok(None),
            Some(Item::Event(event)) => Ok(Some(Step::Event(event))),
            Some(Item::Range(range)) => {
                let job = range.key.0;
                let text = self.chunk(range).map_err(|error| Unreadable { job, error })?;
                Ok(text.map(Step::Text))
            }
        }
    }

    fn output(&mut self, output: Output) -> io::Result<()> {
        for piece in output.pieces {
            let key = (output.job, output.attempt, piece.stream);
            if self.labels.len() > output.job.index() {
                self.piece(output.at, key, piece)?;
            }
        }
        Ok(())
    }

    fn piece(&mut self, at: Stamp, key: Key, mut piece: Piece) -> io::Result<()> {
        let track = self.tracks.get(&key).copied().unwrap_or_default();
        let seen = piece.offset + piece.bytes.len() as u64;
        let line_end = piece.bytes.iter().rposition(|byte| *byte == b'\n');
        let end = match line_end {
            Some(at) => Some(piece.offset + at as u64 + 1),
            None if piece.offset > track.seen => self.last_line_end(key, track, piece.offset)?,
            None => None,
        };
        let mut given = track.given;
        if let Some(end) = end.filter(|end| *end > given) {
            let carried = (piece.offset == given && self.queue.len() < CARRIED).then(|| {
                piece.bytes.truncate((end - given) as usize);
                piece.bytes
            });
            let from = std::mem::replace(&mut given, end);
            self.queue.push_back(Item::Range(Range {
                at,
                key,
                from,
                to: end,
                carried,
                last: false,
            }));
        }
        let seen = seen.max(track.seen);
        let newest = Some(at);
        self.tracks.insert(key, Track { given, seen, newest });
        Ok(())
    }

    /// Behind the last line end in the last chunk of a gap.
    fn last_line_end(&self, key: Key, track: Track, gap_end: u64) -> io::Result<Option<u64>> {
        let from = track.seen.max(gap_end.saturating_sub(CHUNK as u64));
        let bytes = self.reader(key).read(key.2, from, (gap_end - from) as usize)?;
        let last = bytes.iter().rposition(|byte| *byte == b'\n');
        Ok(last.map(|at| from + at as u64 + 1))
    }

    /// Queues what is left of both streams of an attempt that is over.
    fn finish(&mut self, job: JobId, attempt: AttemptNo, at: Stamp) -> io::Result<()> {
        if self.labels.len() <= job.index() {
            return Ok(());
        }
        let mut result = Ok(());
        for stream in [Stream::Stdout, Stream::Stderr] {
            let key = (job, attempt, stream);
            let track = self.tracks.remove(&key).unwrap_or_default();
            let from = track.given;
            let to = match self.reader(key).len(stream) {
                Ok(to) => to,
                // The other stream may well be readable.
                Err(error) => {
                    result = Err(error);
                    continue;
                }
            };
            if to > from {
                self.queue.push_back(Item::Range(Range {
                    // Not when the attempt ended: what was printed was printed before.
                    at: track.newest.unwrap_or(at),
                    key,
                    from,
                    to,
                    carried: None,
                    last: true,
                }));
            }
        }
        result
    }

    /// The beginning of a range; what is left of it stays first in the queue.
    fn chunk(&mut self, mut range: Range) -> io::Result<Option<Text>> {
        let (job, attempt, stream) = range.key;
        while range.from < range.to {
            let bytes = match range.carried.take() {
                Some(bytes) => {
                    range.from += bytes.len() as u64;
                    bytes
                }
                None => self.fetch(&mut range)?,
            };
            if bytes.is_empty() {
                continue;
            }
            let text = Text {
                at: range.at,
                job,
                attempt,
                stream,
                bytes,
                last: range.last && range.from >= range.to,
            };
            if range.from < range.to {
                self.queue.push_front(Item::Range(range));
            }
            return Ok(Some(text));
        }
        Ok(None)
    }

    /// Reads the beginning of a range, without what is not on record.
    fn fetch(&mut self, range: &mut Range) -> io::Result<Vec<u8>> {
        let (job, attempt, stream) = range.key;
        let most = (range.to - range.from).min(CHUNK as u64) as usize;
        let reader = self.reader(range.key);
        let mut bytes = reader.read(stream, range.from, most)?;
        let left = range.to - range.from;
        if bytes.is_empty() {
            // It was told, and the disk did not take it.
            *self.lost.entry(job).or_default() += left;
            range.from = range.to;
            return Ok(bytes);
        }
        if (bytes.len() as u64) < left {
            bytes.truncate(good_cut(&bytes));
        }
        let offset = range.from;
        range.from += bytes.len() as u64;
        if self.holes.0 != (job, attempt) {
            self.holes = ((job, attempt), Holes::default());
        }
        let Sound { bytes, lost } = self.holes.1.cut(&reader, (stream, offset), bytes)?;
        if lost > 0 {
            *self.lost.entry(job).or_default() += lost;
        }
        Ok(bytes)
    }

    fn reader(&self, (job, attempt, _): Key) -> OutputReader {
        OutputReader::new(&self.dir, &self.labels[job.index()], attempt)
    }
}

/// Where to cut a chunk: behind its last line, or before a character of UTF-8 that has no end yet.
fn good_cut(bytes: &[u8]) -> usize {
    if let Some(line_end) = bytes.iter().rposition(|byte| *byte == b'\n') {
        return line_end + 1;
    }
    // A character has at most three bytes behind its first, which tells by its leading ones how many there are.
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        if byte >= 0xc0 {
            let cut_through = byte.leading_ones() as usize > back;
            return if cut_through { bytes.len() - back } else { bytes.len() };
        }
        if byte < 0x80 {
            break;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests;
