//! Coming to a run without a screen: everything from the beginning, and the run goes on when the viewer does not.

use rustix::process::Signal;

use crate::fleet::Fleet;
use crate::support::wait::{LIMIT, wait_until};

const COMMAND: &str = "echo begun; case $HEELER_HOST in *.1) exit 3;; esac; \
                       while [ ! -e DIR/on ]; do sleep 0.05; done; echo went on";

#[test]
fn lines_begin_at_the_beginning_and_the_status_is_that_of_the_run() {
    let fleet = Fleet::new();
    let run = fleet.detached("127.1.0.[1-2]", COMMAND);
    wait_until(LIMIT, "the end of one", || fleet.count(&run, "done") == 1);
    let viewer = fleet.heeler.spawn(["attach", "--plain"]);
    wait_until(LIMIT, "what was printed before", || {
        let out = viewer.stdout();
        out.contains("127.1.0.1: begun\n") && out.contains("127.1.0.2: begun\n")
    });
    viewer.signal(Signal::INT);
    let left = viewer.wait(LIMIT);
    assert_eq!(left.status, Some(6), "{left:?}");
    assert_eq!(
        left.stderr,
        format!(
            "heeler: run {run}; on cut: end, lease 90s\nheeler: run {run} goes on; heeler attach {run} comes back to it\n"
        )
    );

    let viewer = fleet.heeler.spawn(["attach", "--read-only", "--json", &run]);
    wait_until(LIMIT, "what was printed before", || {
        viewer.stdout().matches("begun").count() == 2
    });
    fleet.let_go_on();
    let seen = viewer.wait(LIMIT);
    assert_eq!((seen.status, seen.stderr.as_str()), (Some(1), ""), "{seen:?}");
    let lines: Vec<&str> = seen.stdout.lines().collect();
    assert!(lines[0].contains(r#""event":"run-started""#), "{}", lines[0]);
    assert!(lines.last().unwrap().contains(r#""event":"run-ended""#), "{lines:?}");
    let events: Vec<&&str> = lines
        .iter()
        .filter(|line| !line.contains(r#""event":"output""#))
        .collect();
    assert_eq!(events.len(), fleet.events(&run).len(), "every event once");
    assert_eq!(seen.stdout.matches("went on").count(), 1);
}
