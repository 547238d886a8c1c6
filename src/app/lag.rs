//! Which jobs hold the run up, and why: what was told to end and has not, what waits for an answer, what is silent, what
//! is far beyond its peers. It takes no settings: jobs are compared with those that have finished, and with those that
//! run beside them.

use crate::model::board::{Board, Row};
use crate::model::elapsed::Elapsed;
use crate::model::phase::Phase;
use crate::model::stamp::Stamp;
use std::fmt;
use std::time::Duration;

/// A running job that has printed nothing for so long is looked at, if its peers have.
const SILENT: Duration = Duration::from_secs(60);
/// How long a line that reads like a question must stand.
const ASKED: Duration = Duration::from_secs(2);
/// How many times the median is far beyond one's peers.
const FAR: u32 = 3;
/// How many peers must have finished, and how long a job must run, before it is compared with them.
const PEERS: usize = 3;
const AT_LEAST: Duration = Duration::from_secs(10);

/// Why a job is looked at first, the most urgent reason first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lag {
    /// It seems to wait for an answer, which nobody can give it.
    Prompting,
    /// Nothing is heard of its host.
    LinkSilent(Duration),
    /// It was told to end.
    Stopping,
    /// It passed a hard limit and is to finish all the same.
    Overdue,
    /// It passed the soft limit.
    Slow,
    /// It takes so many times the median of those that have finished.
    Beyond(f64),
    /// It has printed nothing for so long, and its peers have.
    Silent(Duration),
}

impl Lag {
    /// Its place in the order of urgency, from 0.
    pub fn rank(self) -> usize {
        match self {
            Self::Prompting => 0,
            Self::LinkSilent(_) => 1,
            Self::Stopping => 2,
            Self::Overdue => 3,
            Self::Slow => 4,
            Self::Beyond(_) => 5,
            Self::Silent(_) => 6,
        }
    }

    /// Its word in filters.
    pub fn word(self) -> &'static str {
        Self::WORDS[self.rank()]
    }

    /// How many ranks there are.
    pub const RANKS: usize = 7;

    /// The words for them in filters, by rank.
    pub const WORDS: [&'static str; Self::RANKS] =
        ["prompt", "link", "stopping", "overdue", "slow", "beyond", "silent"];
}

/// As the row says it, where its state does not.
impl fmt::Display for Lag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prompting => f.write_str("asks for input"),
            Self::LinkSilent(since) => write!(f, "link silent {}", Elapsed::Running(*since)),
            Self::Stopping => f.write_str("stopping"),
            Self::Overdue => f.write_str("overdue"),
            Self::Slow => f.write_str("slow"),
            Self::Beyond(times) => write!(f, "{times:.1}x the median"),
            Self::Silent(since) => write!(f, "silent {}", Elapsed::Running(*since)),
        }
    }
}

/// What jobs are compared with at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    now: Stamp,
    /// The median of the jobs that have finished, and the time beyond which one is far beyond them.
    finished: Option<(Duration, Duration)>,
    /// Whether silence tells anything: most of those that run are not silent.
    silence_tells: bool,
}

impl Pack {
    /// The jobs of a run as they stand at `now`.
    pub fn of(board: &Board, now: Stamp) -> Self {
        let durations = board.durations();
        let far = |(median, fence): (Duration, Duration)| (median, fence.max(median.saturating_mul(FAR)).max(AT_LEAST));
        let finished = durations.median().zip(durations.fence()).map(far);
        let (mut running, mut silent) = (0, 0);
        for row in board.rows() {
            if let Some(since) = row.silent(now) {
                running += 1;
                silent += usize::from(since >= SILENT);
            }
        }
        Self {
            now,
            finished: finished.filter(|_| durations.count() >= PEERS),
            silence_tells: silent * 2 <= running,
        }
    }

    /// The moment.
    pub fn now(&self) -> Stamp {
        self.now
    }

