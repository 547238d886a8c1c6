//! Jobs put together that ended alike and printed the same, the commonest first; then those of which that is not known
//! yet.

use super::clusters::{Cluster, Common};
use super::prints::{Print, Prints};
use super::said::{Said, end_words, said};
use super::text::one_line;
use crate::model::board::{Board, Row};
use crate::model::grouping::group;
use crate::model::id::JobId;
use crate::model::phase::Phase;

/// An outlier is at most this part of the commonest group, and of all that were compared.
const OF_COMMONEST: usize = 4;
const OF_ALL: usize = 10;

/// The groups among these jobs of a run, their hosts not folded yet.
pub(super) fn groups(board: &Board, rows: &[&Row], prints: &Prints) -> Vec<Cluster> {
    let mut compared = Vec::new();
    let [mut unread, mut running, mut waiting] = [const { Vec::new() }; 3];
    for row in rows {
        match (&row.phase, prints.of(row)) {
            (Phase::Done { outcome, .. }, Some(print)) => compared.push((row.job, outcome.clone(), print)),
            (Phase::Done { .. }, None) => unread.push(row.job),
            (Phase::Running { .. } | Phase::Stopping { .. }, _) => running.push(row.job),
            (Phase::Queued { .. } | Phase::Connecting { .. } | Phase::Backoff { .. }, _) => waiting.push(row.job),
        }
    }
    let all = compared.len();
    let groups = group(compared);
    let commonest = groups.first().map_or(0, |group| group.jobs.len());
    let compared = groups.into_iter().map(|group| {
        let size = group.jobs.len();
        Cluster {
            is_outlier: size * OF_COMMONEST <= commonest && size <= (all / OF_ALL).max(1),
            says: says(board, &group.jobs, group.digest),
            ..cluster(
                Common::Printed(group.outcome.to_string(), group.digest),
                group.jobs,
                Some(group.outcome),
            )
        }
    });
    let others = [
        (Common::Unread, unread, "their output is being read"),
        (Common::Running, running, "not over: their output is not compared yet"),
        (
            Common::Waiting,
            waiting,
            "queued, connecting, or waiting for the next attempt",
        ),
    ];
    compared.chain(apart(others)).collect()
}

/// The jobs that cannot be put together with others yet, or at all, with the words that say why.
pub(super) fn apart<'a>(
    others: impl IntoIterator<Item = (Common, Vec<JobId>, &'a str)>,
) -> impl Iterator<Item = Cluster> {
    let others = others.into_iter().filter(|(_, jobs, _)| !jobs.is_empty());
    others.map(|(common, jobs, says)| Cluster {
        says: says.to_owned(),
        ..cluster(common, jobs, None)
    })
}

pub(super) fn cluster(common: Common, jobs: Vec<JobId>, outcome: Option<crate::model::outcome::Outcome>) -> Cluster {
    Cluster {
        common,
        outcome,
        jobs,
        hosts: String::new(),
        is_outlier: false,
        says: String::new(),
        cure: String::new(),
        bar: None,
    }
}

/// The last line of the first member of which it is known, as the table shows it.
fn says(board: &Board, jobs: &[JobId], print: Print) -> String {
    match print {
        Print::Nothing => {
            let first = jobs.first().and_then(|job| board.row(*job));
            return first.and_then(end_words).unwrap_or_else(|| "no output".to_owned());
        }
        Print::Unreadable(_) => return "the output cannot be read: compared with nothing".to_owned(),
        Print::NotWhole(_) => return "not whole on record: compared with nothing".to_owned(),
        Print::Text(_) => {}
    }
    let last = |row: &Row| match said(row) {
        Said::Output(line) => Some(one_line(line.text())),
        Said::Nothing | Said::Words(_) => None,
    };
    let rows = jobs.iter().filter_map(|job| board.row(*job));
    rows.take(100)
        .find_map(last)
        .unwrap_or_else(|| "blank lines only".to_owned())
}
