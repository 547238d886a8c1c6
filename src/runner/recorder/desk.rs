//! Where entries wait for the disk, and what was told of them. Normally an entry is told when it is on disk. When the
//! disk does not answer for a while, what waits is told first and counted as unrecorded, so that neither the front-ends
//! nor the jobs depend on a disk that hangs.

use super::entry::{Entry, Printed};
use super::losses::{Losses, Waiting};
use super::teller::Teller;
use crate::link::Outlet;
use crate::model::event::{Event, Piece, Unrecorded, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::probe::Probe;
use crate::model::stamp::Stamp;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often a front-end that was behind is offered what it has not seen.
const OFFER: Duration = Duration::from_millis(20);
/// How often the one who writes looks around when there is nothing to write.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// The desk between those who have something to record and the one who writes.
pub(super) struct Desk {
    queue: Mutex<Queue>,
    /// Rings for the one who writes.
    bell: Condvar,
    /// Whether the disk does not answer.
    stalled: watch::Sender<bool>,
}

/// What there is to do for the one who writes.
pub(super) enum Task {
    /// Write this.
    Write(Arc<Entry>),
    /// Nothing came for a while.
    Look,
    /// Nothing will come any more.
    End,
}

/// What became of an entry.
pub(super) enum Written {
    /// It is on disk.
    Whole,
    /// An event that is kept to be written later, for this reason.
    Kept(String),
    /// Output that is lost, for this reason.
    Lost(String),
}

/// Where the run directory is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Where it was.
    #[default]
    There,
    /// Not there any more.
    Gone,
}

struct Queue {
    /// What is not settled yet; the first one may be on its way to the disk.
    entries: VecDeque<Arc<Entry>>,
    /// How many of the first entries were told already.
    told: usize,
    /// What of those is counted as unrecorded.
    ahead: Waiting,
    /// Events that were told, could not be written, and are kept by the one who writes.
    kept: u64,
    /// What was written.
    written: Waiting,
    /// Whether all of that is out of reach, because the directory is not in its place.
    place: Place,
    /// How many entries were settled so far.
    settled: u64,
    /// Whether nothing will come any more.
    closed: bool,
    teller: Teller,
    losses: Losses,
    offered: Instant,
    /// When the newest event happened; time does not go back in the record.
    newest: Stamp,
    /// When the newest event happened that was told.
    newest_told: Stamp,
}

impl Desk {
    /// A desk from which this outlet is told.
    pub(super) fn new(outlet: Outlet) -> Self {
        Self {
            queue: Mutex::new(Queue {
                entries: VecDeque::new(),
                told: 0,
                ahead: Waiting::default(),
                kept: 0,
                written: Waiting::default(),
                place: Place::default(),
                settled: 0,
                closed: false,
                teller: Teller::new(outlet),
                losses: Losses::default(),
                offered: Instant::now(),
                newest: Stamp::default(),
                newest_told: Stamp::default(),
            }),
            bell: Condvar::new(),
            stalled: watch::Sender::new(false),
        }
    }

    /// Whether the disk does not answer, now and later.
    pub(super) fn stalled(&self) -> watch::Receiver<bool> {
        self.stalled.subscribe()
    }

    /// Puts something on the desk.
    pub(super) fn put(&self, mut entry: Entry) {
        let mut queue = self.lock();
        if let Entry::Event(event) = &mut entry {
            event.at = event.at.max(queue.newest);
            queue.newest = event.at;
        }
        if let Entry::Words(_, words) = &entry
            && *self.stalled.borrow()
        {
            // Nothing bounds how much of them comes meanwhile, and nobody waits for them.
            queue.losses.lose(words.len() as u64, "the disk does not answer");
            return;
        }
        queue.entries.push_back(Arc::new(entry));
        if *self.stalled.borrow() {
            queue.tell_ahead();
        }
        self.bell.notify_one();
    }

