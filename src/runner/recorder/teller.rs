//! Telling the front-ends: events in order, and of each attempt's output the newest part, one message at a time, so that
//! a front-end that takes nothing costs little and holds up nobody.

use super::entry::Printed;
use crate::link::{Outlet, Parcel};
use crate::model::event::{Change, Event, Message, Output, Piece, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::probe::Probe;
use crate::model::stamp::Stamp;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much unseen output of one attempt is kept for a front-end that is slower than the host; older pieces are on disk.
const UNSEEN: usize = 16 * 1024;

/// Whoever is told, and what has not been told yet.
#[derive(Debug)]
pub(super) struct Teller {
    /// Dropped when the end of the run was told.
    outlet: Option<Outlet>,
    unseen: HashMap<(JobId, AttemptNo), Unseen>,
    /// How many attempts have something that the front-end has not been told.
    behind: usize,
}

/// What the front-end has not been told of one attempt.
#[derive(Debug)]
struct Unseen {
    pieces: Vec<Piece>,
    bytes: usize,
    at: Stamp,
    /// One message may be under way at a time.
    slot: Arc<Semaphore>,
}

impl Teller {
    /// Tells what there will be to this outlet.
    pub(super) fn new(outlet: Outlet) -> Self {
        Self {
            outlet: Some(outlet),
            unseen: HashMap::new(),
            behind: 0,
        }
    }

    /// Whether something has not been told because the last message has not been taken yet.
    pub(super) fn is_behind(&self) -> bool {
        self.behind > 0
    }

    /// Whether the end of the run was told, after which nothing is.
    pub(super) fn is_over(&self) -> bool {
        self.outlet.is_none()
    }

    /// Tells an event.
    pub(super) fn event(&mut self, event: Event) {
        if let What::Job {
            job,
            attempt,
            change: Change::Done(_) | Change::Retrying { .. },
            ..
        } = &event.what
        {
            let key = (*job, *attempt);
            // The end of an attempt is told after all of its output, whether the front-end keeps up or not.
            if let Some(mut unseen) = self.unseen.remove(&key)
                && let Some(output) = unseen.take(key)
            {
                self.behind -= 1;
                self.tell(Message::Output(output), None);
            }
        }
        let over = matches!(event.what, What::RunEnded { .. });
        self.tell(Message::Event(event), None);
        if over {
            self.outlet = None;
        }
    }

    /// Tells a look at a host.
    pub(super) fn probe(&self, probe: Probe) {
        self.tell(Message::Probe(probe), None);
    }

    /// Tells output, now or when the last message was taken.
    pub(super) fn output(&mut self, printed: Printed) {
        let key = printed.key();
        self.piece(key, printed.piece, printed.at);
    }

    /// The same, of a piece that is not recorded.
    pub(super) fn piece(&mut self, key: (JobId, AttemptNo), piece: Piece, at: Stamp) {
        let unseen = self.unseen.entry(key).or_insert_with(|| Unseen {
            pieces: Vec::new(),
            bytes: 0,
            at,
            slot: Arc::new(Semaphore::new(1)),
        });
        self.behind += usize::from(unseen.pieces.is_empty());
        unseen.add(piece, at);
        self.offer(key);
    }

    /// Offers the front-end again what it has not seen.
    pub(super) fn offer_all(&mut self) {
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
        let Some(outlet) = &self.outlet else { return };
        if outlet.send(Parcel { message, permit }).is_err() {
            tracing::debug!("nobody listens any more");
        }
    }
}

impl Unseen {
    fn add(&mut self, piece: Piece, at: Stamp) {
        self.bytes += piece.bytes.len();
        self.at = at;
        self.pieces.push(piece);
        let mut old = 0;
        while self.bytes > UNSEEN && old + 1 < self.pieces.len() {
            self.bytes -= self.pieces[old].bytes.len();
            old += 1;
        }
        self.pieces.drain(..old);
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
