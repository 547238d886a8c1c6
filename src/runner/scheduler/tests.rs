//! The rules of starting, one story each: what the scheduler is told, and what it orders.

use super::*;
use crate::model::event::Ending;
use crate::model::host::HostName;
use crate::model::id::RunId;
use crate::model::outcome::{CancelledBy, Cause, Fate, OutcomeClass};
use crate::model::plan::RetryOn;
use crate::model::request::{Adjust, Force, Request};
use crate::model::signal::Sig;

fn plan(hosts: u32, settings: Settings) -> Arc<Plan> {
    let name = |n: u32| HostName::parse(&format!("web{n}")).expect("a name");
    Arc::new(Plan {
        format: crate::model::plan::PLAN_FORMAT,
        ssh: crate::model::plan::SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        run: RunId("r".to_owned()),
        command: "true".to_owned(),
        env: Vec::new(),
        hosts: (0..hosts).map(name).collect(),
        node_set: String::new(),
        settings,
        operator: String::new(),
        note: None,
        started: String::new(),
        directory: "/nowhere".into(),
        version: String::new(),
    })
}

fn narrow(width: usize, connect_width: usize) -> Settings {
    Settings {
        width,
        connect_width,
        ..Settings::default()
    }
}

/// A scheduler, the time, and everything it has ordered, as short words.
struct Stage {
    scheduler: Scheduler,
    now: Stamp,
}

impl Stage {
    fn new(hosts: u32, settings: Settings) -> (Self, Vec<String>) {
        let mut stage = Self {
            scheduler: Scheduler::new(plan(hosts, settings), 1),
            now: Stamp::default(),
        };
        let orders = stage.scheduler.start(stage.now);
        (stage, words(orders))
    }

    fn tell(&mut self, input: Input) -> Vec<String> {
        words(self.scheduler.handle(input, self.now))
    }

    fn ask(&mut self, request: Request) -> Vec<String> {
        self.tell(Input::Request(request))
    }

    fn end(&mut self, job: u32, outcome: Outcome) -> Vec<String> {
        let ending = Ending {
            outcome,
            leaked: false,
            elapsed: Duration::from_secs(10),
        };
        self.tell(Input::Ended(JobId(job), ending))
    }

    fn connect(&mut self, job: u32) -> Vec<String> {
        self.tell(Input::Connected(JobId(job)))
    }

    fn wait(&mut self, secs: u64) -> Vec<String> {
        self.now = self.now + Duration::from_secs(secs);
        self.tell(Input::Tick)
    }
}

fn words(orders: Vec<Order>) -> Vec<String> {
    orders
        .into_iter()
        .map(|order| match order {
            Order::CallOff(job) => format!("call off {job}"),
            Order::LetGo(job) => format!("let go {job}"),
            Order::Connect(job) => format!("connect {job}"),
            Order::Begin(job, attempt) => format!("begin {job}.{attempt}"),
            Order::Run(job) => format!("run {job}"),
            Order::Stop(job, reason, by) => format!("stop {job} {reason} {by}"),
            Order::Look(job) => format!("look {job}"),
            Order::Signal(job, signal) => format!("{signal} {job}"),
            Order::Limit(job, by) => format!("limit {job} {by:?}"),
            Order::Peers(job, limit) => format!("peers {job} {limit:?}"),
            Order::Probe(job, attempt, mark) => {
                let pid = mark.and_then(|mark| mark.pid);
                format!("probe {job}.{attempt} {pid:?}")
            }
            Order::KillLeft(job, pids) => format!("kill {pids:?} {job}"),
            Order::Search(job, doubts, kill) => {
                let attempts: Vec<u32> = doubts.iter().map(|doubt| doubt.attempt.0).collect();
                format!("search {job} for {attempts:?}, kill {kill:?}")
            }
            Order::Finish => "finish".to_owned(),
            Order::Record(event) => match event.what {
                What::Job { job, change, .. } => match change {
                    Change::Queued(why) => format!("{job} queued: {why}"),
                    Change::Connecting => format!("{job} connecting"),
                    Change::Slow => format!("{job} slow"),
                    Change::Retrying { .. } => format!("{job} retrying"),
                    Change::Done(ending) => format!("{job} done: {}", ending.outcome),
                    other => format!("{job} {other:?}"),
                },
                other => format!("{other:?}").to_lowercase(),
            },
        })
        .collect()
}

