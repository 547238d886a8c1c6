//! The desk where two outputs are read and compared, off the loop's thread and within bounds: so much of each stream, and
//! so much time. Each stream is compared by itself, line by line, as the text that would be shown; a host's own name
//! differs from no other.

use super::work::finished;
use crate::app::{Compared, Comparison, DiffLine, DiffPart, Difference, Side};
use crate::model::event::Stream;
use crate::model::id::{AttemptNo, JobId};
use crate::model::likeness::OwnNames;
use crate::model::plan::Plan;
use crate::model::text::LineReader;
use crate::rundir::{Fill, OutputReader, RunDir};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline};
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, spawn_blocking};

/// How much of the beginning of each stream is compared.
const MOST: u64 = 2_000_000;
/// How long it is looked for the shortest difference of a stream; after that for any.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many equal lines are shown before and after a difference.
const CONTEXT: usize = 3;
/// Lines on both sides in which fewer of the words are the same are different lines, not the same one changed.
const ALIKE: f64 = 0.3;

/// Compares what was asked for; of several wishes the last.
#[derive(Debug)]
pub(super) struct Comparing {
    dir: RunDir,
    plan: Arc<Plan>,
    at_work: Option<JoinHandle<Compared>>,
    next: Option<Comparison>,
}

impl Comparing {
    /// A desk for the outputs of a run.
    pub(super) fn new(dir: RunDir, plan: Arc<Plan>) -> Self {
        Self {
            dir,
            plan,
            at_work: None,
            next: None,
        }
    }

    /// Takes in a wish.
    pub(super) fn ask(&mut self, comparison: Comparison) {
        if self.at_work.is_some() {
            self.next = Some(comparison);
            return;
        }
        let (dir, plan) = (self.dir.clone(), self.plan.clone());
        self.at_work = Some(spawn_blocking(move || {
            let difference = difference(&dir, &plan, &comparison);
            Compared {
                ticket: comparison.ticket,
                result: difference.map_err(|error| format!("cannot read the outputs: {error}")),
            }
        }));
    }

    /// What came of it. Cancel safe; waits for ever while nothing was asked for.
    pub(super) async fn next(&mut self) -> Compared {
        loop {
            let done = finished(&mut self.at_work).await;
            if let Some(next) = self.next.take() {
                self.ask(next);
            }
            if let Some(compared) = done {
                return compared;
            }
        }
    }
}

/// One side.
struct Text {
    own: OwnNames,
    lines: Vec<Line>,
}

/// A line of it: as it is shown, and as it is compared.
struct Line {
    shown: String,
    compared: String,
}

fn difference(dir: &RunDir, plan: &Plan, comparison: &Comparison) -> io::Result<Difference> {
    let mut found = Difference::default();
    for stream in [Stream::Stdout, Stream::Stderr] {
        let mut side = |of| lines(dir, plan, of, stream, &mut found);
        let (left, right) = (side(comparison.left)?, side(comparison.right)?);
        if left.lines.is_empty() && right.lines.is_empty() {
            continue;
        }
        found.parts.push(DiffPart::Stream(stream));
        compare(&left, &right, &mut found);
    }
    Ok(found)
}

/// The lines of a stream, as many as are compared.
fn lines(
    dir: &RunDir,
    plan: &Plan,
    (job, attempt): (JobId, AttemptNo),
    stream: Stream,
    found: &mut Difference,
) -> io::Result<Text> {
    let reader = OutputReader::new(dir, plan.label(job), attempt);
    let bytes = reader.read(stream, 0, MOST as usize)?;
    if reader.len(stream)? > MOST {
        found.only_first = Some(MOST);
    }
    let (entries, _) = reader.index(0)?;
    let holes = entries
        .iter()
        .filter(|entry| entry.fill == Fill::Hole && entry.stream == stream);
    found.lost += holes.map(|entry| entry.bytes).sum::<u64>();
    let own = OwnNames::of(plan.host(job));
    let mut lines = Vec::new();
    let mut push = |text: &str| {
        lines.push(Line {
            shown: text.to_owned(),
            compared: own.neutral(text).into_owned(),
        });
    };
    let mut cutter = LineReader::default();
    cutter.feed(&bytes, &mut |line| push(line.text()));
    if let Some(rest) = cutter.partial() {
        push(rest.text());
    }
    Ok(Text { own, lines })
}

