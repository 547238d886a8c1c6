//! The one thread that writes the run directory and tells the front-end. Everything that happens passes through it in
//! order, and nothing is told before it is on disk. It is a thread because files block; whoever feeds it never waits
//! for it, but a job reads no more output than it has permits for, so that a flood slows only the job that floods.

use super::clock::Clock;
use crate::link::{Outlet, Parcel};
use crate::model::event::{Change, Event, Message, Output, Piece, Stream, What};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use crate::rundir::{Chunk, Writer};
use rustix::time::{ClockId, clock_gettime};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much unseen output of one attempt is kept for a front-end that is slower than the host; older pieces are on disk.
const UNSEEN: usize = 16 * 1024;
/// How often a front-end that was behind is offered what it has not seen.
const OFFER: Duration = Duration::from_millis(20);

/// Something to record.
enum Entry {
    Event(Event),
    Output(Bytes),
    Words(HostName, Vec<u8>),
}

/// Bytes of one stream of one attempt.
struct Bytes {
    job: JobId,
    attempt: AttemptNo,
    chunk: Piece,
    at: Stamp,
    /// Given back when the bytes are on disk.
    _permit: Option<OwnedSemaphorePermit>,
}

/// The way to the recorder, for everybody who has something to record.
#[derive(Clone)]
pub(super) struct Journal {
    entries: Sender<Entry>,
    clock: Clock,
}

impl Journal {
    /// Records an event.
    pub(super) fn event(&self, event: Event) {
        self.send(Entry::Event(event));
    }

    /// Records a change of a job that happens now.
    pub(super) fn change(&self, plan: &Plan, (job, attempt): (JobId, AttemptNo), change: Change) {
        let host = plan.host(job).clone();
        let at = self.clock.now();
        self.event(Event {
            at,
            what: What::Job {
                job,
                host,
                attempt,
                change,
            },
        });
    }

    /// Records output that was read now; the permit is given back when it is on disk.
    pub(super) fn output(
        &self,
        (job, attempt): (JobId, AttemptNo),
        chunk: Piece,
        permit: Option<OwnedSemaphorePermit>,
    ) {
        let at = self.clock.now();
        self.send(Entry::Output(Bytes {
            job,
            attempt,
            chunk,
            at,
            _permit: permit,
        }));
    }

    /// Records what ssh or a login shell said about a host.
    pub(super) fn words(&self, host: &HostName, words: &[u8]) {
        self.send(Entry::Words(host.clone(), words.to_vec()));
    }

    fn send(&self, entry: Entry) {
        if self.entries.send(entry).is_err() {
            tracing::error!("the recorder has ended before the run");
        }
    }
}

/// Starts the recorder. It ends when the last [`Journal`] is gone; then it returns the first error that it met, after
/// which the record is incomplete.
pub(super) fn start(
    writer: Writer,
    plan: Arc<Plan>,
    outlet: Outlet,
    clock: Clock,
) -> io::Result<(Journal, JoinHandle<io::Result<()>>)> {
    let (entries, inbox) = channel();
    let recorder = Recorder {
        writer,
        plan,
        outlet,
        unseen: HashMap::new(),
        behind: 0,
        trouble: None,
        effort: Effort::default(),
    };
    let thread = thread::Builder::new()
        .name("recorder".to_owned())
        .spawn(move || recorder.run(&inbox))?;
    Ok((Journal { entries, clock }, thread))
}

struct Recorder {
    writer: Writer,
    plan: Arc<Plan>,
    outlet: Outlet,
    unseen: HashMap<(JobId, AttemptNo), Unseen>,
    /// How many attempts have something that the front-end has not been told.
    behind: usize,
    trouble: Option<io::Error>,
    effort: Effort,
}

/// What recording cost, for whoever wonders.
#[derive(Debug, Default)]
struct Effort {
    /// From taking something up to its being on disk and told, whether the thread had a processor or not.
    busy: Duration,
    events: u64,
    bytes: u64,
}

/// What the front-end has not been told of one attempt.
struct Unseen {
    pieces: Vec<Piece>,
    bytes: usize,
    at: Stamp,
    /// One message may be under way at a time.
    slot: Arc<Semaphore>,
}

