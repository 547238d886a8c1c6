//! Runs that one process drives: each with a record, a schedule and viewers of its own, and over connections that one
//! lends to another.

use super::pool::Lender;
use super::recorder::Journal;
use crate::model::event::What;
use crate::model::id::RunId;
use crate::model::plan::Plan;
use crate::transport::Transport;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// What a run has to do with others in the same process.
pub struct Family<T: Transport> {
    /// Over whose connections it goes where they stand.
    pub lender: Option<Lender<T>>,
    /// Where it passes on that another run is to be driven beside it; without that it refuses.
    pub adoptions: Option<UnboundedSender<Adoption<T>>>,
}

impl<T: Transport> Default for Family<T> {
    fn default() -> Self {
        Self {
            lender: None,
            adoptions: None,
        }
    }
}

/// Somebody wants another run to be driven beside one.
pub struct Adoption<T: Transport> {
    /// Where that run is said to be.
    pub directory: PathBuf,
    /// Beside which run.
    pub parent: Arc<Plan>,
    lender: Lender<T>,
    journal: Journal,
}

impl<T: Transport> Adoption<T> {
    pub(super) fn new(directory: PathBuf, parent: Arc<Plan>, lender: Lender<T>, journal: Journal) -> Self {
        Self {
            directory,
            parent,
            lender,
            journal,
        }
    }

    /// It is: viewers can come to it. Its connections may be borrowed.
    pub fn taken(self, run: RunId) -> Lender<T> {
        self.journal.now(What::Adopted { run });
        self.lender
    }

    /// It is not.
    pub fn refused(self, detail: String) {
        let directory = self.directory;
        self.journal.now(What::NotAdopted { directory, detail });
    }
}
