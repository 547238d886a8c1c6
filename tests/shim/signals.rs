//! Signals and stops with the link up, and what is found while they work.

use std::process::Command;

use heeler::model::left::Kin;
use heeler::model::outcome::Ended;
use heeler::shim::{Control, Reach, Record, Sig, classify};
use rustix::process::Signal;

use crate::driver::Plan;
use crate::seen::{Seen, processes_in};
use crate::shell::Shell;

crate::in_each_shell! {
    statuses
    a_signal_is_delivered_and_the_job_may_handle_it
    interrupt_ends_a_job_that_does_not_handle_it
    stop_right_after_up
    stop_ends_what_ignores_term
    stop_reaches_the_whole_session
    a_suspended_job_is_neither_ended_nor_beyond_reach
    an_escaped_process_is_found_and_only_signalled_by_number
    a_number_that_is_not_the_jobs_is_left_alone
    hostile_process_names
    own_group_and_closed_error_stream
    looking_changes_nothing
}

/// A job that ended by a stop: its status, then that all is gone, and no word of any shell.
fn assert_stopped(seen: &Seen, status: u32) {
    assert_eq!(seen.status(), Some(status), "{seen:?}");
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::All)));
    assert_eq!(String::from_utf8_lossy(&seen.err.text), "");
}

fn statuses(shell: &Shell) {
    let mut cases = vec![("nosuchcommand 2>&-".to_owned(), 127)];
    cases.extend([0, 3, 126, 127, 254, 255].map(|n| (format!("exit {n}"), n)));
    for (name, number) in [("KILL", 9), ("TERM", 15), ("INT", 2), ("SEGV", 11)] {
        cases.push((format!("kill -s {name} $$; sleep 60"), 128 + number));
    }
    for (command, status) in cases {
        let seen = Plan::new(&command).start(shell).close();
        let expected = if status > 128 && status < 250 {
            Ended::Signal {
                number: status - 128,
                status,
            }
        } else {
            Ended::Exit(status)
        };
        assert_eq!(seen.status().map(classify), Some(expected), "{command}");
        assert!(seen.job().is_some(), "{command}");
        assert_eq!(seen.records.len(), 2, "{command}: {:?}", seen.records);
        assert_eq!(String::from_utf8_lossy(&seen.err.text), "", "{command}");
    }
}

fn a_signal_is_delivered_and_the_job_may_handle_it(shell: &Shell) {
    let command = "trap 'echo caught; exit 8' USR1; echo ready; while :; do sleep .1; done";
    let mut attempt = Plan::new(command).start(shell);
    attempt.wait_out("ready\n");
    attempt.send(&Control::Signal(Sig::Usr1));
    let seen = attempt.close();
    assert_eq!(String::from_utf8_lossy(&seen.out.text), "ready\ncaught\n");
    assert_eq!(seen.status(), Some(8));
}

fn interrupt_ends_a_job_that_does_not_handle_it(shell: &Shell) {
    let mut attempt = Plan::new("sleep 60; :").start(shell);
    // Dash (0.5.12, without any shim) may lose an INT that comes while it starts a command.
    attempt.look_for(|process| process.name == "sleep");
    attempt.send(&Control::Signal(Sig::Int));
    let seen = attempt.close();
    assert_eq!(seen.status(), Some(130));
    assert!(!seen.gone(), "a signal is not a stop");
}

fn stop_right_after_up(shell: &Shell) {
    for _ in 0..10 {
        let mut attempt = Plan::new("sleep 60").start(shell);
        attempt.send(&Control::Stop(Sig::Term));
        attempt.look_until_gone();
        assert_stopped(&attempt.close(), 143);
    }
}

fn stop_ends_what_ignores_term(shell: &Shell) {
    let command = "sh -c 'trap \"\" TERM; echo ready; exec sleep 60' & wait";
    let mut attempt = Plan::new(command).start(shell);
    attempt.wait_out("ready\n");
    attempt.send(&Control::Stop(Sig::Term));
    attempt.wait("the end of the first process", |seen| seen.status() == Some(143));
    // It looks by itself once the command has ended; then the runner asks.
    attempt.wait("a second answer", |seen| {
        seen.count(|record| matches!(record, Record::Left(_))) == 2
    });
    let answer = attempt.ask(&Control::Look);
    assert!(
        processes_in(&answer).iter().all(|process| process.kin == Kin::Session),
        "{answer:?}"
    );
    assert_eq!(answer.last(), Some(&Record::Left(1)), "{answer:?}");
    attempt.send(&Control::Stop(Sig::Kill));
    attempt.look_until_gone();
    assert_stopped(&attempt.close(), 143);
}

