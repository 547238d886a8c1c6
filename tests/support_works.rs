//! The test support, tested with plain programs: what it promises must hold before a test of heeler
//! may rest on it.

mod support;

use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;
use support::child::Running;
use support::heeler::Heeler;
use support::processes::{self, wait_for_zero};
use support::proxy::{BOTH, Cut, Door, Proxy, Then, Way};
use support::ssh_files::SHELLS;
use support::sshd::Sshd;
use support::tmux::Terminal;
use support::wait::{LIMIT, wait_until};

fn shell(text: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", text]);
    command
}

#[test]
fn every_loopback_name_is_a_host() {
    let sshd = Sshd::start();
    for host in ["127.1.0.1", "127.1.3.250", "web07"] {
        let done = sshd.ssh(host, "echo $((6 * 7)); exit 3");
        assert_eq!((done.stdout.as_str(), done.status), ("42\n", Some(3)));
    }
    assert_eq!(sshd.log().matches("Accepted publickey").count(), 3);
}

#[test]
fn sessions_know_nothing_of_the_home_of_whoever_runs_the_tests() {
    let sshd = Sshd::start();
    let home = sshd.config().with_file_name("home");
    let done = sshd.ssh("web1", "echo $HOME; ls -A ~");
    assert_eq!(done.stdout.trim_end(), home.to_string_lossy());
}

#[test]
fn hosts_that_fail_say_why_in_the_words_of_ssh() {
    let sshd = Sshd::start();
    for (host, words) in [
        ("refused", "Connection refused"),
        ("badkey3", "Permission denied (publickey)"),
        ("strange", "Host key verification failed"),
        ("changed", "REMOTE HOST IDENTIFICATION HAS CHANGED"),
        ("nodns", "Could not resolve hostname nodns.invalid"),
        ("silent", "Connection timed out during banner exchange"),
    ] {
        let done = sshd.ssh(host, "true");
        assert_eq!(done.status, Some(255), "{host}");
        assert!(done.stderr.contains(words), "{host} said: {}", done.stderr);
    }
}

#[test]
fn each_login_shell_is_what_its_name_says() {
    let sshd = Sshd::start();
    // Each line is valid in one family of shells only, or tells which program is `sh`.
    let tell_sh = "readlink -f /proc/$$/exe; :";
    for (host, command, answer) in [
        ("fish1", "set -l a b; echo $a[1]", "b\n"),
        ("tcsh1", "set a=(x y); echo $a[2]", "y\n"),
        ("dash1", &format!("exec sh -c '{tell_sh}'"), "/usr/bin/dash\n"),
        ("bash1", &format!("exec sh -c '{tell_sh}'"), "/usr/bin/bash\n"),
        ("busybox1", &format!("exec sh -c '{tell_sh}'"), "/usr/bin/busybox\n"),
        ("noisy1", "echo done", "welcome\ndone\n"),
    ] {
        let done = sshd.ssh(host, command);
        assert_eq!(done.stdout, answer, "{host}: {}", done.stderr);
        assert_eq!(done.status, Some(0), "{host}");
    }
    let done = sshd.ssh("nologin1", "echo done");
    assert_eq!(done.status, Some(1));
    assert!(!done.stdout.contains("done"));
    assert_eq!(
        sshd.ssh("forced1", "echo done").stdout,
        "this account makes backups only\n"
    );
    assert_eq!(sshd.ssh("parrot1", "echo done").stdout, "");
    let done = sshd.ssh("bare1", "setsid true || perl -e 1 || python3 -c 1");
    assert_eq!(done.status, Some(127), "{}", done.stderr);
    assert_eq!(SHELLS.len(), 10, "a new shell wants a line here");
}

#[test]
fn settings_of_a_test_win() {
    let sshd = Sshd::start_with(&["MaxSessions 0", "ForceCommand echo forced"]);
    let done = sshd.ssh("web1", "echo free");
    assert!(done.stderr.contains("open failed"), "{}", done.stderr);
    drop(sshd);
    let sshd = Sshd::start_with(&["ForceCommand echo forced"]);
    assert_eq!(sshd.ssh("web1", "echo free").stdout, "forced\n");
}

