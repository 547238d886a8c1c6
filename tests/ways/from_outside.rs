//! Limits, and requests from another program.

use crate::scene::{GRACE, SLEEPERS, Scene, status};
use crate::support::child::Running;
use crate::support::wait::LIMIT;
use crate::way::{Screen, Way, ways};

ways! {
    cancel: Way {
        what: "`heeler cancel`",
        go: |scene| cancelled(scene, &["cancel"], GRACE),
        says: "cancelled by quit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::None,
    };
    cancel_now: Way {
        what: "`heeler cancel --now`",
        go: |scene| cancelled(scene, &["cancel", "--now"], "--grace=1h"),
        says: "cancelled by quit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::None,
    };
    cancel_jobs: Way {
        what: "`heeler cancel -w HOSTS`",
        go: |scene| cancelled(scene, &["cancel", "-w", crate::scene::HOSTS], GRACE),
        says: "cancelled by operator, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::None,
    };
    run_limit: Way {
        what: "the limit of the command (`-t`)",
        go: |scene| limited(scene, &["-t1s"]),
        says: "timed out, run limit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::None,
    };
    idle_limit: Way {
        what: "the limit without output (`--idle-timeout`)",
        go: |scene| limited(scene, &["--idle-timeout=1s"]),
        says: "timed out, idle limit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::None,
    };
    connect_limit: Way {
        what: "the limit of connecting (`--connect-timeout`)",
        go: |scene| limited(scene, &["--connect-timeout=1s", "-wsilent[1-3]"]),
        says: "unreachable, connect timeout",
        status: 4,
        left: 0,
        terminal: Screen::None,
    };
    escaped: Way {
        what: "`-t`, and a process has left the job's session",
        go: |scene| {
            let command = "setsid sleep 7317 >/dev/null 2>&1 </dev/null & exec sleep 7313";
            let running = Running::start(scene.command(&["--json", "-t1s"], command), b"");
            status(&running.wait(LIMIT))
        },
        says: "timed out, run limit, 1 survived",
        status: 3,
        left: 3,
        terminal: Screen::None,
    };
}

fn cancelled(scene: &Scene, command: &[&str], grace: &str) -> i32 {
    let running = scene.unattended(&[grace]);
    let cancelled = scene.heeler.run(command);
    assert_eq!(cancelled.status, Some(0), "{cancelled:?}");
    status(&running.wait(LIMIT))
}

fn limited(scene: &Scene, options: &[&str]) -> i32 {
    let options: Vec<&str> = ["--json"].iter().chain(options).copied().collect();
    let running = Running::start(scene.command(&options, SLEEPERS), b"");
    status(&running.wait(LIMIT))
}
