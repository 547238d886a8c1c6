//! The values of single settings, read from the text that stands in a file or behind an option: one reader for both, so
//! that both accept the same and explain themselves in the same words.

use super::duration;
use super::error::ValueError;
use crate::model::plan::{OnDisconnect, RetryOn, Slow};
use crate::model::summons::When;
use crate::theme::Glyphs;
use std::time::Duration;

/// The largest width, of running and of connecting hosts.
const MOST_HOSTS: usize = 100_000;
/// The most further attempts.
const MOST_RETRIES: usize = 1000;
/// How many jobs must have finished before a median says anything, and the least time to be called slow.
const MEDIAN_OF: usize = 10;
const SLOW_AT_LEAST: Duration = Duration::from_secs(30);

/// A limit on time; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit(pub Option<Duration>);

/// The limit on the run time of a command.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunLimit {
    /// So long, or none.
    Time(TimeLimit),
    /// So many times the median of the jobs that have ended by themselves.
    Times(f64),
}

/// How many jobs may run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// So many; at least 1.
    Count(usize),
    /// All of them.
    Max,
}

/// A limit on time; zero is none.
pub fn time_limit(text: &str) -> Result<TimeLimit, ValueError> {
    let duration = duration::parse(text)?;
    Ok(TimeLimit((!duration.is_zero()).then_some(duration)))
}

/// A limit on time, or `3x`.
pub fn run_limit(text: &str) -> Result<RunLimit, ValueError> {
    let Some(factor) = text.strip_suffix('x') else {
        return time_limit(text).map(RunLimit::Time).map_err(|error| match error {
            ValueError::NoDuration(text) => ValueError::NoRunLimit(text),
            other => other,
        });
    };
    times(factor)
        .map(RunLimit::Times)
        .ok_or_else(|| ValueError::NoRunLimit(text.to_owned()))
}

/// How many times the median is meant.
fn times(text: &str) -> Option<f64> {
    text.parse().ok().filter(|factor| (1.0..=1000.0).contains(factor))
}

/// A number of jobs, or `max`.
pub fn width(text: &str) -> Result<Width, ValueError> {
    match text {
        "max" => Ok(Width::Max),
        _ => number(text, 1, MOST_HOSTS, ", or max for all hosts").map(Width::Count),
    }
}

/// A number of connecting hosts.
pub fn connect_width(text: &str) -> Result<usize, ValueError> {
    number(text, 1, MOST_HOSTS, "")
}

/// A number of further attempts.
pub fn retries(text: &str) -> Result<u32, ValueError> {
    number(text, 0, MOST_RETRIES, "").map(|count| count as u32)
}

/// A number of hosts that needs no confirmation.
pub fn confirm_above(text: &str) -> Result<usize, ValueError> {
    number(text, 0, MOST_HOSTS, "")
}

/// `3x`, a length of time, or `never`.
pub fn slow(text: &str) -> Result<Slow, ValueError> {
    let refused = || ValueError::NoSlow(text.to_owned());
    if text == "never" {
        return Ok(Slow::Never);
    }
    let Some(factor) = text.strip_suffix('x') else {
        let limit = time_limit(text).map_err(|error| match error {
            ValueError::NoDuration(_) => refused(),
            other => other,
        })?;
        return Ok(limit.0.map_or(Slow::Never, Slow::After));
    };
    let factor = times(factor).ok_or_else(refused)?;
    Ok(Slow::TimesMedian {
        factor,
        finished: MEDIAN_OF,
        at_least: SLOW_AT_LEAST,
    })
}

/// Words with commas between them. What was not started is always tried again.
pub fn retry_on(text: &str) -> Result<Vec<RetryOn>, ValueError> {
    let mut causes = vec![RetryOn::Unreachable];
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let cause = match word {
            "unreachable" => RetryOn::Unreachable,
            "exit" => RetryOn::Exit,
            "timeout" => RetryOn::Timeout,
            _ => {
                return Err(ValueError::NoWord {
                    text: word.to_owned(),
                    known: "unreachable, exit or timeout",
                });
            }
        };
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    Ok(causes)
}

/// `end` or `keep`.
pub fn on_disconnect(text: &str) -> Result<OnDisconnect, ValueError> {
    match text {
        "end" => Ok(OnDisconnect::End),
        "keep" => Ok(OnDisconnect::Keep),
        _ => Err(ValueError::NoWord {
            text: text.to_owned(),
            known: "end or keep",
        }),
    }
}

/// What becomes of a run with a dashboard when its terminal is closed, or the program ends otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnHangup {
    /// The run goes on.
    #[default]
    Detach,
    /// The run is cancelled.
    Cancel,
}

/// `detach` or `cancel`.
pub fn on_hangup(text: &str) -> Result<OnHangup, ValueError> {
    match text {
        "detach" => Ok(OnHangup::Detach),
        "cancel" => Ok(OnHangup::Cancel),
        _ => Err(ValueError::NoWord {
            text: text.to_owned(),
            known: "detach or cancel",
        }),
    }
}

