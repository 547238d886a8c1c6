//! What passes through: the command's bytes, the output's bytes, the environment, records
//! in the midst of output.

use std::process::Command;

use heeler::shim::{Control, Record, Sig};

use crate::driver::Plan;
use crate::machine::{eventually, processes, stat};
use crate::shell::Shell;

crate::in_each_shell! {
    all_bytes_pass_on_both_streams
    quotes_here_documents_and_standard_input
    long_commands
    the_environment_is_the_logins_and_the_tasks
    the_command_is_not_in_any_argument_list
    records_are_cut_out_of_a_flood
    a_full_nonblocking_stream_loses_no_record
    no_home
}

/// Shell text that prints these bytes, none of which is NUL.
fn literal(bytes: &[u8]) -> Vec<u8> {
    let mut word = vec![b'\''];
    for &byte in bytes {
        match byte {
            b'\'' => word.extend(b"'\\''"),
            _ => word.push(byte),
        }
    }
    word.push(b'\'');
    word
}

fn all_bytes_pass_on_both_streams(shell: &Shell) {
    let bytes: Vec<u8> = (1..=255).collect();
    let word = literal(&bytes);
    let command = [b"printf %s ", &word[..], b"; printf '\\000%s' ", &word[..], b" >&2"].concat();
    let attempt = Plan::new(&command).start(shell);
    let seen = attempt.close();
    assert_eq!(seen.out.text, bytes);
    assert_eq!(seen.err.text, [&[0], &bytes[..]].concat());
    assert_eq!(seen.status(), Some(0));
}

fn quotes_here_documents_and_standard_input(shell: &Shell) {
    let command = "cat; echo \"$#,$0\" 'it'\\''s' \"a  b\" \\\\ # comment\n\
                   x=1; cat <<X; cat <<'Y'\nvalue $x\nX\nvalue $x `\nY\n# end";
    let seen = Plan::new(command).start(shell).close();
    assert_eq!(
        String::from_utf8_lossy(&seen.out.text),
        "0,sh it's a  b \\\nvalue 1\nvalue $x `\n"
    );
    assert_eq!(String::from_utf8_lossy(&seen.err.text), "");
}

fn long_commands(shell: &Shell) {
    for length in [99_990, 118_000, 1_000_000] {
        let command = format!("x='{}'; echo ${{#x}}", "é'\\''".repeat(length / 6));
        let seen = Plan::new(&command).start(shell).close();
        let printed = String::from_utf8_lossy(&seen.out.text);
        let count: usize = printed.trim().parse().unwrap();
        // Characters or bytes, as the shell and its locale have it.
        let pairs = length / 6;
        assert!([2 * pairs, 3 * pairs].contains(&count), "{count} of {length}");
        assert_eq!(seen.status(), Some(0));
    }
}

fn the_environment_is_the_logins_and_the_tasks(shell: &Shell) {
    let env = [
        ("HEELER_HOST", "web1"),
        ("HEELER_INDEX", "7"),
        ("release", "it's \"$HOME\" `x`\n é"),
        ("EMPTY", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    // Names that the shim uses for itself.
    let own = "keep job line pid name stat count file try a b c how s key uid signals early";
    let mut sh = shell.sh();
    sh.envs(own.split(' ').map(|name| (name, "the user's")));
    let script = "printf '%s|' \"$HEELER_HOST\" \"$HEELER_INDEX\" \"$release\" \"${EMPTY-unset}\"
        env | grep -e '^HEELER_C' -e ' up$'; env | grep -c \"=the user's\"
        env | grep -c '^LC_ALL='";
    let mut plan = Plan::new(script);
    plan.env = &env;
    let mut attempt = plan.start_as({
        sh.env_remove("LC_ALL");
        sh
    });
    attempt.wait("the end", |seen| seen.status().is_some());
    attempt.cut();
    let seen = attempt.close();
    assert_eq!(
        String::from_utf8_lossy(&seen.out.text),
        format!("web1|7|it's \"$HOME\" `x`\n é||{}\n0\n", own.split(' ').count())
    );
}

fn the_command_is_not_in_any_argument_list(shell: &Shell) {
    // Unlike the name of any other test, as pkill would find that one too.
    let marker = format!("heeler-marker-{}-{:p}", std::process::id(), shell);
    let command = format!("pkill -f {marker}; echo done; sleep 60; : {marker}");
    let mut attempt = Plan::new(&command).start(shell);
    attempt.wait_out("done\n");
    let found = Command::new("pgrep").args(["-f", &marker]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    attempt.send(&Control::Stop(Sig::Term));
    attempt.look_until_gone();
    attempt.close();
}

fn records_are_cut_out_of_a_flood(shell: &Shell) {
    let fake = format!("\x1e{} exit 9", "0".repeat(32));
    let command = format!(
        "trap 'x=1' USR1; echo ready; i=0
        while [ $i -lt 4000 ] || [ -z \"$x\" ]; do i=$((i+1))
        echo 'this line is as long as the others, which is fifty' >&2; done
        echo '{fake}' >&2; printf '\\036' >&2; echo $i"
    );
    let mut attempt = Plan::new(&command).start(shell);
    attempt.wait_out("ready\n");
    for _ in 0..20 {
        attempt.ask(&Control::Look);
    }
    attempt.send(&Control::Signal(Sig::Usr1));
    let seen = attempt.close();
    let out = String::from_utf8_lossy(&seen.out.text);
    let lines: usize = out.lines().nth(1).unwrap().parse().unwrap();
    assert!(lines >= 4000);
    let line = "this line is as long as the others, which is fifty\n";
    let expected = format!("{}{fake}\n\x1e", line.repeat(lines));
    assert!(seen.err.text == expected.as_bytes(), "{} bytes", seen.err.text.len());
    assert_eq!(seen.status(), Some(0));
    assert!(seen.count(|record| matches!(record, Record::Left(_))) >= 20);
    assert_eq!(seen.count(|record| matches!(record, Record::Unknown(_))), 0);
}

fn a_full_nonblocking_stream_loses_no_record(shell: &Shell) {
    let command = "python3 -c 'import os
os.set_blocking(2, False)
try:
    while True: os.write(2, b\"x\")
except BlockingIOError: pass'; exit 5";
    let mut plan = Plan::new(command);
    plan.stalled = true;
    let attempt = plan.start(shell);
    // Once the job is over, its record meets a full pipe.
    eventually("the job to end", || attempt.alive().is_empty());
    eventually("the shim to wait for room", || has_sleeping_child(attempt.shell()));
    attempt.release();
    let seen = attempt.close();
    assert_eq!(seen.status(), Some(5));
    assert!(seen.err.text.iter().all(|byte| *byte == b'x'));
}

/// Whether some `sleep` descends from this process (through the shim's second stage).
fn has_sleeping_child(shell: u32) -> bool {
    processes()
        .filter(|pid| stat(*pid).is_some_and(|fields| fields[2] == shell.to_string()))
        .any(|pid| std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "sleep\n"))
}

fn no_home(shell: &Shell) {
    let mut sh = shell.sh();
    sh.env_remove("HOME").env_remove("TMPDIR");
    let seen = Plan::new("cat <<X\nhome:${HOME-none}\nX").start_as(sh).close();
    assert_eq!(String::from_utf8_lossy(&seen.out.text), "home:none\n");
    assert_eq!(seen.status(), Some(0));
}
