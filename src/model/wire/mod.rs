//! The JSON form of an event: one flat object with a field per fact, as `docs/json.md` describes it. It is written out
//! by hand so that the format changes only when somebody means it to, and so that a bad line gives a clear message.

mod line;
#[cfg(test)]
mod tests;

use super::event::{Change, Ending, Event, Requested, Resumed, Started, Unrecorded, What};
use super::outcome::{Ended, Fate, Outcome, OutcomeClass};
use super::stamp::{Stamp, from_seconds, to_seconds};
use line::{FateWord, Line, Name};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of the format, told by `run-started`.
pub const FORMAT: u32 = 1;

impl Line {
    fn bare(event: Name, at: Stamp) -> Self {
        Self {
            event,
            at,
            ..Self::default()
        }
    }

    fn with_change(&mut self, change: Change) {
        match change {
            Change::Queued(why) => self.why = Some(why),
            Change::Connecting | Change::Slow | Change::LinkHeard => {}
            Change::Limit { run } => self.run_limit = run.map(to_seconds),
            Change::Signalled { signal } => self.sent = Some(signal),
            Change::Overdue { limit } => self.limit = Some(limit),
            Change::LinkSilent { since } => self.since = Some(since),
            Change::Left { processes } => self.processes = Some(processes),
            Change::NotLooked { detail } => self.detail = Some(detail),
            Change::Starting { cookie } => self.cookie = Some(cookie),
            Change::Running { pid } => self.pid = Some(pid),
            Change::Found { fate } => self.with_fate(fate),
            Change::Stopping { reason, limit, kill_at } => {
                self.reason = Some(reason);
                self.limit = limit;
                self.kill_at = kill_at;
            }
            Change::Retrying { ending, until } => {
                self.until = Some(until);
                self.with_ending(ending);
            }
            Change::Done(ending) => self.with_ending(ending),
        }
    }

    fn with_ending(&mut self, ending: Ending) {
        self.leaked = ending.leaked.then_some(true);
        self.elapsed = Some(to_seconds(ending.elapsed));
        self.outcome = Some(ending.outcome.class());
        match ending.outcome {
            Outcome::Ok => {}
            Outcome::Exit { code } => self.with_ended(Ended::Exit(code)),
            Outcome::Signal { number, status } => self.with_ended(Ended::Signal { number, status }),
            Outcome::TimedOut { limit, fate, ended } => {
                self.limit = Some(limit);
                self.with_fate(fate);
                if let Some(ended) = ended {
                    self.with_ended(ended);
                }
            }
            Outcome::Cancelled { by, fate, ended } => {
                self.by = Some(by);
                self.with_fate(fate);
                if let Some(ended) = ended {
                    self.with_ended(ended);
                }
            }
            Outcome::Unreachable { cause, detail } => {
                self.cause = Some(cause);
                self.detail = Some(detail);
            }
            Outcome::Lost { detail, fate } => {
                self.detail = Some(detail);
                self.with_fate(fate);
            }
            Outcome::Skipped { why, detail } => {
                self.skipped = Some(why);
                self.detail = detail;
            }
        }
    }

    fn with_ended(&mut self, ended: Ended) {
        match ended {
            Ended::Exit(code) => self.code = Some(code),
            Ended::Signal { number, status } => {
                self.signal = Some(number);
                self.code = Some(status);
            }
        }
    }

    fn with_fate(&mut self, fate: Fate) {
        self.fate = Some(match fate {
            Fate::Gone => FateWord::Gone,
            Fate::GoneGroup => FateWord::GoneGroup,
            Fate::Kept => FateWord::Kept,
            Fate::Unknown => FateWord::Unknown,
            Fate::Survived { count, owners } => {
                self.survivors = Some(count);
                self.owners = Some(owners);
                FateWord::Survived
            }
        });
    }

    fn ended(&self) -> Option<Ended> {
        match (self.signal, self.code) {
            (Some(number), Some(status)) => Some(Ended::Signal { number, status }),
            (None, Some(code)) => Some(Ended::Exit(code)),
            _ => None,
        }
    }

    fn fate(&mut self) -> Result<Fate, Missing> {
        Ok(match need(self.fate, "fate")? {
            FateWord::Gone => Fate::Gone,
            FateWord::GoneGroup => Fate::GoneGroup,
            FateWord::Kept => Fate::Kept,
            FateWord::Unknown => Fate::Unknown,
            FateWord::Survived => Fate::Survived {
                count: need(self.survivors, "survivors")?,
                owners: self.owners.take().unwrap_or_default(),
            },
        })
    }

