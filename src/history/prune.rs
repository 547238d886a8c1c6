//! Which runs are removed by themselves: the rules, pure. A bound may be left unsaid.

use std::time::Duration;

/// How long runs are kept, and how much they may take together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Runs that ended longer ago go.
    pub keep: Option<Duration>,
    /// While all runs take more bytes than this, the oldest go.
    pub max_size: Option<u64>,
}

/// Why a run is not removed although a bound asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is alive.
    Live,
    /// The operator pinned it.
    Pinned,
    /// Not all was well, and nobody has looked at it.
    Unreviewed,
    /// Its record cannot be read: somebody has to look.
    Unreadable,
}

/// A run as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// How long ago its last event happened.
    pub age: Duration,
    /// How many bytes it takes.
    pub bytes: u64,
    /// Why it stays, if it does.
    pub kept: Option<Kept>,
}

/// What the bounds ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Who goes, the oldest first.
    pub due: Vec<Candidate>,
    /// Who would go but stays, the oldest first.
    pub stays: Vec<Candidate>,
}

/// Applies the bounds.
pub fn judge(mut runs: Vec<Candidate>, bounds: Bounds) -> Verdict {
    runs.sort_by_key(|run| std::cmp::Reverse(run.age));
    let mut total: u64 = runs.iter().map(|run| run.bytes).sum();
    let mut verdict = Verdict::default();
    for run in runs {
        let is_old = bounds.keep.is_some_and(|keep| run.age > keep);
        let is_too_much = bounds.max_size.is_some_and(|most| total > most);
        if !is_old && !is_too_much {
            continue;
        }
        if run.kept.is_some() {
            verdict.stays.push(run);
        } else {
            total -= run.bytes;
            verdict.due.push(run);
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn run(name: &str, days: u32, bytes: u64, kept: Option<Kept>) -> Candidate {
        Candidate {
            name: name.to_owned(),
            age: DAY * days,
            bytes,
            kept,
        }
    }

    #[test]
    fn age_and_size_ask_and_some_stay() {
        let runs = || {
            vec![
                run("new", 0, 10, None),
                run("live", 200, 10, Some(Kept::Live)),
                run("old", 100, 10, None),
                run("pinned", 101, 10, Some(Kept::Pinned)),
                run("failed", 102, 10, Some(Kept::Unreviewed)),
                run("middle", 50, 10, None),
                run("just", 90, 10, None),
            ]
        };
        let days = |days: u32| Some(DAY * days);
        for (keep, max_size, due, stays) in [
            (None, None, "", ""),
            (days(90), None, "old", "live failed pinned"),
            (None, Some(70), "", ""),
            (None, Some(69), "old", "live failed pinned"),
            (None, Some(50), "old just", "live failed pinned"),
            (None, Some(0), "old just middle new", "live failed pinned"),
            (days(60), Some(65), "old just", "live failed pinned"),
            (days(365), Some(65), "old", "live failed pinned"),
        ] {
            let verdict = judge(runs(), Bounds { keep, max_size });
            let names = |runs: &[Candidate]| runs.iter().map(|run| run.name.clone()).collect::<Vec<_>>().join(" ");
            assert_eq!(
                (names(&verdict.due).as_str(), names(&verdict.stays).as_str()),
                (due, stays),
                "{keep:?} {max_size:?}"
            );
        }
    }
}
