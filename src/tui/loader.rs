//! Reads the output of one attempt in pieces of bounded size, in the order in which they came, so that a file of any
//! size opens at once and nothing waits for it. It runs where it may block and knows no screen.

use crate::app::{Load, Loaded, Read, Spot};
use crate::model::event::Stream;
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use crate::rundir::{IndexEntry, OutputReader, RunDir};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// How much is read at a time.
const CHUNK: u64 = 256 * 1024;
/// How much before a spot is read with it: it holds the rows above, and the beginning of the line.
const LEAD: u64 = 128 * 1024;
/// How much of the end is read at opening.
const TAIL: u64 = 4 << 20;
/// How much of the index is read at a time.
const INDEX_CHUNK: usize = 256 * 1024;

/// Where reading has come to in one attempt.
#[derive(Debug)]
pub(super) struct Loader {
    job: JobId,
    attempt: AttemptNo,
    ticket: u64,
    reader: OutputReader,
    /// Up to where the index was read, in its bytes.
    index_at: u64,
    /// Read from the index, and not yet from the streams.
    pending: VecDeque<IndexEntry>,
    /// Up to where each stream was read.
    offsets: [u64; 2],
    /// Bytes that were left out at the beginning, until they are told.
    skipped: u64,
    /// Streams that begin within a line for that reason, until they are told.
    cut: Vec<Stream>,
    /// Where the spot that was asked for is, until it is told.
    spot: Option<u64>,
}

/// From which byte on something came at which time.
type Times = Vec<(usize, Stamp)>;

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// At the first byte.
    Start,
    /// A little before the end.
    Tail,
    /// A little before a spot.
    Around(Spot),
}

impl Loader {
    /// Opens what a wish names, and says from where; `None` for a wish to read on.
    pub(super) fn open(load: Load, dir: &RunDir, plan: &Arc<Plan>) -> Option<(Self, From)> {
        let (job, attempt, ticket, from) = match load {
            Load::Tail { job, attempt, ticket } => (job, attempt, ticket, From::Tail),
            Load::Start { job, attempt, ticket } => (job, attempt, ticket, From::Start),
            Load::Around {
                job,
                attempt,
                ticket,
                spot,
            } => (job, attempt, ticket, From::Around(spot)),
            Load::More { .. } => return None,
        };
        let loader = Self {
            job,
            attempt,
            ticket,
            reader: OutputReader::new(dir, plan.label(job), attempt),
            index_at: 0,
            pending: VecDeque::new(),
            offsets: [0; 2],
            skipped: 0,
            cut: Vec::new(),
            spot: None,
        };
        Some((loader, from))
    }

    /// Passes over what lies before the place from which it is to be read.
    pub(super) fn begin(&mut self, from: From) -> io::Result<()> {
        match from {
            From::Start => Ok(()),
            From::Tail => self.skip_to_tail(),
            From::Around(spot) => self.skip_to(spot),
        }
    }

    /// Passes over everything but a little before a spot. It reads the index up to there.
    fn skip_to(&mut self, spot: Spot) -> io::Result<()> {
        // What is pending ends there, and so much of it lies before the spot.
        let (mut end, mut kept) = (0, 0);
        loop {
            let known = self.pending.len();
            if !self.read_index()? {
                return self.note_cuts();
            }
            for at in known..self.pending.len() {
                let entry = self.pending[at];
                let reached = match spot {
                    Spot::Place(place) => end + entry.bytes > place,
                    Spot::Time(time) => entry.at >= time,
                };
                if reached {
                    self.spot = Some(match spot {
                        Spot::Place(place) => place,
                        Spot::Time(_) => end,
                    });
                    self.keep_lead(&mut kept);
                    return self.note_cuts();
                }
                end += entry.bytes;
                kept += entry.bytes;
            }
            self.keep_lead(&mut kept);
        }
    }

    /// Leaves out the first pieces as long as enough stays before the spot.
    fn keep_lead(&mut self, kept: &mut u64) {
        while let Some(first) = self.pending.front().copied()
            && *kept >= LEAD + first.bytes
        {
            *kept -= first.bytes;
            self.pass(first);
        }
    }

