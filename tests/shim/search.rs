//! The search for what lives on: found by its cookie and by its session, and never told to be gone without a look.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use heeler::shim::{Alive, Answer, Control, Cookie, Looked, Nonce, Preamble, Sight, Sign, Sought, search_and_kill};
use rustix::process::geteuid;

use crate::driver::{Attempt, Plan, unique};
use crate::machine::{eventually, kill};
use crate::shell::Shell;

crate::in_each_shell! {
    nothing_is_found_where_nothing_is
    what_has_the_cookie_is_found
    what_has_lost_the_cookie_is_found_in_the_session
    a_name_that_looks_like_a_status_is_not_taken_for_one
    several_attempts_are_told_apart
    who_is_named_and_is_the_attempts_is_killed_and_nobody_else
    without_grep_nothing_is_said
    noise_does_not_disturb
}

/// Runs the search to its end in whatever this command becomes.
fn look_as(command: Command, sought: &[Sought]) -> Vec<Looked> {
    look_and_kill(command, sought, &[])
}

fn look_and_kill(mut command: Command, sought: &[Sought], kill: &[Vec<u32>]) -> Vec<Looked> {
    let nonce = Nonce::new(unique());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&search_and_kill(&nonce, sought, kill)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_end(&mut err).unwrap();
    assert!(child.wait().unwrap().success());
    let rest = |bytes: &[u8]| Preamble::up(&nonce).push(bytes).expect("it came up");
    assert_eq!(rest(&err), b"", "nothing but the mark");
    let mut answer = Answer::new(&nonce, sought.len());
    answer.push(&rest(&out));
    answer.into_looked()
}

fn look(shell: &Shell, sought: &[Sought]) -> Vec<Looked> {
    look_as(shell.sh(), sought)
}

/// The search for this attempt, once its first process is known.
fn of(attempt: &Attempt) -> Sought {
    Sought {
        cookie: attempt.cookie().clone(),
        pid: Some(leader(attempt)),
    }
}

fn leader(attempt: &Attempt) -> u32 {
    attempt.wait("its first process", |seen| seen.job().is_some());
    attempt.seen().job().unwrap()
}

fn nothing_is_found_where_nothing_is(shell: &Shell) {
    // The number of a process that lives, but leads neither a session nor a group.
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let sought = Sought {
        cookie: Cookie::new(unique()),
        pid: Some(child.id()),
    };
    let looked = look(shell, &[sought]);
    child.kill().unwrap();
    child.wait().unwrap();
    let nothing = Looked {
        found: Vec::new(),
        sight: Some(Sight::All),
    };
    assert_eq!(looked, [nothing]);
}

fn what_has_the_cookie_is_found(shell: &Shell) {
    let attempt = Plan::new("setsid sleep 7601 & echo ready; wait").start(shell);
    attempt.wait_out("ready\n");
    let sought = of(&attempt);
    let is_sleep = |alive: &Alive| alive.name == "sleep";
    eventually("the sleep", || {
        look(shell, std::slice::from_ref(&sought))[0].found.iter().any(is_sleep)
    });
    let looked = look(shell, &[sought]);
    let mut alive = attempt.alive();
    alive.sort_unstable();
    assert_eq!(looked[0].sight, Some(Sight::All));
    let mut pids: Vec<u32> = looked[0].found.iter().map(|alive| alive.pid).collect();
    pids.sort_unstable();
    assert_eq!(pids, alive);
    for alive in &looked[0].found {
        let sign = if is_sleep(alive) { Sign::Cookie } else { Sign::Both };
        assert_eq!((alive.sign, alive.uid), (sign, geteuid().as_raw()), "{alive:?}");
        assert!(alive.age < Duration::from_secs(20), "{alive:?}");
    }
    attempt.reap_leaked();
    attempt.close();
}

/// As after `sudo`, which gives its command an environment of its own, when the job's shell is gone.
fn what_has_lost_the_cookie_is_found_in_the_session(shell: &Shell) {
    let mut attempt = Plan::new("env -i sleep 7602 & echo ready; wait").start(shell);
    attempt.wait_out("ready\n");
    let first = leader(&attempt);
    let find = || {
        let looked = look(shell, &[of(&attempt)]);
        assert_eq!(looked[0].sight, Some(Sight::All));
        looked.into_iter().next().unwrap().found
    };
    eventually("the sleep without a cookie", || {
        find()
            .iter()
            .any(|alive| alive.sign == Sign::Session && alive.name == "sleep")
    });
    kill(first);
    attempt.wait("the end of the shell", |seen| seen.status().is_some());
    let found = find();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].sign, found[0].name.as_str()), (Sign::Session, "sleep"));
    kill(found[0].pid);
    attempt.send_if_open(&Control::Leave);
    attempt.close();
}

