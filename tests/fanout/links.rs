//! Links that are cut or freeze, what must finish all the same, and output that is held by what a command left behind.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::fleet::{Fleet, Told, objects};
use crate::support::child::Running;
use crate::support::processes;
use crate::support::proxy::{BOTH, Cut, Proxy};
use crate::support::sshd::Sshd;
use crate::support::wait::{LIMIT, wait_until};

/// The keepalives find a dead link within this time.
const FOUND: Duration = Duration::from_secs(62);

/// A fleet whose host `far` is behind a proxy.
fn far() -> (Fleet, Proxy) {
    let fleet = Fleet::new();
    let proxy = Proxy::start(fleet.sshd.port());
    fleet.sshd.name_hosts(&format!("Host far\n  Port {}\n", proxy.port()));
    (fleet, proxy)
}

/// A command that prints for ever, by a process that can be told from others.
fn printing(number: u32) -> String {
    format!("while :; do echo out; echo err >&2; sleep 0.{number}; done")
}

#[track_caller]
fn started(fleet: &Fleet, options: &str, command: &str) -> Running {
    let running = fleet.spawn("far", &format!("--json {options}"), command);
    wait_until(LIMIT, "a row that runs", || {
        running.stdout().contains(r#""event":"running""#)
    });
    running
}

/// Whether the command prints on, however its link is.
#[track_caller]
fn assert_prints_on(fleet: &Fleet, number: u32) {
    let sleep = format!("sleep 0.{number}");
    let mut seen = Vec::new();
    wait_until(LIMIT, "five more turns of the loop", || {
        for process in fleet.sshd.running(&sleep) {
            if !seen.contains(&process.id) {
                seen.push(process.id);
            }
        }
        seen.len() >= 5
    });
}

#[test]
fn a_cut_link_ends_what_runs() {
    let (fleet, proxy) = far();
    let running = started(&fleet, "", &printing(2001));
    proxy.cut(Cut::Reset);
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(told.outcomes()["far"], json!({"outcome": "lost", "fate": "unknown"}));
    wait_until(LIMIT, "nothing on the host", || fleet.sshd.processes().is_empty());
}

#[test]
fn a_cut_link_ends_nothing_that_is_kept_or_is_to_finish() {
    for (options, number) in [("--on-disconnect keep", 2002), ("--let-finish", 2003)] {
        let (fleet, proxy) = far();
        let running = started(&fleet, options, &printing(number));
        proxy.cut(Cut::Reset);
        let told = Told::of(&running.wait(LIMIT));
        assert_eq!(told.outcomes()["far"], json!({"outcome": "lost", "fate": "unknown"}));
        assert_prints_on(&fleet, number);
    }
}

#[test]
fn a_frozen_link_is_silent_then_lost_and_the_lease_ends_what_runs() {
    let (fleet, proxy) = far();
    let running = started(&fleet, "--lease 3s --grace 1s", "sleep 7401");
    proxy.freeze(&BOTH);
    let frozen = Instant::now();
    wait_until(LIMIT, "the end on the host", || {
        fleet.sshd.running("sleep 7401").is_empty()
    });
    let ended = frozen.elapsed();
    assert!(ended < Duration::from_secs(8), "{ended:?}");
    let told = Told::of(&running.wait(Duration::from_secs(120)));
    assert!(frozen.elapsed() < FOUND, "{:?}", frozen.elapsed());
    assert_eq!(told.outcomes()["far"], json!({"outcome": "lost", "fate": "unknown"}));
    let silent = told.named("link-silent");
    assert_eq!(silent.len(), 1);
    let [at, since] = ["at", "since"].map(|name| silent[0][name].as_f64().expect("a time"));
    assert!((10.0..=12.5).contains(&(at - since)), "{silent:?}");
}

/// The keepalives find the link, and nothing of it stays on this side; on the other side nothing is signalled.
#[test]
fn a_frozen_link_ends_nothing_that_is_kept() {
    let (fleet, proxy) = far();
    let running = started(&fleet, "--on-disconnect keep", &printing(2005));
    proxy.freeze(&BOTH);
    let frozen = Instant::now();
    let told = Told::of(&running.wait(Duration::from_secs(120)));
    assert!(frozen.elapsed() < FOUND, "{:?}", frozen.elapsed());
    assert_eq!(told.outcomes()["far"], json!({"outcome": "lost", "fate": "unknown"}));
    processes::wait_for_zero(LIMIT, || fleet.heeler.processes());
    assert_prints_on(&fleet, 2005);
}

#[test]
fn what_is_to_finish_is_let_go_of_over_a_frozen_link() {
    let (fleet, proxy) = far();
    let running = started(&fleet, "--let-finish", &printing(2006));
    proxy.freeze(&BOTH);
    wait_until(LIMIT, "silence", || {
        running.stdout().contains(r#""event":"link-silent""#)
    });
    running.signal(Signal::TERM);
    wait_until(LIMIT, "the wish", || running.stdout().contains(r#""event":"draining""#));
    running.signal(Signal::TERM);
    let finished = running.wait(LIMIT);
    let told = Told {
        events: objects(&finished.stdout),
        status: finished.status,
    };
    let kept = json!({"outcome": "cancelled", "by": "quit", "fate": "kept"});
    assert_eq!(told.outcomes()["far"], kept);
    processes::wait_for_zero(LIMIT, || fleet.heeler.processes());
    assert_prints_on(&fleet, 2006);
}

/// What it ran holds the pipes, so that the channel stays open and ssh has nothing to complain of.
#[test]
fn a_shim_that_was_killed_is_missed_and_what_it_ran_is_never_gone() {
    let fleet = Fleet::new();
    let command = "kill -9 -$(ps -o pgid= -p $PPID | tr -d ' '); exec sleep 7406";
    let running = started(&fleet, "", command);
    wait_until(LIMIT, "silence", || {
        running.stdout().contains(r#""event":"link-silent""#)
    });
    let sleeps = || fleet.sshd.running("sleep 7406");
    assert_eq!(sleeps().len(), 1);
    running.signal(Signal::TERM);
    let finished = running.wait(LIMIT);
    let told = Told {
        events: objects(&finished.stdout),
        status: finished.status,
    };
    assert_eq!(told.outcomes()["far"], json!({"outcome": "lost", "fate": "unknown"}));
    let detail = told.done("far")["detail"].as_str().expect("words");
    assert!(
        detail.starts_with("nothing was heard of the host for ")
            && detail.ends_with(": the link is dead, or the shim is"),
        "{detail}"
    );
    assert_eq!(sleeps().len(), 1, "nobody could end it");
    processes::kill(&sleeps());
}

#[test]
fn a_link_that_thaws_is_heard_again_and_nothing_is_lost() {
    let (fleet, proxy) = far();
    let running = started(
        &fleet,
        "--on-disconnect keep -t 12s",
        "sleep 0.5; echo before; sleep 17; echo after",
    );
    wait_until(LIMIT, "its output", || running.stdout().contains("before"));
    proxy.freeze(&BOTH);
    wait_until(LIMIT, "silence", || {
        running.stdout().contains(r#""event":"link-silent""#)
    });
    proxy.thaw();
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(told.named("link-heard").len(), 1);
    assert_eq!(
        told.outcomes()["far"],
        json!({"outcome": "ok"}),
        "the silence counts towards no limit"
    );
    assert_eq!(told.printed("stdout")["far"], "before\nafter\n");
}

#[test]
fn a_limit_signals_nothing_that_is_to_finish() {
    let fleet = Fleet::new();
    let told = fleet.tell("far", "--let-finish -t 1s", "sleep 2.5; echo done");
    assert_eq!(told.named("overdue")[0]["limit"], "run");
    assert_eq!(told.named("stopping").len(), 0);
    assert_eq!(told.outcomes()["far"], json!({"outcome": "ok"}));
    assert_eq!(told.status, Some(0));
}

#[test]
fn a_quit_waits_for_what_is_to_finish_and_a_second_one_lets_go_of_it() {
    let fleet = Fleet::new();
    let running = started(&fleet, "--let-finish", &printing(2004));
    running.signal(Signal::TERM);
    wait_until(LIMIT, "the wish", || running.stdout().contains(r#""event":"draining""#));
    assert_prints_on(&fleet, 2004);
    running.signal(Signal::TERM);
    let finished = running.wait(LIMIT);
    assert_eq!(finished.status, Some(143));
    let told = Told {
        events: objects(&finished.stdout),
        status: finished.status,
    };
    let kept = json!({"outcome": "cancelled", "by": "quit", "fate": "kept"});
    assert_eq!(told.outcomes()["far"], kept);
    assert!(finished.stderr.contains("nobody watches it"), "{}", finished.stderr);
    assert_prints_on(&fleet, 2004);
}

#[test]
fn only_its_name_ends_what_is_to_finish() {
    let fleet = Fleet::new();
    let running = started(&fleet, "--let-finish", "sleep 7403");
    for arguments in [
        &["cancel"][..],
        &["cancel", "--now"],
        &["cancel", "-w", "far"],
        &["cancel", "--now", "-w", "fa[r]"],
    ] {
        let refused = fleet.heeler.run(arguments);
        assert_eq!(refused.status, Some(2), "{arguments:?}: {}", refused.stderr);
    }
    assert_eq!(fleet.sshd.running("sleep 7403").len(), 1);
    let named = fleet.heeler.run(["cancel", "--now", "-w", "far"]);
    assert_eq!(named.status, Some(0), "{}", named.stderr);
    assert_eq!(fleet.sshd.running("sleep 7403"), []);
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(told.done("far")["fate"], "gone");
}

#[test]
fn what_is_to_finish_cannot_end_with_its_link() {
    let fleet = Fleet::new();
    let refused = fleet.run("far", "--let-finish --on-disconnect end", "true");
    assert_eq!(refused.status, Some(2));
    assert!(refused.stderr.contains("leave one of them out"), "{}", refused.stderr);
}

/// The server allows one session: the second attempt is let in only when that of the first is closed.
#[test]
fn the_channel_of_a_leaked_job_is_closed_after_the_drain_time() {
    for (options, number) in [("", 7404), ("--on-disconnect keep", 7405)] {
        let fleet = Fleet {
            sshd: Sshd::start_with(&["MaxSessions 1"]),
            ..Fleet::new()
        };
        let mark = fleet.heeler.home().join("mark");
        let command = format!("[ -e {0} ] && exit 0; : >{0}; sleep {number} & exit 3", mark.display());
        let options = format!("--drain 1s --retries 1 --retry-on exit {options}");
        let told = fleet.tell("far", &options, &command);
        let retrying = told.named("retrying");
        assert_eq!(
            (&retrying[0]["leaked"], &retrying[0]["code"]),
            (&json!(true), &json!(3))
        );
        assert_eq!(told.outcomes()["far"], json!({"outcome": "ok"}));
        let left = fleet.sshd.running(&format!("sleep {number}"));
        assert_eq!(left.len(), 1, "nobody signals it");
        processes::kill(&left);
    }
}
