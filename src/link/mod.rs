//! The link between a front-end and the runner: messages one way, requests the other. Today both live in one process;
//! everything that crosses is a serde type, so that a socket can take this place. A front-end needs nothing but this
//! and the run directory.

use crate::model::event::Message;
use crate::model::request::Request;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// The runner's end for messages. It never waits: a job has at most a few unseen pieces of output under way, each of
/// which carries a permit that is given back when the front-end takes it, and lifecycle events are few.
pub type Outlet = mpsc::UnboundedSender<Parcel>;

/// The runner's end for requests.
pub type Wishes = mpsc::UnboundedReceiver<Request>;

/// A message on its way.
#[derive(Debug)]
pub struct Parcel {
    /// What is told.
    pub message: Message,
    /// Given back when the front-end takes the message.
    pub permit: Option<OwnedSemaphorePermit>,
}

/// A front-end's end.
#[derive(Debug)]
pub struct Link {
    messages: mpsc::UnboundedReceiver<Parcel>,
    requests: mpsc::UnboundedSender<Request>,
}

impl Link {
    /// A link and the two ends of the runner.
    pub fn new() -> (Self, Outlet, Wishes) {
        let (outlet, messages) = mpsc::unbounded_channel();
        let (requests, wishes) = mpsc::unbounded_channel();
        (Self { messages, requests }, outlet, wishes)
    }

    /// The next message; `None` when the run is over and everything was taken. Cancel safe.
    pub async fn next(&mut self) -> Option<Message> {
        self.messages.recv().await.map(|parcel| parcel.message)
    }

    /// The next message if there is one already.
    pub fn try_next(&mut self) -> Option<Message> {
        self.messages.try_recv().ok().map(|parcel| parcel.message)
    }

    /// Asks the runner for something. A run that is over hears nothing; its last event said so.
    pub fn request(&self, request: Request) {
        if self.requests.send(request).is_err() {
            tracing::debug!("a request came after the end of the run");
        }
    }
}