    /// Tells output that there is no room to keep, and counts it as lost.
    pub(super) fn lose(&self, key: (JobId, AttemptNo), piece: Piece, at: Stamp) {
        let mut queue = self.lock();
        queue.tell_ahead();
        let (stream, bytes) = (piece.stream, piece.bytes.len() as u64);
        queue.losses.lose(bytes, "the disk does not answer");
        queue.teller.piece(key, piece, at);
        // The first one may be in the hands of the one who writes, who then knows its number.
        match queue.entries.back_mut().and_then(Arc::get_mut) {
            Some(Entry::Lost {
                key: before,
                stream: on,
                bytes: so_far,
            }) if *before == key && *on == stream => *so_far += bytes,
            _ => {
                queue.entries.push_back(Arc::new(Entry::Lost { key, stream, bytes }));
                queue.told += 1;
                self.bell.notify_one();
            }
        }
    }

    /// Tells a look at a host past the disk: it is not recorded.
    pub(super) fn tell_probe(&self, probe: Probe) {
        self.lock().teller.probe(probe);
    }

    /// Nothing will come any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_one();
    }

    /// How many entries were settled so far, and whether the disk has still something to do.
    pub(super) fn progress(&self) -> (u64, bool) {
        let queue = self.lock();
        (queue.settled, !queue.entries.is_empty())
    }

    /// Waits for something to do.
    pub(super) fn next(&self) -> Task {
        let mut queue = self.lock();
        let begun = Instant::now();
        loop {
            queue.offer();
            if let Some(entry) = queue.entries.front() {
                return Task::Write(Arc::clone(entry));
            }
            if queue.closed {
                return Task::End;
            }
            if begun.elapsed() >= LOOK {
                return Task::Look;
            }
            let wait = if queue.teller.is_behind() { OFFER } else { LOOK };
            let woken = self.bell.wait_timeout(queue, wait);
            queue = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The first entry was dealt with; tells it, and returns what is to be recorded about losses.
    pub(super) fn settle(&self, entry: Arc<Entry>, written: &Written) -> Option<Event> {
        // The one on the desk is the only one then, and need not be copied.
        drop(entry);
        let mut queue = self.lock();
        self.stalled.send_if_modified(std::mem::take);
        let entry = queue.entries.pop_front()?;
        queue.settled += 1;
        let was_told = queue.told > 0;
        if was_told {
            queue.told -= 1;
            queue.ahead = queue.ahead.without(&entry);
        }
        match (written, &*entry) {
            (Written::Whole, entry) => queue.written = queue.written.with(entry),
            (Written::Kept(why), _) => {
                queue.kept += 1;
                let waiting = queue.waiting();
                queue.losses.keep_waiting(waiting, why);
            }
            (Written::Lost(why), entry) => queue.losses.lose(bytes(entry), why),
        }
        let waiting = queue.waiting();
        queue.losses.catch_up(waiting);
        if !was_told {
            match Arc::try_unwrap(entry) {
                Ok(entry) => queue.tell(entry),
                Err(shared) => queue.tell_copy(&shared),
            }
        }
        queue.say_due()
    }

    /// So many of the events that were kept are on disk now.
    pub(super) fn caught_up(&self, events: u64) -> Option<Event> {
        let mut queue = self.lock();
        queue.kept = queue.kept.saturating_sub(events);
        queue.written.events += events;
        let waiting = queue.waiting();
        queue.losses.catch_up(waiting);
        queue.say_due()
    }

    /// The run directory is in its place, or, for this reason, is gone: then everything in it is missing.
    pub(super) fn note_place(&self, gone: Option<&str>) -> Option<Event> {
        let mut queue = self.lock();
        match gone {
            None => {
                queue.place = Place::There;
                let waiting = queue.waiting();
                queue.losses.catch_up(waiting);
            }
            Some(why) => {
                queue.place = Place::Gone;
                let waiting = queue.waiting();
                queue.losses.keep_waiting(waiting, why);
            }
        }
        queue.say_due()
    }

    /// What is to be recorded about losses by now.
    pub(super) fn losses(&self) -> Option<Event> {
        self.lock().say_due()
    }

    /// What is to be recorded about losses before the end of the run is.
    pub(super) fn last_losses(&self) -> Option<Event> {
        let mut queue = self.lock();
        let last = queue.losses.last(Instant::now())?;
        Some(queue.say(last))
    }

    /// The disk has not answered for so long: from now on everything is told first. `aloud` when that is to be said even
    /// where nothing more waits than before.
    pub(super) fn stall(&self, silent: Duration, aloud: bool) {
        let mut queue = self.lock();
        self.stalled
            .send_if_modified(|stalled| !std::mem::replace(stalled, true));
        queue.tell_ahead();
        let why = format!("the disk has not answered for {} s", silent.as_secs());
        let waiting = queue.waiting();
        queue.losses.keep_waiting(waiting, &why);
        queue.offer();
        if aloud {
            let lacks = queue.losses.say(Instant::now());
            queue.say(lacks);
        } else {
            queue.say_due();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Tells everything that is not on disk yet.
    fn tell_ahead(&mut self) {
        while let Some(entry) = self.entries.get(self.told).map(Arc::clone) {
            self.told += 1;
            self.ahead = self.ahead.with(&entry);
            if let Entry::Event(Event {
                what: What::RunEnded { .. },
                ..
            }) = &*entry
            {
                // The last word on what is missing comes before the end.
                let why = "the disk does not answer";
                let waiting = self.waiting();
                self.losses.keep_waiting(waiting, why);
            }
            self.tell_copy(&entry);
        }
    }

    fn tell_copy(&mut self, entry: &Entry) {
        match entry {
            Entry::Event(event) => self.tell(Entry::Event(event.clone())),
            Entry::Output(printed) => self.teller.piece(printed.key(), printed.piece.clone(), printed.at),
            Entry::Lost { .. } | Entry::Words(..) | Entry::Mark(_) => {}
        }
    }

    fn tell(&mut self, entry: Entry) {
        match entry {
            Entry::Event(event) => {
                self.newest_told = event.at;
                if matches!(event.what, What::RunEnded { .. })
                    && let Some(last) = self.losses.last(Instant::now())
                {
                    self.say(last);
                }
                self.teller.event(event);
            }
            Entry::Output(printed) => self.teller.output(printed),
            Entry::Lost { .. } | Entry::Words(..) | Entry::Mark(_) => {}
        }
    }

    /// What was told and is not on disk, but may yet be.
    fn waiting(&self) -> Waiting {
        let gone = match self.place {
            Place::There => Waiting::default(),
            Place::Gone => self.written,
        };
        Waiting {
            bytes: self.ahead.bytes + gone.bytes,
            events: self.ahead.events + self.kept + gone.events,
        }
    }

    fn say_due(&mut self) -> Option<Event> {
        let lacks = self.losses.due(Instant::now())?;
        Some(self.say(lacks))
    }

    /// Tells what the record lacks. It counts as having happened with the newest event that was told, because others
    /// that have happened since may still wait.
    fn say(&mut self, lacks: Unrecorded) -> Event {
        tracing::warn!(
            bytes = lacks.bytes,
            events = lacks.events,
            why = lacks.detail,
            "not on record"
        );
        let event = Event {
            at: self.newest_told,
            what: What::Unrecorded(lacks),
        };
        if !self.teller.is_over() {
            self.teller.event(event.clone());
        }
        event
    }

    /// By the clock and not when all is quiet: others may never be.
    fn offer(&mut self) {
        if self.teller.is_behind() && self.offered.elapsed() >= OFFER {
            self.teller.offer_all();
            self.offered = Instant::now();
        }
    }
}

impl Waiting {
    fn with(self, entry: &Entry) -> Self {
        Self {
            bytes: self.bytes + bytes(entry),
            events: self.events + u64::from(is_event(entry)),
        }
    }

    fn without(self, entry: &Entry) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(bytes(entry)),
            events: self.events.saturating_sub(u64::from(is_event(entry))),
        }
    }
}

fn is_event(entry: &Entry) -> bool {
    matches!(entry, Entry::Event(_))
}

fn bytes(entry: &Entry) -> u64 {
    match entry {
        // What is lost is counted where it is lost.
        Entry::Event(_) | Entry::Lost { .. } | Entry::Mark(_) => 0,
        Entry::Output(Printed { piece, .. }) => piece.bytes.len() as u64,
        Entry::Words(_, words) => words.len() as u64,
    }
}