/// `end`, `failure` or `never`.
pub fn when(text: &str) -> Result<When, ValueError> {
    match text {
        "end" => Ok(When::End),
        "failure" => Ok(When::Failure),
        "never" => Ok(When::Never),
        _ => Err(ValueError::NoWord {
            text: text.to_owned(),
            known: "end, failure or never",
        }),
    }
}

/// `auto`, `unicode` or `ascii`.
pub(super) fn glyphs(text: &str) -> Result<Glyphs, ValueError> {
    match text {
        "auto" => Ok(Glyphs::Auto),
        "unicode" => Ok(Glyphs::Unicode),
        "ascii" => Ok(Glyphs::Ascii),
        _ => Err(ValueError::NoWord {
            text: text.to_owned(),
            known: "auto, unicode or ascii",
        }),
    }
}

/// `KEY=VALUE` or `KEY VALUE`, as ssh takes it.
pub fn ssh_option(text: &str) -> Result<String, ValueError> {
    let key = text.split(['=', ' ']).next().unwrap_or_default();
    let named = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if named && key.len() < text.len() && !text.contains(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(ValueError::NoSshOption(text.to_owned()))
    }
}

fn number(text: &str, least: usize, most: usize, besides: &'static str) -> Result<usize, ValueError> {
    let parsed = text.parse().ok().filter(|number| (least..=most).contains(number));
    parsed.ok_or_else(|| ValueError::NoNumber {
        text: text.to_owned(),
        least,
        most,
        besides,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(width("64"), Ok(Width::Count(64)));
        assert_eq!(width("max"), Ok(Width::Max));
        assert_eq!(retries("0"), Ok(0));
        for (text, reason) in [
            ("0", "\"0\" is not a number from 1 to 100000, or max for all hosts"),
            ("-1", "\"-1\" is not a number from 1 to 100000, or max for all hosts"),
            (
                "many",
                "\"many\" is not a number from 1 to 100000, or max for all hosts",
            ),
            (
                "100001",
                "\"100001\" is not a number from 1 to 100000, or max for all hosts",
            ),
        ] {
            assert_eq!(width(text).expect_err(text).to_string(), reason);
        }
        assert!(connect_width("0").is_err() && connect_width("max").is_err());
        assert!(retries("1001").is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        assert_eq!(time_limit("0s"), Ok(TimeLimit(None)));
        assert_eq!(time_limit("0"), Ok(TimeLimit(None)));
        assert_eq!(time_limit("5s"), Ok(TimeLimit(Some(Duration::from_secs(5)))));
    }

    #[test]
    fn the_limit_on_a_command_is_a_time_or_a_factor() {
        let time = |secs| RunLimit::Time(TimeLimit(Some(Duration::from_secs(secs))));
        for (text, value) in [
            ("3x", RunLimit::Times(3.0)),
            ("2.5x", RunLimit::Times(2.5)),
            ("10m", time(600)),
            ("0s", RunLimit::Time(TimeLimit(None))),
        ] {
            assert_eq!(run_limit(text), Ok(value), "{text}");
        }
        for text in ["x", "0.9x", "nanx", "3 x", "soon"] {
            assert_eq!(run_limit(text), Err(ValueError::NoRunLimit(text.to_owned())));
        }
        assert_eq!(run_limit("5"), Err(ValueError::NoUnit("5".to_owned())));
    }

    #[test]
    fn slow_is_a_factor_a_time_or_never() {
        let times = |factor| Slow::TimesMedian {
            factor,
            finished: 10,
            at_least: Duration::from_secs(30),
        };
        for (text, value) in [
            ("3x", times(3.0)),
            ("1.5x", times(1.5)),
            ("5m", Slow::After(Duration::from_secs(300))),
            ("never", Slow::Never),
            ("0s", Slow::Never),
        ] {
            assert_eq!(slow(text), Ok(value), "{text}");
        }
        for text in ["x", "0.5x", "nanx", "infx", "1001x", "often", ""] {
            assert_eq!(slow(text), Err(ValueError::NoSlow(text.to_owned())));
        }
        assert_eq!(slow("5"), Err(ValueError::NoUnit("5".to_owned())));
    }

    #[test]
    fn retries_always_cover_what_was_not_started() {
        use RetryOn::{Exit, Timeout, Unreachable};
        assert_eq!(retry_on(""), Ok(vec![Unreachable]));
        assert_eq!(retry_on("exit, timeout"), Ok(vec![Unreachable, Exit, Timeout]));
        assert_eq!(retry_on("unreachable,exit,exit"), Ok(vec![Unreachable, Exit]));
        let refused = retry_on("exit,lost").expect_err("lost is never retried by itself");
        assert_eq!(
            refused.to_string(),
            "\"lost\" is not known here; write unreachable, exit or timeout"
        );
    }

    #[test]
    fn ssh_options_have_a_key_and_a_value() {
        for text in ["Port=22", "User ann", "SetEnv=A=b c"] {
            assert_eq!(ssh_option(text).as_deref(), Ok(text));
        }
        for text in ["", "Port", "=22", "-F=x", "A=b\nProxyCommand=x"] {
            assert!(ssh_option(text).is_err(), "{text:?}");
        }
    }
}
