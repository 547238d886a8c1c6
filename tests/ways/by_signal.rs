//! Without a screen: signals to the program, and the death of each process that takes part.

use rustix::process::Signal;

use crate::scene::{Scene, status};
use crate::support::processes::send_signal;
use crate::support::wait::LIMIT;
use crate::way::{Screen, Way, ways};

ways! {
    interrupt: Way {
        what: "no terminal: INT",
        go: |scene| signalled(scene, Signal::INT),
        says: "cancelled by quit, confirmed gone",
        status: 130,
        left: 0,
        terminal: Screen::None,
    };
    terminate: Way {
        what: "no terminal: TERM",
        go: |scene| signalled(scene, Signal::TERM),
        says: "cancelled by quit, confirmed gone",
        status: 143,
        left: 0,
        terminal: Screen::None,
    };
    hang_up: Way {
        what: "no terminal: HUP",
        go: |scene| signalled(scene, Signal::HUP),
        says: "cancelled by quit, confirmed gone",
        status: 129,
        left: 0,
        terminal: Screen::None,
    };
    twice: Way {
        what: "no terminal: INT, and again",
        go: |scene| {
            let running = scene.unattended(&["--grace=1h"]);
            running.signal(Signal::INT);
            crate::support::wait::wait_until(LIMIT, "the first one", || scene.count("stopping") == 3);
            running.signal(Signal::INT);
            status(&running.wait(LIMIT))
        },
        says: "cancelled by quit, confirmed gone",
        status: 130,
        left: 0,
        terminal: Screen::None,
    };
    viewer_killed: Way {
        what: "no terminal: the program is killed",
        go: |scene| {
            let status = signalled(scene, Signal::KILL);
            crate::support::wait::wait_until(LIMIT, "the end of the run", || scene.count("run-ended") == 1);
            status
        },
        says: "cancelled by quit, confirmed gone",
        status: 137,
        left: 0,
        terminal: Screen::None,
    };
    runner_told_to_end: Way {
        what: "TERM to the runner",
        go: |scene| {
            let running = scene.unattended(&[]);
            send_signal(scene.runner(), Signal::TERM);
            status(&running.wait(LIMIT))
        },
        says: "cancelled by quit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::None,
    };
    runner_killed: Way {
        what: "the runner is killed",
        go: |scene| {
            let running = scene.unattended(&[]);
            send_signal(scene.runner(), Signal::KILL);
            let status = status(&running.wait(LIMIT));
            scene.expect_next_run_clears();
            status
        },
        says: "lost, remote unknown",
        status: 4,
        left: 0,
        terminal: Screen::None,
    };
    masters_killed: Way {
        what: "the ssh processes are killed",
        go: |scene| {
            let running = scene.unattended(&[]);
            for (pid, _) in scene.masters() {
                send_signal(pid, Signal::KILL);
            }
            status(&running.wait(LIMIT))
        },
        says: "lost, remote unknown",
        status: 4,
        left: 0,
        terminal: Screen::None,
    };
}

fn signalled(scene: &Scene, signal: Signal) -> i32 {
    let running = scene.unattended(&[]);
    running.signal(signal);
    status(&running.wait(LIMIT))
}
