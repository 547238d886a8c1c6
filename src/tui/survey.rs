//! The desk where whole outputs are read to tell which are the same: off the loop's thread, a little at a time, so that
//! what is known is shown while the rest is read. Nothing is kept of them but a digest.

use super::work::finished;
use crate::app::{Print, Sketch, Wanted};
use crate::history::{Printed, printed};
use crate::model::plan::Plan;
use crate::rundir::{OutputReader, RunDir};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, spawn_blocking};

/// After so much time what was found is told.
const SPELL: Duration = Duration::from_millis(50);

/// Reads what was asked for.
#[derive(Debug)]
pub(super) struct Survey {
    dir: RunDir,
    plan: Arc<Plan>,
    wanted: VecDeque<Wanted>,
    at_work: Option<JoinHandle<(VecDeque<Wanted>, Vec<Sketch>)>>,
}

impl Survey {
    /// A desk for the outputs of a run.
    pub(super) fn new(dir: RunDir, plan: Arc<Plan>) -> Self {
        Self {
            dir,
            plan,
            wanted: VecDeque::new(),
            at_work: None,
        }
    }

    /// Takes in a wish.
    pub(super) fn ask(&mut self, wanted: Vec<Wanted>) {
        self.wanted.extend(wanted);
        self.begin();
    }

    /// What was found next. Cancel safe; waits for ever while nothing was asked for.
    pub(super) async fn next(&mut self) -> Vec<Sketch> {
        loop {
            let done = finished(&mut self.at_work).await;
            if let Some((left, sketches)) = done {
                let later = std::mem::replace(&mut self.wanted, left);
                self.wanted.extend(later);
                self.begin();
                return sketches;
            }
        }
    }

    fn begin(&mut self) {
        if self.at_work.is_some() || self.wanted.is_empty() {
            return;
        }
        let mut wanted = std::mem::take(&mut self.wanted);
        let (dir, plan) = (self.dir.clone(), self.plan.clone());
        self.at_work = Some(spawn_blocking(move || {
            let began = Instant::now();
            let mut sketches = Vec::new();
            while let Some(next) = wanted.pop_front() {
                sketches.push(sketch(&dir, &plan, &next));
                if began.elapsed() >= SPELL {
                    break;
                }
            }
            (wanted, sketches)
        }));
    }
}

fn sketch(dir: &RunDir, plan: &Plan, wanted: &Wanted) -> Sketch {
    let Wanted { job, attempt, .. } = *wanted;
    let print = match read(dir, plan, wanted) {
        Ok(print) => print,
        Err(error) => {
            tracing::warn!(%error, host = plan.label(job), "an output cannot be read");
            Print::Unreadable(job)
        }
    };
    Sketch { job, attempt, print }
}

fn read(dir: &RunDir, plan: &Plan, wanted: &Wanted) -> io::Result<Print> {
    let reader = OutputReader::new(dir, plan.label(wanted.job), wanted.attempt);
    Ok(match printed(&reader, plan.host(wanted.job), wanted.printed)? {
        Printed::Nothing => Print::Nothing,
        Printed::Text(digest) => Print::Text(digest),
        Printed::NotWhole => Print::NotWhole(wanted.job),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::plan;
    use crate::model::event::Stream;
    use crate::model::id::{AttemptNo, JobId, RunId};
    use crate::model::stamp::Stamp;
    use crate::rundir::{Chunk, Writer};

    #[tokio::test]
    async fn equal_outputs_are_found_and_what_is_not_whole_is_like_none() {
        let home = tempfile::tempdir().unwrap();
        let dir = RunDir::create(home.path(), &RunId("run".into())).unwrap();
        let hosts = ["web1", "web2", "web3", "web4", "web5"];
        let plan = Arc::new(plan(&hosts));
        let mut writer = Writer::create(dir.clone(), &plan).unwrap();
        let texts = ["on web1\n", "on web2\n", "else\n", "on web4\n", ""];
        for (job, text) in (0..).zip(texts) {
            for half in [&text[..text.len() / 2], &text[text.len() / 2..]] {
                let chunk = Chunk {
                    at: Stamp::default(),
                    stream: Stream::Stdout,
                    bytes: half.as_bytes(),
                };
                if !half.is_empty() {
                    let label = hosts[job as usize];
                    writer.output((JobId(job), AttemptNo::FIRST), label, chunk).unwrap();
                }
            }
        }
        let mut survey = Survey::new(dir, plan);
        let wanted = (0..5).map(|job| Wanted {
            job: JobId(job),
            attempt: AttemptNo::FIRST,
            // Of the fourth more was told than is on disk.
            printed: [
                if job == 3 {
                    100
                } else {
                    texts[job as usize].len() as u64
                },
                0,
            ],
        });
        survey.ask(wanted.collect());
        let mut prints = Vec::new();
        while prints.len() < 5 {
            prints.extend(survey.next().await.into_iter().map(|sketch| sketch.print));
        }
        assert!(matches!(prints[0], Print::Text(_)));
        assert_eq!(prints[0], prints[1], "each names itself");
        assert_ne!(prints[0], prints[2]);
        assert_eq!(prints[3], Print::NotWhole(JobId(3)));
        assert_eq!(prints[4], Print::Nothing);
    }
}
