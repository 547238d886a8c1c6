//! Finishing a run whose runner was killed, and running again what failed in one that is over. What may still run on a
//! host is looked for there first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::fleet::{Fleet, Told, facts, objects};
use crate::support::child::{Finished, Running};
use crate::support::processes::{is_alive, send_signal, wait_for_zero};
use crate::support::wait::{LIMIT, wait_until};

/// The process that owns the run with this directory.
#[track_caller]
fn runner(record: &Path) -> u32 {
    let text = fs::read_to_string(record.join("lock")).expect("the lock");
    let holder: Value = serde_json::from_str(&text).expect("its holder");
    u32::try_from(holder["pid"].as_u64().expect("a process")).expect("a process")
}

/// Kills the runner of the run with this directory, and waits until it is gone.
#[track_caller]
fn kill_runner(record: &Path) {
    let pid = runner(record);
    send_signal(pid, Signal::KILL);
    wait_until(LIMIT, "the end of the runner", || !is_alive(pid));
}

/// `heeler WORDS`
fn heeler(fleet: &Fleet, words: &str) -> Command {
    fleet.heeler.command(words.split_whitespace())
}

#[track_caller]
fn run(fleet: &Fleet, words: &str) -> Finished {
    Running::start(heeler(fleet, words), b"").wait(LIMIT)
}

/// Runs what must be refused with these words.
#[track_caller]
fn refuse(fleet: &Fleet, words: &str, parts: &[&str]) {
    let finished = run(fleet, words);
    assert_eq!(
        (finished.status, finished.stdout.as_str()),
        (Some(2), ""),
        "{}",
        finished.stderr
    );
    for part in parts {
        assert!(finished.stderr.contains(part), "{part} is not in: {}", finished.stderr);
    }
}

fn events(record: &Path) -> Vec<Value> {
    objects(&fs::read_to_string(record.join("events.jsonl")).expect("the record"))
}

fn name(record: &Path) -> String {
    record.file_name().expect("a name").to_string_lossy().into_owned()
}

/// The run that repeats a part of this one. (Which is the latest of two cannot be told within a second.)
#[track_caller]
fn child(fleet: &Fleet, parent: &Path) -> PathBuf {
    let parent = json!(name(parent));
    let mut records = fleet.records().into_iter();
    let child = records.find(|record| events(record)[0]["parent"] == parent);
    child.expect("a run with this parent")
}

/// What happened after the run was taken up: everything from `run-resumed` on.
#[track_caller]
fn since_resumed(record: &Path) -> Vec<Value> {
    let events = events(record);
    let at = events.iter().rposition(|event| event["event"] == "run-resumed");
    events[at.expect("it was taken up")..].to_vec()
}

/// A job that goes on until the file is there, whatever becomes of the link; each start leaves a line.
fn keeper(fleet: &Fleet) -> String {
    let home = fleet.heeler.home().display();
    format!(
        "exec >>{home}/log.$HEELER_HOST 2>&1; echo started $HEELER_JOB; while ! [ -e {home}/go ]; do sleep .05; done; \
         echo done"
    )
}

fn log(fleet: &Fleet, host: &str) -> String {
    fs::read_to_string(fleet.heeler.home().join(format!("log.{host}"))).unwrap_or_default()
}

/// A run over four hosts, one at a time at most two of which run, whose runner was killed in the midst of it.
fn interrupted(fleet: &Fleet) -> PathBuf {
    let running = fleet.spawn(
        "web[1-4]",
        "--json -j 2 --connect-width 2 --on-disconnect keep",
        &keeper(fleet),
    );
    wait_until(LIMIT, "two that run", || {
        running.stdout().matches(r#""event":"running""#).count() == 2
            && ["web1", "web2"].iter().all(|host| log(fleet, host).contains("started"))
    });
    let record = fleet.record();
    kill_runner(&record);
    assert_eq!(running.wait(LIMIT).status, Some(4));
    assert_eq!((log(fleet, "web3"), log(fleet, "web4")), (String::new(), String::new()));
    record
}

fn let_go(fleet: &Fleet) {
    fs::write(fleet.heeler.home().join("go"), "").expect("a file");
}

#[track_caller]
fn last_done<'a>(events: &'a [Value], host: &str) -> &'a Value {
    let mut of_host = events
        .iter()
        .filter(|event| event["event"] == "done" && event["host"] == host);
    of_host.next_back().expect("it ended")
}

