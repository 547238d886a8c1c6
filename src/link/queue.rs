//! What one viewer has yet to be told. Events wait in order, however many; of each attempt's output only the newest
//! part waits, in the place of the oldest, so that a viewer that takes nothing costs little and holds up nobody.

use crate::model::event::Output;
use crate::model::id::{AttemptNo, JobId};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// How much output of one attempt waits; older pieces are on disk.
const UNSEEN: usize = 16 * 1024;

/// The next thing to tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// An event, as JSON.
    Event(Arc<[u8]>),
    /// Output.
    Output(Output),
    /// A look at a host, as JSON.
    Probe(Arc<[u8]>),
}

#[derive(Debug)]
enum Place {
    Event(Arc<[u8]>),
    Output(JobId, AttemptNo),
    Probe(JobId),
}

/// The queue of one viewer.
#[derive(Debug, Default)]
pub(super) struct Queue {
    places: VecDeque<Place>,
    outputs: HashMap<(JobId, AttemptNo), Output>,
    probes: HashMap<JobId, Arc<[u8]>>,
}

impl Queue {
    /// A queue that begins with these events.
    pub(super) fn after(events: &[Arc<[u8]>]) -> Self {
        Self {
            places: events.iter().cloned().map(Place::Event).collect(),
            outputs: HashMap::new(),
            probes: HashMap::new(),
        }
    }

    pub(super) fn event(&mut self, event: Arc<[u8]>) {
        self.places.push_back(Place::Event(event));
    }

    pub(super) fn output(&mut self, output: &Output) {
        let key = (output.job, output.attempt);
        let Some(waiting) = self.outputs.get_mut(&key) else {
            self.outputs.insert(key, output.clone());
            self.places.push_back(Place::Output(output.job, output.attempt));
            return;
        };
        waiting.at = output.at;
        waiting.pieces.extend_from_slice(&output.pieces);
        let mut bytes: usize = waiting.pieces.iter().map(|piece| piece.bytes.len()).sum();
        let mut old = 0;
        while bytes > UNSEEN && old + 1 < waiting.pieces.len() {
            bytes -= waiting.pieces[old].bytes.len();
            old += 1;
        }
        waiting.pieces.drain(..old);
    }

    /// Of each job only the newest look waits.
    pub(super) fn probe(&mut self, job: JobId, probe: Arc<[u8]>) {
        if self.probes.insert(job, probe).is_none() {
            self.places.push_back(Place::Probe(job));
        }
    }

    pub(super) fn next(&mut self) -> Option<Item> {
        match self.places.pop_front()? {
            Place::Event(event) => Some(Item::Event(event)),
            Place::Output(job, attempt) => self.outputs.remove(&(job, attempt)).map(Item::Output),
            Place::Probe(job) => self.probes.remove(&job).map(Item::Probe),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{Piece, Stream};
    use crate::model::stamp::Stamp;

    fn output(job: u32, offset: u64, bytes: usize) -> Output {
        Output {
            at: Stamp::from_millis(offset),
            job: JobId(job),
            attempt: AttemptNo::FIRST,
            pieces: vec![Piece {
                stream: Stream::Stdout,
                offset,
                bytes: vec![b'x'; bytes],
            }],
        }
    }

    #[test]
    fn events_wait_in_order_and_of_output_only_the_newest_part() {
        let event = |text: &str| Arc::from(text.as_bytes());
        let mut queue = Queue::after(&[event("started")]);
        let chunk = UNSEEN / 2;
        for number in 0..5 {
            queue.output(&output(1, (number * chunk) as u64, chunk));
        }
        queue.event(event("done"));
        queue.output(&output(2, 0, 1));
        assert_eq!(queue.next(), Some(Item::Event(event("started"))));
        let Some(Item::Output(newest)) = queue.next() else {
            panic!("output comes before the event that came after it");
        };
        let offsets: Vec<u64> = newest.pieces.iter().map(|piece| piece.offset).collect();
        assert_eq!(offsets, [3 * chunk as u64, 4 * chunk as u64]);
        assert_eq!(newest.at, Stamp::from_millis(4 * chunk as u64));
        assert_eq!(queue.next(), Some(Item::Event(event("done"))));
        assert_eq!(queue.next(), Some(Item::Output(output(2, 0, 1))));
        assert_eq!(queue.next(), None);
    }
}
