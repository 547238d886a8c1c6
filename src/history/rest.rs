//! What a viewer finds on record when the link to its runner is closed: what it was not told any more, and whether the
//! run goes on all the same.

use super::error::HistoryError;
use super::record::{Record, State};
use crate::model::event::{Event, What};
use crate::rundir::RunDir;
use std::thread;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;

/// A runner that is ending closes its sockets before it lets go of the lock.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// What is on record behind what a viewer was told.
#[derive(Debug)]
pub struct Rest {
    /// The events, in order.
    pub events: Vec<Event>,
    /// Whether the run goes on: then with another runner, or out of reach of this viewer's link.
    pub state: State,
}

impl Rest {
    /// What is assumed where the record cannot be read: it adds nothing, and nobody is known to drive the run.
    fn unknown() -> Self {
        Self {
            events: Vec::new(),
            state: State::Interrupted,
        }
    }

    /// Whether somebody drives the run.
    pub fn is_live(&self) -> bool {
        matches!(self.state, State::Live { .. })
    }
}

/// The events on record behind the first `told` that a viewer was told of (see
/// [`Event::has_place`](crate::model::event::Event::has_place) for which ones count), and the state of the run. Waits a
/// moment for a runner that is just ending. A record that cannot be read adds nothing.
pub async fn rest(dir: RunDir, told: usize) -> Rest {
    match spawn_blocking(move || read(dir, told)).await {
        Ok(Ok(rest)) => rest,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the record cannot be read");
            Rest::unknown()
        }
        Err(error) => {
            tracing::warn!(%error, "the record was not read");
            Rest::unknown()
        }
    }
}

fn read(dir: RunDir, told: usize) -> Result<Rest, HistoryError> {
    let begun = Instant::now();
    let mut record = Record::open(dir)?;
    while matches!(record.state, State::Live { .. }) && !is_resumed(&record, told) && begun.elapsed() < PATIENCE {
        thread::sleep(PAUSE);
        record.refresh()?;
    }
    let events = behind(record.events, told).collect();
    let state = record.state;
    Ok(Rest { events, state })
}

/// Whether another runner has taken up the run since.
fn is_resumed(record: &Record, told: usize) -> bool {
    let counted = record.events.iter().filter(|event| event.has_place());
    let mut new = counted.skip(told);
    new.any(|event| matches!(event.what, What::RunResumed(_)))
}

fn behind(events: Vec<Event>, told: usize) -> impl Iterator<Item = Event> {
    events.into_iter().filter(Event::has_place).skip(told)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Stage, runner};
    use super::*;
    use crate::model::event::Resumed;
    use crate::model::outcome::Outcome;
    use crate::rundir::RunLock;

    #[test]
    fn a_run_that_was_taken_up_again_is_not_taken_for_interrupted() {
        let mut stage = Stage::new(&["web1"]);
        stage.done(1, 0, Outcome::Ok);
        let told = Record::open(stage.dir.clone()).expect("readable").events.len();
        let found = read(stage.dir.clone(), told).expect("readable");
        assert_eq!((found.events.len(), found.state), (0, State::Interrupted));
        let lock = RunLock::take(&stage.dir, &runner()).expect("free");
        let (time, operator) = (String::new(), String::new());
        stage.event(2, What::RunResumed(Resumed { time, operator }));
        let found = read(stage.dir.clone(), told).expect("readable");
        assert!(found.is_live() && found.events.len() == 1, "{found:?}");
        drop(lock);
        let found = read(stage.dir.clone(), told).expect("readable");
        assert_eq!(found.state, State::Interrupted);
    }

    #[test]
    fn a_runner_that_is_just_ending_is_waited_for() {
        let mut stage = Stage::new(&["web1"]);
        stage.done(1, 0, Outcome::Ok);
        let lock = RunLock::take(&stage.dir, &runner()).expect("free");
        let ending = thread::spawn(move || {
            thread::sleep(2 * PAUSE);
            drop(lock);
        });
        let found = read(stage.dir.clone(), 0).expect("readable");
        ending.join().expect("ended");
        assert_eq!(found.state, State::Interrupted);
    }
}
