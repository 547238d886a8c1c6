//! A past run in the same dashboard: as it was, read-only, with its output from disk.

use rustix::process::Signal;

use crate::fleet::{Fleet, row_says};
use crate::support::processes::send_signal;
use crate::support::wait::LIMIT;

const COMMAND: &str = "echo begun on $HEELER_HOST; case $HEELER_HOST in *.2) echo broken >&2; exit 3;; esac";

#[test]
fn a_past_run_opens_as_it_was() {
    let fleet = Fleet::new();
    let run = fleet.detached("127.1.0.[1-3]", COMMAND);
    fleet.heeler.run(["wait", &run]);
    let terminal = fleet.open(&["show"]);
    let screen = terminal.wait_for("all done   2 ok   1 failed");
    assert!(screen.contains(" UTC"), "when it was:\n{screen}");
    assert!(!screen.contains("x cancel"), "nothing can be asked:\n{screen}");
    assert!(row_says(&screen, "127.1.0.2", "exit 3"), "{screen}");
    assert!(row_says(&screen, "127.1.0.1", "begun on 127.1.0.1"), "{screen}");
    let elapsed = |screen: &str| screen.lines().next().map(str::to_owned);
    // The cursor is on the one that failed, which stands first.
    terminal.send_key("Enter");
    terminal.wait_until("both streams of its output", |screen| {
        screen.contains("begun on 127.1.0.2") && screen.contains("broken") && !screen.contains("row 1 of 3")
    });
    terminal.send_key("Escape");
    terminal.wait_for("row 1 of 3");
    terminal.send("/");
    terminal.wait_for("filter: ");
    terminal.send("127.1.0.3");
    terminal.send_key("Enter");
    terminal.wait_for("1 of 3");
    terminal.send("i");
    terminal.wait_for("attempt");
    terminal.send_key("Escape");
    for (key, said) in [
        ("x", "127.1.0.3 is over already"),
        ("r", &format!("the run has ended; heeler retry {run} tries again")),
        ("p", "the run has ended"),
        ("W", "the run is over: nothing can be asked of it"),
    ] {
        terminal.send(key);
        terminal.wait_for(said);
    }
    assert_eq!(elapsed(&terminal.screen()), elapsed(&screen), "time stands still");
    assert!(!fleet.record(&run).join("reviewed").exists());
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 0);
    assert!(fleet.record(&run).join("reviewed").exists());
    assert_eq!(fleet.count(&run, "requested"), 0);
    fleet.wait_for_nothing();
}

#[test]
fn an_interrupted_run_says_what_finishes_it() {
    let fleet = Fleet::new();
    let run = fleet.detached("127.1.0.[1-2]", "case $HEELER_HOST in *.1) exit 0;; esac; sleep 7777");
    fleet.wait_for_sleeps(1);
    crate::support::wait::wait_until(LIMIT, "the end of one", || fleet.count(&run, "done") == 1);
    send_signal(fleet.runner(&run), Signal::KILL);
    fleet.wait_for_nothing();
    let terminal = fleet.open(&["show", &run]);
    let screen = terminal.wait_for("INTERRUPTED");
    assert!(screen.contains(&format!("heeler resume {run}")), "{screen}");
    assert!(row_says(&screen, "127.1.0.2", "[remote unknown]"), "{screen}");
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 0);
    assert!(
        !fleet.record(&run).join("reviewed").exists(),
        "somebody still has to see to it"
    );
}
