//! The end from outside: a closed terminal and signals leave nothing behind where the run is tied to the dashboard.

use std::time::Duration;

use rustix::process::Signal;

use crate::desk::Scene;
use crate::support::processes;
use crate::support::wait::wait_until;

/// The time between TERM and KILL; nothing here needs the KILL.
const GRACE: Duration = Duration::from_secs(10);

#[test]
fn a_closed_terminal_ends_a_tied_run() {
    let desk = Scene::new("127.1.0.[1-4]", "sleep 7777")
        .options(&["--no-detach"])
        .open();
    desk.terminal.wait_for("4 running");
    desk.wait_for_sleeps(4);
    assert_ne!(desk.local(), [], "what is counted below");
    let program = desk.terminal.program();
    desk.terminal.close();
    wait_until(GRACE, "the end of the program", || !processes::is_alive(program));
    desk.wait_for_nothing(GRACE);
}

#[test]
fn a_signal_to_the_program_ends_a_tied_run_and_gives_the_terminal_back() {
    let (desk, _) = Scene::new("127.1.0.[1-4]", "sleep 7777")
        .options(&["--no-detach"])
        .open_in_shell();
    let terminal = &desk.terminal;
    terminal.wait_for("4 running");
    desk.wait_for_sleeps(4);
    assert_eq!(terminal.ask("alternate_on"), "1");
    processes::send_signal(desk.program(), Signal::TERM);
    let screen = desk.wait_for_status(143);
    for line in [
        "4 cancelled in ",
        "cancelled by quit, confirmed gone (4): 127.1.0.[1-4]",
    ] {
        assert!(screen.contains(line), "{line} in\n{screen}");
    }
    assert_eq!(desk.sleeps(), 0);
    desk.wait_for_nothing(GRACE);
    desk.expect_sane_terminal();
}
