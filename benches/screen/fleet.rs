//! A fleet of ten thousand in every state, each with a tail of wide and coloured text, and what happens to it.

use heeler::model::board::Board;
use heeler::model::event::{Change, Ending, Event, Output, Piece, Stream, What};
use heeler::model::host::HostName;
use heeler::model::id::{AttemptNo, JobId, RunId};
use heeler::model::outcome::{CancelledBy, Cause, Fate, Limit, Outcome, SkipReason};
use heeler::model::phase::{StopReason, Why};
use heeler::model::plan::{PLAN_FORMAT, Plan, Settings, SshCall};
use heeler::model::stamp::Stamp;
use std::time::Duration;

/// How many jobs there are.
pub(crate) const JOBS: u32 = 10_000;
/// When the screen is looked at.
pub(crate) const NOW: Stamp = Stamp::from_secs(1000);
/// When the fleet printed last.
const PRINTED: Stamp = Stamp::from_secs(990);

/// The run.
pub(crate) fn plan() -> Plan {
    let hosts = (0..JOBS).map(|n| {
        let kind = ["web", "db", "cache", "edge-eu-west"][n as usize % 4];
        HostName::parse(&format!("{kind}{n:05}.example.org")).expect("a host name")
    });
    Plan {
        format: PLAN_FORMAT,
        run: RunId("20260102T030405-abcd".into()),
        command: "apt-get -y full-upgrade && systemctl reboot".into(),
        env: Vec::new(),
        hosts: hosts.collect(),
        node_set: "@all".into(),
        settings: Settings::default(),
        ssh: SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        operator: "me@here".into(),
        note: None,
        started: "2026-01-02T03:04:05Z".into(),
        directory: "/nowhere".into(),
        version: "0.1.0".into(),
    }
}

/// The state of the run at [`NOW`].
pub(crate) fn board(plan: &Plan) -> Board {
    let mut board = Board::new(plan);
    for job in plan.jobs() {
        for (secs, change) in history(job) {
            board.apply(&event(plan, job, Stamp::from_secs(secs), change));
        }
        board.print(&output(job, PRINTED, 0, text(job)));
    }
    board
}

/// What has happened to a job: every sixteenth stands in the same state.
fn history(job: JobId) -> Vec<(u64, Change)> {
    let running = || (20 + u64::from(job.0 % 500), Change::Running { pid: 1000 + job.0 });
    let done = |outcome| (700 + u64::from(job.0 % 200), Change::Done(ending(job, outcome)));
    match job.0 % 16 {
        0..4 => vec![(10, Change::Connecting), running()],
        4 => vec![running(), (900, Change::Slow)],
        5 => vec![(10, Change::Queued(Why::RunSlot))],
        6 => vec![(990, Change::Connecting)],
        7 => vec![running(), (980, stopping())],
        8 => {
            let until = Stamp::from_secs(1100);
            let ending = ending(job, unreachable(Cause::DroppedEarly));
            vec![(950, Change::Retrying { ending, until })]
        }
        9..11 => vec![running(), done(Outcome::Ok)],
        11 => vec![
            running(),
            done(Outcome::Exit {
                code: 1 + job.0 / 16 % 3,
            }),
        ],
        12 => vec![running(), done(Outcome::Signal { number: 9, status: 137 })],
        13 => vec![running(), done(timed_out())],
        14 => {
            let causes = [Cause::Auth, Cause::Refused, Cause::Dns, Cause::ConnectTimeout];
            vec![done(unreachable(causes[(job.0 / 16) as usize % causes.len()]))]
        }
        _ => match job.0 / 16 % 3 {
            0 => vec![running(), done(lost())],
            1 => vec![running(), done(cancelled())],
            _ => vec![done(Outcome::skipped(SkipReason::Drain))],
        },
    }
}

fn ending(job: JobId, outcome: Outcome) -> Ending {
    Ending {
        outcome,
        leaked: job.0 % 160 == 9,
        elapsed: Duration::from_millis(100_000 + u64::from(job.0) * 7 % 90_000),
    }
}

fn stopping() -> Change {
    Change::Stopping {
        reason: StopReason::Cancel,
        limit: None,
        kill_at: Some(NOW + Duration::from_secs(5)),
    }
}

fn timed_out() -> Outcome {
    Outcome::TimedOut {
        limit: Limit::Run,
        fate: Fate::Gone,
        ended: None,
    }
}

fn unreachable(cause: Cause) -> Outcome {
    Outcome::Unreachable {
        cause,
        detail: "kex_exchange_identification: Connection closed by remote host".into(),
    }
}

fn lost() -> Outcome {
    Outcome::Lost {
        detail: "client_loop: send disconnect: Broken pipe".into(),
        fate: Fate::Unknown,
    }
}

fn cancelled() -> Outcome {
    Outcome::Cancelled {
        by: CancelledBy::Operator,
        fate: Fate::Survived {
            count: 2,
            owners: vec!["root".into()],
        },
        ended: None,
    }
}

/// Lines of all sorts; of every fourth job the last one is still being written.
pub(crate) fn text(job: JobId) -> String {
    let n = job.0;
    let lines = (0..12).map(|line| match line % 4 {
        0 => format!("\x1b[1;32mSetting up\x1b[0m linux-image-6.1.0-{n}-amd64 (6.1.{line}) ...\n"),
        1 => format!(
            "日本語のメッセージ: パッケージ {n} を展開しています… 完了 {}\n",
            "長".repeat(60)
        ),
        2 => format!(
            "\x1b[38;5;208mW:\x1b[0m Possible missing firmware \x1b[4m/lib/firmware/{n}.bin\x1b[24m for module\n"
        ),
        _ => format!("E: Could not get lock /var/lib/dpkg/lock-frontend ({n}); error 11\n"),
    });
    let last = match n % 4 {
        0 => format!("\rUnpacking \x1b[36mlibc6\x1b[0m [####......] {}%", n % 100),
        1 => "Do you want to continue? [Y/n] ".to_owned(),
        2 => format!(
            "\x1b[31mno space left on device\x1b[0m: /dev/sda{} 日本語 is full\n",
            n % 9
        ),
        _ => String::new(),
    };
    lines.chain([last]).collect()
}

/// Something that happens to a job now. What happens is chosen by `step` so that nothing of the run grows with it.
pub(crate) fn step(plan: &Plan, step: u32, at: Stamp) -> Event {
    let job = JobId(step.wrapping_mul(7919) % JOBS);
    let change = match step / JOBS % 4 {
        0 => Change::Running { pid: step },
        1 => Change::Slow,
        2 => stopping(),
        _ => Change::Done(ending(job, timed_out())),
    };
    event(plan, job, at, change)
}

fn event(plan: &Plan, job: JobId, at: Stamp, change: Change) -> Event {
    let what = What::Job {
        job,
        host: plan.host(job).clone(),
        attempt: AttemptNo::FIRST,
        change,
    };
    Event { at, what }
}

/// Output of a job's first attempt.
pub(crate) fn output(job: JobId, at: Stamp, offset: u64, text: impl Into<Vec<u8>>) -> Output {
    let piece = Piece {
        stream: Stream::Stdout,
        offset,
        bytes: text.into(),
    };
    Output {
        at,
        job,
        attempt: AttemptNo::FIRST,
        pieces: vec![piece],
    }
}