#[test]
fn an_interrupted_run_is_finished_beside_what_still_runs() {
    let fleet = Fleet::new();
    let record = interrupted(&fleet);
    let id = name(&record);
    refuse(
        &fleet,
        "retry",
        &[&format!("run {id} was interrupted; heeler resume {id}"), "--only"],
    );
    // Without a word only what was never started.
    let resumed = Running::start(heeler(&fleet, "resume --json"), b"");
    wait_until(LIMIT, "the others", || {
        ["web3", "web4"]
            .iter()
            .all(|host| log(&fleet, host).contains("started"))
    });
    kill_runner(&record);
    assert_eq!(resumed.wait(LIMIT).status, Some(4));
    // The last two are lost as well by now; all four still run.
    let again = run(&fleet, &format!("resume {id} --include-unknown --json"));
    assert_eq!(again.status, Some(5), "{}", again.stderr);
    let told = Told {
        events: objects(&again.stdout),
        status: again.status,
    };
    assert_eq!(
        told.events[0]["event"], "run-started",
        "everything is told from the beginning"
    );
    let since = since_resumed(&record);
    let owner = since.iter().find(|event| event["event"] == "found").expect("one found");
    assert_eq!((&owner["fate"], &owner["attempt"]), (&json!("survived"), &json!(1)));
    for host in ["web1", "web2", "web3", "web4"] {
        let done = last_done(&since, host);
        let refused = json!({"outcome": "skipped", "skipped": "already-running"});
        assert_eq!((facts(done), &done["attempt"]), (refused, &json!(2)), "{host}");
        let detail = done["detail"].as_str().expect("a detail");
        assert!(
            detail.starts_with("still running since ") && detail.contains(" UTC, pid "),
            "{detail}"
        );
        assert_eq!(log(&fleet, host).matches("started").count(), 1, "{host}");
    }
    refuse(&fleet, "resume", &[&format!("run {id} is over; heeler retry {id}")]);
    // When they have ended, the search finds nothing, and they are run again: across runs.
    let_go(&fleet);
    wait_for_zero(LIMIT, || fleet.sshd.processes());
    let nothing = run(&fleet, &format!("retry {id} --json"));
    assert_eq!((nothing.status, nothing.stdout.as_str()), (Some(0), ""));
    assert!(nothing.stderr.contains("nothing to retry"), "{}", nothing.stderr);
    let retried = run(&fleet, &format!("retry {id} --only skipped --json -w web[2-3]"));
    assert_eq!(retried.status, Some(0), "{}", retried.stderr);
    let child = events(&child(&fleet, &record));
    assert_eq!(child[0]["note"], json!(format!("retry of {id}")));
    assert_eq!(child[0]["digest"], events(&record)[0]["digest"]);
    for host in ["web2", "web3"] {
        assert_eq!(facts(last_done(&child, host)), json!({"outcome": "ok"}));
        let found = child
            .iter()
            .find(|event| event["event"] == "found" && event["host"] == host);
        let found = found.expect("it was looked for");
        assert_eq!((&found["attempt"], &found["fate"]), (&json!(0), &json!("gone")));
        assert_eq!(log(&fleet, host).matches("started").count(), 2, "{host}");
    }
    wait_for_zero(LIMIT, || fleet.heeler.processes());
    wait_for_zero(LIMIT, || fleet.sshd.processes());
}

