//! When a further attempt follows by itself, and after how long. Only what was not started is retried unless asked
//! otherwise, and never what trying again would make worse.

use crate::model::outcome::{Cause, Fate, Outcome};
use crate::model::plan::{RetryOn, Settings};
use std::time::Duration;

/// Retries of a connection that the server dropped before it knew us (`MaxStartups`), whatever the settings say.
const EARLY_DROPS: u32 = 3;
/// The first delay; each further one is twice as long.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// The longest delay before jitter.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// The delay before the next attempt, or `None` when there is none by itself. `used` counts the retries that have
/// followed by themselves so far; `jitter` is a random number from 0 to 1, so that hosts which failed together do not
/// come back together.
pub(super) fn delay(settings: &Settings, outcome: &Outcome, used: u32, jitter: f64) -> Option<Duration> {
    let on = |reason| settings.retry_on.contains(&reason);
    let most = match outcome {
        Outcome::Unreachable {
            cause: Cause::DroppedEarly,
            ..
        } => settings.retries.max(EARLY_DROPS),
        Outcome::Unreachable { cause, .. } if on(RetryOn::Unreachable) && !cause.retry_does_harm() => settings.retries,
        Outcome::Exit { .. } | Outcome::Signal { .. } if on(RetryOn::Exit) => settings.retries,
        // What may still be running is not started a second time.
        Outcome::TimedOut { fate: Fate::Gone, .. } if on(RetryOn::Timeout) => settings.retries,
        _ => 0,
    };
    let delay = FIRST_DELAY
        .saturating_mul(2_u32.saturating_pow(used))
        .min(LONGEST_DELAY);
    (used < most).then(|| delay.mul_f64(0.5 + jitter.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Limit;

    fn unreachable(cause: Cause) -> Outcome {
        Outcome::Unreachable {
            cause,
            detail: String::new(),
        }
    }

    #[test]
    fn only_what_was_not_started_is_tried_again_unless_asked() {
        let mut settings = Settings {
            retries: 2,
            ..Settings::default()
        };
        let timed_out = |fate| Outcome::TimedOut {
            limit: Limit::Run,
            fate,
            ended: None,
        };
        let lost = Outcome::Lost {
            detail: String::new(),
            fate: Fate::Unknown,
        };
        let retried = |settings: &Settings, outcome: &Outcome| delay(settings, outcome, 0, 0.5).is_some();
        assert!(retried(&settings, &unreachable(Cause::Refused)));
        assert!(!retried(&settings, &unreachable(Cause::Auth)));
        assert!(!retried(&settings, &unreachable(Cause::HostKeyChanged)));
        assert!(!retried(&settings, &Outcome::Exit { code: 1 }));
        assert!(!retried(&settings, &timed_out(Fate::Gone)));
        settings.retry_on = vec![RetryOn::Exit, RetryOn::Timeout];
        assert!(!retried(&settings, &unreachable(Cause::Refused)));
        assert!(retried(&settings, &Outcome::Exit { code: 1 }));
        assert!(retried(&settings, &timed_out(Fate::Gone)));
        assert!(
            !retried(&settings, &timed_out(Fate::Unknown)),
            "it may still be running"
        );
        assert!(!retried(&settings, &lost), "never by itself");
    }

    #[test]
    fn early_drops_are_tried_three_times_with_growing_scattered_delays() {
        let settings = Settings::default();
        let dropped = unreachable(Cause::DroppedEarly);
        let delays: Vec<_> = (0..4).map(|used| delay(&settings, &dropped, used, 0.5)).collect();
        let secs = |secs| Some(Duration::from_secs(secs));
        assert_eq!(delays, [secs(1), secs(2), secs(4), None]);
        assert_eq!(delay(&settings, &dropped, 0, 0.0), Some(Duration::from_millis(500)));
        assert_eq!(delay(&settings, &dropped, 0, 1.0), Some(Duration::from_millis(1500)));
    }
}