fn jobs(jobs: &[u32]) -> Vec<JobId> {
    jobs.iter().copied().map(JobId).collect()
}

fn unreachable(cause: Cause) -> Outcome {
    Outcome::Unreachable {
        cause,
        detail: String::new(),
    }
}

#[test]
fn connects_are_bounded_apart_from_runs() {
    let (mut stage, orders) = Stage::new(4, narrow(1, 2));
    assert_eq!(
        orders[4..],
        ["0 connecting", "begin 0.1", "1 connecting", "begin 1.1"],
        "two connect slots"
    );
    assert_eq!(stage.connect(0), ["run 0", "2 connecting", "begin 2.1"]);
    assert_eq!(stage.connect(1), ["1 queued: run slot"], "it keeps its connect slot");
    assert_eq!(
        stage.end(2, unreachable(Cause::Refused)),
        ["2 done: unreachable, connection refused", "3 connecting", "begin 3.1"]
    );
    assert_eq!(stage.end(0, Outcome::Ok), ["0 done: ok", "1 connecting", "run 1"]);
    assert_eq!(stage.end(1, Outcome::Ok), ["1 done: ok"]);
    assert_eq!(stage.connect(3), ["run 3"]);
    assert_eq!(stage.end(3, Outcome::Exit { code: 2 }), ["3 done: exit 2", "finish"]);
    let tally = stage.scheduler.tally();
    assert_eq!((tally.done(), tally.count(Standing::Done(OutcomeClass::Ok))), (4, 2));
}

#[test]
fn a_dead_host_never_holds_a_run_slot() {
    let (mut stage, _) = Stage::new(3, narrow(1, 2));
    // Host 0 hangs while connecting; the others pass it through the one run slot.
    assert_eq!(stage.connect(1), ["run 1", "2 connecting", "begin 2.1"]);
    assert_eq!(stage.end(1, Outcome::Ok), ["1 done: ok"]);
    assert_eq!(stage.connect(2), ["run 2"]);
}

#[test]
fn a_pause_starts_nothing_new_and_ends_nothing() {
    let (mut stage, _) = Stage::new(3, narrow(2, 1));
    assert_eq!(stage.ask(Request::Pause), ["paused(asked)"]);
    assert_eq!(stage.ask(Request::Pause), [""; 0], "paused already");
    assert_eq!(stage.connect(0), ["0 queued: paused"]);
    assert_eq!(
        stage.ask(Request::Continue),
        ["continued", "0 connecting", "run 0", "1 connecting", "begin 1.1"]
    );
}

#[test]
fn a_run_that_was_paused_is_paused_when_it_is_taken_up_again() {
    let plan = plan(2, narrow(2, 1));
    let mut board = Board::new(&plan);
    let (at, what) = (Stamp::default(), What::Paused(PauseReason::Asked));
    board.apply(&Event { at, what });
    let mut stage = Stage {
        scheduler: Scheduler::resumed(plan, 1, board, Lost::Leave),
        now: Stamp::default(),
    };
    let orders = stage.scheduler.start(stage.now);
    assert_eq!(words(orders), ["paused(asked)", "0 queued: paused", "1 queued: paused"]);
    assert_eq!(stage.ask(Request::Continue), ["continued", "0 connecting", "begin 0.1"]);
}

