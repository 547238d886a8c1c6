//! Following a command on its host: output to the recorder, records to [`Attempt`], its wishes to the control pipe.
//! What any of it means is decided there; here are only the waits.
//!
//! Both streams are read for as long as there is room for what comes (see the recorder). They share one window of the
//! ssh channel, so that leaving standard output alone would hold back the shim's records on standard error; therefore no
//! front-end, however slow, is ever a reason not to read, and an attempt that is being ended is read whatever the disk
//! does.

use super::attempt::{Act, Attempt};
use super::errand;
use super::job::{Job, JobOrder};
use super::pool::Shared;
use super::recorder::{CHUNK, Leave, Room, Urgency, piece};
use super::scheduler::Input;
use super::search::{self, Moment};
use crate::model::doubt::Doubt;
use crate::model::event::{Change, Ending, Stream};
use crate::shim::{Item, Nonce, RecordSplitter};
use crate::transport::{Process, Transport};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long the last line to the shim may take before its channel is closed anyway.
const LAST_LINE: Duration = Duration::from_secs(1);

/// A command under way.
pub(super) struct Following<T: Transport> {
    job: Job<T>,
    shared: Arc<Shared<T::Connection>>,
    attempt: Attempt,
    records: RecordSplitter,
    /// How many bytes of each stream have been recorded.
    offsets: [u64; 2],
    /// What must be written to the shim.
    to_shim: Vec<u8>,
    /// Allows to read one chunk; given away with it.
    leave: Option<Leave>,
    room: Arc<Room>,
    /// How much sleep the attempt has been told of.
    asleep: Duration,
    ending: Option<Ending>,
}

impl<T: Transport> Following<T> {
    /// Takes over from the set-up of a shim whose records carry `nonce`.
    pub(super) fn new(job: Job<T>, shared: Arc<Shared<T::Connection>>, attempt: Attempt, nonce: &Nonce) -> Self {
        let (room, asleep) = (Arc::new(job.journal.room()), job.clock.asleep());
        Self {
            job,
            shared,
            attempt,
            records: RecordSplitter::new(nonce),
            offsets: [0; 2],
            to_shim: Vec::new(),
            leave: None,
            room,
            asleep,
            ending: None,
        }
    }

    /// Follows the command to its end; `early` is what was read of both streams already.
    pub(super) async fn run(mut self, process: Process, early: [Vec<u8>; 2]) -> Ending {
        let Process {
            mut stdin,
            mut stdout,
            mut stderr,
            channel,
        } = process;
        self.leave = Some(self.room.leave(Urgency::Heard).await);
        self.heard(Stream::Stderr, &early[1]);
        let mut waiting = (!early[0].is_empty()).then_some(early[0].as_slice());
        let mut open = [true; 2];
        let mut naps = self.job.clock.naps();
        let (mut out, mut err) = (vec![0; usize::from(CHUNK)], vec![0; usize::from(CHUNK)]);
        loop {
            if let Some(ending) = self.ending.take() {
                let _ = timeout(LAST_LINE, stdin.write_all(&self.to_shim)).await;
                drop((stdin, stdout, stderr, channel));
                if ending.leaked {
                    self.name_holders().await;
                }
                return ending;
            }
            if let (Some(early), true) = (waiting, self.leave.is_some() && self.attempt.is_running()) {
                waiting = None;
                self.heard(Stream::Stdout, early);
            }
            let may_read = self.leave.is_some();
            let room = Arc::clone(&self.room);
            let urgency = if self.attempt.is_urgent() {
                Urgency::Heard
            } else {
                Urgency::None
            };
            tokio::select! {
                biased;
                order = self.job.orders.recv() => self.ordered(order),
                _ = naps.changed() => {
                    self.heed_sleep();
                }
                () = self.job.clock.until(self.attempt.deadline()) => {
                    if self.heed_sleep() {
                        continue;
                    }
                    // What has come already counts before the clock does: we may have been suspended, or the disk slow.
                    if !may_read {
                        self.attempt.unheard(self.job.clock.now());
                    } else if let Some(read) = at_hand(stderr.read(&mut err), open[1]).await {
                        open[1] = self.took(Stream::Stderr, &read, &err);
                    } else if let Some(read) = at_hand(stdout.read(&mut out), open[0] && self.attempt.is_running()).await {
                        open[0] = self.took(Stream::Stdout, &read, &out);
                    }
                    if self.ending.is_none() {
                        let acts = self.attempt.tick(self.job.clock.now());
                        self.perform(acts);
                    }
                }
                written = stdin.write(&self.to_shim), if !self.to_shim.is_empty() => match written {
                    Ok(count @ 1..) => drop(self.to_shim.drain(..count)),
                    // Nobody reads it any more; the end of the streams tells the rest.
                    _ => self.to_shim.clear(),
                },
                leave = room.leave(urgency), if !may_read => self.leave = Some(leave),
                read = stderr.read(&mut err), if may_read && open[1] => {
                    open[1] = self.took(Stream::Stderr, &read, &err);
                }
                // Not before the record that the command runs, which was sent first, or can come no more.
                read = stdout.read(&mut out), if may_read && open[0] && (self.attempt.is_running() || !open[1]) => {
                    open[0] = self.took(Stream::Stdout, &read, &out);
                }
            }
        }
    }

    /// When nobody has watched for a while, the attempt hears of that before anything else; returns whether it did.
    fn heed_sleep(&mut self) -> bool {
        let asleep = self.job.clock.asleep();
        let more = asleep.saturating_sub(self.asleep);
        if more.is_zero() {
            return false;
        }
        self.asleep = asleep;
        let acts = self.attempt.slept(more, self.job.clock.now());
        self.perform(acts);
        true
    }