fn compare(left: &Text, right: &Text, found: &mut Difference) {
    let compared = |text: &Text| -> Vec<String> { text.lines.iter().map(|line| line.compared.clone()).collect() };
    let (old, new) = (compared(left), compared(right));
    let deadline = Instant::now() + PATIENCE;
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let last = ops.len().saturating_sub(1);
    for (number, op) in ops.iter().enumerate() {
        let (from, to) = (op.old_range(), op.new_range());
        if op.tag() == DiffTag::Equal {
            equal(&right.lines[to], (number == 0, number == last), found);
        } else {
            found.lines[0] += from.len();
            found.lines[1] += to.len();
            changed((left, from), (right, to), deadline, found);
        }
    }
}

/// Equal lines: those next to a difference, and how many lie between.
fn equal(lines: &[Line], (is_first, is_last): (bool, bool), found: &mut Difference) {
    let before = if is_first { 0 } else { CONTEXT };
    let after = if is_last { 0 } else { CONTEXT };
    let line = |line: &Line| {
        DiffPart::Line(DiffLine {
            side: Side::Both,
            text: line.shown.clone(),
            marks: Vec::new(),
        })
    };
    if lines.len() <= before + after + 1 {
        found.parts.extend(lines.iter().map(line));
        return;
    }
    let (head, rest) = lines.split_at(before);
    let (between, tail) = rest.split_at(rest.len() - after);
    found.parts.extend(head.iter().map(line));
    found.parts.push(DiffPart::Equal(between.len()));
    found.parts.extend(tail.iter().map(line));
}

/// Lines that differ: first those of the left, then those of the right, with what differs in lines that are much alike.
fn changed(
    (left, from): (&Text, Range<usize>),
    (right, to): (&Text, Range<usize>),
    deadline: Instant,
    found: &mut Difference,
) {
    let (olds, news) = (&left.lines[from], &right.lines[to]);
    let pairs = olds.iter().zip(news);
    let marks: Vec<[Vec<Range<usize>>; 2]> = pairs
        .map(|(old, new)| within((&old.shown, &left.own), (&new.shown, &right.own), deadline))
        .collect();
    for (side, lines) in [(Side::Left, olds), (Side::Right, news)] {
        for (number, line) in lines.iter().enumerate() {
            let marks = marks
                .get(number)
                .map(|marks| marks[usize::from(side == Side::Right)].clone());
            found.parts.push(DiffPart::Line(DiffLine {
                side,
                text: line.shown.clone(),
                marks: marks.unwrap_or_default(),
            }));
        }
    }
}

/// Which bytes of two lines differ; none where hardly anything is the same, or no time is left.
fn within(
    (old, old_own): (&str, &OwnNames),
    (new, new_own): (&str, &OwnNames),
    deadline: Instant,
) -> [Vec<Range<usize>>; 2] {
    if Instant::now() >= deadline {
        return Default::default();
    }
    let (left, right) = (words(old), words(new));
    let texts = |text: &str, own: &OwnNames, words: &[Range<usize>]| -> Vec<String> {
        let words = words.iter().map(|word| own.neutral(&text[word.clone()]).into_owned());
        words.collect()
    };
    let (olds, news) = (texts(old, old_own, &left), texts(new, new_own, &right));
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &olds, &news, Some(deadline));
    let same = |op: &DiffOp| op.tag() == DiffTag::Equal;
    let bytes: usize = ops
        .iter()
        .filter(|op| same(op))
        .map(|op| span(&left, op.old_range()).len())
        .sum();
    if (2 * bytes) as f64 <= ALIKE * (old.len() + new.len()) as f64 {
        return Default::default();
    }
    let changes = || ops.iter().filter(|op| !same(op));
    let marked = |words: &[Range<usize>], range: Range<usize>| Some(span(words, range)).filter(|span| !span.is_empty());
    [
        changes().filter_map(|op| marked(&left, op.old_range())).collect(),
        changes().filter_map(|op| marked(&right, op.new_range())).collect(),
    ]
}