#[test]
fn a_cancel_reaches_a_job_wherever_it_is() {
    let (mut stage, _) = Stage::new(4, narrow(1, 2));
    stage.connect(0);
    stage.connect(1);
    let cancel = |job, force| Request::Cancel {
        jobs: jobs(&[job]),
        force,
    };
    assert_eq!(
        stage.ask(cancel(0, Force::Graceful)),
        ["stop 0 cancel by operator"],
        "running"
    );
    assert_eq!(
        stage.ask(cancel(0, Force::Now)),
        ["stop 0 kill by operator"],
        "stopping"
    );
    assert_eq!(
        stage.ask(cancel(1, Force::Graceful)),
        ["stop 1 cancel by operator"],
        "connected"
    );
    assert_eq!(
        stage.ask(cancel(2, Force::Graceful)),
        ["stop 2 cancel by operator"],
        "connecting"
    );
    assert_eq!(
        stage.ask(cancel(3, Force::Graceful)),
        ["3 done: skipped, cancelled before start"],
        "queued"
    );
    assert_eq!(stage.ask(cancel(3, Force::Now)), [""; 0], "over");
    assert_eq!(stage.ask(cancel(99, Force::Now)), [""; 0], "unknown");
    let skipped = Outcome::skipped(SkipReason::Cancelled);
    stage.end(1, skipped.clone());
    stage.end(2, skipped);
    assert_eq!(stage.end(0, Outcome::Ok), ["0 done: ok", "finish"]);
}

#[test]
fn a_retry_reaches_a_job_wherever_it_is() {
    let (mut stage, _) = Stage::new(2, narrow(2, 2));
    let retry = |job| Request::Retry {
        jobs: jobs(&[job]),
        even_if_running: false,
    };
    assert_eq!(stage.ask(Request::Hold), [""; 0]);
    stage.connect(0);
    assert_eq!(stage.ask(retry(0)), [""; 0], "it runs");
    assert_eq!(stage.end(0, Outcome::Exit { code: 1 }), ["0 done: exit 1"]);
    assert_eq!(
        stage.ask(retry(0)),
        ["0 queued: connect slot", "0 connecting", "begin 0.2"]
    );
    stage.connect(0);
    stage.tell(Input::Stopping(JobId(0)));
    assert_eq!(stage.ask(retry(0)), [""; 0], "it is stopping: noted");
    let cancelled = Outcome::Cancelled {
        by: CancelledBy::Operator,
        fate: Fate::Gone,
        ended: None,
    };
    assert_eq!(
        stage.end(0, cancelled),
        [
            "0 done: cancelled by operator, confirmed gone",
            "0 queued: connect slot",
            "0 connecting",
            "begin 0.3"
        ]
    );
}

#[test]
fn what_was_not_started_comes_back_after_a_while() {
    let (mut stage, _) = Stage::new(1, narrow(1, 1));
    assert_eq!(stage.end(0, unreachable(Cause::DroppedEarly)), ["0 retrying"]);
    let until = stage.scheduler.wake().expect("a moment");
    assert!(
        until <= Stamp::from_millis(1500) && until >= Stamp::from_millis(500),
        "{until:?}"
    );
    assert_eq!(stage.wait(2), ["0 queued: connect slot", "0 connecting", "begin 0.2"]);
    assert_eq!(stage.end(0, unreachable(Cause::DroppedEarly)), ["0 retrying"]);
    assert_eq!(
        stage.ask(Request::Retry {
            jobs: jobs(&[0]),
            even_if_running: false
        }),
        ["0 queued: connect slot", "0 connecting", "begin 0.3"],
        "the operator need not wait"
    );
    assert_eq!(stage.wait(100), [""; 0], "and it is begun once");
}

#[test]
fn a_job_in_backoff_can_be_cancelled() {
    let (mut stage, _) = Stage::new(1, narrow(1, 1));
    stage.end(0, unreachable(Cause::DroppedEarly));
    let cancel = Request::Cancel {
        jobs: jobs(&[0]),
        force: Force::Graceful,
    };
    assert_eq!(
        stage.ask(cancel),
        ["0 done: unreachable, dropped early", "finish"],
        "it was tried"
    );
    assert_eq!(
        stage.scheduler.wake().map(|_| stage.wait(100)).unwrap_or_default(),
        ["finish"]
    );
}

