//! What there is to record.

use crate::model::event::{Event, Piece, Stream};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId};
use crate::model::stamp::Stamp;
use std::sync::Arc;
use tokio::sync::{Notify, OwnedSemaphorePermit};

/// Something to record.
#[derive(Debug)]
pub(super) enum Entry {
    /// Something happened.
    Event(Event),
    /// Something was printed.
    Output(Printed),
    /// So many bytes of a stream were read with no room left to keep them. They were told and counted already.
    Lost {
        key: (JobId, AttemptNo),
        stream: Stream,
        bytes: u64,
    },
    /// ssh or a login shell said something about a host.
    Words(HostName, Vec<u8>),
    /// Somebody waits until every event before this is on disk.
    Mark(Arc<Notify>),
}

/// Bytes of one stream of one attempt.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) job: JobId,
    pub(super) attempt: AttemptNo,
    pub(super) piece: Piece,
    pub(super) at: Stamp,
    /// Given back when the bytes are on disk, or lost.
    pub(super) _permit: Option<OwnedSemaphorePermit>,
}

impl Printed {
    /// Whose they are.
    pub(super) fn key(&self) -> (JobId, AttemptNo) {
        (self.job, self.attempt)
    }
}
