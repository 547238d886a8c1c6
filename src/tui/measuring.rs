//! The desk where outputs are read for the values of fields: off the loop's thread, a little at a time, so that what is
//! known is shown while the rest is read.

use super::work::finished;
use crate::app::{Measured, Quest};
use crate::history::values;
use crate::model::field::{Field, Value};
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::rundir::{OutputReader, RunDir};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, spawn_blocking};

/// After so much time what was found is told.
const SPELL: Duration = Duration::from_millis(50);

/// Reads what was asked for.
#[derive(Debug)]
pub(super) struct Measuring {
    dir: RunDir,
    plan: Arc<Plan>,
    wanted: Option<Wanted>,
    at_work: Option<JoinHandle<(Wanted, Measured)>>,
}

/// What is left of a quest.
#[derive(Debug)]
struct Wanted {
    series: u64,
    fields: Arc<[Field]>,
    jobs: VecDeque<(JobId, AttemptNo)>,
}

impl Measuring {
    /// A desk for the outputs of a run.
    pub(super) fn new(dir: RunDir, plan: Arc<Plan>) -> Self {
        Self {
            dir,
            plan,
            wanted: None,
            at_work: None,
        }
    }

    /// Takes in a quest. One for other fields takes the place of what is left of an earlier one.
    pub(super) fn ask(&mut self, quest: Quest) {
        let Quest { series, fields, jobs } = quest;
        match &mut self.wanted {
            Some(wanted) if wanted.series == series => wanted.jobs.extend(jobs),
            wanted => {
                *wanted = Some(Wanted {
                    series,
                    fields: fields.into(),
                    jobs: jobs.into(),
                });
            }
        }
        self.begin();
    }

    /// What was found next. Cancel safe; waits for ever while nothing was asked for.
    pub(super) async fn next(&mut self) -> Measured {
        loop {
            let done = finished(&mut self.at_work).await;
            let Some((mut left, measured)) = done else {
                self.begin();
                continue;
            };
            match &mut self.wanted {
                Some(later) if later.series == left.series => {
                    left.jobs.append(&mut later.jobs);
                    *later = left;
                }
                Some(_) => {}
                wanted => *wanted = Some(left),
            }
            self.begin();
            return measured;
        }
    }

    fn begin(&mut self) {
        if self.at_work.is_some() {
            return;
        }
        let Some(mut wanted) = self.wanted.take().filter(|wanted| !wanted.jobs.is_empty()) else {
            return;
        };
        let (dir, plan) = (self.dir.clone(), self.plan.clone());
        self.at_work = Some(spawn_blocking(move || {
            let began = Instant::now();
            let mut jobs = Vec::new();
            while let Some((job, attempt)) = wanted.jobs.pop_front() {
                jobs.push((job, attempt, read(&dir, &plan, (job, attempt), &wanted.fields)));
                if began.elapsed() >= SPELL {
                    break;
                }
            }
            let series = wanted.series;
            (wanted, Measured { series, jobs })
        }));
    }
}

fn read(dir: &RunDir, plan: &Plan, (job, attempt): (JobId, AttemptNo), fields: &[Field]) -> Vec<Option<Value>> {
    let reader = OutputReader::new(dir, plan.label(job), attempt);
    values(&reader, fields).unwrap_or_else(|error| {
        tracing::warn!(%error, host = plan.label(job), "an output cannot be read");
        vec![None; fields.len()]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::plan;
    use crate::model::event::Stream;
    use crate::model::id::RunId;
    use crate::model::stamp::Stamp;
    use crate::rundir::{Chunk, Writer};

    #[tokio::test]
    async fn values_are_read_and_other_fields_take_the_place_of_the_first() {
        let home = tempfile::tempdir().unwrap();
        let dir = RunDir::create(home.path(), &RunId("run".into())).unwrap();
        let plan = Arc::new(plan(&["web1", "web2"]));
        let mut writer = Writer::create(dir.clone(), &plan).unwrap();
        for (job, text) in [(0, "use 40%\n"), (1, "use 97%\n")] {
            let chunk = Chunk {
                at: Stamp::default(),
                stream: Stream::Stderr,
                bytes: text.as_bytes(),
            };
            let label = plan.label(JobId(job)).to_owned();
            writer.output((JobId(job), AttemptNo::FIRST), &label, chunk).unwrap();
        }
        let mut desk = Measuring::new(dir, plan);
        let quest = |series, field: &str| Quest {
            series,
            fields: vec![Field::parse(field).unwrap()],
            jobs: vec![(JobId(0), AttemptNo::FIRST), (JobId(1), AttemptNo::FIRST)],
        };
        desk.ask(quest(1, "a=(u)se"));
        desk.ask(quest(2, "b=(\\d+)%"));
        let mut found = Vec::new();
        while found.len() < 2 {
            let measured = desk.next().await;
            if measured.series == 2 {
                found.extend(measured.jobs);
            }
        }
        let texts: Vec<Option<String>> = found
            .into_iter()
            .flat_map(|(_, _, values)| values)
            .map(|value| value.map(|value| value.to_string()))
            .collect();
        assert_eq!(texts, [Some("40".to_owned()), Some("97".to_owned())]);
    }
}
