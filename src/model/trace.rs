//! Where a job has been and since when: what a timeline draws.

use super::stamp::Stamp;
use super::tally::Standing;

/// The stations of a job in their order, the newest of very many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    stations: Vec<(Stamp, Standing)>,
    /// How many of them belong to earlier attempts.
    earlier: usize,
}

impl Trace {
    /// How many stations are kept: a host that is tried again for days would have them without end.
    pub const MOST: usize = 256;

    /// Notes where the job is at a moment.
    pub fn note(&mut self, at: Stamp, standing: Standing) {
        if self.of_this_attempt().last().is_some_and(|(_, last)| *last == standing) {
            return;
        }
        if self.stations.len() == Self::MOST {
            self.stations.remove(0);
            self.earlier = self.earlier.saturating_sub(1);
        }
        self.stations.push((at, standing));
    }

    /// What is noted from now on belongs to the next attempt.
    pub fn begin_attempt(&mut self) {
        self.earlier = self.stations.len();
    }

    /// Each station of the newest attempt with its beginning, oldest first.
    pub fn of_this_attempt(&self) -> &[(Stamp, Standing)] {
        &self.stations[self.earlier..]
    }

    /// Each station with its beginning, oldest first.
    pub fn stations(&self) -> &[(Stamp, Standing)] {
        &self.stations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_is_noted_once_and_only_the_newest_are_kept() {
        let mut trace = Trace::default();
        for (secs, standing) in [(1, Standing::Queued), (2, Standing::Running), (3, Standing::Running)] {
            trace.note(Stamp::from_secs(secs), standing);
        }
        let known = [
            (Stamp::from_secs(1), Standing::Queued),
            (Stamp::from_secs(2), Standing::Running),
        ];
        assert_eq!(trace.stations(), known);
        trace.begin_attempt();
        assert_eq!(trace.of_this_attempt(), []);
        trace.note(Stamp::from_secs(3), Standing::Running);
        assert_eq!(trace.of_this_attempt(), [(Stamp::from_secs(3), Standing::Running)]);
        for secs in 4..2000 {
            let standing = [Standing::Connecting, Standing::Backoff][secs % 2];
            trace.note(Stamp::from_secs(secs as u64), standing);
        }
        assert_eq!(trace.stations().len(), Trace::MOST);
        assert_eq!(trace.stations().last().map(|(at, _)| *at), Some(Stamp::from_secs(1999)));
    }
}