    /// Why a job is to be looked at, if it is.
    pub fn lag(&self, row: &Row) -> Option<Lag> {
        let link_silent = row.link_silent.map(|since| Lag::LinkSilent(self.now.since(since)));
        match row.phase {
            Phase::Stopping { .. } => Some(link_silent.unwrap_or(Lag::Stopping)),
            Phase::Running { since, slow, overdue } => {
                let elapsed = self.now.since(since);
                let silent = row.silent(self.now).unwrap_or_default();
                // All of this must be cheap: it is asked of every row of every frame.
                if silent >= ASKED && row.tail.asks() {
                    return Some(Lag::Prompting);
                }
                let beyond = self.finished.filter(|(_, far)| elapsed > *far);
                let beyond = beyond.map(|(median, _)| Lag::Beyond(times(elapsed, median)));
                link_silent
                    .or(overdue.map(|_| Lag::Overdue))
                    .or(slow.map(|_| Lag::Slow))
                    .or(beyond)
                    .or((silent >= SILENT && self.silence_tells).then_some(Lag::Silent(silent)))
            }
            _ => None,
        }
    }
}

fn times(elapsed: Duration, median: Duration) -> f64 {
    elapsed.as_secs_f64() / median.as_secs_f64().max(0.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{done, event, output, plan};
    use crate::model::event::Change;
    use crate::model::outcome::Outcome;

    /// Six jobs that began at 0: the last three still run, after those before took 10, 11 and 12 s.
    fn board() -> Board {
        let plan = plan(&["a", "b", "c", "d", "e", "f"]);
        let mut board = Board::new(&plan);
        for job in 0..6 {
            board.apply(&event(&plan, job, 0, Change::Running { pid: 100 + job }));
        }
        for job in 0..3 {
            let secs = 10 + u64::from(job);
            board.apply(&event(&plan, job, secs, done(Outcome::Ok, secs)));
        }
        board
    }

    fn lags(board: &Board, secs: u64) -> Vec<Option<String>> {
        let pack = Pack::of(board, Stamp::from_secs(secs));
        let words = |row: &Row| pack.lag(row).map(|lag| lag.to_string());
        board.rows()[3..].iter().map(words).collect()
    }

    #[test]
    fn what_takes_three_times_as_long_as_its_peers_is_looked_at() {
        assert_eq!(lags(&board(), 33), [None, None, None]);
        let far = || Some("3.1x the median".to_owned());
        assert_eq!(lags(&board(), 34), [far(), far(), far()]);
    }

    #[test]
    fn peers_whose_times_differ_by_nature_make_nobody_a_straggler() {
        let plan = plan(&["a", "b", "c", "d", "e"]);
        let mut board = Board::new(&plan);
        for (job, secs) in [(0, 5), (1, 10), (2, 80), (3, 90)] {
            board.apply(&event(&plan, job, secs, done(Outcome::Ok, secs)));
        }
        board.apply(&event(&plan, 4, 100, Change::Running { pid: 1 }));
        let pack = |secs| Pack::of(&board, Stamp::from_secs(secs)).lag(&board.rows()[4]);
        assert_eq!(pack(100 + 200), None);
        assert!(matches!(pack(100 + 300), Some(Lag::Beyond(_))));
    }

    #[test]
    fn one_that_asks_is_found_at_once_and_one_that_prints_on_is_not() {
        let mut board = board();
        board.print(&output(3, 14, "Configuring\nDo you want to continue? [Y/n] "));
        board.print(&output(4, 14, "Unpacking 40%"));
        assert_eq!(lags(&board, 15), [None, None, None], "it may go on at once");
        assert_eq!(lags(&board, 16), [Some("asks for input".to_owned()), None, None]);
    }

    #[test]
    fn silence_tells_only_where_others_speak() {
        let plan = plan(&["a", "b", "c"]);
        let mut board = Board::new(&plan);
        for job in 0..3 {
            board.apply(&event(&plan, job, 0, Change::Running { pid: 100 + job }));
        }
        let lags = |board: &Board| -> Vec<bool> {
            let pack = Pack::of(board, Stamp::from_secs(100));
            board.rows().iter().map(|row| pack.lag(row).is_some()).collect()
        };
        assert_eq!(lags(&board), [false; 3], "all are: that is the way of this command");
        board.print(&output(0, 90, "one\n"));
        assert_eq!(lags(&board), [false; 3]);
        board.print(&output(1, 90, "one\n"));
        assert_eq!(lags(&board), [false, false, true]);
    }
}
