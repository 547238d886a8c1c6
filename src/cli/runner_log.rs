//! The runner's own log. It is written by a thread of its own, because it is in the run directory, whose disk may not
//! answer: then words are lost, and nobody waits for them.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait.
const LINES: usize = 1000;
/// How long the end waits for the last lines.
const FLUSH: Duration = Duration::from_secs(1);

/// The way to the log.
#[derive(Clone, Debug)]
pub(super) struct RunnerLog(SyncSender<Item>);

#[derive(Debug)]
enum Item {
    Line(Vec<u8>),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

impl RunnerLog {
    /// Writes to `file` from now on.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn start(file: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, inbox) = sync_channel(LINES);
        let thread = thread::Builder::new().name("log".to_owned());
        thread.spawn(move || write_all(file, &inbox))?;
        Ok(Self(lines))
    }

    /// Waits until everything is written, but not for long.
    pub(super) fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.0.try_send(Item::Flush(done)).is_ok() {
            let _late = written.recv_timeout(FLUSH);
        }
    }
}

fn write_all(mut file: impl Write, inbox: &Receiver<Item>) {
    while let Ok(item) = inbox.recv() {
        match item {
            // There is no other place to say that the log cannot be written.
            Item::Line(line) => _ = file.write_all(&line),
            Item::Flush(done) => _ = done.send(()),
        }
    }
}

impl Write for RunnerLog {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _full = self.0.try_send(Item::Line(line.to_vec()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for RunnerLog {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::net::UnixStream;

    #[test]
    fn lines_are_written_in_order() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log");
        let mut log = RunnerLog::start(fs::File::create(&path).expect("a file")).expect("a thread");
        for line in ["one\n", "two\n"] {
            log.write_all(line.as_bytes()).expect("taken");
        }
        RunnerLog::flush(&log);
        assert_eq!(fs::read_to_string(&path).expect("readable"), "one\ntwo\n");
    }

    #[test]
    fn nobody_waits_for_a_disk_that_does_not_answer() {
        // The other end is never read.
        let (ours, _theirs) = UnixStream::pair().expect("a pair");
        let mut log = RunnerLog::start(ours).expect("a thread");
        for _ in 0..10 * LINES {
            log.write_all(&[b'x'; 4096]).expect("taken or dropped");
        }
        RunnerLog::flush(&log);
    }
}
