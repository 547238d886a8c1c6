//! What others did to the run, and what befell it: one line each for the operator.

use super::text::one_line;
use crate::model::board::Board;
use crate::model::elapsed::Elapsed;
use crate::model::event::{Requested, What};
use crate::model::id::JobId;
use crate::model::request::{Force, Request};

/// What the operator is told of an event of the run as a whole; `who` is the operator, whose own requests are no news.
pub(super) fn news(what: &What, who: Option<&str>, board: &Board) -> Option<String> {
    match what {
        What::Requested(requested) if who != Some(requested.who.as_str()) => asked(requested, board),
        What::Slept { asleep } => Some(format!(
            "nobody watched the run for {}: this machine slept, or its runner was stopped; no limit counted",
            Elapsed::Running(*asleep)
        )),
        What::RunResumed(resumed) => Some(format!("{} has taken the run up again", one_line(&resumed.operator))),
        What::Unrecorded(lacks) if !lacks.detail.is_empty() => {
            Some(format!("the record is not complete: {}", one_line(&lacks.detail)))
        }
        _ => None,
    }
}

fn asked(requested: &Requested, board: &Board) -> Option<String> {
    let wish = match &requested.request {
        Request::Cancel { jobs, force } => {
            let verb = match force {
                Force::Graceful => "cancel",
                Force::Now | Force::Named => "kill",
            };
            format!("{verb} {}", named(jobs, board))
        }
        Request::Retry { jobs, .. } => format!("retry {}", named(jobs, board)),
        Request::Pause => "pause".to_owned(),
        Request::Continue => "continue".to_owned(),
        Request::Drain => "start nothing more".to_owned(),
        Request::Quit { force: Force::Graceful } => "cancel everything".to_owned(),
        Request::Quit {
            force: Force::Now | Force::Named,
        } => "kill everything".to_owned(),
        Request::KillLeft { job, pids } => format!(
            "kill what is left of {}: {} {}",
            named(&[*job], board),
            pids.len(),
            if pids.len() == 1 { "process" } else { "processes" }
        ),
        Request::SudoPassword => {
            return Some(format!(
                "{} answered the question for the password",
                short(&requested.who)
            ));
        }
        Request::Skip { jobs } => format!("skip {} if not started", named(jobs, board)),
        Request::Signal { jobs, signal } => format!("send {signal} to {}", named(jobs, board)),
        Request::Limit { jobs, .. } => format!("change the time limit of {}", named(jobs, board)),
        Request::Width { width } => format!("run {width} at once"),
        Request::Adopt { .. } => "run a further command, as a run of its own".to_owned(),
        Request::Probe { .. }
        | Request::Look { .. }
        | Request::KeepWarm { .. }
        | Request::Agent { .. }
        | Request::Hold
        | Request::Release => return None,
    };
    Some(format!("{} asked to {wish}", short(&requested.who)))
}

/// Who asked, without the number of the process: `ann (pts/3)`.
fn short(who: &str) -> String {
    let who = one_line(who);
    match who.rsplit_once(", pid ") {
        Some((before, pid)) if pid.ends_with(')') => format!("{before})"),
        _ => who,
    }
}

/// One job by its name, several by their number.
fn named(jobs: &[JobId], board: &Board) -> String {
    match jobs {
        [job] => board
            .row(*job)
            .map_or_else(|| "1 job".to_owned(), |row| row.host.to_string()),
        _ => format!("{} jobs", jobs.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::fleet;

    #[test]
    fn the_requests_of_others_are_told_and_ones_own_are_not() {
        let board = fleet();
        let told = |who: &str, request| {
            let who = who.to_owned();
            let what = What::Requested(Requested { who, request });
            news(&what, Some("me (pts/1, pid 7)"), &board)
        };
        let cancel = |jobs: &[u32]| Request::Cancel {
            jobs: jobs.iter().copied().map(JobId).collect(),
            force: Force::Graceful,
        };
        for (who, request, text) in [
            ("me (pts/1, pid 7)", cancel(&[1]), None),
            (
                "ann (pts/3, pid 9)",
                cancel(&[1]),
                Some("ann (pts/3) asked to cancel web03"),
            ),
            (
                "me (pts/1, pid 8)",
                cancel(&[1, 2, 3]),
                Some("me (pts/1) asked to cancel 3 jobs"),
            ),
            (
                "ann (pts/3, pid 9)",
                Request::KillLeft {
                    job: JobId(1),
                    pids: vec![7],
                },
                Some("ann (pts/3) asked to kill what is left of web03: 1 process"),
            ),
            (
                "signal TERM to the runner",
                Request::Quit { force: Force::Graceful },
                Some("signal TERM to the runner asked to cancel everything"),
            ),
            ("ann (pts/3, pid 9)", Request::Pause, Some("ann (pts/3) asked to pause")),
            ("ann (pts/3, pid 9)", Request::Hold, None),
        ] {
            assert_eq!(told(who, request).as_deref(), text, "{who}");
        }
    }
}