    /// Looks once which processes hold the output of a command that has ended. The shim has ended too, so this takes a
    /// session of its own. Whoever wants the job to end does not wait for it.
    async fn name_holders(&mut self) {
        let Some(mark) = self.job.mark.clone() else { return };
        let doubts = [Doubt::new(self.job.attempt, mark, self.job.command)];
        let Some(sought) = search::sought(&doubts) else { return };
        let rights = self.job.keeper.rights(&self.job.plan);
        let looked = tokio::select! {
            biased;
            () = told_to_end(&mut self.job.orders) => return,
            looked = errand::session(&self.shared, &rights, &sought, &[]) => looked,
        };
        let changes = match looked {
            Ok(looked) => {
                let now = Moment::now(&self.job.clock);
                errand::told(&[(&doubts[0], &looked[0])], now)
            }
            Err(detail) => vec![Change::NotLooked { detail }],
        };
        // Its outcome is known: only what is alive is news.
        for change in changes
            .into_iter()
            .filter(|change| !matches!(change, Change::Found { .. }))
        {
            self.job.change(change);
        }
    }

    fn ordered(&mut self, order: Option<JobOrder>) {
        self.heed_sleep();
        match order {
            Some(JobOrder::Stop(reason, by)) => {
                let acts = self.attempt.stop(reason, by, self.job.clock.now());
                self.perform(acts);
            }
            Some(JobOrder::LetGo) => {
                let acts = self.attempt.leave(self.job.clock.now());
                self.perform(acts);
            }
            Some(JobOrder::Look) => {
                let acts = self.attempt.look();
                self.perform(acts);
            }
            Some(JobOrder::KillLeft(pids)) => {
                let acts = self.attempt.kill_left(pids, self.job.clock.now());
                self.perform(acts);
            }
            Some(JobOrder::Signal(signal)) => {
                let acts = self.attempt.signal(signal);
                self.perform(acts);
            }
            Some(JobOrder::Limit(by)) => {
                let acts = self.attempt.change_limit(by, self.job.clock.now());
                self.perform(acts);
            }
            Some(JobOrder::Peers(limit)) => self.attempt.heed_peers(limit),
            Some(JobOrder::Connect | JobOrder::Run | JobOrder::CallOff) => {}
            // The dispatcher is gone: leave, and let the end of the channel end the job.
            None => {
                let acts = self.attempt.abandoned(self.job.clock.now());
                self.perform(acts);
            }
        }
    }

    /// Takes in what a read brought; returns whether the stream is still open.
    fn took(&mut self, stream: Stream, read: &io::Result<usize>, buffer: &[u8]) -> bool {
        self.heed_sleep();
        if let Ok(count @ 1..) = read {
            self.heard(stream, &buffer[..*count]);
            return true;
        }
        if stream == Stream::Stderr {
            let mut rest = Vec::new();
            self.records.finish(&mut rest);
            self.take_items(rest);
        }
        let acts = {
            let last_words = || self.shared.last_words();
            self.attempt.closed(stream, last_words, self.job.clock.now())
        };
        self.perform(acts);
        false
    }

    fn heard(&mut self, stream: Stream, bytes: &[u8]) {
        if stream == Stream::Stdout {
            self.record(stream, bytes.to_vec());
            return;
        }
        let mut items = Vec::new();
        self.records.push(bytes, &mut items);
        self.take_items(items);
    }

    /// Output goes to the recorder in one piece, whatever records stood in it: it has one leave.
    fn take_items(&mut self, items: Vec<Item>) {
        let mut text = Vec::new();
        let mut acts = Vec::new();
        for item in items {
            match item {
                Item::Text(piece) => text.extend(piece),
                Item::Record(record) => acts.extend(self.attempt.reported(record, self.job.clock.now())),
            }
        }
        // First the record that the command runs, then what it printed.
        self.perform(acts);
        self.record(Stream::Stderr, text);
    }

    fn record(&mut self, stream: Stream, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let acts = self.attempt.printed(self.job.clock.now());
        self.perform(acts);
        let leave = self.leave.take().unwrap_or(Leave::Keep(None)).of(bytes.len());
        let piece = piece(stream, &mut self.offsets[stream as usize], bytes);
        let key = (self.job.id, self.job.attempt);
        self.job.journal.output(key, piece, leave);
    }

    fn perform(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Send(control) => self.to_shim.extend(control.encode()),
                Act::Finish(ending) => self.ending = Some(ending),
                Act::Tell(change) => {
                    match &change {
                        Change::Running { pid } => {
                            self.job.command = Some((*pid, self.job.clock.now()));
                            self.job.tell(Input::Running(self.job.id, *pid));
                        }
                        Change::Stopping { .. } => self.job.tell(Input::Stopping(self.job.id)),
                        _ => {}
                    }
                    self.job.change(change);
                }
            }
        }
    }
}

/// Waits until a job is told to end.
async fn told_to_end(orders: &mut mpsc::UnboundedReceiver<JobOrder>) {
    while !matches!(orders.recv().await, Some(JobOrder::Stop(..)) | None) {}
}

/// What a read brings without waiting for it; nothing when the stream is closed.
async fn at_hand(read: impl Future<Output = io::Result<usize>>, is_open: bool) -> Option<io::Result<usize>> {
    tokio::select! {
        biased;
        read = read, if is_open => Some(read),
        () = std::future::ready(()) => None,
    }
}
