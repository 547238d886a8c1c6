//! Jobs put together that did not end well, by outcome and cause: what ssh or the command said of it, and what may help.

use super::action::Action;
use super::clusters::{Cluster, Common};
use super::groups::cluster;
use super::said::end_words;
use crate::model::board::{Board, Row};
use crate::model::likeness::OwnNames;
use crate::model::outcome::{Cause, Outcome, SkipReason};
use crate::model::phase::Phase;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Whether a job is over and did not end well, or its last attempt did not.
pub(super) fn is_failure(row: &Row) -> bool {
    match &row.phase {
        Phase::Done { outcome, .. } => !outcome.is_ok(),
        phase => matches!(phase, Phase::Backoff { .. }),
    }
}

/// The failures among these jobs of a run, the most urgent first, their hosts not folded yet.
pub(super) fn failures(board: &Board, rows: &[&Row]) -> Vec<Cluster> {
    let mut places: HashMap<(bool, String), usize> = HashMap::new();
    let mut found: Vec<Cluster> = Vec::new();
    for row in rows {
        let (outcome, over) = match &row.phase {
            Phase::Done { outcome, .. } if !outcome.is_ok() => (outcome, true),
            Phase::Backoff { last, .. } => (last, false),
            _ => continue,
        };
        let words = outcome.to_string();
        let place = *places.entry((over, words.clone())).or_insert_with(|| {
            let common = if over {
                Common::Ended(words)
            } else {
                Common::Retrying(words)
            };
            found.push(cluster(common, Vec::new(), Some(outcome.clone())));
            found.len() - 1
        });
        found[place].jobs.push(row.job);
    }
    for failure in &mut found {
        failure.says = commonest_words(board, failure);
        failure.cure = failure.outcome.as_ref().map(cure).unwrap_or_default();
    }
    found.sort_by_key(|failure| {
        let urgency = failure.outcome.as_ref().map_or(0, |outcome| outcome.class().urgency());
        (urgency, Reverse(failure.jobs.len()))
    });
    found
}

/// What most of them said; and how many other wordings there are.
fn commonest_words(board: &Board, failure: &Cluster) -> String {
    let mut counts: HashMap<String, (usize, Reverse<usize>, String)> = HashMap::new();
    let rows = failure.jobs.iter().filter_map(|job| board.row(*job));
    for (number, row) in rows.enumerate() {
        let Some(words) = end_words(row) else { continue };
        let alike = OwnNames::of(&row.host).neutral(&words).into_owned();
        counts.entry(alike).or_insert((0, Reverse(number), words)).0 += 1;
    }
    let others = counts.len().saturating_sub(1);
    let Some((_, _, words)) = counts.into_values().max() else {
        return String::new();
    };
    match others {
        0 => words,
        1 => format!("{words} (and 1 other wording)"),
        _ => format!("{words} (and {others} other wordings)"),
    }
}

fn key(action: Action) -> String {
    action.keys().first().map(ToString::to_string).unwrap_or_default()
}

/// What may help, in a few words.
fn cure(outcome: &Outcome) -> String {
    let [retry, look] = [Action::Retry, Action::Look].map(key);
    match outcome {
        Outcome::Ok => String::new(),
        Outcome::Unreachable { cause, .. } => of_cause(*cause),
        Outcome::Exit { code: 126 } => "not allowed to run: permissions, or a mount with noexec".to_owned(),
        Outcome::Exit { code: 127 } => "no such command there: installed? in the PATH?".to_owned(),
        Outcome::Signal { number: 9, .. } => "KILL, not from here: out of memory? the kernel's log knows".to_owned(),
        Outcome::Exit { .. } | Outcome::Signal { .. } => {
            format!(
                "{} compares one with what went well; {retry} tries again",
                key(Action::Difference)
            )
        }
        Outcome::TimedOut { .. } => {
            format!("a longer limit, or see what it waited for; {retry} tries again")
        }
        Outcome::Cancelled { .. } => format!("{retry} runs it again"),
        Outcome::Lost { .. } => format!("its end is not known: {look} looks what is alive, then {retry}"),
        Outcome::Skipped {
            why: SkipReason::AlreadyRunning | SkipReason::MayBeRunning,
            ..
        } => {
            format!(
                "{look} looks what is alive there, {} kills it; {retry} insists",
                key(Action::KillLeft)
            )
        }
        Outcome::Skipped { .. } => format!("{retry} runs it, as long as the run goes on"),
    }
}

