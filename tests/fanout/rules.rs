//! What happens to the jobs when something happens to the runner: a signal, a stop, a disk that is full, a directory
//! that vanishes, an agent that ends. The runner is found by the lock of its run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use heeler::link::dial::dial;
use heeler::link::greet::{Hello, Rights};
use heeler::model::event::{Change, Message, What};
use heeler::model::outcome::Outcome;
use heeler::model::phase::PauseReason;
use heeler::model::request::Request;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::fleet::{Fleet, Told, objects};
use crate::support::child::Running;
use crate::support::processes::{send_signal, wait_for_zero};
use crate::support::wait::{LIMIT, poll, wait_until};

const GRACE: Duration = Duration::from_secs(10);

/// The process that owns the only run.
#[track_caller]
fn runner(fleet: &Fleet) -> u32 {
    let pid = poll(LIMIT, || {
        let lock = fs::read(fleet.records().first()?.join("lock")).ok()?;
        let holder: Value = serde_json::from_slice(&lock).ok()?;
        u32::try_from(holder["pid"].as_u64()?).ok()
    });
    pid.expect("a runner")
}

/// Starts a command on these hosts and waits until it runs on all of them, and heeler knows it.
#[track_caller]
fn started(fleet: &Fleet, nodes: &str, options: &str, command: &str, count: usize) -> Running {
    let running = fleet.spawn(nodes, &format!("--json {options}"), command);
    wait_until(LIMIT, "rows that run", || {
        running.stdout().matches(r#""event":"running""#).count() == count
    });
    running
}

fn assert_nothing_is_left(fleet: &Fleet) {
    wait_for_zero(GRACE, || fleet.sshd.processes());
    wait_for_zero(GRACE, || fleet.heeler.processes());
    wait_for_zero(GRACE, || fleet.sshd.connections());
}

fn who_asked(told: &Told) -> Vec<&str> {
    let named = told.named("requested");
    named.iter().filter_map(|event| event["who"].as_str()).collect()
}

#[test]
fn term_to_the_runner_ends_the_run_with_grace_and_hup_does_not() {
    let fleet = Fleet::new();
    let running = started(&fleet, "127.1.0.[1-20]", "", "sleep 7401", 20);
    let runner = runner(&fleet);
    send_signal(runner, Signal::HUP);
    send_signal(runner, Signal::TERM);
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(fleet.sshd.running("sleep 7401"), []);
    assert_eq!(who_asked(&told), ["signal TERM to the runner"]);
    let gone = json!({"outcome": "cancelled", "by": "quit", "fate": "gone", "signal": 15, "code": 143});
    let outcomes = told.outcomes();
    assert_eq!(outcomes.len(), 20);
    assert!(outcomes.values().all(|outcome| *outcome == gone), "{outcomes:?}");
    assert_eq!(told.status, Some(3));
    assert_nothing_is_left(&fleet);
}

#[test]
fn a_second_term_to_the_runner_kills() {
    let fleet = Fleet::new();
    let running = started(&fleet, "deaf", "--grace 1h", "trap '' TERM; sleep 7402", 1);
    let runner = runner(&fleet);
    send_signal(runner, Signal::TERM);
    wait_until(LIMIT, "the stop", || running.stdout().contains(r#""event":"stopping""#));
    send_signal(runner, Signal::TERM);
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(who_asked(&told), ["signal TERM to the runner"; 2]);
    let killed = json!({"outcome": "cancelled", "by": "quit", "fate": "gone", "signal": 9, "code": 137});
    assert_eq!(told.outcomes()["deaf"], killed);
    assert_nothing_is_left(&fleet);
}

/// The command runs for longer than its limit, but for the limit only the time counts in which somebody watched.
#[test]
fn a_runner_that_was_stopped_times_nobody_out() {
    let fleet = Fleet::new();
    let end = fleet.heeler.home().join("end");
    let command = format!("until [ -e {} ]; do sleep 0.1; done", end.display());
    let running = started(&fleet, "web1,web2", "-t 8s", &command, 2);
    let runner = runner(&fleet);
    send_signal(runner, Signal::STOP);
    // This is what is tested: time, in which the runner does nothing.
    std::thread::sleep(Duration::from_secs(10));
    send_signal(runner, Signal::CONT);
    wait_until(LIMIT, "the word about it", || {
        running.stdout().contains(r#""event":"slept""#)
    });
    fs::write(&end, "").expect("a file");
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(told.status, Some(0), "{:?}", told.outcomes());
    let slept = told.named("slept");
    assert!(slept[0]["asleep"].as_f64().expect("a time") > 8.0, "{slept:?}");
    assert!(told.done("web1")["elapsed"].as_f64().expect("a time") > 10.0);
    assert_nothing_is_left(&fleet);
}

/// A link that was cut in the meantime is not taken for one that lives.
#[test]
fn a_link_that_went_while_the_runner_was_stopped_is_lost() {
    let fleet = Fleet::new();
    let running = started(&fleet, "web1", "-t 1h", "sleep 7403", 1);
    let runner = runner(&fleet);
    send_signal(runner, Signal::STOP);
    fleet.sshd.cut_connections();
    wait_for_zero(GRACE, || fleet.sshd.running("sleep 7403"));
    send_signal(runner, Signal::CONT);
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(told.outcomes()["web1"], json!({"outcome": "lost", "fate": "unknown"}));
    assert_nothing_is_left(&fleet);
}

#[test]
fn a_run_directory_that_vanishes_changes_no_outcome() {
    let fleet = Fleet::new();
    let end = fleet.heeler.home().join("end");
    let command = format!(
        "echo one; until [ -e {} ]; do sleep 0.1; done; echo two; exit 3",
        end.display()
    );
    let running = started(&fleet, "web[1-3]", "", &command, 3);
    fs::remove_dir_all(fleet.record()).expect("the record is removed");
    wait_until(LIMIT, "the word about it", || {
        running.stdout().contains(r#""event":"unrecorded""#)
    });
    fs::write(&end, "").expect("a file");
    let finished = running.wait(LIMIT);
    assert_eq!(finished.status, Some(1), "{}", finished.stderr);
    let events = objects(&finished.stdout);
    let lacks = events
        .iter()
        .find(|event| event["event"] == "unrecorded")
        .expect("told");
    let detail = lacks["detail"].as_str().expect("a reason");
    assert!(
        detail.starts_with("the run directory /") && detail.ends_with(" is gone"),
        "{detail}"
    );
    let ends = events
        .iter()
        .filter(|event| event["event"] == "done" && event["code"] == 3);
    assert_eq!(ends.count(), 3);
    assert_eq!(
        fleet.records(),
        Vec::<PathBuf>::new(),
        "nothing is made anew in its place"
    );
    assert_nothing_is_left(&fleet);
}

/// A tmpfs over the state directory of a fleet.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn over(state: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=512k,mode=0700", "heeler-test"]);
        let mounted = mount.arg(state).stderr(Stdio::null()).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(state.to_owned()));
        }
        let _ = writeln!(std::io::stderr(), "SKIPPED: no tmpfs can be mounted here");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_changes_no_outcome() {
    let fleet = Fleet::new();
    let Some(_disk) = SmallDisk::over(&fleet.heeler.state()) else {
        return;
    };
    let command = "head -c 1000000 /dev/zero | tr '\\0' x; exit $(( ${HEELER_HOST#web} % 2 ))";
    let finished = fleet.run("web[1-4]", "--json", command);
    assert_eq!(finished.status, Some(1), "{}", finished.stderr);
    let events = objects(&finished.stdout);
    let ends: Vec<&Value> = events.iter().filter(|event| event["event"] == "done").collect();
    assert_eq!(ends.len(), 4);
    for end in ends {
        let odd = matches!(end["host"].as_str(), Some("web1" | "web3"));
        assert_eq!(end["outcome"], if odd { "exit" } else { "ok" });
    }
    let lacks = events
        .iter()
        .rfind(|event| event["event"] == "unrecorded")
        .expect("told");
    assert!(lacks["bytes"].as_u64().expect("a number") > 3_000_000, "{lacks}");
    assert_eq!(events.last().expect("an end")["event"], "run-ended");
    assert_nothing_is_left(&fleet);
}

/// An ssh agent with the key of the fleet.
struct Agent {
    process: Child,
    socket: PathBuf,
}

impl Agent {
    #[track_caller]
    fn start(fleet: &Fleet, name: &str) -> Self {
        let socket = fleet.heeler.home().join(name);
        let mut agent = Command::new("ssh-agent");
        agent.arg("-D").arg("-a").arg(&socket).stdout(Stdio::null());
        let process = agent.spawn().expect("ssh-agent, see tests/install.sh");
        let agent = Self { process, socket };
        let key = fleet.sshd.config().with_file_name("client");
        wait_until(LIMIT, "the agent to take the key", || {
            let mut add = Command::new("ssh-add");
            add.arg(&key).env("SSH_AUTH_SOCK", &agent.socket).stderr(Stdio::null());
            add.status().is_ok_and(|status| status.success())
        });
        agent
    }

    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.end();
    }
}

/// The hosts know the key of the agent and no other.
const WITH_AGENT: &str = "-o IdentityAgent=SSH_AUTH_SOCK -o IdentitiesOnly=no -j 1 --connect-width 1";

#[test]
fn a_run_waits_for_another_agent_when_its_own_has_gone() {
    let fleet = Fleet::new();
    let mut first = Agent::start(&fleet, "first");
    let end = fleet.heeler.home().join("end");
    let command = format!("until [ -e {} ]; do sleep 0.1; done", end.display());
    let mut heeler = fleet.command("badkey1,badkey2,badkey3", &format!("--json {WITH_AGENT}"), &command);
    heeler.env("SSH_AUTH_SOCK", &first.socket);
    let running = Running::start(heeler, b"");
    wait_until(LIMIT, "the first one", || {
        running.stdout().contains(r#""event":"running""#)
    });
    // The second one may have been connected already; the third one has not.
    first.end();
    fs::write(&end, "").expect("a file");
    wait_until(LIMIT, "the pause", || {
        running.stdout().contains(r#""paused":"agent-gone""#)
    });

    let mut second = Agent::start(&fleet, "second");
    let socket = fleet.record().join("socket");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let hello = Hello::new("a test".to_owned(), Rights::Write);
        let (mut link, _) = dial(&socket, &hello).await.expect("the runner");
        let request = Request::Agent {
            socket: second.socket.clone(),
        };
        link.request(request);
        let (mut paused, mut rejected) = (0, 0);
        while let Some(message) = link.next().await {
            let Message::Event(event) = message else { continue };
            match event.what {
                What::Paused(PauseReason::AgentGone) => paused += 1,
                What::Job {
                    change: Change::Done(ending),
                    ..
                } if ending.outcome != Outcome::Ok => rejected += 1,
                _ => {}
            }
        }
        assert_eq!((paused, rejected), (1, 0));
    });
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(told.status, Some(0), "{:?}", told.outcomes());
    for host in ["badkey1", "badkey2", "badkey3"] {
        assert_eq!(told.done(host)["attempt"], 1, "{host}");
    }
    assert!(
        told.named("requested")
            .iter()
            .any(|event| event["wish"]["request"] == "agent"),
        "{:?}",
        told.named("requested")
    );
    second.end();
    assert_nothing_is_left(&fleet);
}

#[test]
fn whoever_continues_without_the_agent_sees_the_hosts_refuse() {
    let fleet = Fleet::new();
    let mut agent = Agent::start(&fleet, "agent");
    let end = fleet.heeler.home().join("end");
    let command = format!("until [ -e {} ]; do sleep 0.1; done", end.display());
    let mut heeler = fleet.command("badkey1,badkey2,badkey3", &format!("--json {WITH_AGENT}"), &command);
    heeler.env("SSH_AUTH_SOCK", &agent.socket);
    let running = Running::start(heeler, b"");
    wait_until(LIMIT, "the first one", || {
        running.stdout().contains(r#""event":"running""#)
    });
    agent.end();
    fs::write(&end, "").expect("a file");
    wait_until(LIMIT, "the pause", || {
        running.stdout().contains(r#""paused":"agent-gone""#)
    });
    let socket = fleet.record().join("socket");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let hello = Hello::new("a test".to_owned(), Rights::Write);
        let (mut link, _) = dial(&socket, &hello).await.expect("the runner");
        link.request(Request::Continue);
        while link.next().await.is_some() {}
    });
    let told = Told::of(&running.wait(LIMIT));
    assert_eq!(
        told.outcomes()["badkey3"],
        json!({"outcome": "unreachable", "cause": "auth"})
    );
    assert_eq!(told.status, Some(4));
    assert_nothing_is_left(&fleet);
}
