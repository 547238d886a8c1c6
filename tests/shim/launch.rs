//! How the job gets a session of its own, or does not.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use heeler::shim::{Control, Reach, Record, Session, Sig};

use crate::driver::Plan;
use crate::machine::{eventually, stat};
use crate::shell::Shell;

crate::in_each_shell! {
    by_setsid
    by_perl
    by_python
    alone
    a_launcher_that_fails
    without_proc_tools_only_the_group_is_known
}

const TOOLS: [&str; 5] = ["sleep", "grep", "cat", "env", "head"];

/// Runs, checks the job's session, that it has inherited nothing odd, and that a stop finds all.
fn check(shell: &Shell, expected: Session) {
    let command = "env >&2; sh -c 'kill -s PIPE $$; echo ignored'; echo $?; sleep 60 & sleep 61";
    let mut sh = shell.sh();
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
        sh.env_remove(name);
    }
    let mut attempt = Plan::new(command).start_as(sh);
    attempt.wait_out("141\n");
    attempt.wait("the job", |seen| seen.job().is_some());
    let (pid, session) = {
        let seen = attempt.seen();
        let Some(&Record::Job { pid, session }) = seen.records.first() else {
            panic!("no job: {seen:?}");
        };
        (pid, session)
    };
    assert_eq!(session, expected);
    let fields = stat(pid).unwrap();
    let own = expected != Session::Alone;
    assert_eq!(fields[3] == pid.to_string(), own, "{fields:?}");
    // Between fork and exec a process can be overlooked by one search; the runner's next signal finds it.
    eventually("both sleeps", || {
        let runs = |line: &str| attempt.alive().iter().any(|pid| command_line(*pid) == line);
        runs("sleep 60") && runs("sleep 61")
    });
    attempt.send(&Control::Stop(Sig::Term));
    attempt.look_until_gone();
    let seen = attempt.close();
    assert_eq!(seen.status(), Some(143));
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::All)));
    let env = String::from_utf8_lossy(&seen.err.text);
    let odd = |line: &str| line.starts_with("LC_") || line.starts_with("PYTHONCOERCE");
    assert!(!env.lines().any(odd), "{env}");
}

/// The words of a process; none of one that is gone.
fn command_line(pid: u32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words)
        .trim_end_matches('\0')
        .replace('\0', " ")
}

fn by_setsid(shell: &Shell) {
    check(shell, Session::Setsid);
}

fn by_perl(shell: &Shell) {
    let tools = [&TOOLS[..], &["perl", "python3"]].concat();
    check(&shell.with_only(&tools), Session::Perl);
}

fn by_python(shell: &Shell) {
    let tools = [&TOOLS[..], &["python3"]].concat();
    check(&shell.with_only(&tools), Session::Python);
}

fn alone(shell: &Shell) {
    check(&shell.with_only(&TOOLS), Session::Alone);
}

fn a_launcher_that_fails(shell: &Shell) {
    let setsid = shell.dir().join("setsid");
    fs::write(&setsid, "#!/bin/sh\nexit 126\n").unwrap();
    fs::set_permissions(&setsid, fs::Permissions::from_mode(0o755)).unwrap();
    let mut attempt = Plan::new("echo never").start(shell);
    attempt.send_if_open(&Control::Stop(Sig::Term));
    let seen = attempt.close();
    assert_eq!(seen.out.text, b"");
    assert_eq!(seen.records, [Record::Exit { status: 126 }]);
}

fn without_proc_tools_only_the_group_is_known(shell: &Shell) {
    let shell = shell.with_only(&["setsid", "sleep"]);
    let mut attempt = Plan::new("sleep 60 & sleep 61").start(&shell);
    attempt.send(&Control::Stop(Sig::Term));
    attempt.wait("the end", |seen| seen.status() == Some(143));
    attempt.look_until_gone();
    let seen = attempt.close();
    assert_eq!(seen.records.last(), Some(&Record::Gone(Reach::Group)));
}
