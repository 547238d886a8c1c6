//! The signals that end this program while runs are parked: all that ends with it hears of them at once, whatever is
//! shown or waited for, and a further one hurries all of it.

use crate::model::exit::ExitStatus;
use crate::model::request::Force;
use crate::report::signals::{Signal, Signals};
use std::future::{pending, ready};
use std::pin::pin;

/// Where signals come from.
pub(super) trait Source {
    /// The next signal. Cancel safe.
    async fn next(&mut self) -> Signal;
}

impl Source for Option<Signals> {
    async fn next(&mut self) -> Signal {
        match self {
            Some(signals) => signals.next().await,
            None => pending().await,
        }
    }
}

/// What has been heard so far.
pub(super) struct Alarm<S> {
    source: S,
    ended: Option<ExitStatus>,
}

impl Alarm<Option<Signals>> {
    /// Nobody listens yet: a front-end that is alone hears for itself.
    pub(super) fn new() -> Self {
        Self::of(None)
    }

    /// Listens from now on. To be called when a front-end has listened before, as nothing else ends this program then.
    pub(super) fn listen(&mut self) {
        if self.source.is_none() {
            self.source = Signals::listen()
                .inspect_err(|error| tracing::warn!(%error, "signals are not heard"))
                .ok();
        }
    }
}

impl<S: Source> Alarm<S> {
    pub(super) fn of(source: S) -> Self {
        Self { source, ended: None }
    }

    /// The exit status that a signal asks for which has ended this program.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        self.ended
    }

    /// A front-end has been ended so: what comes now hurries.
    pub(super) fn end(&mut self, status: ExitStatus) {
        self.ended = Some(status);
    }

    /// Waits for something, and tells meanwhile with which force everything is to end, each time that is asked for.
    pub(super) async fn during<T>(&mut self, what: impl Future<Output = T>, tell: impl Fn(Force)) -> T {
        let mut what = pin!(what);
        loop {
            tokio::select! {
                biased;
                signal = self.source.next() => self.hear(signal, &tell),
                came = &mut what => {
                    self.catch_up(&tell).await;
                    return came;
                }
            }
        }
    }

    /// What has ended a front-end was heard here as well, and must not count again.
    async fn catch_up(&mut self, tell: &impl Fn(Force)) {
        loop {
            tokio::select! {
                biased;
                signal = self.source.next() => self.hear(signal, tell),
                () = ready(()) => return,
            }
        }
    }

    fn hear(&mut self, signal: Signal, tell: &impl Fn(Force)) {
        match (self.ended, signal) {
            (None, Signal::Terminate) => {
                self.ended = Some(ExitStatus::Terminated);
                tell(Force::Graceful);
            }
            (None, Signal::HangUp) => {
                self.ended = Some(ExitStatus::HungUp);
                tell(Force::Graceful);
            }
            // It may be meant for another program at the same terminal. A closed terminal tells it more than once.
            (None, Signal::Interrupt) | (Some(_), Signal::HangUp) => {}
            (Some(_), Signal::Interrupt | Signal::Terminate) => tell(Force::Now),
        }
    }
}
