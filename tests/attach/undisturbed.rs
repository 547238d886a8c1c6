//! The promise of this part as a whole: whatever happens to those who watch a run, the hosts never notice, and the run
//! ends as one does that nobody disturbed.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use rustix::process::Signal;

use crate::fleet::{Fleet, answer, go_to, row, row_says};
use crate::support::processes::{self, Process};
use crate::support::tmux::Terminal;
use crate::support::wait::{LIMIT, wait_until};

const HOSTS: &str = "127.1.0.[1-50]";
/// The one that is cancelled.
const CANCELLED: usize = 7;

/// Each job writes down that it was started, and every signal that it gets; it ends when the test says so.
const COMMAND: &str = "echo $$ >>DIR/started.$HEELER_HOST; \
                       for s in HUP INT TERM; do trap \"echo $s >>DIR/signals.$HEELER_HOST; exit 143\" $s; done; \
                       echo begun; while [ ! -e DIR/on ]; do sleep 0.2; done; echo went on; \
                       case $HEELER_HOST in *.9) exit 3;; esac";

/// Room for every row.
const SIZE: (u16, u16) = (110, 60);

#[test]
fn viewers_come_and_go_and_the_run_does_not_notice() {
    let disturbed = {
        let fleet = Fleet::new();
        let session = ssh_session(&fleet);
        watch(&session);
        // The viewer is killed; the next one in the same session comes back by itself.
        let viewer = viewer(&fleet);
        processes::send_signal(viewer, Signal::KILL);
        wait_until(LIMIT, "the end of the viewer", || !processes::is_alive(viewer));
        watch(&session);
        cancel(&session);
        session.send("q");
        answer(&session, "Leave? 49 still running", "d");
        session.wait_for("left with 6.");
        // The session in which everything was started ends.
        session.close();
        let other = Terminal::start(SIZE.0, SIZE.1, &fleet.heeler.command(["attach"]));
        other.wait_for("49 running");
        finish(&fleet, &other)
    };
    let undisturbed = {
        let fleet = Fleet::new();
        let terminal = Terminal::start(SIZE.0, SIZE.1, &fleet.run(HOSTS, &[], COMMAND));
        watch(&terminal);
        cancel(&terminal);
        finish(&fleet, &terminal)
    };
    assert_eq!(disturbed.rows, undisturbed.rows);
    assert_eq!(disturbed.summary, undisturbed.summary);
    for hosts in [&disturbed.hosts, &undisturbed.hosts] {
        for (host, (starts, signals)) in hosts {
            let is_cancelled = *host == format!("127.1.0.{CANCELLED}");
            assert_eq!(*starts, 1, "{host}");
            assert_eq!(signals, if is_cancelled { "TERM\n" } else { "" }, "{host}");
        }
    }
}

/// A terminal with a real ssh session in it, in which the run is started, and attached to when its viewer has gone.
#[track_caller]
fn ssh_session(fleet: &Fleet) -> Terminal {
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"));
    let run = fleet.run(HOSTS, &[], COMMAND);
    let words: Vec<String> = std::iter::once(run.get_program())
        .chain(run.get_args())
        .map(quoted)
        .collect();
    let variables: Vec<String> = run
        .get_envs()
        .filter_map(|(name, value)| Some(format!("export {}={}\n", name.to_str()?, quoted(value?))))
        .collect();
    let script = format!(
        "{}cd \"$HOME\"\n{}\nstty sane\n{} attach\necho \"left with $?.\"\nsleep 1000\n",
        variables.concat(),
        words.join(" "),
        quoted(run.get_program()),
    );
    let path = fleet.shared().join("session");
    fs::write(&path, script).unwrap();
    let mut ssh = Command::new("ssh");
    ssh.arg("-tt").arg("-F").arg(fleet.sshd.config());
    ssh.args(["-o", "BatchMode=yes", "--", "127.1.0.99"]);
    ssh.arg(format!("exec sh {}", path.display()));
    ssh.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    ssh.env("LANG", "C.UTF-8").current_dir(fleet.shared());
    Terminal::start(SIZE.0, SIZE.1, &ssh)
}

/// Waits until the dashboard shows that all runs.
#[track_caller]
fn watch(terminal: &Terminal) {
    terminal.wait_for("50 running");
}

/// The process of the viewer that started the run.
#[track_caller]
fn viewer(fleet: &Fleet) -> u32 {
    let is_viewer = |process: &Process| process.command.contains(" run -w ");
    let found: Vec<Process> = fleet.programs().into_iter().filter(is_viewer).collect();
    assert_eq!(found.len(), 1, "{}", processes::lines(&found));
    found[0].id
}

#[track_caller]
fn cancel(terminal: &Terminal) {
    terminal.send("s");
    terminal.wait_for("order: hosts as named");
    go_to(terminal, CANCELLED);
    terminal.send("x");
    terminal.wait_until("the end of one", |screen| {
        row_says(screen, &format!("127.1.0.{CANCELLED}"), "[confirmed gone]") && screen.contains("49 running")
    });
}

/// What a run came to.
struct Came {
    /// Each row of the last screen, without times.
    rows: Vec<String>,
    /// What was printed in the end, without times and places.
    summary: Vec<String>,
    /// How often each host was started, and the signals that it got.
    hosts: BTreeMap<String, (usize, String)>,
}

/// Lets the jobs end, and takes down what came of it.
#[track_caller]
fn finish(fleet: &Fleet, terminal: &Terminal) -> Came {
    // Whoever has just come has another order.
    while !terminal.screen().contains("order: hosts as named") {
        terminal.send("s");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    fleet.let_go_on();
    let screen = terminal.wait_for("all done");
    let names: Vec<String> = (1..=50).map(|number| format!("127.1.0.{number}")).collect();
    let rows = names.iter().map(|host| without_times(row(&screen, host).expect(host)));
    let rows = rows.collect();
    terminal.send("q");
    assert_eq!(terminal.exit_status(LIMIT), 3);
    let screen = terminal.wait_for("record: ");
    let summary = screen.lines().filter(|line| line.contains("): "));
    let summary = summary.map(str::to_owned).collect();
    fleet.wait_for_nothing();
    let noted = |kind: &str, host: &str| fs::read_to_string(fleet.shared().join(format!("{kind}.{host}")));
    let hosts = names.into_iter().map(|host| {
        let starts = noted("started", &host).unwrap_or_default().lines().count();
        let signals = noted("signals", &host).unwrap_or_default();
        (host, (starts, signals))
    });
    Came {
        rows,
        summary,
        hosts: hosts.collect(),
    }
}

/// A row without its cursor and how long it took.
fn without_times(row: &str) -> String {
    let is_time = |word: &&str| word.ends_with('s') && word.starts_with(|c: char| c.is_ascii_digit());
    let words = row.split_whitespace().filter(|word| *word != ">" && !is_time(word));
    words.collect::<Vec<_>>().join(" ")
}
