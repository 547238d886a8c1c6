//! The desk where ssh's own words about a host are read for the details of its job: the last lines, off the loop's
//! thread, made harmless.

use super::work::finished;
use crate::model::id::JobId;
use crate::model::plan::Plan;
use crate::model::text::{LineReader, StyledLine};
use crate::rundir::RunDir;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use tokio::task::{JoinHandle, spawn_blocking};

/// How much of the end is read.
const TAIL: u64 = 8 * 1024;
/// How many lines are kept.
const LINES: usize = 5;

/// Reads what was wished for.
#[derive(Debug)]
pub(super) struct Words {
    dir: RunDir,
    plan: Arc<Plan>,
    at_work: Option<JoinHandle<(JobId, Vec<String>)>>,
}

impl Words {
    /// A desk for the words of a run.
    pub(super) fn new(dir: RunDir, plan: Arc<Plan>) -> Self {
        Self {
            dir,
            plan,
            at_work: None,
        }
    }

    /// Takes in a wish; the newest one counts.
    pub(super) fn ask(&mut self, job: JobId) {
        let log = self.dir.ssh_log(self.plan.label(job));
        self.at_work = Some(spawn_blocking(move || (job, last_words(&log))));
    }

    /// The next answer. Cancel safe; waits for ever while nothing was asked for.
    pub(super) async fn next(&mut self) -> (JobId, Vec<String>) {
        loop {
            let done = finished(&mut self.at_work).await;
            if let Some(words) = done {
                return words;
            }
        }
    }
}

/// The last lines of a log; none where there is none. What cannot be read is said.
fn last_words(log: &Path) -> Vec<String> {
    match tail(log) {
        Ok(bytes) => last_lines(&bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => vec![format!("they cannot be read: {error}")],
    }
}

fn tail(log: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn last_lines(bytes: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut keep = |line: StyledLine| {
        if !line.is_blank() {
            lines.push(line.text().to_owned());
        }
    };
    let mut reader = LineReader::default();
    reader.feed(bytes, &mut keep);
    if let Some(partial) = reader.partial() {
        keep(partial.clone());
    }
    lines.split_off(lines.len().saturating_sub(LINES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_harmless_and_few() {
        let home = tempfile::tempdir().unwrap();
        let log = home.path().join("web1.log");
        assert_eq!(last_words(&log), Vec::<String>::new());
        let mut text = b"x".repeat(20_000);
        text.extend(b"\none\n\n\x1b]0;title\x07two\x1b[2J\nthree\nfour\nfive\nsix");
        std::fs::write(&log, text).unwrap();
        assert_eq!(last_words(&log), ["two", "three", "four", "five", "six"]);
        assert_eq!(last_words(home.path()).len(), 1, "a directory");
    }
}
