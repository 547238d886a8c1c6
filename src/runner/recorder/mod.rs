//! Recording and telling. Everything that happens passes through here in order: one thread writes the run directory,
//! because files block, and what is on disk is told to the front-ends. Whoever feeds it never waits for it, but a job
//! reads no more output than there is room for, so that a flood slows only the job that floods.
//!
//! # When the disk fails
//!
//! - **It refuses** (it is full, the directory is gone): events are kept in memory, in order, and written when there is
//!   room again; output is lost. All of it is told, and what is missing is counted ([`What::Unrecorded`]).
//!   What must be on record before it is done, such as a start, waits for that ([`Journal::recorded`]).
//! - **It does not answer** (a file system on a network): after 5 s everything is told past it and counted the
//!   same way, until it answers. What a job prints waits for room as always; only a job that must be heard (because it
//!   is being ended, say) is read on: into a spool that all of them share, and beyond that its output is lost.

mod desk;
mod entry;
mod losses;
mod room;
mod scribe;
mod teller;
mod watchdog;
mod wordy;

use super::clock::Clock;
use crate::link::Outlet;
use crate::model::event::{Change, Event, Piece, Stream, What};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::probe::Probe;
use crate::rundir::Writer;
use desk::Desk;
use entry::{Entry, Printed};
use room::Spool;
pub(super) use room::{CHUNK, Leave, Room, Urgency};
use scribe::Scribe;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;
use wordy::Wordy;

/// How long the end of the run waits for a disk that makes no progress.
const FAREWELL: Duration = Duration::from_secs(10);

/// The way to the recorder, for everybody who has something to record.
#[derive(Clone)]
pub(super) struct Journal {
    desk: Arc<Desk>,
    clock: Clock,
    spool: Arc<Spool>,
    wordy: Arc<Wordy>,
    _open: Arc<Open>,
}

/// Closes the desk when nobody has anything to record any more.
struct Open(Arc<Desk>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Journal {
    /// Records an event.
    pub(super) fn event(&self, event: Event) {
        self.desk.put(Entry::Event(event));
    }

    /// Records something that happens now.
    pub(super) fn now(&self, what: What) {
        let at = self.clock.now();
        self.event(Event { at, what });
    }

    /// Records a change of a job that happens now.
    pub(super) fn change(&self, plan: &Plan, (job, attempt): (JobId, AttemptNo), change: Change) {
        let host = plan.host(job).clone();
        self.now(What::Job {
            job,
            host,
            attempt,
            change,
        });
    }

    /// Waits until every event so far is on disk: for ever, where the disk never takes them. Cancel safe.
    pub(super) async fn recorded(&self) {
        let mark = Arc::new(Notify::new());
        self.desk.put(Entry::Mark(Arc::clone(&mark)));
        mark.notified().await;
    }

    /// Room for the output of an attempt that is read.
    pub(super) fn room(&self) -> Room {
        Room::new(Arc::clone(&self.spool), self.desk.stalled())
    }

    /// Tells whoever watches of a look at a host, which is not recorded.
    pub(super) fn tell_probe(&self, probe: Probe) {
        self.desk.tell_probe(probe);
    }

    /// Records output that was read now, with leave.
    pub(super) fn output(&self, (job, attempt): (JobId, AttemptNo), piece: Piece, leave: Leave) {
        let at = self.clock.now();
        match leave {
            Leave::Keep(permit) => self.desk.put(Entry::Output(Printed {
                job,
                attempt,
                piece,
                at,
                _permit: permit,
            })),
            Leave::Lose => self.desk.lose((job, attempt), piece, at),
        }
    }

    /// Records what ssh or a login shell said about a host, up to a bound.
    pub(super) fn words(&self, host: &HostName, words: &[u8]) {
        if let Some(words) = self.wordy.take(host, words) {
            self.desk.put(Entry::Words(host.clone(), words));
        }
    }
}

/// The recorder at work.
pub(super) struct Recorder {
    desk: Arc<Desk>,
    ended: oneshot::Receiver<()>,
}

/// Starts the recorder. It ends when the last [`Journal`] is gone and everything is written.
pub(super) fn start(writer: Writer, plan: Arc<Plan>, outlet: Outlet, clock: Clock) -> io::Result<(Journal, Recorder)> {
    let desk = Arc::new(Desk::new(outlet));
    let scribe = Scribe::new(Arc::clone(&desk), writer, plan);
    let (end, ended) = oneshot::channel();
    thread::Builder::new().name("recorder".to_owned()).spawn(move || {
        scribe.run();
        drop(end);
    })?;
    watchdog::start(&desk)?;
    let journal = Journal {
        _open: Arc::new(Open(Arc::clone(&desk))),
        spool: Arc::default(),
        wordy: Arc::default(),
        desk: Arc::clone(&desk),
        clock,
    };
    Ok((journal, Recorder { desk, ended }))
}

impl Recorder {
    /// Waits until everything is written, or the disk has not answered for too long.
    pub(super) async fn finish(mut self) {
        loop {
            let (before, _) = self.desk.progress();
            // It sends nothing: the end of the channel is the end of the thread.
            if timeout(FAREWELL, &mut self.ended).await.is_ok() {
                return;
            }
            if self.desk.progress() == (before, true) {
                tracing::error!("the disk does not answer: the record ends before the run did");
                return;
            }
        }
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
