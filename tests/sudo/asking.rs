//! The question for the password: on the terminal and in the dashboard.

use std::time::Duration;

use heeler::app::Action;

use crate::account::{PASSWORD, Rights};
use crate::hand::does;
use crate::hosts::{Hosts, RUN};
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, wait_until};

/// A question is deaf for 0.3 s to keys that were on their way when it appeared.
const DEAF: Duration = Duration::from_millis(350);

fn answer(terminal: &Terminal, times: usize, hosts: &str, password: &str) {
    let question = format!("[heeler] sudo password for {hosts}: ");
    let asked = |screen: &str| screen.matches(question.trim_end()).count() == times;
    terminal.wait_until("the question", asked);
    terminal.send(password);
    terminal.send_key("Enter");
}

#[test]
fn one_password_is_asked_for_and_does_for_all_hosts() {
    for defaults in ["use_pty", "!use_pty"] {
        let Some(hosts) = Hosts::new(Rights::Password, &[defaults]) else {
            return;
        };
        let terminal = hosts.open("web[1-3]", "--plain", "id -u");
        answer(&terminal, 1, "3 hosts", PASSWORD);
        assert_eq!(terminal.exit_status(RUN), 0);
        assert!(!terminal.scrollback().contains(PASSWORD), "it is not shown");
        let told = hosts.told();
        assert_eq!(told.ends(), ["ok"; 3]);
        assert_eq!(told.named("password-wanted").len(), 1);
        let waited = told
            .named("queued")
            .iter()
            .filter(|event| event["why"] == "password")
            .count();
        assert_eq!(waited, 3, "their rows said so");
        hosts.wait_for_nothing();
    }
}

