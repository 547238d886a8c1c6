//! Ends that nobody asked for: cut links, leases, killed shells; and ends that leave something
//! alone on purpose.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use heeler::model::plan::OnDisconnect;
use heeler::shim::{Control, Reach, Record, Sig};
use rustix::process::Signal;

use crate::driver::Plan;
use crate::machine::eventually;
use crate::shell::Shell;

crate::in_each_shell! {
    a_cut_link_ends_the_job
    a_cut_link_kills_after_the_grace
    a_cut_link_ends_what_is_left_of_a_stop
    a_link_cut_in_the_middle_of_an_answer_ends_the_job
    a_cut_link_ends_nothing_with_keep
    a_stop_is_seen_through_even_with_keep
    what_prints_after_a_cut_lives_on_with_keep
    what_a_kept_job_leaves_behind_may_print_on
    a_kept_job_is_like_any_other_while_the_link_stands
    silence_ends_the_job_when_the_lease_is_over
    a_beat_is_answered_and_never_waited_for
    a_killed_main_shell_ends_the_job
    a_shim_whose_waiter_was_killed_does_not_outlive_the_job
    what_the_command_leaves_behind_is_left_alone
    leave_leaves_the_job_alone
    a_normal_end_leaves_nothing_of_the_shim
}

fn a_cut_link_ends_the_job(shell: &Shell) {
    let mut attempt = Plan::new("echo ready; sleep 60").start(shell);
    attempt.wait_out("ready\n");
    attempt.cut();
    let seen = attempt.close();
    assert_eq!(seen.status(), Some(143));
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::All)));
}

fn a_cut_link_kills_after_the_grace(shell: &Shell) {
    let mut plan = Plan::new("trap '' TERM; echo ready; timeout 60 sleep 61; sleep 62");
    plan.grace = Duration::from_secs(1);
    let mut attempt = plan.start(shell);
    attempt.wait_out("ready\n");
    let start = Instant::now();
    attempt.cut();
    attempt.wait_dead();
    assert!(start.elapsed() >= plan.grace, "{:?}", start.elapsed());
    let seen = attempt.close();
    assert_eq!(seen.status(), Some(137));
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::All)));
}

fn a_cut_link_ends_what_is_left_of_a_stop(shell: &Shell) {
    let command = "sh -c 'trap \"\" TERM; echo ready; exec sleep 60' & wait";
    let mut attempt = Plan::new(command).start(shell);
    attempt.wait_out("ready\n");
    attempt.send(&Control::Stop(Sig::Term));
    attempt.wait("the end", |seen| seen.status() == Some(143));
    attempt.cut();
    let seen = attempt.close();
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::All)));
}

/// The shim cannot write its answer, and must not try so long that the job lives on.
fn a_link_cut_in_the_middle_of_an_answer_ends_the_job(shell: &Shell) {
    let sh = shell.sh();
    let mut behind_relay = Command::new("/bin/bash");
    behind_relay.args(["-c", r#"exec 2> >(exec cat >&2); exec "$0" "$@""#]);
    behind_relay.arg(sh.get_program()).args(sh.get_args());
    let mut attempt = Plan::new("trap '' TERM; echo ready; sleep 60; sleep 61").start_as(behind_relay);
    attempt.wait_out("ready\n");
    // Question and end of file are there before the shim goes on.
    attempt.signal_shim(Signal::STOP);
    attempt.send(&Control::Stop(Sig::Term));
    attempt.cut();
    attempt.kill_relay();
    attempt.signal_shim(Signal::CONT);
    attempt.wait_dead();
    assert_eq!(attempt.close().status(), None, "nobody was there to be told");
}

fn a_cut_link_ends_nothing_with_keep(shell: &Shell) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("result");
    let go = dir.path().join("go");
    let command = format!(
        "exec >'{}' 2>&1; echo begun; while ! [ -e '{}' ]; do sleep .02; done; echo finished",
        file.display(),
        go.display()
    );
    let mut plan = Plan::new(&command);
    plan.on_disconnect = OnDisconnect::Keep;
    plan.lease = Some(Duration::from_millis(1));
    let mut attempt = plan.start(shell);
    attempt.cut();
    // Long enough for a shim with the wrong idea: it would act on the end of file at once.
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(300) {
        thread::sleep(Duration::from_millis(20));
        assert!(attempt.seen().status().is_none());
    }
    fs::write(&go, "").unwrap();
    let seen = attempt.close();
    assert_eq!(fs::read_to_string(&file).unwrap(), "begun\nfinished\n");
    assert_eq!(seen.status(), Some(0));
}

fn a_stop_is_seen_through_even_with_keep(shell: &Shell) {
    let mut plan = Plan::new("trap '' TERM; echo ready; sleep 60");
    plan.on_disconnect = OnDisconnect::Keep;
    let mut attempt = plan.start(shell);
    attempt.wait_out("ready\n");
    attempt.ask(&Control::Stop(Sig::Term));
    attempt.cut();
    let seen = attempt.close();
    assert_eq!(seen.status(), Some(137));
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::All)));
}

