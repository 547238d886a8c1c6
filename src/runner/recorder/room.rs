//! How much may be read before it is on disk. An attempt has a little room of its own: when that is full its output is
//! left unread, and nothing is lost. But what the shim says comes through the same channel, so an attempt that must be
//! heard reads on: with the room that all attempts share, and, when the disk does not answer, without any.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// The most that is read at once.
pub(in crate::runner) const CHUNK: u16 = 16 * 1024;
/// How many bytes of one attempt may be on their way to the disk.
const OWN: usize = 8 * CHUNK as usize;
/// How many more there may be of all attempts that must be heard.
const SHARED: usize = 16 * 1024 * 1024;
/// What a piece takes at least, however short it is.
const LEAST: usize = 64;

/// The room that all attempts share.
pub(super) struct Spool(Arc<Semaphore>);

impl Default for Spool {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(SHARED)))
    }
}

/// The room for the output of one attempt.
pub(in crate::runner) struct Room {
    own: Arc<Semaphore>,
    shared: Arc<Spool>,
    stalled: watch::Receiver<bool>,
}

/// Leave to read one chunk.
#[derive(Debug)]
pub(in crate::runner) enum Leave {
    /// There is room for it, which is taken until it is on disk.
    Keep(Option<OwnedSemaphorePermit>),
    /// There is none: it is told, and counted as lost.
    Lose,
}

/// Whether an attempt must be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runner) enum Urgency {
    /// Its output may wait.
    None,
    /// What the shim says is waited for.
    Heard,
}

impl Room {
    pub(super) fn new(shared: Arc<Spool>, stalled: watch::Receiver<bool>) -> Self {
        let own = Arc::new(Semaphore::new(OWN));
        Self { own, shared, stalled }
    }

    /// Waits for leave to read a chunk. Cancel safe.
    pub(in crate::runner) async fn leave(&self, urgency: Urgency) -> Leave {
        let own = Arc::clone(&self.own).acquire_many_owned(u32::from(CHUNK));
        if urgency == Urgency::None {
            return Leave::Keep(own.await.ok());
        }
        let shared = Arc::clone(&self.shared.0).acquire_many_owned(u32::from(CHUNK));
        let mut stalled = self.stalled.clone();
        tokio::select! {
            biased;
            permit = own => Leave::Keep(permit.ok()),
            permit = shared => Leave::Keep(permit.ok()),
            _ = stalled.wait_for(|stalled| *stalled) => Leave::Lose,
        }
    }
}

impl Leave {
    /// The part that so many bytes take; the rest is given back.
    pub(in crate::runner) fn of(self, bytes: usize) -> Self {
        match self {
            Self::Keep(Some(mut permit)) => Self::Keep(permit.split(bytes.max(LEAST).min(permit.num_permits()))),
            other => other,
        }
    }
}
