//! What may still run on a host although its attempt is over: by which mark it would be found, and since when.

use super::id::{AttemptNo, JobId};
use super::stamp::Stamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An attempt of which something may still run on its host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Doubt {
    /// Which attempt; [`AttemptNo::EARLIER_RUN`] for one of the run that this one repeats.
    pub attempt: AttemptNo,
    /// The mark in the environment of its processes.
    pub cookie: String,
    /// The leader of its session on the host, where the host told it.
    pub pid: Option<u32>,
    /// When the command began, in whole seconds after the start of the run; below zero for one of an earlier run.
    pub began: Option<i64>,
}

impl Doubt {
    /// A doubt about an attempt of this run whose command began then.
    pub fn new(attempt: AttemptNo, cookie: String, command: Option<(u32, Stamp)>) -> Self {
        Self {
            attempt,
            cookie,
            pid: command.map(|(pid, _)| pid),
            began: command.and_then(|(_, began)| i64::try_from(began.0.as_secs()).ok()),
        }
    }

    /// How long ago the command began.
    pub fn age(&self, now: Stamp) -> Option<Duration> {
        let now = i64::try_from(now.0.as_secs()).ok()?;
        Some(Duration::from_secs(
            u64::try_from(now.saturating_sub(self.began?)).unwrap_or(0),
        ))
    }

    /// The same doubt as a run has it that repeats a part of this one and begins so long after it.
    #[must_use]
    pub fn inherited(&self, later: Duration) -> Self {
        let later = i64::try_from(later.as_secs()).unwrap_or(i64::MAX);
        Self {
            attempt: AttemptNo::EARLIER_RUN,
            began: self.began.map(|began| began.saturating_sub(later)),
            ..self.clone()
        }
    }
}

/// A doubt that a run has from its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inherited {
    /// The job of this run that does the same work on the same host.
    pub job: JobId,
    /// What may still run there.
    #[serde(flatten)]
    pub doubt: Doubt,
    /// Whether the job is started all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub even_if_running: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_counted_across_runs() {
        let doubt = Doubt::new(AttemptNo(2), "c".to_owned(), Some((7, Stamp::from_secs(100))));
        assert_eq!(doubt.age(Stamp::from_secs(160)), Some(Duration::from_secs(60)));
        let inherited = doubt.inherited(Duration::from_secs(3600));
        assert_eq!(inherited.attempt, AttemptNo::EARLIER_RUN);
        assert_eq!(inherited.age(Stamp::from_secs(10)), Some(Duration::from_secs(3510)));
        assert_eq!(
            Doubt::new(AttemptNo(1), "c".to_owned(), None).age(Stamp::default()),
            None
        );
    }

    #[test]
    fn its_form_in_the_plan_is_flat() {
        let doubt = Doubt::new(AttemptNo(1), "c".to_owned(), Some((7, Stamp::from_secs(3))));
        let inherited = Inherited {
            job: JobId(4),
            doubt,
            even_if_running: false,
        };
        let text = r#"{"job":4,"attempt":1,"cookie":"c","pid":7,"began":3}"#;
        assert_eq!(serde_json::to_string(&inherited).expect("JSON"), text);
        assert_eq!(serde_json::from_str::<Inherited>(text).expect("JSON"), inherited);
    }
}