/// The shell with streams that can be cut.
fn behind_links(shell: &Shell) -> Command {
    let sh = shell.sh();
    let mut linked = Command::new("/bin/bash");
    linked.args([
        "-c",
        r#"exec > >(exec -a link cat) 2> >(exec -a link cat >&2); exec "$0" "$@""#,
    ]);
    linked.arg(sh.get_program()).args(sh.get_args());
    linked
}

fn what_prints_after_a_cut_lives_on_with_keep(shell: &Shell) {
    let home = tempfile::tempdir().unwrap();
    let (go, done) = (home.path().join("go"), home.path().join("done"));
    let command = format!(
        "echo ready; until [ -e {} ]; do sleep .1; done; i=0
        while [ $i -lt 30000 ]; do echo a line of output; echo and one of errors >&2; i=$((i+1)); done; echo >{}",
        go.display(),
        done.display()
    );
    let mut plan = Plan::new(&command);
    plan.on_disconnect = OnDisconnect::Keep;
    let mut attempt = plan.start_as(behind_links(shell));
    attempt.wait_out("ready\n");
    attempt.cut();
    attempt.kill_links();
    fs::write(&go, "").unwrap();
    eventually("the end of the job", || done.exists());
    attempt.close();
}

fn what_a_kept_job_leaves_behind_may_print_on(shell: &Shell) {
    let home = tempfile::tempdir().unwrap();
    let (go, done) = (home.path().join("go"), home.path().join("done"));
    let command = format!(
        "sh -c 'until [ -e {} ]; do sleep .1; done; i=0; while [ $i -lt 30000 ]; do echo a line; echo b >&2; i=$((i+1)); done; echo >{}' &
        echo begun; exit 4",
        go.display(),
        done.display()
    );
    let mut plan = Plan::new(&command);
    plan.on_disconnect = OnDisconnect::Keep;
    let mut attempt = plan.start_as(behind_links(shell));
    attempt.wait_out("begun\n");
    attempt.wait("the status", |seen| seen.status() == Some(4));
    assert!(!attempt.seen().out.closed, "the output is held");
    eventually("the shim's shell to end", || !attempt.runs());
    attempt.cut();
    attempt.kill_links();
    fs::write(&go, "").unwrap();
    eventually("the end of what was left", || done.exists());
    attempt.close();
}

fn a_kept_job_is_like_any_other_while_the_link_stands(shell: &Shell) {
    let command = "printf 'a\\000\\377b'; printf '\\036x' >&2; kill -9 $$";
    let mut plan = Plan::new(command);
    plan.on_disconnect = OnDisconnect::Keep;
    let seen = plan.start(shell).close();
    assert_eq!(seen.out.text, b"a\0\xffb");
    assert_eq!(seen.err.text, b"\x1ex");
    assert_eq!(seen.status(), Some(137));

    let mut plan = Plan::new("trap 'echo caught; exit 7' INT; echo ready; while :; do sleep .1; done");
    plan.on_disconnect = OnDisconnect::Keep;
    let mut attempt = plan.start(shell);
    attempt.wait_out("ready\n");
    attempt.send(&Control::Signal(Sig::Int));
    attempt.wait_out("caught\n");
    assert_eq!(attempt.close().status(), Some(7));

    let mut plan = Plan::new("echo ready; sleep 60 & sleep 61");
    plan.on_disconnect = OnDisconnect::Keep;
    let mut attempt = plan.start(shell);
    attempt.wait_out("ready\n");
    attempt.send(&Control::Stop(Sig::Term));
    attempt.look_until_gone();
    assert_eq!(attempt.close().records.last(), Some(&Record::Gone(Reach::All)));
}