#[test]
fn a_drain_lets_what_runs_go_on() {
    let (mut stage, _) = Stage::new(3, narrow(1, 1));
    stage.connect(0);
    assert_eq!(
        stage.ask(Request::Drain),
        ["draining", "stop 1 quit by quit", "2 done: skipped, run drained"]
    );
    let skipped = Outcome::skipped(SkipReason::Cancelled);
    assert_eq!(stage.end(1, skipped), ["1 done: skipped, run drained"]);
    assert_eq!(
        stage.ask(Request::Retry {
            jobs: jobs(&[1]),
            even_if_running: false
        }),
        [""; 0],
        "nothing new"
    );
    assert_eq!(stage.end(0, Outcome::Ok), ["0 done: ok", "finish"]);
}

#[test]
fn a_quit_ends_everything_and_a_second_one_kills() {
    let (mut stage, _) = Stage::new(2, narrow(1, 1));
    stage.connect(0);
    let quit = |force| Request::Quit { force };
    let orders = stage.ask(quit(Force::Graceful));
    assert!(orders.contains(&"stop 0 quit by quit".to_owned()), "{orders:?}");
    assert_eq!(
        stage.ask(quit(Force::Now)),
        ["stop 0 kill by quit", "stop 1 kill by quit"]
    );
}

#[test]
fn a_run_that_somebody_holds_waits_for_the_release() {
    let (mut stage, _) = Stage::new(1, narrow(1, 1));
    stage.ask(Request::Hold);
    stage.connect(0);
    assert_eq!(stage.end(0, Outcome::Ok), ["0 done: ok"]);
    assert_eq!(stage.ask(Request::Release), ["finish"]);
}

#[test]
fn slow_is_three_medians_once_ten_have_finished_and_never_before_thirty_seconds() {
    let (mut stage, _) = Stage::new(11, narrow(11, 11));
    (0..11).for_each(|job| {
        stage.connect(job);
        stage.tell(Input::Running(JobId(job), 7));
    });
    (0..9).for_each(|job| {
        stage.end(job, Outcome::Ok);
    });
    assert_eq!(stage.wait(100), [""; 0], "nine are too few");
    assert_eq!(stage.end(9, Outcome::Ok), ["9 done: ok"]);
    assert_eq!(stage.wait(1), ["10 slow"]);
    assert_eq!(stage.wait(1), [""; 0], "said once");
}

#[test]
fn an_absolute_soft_limit_needs_no_peers() {
    let slow = Slow::After(Duration::from_secs(5));
    let (mut stage, _) = Stage::new(1, Settings { slow, ..narrow(1, 1) });
    stage.connect(0);
    stage.tell(Input::Running(JobId(0), 7));
    assert_eq!(stage.wait(4), [""; 0]);
    assert_eq!(stage.wait(1), ["0 slow"]);
}

#[test]
fn what_was_cancelled_is_not_tried_again_by_itself() {
    let settings = Settings {
        retries: 3,
        retry_on: vec![RetryOn::Exit],
        ..narrow(1, 1)
    };
    let (mut stage, _) = Stage::new(1, settings);
    stage.connect(0);
    let cancel = Request::Cancel {
        jobs: jobs(&[0]),
        force: Force::Graceful,
    };
    stage.ask(cancel);
    // It ended by itself while the stop was on its way.
    assert_eq!(stage.end(0, Outcome::Exit { code: 1 }), ["0 done: exit 1", "finish"]);
}