fn of_cause(cause: Cause) -> String {
    let retry = key(Action::Retry);
    let words = match cause {
        Cause::Dns => "misspelt, or the name server: getent hosts NAME",
        Cause::Refused => return format!("nobody listens there: does sshd run, on this port? then {retry}"),
        Cause::NoRoute => return format!("no way leads there: VPN, route, or the host is down; then {retry}"),
        Cause::ConnectTimeout => return format!("down, or a firewall; --connect-timeout waits longer; {retry}"),
        Cause::HostKeyChanged => "reinstalled, or an attack: compare keys, then ssh-keygen -R NAME",
        Cause::HostKeyUnknown => return format!("once by hand: ssh NAME, compare the fingerprint; then {retry}"),
        Cause::Auth => "the key in the agent (ssh-add -l)? the user (-l)? authorized_keys?",
        Cause::Privilege => "the password, or the sudoers file there",
        Cause::JumpHost => "the host in between failed: ssh to it by hand",
        Cause::DroppedEarly => return format!("too many at once: a lower --connect-width; {retry} tries again"),
        Cause::SessionRefused => return format!("MaxSessions, or another limit there; {retry} tries again"),
        Cause::NoShell => "the login shell does not answer: ssh NAME by hand shows why",
        Cause::Booting => return format!("it is starting up (pam_nologin): wait, then {retry}"),
        Cause::Protocol => "what answers is not as expected: ssh -v NAME shows what it is",
        Cause::Other => "ssh -v NAME says more",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{event, every_state, plan};
    use super::*;
    use crate::app::clusters::BEFORE_WORDS;
    use crate::app::text::width;
    use crate::model::event::{Change, Ending};
    use std::time::Duration;

    fn all_failures(board: &Board) -> Vec<Cluster> {
        failures(board, &board.rows().iter().collect::<Vec<_>>())
    }

    #[test]
    fn failures_are_gathered_by_their_cause_the_most_urgent_first() {
        let failures = all_failures(&every_state());
        let shown: Vec<(String, usize)> = failures.iter().map(|one| (one.words(), one.jobs.len())).collect();
        let one = |words: &str| (words.to_owned(), 1);
        assert_eq!(
            shown,
            [
                one("lost, remote unknown"),
                one("unreachable, connection refused"),
                one("to be retried: unreachable, dropped early"),
                one("timed out, run limit, confirmed gone"),
                one("signal 9 (137)"),
                one("exit 100"),
                one("cancelled by operator, 2 survived (owner root)"),
                one("skipped, run drained"),
            ]
        );
        assert_eq!(failures[0].says, "client_loop: send disconnect: Broken pipe");
        assert_eq!(failures[5].says, "E: Could not get lock /var/lib/dpkg/lock-frontend");
    }

    #[test]
    fn words_that_differ_only_by_the_host_are_the_same() {
        let plan = plan(&["web1", "web2", "web3", "db1"]);
        let mut board = Board::new(&plan);
        for (job, host) in (0..).zip(["web1", "web2", "web3", "elsewhere"]) {
            let outcome = Outcome::Unreachable {
                cause: Cause::Dns,
                detail: format!("Could not resolve hostname {host}"),
            };
            let (leaked, elapsed) = (false, Duration::ZERO);
            let ending = Ending {
                outcome,
                leaked,
                elapsed,
            };
            board.apply(&event(&plan, job, 1, Change::Done(ending)));
        }
        let failures = all_failures(&board);
        assert_eq!(failures.len(), 1);
        assert_eq!(
            failures[0].says,
            "Could not resolve hostname web1 (and 1 other wording)"
        );
    }

    #[test]
    fn every_cure_fits_a_screen_of_80_columns() {
        let of_causes = Cause::ALL.map(of_cause).into_iter();
        for cure in of_causes.chain(all_failures(&every_state()).into_iter().map(|failure| failure.cure)) {
            assert!(width(&cure) <= 80 - BEFORE_WORDS, "{cure}");
        }
    }
}
