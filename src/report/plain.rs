//! The plain front-end while the run lives: each line of a host behind its name, standard output to standard output and
//! standard error to standard error, and on standard error also why a host is tried again or could not be used.

use super::clock::elapsed;
use super::feed::Text;
use super::rendering::{Lines, Rendering, harmless};
use super::sheet::{Sheet, Target};
use crate::model::event::{Change, Event, Stream, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::outcome::Outcome;
use crate::model::stamp::Stamp;
use std::collections::HashMap;

/// The lines under way, per stream of an attempt.
#[derive(Debug)]
pub(super) struct Plain {
    timestamps: bool,
    stdout: Rendering,
    stderr: Rendering,
    lines: HashMap<(JobId, AttemptNo, Stream), Lines>,
}

impl Plain {
    pub(super) fn new(timestamps: bool, stdout: Rendering, stderr: Rendering) -> Self {
        Self {
            timestamps,
            stdout,
            stderr,
            lines: HashMap::new(),
        }
    }

    /// Shows a chunk of the output of the job with this label.
    pub(super) fn text(&mut self, label: &str, text: &Text, sheet: &mut Sheet) {
        let (target, rendering) = match text.stream {
            Stream::Stdout => (Target::Stdout, self.stdout),
            Stream::Stderr => (Target::Stderr, self.stderr),
        };
        let prefix = self.prefix(text.at, label);
        let key = (text.job, text.attempt, text.stream);
        let lines = self.lines.entry(key).or_insert_with(|| rendering.lines());
        let out = sheet.on(target);
        lines.push(&text.bytes, &prefix, out);
        if text.last {
            lines.end(&prefix, out);
        }
    }

    /// Tells what an operator without a screen must know at once; the rest is in the summary.
    pub(super) fn event(&mut self, event: &Event, sheet: &mut Sheet) {
        let What::Job {
            job,
            host,
            attempt,
            change,
        } = &event.what
        else {
            if let Some(line) = of_run(&event.what) {
                let line = format!("heeler: {line}\n");
                sheet.on(Target::Stderr).extend_from_slice(line.as_bytes());
            }
            return;
        };
        let told = match change {
            Change::LinkSilent { since } => {
                let silent = elapsed(event.at.since(*since));
                Some(format!(
                    "link silent for {silent}: no sign of life from the shim, ssh still holds the connection; \
                     no limit counts meanwhile"
                ))
            }
            Change::LinkHeard => Some("heard again".to_owned()),
            Change::Overdue { limit } => Some(format!("overdue: the {limit} limit has passed; it is left to finish")),
            _ => None,
        };
        if let Some(told) = told {
            return self.tell(event.at, host.as_str(), &told, sheet);
        }
        let (ending, next) = match change {
            Change::Retrying { ending, until } => (ending, Some(until.since(event.at))),
            Change::Done(ending) => (ending, None),
            _ => return,
        };
        for stream in [Stream::Stdout, Stream::Stderr] {
            self.lines.remove(&(*job, *attempt, stream));
        }
        let words = in_words(&ending.outcome);
        let line = match next {
            Some(wait) => format!("attempt {attempt} {words}; next in {}", elapsed(wait)),
            None if has_detail(&ending.outcome) => words,
            None => return,
        };
        self.tell(event.at, host.as_str(), &line, sheet);
    }

    fn tell(&self, at: Stamp, host: &str, line: &str, sheet: &mut Sheet) {
        let line = format!("heeler: {}{line}\n", self.prefix(at, host));
        sheet.on(Target::Stderr).extend_from_slice(line.as_bytes());
    }

    fn prefix(&self, at: Stamp, label: &str) -> String {
        if self.timestamps {
            format!("+{:.1}s {label}: ", at.0.as_secs_f64())
        } else {
            format!("{label}: ")
        }
    }
}

/// What befell the run as a whole.
fn of_run(what: &What) -> Option<String> {
    match what {
        What::Paused(reason) => Some(format!("{reason}: nothing new is started")),
        What::Continued => Some("continued".to_owned()),
        What::PasswordWanted { detail: Some(detail) } => Some(format!("sudo: {}", harmless(detail))),
        What::Draining => Some("nothing more is started in this run".to_owned()),
        What::Slept { asleep } => Some(format!(
            "nobody watched the run for {}; no limit counted",
            elapsed(*asleep)
        )),
        _ => None,
    }
}

fn has_detail(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Unreachable { .. } | Outcome::Lost { .. } | Outcome::Skipped { detail: Some(_), .. }
    )
}

/// The outcome, with ssh's own words where there are any, or with what was seen on the host and how to insist.
pub fn in_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unreachable { detail, .. } | Outcome::Lost { detail, .. } if !detail.trim().is_empty() => {
            format!("{outcome} ({})", harmless(detail))
        }
        Outcome::Skipped {
            detail: Some(detail), ..
        } => {
            format!(
                "{outcome} ({}); --even-if-running starts it all the same",
                harmless(detail)
            )
        }
        _ => outcome.to_string(),
    }
}

#[cfg(test)]
mod tests;