    fn ending(&mut self) -> Result<Ending, Missing> {
        let outcome = match need(self.outcome, "outcome")? {
            OutcomeClass::Ok => Outcome::Ok,
            OutcomeClass::Exit => Outcome::Exit {
                code: need(self.code, "code")?,
            },
            OutcomeClass::Signal => Outcome::Signal {
                number: need(self.signal, "signal")?,
                status: need(self.code, "code")?,
            },
            OutcomeClass::TimedOut => Outcome::TimedOut {
                limit: need(self.limit, "limit")?,
                fate: self.fate()?,
                ended: self.ended(),
            },
            OutcomeClass::Cancelled => Outcome::Cancelled {
                by: need(self.by, "by")?,
                fate: self.fate()?,
                ended: self.ended(),
            },
            OutcomeClass::Unreachable => Outcome::Unreachable {
                cause: need(self.cause, "cause")?,
                detail: self.detail.take().unwrap_or_default(),
            },
            OutcomeClass::Lost => Outcome::Lost {
                detail: self.detail.take().unwrap_or_default(),
                fate: self.fate()?,
            },
            OutcomeClass::Skipped => Outcome::Skipped {
                why: need(self.skipped, "skipped")?,
                detail: self.detail.take(),
            },
        };
        let elapsed = self.elapsed.and_then(from_seconds);
        Ok(Ending {
            outcome,
            leaked: self.leaked.unwrap_or(false),
            elapsed: need(elapsed, "elapsed")?,
        })
    }

    fn change(&mut self) -> Result<Change, Missing> {
        Ok(match self.event {
            Name::Queued => Change::Queued(need(self.why, "why")?),
            Name::Connecting => Change::Connecting,
            Name::Starting => Change::Starting {
                cookie: need(self.cookie.take(), "cookie")?,
            },
            Name::Found => Change::Found { fate: self.fate()? },
            Name::Running => Change::Running {
                pid: need(self.pid, "pid")?,
            },
            Name::Slow => Change::Slow,
            Name::Limit => Change::Limit {
                run: self.run_limit.and_then(from_seconds),
            },
            Name::Signalled => Change::Signalled {
                signal: need(self.sent, "sent")?,
            },
            Name::Overdue => Change::Overdue {
                limit: need(self.limit, "limit")?,
            },
            Name::LinkSilent => Change::LinkSilent {
                since: need(self.since, "since")?,
            },
            Name::LinkHeard => Change::LinkHeard,
            Name::Left => Change::Left {
                processes: need(self.processes.take(), "processes")?,
            },
            Name::NotLooked => Change::NotLooked {
                detail: need(self.detail.take(), "detail")?,
            },
            Name::Stopping => Change::Stopping {
                reason: need(self.reason, "reason")?,
                limit: self.limit,
                kill_at: self.kill_at,
            },
            Name::Retrying => Change::Retrying {
                until: need(self.until, "until")?,
                ending: self.ending()?,
            },
            _ => Change::Done(self.ending()?),
        })
    }
}