#[test]
fn a_retry_that_was_noted_does_not_outlive_a_drain() {
    let (mut stage, _) = Stage::new(1, narrow(1, 1));
    stage.connect(0);
    stage.tell(Input::Running(JobId(0), 7));
    stage.tell(Input::Stopping(JobId(0)));
    stage.ask(Request::Retry {
        jobs: jobs(&[0]),
        even_if_running: false,
    });
    stage.ask(Request::Drain);
    assert_eq!(stage.end(0, Outcome::Exit { code: 1 }), ["0 done: exit 1", "finish"]);
}

#[test]
fn news_that_comes_after_the_end_changes_nothing() {
    let (mut stage, _) = Stage::new(2, narrow(2, 2));
    stage.ask(Request::Hold);
    stage.end(0, unreachable(Cause::Refused));
    assert_eq!(stage.connect(0), [""; 0]);
    assert_eq!(stage.tell(Input::Stopping(JobId(0))), [""; 0]);
    assert_eq!(stage.connect(1), ["run 1"]);
    stage.end(1, Outcome::Ok);
    assert_eq!(stage.ask(Request::Release), ["finish"]);
}

#[test]
fn a_retry_that_was_noted_is_not_started_beside_what_may_still_run() {
    let (mut stage, _) = Stage::new(1, narrow(1, 1));
    stage.connect(0);
    stage.tell(Input::Running(JobId(0), 7));
    stage.tell(Input::Stopping(JobId(0)));
    stage.ask(Request::Retry {
        jobs: jobs(&[0]),
        even_if_running: false,
    });
    let survived = Outcome::Cancelled {
        by: CancelledBy::Operator,
        fate: Fate::Unknown,
        ended: None,
    };
    assert_eq!(
        stage.end(0, survived),
        ["0 done: cancelled by operator, remote unknown", "finish"]
    );
}

#[test]
fn without_the_agent_a_refused_host_waits_under_its_number_until_there_is_another() {
    let refused = || Ending {
        outcome: unreachable(Cause::Auth),
        leaked: false,
        elapsed: Duration::ZERO,
    };
    let (mut stage, _) = Stage::new(3, narrow(1, 1));
    assert_eq!(
        stage.tell(Input::Keyless(JobId(0), refused())),
        ["paused(agentgone)", "0 queued: paused"]
    );
    assert_eq!(stage.tell(Input::Tick), [""; 0]);
    let agent = || Request::Agent { socket: "/a".into() };
    assert_eq!(
        stage.ask(agent()),
        ["continued", "0 connecting", "begin 0.1"],
        "first of all, and as the same attempt"
    );
    assert_eq!(stage.ask(agent()), [""; 0]);
    stage.tell(Input::Keyless(JobId(0), refused()));
    // Somebody who asks for a pause means more than the agent.
    assert_eq!(stage.ask(Request::Pause), ["paused(asked)"]);
    assert_eq!(stage.ask(agent()), [""; 0]);
    assert_eq!(stage.ask(Request::Continue), ["continued", "0 connecting", "begin 0.1"]);
    // What was cancelled or may not begin any more does not wait for an agent.
    stage.ask(Request::Drain);
    assert_eq!(
        stage.tell(Input::Keyless(JobId(0), refused())),
        ["0 done: unreachable, key rejected", "finish"]
    );
}

#[test]
fn sleep_makes_nobody_slow() {
    let settings = Settings {
        slow: Slow::After(Duration::from_secs(10)),
        ..narrow(1, 1)
    };
    let (mut stage, _) = Stage::new(1, settings);
    stage.connect(0);
    stage.tell(Input::Running(JobId(0), 7));
    stage.now = stage.now + Duration::from_secs(105);
    stage.tell(Input::Slept(Duration::from_secs(100)));
    assert_eq!(stage.wait(4), [""; 0]);
    assert_eq!(stage.wait(1), ["0 slow"]);
}

