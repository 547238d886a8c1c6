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
