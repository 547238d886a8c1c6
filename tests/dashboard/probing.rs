//! The details of a running job: its processes with their arguments and what its host is like, as they are now.

use crate::desk::Scene;
use crate::support::wait::LIMIT;

/// A screen as one line of words, without the frame.
fn words(screen: &str) -> String {
    let bare = screen.replace(['│', '╭', '╮', '╰', '╯', '─'], " ");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_details_show_the_processes_of_a_running_job_as_they_come_and_go() {
    let desk = Scene::new("127.1.0.1", "sh -c 'sleep 7777 & sleep 7788 & wait'").open();
    let terminal = &desk.terminal;
    desk.wait_for_sleeps(1);
    terminal.resize(120, 50);
    desk.press('i');
    let screen = terminal.wait_until("the processes", |screen| {
        let words = words(screen);
        words.contains(": sleep 7777") && words.contains(": sh -c sleep 7777 & sleep 7788 & wait")
    });
    let words_shown = words(&screen);
    for expected in [
        "load ",
        "memory ",
        "disk ",
        "available, where the command works",
        "on the host",
    ] {
        assert!(words_shown.contains(expected), "{expected}: {screen}");
    }
    // What ends there disappears here, with nothing pressed.
    let other = desk.sshd.running("sleep 7788");
    crate::support::processes::kill(&other);
    terminal.wait_until("it is seen to be gone", |screen| {
        let words = words(screen);
        words.contains(": sleep 7777") && !words.contains(": sleep 7788")
    });
    desk.press('i');
    desk.press('q');
    desk.answer("Leave? 1 still running", 'c');
    desk.wait_for_nothing(LIMIT);
}
