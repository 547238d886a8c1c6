//! What a row says beside its state: its last output, or the words that stand in for it. The table shows it and the
//! filter reads it, so that what can be seen can be found.

use super::text::one_line;
use crate::model::board::Row;
use crate::model::elapsed::Elapsed;
use crate::model::outcome::{Ended, Fate, Outcome};
use crate::model::phase::{Phase, Why};
use crate::model::stamp::Stamp;
use crate::model::text::StyledLine;

/// What stands in the last column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// Nothing.
    Nothing,
    /// The last line of the output.
    Output(&'a StyledLine),
    /// Words of ours.
    Words(String),
}

/// What a row says at the end of its line: the last line of the output, and where the command failed, the last one of
/// standard error.
pub fn said(row: &Row) -> Said<'_> {
    let output = match row.phase {
        Phase::Queued { .. } | Phase::Backoff { .. } => None,
        Phase::Done {
            outcome: Outcome::Exit { .. },
            ..
        } => row.tail.complaint().or_else(|| row.tail.last()),
        _ => row.tail.last(),
    };
    match output {
        Some(line) => Said::Output(line),
        None => particulars(row).map_or(Said::Nothing, Said::Words),
    }
}

/// What a row says where it is not the output: what is waited for, or why it ended so.
fn particulars(row: &Row) -> Option<String> {
    match &row.phase {
        Phase::Queued { why, .. } => Some(waiting(*why).to_owned()),
        Phase::Backoff { last, .. } => Some(outcome_in_full(last)),
        Phase::Done { outcome, .. } => match outcome {
            Outcome::Ok => None,
            Outcome::Exit { .. } | Outcome::Signal { .. } => Some("no output".to_owned()),
            Outcome::TimedOut { limit, .. } => Some(format!("{limit} limit reached, no output")),
            Outcome::Cancelled { by, .. } => Some(format!("{by}, no output")),
            Outcome::Unreachable { cause, detail } if detail.is_empty() => Some(cause.to_string()),
            Outcome::Unreachable { cause, detail } => Some(format!("{cause}: {detail}")),
            Outcome::Lost { detail, .. } => Some(detail.clone()),
            Outcome::Skipped { why, detail: None } => Some(why.to_string()),
            Outcome::Skipped { detail, .. } => detail.clone(),
        },
        Phase::Connecting { .. } | Phase::Running { .. } | Phase::Stopping { .. } => None,
    }
}

/// What a row has to say of its end, or of that of the attempt before, in one line.
pub(super) fn end_words(row: &Row) -> Option<String> {
    let (Phase::Done { outcome, .. } | Phase::Backoff { last: outcome, .. }) = &row.phase else {
        return None;
    };
    match outcome {
        Outcome::Unreachable { detail, .. } | Outcome::Lost { detail, .. } if !detail.is_empty() => {
            Some(one_line(detail))
        }
        _ => match said(row) {
            Said::Nothing => None,
            Said::Output(line) => Some(one_line(line.text())),
            Said::Words(words) => Some(one_line(&words)),
        },
    }
}

/// How long a link has been silent, where it is.
pub fn link_silence(row: &Row, now: Stamp) -> Option<String> {
    let silent = Elapsed::Running(now.since(row.link_silent?));
    row.phase.is_live().then(|| format!("link silent {silent}"))
}

/// What must stand in the row whatever was printed: why it is being stopped, what became of the processes, what leaked.
pub fn remark(row: &Row) -> Option<String> {
    match &row.phase {
        Phase::Stopping { reason, .. } => Some(reason.to_string()),
        Phase::Done { outcome, leaked, .. } => {
            let fate = outcome.fate().map(ToString::to_string);
            let leaked = (*leaked && !outcome.is_ok()).then(|| "leaked".to_owned());
            let parts: Vec<String> = fate.into_iter().chain(leaked).chain(left(row, outcome)).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        _ => None,
    }
}

/// How many processes the last look found, where the fate does not say so.
fn left(row: &Row, outcome: &Outcome) -> Option<String> {
    let count = row.alive().count();
    let says_it = matches!(outcome.fate(), Some(Fate::Survived { .. }));
    (count > 0 && !says_it).then(|| format!("{count} left"))
}

/// What a queued job waits for.
pub(super) fn waiting(why: Why) -> &'static str {
    match why {
        Why::ConnectSlot => "waits for a connect slot",
        Why::RunSlot => "connected, waits for a run slot",
        Why::Pause => "waits for the run to continue",
        Why::Password => "waits for the sudo password",
    }
}

/// An outcome with everything that is known about it.
pub(super) fn outcome_in_full(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unreachable { detail, .. } | Outcome::Lost { detail, .. } if !detail.is_empty() => {
            format!("{outcome}: {}", detail.trim_end_matches('.'))
        }
        Outcome::Skipped {
            detail: Some(detail), ..
        } => format!("{outcome}: {detail}"),
        Outcome::TimedOut { ended: Some(ended), .. } | Outcome::Cancelled { ended: Some(ended), .. } => {
            let how = match ended {
                Ended::Exit(code) => format!("exit {code}"),
                Ended::Signal { number, status } => format!("signal {number} ({status})"),
            };
            format!("{outcome}; ended with {how}")
        }
        _ => outcome.to_string(),
    }
}