#[test]
fn remote_processes_are_counted_also_after_their_connection() {
    let sshd = Sshd::start();
    let ssh = sshd.spawn_ssh("web1", "echo up; setsid sleep 7771 & sleep 7772");
    wait_until(LIMIT, "both sleeps", || sshd.running("sleep 777").len() == 2);
    wait_until(LIMIT, "its output", || ssh.stdout() == "up\n");
    assert_eq!(sshd.connections().len(), 1);

    sshd.cut_connections();
    let done = ssh.wait(LIMIT);
    assert_eq!(done.status, Some(255), "{}", done.stderr);
    wait_for_zero(LIMIT, || sshd.connections());
    assert_eq!(sshd.running("sleep 7771").len(), 1);
    // The server goes on.
    assert_eq!(sshd.ssh("web1", "echo again").stdout, "again\n");
}

#[test]
fn nothing_is_left_of_a_server() {
    let sshd = Sshd::start();
    let config = sshd.config();
    // The first sleep leaves the server's tree of processes, and only its environment gives it away.
    let ssh = sshd.spawn_ssh("web1", "(setsid sleep 7773 &); exec sleep 7774");
    wait_until(LIMIT, "both sleeps", || sshd.running("sleep 777").len() == 2);
    let remote = sshd.processes();
    let connections = sshd.connections();
    drop(sshd);
    assert_eq!(ssh.wait(LIMIT).status, Some(255));
    for process in remote.iter().chain(&connections) {
        wait_until(LIMIT, &process.to_string(), || !processes::is_alive(process.id));
    }
    assert!(!config.exists());
    let directory = config.parent().unwrap().to_string_lossy().into_owned();
    wait_for_zero(LIMIT, || processes::marked(&directory));
}

#[test]
fn two_servers_do_not_see_each_other() {
    let (one, two) = (Sshd::start(), Sshd::start());
    let ssh = one.spawn_ssh("web1", "sleep 7775");
    wait_until(LIMIT, "the sleep", || one.running("sleep 7775").len() == 1);
    assert_eq!(two.processes(), []);
    drop(ssh);
}

#[test]
fn a_program_can_be_read_signalled_and_waited_for() {
    let marker = "7776.5";
    let running = Running::start(shell(&format!("cat; echo bad >&2; sleep {marker}")), b"hello");
    wait_until(LIMIT, "the sleep", || {
        !processes::with_command(&format!("sleep {marker}")).is_empty() && running.stderr() == "bad\n"
    });
    assert_eq!(running.stdout(), "hello");
    processes::kill_tree(running.id());
    let done = running.wait(LIMIT);
    assert_eq!((done.status, done.signal), (None, Some(9)));
    wait_for_zero(LIMIT, || processes::with_command(marker));

    let running = Running::start(shell("exec sleep 7777.5"), b"");
    let id = running.id();
    running.signal(Signal::TERM);
    assert_eq!(running.wait(LIMIT).signal, Some(15));
    assert!(!processes::is_alive(id));
}

#[test]
#[should_panic(expected = "did not end within")]
fn a_program_that_does_not_end_fails_the_test() {
    Running::start(shell("exec sleep 7778.5"), b"").wait(Duration::from_millis(50));
}

#[test]
#[should_panic(expected = "sleep 7779.5")]
fn processes_that_stay_fail_the_test_by_name() {
    let _running = Running::start(shell("exec sleep 7779.5"), b"");
    wait_until(LIMIT, "the sleep", || {
        !processes::with_command("sleep 7779.5").is_empty()
    });
    wait_for_zero(Duration::from_millis(50), || processes::with_command("sleep 7779.5"));
}

