//! The difference of two outputs: what was compared, what came of it, and where the eye is in it. It is worked out
//! elsewhere, because whole outputs must be read for it.

use super::text;
use crate::model::event::Stream;
use crate::model::id::{AttemptNo, JobId};
use std::ops::Range;

/// Two outputs that are to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// To be given back with the answer.
    pub ticket: u64,
    /// What is compared with.
    pub left: (JobId, AttemptNo),
    /// What is looked at.
    pub right: (JobId, AttemptNo),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Which comparison it answers.
    pub ticket: u64,
    /// The difference, or why there is none, in words.
    pub result: Result<Difference, String>,
}

/// On which side a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// On both.
    Both,
    /// Only on what is compared with.
    Left,
    /// Only on what is looked at.
    Right,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// On which side it stands.
    pub side: Side,
    /// Its text, harmless.
    pub text: String,
    /// Which bytes of it make the difference, where there is a line on the other side that is much the same.
    pub marks: Vec<Range<usize>>,
}

/// A part of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffPart {
    /// The lines of a stream begin.
    Stream(Stream),
    /// So many equal lines are left out.
    Equal(usize),
    /// A line.
    Line(DiffLine),
}

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The parts, from the top.
    pub parts: Vec<DiffPart>,
    /// How many lines stand only on the left, and only on the right.
    pub lines: [usize; 2],
    /// Only so many bytes at the beginning of each stream were compared, because there are more.
    pub only_first: Option<u64>,
    /// So many bytes of the outputs are not on record, and could not be compared.
    pub lost: u64,
}

impl Difference {
    /// Whether nothing differs, as far as was compared.
    pub fn is_empty(&self) -> bool {
        self.lines == [0, 0]
    }
}

/// How far a comparison has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standstill {
    /// The outputs of all jobs that are over are read, to know which is the commonest.
    Surveying,
    /// The two outputs are read.
    Reading,
    /// There is none, and this is why.
    Nothing(String),
    /// Here it is.
    Ready(Difference),
}

/// A row of the screen: a part, and which bytes of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffRow {
    part: usize,
    bytes: Range<usize>,
}

/// A difference on the screen.
#[derive(Debug)]
pub struct DifferenceView {
    job: JobId,
    attempt: AttemptNo,
    ticket: u64,
    against: Option<JobId>,
    /// How many jobs printed what is compared with.
    peers: usize,
    state: Standstill,
    rows: Vec<DiffRow>,
    top: usize,
    columns: usize,
    page: usize,
}

impl DifferenceView {
    /// Of this job's output; from what is said later.
    pub(super) fn new((job, attempt): (JobId, AttemptNo), ticket: u64) -> Self {
        Self {
            job,
            attempt,
            ticket,
            against: None,
            peers: 0,
            state: Standstill::Surveying,
            rows: Vec::new(),
            top: 0,
            columns: 0,
            page: 0,
        }
    }

    /// Whose output is looked at.
    pub fn job(&self) -> JobId {
        self.job
    }

    /// Of which attempt.
    pub fn attempt(&self) -> AttemptNo {
        self.attempt
    }

    /// With whose it is compared, and how many printed the same as that one.
    pub fn against(&self) -> Option<(JobId, usize)> {
        self.against.map(|job| (job, self.peers))
    }

    /// How far it has come.
    pub fn state(&self) -> &Standstill {
        &self.state
    }

    /// The rows on the screen: each part with the bytes of its text that stand there.
    pub fn shown(&self) -> impl Iterator<Item = (&DiffPart, Range<usize>)> {
        let parts: &[DiffPart] = match &self.state {
            Standstill::Ready(difference) => &difference.parts,
            _ => &[],
        };
        let rows = self.rows.iter().skip(self.top).take(self.page);
        rows.filter_map(|row| Some((parts.get(row.part)?, row.bytes.clone())))
    }

    /// The number of the first row on the screen and of all, from 1.
    pub fn place(&self) -> (usize, usize) {
        ((self.top + 1).min(self.rows.len()), self.rows.len())
    }

    pub(super) fn ticket(&self) -> u64 {
        self.ticket
    }

    pub(super) fn set_state(&mut self, state: Standstill) {
        self.state = state;
        self.lay_out();
    }

    pub(super) fn compare_with(&mut self, job: JobId, peers: usize) {
        self.against = Some(job);
        self.peers = peers;
        self.set_state(Standstill::Reading);
    }

    pub(super) fn resize(&mut self, columns: usize, page: usize) {
        if (columns, page) != (self.columns, self.page) {
            (self.columns, self.page) = (columns, page);
            self.lay_out();
        }
    }

    pub(super) fn scroll(&mut self, rows: isize) {
        self.go_to(self.top.saturating_add_signed(rows));
    }

    pub(super) fn go_to(&mut self, row: usize) {
        self.top = row.min(self.rows.len().saturating_sub(self.page.max(1)));
    }

    /// To the next difference, or the one before; says whether there is one.
    pub(super) fn step(&mut self, forward: bool) -> bool {
        let Standstill::Ready(difference) = &self.state else {
            return false;
        };
        let differs = |row: &DiffRow| {
            let part = difference.parts.get(row.part);
            matches!(part, Some(DiffPart::Line(line)) if line.side != Side::Both)
        };
        let begins: Vec<usize> = (0..self.rows.len())
            .filter(|at| differs(&self.rows[*at]) && (*at == 0 || !differs(&self.rows[at - 1])))
            .collect();
        // A line above the difference stays to be seen.
        let tops = || begins.iter().map(|at| at.saturating_sub(1));
        let found = if forward {
            tops().find(|top| *top > self.top)
        } else {
            tops().rev().find(|top| *top < self.top)
        };
        let before = self.top;
        if let Some(top) = found {
            self.go_to(top);
        }
        self.top != before
    }

    fn lay_out(&mut self) {
        self.rows.clear();
        if let Standstill::Ready(difference) = &self.state {
            for (part, what) in difference.parts.iter().enumerate() {
                match what {
                    DiffPart::Line(line) => {
                        let ranges = text::wrap(&line.text, self.columns);
                        self.rows
                            .extend(ranges.into_iter().map(|bytes| DiffRow { part, bytes }));
                    }
                    _ => self.rows.push(DiffRow { part, bytes: 0..0 }),
                }
            }
        }
        self.go_to(self.top);
    }
}