fn stop_reaches_the_whole_session(shell: &Shell) {
    // `timeout` leaves the group.
    let mut attempt = Plan::new("echo ready; timeout 60 sleep 61; :").start(shell);
    attempt.wait_out("ready\n");
    attempt.look_for(|process| process.name == "timeout");
    attempt.look_for(|process| process.name == "sleep");
    attempt.send(&Control::Stop(Sig::Kill));
    attempt.wait("the end", |seen| seen.status().is_some());
    attempt.look_until_gone();
    assert_stopped(&attempt.close(), 137);
}

fn a_suspended_job_is_neither_ended_nor_beyond_reach(shell: &Shell) {
    let mut attempt = Plan::new("kill -s STOP $$; sleep 60").start(shell);
    attempt.look_for(|process| process.state == 'T');
    assert_eq!(attempt.seen().status(), None);
    attempt.send(&Control::Stop(Sig::Term));
    attempt.look_until_gone();
    assert_stopped(&attempt.close(), 143);
}

fn an_escaped_process_is_found_and_only_signalled_by_number(shell: &Shell) {
    let mut attempt = Plan::new("setsid sleep 61 & sleep 62").start(shell);
    let escaped = attempt.look_for(|process| process.kin == Kin::Escaped && process.name == "sleep");
    attempt.send(&Control::Stop(Sig::Kill));
    attempt.wait("the end", |seen| seen.status() == Some(137));
    while attempt.ask(&Control::Look).last() != Some(&Record::Left(1)) {}
    assert_eq!(attempt.alive(), [escaped]);
    attempt.ask(&Control::SignalEach(Sig::Kill, vec![escaped]));
    attempt.look_until_gone();
    assert_stopped(&attempt.close(), 137);
}

fn a_number_that_is_not_the_jobs_is_left_alone(shell: &Shell) {
    let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
    let mut attempt = Plan::new("sleep 60").start(shell);
    attempt.wait("the job", |seen| seen.job().is_some());
    attempt.ask(&Control::SignalEach(Sig::Kill, vec![stranger.id()]));
    let alive = stranger.try_wait().unwrap().is_none();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(alive, "the stranger was killed");
    attempt.send(&Control::Stop(Sig::Term));
    attempt.look_until_gone();
    assert_stopped(&attempt.close(), 143);
}

fn hostile_process_names(shell: &Shell) {
    let command = "python3 -c 'import time
open(\"/proc/self/comm\", \"wb\").write(b\") S 1\\n\\\\0 \\x1b[\")
print(\"ready\", flush=True)
time.sleep(60)'";
    let mut attempt = Plan::new(command).start(shell);
    attempt.wait_out("ready\n");
    attempt.look_for(|process| process.name == ")_S_1__0___" && process.state == 'S');
    attempt.send(&Control::Stop(Sig::Kill));
    attempt.look_until_gone();
    let seen = attempt.close();
    assert_stopped(&seen, 137);
    assert_eq!(seen.count(|record| matches!(record, Record::Unknown(_))), 0);
}

fn own_group_and_closed_error_stream(shell: &Shell) {
    let command = "exec 2>&-; perl -e 'setpgrp(0, 0); $| = 1; print \"ready\\n\"; sleep 60'; :";
    let mut attempt = Plan::new(command).start(shell);
    attempt.wait_out("ready\n");
    attempt.send(&Control::Stop(Sig::Term));
    attempt.look_until_gone();
    assert_stopped(&attempt.close(), 143);
}

fn looking_changes_nothing(shell: &Shell) {
    let mut attempt = Plan::new("trap '' TERM; echo ready; sleep 60").start(shell);
    attempt.wait_out("ready\n");
    // A system that goes down sends TERM to everything; the shim lives to tell the end.
    attempt.signal_shim(Signal::TERM);
    let answer = attempt.ask(&Control::Look);
    assert!(matches!(answer.last(), Some(Record::Left(1 | 2))), "{answer:?}");
    assert_eq!(attempt.seen().status(), None);
    attempt.send(&Control::Stop(Sig::Kill));
    attempt.look_until_gone();
    assert_stopped(&attempt.close(), 137);
}