#[test]
fn a_terminal_shows_what_is_typed_and_how_the_program_ended() {
    let mut program = shell("stty size; read -r a; printf '\\033[31m<%s>\\033[m %s\\n' \"$a\" \"$B\"; exit 7");
    program.env("B", "żółw");
    let terminal = Terminal::start(80, 24, &program);
    terminal.wait_for("24 80");
    terminal.send("one two; x");
    terminal.send_key("Enter");
    let screen = terminal.wait_for("<one two; x> żółw");
    assert_eq!(terminal.exit_status(LIMIT), 7);
    assert_eq!(terminal.screen(), screen, "the last screen stays as it was");
    assert!(terminal.styled().contains("\u{1b}[31m<one"));
}

#[test]
fn a_terminal_can_be_resized_and_keeps_what_scrolled_off() {
    let program = "trap 'stty size' WINCH; seq 1 40; echo end; while :; do sleep 0.05; done";
    let terminal = Terminal::start(80, 24, &shell(program));
    terminal.wait_for("end");
    assert!(!terminal.screen().lines().any(|line| line == "2"));
    assert!(terminal.scrollback().lines().any(|line| line == "2"));
    terminal.resize(200, 50);
    terminal.wait_for("50 200");
}

#[test]
fn a_paste_comes_in_brackets() {
    let terminal = Terminal::start(80, 24, &shell("printf '\\033[?2004h'; echo up; exec cat -v"));
    terminal.wait_for("up");
    terminal.paste("text");
    terminal.send_key("Enter");
    terminal.wait_for("^[[200~text^[[201~");
}

#[test]
fn a_closed_terminal_hangs_up_and_a_dropped_one_leaves_nothing() {
    let terminal = Terminal::start(80, 24, &shell("echo up; exec sleep 7780.5"));
    terminal.wait_for("up");
    let program = terminal.program();
    terminal.close();
    wait_until(LIMIT, "the end of the program", || !processes::is_alive(program));

    let terminal = Terminal::start(80, 24, &shell("trap '' HUP; echo up; setsid sleep 7781.5; :"));
    terminal.wait_for("up");
    wait_until(LIMIT, "the sleep", || {
        !processes::with_command("sleep 7781.5").is_empty()
    });
    drop(terminal);
    wait_for_zero(LIMIT, || processes::with_command("7781.5"));
}

#[test]
fn a_program_that_a_signal_ended_is_told_apart() {
    let terminal = Terminal::start(80, 24, &shell("kill -9 $$"));
    assert_eq!(terminal.exit_status(LIMIT), 137);
}

#[test]
fn heeler_runs_in_a_home_of_its_own() {
    let heeler = Heeler::new();
    let command = heeler.command(["nodes", "web[1-3]"]);
    let home = heeler.home().to_owned();
    let inside = |(_, value): &(&std::ffi::OsStr, Option<&std::ffi::OsStr>)| {
        value.is_some_and(|value| std::path::Path::new(value).starts_with(&home))
    };
    assert_eq!(command.get_envs().filter(inside).count(), 4);
    assert!(heeler.runtime().as_os_str().len() < 30, "sockets go there");
    assert!(heeler.run(["--version"]).signal.is_none());

    // Whatever it leaves behind is found by the home in its environment, and ended with it.
    let mut left = shell("exec setsid sleep 7782.5");
    left.env("HOME", heeler.home());
    let running = Running::start(left, b"");
    wait_until(LIMIT, "the sleep", || heeler.processes().len() == 1);
    drop(heeler);
    assert_eq!(running.wait(LIMIT).signal, Some(9));
    assert!(!home.exists());
}

/// A server behind a proxy, as the host `far`.
fn behind_a_proxy() -> (Sshd, Proxy) {
    let sshd = Sshd::start();
    let proxy = Proxy::start(sshd.port());
    sshd.name_hosts(&format!("Host far*\n  Port {}", proxy.port()));
    (sshd, proxy)
}

#[test]
fn a_proxy_carries_and_cuts() {
    let (sshd, proxy) = behind_a_proxy();
    assert_eq!(sshd.ssh("far", "echo hello").stdout, "hello\n");
    for how in [Cut::Reset, Cut::Close] {
        let ssh = sshd.spawn_ssh("far", "echo hello; sleep 7783");
        wait_until(LIMIT, "the hello", || ssh.stdout() == "hello\n");
        proxy.wait_for_links(1)[0].cut(how);
        let done = ssh.wait(LIMIT);
        assert_eq!(done.status, Some(255));
        // How a reset reads depends on whether ssh was just about to write.
        let closed = done.stderr.contains("closed by remote host");
        assert_eq!(closed, how == Cut::Close, "{how:?}: {}", done.stderr);
        proxy.wait_for_links(0);
    }
}

