//! At a terminal: the keys and the questions of the dashboard, the ladder of ^C, signals, and a terminal that is closed.

use rustix::process::Signal;

use crate::scene::{PATIENT, SLEEPERS, Scene};
use crate::seat::Seat;
use crate::support::processes::{is_alive, send_signal};
use crate::support::wait::{LIMIT, wait_until};
use crate::way::{Screen, UNSEEN, Way, ways};

ways! {
    cancel_key: Way {
        what: "`x` on every row, then `q`",
        go: |scene| {
            let seat = sit(scene, &[]);
            seat.press("s");
            seat.terminal.wait_for("order: hosts as named");
            for ended in 0..3 {
                seat.press(&format!("g{}x", "j".repeat(ended)));
                wait_until(LIMIT, "the end of the job", || scene.count("done") == ended + 1);
            }
            seat.terminal.wait_for("all done");
            seat.press("q");
            seat.left()
        },
        says: "cancelled by operator, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::AsBefore,
    };
    kill_key: Way {
        what: "`X` on all rows, confirmed, then `q`",
        go: |scene| {
            let seat = sit(scene, &["--grace=1h"]);
            seat.press("*");
            seat.press("X");
            seat.answer("KILL", "y");
            seat.terminal.wait_for("all done");
            seat.press("q");
            seat.left()
        },
        says: "cancelled by operator, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::AsBefore,
    };
    stay_then_cancel: Way {
        what: "`q` and *stay*; `q` and *cancel*",
        go: |scene| {
            let seat = sit(scene, &[]);
            seat.press("q");
            seat.answer("Leave? 3 still running", "s");
            seat.terminal.wait_until("the table", |screen| !screen.contains("Leave?"));
            scene.expect_all_asleep();
            seat.press("q");
            seat.answer("Leave? 3 still running", "c");
            seat.left()
        },
        says: "cancelled by quit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::AsBefore,
    };
    cancel_then_kill: Way {
        what: "`q` and *cancel*; `q` and *kill*",
        go: |scene| {
            let seat = sit(scene, &["--grace=1h"]);
            seat.press("q");
            seat.answer("Leave? 3 still running", "c");
            // The deaf one is left.
            wait_until(LIMIT, "the end of the others", || scene.count("done") == 2);
            seat.press("q");
            seat.answer("Leave? 1 still running", "k");
            seat.left()
        },
        says: "cancelled by quit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::AsBefore,
    };
    drain: Way {
        what: "`q` and *drain*",
        go: |scene| {
            let seat = sit_patiently(scene, &[]);
            seat.press("q");
            seat.answer("Leave? 3 still running", "r");
            seat.terminal.wait_for("drain asked");
            assert_eq!(scene.sleeps(), 3, "what runs goes on");
            scene.let_it_end_well();
            seat.left()
        },
        says: "ok",
        status: 0,
        left: 0,
        terminal: Screen::AsBefore,
    };
    detach: Way {
        what: "`q` and *detach*; the run ends by itself",
        go: |scene| {
            let seat = sit_patiently(scene, &[]);
            seat.press("q");
            seat.answer("Leave? 3 still running", "d");
            goes_on(scene, seat.left())
        },
        says: "ok",
        status: 6,
        left: 0,
        terminal: Screen::AsBefore,
    };
    interrupt_key: Way {
        what: "`^C` six times, which ends nothing; then *cancel*",
        go: |scene| {
            let seat = sit(scene, &[]);
            for _ in 0..6 {
                seat.terminal.send_key("C-c");
                seat.terminal.wait_for("Leave? 3 still running");
            }
            scene.expect_all_asleep();
            assert_eq!(scene.count("requested"), 0, "nothing was asked for");
            seat.answer("Leave? 3 still running", "c");
            seat.left()
        },
        says: "cancelled by quit, confirmed gone",
        status: 3,
        left: 0,
        terminal: Screen::AsBefore,
    };
    interrupt_key_without_a_dashboard: Way {
        what: "`--plain` at a terminal: `^C` tells how it stands, a second cancels, a third kills",
        go: |scene| {
            let seat = Seat::take(scene, &["--plain", "--grace=1h"], SLEEPERS);
            scene.wait_for_sleepers();
            seat.terminal.send_key("C-c");
            seat.terminal.wait_for("3 running after");
            scene.expect_all_asleep();
            // A second one that comes late only asks again.
            wait_until(LIMIT, "the end of all but the deaf one", || {
                if scene.count("stopping") < 3 {
                    seat.terminal.send_key("C-c");
                }
                scene.count("done") >= 2
            });
            seat.terminal.wait_for("KILL after 1h00m; ^C again kills");
            seat.terminal.send_key("C-c");
            seat.left()
        },
        says: "cancelled by quit, confirmed gone",
        status: 130,
        left: 0,
        terminal: Screen::AsBefore,
    };
    terminate_the_dashboard: Way {
        what: "dashboard: TERM; the run ends by itself",
        go: |scene| {
            let seat = sit_patiently(scene, &[]);
            send_signal(seat.program(), Signal::TERM);
            goes_on(scene, seat.left())
        },
        says: "ok",
        status: 6,
        left: 0,
        terminal: Screen::AsBefore,
    };
    hang_up_the_dashboard: Way {
        what: "dashboard: HUP; the run ends by itself",
        go: |scene| {
            let seat = sit_patiently(scene, &[]);
            send_signal(seat.program(), Signal::HUP);
            goes_on(scene, seat.left())
        },
        says: "ok",
        status: 129,
        left: 0,
        terminal: Screen::AsBefore,
    };
    kill_the_dashboard: Way {
        what: "dashboard: it is killed; the run ends by itself",
        go: |scene| {
            let seat = sit_patiently(scene, &[]);
            send_signal(seat.program(), Signal::KILL);
            goes_on(scene, seat.status())
        },
        says: "ok",
        status: 137,
        left: 0,
        terminal: Screen::NotGivenBack,
    };
    close_the_terminal: Way {
        what: "dashboard: its terminal is closed; the run ends by itself",
        go: |scene| goes_on(scene, closed(&sit_patiently(scene, &[]))),
        says: "ok",
        status: UNSEEN,
        left: 0,
        terminal: Screen::Closed,
    };
    close_the_terminal_of_a_tied_run: Way {
        what: "`--no-detach`: its terminal is closed",
        go: |scene| {
            let status = closed(&sit(scene, &["--no-detach"]));
            wait_until(LIMIT, "the end of the run", || scene.count("run-ended") == 1);
            status
        },
        says: "cancelled by quit, confirmed gone",
        status: UNSEEN,
        left: 0,
        terminal: Screen::Closed,
    };
    terminate_a_tied_dashboard: Way {
        what: "`--no-detach`: TERM",
        go: |scene| {
            let seat = sit(scene, &["--no-detach"]);
            send_signal(seat.program(), Signal::TERM);
            seat.left()
        },
        says: "cancelled by quit, confirmed gone",
        status: 143,
        left: 0,
        terminal: Screen::AsBefore,
    };
    runner_killed_under_the_dashboard: Way {
        what: "dashboard: the runner is killed, then `q`",
        go: |scene| {
            let seat = sit(scene, &[]);
            send_signal(scene.runner(), Signal::KILL);
            seat.terminal.wait_for("INTERRUPTED");
            seat.press("q");
            let status = seat.left();
            scene.expect_next_run_clears();
            status
        },
        says: "lost, remote unknown",
        status: 4,
        left: 0,
        terminal: Screen::AsBefore,
    };
}

/// A dashboard with three sleepers.
#[track_caller]
fn sit<'a>(scene: &'a Scene, options: &[&str]) -> Seat<'a> {
    let seat = Seat::take(scene, options, SLEEPERS);
    scene.wait_for_sleepers();
    seat.terminal.wait_for("3 running");
    seat
}

/// A dashboard with three that end well when they may.
#[track_caller]
fn sit_patiently<'a>(scene: &'a Scene, options: &[&str]) -> Seat<'a> {
    let seat = Seat::take(scene, options, PATIENT);
    scene.wait_for_work(3);
    seat.terminal.wait_for("3 running");
    seat
}

/// The viewer has gone with this status, the run has not; it ends well.
#[track_caller]
fn goes_on(scene: &Scene, status: i32) -> i32 {
    assert_eq!(scene.sleeps(), 3, "the jobs go on");
    assert_eq!(scene.count("done"), 0);
    scene.let_it_end_well();
    status
}

/// Closes the terminal. Nobody is left to ask for a status.
#[track_caller]
fn closed(seat: &Seat<'_>) -> i32 {
    let program = seat.program();
    seat.terminal.close();
    wait_until(LIMIT, "the end of the program", || !is_alive(program));
    UNSEEN
}