/// A line of the record lacks a field that its event needs.
#[derive(Debug, thiserror::Error)]
#[error("the event has no field `{0}`")]
struct Missing(&'static str);

fn need<T>(field: Option<T>, name: &'static str) -> Result<T, Missing> {
    field.ok_or(Missing(name))
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Line::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Line::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl From<Event> for Line {
    fn from(event: Event) -> Self {
        let at = event.at;
        match event.what {
            What::RunStarted(started) => Self {
                format: Some(FORMAT),
                run: Some(started.run),
                directory: Some(started.directory),
                jobs: Some(started.jobs),
                time: Some(started.time),
                operator: Some(started.operator),
                note: started.note,
                parent: started.parent,
                digest: Some(started.digest),
                ..Self::bare(Name::RunStarted, at)
            },
            What::RunResumed(resumed) => Self {
                time: Some(resumed.time),
                operator: Some(resumed.operator),
                ..Self::bare(Name::RunResumed, at)
            },
            What::Requested(requested) => Self {
                who: Some(requested.who),
                wish: Some(requested.request),
                ..Self::bare(Name::Requested, at)
            },
            What::Paused(reason) => Self {
                paused: Some(reason),
                ..Self::bare(Name::Paused, at)
            },
            What::Slept { asleep } => Self {
                asleep: Some(to_seconds(asleep)),
                ..Self::bare(Name::Slept, at)
            },
            What::Unrecorded(lacks) => Self {
                bytes: Some(lacks.bytes),
                events: Some(lacks.events),
                detail: Some(lacks.detail),
                ..Self::bare(Name::Unrecorded, at)
            },
            What::Adopted { run } => Self {
                run: Some(run),
                ..Self::bare(Name::Adopted, at)
            },
            What::NotAdopted { directory, detail } => Self {
                directory: Some(directory),
                detail: Some(detail),
                ..Self::bare(Name::NotAdopted, at)
            },
            What::Continued => Self::bare(Name::Continued, at),
            What::Draining => Self::bare(Name::Draining, at),
            What::Width { width } => Self {
                width: Some(width),
                ..Self::bare(Name::Width, at)
            },
            What::PasswordWanted { detail } => Self {
                detail,
                ..Self::bare(Name::PasswordWanted, at)
            },
            What::PasswordGiven => Self::bare(Name::PasswordGiven, at),
            What::RunEnded { counts, exit } => Self {
                counts: Some(counts),
                exit: Some(exit),
                ..Self::bare(Name::RunEnded, at)
            },
            What::Job {
                job,
                host,
                attempt,
                change,
            } => {
                let name = match &change {
                    Change::Queued(_) => Name::Queued,
                    Change::Connecting => Name::Connecting,
                    Change::Starting { .. } => Name::Starting,
                    Change::Found { .. } => Name::Found,
                    Change::Running { .. } => Name::Running,
                    Change::Slow => Name::Slow,
                    Change::Limit { .. } => Name::Limit,
                    Change::Signalled { .. } => Name::Signalled,
                    Change::Overdue { .. } => Name::Overdue,
                    Change::LinkSilent { .. } => Name::LinkSilent,
                    Change::LinkHeard => Name::LinkHeard,
                    Change::Left { .. } => Name::Left,
                    Change::NotLooked { .. } => Name::NotLooked,
                    Change::Stopping { .. } => Name::Stopping,
                    Change::Retrying { .. } => Name::Retrying,
                    Change::Done(_) => Name::Done,
                };
                let mut line = Self {
                    job: Some(job),
                    host: Some(host),
                    attempt: Some(attempt),
                    ..Self::bare(name, at)
                };
                line.with_change(change);
                line
            }
        }
    }
}

impl TryFrom<Line> for Event {
    type Error = Missing;

    fn try_from(mut line: Line) -> Result<Self, Missing> {
        let what = match line.event {
            Name::RunStarted => What::RunStarted(Started {
                run: need(line.run, "run")?,
                directory: need(line.directory, "directory")?,
                jobs: need(line.jobs, "jobs")?,
                time: need(line.time, "time")?,
                operator: need(line.operator, "operator")?,
                note: line.note,
                parent: line.parent,
                digest: need(line.digest, "digest")?,
            }),
            Name::RunResumed => What::RunResumed(Resumed {
                time: need(line.time, "time")?,
                operator: need(line.operator, "operator")?,
            }),
            Name::Requested => What::Requested(Requested {
                who: need(line.who, "who")?,
                request: need(line.wish, "wish")?,
            }),
            Name::Paused => What::Paused(need(line.paused, "paused")?),
            Name::Slept => What::Slept {
                asleep: need(line.asleep.and_then(from_seconds), "asleep")?,
            },
            Name::Unrecorded => What::Unrecorded(Unrecorded {
                bytes: need(line.bytes, "bytes")?,
                events: need(line.events, "events")?,
                detail: line.detail.unwrap_or_default(),
            }),
            Name::Adopted => What::Adopted {
                run: need(line.run, "run")?,
            },
            Name::NotAdopted => What::NotAdopted {
                directory: need(line.directory, "directory")?,
                detail: line.detail.unwrap_or_default(),
            },
            Name::Continued => What::Continued,
            Name::Draining => What::Draining,
            Name::Width => What::Width {
                width: need(line.width, "width")?,
            },
            Name::PasswordWanted => What::PasswordWanted { detail: line.detail },
            Name::PasswordGiven => What::PasswordGiven,
            Name::RunEnded => What::RunEnded {
                counts: need(line.counts, "counts")?,
                exit: need(line.exit, "exit")?,
            },
            _ => What::Job {
                change: line.change()?,
                job: need(line.job, "job")?,
                host: need(line.host, "host")?,
                attempt: need(line.attempt, "attempt")?,
            },
        };
        Ok(Self { at: line.at, what })
    }
}