#[test]
fn a_frozen_link_is_neither_open_nor_closed() {
    let (sshd, proxy) = behind_a_proxy();
    let ssh = sshd.spawn_ssh(
        "far",
        "echo before; while [ ! -e ~/go ]; do sleep 0.05; done; echo after; sleep 7784",
    );
    wait_until(LIMIT, "the first line", || ssh.stdout() == "before\n");
    let link = &proxy.wait_for_links(1)[0];
    link.freeze(&[Way::Down]);
    let carried = link.carried(Way::Down);
    std::fs::write(sshd.config().with_file_name("home").join("go"), "").expect("a file");
    wait_until(LIMIT, "the sleep", || sshd.running("sleep 7784").len() == 1);
    assert_eq!((ssh.stdout().as_str(), link.carried(Way::Down)), ("before\n", carried));
    assert!(link.is_open());
    link.thaw();
    wait_until(LIMIT, "the second line", || ssh.stdout() == "before\nafter\n");
    proxy.freeze(&BOTH);
    proxy.cut(Cut::Reset);
    assert_eq!(ssh.wait(LIMIT).status, Some(255));
}

#[test]
fn a_proxy_counts_and_slows() {
    let (sshd, proxy) = behind_a_proxy();
    proxy.after(100_000, Then::Cut(Cut::Reset));
    let done = sshd.ssh("far", "head -c 1000000 /dev/zero");
    assert_eq!(done.status, Some(255));
    assert!((10_000..100_000).contains(&done.stdout.len()), "{}", done.stdout.len());
    proxy.after(100_000, Then::Stall);
    let ssh = sshd.spawn_ssh("far", "head -c 1000000 /dev/zero");
    let link = proxy.wait_for_links(1).remove(0);
    wait_until(LIMIT, "the last byte", || link.carried(Way::Down) == 100_000);
    // Thawed, but a byte at a time, and then as fast as it comes.
    proxy.throttle(1);
    wait_until(LIMIT, "another byte", || link.carried(Way::Down) > 100_000);
    assert!(link.carried(Way::Down) < 100_020);
    proxy.thaw();
    let done = ssh.wait(LIMIT);
    assert_eq!((done.status, done.stdout.len()), (Some(0), 1_000_000));
}

#[test]
fn a_door_may_be_shut_in_many_ways() {
    let (sshd, proxy) = behind_a_proxy();
    let (closed, reset) = ("Connection closed by", "Connection reset by");
    for (door, words) in [
        (Door::DropAtOnce(Cut::Close), closed),
        (Door::DropAtOnce(Cut::Reset), reset),
        (Door::DropAfterBanner(Cut::Close), closed),
        (Door::Silent, "timed out during banner exchange"),
    ] {
        proxy.door(door);
        let done = sshd.ssh("far", "true");
        assert_eq!(done.status, Some(255), "{door:?}");
        assert!(done.stderr.contains(words), "{door:?}: {}", done.stderr);
    }
    proxy.door(Door::Open);
    proxy.refuse();
    assert!(sshd.ssh("far", "true").stderr.contains("Connection refused"));
    proxy.listen();
    assert_eq!(sshd.ssh("far", "true").status, Some(0));
}

#[test]
fn nothing_is_open_after_a_proxy() {
    let (sshd, proxy) = behind_a_proxy();
    let ssh = sshd.spawn_ssh("far", "echo hello; sleep 7785");
    wait_until(LIMIT, "the hello", || ssh.stdout() == "hello\n");
    drop(proxy);
    assert_eq!(ssh.wait(LIMIT).status, Some(255));
    assert!(sshd.ssh("far", "true").stderr.contains("Connection refused"));
}
