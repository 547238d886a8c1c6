//! The probe: what a job's processes do, told by `ps` where that can, read from `/proc` where it cannot.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use heeler::model::probe::{Disk, HostState, Means, Process};
use heeler::shim::{Nonce, Preamble, Probing, Question};

use crate::driver::{Attempt, Plan, unique};
use crate::machine::eventually;
use crate::shell::Shell;

crate::in_each_shell! {
    processes_are_told_with_their_arguments
    without_ps_they_are_read
    without_proc_the_group_is_told
    without_tools_that_is_said
}

/// Runs the probe to its end in whatever this command becomes, after a change to its text.
fn probe_as(mut command: Command, attempt: &Attempt, change: impl Fn(String) -> String) -> HostState {
    let nonce = Nonce::new(unique());
    attempt.wait("its first process", |seen| seen.job().is_some());
    let question = Question {
        cookie: attempt.cookie(),
        leader: attempt.seen().job(),
        disk: true,
    };
    let program = change(String::from_utf8(question.program(&nonce)).unwrap());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(program.as_bytes()).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_end(&mut err).unwrap();
    assert!(child.wait().unwrap().success());
    let rest = |bytes: &[u8]| Preamble::up(&nonce).push(bytes).expect("it came up");
    assert_eq!(rest(&err), b"", "nothing but the mark");
    let mut probing = Probing::new(&nonce);
    probing.push(&rest(&out));
    assert!(probing.is_complete());
    probing.into_state().unwrap()
}

/// A job with a child whose arguments hold everything that a line could break at, and one that has left the session.
fn busy(shell: &Shell) -> Attempt {
    let attempt =
        Plan::new("sleep 7611 & setsid sleep 7612 & sh -c 'sleep 7613; :' '* a\\nb' & echo ready; wait").start(shell);
    attempt.wait_out("ready\n");
    attempt
}

fn find<'a>(state: &'a HostState, arguments: &str) -> Option<&'a Process> {
    state
        .processes
        .iter()
        .find(|process| process.arguments.contains(arguments))
}

/// Probes until all children are there under their own names.
fn settled(attempt: &Attempt, probe: impl Fn() -> HostState, wanted: &[&str]) -> HostState {
    eventually("the children", || {
        let state = probe();
        wanted.iter().all(|arguments| find(&state, arguments).is_some())
    });
    let state = probe();
    let leader = attempt.seen().job().unwrap();
    let first = state
        .processes
        .iter()
        .find(|process| process.pid == leader)
        .expect("the first");
    for arguments in wanted.iter().filter(|arguments| **arguments != "sleep 7612") {
        let process = find(&state, arguments).unwrap();
        assert!(process.elapsed < 60 && process.cpu < 60, "{process:?}");
        assert!(
            process.parent == first.pid || state.processes.iter().any(|one| one.pid == process.parent),
            "{process:?}"
        );
    }
    state
}

fn processes_are_told_with_their_arguments(shell: &Shell) {
    let attempt = busy(shell);
    let probe = || probe_as(shell.sh(), &attempt, |text| text);
    let wanted = ["sleep 7611", "sleep 7612", "* a\\nb", "sleep 7613"];
    let state = settled(&attempt, probe, &wanted);
    assert_eq!((state.means, state.more), (Some(Means::Ps), 0));
    let escaped = find(&state, "sleep 7612").unwrap();
    assert_eq!(escaped.state, 'S');
    assert!(state.load.is_some() && state.processors > Some(0), "{state:?}");
    let [size, available] = state.memory.unwrap();
    assert!(available > 0 && available < size);
    assert!(
        matches!(state.disk, Disk::Job { size, available } if available < size),
        "{:?}",
        state.disk
    );
    attempt.reap_leaked();
    attempt.close();
}

fn without_ps_they_are_read(shell: &Shell) {
    let attempt = busy(shell);
    let bare = shell.with_only(&["grep", "tr", "cut"]);
    let wanted = ["sleep 7611", "sleep 7612", "* a\\nb", "sleep 7613"];
    let state = settled(&attempt, || probe_as(bare.sh(), &attempt, |text| text), &wanted);
    assert_eq!((state.means, state.disk), (Some(Means::Proc), Disk::Untold));
    let owner = match rustix::process::geteuid().as_raw() {
        0 => "root".to_owned(),
        uid => format!("uid {uid}"),
    };
    assert!(
        state.processes.iter().all(|process| process.owner == owner),
        "{state:?}"
    );
    attempt.reap_leaked();
    attempt.close();
}

fn without_proc_the_group_is_told(shell: &Shell) {
    let attempt = busy(shell);
    let hide = |text: String| text.replace("/proc", "/nowhere");
    let state = settled(
        &attempt,
        || probe_as(shell.sh(), &attempt, hide),
        &["sleep 7611", "* a\\nb"],
    );
    assert_eq!(state.means, Some(Means::Group));
    assert!(find(&state, "sleep 7612").is_none(), "it has left the group");
    assert!(matches!(state.disk, Disk::Root { .. }), "{:?}", state.disk);
    attempt.reap_leaked();
    attempt.close();
}

fn without_tools_that_is_said(shell: &Shell) {
    let attempt = busy(shell);
    let state = probe_as(shell.with_only(&[]).sh(), &attempt, |text| text);
    assert_eq!((state.processes.len(), state.disk), (0, Disk::Untold));
    assert_eq!((state.means, state.processors), (None, None));
    attempt.reap_leaked();
    attempt.close();
}
