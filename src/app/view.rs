//! The five ways to look at a run: its jobs one by one, those that printed the same, those that failed alike, when each
//! of them ran, and the buckets into which the values of a field fall.

/// What the list on the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Every job a row.
    #[default]
    Hosts,
    /// Jobs that ended alike and printed the same.
    Groups,
    /// Jobs that did not end well, by the cause.
    Failures,
    /// Every job a row, with a bar over the run's time.
    Timeline,
    /// Jobs whose value of a field falls into the same bucket.
    Buckets,
}

impl View {
    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Hosts => Self::Groups,
            Self::Groups => Self::Failures,
            Self::Failures => Self::Timeline,
            Self::Timeline => Self::Buckets,
            Self::Buckets => Self::Hosts,
        }
    }

    /// Whether its rows are clusters of jobs.
    pub fn is_gathered(self) -> bool {
        matches!(self, Self::Groups | Self::Failures | Self::Buckets)
    }

    /// How many lines a row of it takes.
    pub fn lines(self) -> usize {
        match self {
            Self::Hosts | Self::Timeline => 1,
            Self::Groups | Self::Buckets => 2,
            Self::Failures => 3,
        }
    }
}
