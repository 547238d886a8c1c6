//! The one who writes the run directory: in order, and again where the disk refused. Events that cannot be written are
//! kept; output that cannot be written is lost, and leaves a hole of its size behind, so that no byte is ever in a wrong
//! place.

use super::desk::{Desk, LOOK, Task, Written};
use super::entry::{Entry, Printed};
use crate::model::event::{Change, Event, Stream, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use crate::rundir::{Chunk, Writer};
use rustix::time::{ClockId, clock_gettime};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How long the end of a run waits for room on a full disk.
const LAST_TRY: Duration = Duration::from_secs(3);
/// Between two tries of those.
const TRY: Duration = Duration::from_millis(100);

/// The one who writes.
pub(super) struct Scribe {
    desk: Arc<Desk>,
    writer: Writer,
    plan: Arc<Plan>,
    /// Events that could not be written yet.
    kept: VecDeque<Event>,
    /// Those who wait until these are.
    marks: Vec<Arc<Notify>>,
    /// How much of a stream was lost since its last byte on disk.
    holes: HashMap<(JobId, AttemptNo), [u64; 2]>,
    /// The attempts that are over and whose last holes are not on disk yet, and when they ended.
    owed: Vec<((JobId, AttemptNo), Stamp)>,
    /// Whether the run directory was still in its place when it was last looked for.
    place: Result<(), String>,
    looked: Instant,
    effort: Effort,
}

/// What recording cost, for whoever wonders.
#[derive(Debug, Default)]
struct Effort {
    /// From taking something up to its being on disk and told, whether the thread had a processor or not.
    busy: Duration,
    events: u64,
    bytes: u64,
}

impl Effort {
    fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Event(_) => self.events += 1,
            Entry::Output(printed) => self.bytes += printed.piece.bytes.len() as u64,
            Entry::Lost { .. } | Entry::Words(..) | Entry::Mark(_) => {}
        }
    }

    /// Beside the time that passed also that of the processor, of the thread that calls.
    fn log(&self) {
        let Self { busy, events, bytes } = self;
        let used = clock_gettime(ClockId::ThreadCPUTime);
        let used = Duration::new(used.tv_sec.unsigned_abs(), used.tv_nsec as u32);
        let (busy_us, cpu_us) = (busy.as_micros(), used.as_micros());
        tracing::info!(busy_us, cpu_us, events, bytes, "everything is recorded");
    }
}

impl Scribe {
    /// Writes what comes to this desk.
    pub(super) fn new(desk: Arc<Desk>, writer: Writer, plan: Arc<Plan>) -> Self {
        Self {
            desk,
            writer,
            plan,
            kept: VecDeque::new(),
            marks: Vec::new(),
            holes: HashMap::new(),
            owed: Vec::new(),
            place: Ok(()),
            looked: Instant::now(),
            effort: Effort::default(),
        }
    }

    /// Writes until nothing will come any more.
    pub(super) fn run(mut self) {
        loop {
            let task = self.desk.next();
            if self.looked.elapsed() >= LOOK {
                self.look_around();
            }
            match task {
                Task::Write(entry) => {
                    let begun = Instant::now();
                    self.effort.count(&entry);
                    let written = self.write(&entry);
                    let lacks = self.desk.settle(entry, &written);
                    self.record_losses(lacks);
                    self.effort.busy += begun.elapsed();
                }
                Task::Look => {}
                Task::End => break,
            }
        }
        if !self.kept.is_empty() {
            tracing::error!(events = self.kept.len(), "the record ends without its last events");
        }
        self.effort.log();
    }

    /// Once in a while: is the directory still there, and is there room for what was kept?
    fn look_around(&mut self) {
        self.looked = Instant::now();
        self.look_for_place();
        let _later = self.write_kept();
        self.answer_marks();
        let lacks = self.desk.losses();
        self.record_losses(lacks);
    }

    fn look_for_place(&mut self) {
        let place = self.writer.is_in_place().map_err(|error| error.to_string());
        if place != self.place {
            self.place = place;
            let gone = self.place.as_ref().err().map(String::as_str);
            let lacks = self.desk.note_place(gone);
            self.record_losses(lacks);
        }
    }

