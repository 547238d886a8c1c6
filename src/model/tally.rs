//! Counts by state, kept up to date by one addition and one subtraction per change, so that a header costs nothing
//! however many rows there are.

use super::outcome::OutcomeClass;
use super::phase::Phase;

/// What a job is counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Waits for a slot or a pause to end.
    Queued,
    /// Is being connected.
    Connecting,
    /// Runs, within its limits.
    Running,
    /// Runs, past the soft limit, or overdue.
    Slow,
    /// Was told to end and has not.
    Stopping,
    /// Waits for its next attempt.
    Backoff,
    /// Is over.
    Done(OutcomeClass),
}

impl Standing {
    const COUNT: usize = 6 + OutcomeClass::ALL.len();

    /// Every standing, in the order of a job's life.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::Queued,
            Self::Connecting,
            Self::Running,
            Self::Slow,
            Self::Stopping,
            Self::Backoff,
        ]
        .into_iter()
        .chain(OutcomeClass::ALL.into_iter().map(Self::Done))
    }

    /// The word for it in filters and in the JSON counts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Connecting => "connecting",
            Self::Running => "running",
            Self::Slow => "slow",
            Self::Stopping => "stopping",
            Self::Backoff => "backoff",
            Self::Done(class) => class.word(),
        }
    }

    /// What a job in this phase is counted as.
    pub fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Queued { .. } => Self::Queued,
            Phase::Connecting { .. } => Self::Connecting,
            Phase::Running {
                slow: None,
                overdue: None,
                ..
            } => Self::Running,
            Phase::Running { .. } => Self::Slow,
            Phase::Stopping { .. } => Self::Stopping,
            Phase::Backoff { .. } => Self::Backoff,
            Phase::Done { outcome, .. } => Self::Done(outcome.class()),
        }
    }

    /// Its place in the order of a job's life.
    pub fn place(self) -> usize {
        match self {
            Self::Queued => 0,
            Self::Connecting => 1,
            Self::Running => 2,
            Self::Slow => 3,
            Self::Stopping => 4,
            Self::Backoff => 5,
            Self::Done(class) => 6 + class as usize,
        }
    }
}

/// How many jobs stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [usize; Standing::COUNT],
}

impl Tally {
    /// How many jobs stand there.
    pub fn count(&self, standing: Standing) -> usize {
        self.counts[standing.place()]
    }

    /// How many jobs there are.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many jobs are over.
    pub fn done(&self) -> usize {
        OutcomeClass::ALL
            .into_iter()
            .map(|class| self.count(Standing::Done(class)))
            .sum()
    }

    /// How many commands are alive on their hosts: running, slow or stopping.
    pub fn live(&self) -> usize {
        [Standing::Running, Standing::Slow, Standing::Stopping]
            .into_iter()
            .map(|s| self.count(s))
            .sum()
    }

    /// How many jobs have not been started: queued, connecting or between two attempts.
    pub fn not_started(&self) -> usize {
        [Standing::Queued, Standing::Connecting, Standing::Backoff]
            .into_iter()
            .map(|s| self.count(s))
            .sum()
    }

    /// Counts one more job there.
    pub fn enter(&mut self, standing: Standing) {
        self.counts[standing.place()] += 1;
    }

    /// Counts one job less there.
    pub fn leave(&mut self, standing: Standing) {
        let count = &mut self.counts[standing.place()];
        debug_assert!(*count > 0, "nobody stands at {standing:?}");
        *count = count.saturating_sub(1);
    }
}
