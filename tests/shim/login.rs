//! What stands before the shim: login shells and their noise, and things that are no shell.

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use heeler::shim::{Greeting, Nonce, Preamble};

use crate::driver::Plan;
use crate::shell::Shell;

crate::in_each_shell! {
    fish
    tcsh
    noise_on_both_streams
}

fn through(shell: &Shell, login: &str, startup: &str) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(startup);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "echo \"good day\"\n").unwrap();
    let mut command = shell.login(login);
    command.env("HOME", home.path()).env_remove("XDG_CONFIG_HOME");
    let seen = Plan::new("echo \"it's $0\"; exit 3").start_as(command).close();
    assert_eq!(String::from_utf8_lossy(&seen.out.text), "it's sh\n");
    assert_eq!(String::from_utf8_lossy(&seen.out.noise), "good day\n");
    assert_eq!(seen.err.text, b"");
    assert_eq!(seen.status(), Some(3));
}

fn fish(shell: &Shell) {
    through(shell, "fish", ".config/fish/config.fish");
}

fn tcsh(shell: &Shell) {
    through(shell, "tcsh", ".tcshrc");
}

fn noise_on_both_streams(shell: &Shell) {
    let mut sh = shell.sh();
    sh.args(["-c", "echo out; printf 'no end' >&2; exec sh"]);
    let seen = Plan::new("true").start_as(sh).close();
    assert_eq!(seen.out.noise, b"out\n");
    assert_eq!(seen.err.noise, b"no end");
    assert_eq!((seen.out.text, seen.err.text), (vec![], vec![]));
}

#[test]
fn a_device_that_echoes_gives_no_answer() {
    let greeting = Greeting::new(&Nonce::new([0x42; 16]));
    let mut cat = Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    cat.stdin.take().unwrap().write_all(greeting.line()).unwrap();
    let mut echoed = Vec::new();
    cat.stdout.take().unwrap().read_to_end(&mut echoed).unwrap();
    cat.wait().unwrap();
    assert_eq!(echoed, greeting.line());
    assert_eq!(Preamble::new(greeting.answer()).push(&echoed), None);
}