impl Recorder {
    fn run(mut self, inbox: &Receiver<Entry>) -> io::Result<()> {
        let mut offered = Instant::now();
        loop {
            let entry = if self.behind == 0 {
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                inbox.recv_timeout(OFFER)
            };
            match entry {
                Ok(entry) => {
                    let begun = Instant::now();
                    self.take(entry);
                    self.effort.busy += begun.elapsed();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let Effort { busy, events, bytes } = self.effort;
                    let used = clock_gettime(ClockId::ThreadCPUTime);
                    let used = Duration::new(used.tv_sec.unsigned_abs(), used.tv_nsec as u32);
                    let (busy_us, cpu_us) = (busy.as_micros(), used.as_micros());
                    tracing::info!(busy_us, cpu_us, events, bytes, "everything is recorded");
                    return self.trouble.map_or(Ok(()), Err);
                }
            }
            // By the clock and not when all is quiet: others may never be.
            if self.behind > 0 && offered.elapsed() >= OFFER {
                self.offer_all();
                offered = Instant::now();
            }
        }
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Event(event) => self.event(event),
            Entry::Output(bytes) => self.output(bytes),
            Entry::Words(host, words) => {
                let written = self.writer.ssh_words(host.as_str(), &words);
                self.note(written);
            }
        }
    }

    fn event(&mut self, event: Event) {
        self.effort.events += 1;
        let written = self.writer.event(&event);
        self.note(written);
        if let What::Job {
            job,
            attempt,
            change: Change::Done(_) | Change::Retrying { .. },
            ..
        } = &event.what
        {
            let key = (*job, *attempt);
            self.writer.close(key);
            // The end of an attempt is told after all of its output, whether the front-end keeps up or not.
            if let Some(mut unseen) = self.unseen.remove(&key)
                && let Some(output) = unseen.take(key)
            {
                self.behind -= 1;
                self.tell(Message::Output(output), None);
            }
        }
        self.tell(Message::Event(event), None);
    }

    fn output(&mut self, bytes: Bytes) {
        let key = (bytes.job, bytes.attempt);
        let chunk = Chunk {
            at: bytes.at,
            stream: bytes.chunk.stream,
            bytes: &bytes.chunk.bytes,
        };
        self.effort.bytes += bytes.chunk.bytes.len() as u64;
        let written = self.writer.output(key, self.plan.label(bytes.job), chunk);
        self.note(written);
        let unseen = self.unseen.entry(key).or_insert_with(|| Unseen {
            pieces: Vec::new(),
            bytes: 0,
            at: bytes.at,
            slot: Arc::new(Semaphore::new(1)),
        });
        self.behind += usize::from(unseen.pieces.is_empty());
        unseen.add(bytes.chunk, bytes.at);
        self.offer(key);
    }

    fn offer_all(&mut self) {
        let behind: Vec<_> = self
            .unseen
            .iter()
            .filter(|(_, unseen)| !unseen.pieces.is_empty())
            .map(|(key, _)| *key)
            .collect();
        for key in behind {
            self.offer(key);
        }
    }

    /// Tells the front-end what it has not seen of an attempt, unless it has not taken the last message yet.
    fn offer(&mut self, key: (JobId, AttemptNo)) {
        if let Some(unseen) = self.unseen.get_mut(&key)
            && let Ok(permit) = Arc::clone(&unseen.slot).try_acquire_owned()
            && let Some(output) = unseen.take(key)
        {
            self.behind -= 1;
            self.tell(Message::Output(output), Some(permit));
        }
    }

    fn tell(&self, message: Message, permit: Option<OwnedSemaphorePermit>) {
        if self.outlet.send(Parcel { message, permit }).is_err() {
            tracing::debug!("nobody listens any more");
        }
    }

    fn note(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            tracing::error!(%error, "the record of the run is incomplete");
            self.trouble.get_or_insert(error);
        }
    }
}

impl Unseen {
    fn add(&mut self, piece: Piece, at: Stamp) {
        self.bytes += piece.bytes.len();
        self.at = at;
        self.pieces.push(piece);
        while self.bytes > UNSEEN && self.pieces.len() > 1 {
            self.bytes -= self.pieces.remove(0).bytes.len();
        }
    }

    fn take(&mut self, (job, attempt): (JobId, AttemptNo)) -> Option<Output> {
        let pieces = std::mem::take(&mut self.pieces);
        self.bytes = 0;
        (!pieces.is_empty()).then_some(Output {
            at: self.at,
            job,
            attempt,
            pieces,
        })
    }
}

/// The next piece of a stream whose earlier bytes were `offset` in number.
pub(super) fn piece(stream: Stream, offset: &mut u64, bytes: Vec<u8>) -> Piece {
    let piece = Piece {
        stream,
        offset: *offset,
        bytes,
    };
    *offset += piece.bytes.len() as u64;
    piece
}