    /// Leaves out the first piece.
    fn pass(&mut self, first: IndexEntry) {
        self.skipped += first.bytes;
        self.offsets[first.stream as usize] += first.bytes;
        self.pending.pop_front();
    }

    /// Passes over everything but the last part. It reads the whole index, which is far smaller than the output.
    fn skip_to_tail(&mut self) -> io::Result<()> {
        let mut kept = 0;
        loop {
            let known = self.pending.len();
            if !self.read_index()? {
                return self.note_cuts();
            }
            kept += self.pending.range(known..).map(|entry| entry.bytes).sum::<u64>();
            while let Some(first) = self.pending.front().copied()
                && kept - first.bytes >= TAIL
            {
                kept -= first.bytes;
                self.pass(first);
            }
        }
    }

    /// Notes which streams begin within a line: not one that is read from its start, nor one whose last byte before ends
    /// a line.
    fn note_cuts(&mut self) -> io::Result<()> {
        for stream in [Stream::Stdout, Stream::Stderr] {
            if let Some(before) = self.offsets[stream as usize].checked_sub(1)
                && self.reader.read(stream, before, 1)? != b"\n"
            {
                self.cut.push(stream);
            }
        }
        Ok(())
    }

    /// Reads the next pieces.
    pub(super) fn step(&mut self) -> Loaded {
        let mut loaded = Loaded {
            job: self.job,
            attempt: self.attempt,
            ticket: self.ticket,
            skipped: std::mem::take(&mut self.skipped),
            cut: std::mem::take(&mut self.cut),
            spot: self.spot.take(),
            pieces: Vec::new(),
            more: false,
            error: None,
        };
        match self.read(&mut loaded.pieces) {
            Ok(more) => loaded.more = more,
            Err(error) => loaded.error = Some(format!("cannot read the output: {error}")),
        }
        loaded
    }

    /// Reads the next pieces; says whether there are more.
    fn read(&mut self, pieces: &mut Vec<Read>) -> io::Result<bool> {
        let mut room = CHUNK;
        while room > 0 {
            let Some((entry, times)) = self.next_entry(room)? else {
                return Ok(false);
            };
            let offset = &mut self.offsets[entry.stream as usize];
            let bytes = self.reader.read(entry.stream, *offset, entry.bytes as usize)?;
            *offset += bytes.len() as u64;
            room = room.saturating_sub(bytes.len().max(1) as u64);
            let short = (bytes.len() as u64) < entry.bytes;
            pieces.push(Read {
                stream: entry.stream,
                bytes,
                times,
            });
            if short {
                // The file is shorter than its index says: somebody cut it. What is there was shown.
                return Ok(false);
            }
        }
        self.has_next()
    }

    /// The next piece to read, of at most `room` bytes; pieces of one stream that follow each other are read as one.
    /// With it comes when which of its bytes came.
    fn next_entry(&mut self, room: u64) -> io::Result<Option<(IndexEntry, Times)>> {
        if !self.has_next()? {
            return Ok(None);
        }
        let Some(mut entry) = self.pending.pop_front() else {
            return Ok(None);
        };
        let mut times = vec![(0, entry.at)];
        while let Some(next) = self.pending.front().copied()
            && next.stream == entry.stream
            && entry.bytes + next.bytes <= room
        {
            times.push((entry.bytes as usize, next.at));
            entry.bytes += next.bytes;
            self.pending.pop_front();
        }
        if entry.bytes > room {
            let rest = IndexEntry {
                bytes: entry.bytes - room,
                ..entry
            };
            self.pending.push_front(rest);
            entry.bytes = room;
        }
        Ok(Some((entry, times)))
    }

