//! Equal results put together: jobs with the same outcome and the same output, commonest first, as `clush -b` does.

use super::id::JobId;
use super::outcome::Outcome;
use std::collections::HashMap;
use std::hash::Hash;

/// Jobs that ended alike and printed the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<Digest> {
    /// How they ended.
    pub outcome: Outcome,
    /// What stands for the text that they printed.
    pub digest: Digest,
    /// Which they are, in the order of the plan.
    pub jobs: Vec<JobId>,
}

/// Groups finished jobs by outcome and a digest of their output: the largest group first, then in the order of the
/// plan. One pass; nothing is compared pairwise.
pub fn group<Digest: Clone + Eq + Hash>(
    jobs: impl IntoIterator<Item = (JobId, Outcome, Digest)>,
) -> Vec<Group<Digest>> {
    let mut places: HashMap<(String, Digest), usize> = HashMap::new();
    let mut groups: Vec<Group<Digest>> = Vec::new();
    for (job, outcome, digest) in jobs {
        let place = *places.entry((outcome.to_string(), digest.clone())).or_insert_with(|| {
            groups.push(Group {
                outcome,
                digest,
                jobs: Vec::new(),
            });
            groups.len() - 1
        });
        groups[place].jobs.push(job);
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.jobs.len()), group.jobs.first().copied()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Cause;

    #[test]
    fn the_largest_comes_first_and_then_the_order_of_the_plan() {
        let unreachable = |detail: &str| Outcome::Unreachable {
            cause: Cause::Refused,
            detail: detail.to_owned(),
        };
        let exit = |code| Outcome::Exit { code };
        let jobs = [
            (0, exit(1), "x"),
            (1, Outcome::Ok, "a"),
            (2, exit(2), "a"),
            (3, Outcome::Ok, "b"),
            (4, unreachable("by 10.0.0.1"), ""),
            (5, Outcome::Ok, "a"),
            (6, unreachable("by 10.0.0.2"), ""),
            (7, Outcome::Ok, "a"),
        ];
        let groups = group(jobs.map(|(job, outcome, digest)| (JobId(job), outcome, digest)));
        let shown: Vec<_> = groups
            .iter()
            .map(|group| {
                let jobs: Vec<u32> = group.jobs.iter().map(|job| job.0).collect();
                (group.outcome.to_string(), group.digest, jobs)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("ok".to_owned(), "a", vec![1, 5, 7]),
                ("unreachable, connection refused".to_owned(), "", vec![4, 6]),
                ("exit 1".to_owned(), "x", vec![0]),
                ("exit 2".to_owned(), "a", vec![2]),
                ("ok".to_owned(), "b", vec![3]),
            ]
        );
    }
}
