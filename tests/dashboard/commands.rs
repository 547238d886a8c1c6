//! The command line and the filter, and that the hosts do what was typed.

use crate::desk::Scene;
use crate::screen::{row_says, rows};

#[test]
fn commands_reach_the_hosts_that_fit() {
    let command = "trap 'echo got usr1' USR1; echo ready; while :; do sleep 0.2; done";
    let desk = Scene::new("127.1.0.[1-6]", command)
        .options(&["-j", "3", "-t", "10m"])
        .open();
    let terminal = &desk.terminal;
    terminal.wait_for("3 running");

    // A filter that cannot be meant is said in its place, and the rows stay.
    terminal.send("/state:runing");
    let screen = terminal.wait_for("did you mean running?");
    assert_eq!(rows(&screen).len(), 3, "what state:run let through stays: {screen}");
    terminal.send_key("Escape");
    terminal.wait_until("all rows", |screen| rows(screen).len() == 6);

    terminal.send(":width 6");
    terminal.send_key("Enter");
    terminal.wait_for("6 running");

    terminal.send(":sig");
    terminal.send_key("Tab");
    terminal.wait_for(":signal ");
    terminal.send("USR1 host:127.1.0.[1-2]");
    terminal.send_key("Enter");
    desk.answer("Send USR1 to 2 jobs?", 'y');
    terminal.wait_until("the signal's effect on two", |screen| {
        let hit = (1..=6).filter(|n| row_says(screen, &format!("127.1.0.{n}"), &["got usr1"]));
        hit.collect::<Vec<_>>() == [1, 2]
    });

    terminal.send(":timeout +10m");
    terminal.send_key("Enter");
    terminal.wait_for("is 20m00s now");

    terminal.send(":cancel state:running host:127.1.0.[5-6]");
    terminal.send_key("Enter");
    desk.answer("Cancel 2 running jobs?", 'y');
    terminal.wait_until("the end of two", |screen| {
        [5, 6]
            .iter()
            .all(|n| row_says(screen, &format!("127.1.0.{n}"), &["cancelled", "[confirmed gone]"]))
    });
    terminal.wait_for("4 running");
}
