//! What a front-end may ask of a run, or not ask.

use crate::shim::Shim;
use crate::stage::{Stage, secs, settings};
use heeler::model::event::{Change, What};
use heeler::model::outcome::{CancelledBy, Fate, Limit, Outcome, SkipReason};
use heeler::model::phase::PauseReason;
use heeler::model::phase::Why;
use heeler::model::plan::Settings;
use heeler::model::request::{Adjust, Force, Request};
use heeler::model::signal::Sig;

fn queued(change: &Change) -> bool {
    matches!(change, Change::Queued(_))
}

fn stopping(change: &Change) -> bool {
    matches!(change, Change::Stopping { .. })
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_over_is_tried_again_on_the_same_connection() {
    let mut stage = Stage::open(&["a"], settings());
    stage.ask(Request::Hold);
    let (mut line, mut shim) = stage.start("a").await;
    stage.soon(shim.exit(1)).await;
    stage.done("a").await;
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Retry {
        jobs,
        even_if_running: false,
    });
    stage.until("a", queued).await;
    let mut again = stage.soon(line.session()).await;
    // This shell was seen to answer: it is not greeted a second time.
    stage.soon(again.come_up()).await;
    stage.soon(again.say("job 8 setsid")).await;
    stage.soon(again.exit(0)).await;
    stage.done("a").await;
    stage.ask(Request::Release);
    assert_eq!(stage.end().await, [Outcome::Ok]);
    let attempts: Vec<u32> = stage.events.iter().filter_map(attempt_done).collect();
    assert_eq!(attempts, [1, 2]);
}