#[test]
fn what_is_to_finish_is_only_ended_by_name() {
    let settings = Settings {
        let_finish: true,
        ..narrow(1, 2)
    };
    let cancel = |force| Request::Cancel {
        jobs: vec![JobId(0)],
        force,
    };
    let (mut stage, _) = Stage::new(3, settings);
    stage.tell(Input::Connected(JobId(0)));
    stage.tell(Input::Running(JobId(0), 7));
    for force in [Force::Graceful, Force::Now] {
        assert_eq!(stage.ask(cancel(force)), ["call off 0"], "{force:?}");
    }
    assert_eq!(stage.ask(cancel(Force::Named)), ["stop 0 kill by operator"]);
    let quit = stage.ask(Request::Quit { force: Force::Graceful });
    assert!(quit.contains(&"call off 0".to_owned()), "{quit:?}");
    assert!(quit.contains(&"stop 1 quit by quit".to_owned()), "{quit:?}");
    assert!(!quit.iter().any(|order| order.starts_with("stop 0")), "{quit:?}");
    let quit = stage.ask(Request::Quit { force: Force::Now });
    assert!(quit.contains(&"let go 0".to_owned()), "{quit:?}");
}

#[test]
fn whoever_waits_for_a_password_gives_the_connect_slot_back_and_gets_another_one() {
    let (mut stage, _) = Stage::new(4, narrow(2, 1));
    let asking = |job| Input::Asking(JobId(job));
    let answered = |job| Input::Answered(JobId(job));
    assert_eq!(stage.tell(asking(0)), ["1 connecting", "begin 1.1"]);
    assert_eq!(stage.tell(asking(1)), ["2 connecting", "begin 2.1"]);
    assert_eq!(stage.tell(asking(2)), Vec::<String>::new(), "as many as may run wait");
    let queued = format!("0 queued: {}", Why::ConnectSlot);
    assert_eq!(stage.tell(answered(0)), [queued]);
    assert_eq!(
        stage.tell(answered(2)),
        ["2 connecting", "connect 2"],
        "it kept its slot"
    );
    let orders = stage.end(2, Outcome::Ok);
    assert_eq!(
        orders[1..],
        ["0 connecting", "connect 0"],
        "before those that were not begun"
    );
    let cancel = Request::Cancel {
        jobs: jobs(&[1]),
        force: Force::Graceful,
    };
    assert_eq!(stage.ask(cancel).len(), 1);
    let ended = stage.end(1, Outcome::skipped(SkipReason::Cancelled));
    assert_eq!(ended.len(), 1, "it held no slot: {ended:?}");
    assert_eq!(stage.end(0, Outcome::Ok)[1..], ["3 connecting", "begin 3.1"]);
}

#[test]
fn what_is_to_finish_is_looked_at_and_not_killed_by_number_while_it_runs() {
    for (let_finish, order) in [(true, "look 0"), (false, "kill [8] 0")] {
        let settings = Settings {
            let_finish,
            ..narrow(1, 1)
        };
        let (mut stage, _) = Stage::new(1, settings);
        stage.connect(0);
        stage.tell(Input::Running(JobId(0), 7));
        let (job, pids) = (JobId(0), vec![8]);
        assert_eq!(stage.ask(Request::KillLeft { job, pids }), [order], "{let_finish}");
    }
}

#[test]
fn a_wider_run_starts_more_at_once_and_a_narrower_one_lets_run_what_runs() {
    let (mut stage, _) = Stage::new(5, narrow(1, 5));
    for job in 0..5 {
        stage.connect(job);
    }
    let widen = |width| Request::Width { width };
    assert_eq!(
        stage.ask(widen(3)),
        ["width { width: 3 }", "1 connecting", "run 1", "2 connecting", "run 2"]
    );
    assert_eq!(stage.ask(widen(0)), ["width { width: 1 }"], "at least one");
    assert_eq!(stage.end(0, Outcome::Ok), ["0 done: ok"]);
    assert_eq!(stage.end(1, Outcome::Ok), ["1 done: ok"]);
    assert_eq!(stage.end(2, Outcome::Ok), ["2 done: ok", "3 connecting", "run 3"]);
}

