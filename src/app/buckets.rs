//! Jobs put together whose value of one field falls into the same bucket; then those that have none.

use super::clusters::{Cluster, Common};
use super::groups::{apart, cluster};
use crate::model::board::{Board, Row};
use crate::model::field::Value;
use crate::model::id::JobId;
use crate::model::phase::Phase;

/// The buckets of the field at a place among these jobs, their hosts not folded yet; none where there is no such field.
pub(super) fn buckets(board: &Board, rows: &[&Row], place: usize) -> Vec<Cluster> {
    let (Some(field), Some(column)) = (board.fields().get(place), board.columns().get(place)) else {
        return Vec::new();
    };
    let value = |row: &Row| row.values.get(place).and_then(Option::as_ref).cloned();
    let [mut over, mut running, mut waiting] = [const { Vec::new() }; 3];
    let mut with: Vec<(JobId, Value)> = Vec::new();
    for row in rows {
        match (value(row), &row.phase) {
            (Some(value), _) => with.push((row.job, value)),
            (None, Phase::Done { .. }) => over.push(row.job),
            (None, Phase::Running { .. } | Phase::Stopping { .. }) => running.push(row.job),
            (None, _) => waiting.push(row.job),
        }
    }
    let mut found = Vec::new();
    for bucket in column.buckets() {
        let own: Vec<&(JobId, Value)> = with.iter().filter(|(_, value)| bucket.holds(value)).collect();
        if own.is_empty() {
            continue;
        }
        found.push(Cluster {
            is_outlier: own.iter().all(|(_, value)| column.is_outlier(value)),
            ..cluster(
                Common::Bucket(field.name().to_owned(), bucket.words),
                own.into_iter().map(|(job, _)| *job).collect(),
                None,
            )
        });
    }
    let (all, most) = (
        with.len().max(1),
        found.iter().map(|bucket| bucket.jobs.len()).max().unwrap_or(1),
    );
    for bucket in &mut found {
        let count = bucket.jobs.len();
        bucket.bar = Some((count * 100 / most) as u8);
        bucket.says = format!("{}%", (count * 100 + all / 2) / all);
    }
    let others = [
        (Common::NoValue, over, "the output has none"),
        (Common::Running, running, "none printed so far"),
        (
            Common::Waiting,
            waiting,
            "queued, connecting, or waiting for the next attempt",
        ),
    ];
    found.extend(apart(others));
    found
}