#[test]
fn a_wrong_password_goes_to_one_host_and_another_may_be_given() {
    let Some(hosts) = Hosts::new(Rights::Password, &[]) else {
        return;
    };
    let terminal = hosts.open("web[1-3]", "--plain", "id -u");
    answer(&terminal, 1, "3 hosts", "wrong");
    answer(&terminal, 2, "3 hosts", PASSWORD);
    assert_eq!(terminal.exit_status(RUN), 0);
    let told = hosts.told();
    assert_eq!(told.ends(), ["ok"; 3]);
    let wanted = told.named("password-wanted");
    assert_eq!(wanted.len(), 2);
    assert!(
        wanted[1]["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("did not accept it"))
    );
}

#[test]
fn after_three_wrong_ones_nobody_is_asked_any_more() {
    for defaults in ["passwd_tries=3", "passwd_tries=1"] {
        let Some(hosts) = Hosts::new(Rights::Password, &[defaults]) else {
            return;
        };
        let terminal = hosts.open("web[1-2]", "--plain", "id -u");
        for times in 1..=3 {
            answer(&terminal, times, "2 hosts", "wrong");
        }
        assert_eq!(terminal.exit_status(RUN), 4);
        let told = hosts.told();
        assert_eq!(told.ends(), ["unreachable privilege"; 2]);
        assert!(told.detail().contains("3 times"), "{}", told.detail());
        hosts.wait_for_nothing();
    }
}

#[test]
fn whoever_is_not_in_the_sudoers_learns_that_and_not_that_the_password_was_wrong() {
    let Some(hosts) = Hosts::new(Rights::None, &[]) else {
        return;
    };
    let terminal = hosts.open("web1", "--plain", "id -u");
    answer(&terminal, 1, "1 host", PASSWORD);
    assert_eq!(terminal.exit_status(RUN), 4);
    let told = hosts.told();
    assert_eq!(told.ends(), ["unreachable privilege"]);
    assert!(told.detail().contains("not in the sudoers"), "{}", told.detail());
    assert_eq!(told.named("password-wanted").len(), 1);
}

#[test]
fn an_interrupt_at_the_question_leaves_the_terminal_as_it_was() {
    let Some(hosts) = Hosts::new(Rights::Password, &[]) else {
        return;
    };
    let mut shell = std::process::Command::new("/bin/sh");
    let run = hosts.command("web1", "--plain", "id -u");
    shell.args([
        "-c",
        "trap : INT; stty -a | grep -o '[-]*echo ' ; \"$0\" \"$@\"; stty -a | grep -o '[-]*echo '; echo over; read x",
    ]);
    shell.arg(run.get_program()).args(run.get_args()).env_clear();
    for (name, value) in run.get_envs() {
        shell.env(name, value.expect("a value"));
    }
    let terminal = Terminal::start(100, 24, &shell);
    terminal.wait_for("sudo password for 1 host");
    // The shell that reads the script would go with it; the program alone is meant.
    terminal.send_key("C-c");
    terminal.wait_for("twice within a second");
    terminal.wait_until("the question again", |screen| {
        screen.matches("sudo password for 1 host").count() == 2
    });
    let heeler = hosts.heeler.processes();
    let front = heeler
        .iter()
        .find(|process| process.command.contains("heeler run --sudo") && !process.command.contains("sh -c"));
    let front = front.expect("the front-end");
    crate::support::processes::send_signal(front.id, rustix::process::Signal::TERM);
    let screen = terminal.wait_for("over");
    let echoes = screen.lines().filter(|line| line.trim() == "echo").count();
    assert_eq!(echoes, 2, "before and after: {screen}");
    terminal.send_key("Enter");
    wait_until(LIMIT, "nothing is left", || hosts.sshd.processes().is_empty());
}

#[test]
fn the_dashboard_asks_and_hides_what_is_typed_or_pasted() {
    let Some(hosts) = Hosts::new(Rights::Password, &[]) else {
        return;
    };
    let terminal = hosts.open("web[1-2]", "", "id -u; sleep 3920");
    let screen = terminal.wait_for("sudo password for 2 hosts");
    assert!(!screen.contains(PASSWORD));
    std::thread::sleep(DEAF);
    terminal.send("wrong");
    terminal.send_key("Enter");
    terminal.wait_for("did not accept it");
    std::thread::sleep(DEAF);
    terminal.paste(PASSWORD);
    let screen = terminal.wait_for("****");
    assert!(!screen.contains(PASSWORD));
    terminal.send_key("Enter");
    wait_until(LIMIT, "both run", || hosts.sshd.running("sleep 3920").len() == 2);
    terminal.wait_until("the question is gone", |screen| !screen.contains("sudo password for"));
}

#[test]
fn the_dashboard_lets_one_put_it_off_and_decline() {
    let Some(hosts) = Hosts::new(Rights::Password, &[]) else {
        return;
    };
    let terminal = hosts.open("web[1-2]", "", "id -u");
    terminal.wait_for("sudo password for 2 hosts");
    terminal.send_key("C-c");
    terminal.wait_until("it is put off", |screen| {
        !screen.contains("sudo password for") && screen.contains("sudo waits for a password")
    });
    terminal.send("P");
    terminal.wait_for("sudo password for 2 hosts");
    std::thread::sleep(DEAF);
    terminal.send_key("Escape");
    terminal.wait_for("give none?");
    std::thread::sleep(DEAF);
    terminal.send("y");
    terminal.wait_for("sudo refused");
    assert_eq!(hosts.told().named("password-given").len(), 1);
}

#[test]
fn the_question_can_be_put_off_and_its_key_asks_again() {
    let Some(hosts) = Hosts::new(Rights::Password, &[]) else {
        return;
    };
    let terminal = hosts.open("web[1-2]", "--front tui", "id -u");
    terminal.wait_for("sudo password for 2 hosts");
    std::thread::sleep(DEAF);
    terminal.send_key("C-c");
    terminal.wait_for("the hosts wait; P asks for the password again");
    does(&terminal, Action::Password, &"sudo password for 2 hosts");
    std::thread::sleep(DEAF);
    terminal.send(PASSWORD);
    terminal.send_key("Enter");
    terminal.wait_for("2 ok");
    assert!(!terminal.screen().contains(PASSWORD), "it is not shown");
    does(&terminal, Action::Password, &"no host waits for a password");
    terminal.send("q");
    assert_eq!(terminal.exit_status(RUN), 0);
    hosts.wait_for_nothing();
}