#[test]
fn a_run_that_is_taken_up_again_keeps_its_width() {
    let plan = plan(2, narrow(1, 2));
    let mut board = Board::new(&plan);
    let (at, what) = (Stamp::default(), What::Width { width: 2 });
    board.apply(&Event { at, what });
    let mut stage = Stage {
        scheduler: Scheduler::resumed(plan, 1, board, Lost::Leave),
        now: Stamp::default(),
    };
    stage.scheduler.start(stage.now);
    assert_eq!(stage.connect(0), ["run 0"]);
    assert_eq!(stage.connect(1), ["run 1"]);
}

#[test]
fn only_what_has_not_started_is_skipped() {
    let (mut stage, _) = Stage::new(4, narrow(1, 2));
    stage.connect(0);
    stage.tell(Input::Running(JobId(0), 7));
    stage.connect(1);
    let skip = Request::Skip {
        jobs: jobs(&[0, 1, 2, 3, 9]),
    };
    assert_eq!(
        stage.ask(skip),
        ["call off 1", "call off 2", "3 done: skipped, cancelled before start"]
    );
}

#[test]
fn signals_and_limits_reach_what_runs_and_nothing_that_is_to_finish() {
    let (mut stage, _) = Stage::new(3, narrow(2, 3));
    stage.connect(0);
    stage.tell(Input::Running(JobId(0), 7));
    stage.connect(1);
    let signal = Request::Signal {
        jobs: jobs(&[0, 1, 2, 9]),
        signal: Sig::Usr1,
    };
    assert_eq!(stage.ask(signal.clone()), ["USR1 0"], "1 is only being started");
    let limit = Request::Limit {
        jobs: jobs(&[0, 1, 2, 9]),
        by: Adjust::Off,
    };
    assert_eq!(stage.ask(limit.clone()), ["limit 0 Off"]);

    let to_finish = Settings {
        let_finish: true,
        ..narrow(2, 3)
    };
    let (mut stage, _) = Stage::new(1, to_finish);
    stage.connect(0);
    stage.tell(Input::Running(JobId(0), 7));
    assert_eq!(stage.ask(signal), [""; 0]);
    assert_eq!(stage.ask(limit), ["limit 0 Off"]);
}

/// Twelve jobs run; ten of them have taken 20 s.
fn after_ten(settings: Settings) -> Stage {
    let (mut stage, _) = Stage::new(12, settings);
    for job in 0..12 {
        stage.connect(job);
        stage.tell(Input::Running(JobId(job), 7));
    }
    stage.now = Stamp::from_secs(20);
    for job in 0..10 {
        let ending = Ending {
            outcome: Outcome::Ok,
            leaked: false,
            elapsed: Duration::from_secs(20),
        };
        stage.tell(Input::Ended(JobId(job), ending));
    }
    stage
}

#[test]
fn once_ten_have_ended_what_the_others_took_is_the_limit() {
    let settings = Settings {
        run_factor: Some(3.0),
        slow: Slow::Never,
        ..narrow(12, 12)
    };
    let mut stage = after_ten(settings.clone());
    assert_eq!(stage.wait(39), [""; 0]);
    assert!(stage.scheduler.wake().is_some(), "it looks again");
    assert_eq!(stage.wait(1), ["peers 10 60s", "peers 11 60s"]);
    assert_eq!(stage.wait(1), [""; 0], "once");

    let mut stage = after_ten(settings.clone());
    let limit = Request::Limit {
        jobs: jobs(&[10]),
        by: Adjust::Longer(Duration::from_secs(5)),
    };
    assert_eq!(stage.ask(limit), ["peers 10 60s", "limit 10 Longer(5s)"]);

    let mut stage = after_ten(Settings {
        run_factor: Some(1.0),
        ..settings
    });
    assert_eq!(stage.wait(9), [""; 0], "never before 30 s");
    assert_eq!(stage.wait(1), ["peers 10 30s", "peers 11 30s"]);
}
