//! The real program on the commands that need no run, and on bad input: what it says, where, and its exit status.

mod support;

use rustix::process::Signal;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use support::heeler::Heeler;
use support::processes::{Process, send_signal, wait_for_zero};
use support::tmux::Terminal;
use support::wait::{LIMIT, poll, wait_until};
use tempfile::TempDir;

/// The program with nothing of the surroundings in its environment, and a home directory of its own.
fn heeler(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heeler"));
    command
        .args(args)
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .stdin(Stdio::null());
    command
}

fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a directory");
    fs::create_dir_all(home.path().join(".config/heeler")).expect("a directory");
    fs::write(
        home.path().join(".config/heeler/config.toml"),
        "[groups]\nweb = \"web[01-03]\"\nall = \"@web,db\"\n",
    )
    .expect("written");
    home
}

fn run(home: &TempDir, args: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = heeler(home.path(), args).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn nodes_shows_what_a_set_means() {
    let home = home();
    for (args, shown) in [
        (&["nodes", "@web,db"][..], "4 hosts: web[01-03],db\n"),
        (&["nodes", "db"], "1 host: db\n"),
        (&["nodes", "--expand", "db,@web!web02"], "db\nweb01\nweb03\n"),
        (&["nodes", "--fold", "web01", "web02", "db"], "web[01-02],db\n"),
        (&["nodes", "web*", "--count"], "3\n"),
        (&["nodes", "a!a", "--count"], "0\n"),
    ] {
        assert_eq!(run(&home, args), (Some(0), shown.to_owned(), String::new()), "{args:?}");
    }
}

#[test]
fn nodes_reads_standard_input_and_files() {
    let home = home();
    fs::write(home.path().join("hosts"), "web1 # the first\nweb2\n").expect("written");
    let (_, from_file, _) = run(&home, &["nodes", "--fold", "^hosts"]);
    let input = fs::File::open(home.path().join("hosts")).expect("readable");
    let from_input = heeler(home.path(), &["nodes", "--fold", "-"])
        .stdin(input)
        .output()
        .expect("it runs");
    assert_eq!(from_file, "web[1-2]\n");
    assert_eq!(from_input.stdout, b"web[1-2]\n");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let home = home();
    let mut child = heeler(home.path(), &["nodes", "--expand", "n[1-90000]"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut line = String::new();
    BufReader::with_capacity(16, child.stdout.take().expect("a pipe"))
        .read_line(&mut line)
        .expect("readable");
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((line.as_str(), ended.status.code()), ("n1\n", Some(0)));
    assert_eq!(ended.stderr, b"");
}

#[test]
fn config_prints_its_defaults_and_checks_files() {
    let home = home();
    let (status, defaults, _) = run(&home, &["config", "--default"]);
    assert_eq!(status, Some(0));
    fs::write(home.path().join("default.toml"), &defaults).expect("written");
    let checked = run(&home, &["config", "--check", "default.toml"]);
    assert_eq!(
        checked,
        (Some(0), "default.toml: correct, 0 groups\n".to_owned(), String::new())
    );
    let (status, own, _) = run(&home, &["config", "--check"]);
    assert_eq!(status, Some(0));
    assert!(own.ends_with("config.toml: correct, 2 groups\n"), "{own}");
    fs::write(home.path().join("bad.toml"), "[groups]\nweb = \"@nobody\"\n").expect("written");
    let (status, out, err) = run(&home, &["config", "--check", "bad.toml"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(
        err.contains("the group web cannot be used") && err.contains("nobody"),
        "{err}"
    );
}

#[test]
fn dry_run_shows_the_request_and_starts_nothing() {
    let home = home();
    let args = [
        "run",
        "-w",
        "@web",
        "-x",
        "web02",
        "-t",
        "5s",
        "--dry-run",
        "--",
        "echo",
        "$HOME",
    ];
    let (status, out, err) = run(&home, &args);
    assert_eq!(status, Some(0));
    assert!(
        out.starts_with("hosts     2: web[01,03]\ncommand   12 bytes: echo '$HOME'\n"),
        "{out}"
    );
    assert!(out.ends_with("Nothing was started (--dry-run).\n"), "{out}");
    assert!(
        err.starts_with("heeler: hint: $HOME is sent as an exact argument"),
        "{err}"
    );
    assert_eq!(
        fs::read_dir(home.path()).expect("readable").count(),
        1,
        "only .config is there"
    );
}

#[test]
fn bad_input_is_explained_and_exits_with_2() {
    let home = home();
    fs::write(home.path().join("bad.toml"), "[defaults]\n\nwidht = 3\n").expect("written");
    for (args, words) in [
        (
            &["run", "--frobnicate", "-w", "a", "--", "x"][..],
            "unexpected argument '--frobnicate'",
        ),
        (&["run", "-w", "a", "uptime"], "unexpected argument 'uptime'"),
        (
            &["run", "-w", "a"],
            "no command is given, and there is no dashboard to type it in; write it behind --",
        ),
        (
            &["-w", "a", "-j", "4"],
            "no command is given, and there is no dashboard to type it in; write it behind --",
        ),
        (&["-w", "a", "--dry-run"], "--dry-run needs a command"),
        (&["-w", "a", "--detach"], "--detach needs a command"),
        (&["run", "--", "x"], "no host is named; say where to run"),
        (
            &["run", "-w", "", "--", "x"],
            "node set \"\", column 1: it is empty; name at least one host",
        ),
        (&["run", "-w", "@wbe", "--", "x"], "there is no group \"wbe\""),
        (
            &["run", "-w", "web[1-", "--", "x"],
            "column 4: the bracket is not closed; add ]",
        ),
        (
            &["run", "-w", "@web", "-x", "db", "--", "x"],
            "-x \"db\" excludes none of the hosts",
        ),
        (&["run", "-w", "a", "-t", "5", "--", "x"], "5 has no unit"),
        (
            &["run", "-w", "a", "-j", "0", "--", "x"],
            "is not a number from 1 to 100000",
        ),
        (
            &["run", "-w", "a", "--front", "tui", "--", "x"],
            "the dashboard needs a terminal",
        ),
        (
            &["run", "-w", "@web", "--expect", "4", "--", "x"],
            "--expect 4, but there are 3 hosts: web[01-03]",
        ),
        (
            &["run", "-w", "@web", "--expect", "4", "--dry-run", "--", "x"],
            "--expect 4, but there are 3 hosts",
        ),
        (&["run", "-w", "n[1-101]", "--", "x"], "add --expect 101 or --yes"),
        (
            &["run", "-w", "a", "--config", "bad.toml", "--", "x"],
            "bad.toml:3: defaults.widht is not known; did you mean width?",
        ),
        (
            &["run", "-w", "a", "--config", "none.toml", "--", "x"],
            "cannot read the configuration none.toml",
        ),
        (
            &["run", "-w", "a", "--config", "\u{1b}[2J", "--", "x"],
            "cannot read the configuration \\u{1b}[2J: ",
        ),
        (
            &["run", "-w", "a", "--\u{1b}]0;pwn\u{7}"],
            "unexpected argument '--\\u{1b}]0;pwn\\u{7}'",
        ),
        (&["nodes", "^none"], "none"),
        (&["nodes", "a", "--fold", "--count"], "cannot be used with"),
        (&["config"], "required arguments were not provided"),
        (&["demo", "--hosts", "0"], "0 is not in 1..=1000"),
        (&["demo", "--plain", "--json"], "cannot be used with"),
        (&["demo", "--front", "json", "-b"], "-b has no effect with --front json"),
        (
            &["run", "-w", "a", "--front=json", "--timestamps", "--", "x"],
            "--timestamps has no effect with --front json; leave one of them out",
        ),
        (&["config", "--default", "--check"], "cannot be used with"),
        (&[], "Usage: heeler <COMMAND>"),
    ] {
        let (status, out, err) = run(&home, args);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(err.contains(words), "{args:?}: {err}");
    }
}

#[test]
fn help_goes_to_standard_output() {
    let home = home();
    let (status, out, err) = run(&home, &["run", "--help"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(out.contains("Exit status:\n  0              all ok\n"), "{out}");
}

/// Options under which the real ssh waits for a greeting that never comes.
const SILENT: &[&str] = &["-F", "none", "-o", "ProxyCommand=sleep 7777"];

#[test]
fn a_signal_ends_a_run_whose_output_nobody_reads() {
    let heeler = Heeler::new();
    let (_reader, mut writer) = UnixStream::pair().expect("two ends");
    writer.set_nonblocking(true).expect("a socket of ours");
    while writer.write(b"full").is_ok() {}
    writer.set_nonblocking(false).expect("a socket of ours");
    let mut command = heeler.command(["run", "--json", "-w", "web1"]);
    command.args(SILENT).args(["--", "true"]);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(OwnedFd::from(writer))
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    drop(command);
    wait_until(LIMIT, "an ssh", || {
        programs(&heeler)
            .iter()
            .any(|process| process.command.starts_with("ssh"))
    });
    wait_for_listener(child.id());
    send_signal(child.id(), Signal::TERM);
    let status = poll(LIMIT, || child.try_wait().expect("our own child"));
    let _over = child.kill();
    let _reaped = child.wait();
    assert_eq!(status.and_then(|status| status.code()), Some(143));
    wait_for_zero(LIMIT, || programs(&heeler));
}

#[test]
fn a_configuration_of_ssh_that_cannot_be_read_starts_nothing() {
    let heeler = Heeler::new();
    for (file, why) in [("none.conf", "No such file"), ("state", "directory")] {
        let ended = heeler.run(["run", "-w", "web1", "-F", file, "--", "true"]);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{}", ended.stderr);
        let words = format!("heeler: cannot read the configuration of ssh {file:?}: ");
        assert!(
            ended.stderr.starts_with(&words) && ended.stderr.contains(why),
            "{}",
            ended.stderr
        );
    }
    let started = fs::read_dir(heeler.state()).expect("readable").count();
    assert_eq!(started, 0, "no run was recorded");
}

#[test]
fn too_few_open_files_for_a_demonstration() {
    let heeler = Heeler::new();
    let limited = |hosts: &str| {
        let demo = heeler.command(["demo", "--plain", "--hosts", hosts]);
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", r#"ulimit -n 1024 && exec "$0" "$@""#])
            .arg(demo.get_program())
            .args(demo.get_args())
            .stdin(Stdio::null());
        let ended = shell.output().expect("it runs");
        assert_eq!(ended.status.code(), Some(2));
        String::from_utf8(ended.stderr).expect("text")
    };
    let told = limited("500");
    let fits = told
        .split("use --hosts ")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    let fits: u32 = fits.and_then(|number| number.parse().ok()).expect(&told);
    assert!(told.contains("raise the limit with ulimit -n "), "{told}");
    // The number that it names is the largest that fits.
    let told = limited(&(fits + 1).to_string());
    assert!(told.contains(&format!("use --hosts {fits}, or ")), "{told}");
}

/// A run in a terminal that no host answers, past the point from which it hears signals.
fn unanswered(heeler: &Heeler, options: &[&str]) -> Terminal {
    let mut command = heeler.command(["run", "-w", "web1"]);
    command.args(options).args(SILENT).args(["--", "true"]);
    let terminal = Terminal::start(80, 24, &command);
    wait_for_listener(terminal.program());
    terminal
}

/// Waits until this process hears SIGTERM.
fn wait_for_listener(program: u32) {
    let status = format!("/proc/{program}/status");
    wait_until(LIMIT, "a listener for SIGTERM", || {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
        caught.unwrap_or(0) & (1 << (Signal::TERM.as_raw() - 1)) != 0
    });
}

#[test]
fn a_signal_before_the_dashboard_ends_a_tied_run_and_is_told_by_the_exit_status() {
    let heeler = Heeler::new();
    let terminal = unanswered(&heeler, &["--no-detach"]);
    send_signal(terminal.program(), Signal::TERM);
    assert_eq!(terminal.exit_status(LIMIT), 143);
    terminal.wait_for("record: ");
    wait_for_zero(LIMIT, || programs(&heeler));
}

#[test]
fn a_signal_before_the_dashboard_leaves_a_free_run_alone() {
    let heeler = Heeler::new();
    let terminal = unanswered(&heeler, &[]);
    send_signal(terminal.program(), Signal::TERM);
    assert_eq!(terminal.exit_status(LIMIT), 6);
    terminal.wait_for(" goes on; heeler attach ");
    assert_ne!(programs(&heeler), []);
    let cancelled = heeler.run(["cancel"]);
    assert_eq!(cancelled.status, Some(0), "{cancelled:?}");
    wait_for_zero(LIMIT, || programs(&heeler));
}

#[test]
fn the_first_interrupt_before_the_dashboard_only_asks() {
    let heeler = Heeler::new();
    let terminal = unanswered(&heeler, &[]);
    send_signal(terminal.program(), Signal::INT);
    terminal.wait_for("1 connecting");
}

/// What runs for heeler, the terminal left out.
fn programs(heeler: &Heeler) -> Vec<Process> {
    let mut processes = heeler.processes();
    processes.retain(|process| !process.command.starts_with("tmux"));
    processes
}