fn silence_ends_the_job_when_the_lease_is_over(shell: &Shell) {
    let mut plan = Plan::new("sleep 60");
    let lease = Duration::from_secs(1);
    plan.lease = Some(lease);
    let mut attempt = plan.start(shell);
    attempt.wait("the job", |seen| seen.job().is_some());
    let start = Instant::now();
    while start.elapsed() < 3 * lease {
        attempt.send(&Control::Beat);
        thread::sleep(lease / 10);
        assert!(!attempt.alive().is_empty(), "ended in spite of the beats");
    }
    let last = Instant::now();
    attempt.send(&Control::Beat);
    attempt.wait_dead();
    assert!(last.elapsed() >= lease, "{:?}", last.elapsed());
    let seen = attempt.close();
    assert_eq!(seen.status(), None, "on a frozen link a write could block");
}

fn a_shim_whose_waiter_was_killed_does_not_outlive_the_job(shell: &Shell) {
    let mut plan = Plan::new("kill -9 $PPID; echo on its own");
    plan.lease = Some(Duration::from_secs(1));
    let mut attempt = plan.start(shell);
    attempt.wait_out("on its own\n");
    let start = Instant::now();
    while attempt.runs() {
        assert!(start.elapsed() < Duration::from_secs(20), "it lives on without a job");
        attempt.send_if_open(&Control::Beat);
        thread::sleep(Duration::from_millis(100));
    }
    let seen = attempt.close();
    assert_eq!(seen.status(), None, "nobody knows how it ended");
}

fn a_killed_main_shell_ends_the_job(shell: &Shell) {
    let mut attempt = Plan::new("echo ready; sleep 60").start(shell);
    attempt.wait_out("ready\n");
    attempt.kill_shell();
    // As sshd does when its child has ended.
    attempt.cut();
    let seen = attempt.close_killed();
    assert_eq!(seen.status(), Some(143));
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::All)));
}

/// With nobody to read the answers, the silence that follows is noticed all the same.
fn a_beat_is_answered_and_never_waited_for(shell: &Shell) {
    let mut attempt = Plan::new("read x || sleep 60").start(shell);
    attempt.send(&Control::Beat);
    attempt.send(&Control::Beat);
    attempt.wait("two answers", |seen| seen.count(|record| *record == Record::Beat) == 2);
    attempt.cut();
    attempt.close();

    let fill = "import os
os.set_blocking(2, False)
try:
    while True: os.write(2, b'x')
except BlockingIOError: os.set_blocking(2, True)";
    let command = format!("python3 -c \"{fill}\"; echo full; sleep 60");
    let mut plan = Plan::new(&command);
    plan.stalled = true;
    plan.lease = Some(Duration::from_secs(2));
    let mut attempt = plan.start(shell);
    attempt.wait_out("full\n");
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(4) {
        attempt.send(&Control::Beat);
        thread::sleep(Duration::from_millis(200));
    }
    assert!(!attempt.alive().is_empty(), "it was beaten for");
    attempt.wait_dead();
    attempt.release();
    attempt.close();
}

fn what_the_command_leaves_behind_is_left_alone(shell: &Shell) {
    let attempt = Plan::new("sleep 60 & echo begun; exit 4").start(shell);
    attempt.wait("the status", |seen| seen.status() == Some(4));
    attempt.wait_out("begun\n");
    assert!(!attempt.seen().out.closed, "the sleep holds the stream");
    assert_eq!(attempt.alive().len(), 1);
    attempt.reap_leaked();
    assert!(!attempt.close().gone());
}

fn leave_leaves_the_job_alone(shell: &Shell) {
    let mut attempt = Plan::new("trap '' TERM; echo ready; sleep 60").start(shell);
    attempt.wait_out("ready\n");
    attempt.ask(&Control::Stop(Sig::Term));
    attempt.send(&Control::Leave);
    attempt.cut();
    // `look` would have no answer any more: the main shell and the stage that waits for the job are left. Until then
    // the job's end would be told.
    eventually("the shim to leave", || attempt.stages() == 2);
    assert!(!attempt.alive().is_empty());
    attempt.reap_leaked();
    assert_eq!(attempt.close().status(), None);
}

fn a_normal_end_leaves_nothing_of_the_shim(shell: &Shell) {
    let mut plan = Plan::new("true");
    plan.lease = Some(Duration::from_secs(90));
    let start = Instant::now();
    let attempt = plan.start(shell);
    // `close` looks for the ticker's sleep, which would take 23 seconds.
    let seen = attempt.close();
    assert_eq!(seen.status(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(15));
}
