//! Acting on jobs: the screen says it, and on the hosts it is so.

use heeler::app::Action;

use crate::desk::Scene;
use crate::screen::{Gone, row_says};
use crate::support::wait::{LIMIT, wait_until};

#[test]
fn every_key_that_asks_something_of_the_run_reaches_it() {
    let desk = Scene::new("127.1.0.[1-8]", "sleep 7777")
        .options(&["-j", "4", "-t", "30m"])
        .open();
    let terminal = &desk.terminal;
    terminal.wait_for("4 running");
    desk.wait_for_sleeps(4);
    desk.does(Action::Sort, "order: hosts as named");
    let screen = terminal.wait_until("four of them", |screen| {
        (1..=8)
            .filter(|n| row_says(screen, &format!("127.1.0.{n}"), &["running"]))
            .count()
            == 4
    });
    // Which four run is not said by their names: all that is acted upon below runs.
    let running: Vec<usize> = (1..=8)
        .filter(|n| row_says(&screen, &format!("127.1.0.{n}"), &["running"]))
        .collect();
    desk.go_to(running[0]);

    // How long they may run, and how many at once.
    desk.does(Action::Longer, " is 33m00s now");
    desk.does(Action::Shorter, " is 29m42s now");
    desk.does(Action::Wider, "5 running");
    terminal.wait_for("width 5");
    desk.wait_for_sleeps(5);
    desk.does(Action::Narrower, "width 4");
    assert_eq!(desk.sleeps(), 5, "what runs goes on");

    // Nothing takes the places of what ends now.
    desk.does(Action::Pause, "PAUSED");
    desk.does(Action::Cancel, "1 cancelled");
    desk.wait_for_sleeps(4);
    desk.go_to(running[1]);
    desk.does(Action::Kill, "Kill 1 running job?");
    desk.answer("Kill 1 running job?", 'y');
    terminal.wait_for("2 cancelled");
    desk.wait_for_sleeps(3);

    // One again, then the other: their second attempts wait.
    desk.does(Action::Retry, "1 cancelled");
    let host = format!("127.1.0.{}", running[1]);
    terminal.wait_until("its second attempt", |screen| {
        row_says(screen, &host, &["queued", "  2  waits"])
    });
    desk.does(Action::RetryAll, "Retry 1 job?");
    desk.answer("Retry 1 job?", 'y');
    terminal.wait_until("no end any more", |screen| !screen.contains("cancelled"));
    desk.does(Action::Pause, Gone("PAUSED"));
    terminal.wait_for("4 running");
    desk.wait_for_sleeps(4);

    desk.does(Action::SkipRest, "Skip 4 jobs?");
    desk.answer("Skip 4 jobs?", 'y');
    terminal.wait_for("4 skipped");
    desk.does(Action::Quit, "Leave? 4 still running");
    desk.answer("Leave? 4 still running", 'c');
    assert_eq!(terminal.exit_status(LIMIT), 5);
    desk.wait_for_nothing(LIMIT);
}

#[test]
fn a_look_finds_what_is_alive_and_what_is_left_is_killed() {
    let desk = Scene::new("127.1.0.1", "setsid sleep 7788 >/dev/null 2>&1 & sleep 7777").open();
    let terminal = &desk.terminal;
    desk.wait_for_sleeps(1);
    terminal.wait_for("1 running");
    desk.does(Action::Look, "a look at 127.1.0.1 asked for");
    desk.does(Action::Details, "sleep, escaped");
    desk.does(Action::KillLeft, "Kill 1 process?");
    desk.answer("Kill 1 process?", 'y');
    crate::support::processes::wait_for_zero(LIMIT, || desk.sshd.running("sleep 7788"));
    desk.does(Action::Details, "leads the job's group");
    terminal.wait_until("nothing of it is named", |screen| !screen.contains("escaped"));
    assert_eq!(desk.sleeps(), 1, "the command goes on");
}

#[test]
fn a_further_command_runs_there_while_the_first_goes_on() {
    let desk = Scene::new("127.1.0.[1-2]", "sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    desk.wait_for_sleeps(2);
    desk.does(Action::FollowUp, "goes on to the question");
    terminal.send("sleep 7788");
    terminal.send_key("Enter");
    desk.answer("Run on 1 host?", 'y');
    terminal.wait_for(" heeler  sleep 7788");
    wait_until(LIMIT, "one further sleep", || {
        desk.sshd.running("sleep 7788").len() == 1
    });
    assert_eq!(desk.sleeps(), 2, "the first run goes on");
}