/// From the beginning of the first of these words to the end of the last.
fn span(words: &[Range<usize>], range: Range<usize>) -> Range<usize> {
    match words.get(range) {
        Some([first, .., last]) => first.start..last.end,
        Some([only]) => only.clone(),
        _ => 0..0,
    }
}

/// The words of a line, and each character between them.
fn words(line: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, c) in line.char_indices() {
        let end = at + c.len_utf8();
        let is_of_word = c.is_alphanumeric();
        match words.last_mut() {
            Some(last) if in_word && is_of_word => last.end = end,
            _ => words.push(at..end),
        }
        in_word = is_of_word;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(text: &str, host: &str) -> Text {
        let own = OwnNames::of(&crate::model::host::HostName::parse(host).unwrap());
        let line = |line: &str| Line {
            shown: line.to_owned(),
            compared: own.neutral(line).into_owned(),
        };
        let lines = text.lines().map(line).collect();
        Text { own, lines }
    }

    /// Each part as a line of text, with what is marked in brackets.
    fn drawn(left: &str, right: &str) -> Vec<String> {
        let mut found = Difference::default();
        compare(&side(left, "web1"), &side(right, "web2"), &mut found);
        let part = |part: &DiffPart| match part {
            DiffPart::Stream(stream) => format!("{stream:?}"),
            DiffPart::Equal(count) => format!("... {count}"),
            DiffPart::Line(DiffLine { side, text, marks }) => {
                let mut text = text.clone();
                for mark in marks.iter().rev() {
                    text.insert(mark.end, ']');
                    text.insert(mark.start, '[');
                }
                let sign = match side {
                    Side::Both => ' ',
                    Side::Left => '-',
                    Side::Right => '+',
                };
                format!("{sign}{text}")
            }
        };
        found.parts.iter().map(part).collect()
    }

    #[test]
    fn lines_that_differ_are_shown_with_what_differs_in_them() {
        let left = "one\ntwo\nthree\nfour\nfive\nkernel 6.1.0-28 on web1\nsix\n";
        let right = "one\ntwo\nthree\nfour\nfive\nkernel 6.1.0-31 on web2\nsix\nmore\n";
        assert_eq!(
            drawn(left, right),
            [
                "... 2",
                " three",
                " four",
                " five",
                "-kernel 6.1.0-[28] on web1",
                "+kernel 6.1.0-[31] on web2",
                " six",
                "+more",
            ]
        );
        assert_eq!(drawn("I am web1\n", "I am web2\n"), [" I am web2"], "each names itself");
        assert_eq!(drawn("", ""), [""; 0]);
    }

    #[test]
    fn wide_characters_are_marked_whole_and_other_lines_not_at_all() {
        assert_eq!(
            drawn("版本 一 of 日本語\n", "版本 二 of 日本語\n"),
            ["-版本 [一] of 日本語", "+版本 [二] of 日本語"]
        );
        assert_eq!(drawn("all is well\n", "E: xyz\n"), ["-all is well", "+E: xyz"]);
    }

    #[test]
    fn much_that_has_nothing_in_common_takes_no_longer_than_it_may() {
        let text = |word: &str| -> String {
            let lines: Vec<String> = (0..100_000).map(|n| format!("{word} {}", n * 7919 % 100_003)).collect();
            lines.join("\n")
        };
        let began = Instant::now();
        let mut found = Difference::default();
        compare(&side(&text("a"), "web1"), &side(&text("b"), "web2"), &mut found);
        assert_eq!(found.lines, [100_000, 100_000]);
        assert!(began.elapsed() < PATIENCE * 5, "{:?}", began.elapsed());
    }
}