#[test]
fn what_still_runs_is_refused_across_runs_unless_told_otherwise() {
    let fleet = Fleet::new();
    let record = interrupted(&fleet);
    let refused = run(&fleet, "retry --only lost --json");
    assert_eq!(refused.status, Some(5), "{}", refused.stderr);
    let record = child(&fleet, &record);
    let child = events(&record);
    for host in ["web1", "web2"] {
        let refused = json!({"outcome": "skipped", "skipped": "already-running"});
        assert_eq!(facts(last_done(&child, host)), refused);
    }
    // The doubt is handed on from run to run.
    let words = format!(
        "retry {} --only skipped --even-if-running --json -w web1",
        name(&record)
    );
    let command = heeler(&fleet, &words);
    let beside = Running::start(command, b"");
    wait_until(LIMIT, "a second one beside the first", || {
        log(&fleet, "web1").matches("started").count() == 2
    });
    let_go(&fleet);
    assert_eq!(beside.wait(LIMIT).status, Some(0));
    wait_for_zero(LIMIT, || fleet.sshd.processes());
    wait_for_zero(LIMIT, || fleet.heeler.processes());
}

#[test]
fn a_resumed_run_goes_on_in_its_own_time_and_leaves_what_was_decided() {
    let fleet = Fleet::new();
    let home = fleet.heeler.home().display().to_string();
    // One after the other: ok, failed, the one that is interrupted, and one that never began.
    let command = format!(
        "case $HEELER_HOST in web1) ;; web2) exit 3 ;; web3) touch {home}/there; sleep 7651 ;; *) echo late ;; esac"
    );
    let running = fleet.spawn("web[1-4],refused", "--json -j 1 --connect-width 1", &command);
    wait_until(LIMIT, "the third", || fleet.sshd.running("sleep 7651").len() == 1);
    let record = fleet.record();
    kill_runner(&record);
    let first = objects(&running.wait(LIMIT).stdout);
    // A write that was cut short.
    let path = record.join("events.jsonl");
    let text = fs::read_to_string(&path).expect("the record");
    fs::write(&path, format!("{text}{{\"event\":\"done\",\"at\":1.")).expect("written");
    let resumed = run(&fleet, "resume --plain");
    assert_eq!(resumed.status, Some(4), "{}", resumed.stderr);
    assert_eq!(resumed.stdout, "web4: late\n");
    let text = fs::read_to_string(&path).expect("the record");
    let whole: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert_eq!(text.lines().count(), whole.len() + 1, "one line was cut short");
    let resumed_at = whole
        .iter()
        .position(|event| event["event"] == "run-resumed")
        .expect("resumed");
    let at = |event: &Value| event["at"].as_f64().expect("a time");
    assert!(whole.windows(2).all(|two| at(&two[0]) <= at(&two[1])), "time goes on");
    assert!(first.iter().all(|event| at(event) <= at(&whole[resumed_at])));
    let after = &whole[resumed_at..];
    for host in ["web1", "web2", "web3"] {
        assert!(
            !after.iter().any(|event| event["host"] == host),
            "{host} is left as it was"
        );
    }
    let late = last_done(after, "web4");
    assert_eq!((facts(late), &late["attempt"]), (json!({"outcome": "ok"}), &json!(1)));
    let end = whole.last().expect("an event");
    assert_eq!(end["counts"], json!({"ok": 2, "exit": 1, "lost": 1, "unreachable": 1}));
    assert_eq!(end["exit"], 4);
}

