//! The keys for the dashboard itself, wherever one is.

use std::fs::OpenOptions;
use std::io::Write;

use heeler::app::Action;

use crate::desk::Scene;
use crate::screen::Gone;

#[test]
fn every_key_for_the_dashboard_itself_does_its_work() {
    let desk = Scene::new("127.1.0.[1-2]", "sleep 7777").open();
    let terminal = &desk.terminal;
    terminal.wait_for("2 running");
    desk.wait_for_sleeps(2);

    desk.does(Action::Command, " :▏");
    terminal.send("unm");
    terminal.send_key("Escape");
    terminal.wait_for("order: attention");
    desk.does(Action::Help, "Moving");
    desk.does(Action::Back, Gone("Moving"));

    // What another program wrote there, as `wall` does.
    let mut screen = OpenOptions::new().write(true).open(terminal.ask("pane_tty")).unwrap();
    screen.write_all(b"\x1b[10;30Hbroadcast message").unwrap();
    terminal.wait_for("broadcast message");
    desk.does(Action::Redraw, Gone("broadcast"));

    // Locked, no key acts.
    desk.does(Action::Lock, "READ-ONLY");
    desk.press('x');
    terminal.wait_for("read-only; W unlocks");
    assert_eq!(desk.sleeps(), 2);
    desk.does(Action::Lock, Gone("READ-ONLY"));
    terminal.wait_for("unlocked: the keys for jobs act again");

    desk.does(Action::Interrupt, "Leave? 2 still running");
    terminal.send_key("Escape");
    terminal.wait_for("order: attention");
    desk.does(Action::Suspend, "there is no shell to go back to");
    desk.does(Action::Quit, "Leave? 2 still running");
    desk.answer("Leave?", 'c');
    desk.wait_for_nothing(crate::support::wait::LIMIT);
}
