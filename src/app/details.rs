//! Everything known about one job, as facts with a name.

use super::amount::bytes;
use super::fact::Fact;
use super::host_facts::host_facts;
use super::said::{outcome_in_full, waiting};
use super::state::App;
use super::text;
use super::watching::{View, view, words};
use crate::model::board::Row;
use crate::model::elapsed::Elapsed;
use crate::model::event::Stream;
use crate::model::id::JobId;
use crate::model::left::{Kin, Left};
use crate::model::phase::Phase;
use crate::model::probe::Seen;
use crate::model::ssh_argv::ssh_argv;
use crate::model::stamp::Stamp;
use crate::model::tally::Standing;
use std::path::Path;

/// Everything known about a job.
pub fn facts(app: &App, job: JobId, now: Stamp) -> Vec<Fact> {
    let Some(row) = app.board().row(job) else {
        return Vec::new();
    };
    let mut facts = vec![
        Fact::new("host", row.host.as_str()),
        Fact::new("command", text::one_line(&app.plan().command)),
    ];
    if let Some(pid) = row.pid {
        facts.push(Fact::new("process", format!("{pid} leads the job's group on the host")));
    }
    facts.push(Fact::new(
        "printed",
        format!(
            "{} on stdout, {} on stderr",
            bytes(row.printed(Stream::Stdout)),
            bytes(row.printed(Stream::Stderr))
        ),
    ));
    if let Some(silent) = row.silent(now) {
        facts.push(Fact::new("silent for", Elapsed::Running(silent).to_string()));
    }
    if let Some(since) = row.link_silent.filter(|_| row.phase.is_live()) {
        let silent = Elapsed::Running(now.since(since));
        let text =
            format!("no sign of life from the shim for {silent}; ssh still holds the connection, and no limit counts");
        facts.push(Fact::new("link", text));
    }
    for (number, ending) in row.earlier.iter().enumerate() {
        let elapsed = Elapsed::Over(ending.elapsed);
        let leaked = if ending.leaked { ", leaked" } else { "" };
        let outcome = outcome_in_full(&ending.outcome);
        facts.push(Fact::new(
            &format!("attempt {}", number + 1),
            format!("{outcome}{leaked}, after {elapsed}"),
        ));
    }
    facts.push(Fact::new(
        &format!("attempt {}", row.attempt),
        phase_in_full(&row.phase, now),
    ));
    let view = view(app, row);
    if !tells_more(&view, row) {
        facts.extend(processes(row, now));
    }
    facts.extend(host_facts(view, now));
    facts.extend(path(row, now));
    facts.extend(ssh(app, row));
    facts
}

/// Whether the live look at the host names everything that the last search found, and more of it.
fn tells_more(view: &View<'_>, row: &Row) -> bool {
    let is_live =
        matches!(view, View::Seen(probe) if matches!(&probe.seen, Seen::Host(state) if !state.processes.is_empty()));
    let is_plain = row.left.keys().all(|attempt| *attempt == row.attempt) && row.not_looked.is_none();
    is_live && is_plain && row.alive().all(|left| left.kin == Kin::Session)
}

/// What the job has been in this attempt, and for how long each.
fn path(row: &Row, now: Stamp) -> Option<Fact> {
    let stations = row.trace.of_this_attempt();
    let ends = stations.iter().skip(1).map(|(at, _)| *at).chain([now]);
    let steps = stations.iter().zip(ends).map(|((at, standing), end)| {
        let begin = Elapsed::Over(at.0);
        match standing {
            Standing::Done(_) => format!("over at {begin}"),
            standing => format!("{} at {begin} for {}", standing.word(), Elapsed::Over(end.since(*at))),
        }
    });
    let steps: Vec<String> = steps.collect();
    (!steps.is_empty()).then(|| Fact::new("phases", steps.join(", ")))
}

/// How ssh was called for this host, and what it said last.
fn ssh(app: &App, row: &Row) -> Vec<Fact> {
    let argv = ssh_argv(&row.host, Path::new("SOCKET"), &app.plan().ssh);
    let call: Vec<String> = argv.iter().map(|word| quoted(&word.to_string_lossy())).collect();
    let call = text::one_line(&call.join(" "));
    let mut facts = vec![Fact::new("ssh call", format!("ssh {call}"))];
    let said = words(app, row.job).iter();
    let names = std::iter::once("ssh said").chain(std::iter::repeat(""));
    facts.extend(
        names
            .zip(said)
            .map(|(name, line)| Fact::new(name, text::one_line(line))),
    );
    facts
}

/// A word as a shell would be given it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_=+.,:/@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// What the last look at the host found alive, and when that was.
fn processes(row: &Row, now: Stamp) -> Vec<Fact> {
    const NAME: &str = "processes";
    let ago = |at: Stamp| Elapsed::Running(now.since(at));
    let mut facts = Vec::new();
    match row.looked() {
        Some(at) if row.alive().next().is_none() => {
            facts.push(Fact::new(
                NAME,
                format!("none found on the host, looked {} ago", ago(at)),
            ));
        }
        Some(at) => facts.push(Fact::new(NAME, format!("on the host, looked {} ago:", ago(at)))),
        None if row.may_have_left() && row.not_looked.is_none() => {
            facts.push(Fact::new(NAME, "not looked at yet"));
        }
        None => {}
    }
    facts.extend(row.alive().map(|left| Fact::new("", left_in_words(left))));
    if let Some((at, why)) = &row.not_looked {
        let name = if facts.is_empty() { NAME } else { "" };
        let text = format!("could not be looked at {} ago: {}", ago(*at), text::one_line(why));
        facts.push(Fact::new(name, text));
    }
    facts
}

/// A process in one line: `4711 S root sleep, escaped`.
pub fn left_in_words(left: &Left) -> String {
    let Left {
        pid,
        kin,
        state,
        owner,
        name,
    } = left;
    let escaped = match kin {
        Kin::Session => "",
        Kin::Escaped => ", escaped",
    };
    text::one_line(&format!("{pid} {state} {owner} {name}{escaped}"))
}

fn phase_in_full(phase: &Phase, now: Stamp) -> String {
    match phase {
        Phase::Queued { since, why } => format!("{}, for {}", waiting(*why), Elapsed::Running(now.since(*since))),
        Phase::Connecting { since } => format!("connecting for {}", Elapsed::Running(now.since(*since))),
        Phase::Running { since, slow, overdue } => {
            let slow = match (slow, overdue) {
                (_, Some(_)) => ", overdue: past its limit, and left to finish",
                (Some(_), None) => ", past the soft limit",
                (None, None) => "",
            };
            format!("running for {}{slow}", Elapsed::Running(now.since(*since)))
        }
        Phase::Stopping { since, reason, kill_at } => {
            let next = match kill_at {
                Some(at) => format!("TERM was sent, KILL follows in {}", Elapsed::Running(at.since(now))),
                None => "KILL was sent".to_owned(),
            };
            format!(
                "stopping ({reason}) after {}; {next}",
                Elapsed::Running(now.since(*since))
            )
        }
        Phase::Backoff { until, last } => {
            format!(
                "over: {}; retried in {}",
                outcome_in_full(last),
                Elapsed::Running(until.since(now))
            )
        }
        Phase::Done {
            elapsed,
            outcome,
            leaked,
            ..
        } => {
            let leaked = if *leaked {
                ", leaked: a process it left behind still held its output"
            } else {
                ""
            };
            format!(
                "{}{leaked}, after {}",
                outcome_in_full(outcome),
                Elapsed::Over(*elapsed)
            )
        }
    }
}