/// The command's name stands in its status line, where it can claim anything.
fn a_name_that_looks_like_a_status_is_not_taken_for_one(shell: &Shell) {
    let victim = Plan::new("echo ready; sleep 60").start(shell);
    victim.wait_out("ready\n");
    let first = leader(&victim);
    let script = format!("printf ') S 1 {first} ' >/proc/$$/comm; echo ready; read -r line");
    let liar = Command::new("bash")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut liar = liar;
    let mut ready = [0; 6];
    liar.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
    let looked = look(shell, &[of(&victim)]);
    drop(liar.stdin.take());
    let id = liar.id();
    liar.wait().unwrap();
    assert!(looked[0].found.iter().all(|alive| alive.pid != id), "{looked:?}");
    assert!(looked[0].found.iter().any(|alive| alive.pid == first), "{looked:?}");
    victim.reap_leaked();
    victim.close();
}

fn several_attempts_are_told_apart(shell: &Shell) {
    let one = Plan::new("echo ready; exec sleep 7603").start(shell);
    let two = Plan::new("echo ready; exec sleep 7604").start(shell);
    one.wait_out("ready\n");
    two.wait_out("ready\n");
    let none = Sought {
        cookie: Cookie::new(unique()),
        pid: None,
    };
    let looked = look(shell, &[of(&one), none, of(&two)]);
    let pids: Vec<Vec<u32>> = looked
        .iter()
        .map(|looked| looked.found.iter().map(|alive| alive.pid).collect())
        .collect();
    assert_eq!(pids, [one.alive(), vec![], two.alive()]);
    for attempt in [one, two] {
        attempt.reap_leaked();
        attempt.close();
    }
}

fn who_is_named_and_is_the_attempts_is_killed_and_nobody_else(shell: &Shell) {
    let mut attempt = Plan::new("setsid sleep 7606 & setsid sleep 7607 & echo ready; wait").start(shell);
    attempt.wait_out("ready\n");
    let other = Plan::new("echo ready; exec sleep 7608").start(shell);
    other.wait_out("ready\n");
    let sought = of(&attempt);
    let escaped = || -> Vec<u32> {
        let looked = look(shell, std::slice::from_ref(&sought));
        let cookie = looked[0]
            .found
            .iter()
            .filter(|alive| alive.sign == Sign::Cookie && alive.name == "sleep");
        cookie.map(|alive| alive.pid).collect()
    };
    eventually("both", || escaped().len() == 2);
    let (victim, spared) = (escaped()[0], escaped()[1]);
    let kill = vec![victim, leader(&other), 1];
    let looked = look_and_kill(shell.sh(), std::slice::from_ref(&sought), &[kill]);
    let pids: Vec<u32> = looked[0].found.iter().map(|alive| alive.pid).collect();
    assert_eq!(looked[0].sight, Some(Sight::All));
    assert!(!pids.contains(&victim) && pids.contains(&spared), "{looked:?}");
    assert!(pids.contains(&leader(&attempt)), "{looked:?}");
    assert_eq!(
        look(shell, &[of(&other)])[0].found.len(),
        1,
        "another's process is not touched"
    );
    kill_all(&[leader(&attempt), spared]);
    attempt.wait("the end of the shell", |seen| seen.status().is_some());
    attempt.reap_leaked();
    attempt.send_if_open(&Control::Leave);
    attempt.close();
    other.reap_leaked();
    other.close();
}

fn kill_all(pids: &[u32]) {
    for pid in pids {
        kill(*pid);
    }
}

fn without_grep_nothing_is_said(shell: &Shell) {
    let attempt = Plan::new("echo ready; sleep 60").start(shell);
    attempt.wait_out("ready\n");
    let looked = look(&shell.with_only(&[]), &[of(&attempt)]);
    let blind = Looked {
        found: Vec::new(),
        sight: Some(Sight::NoGrep),
    };
    assert_eq!(looked, [blind]);
    attempt.reap_leaked();
    attempt.close();
}

fn noise_does_not_disturb(shell: &Shell) {
    let attempt = Plan::new("echo ready; exec sleep 7605").start(shell);
    attempt.wait_out("ready\n");
    let mut sh = shell.sh();
    sh.args(["-c", "echo out; echo err >&2; printf 'no end'; exec sh"]);
    let looked = look_as(sh, &[of(&attempt)]);
    assert_eq!(looked[0].found.len(), 1);
    attempt.reap_leaked();
    attempt.close();
}

/// Where users see only their own processes, nothing found is no evidence.
#[test]
fn hidden_processes_are_told() {
    if !geteuid().is_root() {
        return;
    }
    // A mount of /proc that hides the processes of others, in a namespace of its own, for a user who is not root.
    let shell = Shell::new("dash");
    let script = "mount -t proc -o hidepid=2 proc /proc && setpriv --reuid=65534 --regid=65534 --clear-groups sh; exit";
    let mut command = shell.sh();
    command.args([
        "-c",
        &format!("exec unshare --mount --pid --fork --kill-child sh -c '{script}'"),
    ]);
    let probe = Command::new("unshare")
        .args(["--mount", "--pid", "--fork", "true"])
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        return;
    }
    let sought = Sought {
        cookie: Cookie::new(unique()),
        pid: None,
    };
    assert_eq!(look_as(command, &[sought])[0].sight, Some(Sight::Hidden));
}