fn attempt_done(event: &heeler::model::event::Event) -> Option<u32> {
    match &event.what {
        What::Job {
            attempt,
            change: Change::Done(_),
            ..
        } => Some(attempt.0),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_of_a_stopping_job_waits_for_its_end() {
    let mut stage = Stage::open(&["a"], settings());
    let (mut line, mut shim) = stage.start("a").await;
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Cancel {
        jobs: jobs.clone(),
        force: Force::Graceful,
    });
    stage.until("a", stopping).await;
    stage.ask(Request::Retry {
        jobs,
        even_if_running: false,
    });
    stage.soon(shim.hears(&["stop TERM"])).await;
    assert!(line.is_unused(), "not two at once");
    stage.soon(shim.go(143)).await;
    assert!(matches!(stage.done("a").await.outcome, Outcome::Cancelled { .. }));
    let mut again = stage.soon(line.session()).await;
    stage.soon(again.come_up()).await;
    stage.soon(again.say("job 8 setsid")).await;
    stage.soon(again.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_host_whose_link_was_cut_is_connected_anew() {
    let mut stage = Stage::open(&["a"], settings());
    stage.ask(Request::Hold);
    let (line, mut shim) = stage.start("a").await;
    line.cut("Broken pipe");
    shim.cut();
    assert!(matches!(stage.done("a").await.outcome, Outcome::Lost { .. }));
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Retry {
        jobs,
        even_if_running: false,
    });
    let mut line = stage.call("a").await.accept();
    let mut search = stage.soon(line.session()).await;
    stage.soon(search.greet()).await;
    stage.soon(search.look(&["looked 0 0 all"])).await;
    let mut again = stage.soon(line.session()).await;
    stage.soon(again.run_greeted()).await;
    stage.soon(again.exit(0)).await;
    stage.done("a").await;
    stage.ask(Request::Release);
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_was_asked_for_outlives_the_kill() {
    let mut stage = Stage::open(&["a"], settings());
    let (mut line, mut shim) = stage.start("a").await;
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Cancel {
        jobs: jobs.clone(),
        force: Force::Graceful,
    });
    stage.until("a", stopping).await;
    stage.ask(Request::Retry {
        jobs,
        even_if_running: false,
    });
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.say("left 1")).await;
    stage.pass(secs(10)).await;
    stage.until("a", stopping).await;
    stage.soon(shim.hears(&["stop KILL"])).await;
    stage.soon(shim.go(137)).await;
    stage.done("a").await;
    let mut again = stage.soon(line.session()).await;
    stage.soon(again.come_up()).await;
    stage.soon(again.say("job 8 setsid")).await;
    stage.soon(again.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_front_end_that_is_gone_holds_nothing_open() {
    let mut stage = Stage::open(&["a"], settings());
    stage.ask(Request::Hold);
    let (_line, mut shim) = stage.start("a").await;
    stage.link = None;
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.go(143)).await;
    assert!(matches!(stage.end().await[..], [Outcome::Cancelled { .. }]));
}

#[tokio::test(start_paused = true)]
async fn a_pause_starts_nothing_until_it_is_over() {
    let one = Settings {
        connect_width: 1,
        ..settings()
    };
    let mut stage = Stage::open(&["a", "b"], one);
    let call = stage.call("a").await;
    stage.ask(Request::Pause);
    stage
        .until_event(|what| *what == What::Paused(PauseReason::Asked))
        .await;
    let mut line = call.accept();
    let mut first = stage.soon(line.session()).await;
    stage.soon(first.greet()).await;
    stage.until("a", |change| *change == Change::Queued(Why::Pause)).await;
    stage.pass(secs(600)).await;
    assert!(!stage.is_called("b"));
    stage.ask(Request::Continue);
    stage.until_event(|what| *what == What::Continued).await;
    stage.soon(first.run_greeted()).await;
    stage.soon(first.exit(0)).await;
    let (_line, mut second) = stage.start("b").await;
    stage.soon(second.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok, Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_lets_what_runs_go_on() {
    let one = Settings {
        connect_width: 1,
        ..settings()
    };
    let mut stage = Stage::open(&["a", "b", "c"], one);
    let (_line, mut shim) = stage.start("a").await;
    let connecting = stage.call("b").await;
    stage.ask(Request::Drain);
    stage.soon(connecting.ignore()).await;
    stage.until_event(|what| *what == What::Draining).await;
    stage.pass(secs(60)).await;
    stage.soon(shim.exit(0)).await;
    let skipped = Outcome::skipped(SkipReason::Drain);
    assert_eq!(stage.end().await, [Outcome::Ok, skipped.clone(), skipped]);
}

/// Everything is stopped: by quitting, and by a front-end that is gone without a word.
async fn ends_everything(end: impl FnOnce(&mut Stage)) {
    let one = Settings {
        connect_width: 1,
        ..settings()
    };
    let mut stage = Stage::open(&["a", "b", "c"], one);
    let (_line, mut shim) = stage.start("a").await;
    let connecting = stage.call("b").await;
    end(&mut stage);
    stage.soon(connecting.ignore()).await;
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.go(143)).await;
    let outcomes = stage.end().await;
    let skipped = Outcome::skipped(SkipReason::Drain);
    assert!(
        matches!(
            &outcomes[0],
            Outcome::Cancelled {
                by: CancelledBy::Quit,
                fate: Fate::Gone,
                ..
            }
        ),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[1..], [skipped.clone(), skipped]);
}

#[tokio::test(start_paused = true)]
async fn a_quit_ends_everything() {
    ends_everything(|stage| stage.ask(Request::Quit { force: Force::Graceful })).await;
}

#[tokio::test(start_paused = true)]
async fn a_front_end_that_is_gone_ends_everything() {
    ends_everything(|stage| stage.link = None).await;
}

#[tokio::test(start_paused = true)]
async fn a_wider_run_starts_more_and_a_narrower_one_ends_nothing() {
    let one = Settings { width: 1, ..settings() };
    let mut stage = Stage::open(&["a", "b", "c"], one);
    let (_a, mut first) = stage.start("a").await;
    stage.ask(Request::Width { width: 2 });
    let (_b, mut second) = stage.start("b").await;
    stage.ask(Request::Width { width: 1 });
    stage.until_event(|what| *what == What::Width { width: 1 }).await;
    stage.soon(first.exit(0)).await;
    stage.done("a").await;
    // Its shell is there already, and it waits for the run slot.
    let mut third = stage.call("c").await.accept();
    let mut shim = stage.soon(third.session()).await;
    stage.soon(shim.greet()).await;
    stage.until("c", |change| *change == Change::Queued(Why::RunSlot)).await;
    stage.soon(second.exit(0)).await;
    stage.soon(shim.run_greeted()).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok, Outcome::Ok, Outcome::Ok]);
}

/// Lets so many seconds pass on a host that is heard all the while.
async fn live(stage: &mut Stage, shim: &mut Shim, seconds: u64) {
    for _ in 0..seconds / 5 {
        stage.soon(shim.say("beat")).await;
        stage.pass(secs(5)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_extended_and_cut_while_the_command_runs() {
    let limited = Settings {
        run_timeout: Some(secs(60)),
        ..settings()
    };
    let mut stage = Stage::open(&["a"], limited);
    let (_line, mut shim) = stage.start("a").await;
    let jobs = vec![stage.job("a")];
    let limit = |jobs: &[_], by| Request::Limit {
        jobs: jobs.to_vec(),
        by,
    };
    live(&mut stage, &mut shim, 30).await;
    stage.ask(limit(&jobs, Adjust::Longer(secs(60))));
    let (_, change) = stage.until("a", |change| matches!(change, Change::Limit { .. })).await;
    assert_eq!(change, Change::Limit { run: Some(secs(120)) });
    live(&mut stage, &mut shim, 60).await;
    assert!(!stage.is_over("a"));
    stage.ask(limit(&jobs, Adjust::Shorter(secs(60))));
    let (at, _) = stage.until("a", stopping).await;
    assert_eq!(at.0, secs(90), "that is past already");
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.go(143)).await;
    assert!(matches!(
        stage.end().await[..],
        [Outcome::TimedOut { limit: Limit::Run, .. }]
    ));
}

#[tokio::test(start_paused = true)]
async fn a_signal_goes_to_the_command_and_nothing_else_follows() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    stage.ask(Request::Signal {
        jobs: vec![stage.job("a")],
        signal: Sig::Hup,
    });
    stage.soon(shim.hears(&["sig HUP"])).await;
    stage.soon(shim.say("left 1")).await;
    stage
        .until("a", |change| *change == Change::Signalled { signal: Sig::Hup })
        .await;
    stage.pass(secs(600)).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_job_far_beyond_its_peers_is_timed_out_where_that_is_the_limit() {
    let hosts = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    let relative = Settings {
        run_factor: Some(3.0),
        ..settings()
    };
    let mut stage = Stage::open(&hosts, relative);
    let mut shims = Vec::new();
    for host in hosts {
        shims.push(stage.start(host).await);
    }
    stage.pass(secs(20)).await;
    for ((_, shim), host) in shims.iter_mut().zip(hosts).take(10) {
        stage.soon(shim.exit(0)).await;
        stage.done(host).await;
    }
    let (_, last) = &mut shims[10];
    live(&mut stage, last, 40).await;
    let (at, change) = stage.until("k", stopping).await;
    assert_eq!(at.0, secs(60));
    assert!(matches!(
        change,
        Change::Stopping {
            limit: Some(Limit::Run),
            ..
        }
    ));
    stage.soon(last.hears(&["stop TERM"])).await;
    stage.soon(last.go(143)).await;
    assert!(matches!(
        stage.end().await[10],
        Outcome::TimedOut { limit: Limit::Run, .. }
    ));
}