#[test]
fn only_what_failed_is_retried() {
    let fleet = Fleet::new();
    let home = fleet.heeler.home().display().to_string();
    let command = format!("case $HEELER_HOST in web1) ;; *) [ -e {home}/repaired ] || exit 3; echo $WORD ;; esac");
    let first = fleet.run("web[1-3],refused", "--json --note why --env WORD=well", &command);
    assert_eq!(first.status, Some(4), "{}", first.stderr);
    let parent = fleet.record();
    let id = name(&parent);
    let shown = run(&fleet, "retry --dry-run");
    assert_eq!(shown.status, Some(0));
    for line in [
        &format!("repeats   {id}\n"),
        "hosts     3: web[2-3],refused\n",
        &format!("note      retry of {id}\n"),
    ] {
        assert!(shown.stdout.contains(line), "{line} is not in: {}", shown.stdout);
    }
    refuse(&fleet, "retry --expect 2", &["--expect 2, but there are 3 hosts"]);
    refuse(&fleet, "retry -w web9", &["the run has no job on web9"]);
    refuse(&fleet, "retry --only late", &["late"]);
    assert_eq!(fleet.records().len(), 1, "nothing was started");
    fs::write(fleet.heeler.home().join("repaired"), "").expect("a file");
    let retried = run(&fleet, "retry --plain");
    assert_eq!(retried.status, Some(4), "{}", retried.stderr);
    let mut lines: Vec<&str> = retried.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["web2: well", "web3: well"]);
    // Of the child only the host that is still down is left.
    let again = run(&fleet, &format!("retry {} --json", name(&child(&fleet, &parent))));
    let told = Told::of(&again);
    assert_eq!(told.outcomes().into_keys().collect::<Vec<_>>(), ["refused"]);
}

#[test]
fn of_two_who_take_a_run_up_one_is_told_of_the_other() {
    let fleet = Fleet::new();
    let record = interrupted(&fleet);
    let id = name(&record);
    let both = [(); 2].map(|()| Running::start(heeler(&fleet, "resume --json"), b""));
    wait_until(LIMIT, "the other two hosts", || {
        ["web3", "web4"]
            .iter()
            .all(|host| log(&fleet, host).contains("started"))
    });
    refuse(
        &fleet,
        "resume",
        &[
            &format!("run {id} is alive: its runner is process {} on", runner(&record)),
            "heeler attach",
        ],
    );
    refuse(&fleet, "retry", &[&format!("run {id} is alive")]);
    wait_until(LIMIT, "the end of the one that came second", || {
        both.iter().any(|one| !is_alive(one.id()))
    });
    let_go(&fleet);
    let mut ends: Vec<Finished> = both.into_iter().map(|one| one.wait(LIMIT)).collect();
    ends.sort_by_key(|end| end.status);
    assert_eq!((ends[0].status, ends[1].status), (Some(2), Some(4)), "{ends:?}");
    assert!(
        ends[0].stderr.contains(&format!("run {id} is alive")),
        "{}",
        ends[0].stderr
    );
    assert_eq!(
        events(&record)
            .iter()
            .filter(|event| event["event"] == "run-resumed")
            .count(),
        1
    );
    for host in ["web3", "web4"] {
        assert_eq!(log(&fleet, host).matches("started").count(), 1, "{host}");
    }
    wait_for_zero(LIMIT, || fleet.sshd.processes());
}

#[test]
fn a_plan_that_was_changed_is_not_run() {
    let fleet = Fleet::new();
    let record = interrupted(&fleet);
    let plan = record.join("run.json");
    let text = fs::read_to_string(&plan).expect("the plan");
    let before = events(&record).len();
    for (from, to, words) in [
        (
            "echo started",
            "echo changed",
            "its command and variables have the digest",
        ),
        (
            "\"web4\"\n",
            "\"web4\",\n    \"web5\"\n",
            "it has 5 hosts, and the run 4",
        ),
    ] {
        assert!(text.contains(from), "{text}");
        fs::write(&plan, text.replace(from, to)).expect("written");
        for command in ["resume", "resume --include-unknown", "retry --only lost"] {
            refuse(&fleet, command, &[words, "run.json was changed after the run began"]);
        }
    }
    assert_eq!(
        (events(&record).len(), fleet.records().len()),
        (before, 1),
        "nothing was touched"
    );
    let_go(&fleet);
    wait_for_zero(LIMIT, || fleet.sshd.processes());
}