    fn has_next(&mut self) -> io::Result<bool> {
        while self.pending.is_empty() {
            if !self.read_index()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads on in the index; says whether there was anything.
    fn read_index(&mut self) -> io::Result<bool> {
        let (entries, at) = self.reader.index_part(self.index_at, INDEX_CHUNK)?;
        let grew = at > self.index_at;
        self.index_at = at;
        self.pending.extend(entries.into_iter().filter(|entry| entry.bytes > 0));
        Ok(grew)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::plan;
    use crate::model::id::RunId;
    use crate::rundir::{Chunk, Writer};

    /// A directory with an output of `pieces` on alternating streams, each of `size` bytes.
    fn written(pieces: u8, size: usize) -> (tempfile::TempDir, RunDir, Arc<Plan>) {
        record((0..pieces).map(|number| {
            let stream = if number % 2 == 0 {
                Stream::Stdout
            } else {
                Stream::Stderr
            };
            (stream, vec![number; size])
        }))
    }

    /// A directory with an output of these pieces.
    fn record(pieces: impl Iterator<Item = (Stream, Vec<u8>)>) -> (tempfile::TempDir, RunDir, Arc<Plan>) {
        let home = tempfile::tempdir().unwrap();
        let dir = RunDir::create(home.path(), &RunId("run".into())).unwrap();
        let plan = Arc::new(plan(&["web1"]));
        let mut writer = Writer::create(dir.clone(), &plan).unwrap();
        for (stream, bytes) in pieces {
            let chunk = Chunk {
                at: Stamp::default(),
                stream,
                bytes: &bytes,
            };
            writer.output((JobId(0), AttemptNo::FIRST), "web1", chunk).unwrap();
        }
        (home, dir, plan)
    }

    /// Everything that a wish brings, as (stream, first byte, length), and how much was left out.
    fn read_all(load: Load, dir: &RunDir, plan: &Arc<Plan>) -> (Vec<(Stream, u8, usize)>, u64) {
        let (mut loader, from) = Loader::open(load, dir, plan).unwrap();
        loader.begin(from).unwrap();
        let (mut runs, mut skipped): (Vec<(Stream, u8, usize)>, u64) = (Vec::new(), 0);
        loop {
            let piece = loader.step();
            assert_eq!(piece.error, None);
            skipped += piece.skipped;
            assert!(piece.pieces.iter().map(|read| read.bytes.len()).sum::<usize>() <= CHUNK as usize);
            for Read { stream, bytes, .. } in piece.pieces {
                match runs.last_mut() {
                    Some((_, first, length)) if *first == bytes[0] => *length += bytes.len(),
                    _ => runs.push((stream, bytes[0], bytes.len())),
                }
            }
            if !piece.more {
                return (runs, skipped);
            }
        }
    }

    const WHERE: (JobId, AttemptNo, u64) = (JobId(0), AttemptNo::FIRST, 1);

    #[test]
    fn the_streams_come_in_the_order_in_which_they_were_written() {
        let (_home, dir, plan) = written(4, 300_000);
        let (job, attempt, ticket) = WHERE;
        let whole: Vec<(Stream, u8, usize)> = vec![
            (Stream::Stdout, 0, 300_000),
            (Stream::Stderr, 1, 300_000),
            (Stream::Stdout, 2, 300_000),
            (Stream::Stderr, 3, 300_000),
        ];
        assert_eq!(
            read_all(Load::Start { job, attempt, ticket }, &dir, &plan),
            (whole.clone(), 0)
        );
        assert_eq!(read_all(Load::Tail { job, attempt, ticket }, &dir, &plan), (whole, 0));
    }

    #[test]
    fn only_the_last_part_of_much_is_read_and_from_the_right_place() {
        let (_home, dir, plan) = written(10, 1 << 20);
        let (job, attempt, ticket) = WHERE;
        let (runs, skipped) = read_all(Load::Tail { job, attempt, ticket }, &dir, &plan);
        let firsts: Vec<u8> = runs.iter().map(|(_, first, _)| *first).collect();
        assert_eq!((firsts, skipped), (vec![6, 7, 8, 9], 6 << 20));
    }

    #[test]
    fn a_spot_is_found_by_its_place_and_by_its_time_and_read_with_what_is_before_it() {
        let home = tempfile::tempdir().unwrap();
        let dir = RunDir::create(home.path(), &RunId("run".into())).unwrap();
        let plan = Arc::new(plan(&["web1"]));
        let mut writer = Writer::create(dir.clone(), &plan).unwrap();
        for second in 0..100 {
            let chunk = Chunk {
                at: Stamp::from_secs(second),
                stream: Stream::Stdout,
                bytes: &[b'0' + (second % 10) as u8; 10_000],
            };
            writer.output((JobId(0), AttemptNo::FIRST), "web1", chunk).unwrap();
        }
        let (job, attempt, ticket) = WHERE;
        for (spot, place) in [
            (Spot::Place(505_000), Some(505_000)),
            (Spot::Place(7), Some(7)),
            (Spot::Time(Stamp::from_millis(49_001)), Some(500_000)),
            (Spot::Time(Stamp::from_secs(200)), None),
        ] {
            let load = Load::Around {
                job,
                attempt,
                ticket,
                spot,
            };
            let (mut loader, from) = Loader::open(load, &dir, &plan).unwrap();
            loader.begin(from).unwrap();
            let first = loader.step();
            assert_eq!(first.spot, place, "{spot:?}");
            let (start, length) = (
                first.skipped,
                first.pieces.iter().map(|read| read.bytes.len() as u64).sum::<u64>(),
            );
            if let Some(place) = place {
                assert!(start <= place && place < start + length, "{spot:?} from {start}");
                assert!(place - start <= LEAD + 20_000, "{spot:?} from {start}");
                let at = (place - start) as usize;
                assert_eq!(first.pieces[0].time_of(at), Stamp::from_secs(place / 10_000));
                assert_eq!(first.pieces[0].bytes[at], b'0' + (place / 10_000 % 10) as u8);
            }
        }
    }

    #[test]
    fn a_stream_begins_within_a_line_only_where_one_was_cut() {
        let (job, attempt, ticket) = WHERE;
        let late = || std::iter::once((Stream::Stderr, b"disk is gone\n".to_vec()));
        for (line, cut) in [(&b"progress\n"[..], vec![]), (b"progress ", vec![Stream::Stdout])] {
            let much = std::iter::repeat_n((Stream::Stdout, line.repeat(100_000)), 10);
            let (_home, dir, plan) = record(much.chain(late()));
            let (mut loader, from) = Loader::open(Load::Tail { job, attempt, ticket }, &dir, &plan).unwrap();
            loader.begin(from).unwrap();
            let first = loader.step();
            assert!(first.skipped > 0);
            assert_eq!(first.cut, cut);
            assert_eq!(loader.step().cut, [], "it is told once");
        }
        let (_home, dir, plan) = record(late());
        let (mut loader, from) = Loader::open(Load::Tail { job, attempt, ticket }, &dir, &plan).unwrap();
        loader.begin(from).unwrap();
        assert_eq!(loader.step().cut, [], "nothing was left out");
    }

    #[test]
    fn a_gigabyte_opens_anywhere_without_being_read() {
        let (_home, dir, plan) = written(1, 1);
        let (job, attempt, ticket) = WHERE;
        let file = std::fs::File::create(dir.output("web1", attempt, Stream::Stdout)).unwrap();
        file.set_len(1 << 30).unwrap();
        let index: Vec<String> = (0..1 << 18).map(|piece| format!("{piece} o 4096\n")).collect();
        std::fs::write(dir.index("web1", attempt), index.concat()).unwrap();
        let spot = Spot::Place(1 << 29);
        for (load, skipped) in [
            (Load::Start { job, attempt, ticket }, 0..=0),
            (Load::Tail { job, attempt, ticket }, (1 << 30) - TAIL..=(1 << 30) - TAIL),
            (
                Load::Around {
                    job,
                    attempt,
                    ticket,
                    spot,
                },
                (1 << 29) - 2 * LEAD..=1 << 29,
            ),
        ] {
            let begun = std::time::Instant::now();
            let (mut loader, from) = Loader::open(load, &dir, &plan).unwrap();
            loader.begin(from).unwrap();
            let first = loader.step();
            println!("{load:?}: {:?}", begun.elapsed());
            assert!(skipped.contains(&first.skipped), "{load:?}: {}", first.skipped);
            assert_eq!(
                first.pieces.iter().map(|read| read.bytes.len()).sum::<usize>() as u64,
                CHUNK
            );
        }
    }

    #[test]
    fn a_silent_attempt_has_nothing_to_read() {
        let (_home, dir, plan) = written(0, 0);
        let (job, attempt, ticket) = WHERE;
        assert_eq!(read_all(Load::Tail { job, attempt, ticket }, &dir, &plan), (vec![], 0));
    }
}