    fn write(&mut self, entry: &Entry) -> Written {
        match entry {
            Entry::Event(event) => {
                if matches!(event.what, What::RunEnded { .. }) {
                    self.try_for_the_last_time();
                }
                if let What::Job {
                    job,
                    attempt,
                    change: Change::Done(_) | Change::Retrying { .. },
                    ..
                } = &event.what
                {
                    // Whoever reads of the end finds all that there will be of its output, and what lacks.
                    self.owed.push(((*job, *attempt), event.at));
                    self.write_owed();
                    self.writer.close((*job, *attempt));
                }
                let written = self.write_event(event);
                self.answer_marks();
                written
            }
            Entry::Output(printed) => {
                let written = self.write_output(printed);
                if let Err(why) = written {
                    self.hole(printed.key())[printed.piece.stream as usize] += printed.piece.bytes.len() as u64;
                    return Written::Lost(self.reason(why));
                }
                Written::Whole
            }
            Entry::Lost { key, stream, bytes } => {
                self.hole(*key)[*stream as usize] += bytes;
                Written::Whole
            }
            Entry::Words(host, words) => {
                let written = self.place.clone();
                let written = written.and_then(|()| said(self.writer.ssh_words(host.as_str(), words)));
                written.map_or_else(Written::Lost, |()| Written::Whole)
            }
            Entry::Mark(mark) => {
                self.marks.push(Arc::clone(mark));
                self.answer_marks();
                Written::Whole
            }
        }
    }

    fn write_event(&mut self, event: &Event) -> Written {
        // Those that were kept come first.
        let written = self.write_kept().and_then(|()| said(self.writer.event(event)));
        match written {
            Ok(()) => Written::Whole,
            Err(why) => {
                let why = self.reason(why);
                self.kept.push_back(event.clone());
                Written::Kept(why)
            }
        }
    }

    /// Why something was not written: when the whole directory is gone, that is the better reason.
    fn reason(&mut self, why: String) -> String {
        self.look_for_place();
        self.place.clone().err().unwrap_or(why)
    }

    fn write_kept(&mut self) -> Result<(), String> {
        self.place.clone()?;
        self.write_owed();
        let mut count = 0;
        let mut written = Ok(());
        while let Some(event) = self.kept.front() {
            written = said(self.writer.event(event));
            if written.is_err() {
                break;
            }
            self.kept.pop_front();
            count += 1;
        }
        if count > 0 {
            let lacks = self.desk.caught_up(count);
            self.record_losses(lacks);
        }
        written
    }

    /// Tells those who wait for it that every event so far is on disk, when that is so.
    fn answer_marks(&mut self) {
        if self.kept.is_empty() && self.place.is_ok() {
            for mark in self.marks.drain(..) {
                mark.notify_one();
            }
        }
    }

    fn write_output(&mut self, printed: &Printed) -> Result<(), String> {
        self.place.clone()?;
        let (key, stream) = (printed.key(), printed.piece.stream);
        self.write_hole(key, (printed.at, stream))?;
        let chunk = Chunk {
            at: printed.at,
            stream,
            bytes: &printed.piece.bytes,
        };
        said(self.writer.output(key, self.plan.label(printed.job), chunk))
    }

    /// Leaves the last holes of the attempts that are over; those that the disk refuses are tried again later.
    fn write_owed(&mut self) {
        if self.place.is_err() {
            return;
        }
        while let Some(&(key, at)) = self.owed.first() {
            let left = [Stream::Stdout, Stream::Stderr]
                .into_iter()
                .map(|stream| self.write_hole(key, (at, stream)));
            let written: Result<(), String> = left.collect();
            self.writer.close(key);
            if written.is_err() {
                // Next time another one is tried first, in case that this one alone is the trouble.
                self.owed.rotate_left(1);
                return;
            }
            self.owed.swap_remove(0);
            self.holes.remove(&key);
        }
    }

    /// Leaves the hole of what was lost of a stream since its last byte on disk.
    fn write_hole(&mut self, key: (JobId, AttemptNo), (at, stream): (Stamp, Stream)) -> Result<(), String> {
        let hole = self.holes.get(&key).map_or(0, |holes| holes[stream as usize]);
        if hole > 0 {
            let label = self.plan.label(key.0);
            said(self.writer.hole(key, label, (at, stream), hole))?;
            self.hole(key)[stream as usize] = 0;
        }
        Ok(())
    }

    fn hole(&mut self, key: (JobId, AttemptNo)) -> &mut [u64; 2] {
        self.holes.entry(key).or_default()
    }

    /// The run is over: what was kept gets a last chance, and what is missing then is said before the end is.
    fn try_for_the_last_time(&mut self) {
        let begun = Instant::now();
        while !(self.kept.is_empty() && self.owed.is_empty()) && begun.elapsed() < LAST_TRY {
            self.look_around();
            if !(self.kept.is_empty() && self.owed.is_empty()) {
                thread::sleep(TRY);
            }
        }
        let lacks = self.desk.last_losses();
        self.record_losses(lacks);
    }

    /// What is missing belongs into the record as well, as soon as there is room: when nothing waits any more, it is
    /// said once again.
    fn record_losses(&mut self, lacks: Option<Event>) {
        if let Some(event) = lacks
            && self.kept.is_empty()
            && self.place.is_ok()
        {
            let _told_anyhow = self.writer.event(&event);
        }
    }
}

fn said(written: io::Result<()>) -> Result<(), String> {
    written.map_err(|error| error.to_string())
}
