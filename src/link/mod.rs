//! The link between the runner and whoever watches it: messages one way, requests the other, over a socket. The runner
//! has one [`Outlet`] and one stream of [`Asked`]; a [`Hub`](hub::Hub) beside it serves any number of viewers, and each
//! of those holds a [`Link`]. A front-end needs nothing but this and the run directory.

mod address;
pub mod dial;
mod frame;
pub mod greet;
pub mod hub;
mod queue;

use crate::model::event::Message;
use crate::model::request::Request;
use crate::model::secret::Secret;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

/// The runner's end for messages. It never waits: a job has at most a few unseen pieces of output under way, each of
/// which carries a permit that is given back when the hub takes it, and lifecycle events are few.
pub type Outlet = mpsc::UnboundedSender<Parcel>;

/// The runner's end for requests.
pub type Wishes = mpsc::UnboundedReceiver<Asked>;

/// A message on its way.
#[derive(Debug)]
pub struct Parcel {
    /// What is told.
    pub message: Message,
    /// Given back when the message is taken.
    pub permit: Option<OwnedSemaphorePermit>,
}

/// A request, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who asks: user, terminal and process, in words. It goes into the record.
    pub who: String,
    /// For what.
    pub request: Request,
    /// The password that comes with [`Request::SudoPassword`]; it is for no record.
    pub secret: Option<Secret>,
}

/// The other ends of what the runner holds.
#[derive(Debug)]
pub struct Ends {
    /// What the runner tells; closed when the run is over.
    pub parcels: mpsc::UnboundedReceiver<Parcel>,
    /// What the runner is asked. When it is dropped the runner ends the run.
    pub asked: mpsc::UnboundedSender<Asked>,
}

/// The runner's two ends, and their other ends.
pub fn ends() -> (Outlet, Wishes, Ends) {
    let (outlet, parcels) = mpsc::unbounded_channel();
    let (asked, wishes) = mpsc::unbounded_channel();
    (outlet, wishes, Ends { parcels, asked })
}

/// How many messages may wait for a front-end; more wait in the hub, where they take the place of older ones.
const WAITING: usize = 64;

/// How long a runner may take to hear what it was asked last.
const FAREWELL: Duration = Duration::from_secs(1);

/// Whether a runner has heard what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "nobody else tells the operator"]
pub enum Farewell {
    /// It has, or nothing was asked of it that changes the run.
    Heard,
    /// It has not answered in time: it may be stopped.
    Unheard,
}

/// A front-end's end.
#[derive(Debug)]
pub struct Link {
    /// Whether anything was asked that changes the run.
    asked: AtomicBool,
    /// How many events were taken.
    told: usize,
    messages: mpsc::Receiver<Message>,
    requests: mpsc::UnboundedSender<Wish>,
}

/// What a front-end asks, as it crosses the link.
#[derive(Debug)]
pub enum Wish {
    /// A request.
    Request(Request),
    /// A request for the password to be used, with the password itself, which has a kind of frame of its own.
    Password(Secret),
}

/// The other end of a [`Link`].
#[derive(Debug)]
pub struct Far {
    /// For what the front-end is to hear; dropped when there is no more.
    pub messages: mpsc::Sender<Message>,
    /// What the front-end asks; closed when it has gone.
    pub requests: mpsc::UnboundedReceiver<Wish>,
}

impl Link {
    /// A link, and its other end.
    pub fn new() -> (Self, Far) {
        let (sender, messages) = mpsc::channel(WAITING);
        let (requests, receiver) = mpsc::unbounded_channel();
        let far = Far {
            messages: sender,
            requests: receiver,
        };
        (
            Self {
                asked: AtomicBool::new(false),
                told: 0,
                messages,
                requests,
            },
            far,
        )
    }

    /// The next message; `None` when the runner has gone (after the end of the run, or without it) and everything was
    /// taken. Cancel safe.
    pub async fn next(&mut self) -> Option<Message> {
        let message = self.messages.recv().await;
        self.count(message.as_ref());
        message
    }

    /// The next message if there is one already.
    pub fn try_next(&mut self) -> Option<Message> {
        let message = self.messages.try_recv().ok();
        self.count(message.as_ref());
        message
    }

    /// How many events were taken, of those that have their place in the record ([`Event::has_place`](crate::model::event::Event::has_place)).
    pub fn told(&self) -> usize {
        self.told
    }

    fn count(&mut self, message: Option<&Message>) {
        if let Some(Message::Event(event)) = message {
            self.told += usize::from(event.has_place());
        }
    }

    /// Goes, once the runner has heard everything that was asked of it, or has had the time to.
    pub async fn close(self) -> Farewell {
        let Self {
            asked,
            mut messages,
            requests,
            ..
        } = self;
        // The end of the requests is the last thing that the other side hears; then it closes its own.
        drop(requests);
        let heard = async { while messages.recv().await.is_some() {} };
        match timeout(FAREWELL, heard).await {
            Err(_) if asked.into_inner() => Farewell::Unheard,
            Ok(()) | Err(_) => Farewell::Heard,
        }
    }

    /// Asks the runner for something. A run that is over hears nothing; its last event said so.
    pub fn request(&self, request: Request) {
        let changes_nothing = matches!(
            request,
            Request::Hold | Request::Release | Request::Agent { .. } | Request::Probe { .. } | Request::KeepWarm { .. }
        );
        if !changes_nothing {
            self.asked.store(true, Ordering::Relaxed);
        }
        self.send(Wish::Request(request));
    }

    /// Gives the runner the password for `sudo` that it wants.
    pub fn give(&self, secret: Secret) {
        self.asked.store(true, Ordering::Relaxed);
        self.send(Wish::Password(secret));
    }

    fn send(&self, wish: Wish) {
        if self.requests.send(wish).is_err() {
            tracing::debug!("a request came after the end of the run");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_a_stopped_runner_has_not_heard_is_known() {
        for (request, farewell) in [(Request::Release, Farewell::Heard), (Request::Pause, Farewell::Unheard)] {
            let (link, far) = Link::new();
            link.request(request);
            assert_eq!(link.close().await, farewell);
            drop(far);
        }
        let (link, far) = Link::new();
        link.request(Request::Pause);
        drop(far);
        assert_eq!(link.close().await, Farewell::Heard);
    }
}
