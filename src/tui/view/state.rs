//! The state of a job as its row shows it: sign, word and role.

use crate::model::board::Row;
use crate::model::elapsed::Elapsed;
use crate::model::outcome::{Outcome, OutcomeClass};
use crate::model::phase::Phase;
use crate::model::stamp::Stamp;
use crate::tui::theme::{Role, Sign};

/// Sign, word and role of a row.
pub(super) fn state(row: &Row, now: Stamp) -> (Sign, String, Role) {
    match &row.phase {
        Phase::Queued { .. } => (Sign::Queued, "queued".to_owned(), Role::Waiting),
        Phase::Connecting { .. } => (Sign::Connecting, "connecting".to_owned(), Role::Connecting),
        Phase::Running { overdue: Some(_), .. } => (Sign::Slow, "overdue".to_owned(), Role::Warning),
        Phase::Running { slow: None, .. } => (Sign::Running, "running".to_owned(), Role::Running),
        Phase::Running { slow: Some(_), .. } => (Sign::Slow, "slow".to_owned(), Role::Warning),
        Phase::Stopping { kill_at, .. } => (Sign::Stopping, stopping(*kill_at, now), Role::Warning),
        Phase::Backoff { until, .. } => {
            let left = Elapsed::Running(until.since(now));
            (Sign::Backoff, format!("retry in {left}"), Role::Warning)
        }
        Phase::Done { outcome, leaked, .. } => {
            let (sign, role) = of_class(outcome.class());
            let word = match outcome {
                Outcome::Ok if *leaked => "ok, leaked".to_owned(),
                Outcome::Exit { .. } | Outcome::Signal { .. } => outcome.to_string(),
                _ => word(outcome.class()).to_owned(),
            };
            (
                sign,
                word,
                if *leaked && outcome.is_ok() {
                    Role::Warning
                } else {
                    role
                },
            )
        }
    }
}

/// The role of a class of outcomes.
pub(super) fn of_class(class: OutcomeClass) -> (Sign, Role) {
    match class {
        OutcomeClass::Ok => (Sign::Ok, Role::Ok),
        OutcomeClass::Exit | OutcomeClass::Signal | OutcomeClass::TimedOut => (Sign::Failed, Role::Failed),
        OutcomeClass::Cancelled => (Sign::Cancelled, Role::Cancelled),
        OutcomeClass::Unreachable => (Sign::Unreachable, Role::Failed),
        OutcomeClass::Lost => (Sign::Lost, Role::Unknown),
        OutcomeClass::Skipped => (Sign::Skipped, Role::Dim),
    }
}

/// The words of a class on the screen.
pub(super) fn word(class: OutcomeClass) -> &'static str {
    match class {
        OutcomeClass::TimedOut => "timed out",
        class => class.word(),
    }
}

/// How long until KILL; when that moment has come, the row still waits for the runner to say that it was sent.
fn stopping(kill_at: Option<Stamp>, now: Stamp) -> String {
    match kill_at {
        Some(at) => format!("stopping {}", Elapsed::Running(at.since(now))),
        None => "killing".to_owned(),
    }
}
