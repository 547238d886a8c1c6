//! Stopping: limits and the operator, and what became of what ran.

use crate::stage::{Stage, secs, settings};
use heeler::model::event::{Change, Stream};
use heeler::model::outcome::{CancelledBy, Ended, Fate, Limit, Outcome, SkipReason};
use heeler::model::phase::StopReason;
use heeler::model::plan::Settings;
use heeler::model::request::{Force, Request};
use heeler::model::stamp::Stamp;

const TERMINATED: Option<Ended> = Some(Ended::Signal {
    number: 15,
    status: 143,
});
const KILLED: Option<Ended> = Some(Ended::Signal { number: 9, status: 137 });

fn stopping(change: &Change) -> bool {
    matches!(change, Change::Stopping { .. })
}

fn cancel(stage: &Stage, host: &str, force: Force) {
    let jobs = vec![stage.job(host)];
    stage.ask(Request::Cancel { jobs, force });
}

/// One job, of which nobody knows what became.
#[track_caller]
fn assert_lost_and_unknown(outcomes: &[Outcome]) {
    let fate = Fate::Unknown;
    assert!(
        matches!(outcomes, [Outcome::Lost { fate: found, .. }] if *found == fate),
        "{outcomes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_run_limit_ends_a_job() {
    let limited = Settings {
        run_timeout: Some(secs(60)),
        ..settings()
    };
    let mut stage = Stage::open(&["a"], limited);
    let (_line, mut shim) = stage.start("a").await;
    stage.pass(secs(60)).await;
    let (at, change) = stage.until("a", stopping).await;
    assert_eq!(at, Stamp::from_secs(60));
    assert_eq!(
        change,
        Change::Stopping {
            reason: StopReason::Timeout,
            limit: Some(Limit::Run),
            kill_at: Some(Stamp::from_secs(70)),
        }
    );
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.go(143)).await;
    assert_eq!(
        stage.end().await,
        [Outcome::TimedOut {
            limit: Limit::Run,
            fate: Fate::Gone,
            ended: TERMINATED,
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_job_and_output_puts_that_off() {
    let limited = Settings {
        idle_timeout: Some(secs(20)),
        ..settings()
    };
    let mut stage = Stage::open(&["a"], limited);
    let (_line, mut shim) = stage.start("a").await;
    stage.pass(secs(15)).await;
    stage.soon(shim.print(Stream::Stdout, b".")).await;
    stage.until_output().await;
    stage.pass(secs(15)).await;
    stage.pass(secs(5)).await;
    let (at, _) = stage.until("a", stopping).await;
    assert_eq!(at, Stamp::from_secs(35));
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.go(143)).await;
    assert!(matches!(
        stage.end().await[..],
        [Outcome::TimedOut { limit: Limit::Idle, .. }]
    ));
}

#[tokio::test(start_paused = true)]
async fn kill_follows_where_term_was_ignored() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    cancel(&stage, "a", Force::Graceful);
    stage.until("a", stopping).await;
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.say("left 1")).await;
    // What is printed after the answer is read after it.
    stage.soon(shim.print(Stream::Stderr, b"no\n")).await;
    stage.until_output().await;
    stage.pass(secs(10)).await;
    let (at, change) = stage.until("a", stopping).await;
    assert_eq!(at, Stamp::from_secs(10));
    assert!(matches!(change, Change::Stopping { kill_at: None, .. }), "{change:?}");
    stage.soon(shim.hears(&["stop KILL"])).await;
    stage.soon(shim.go(137)).await;
    assert_eq!(
        stage.end().await,
        [Outcome::Cancelled {
            by: CancelledBy::Operator,
            fate: Fate::Gone,
            ended: KILLED,
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn a_shim_that_never_answers_is_lost_and_its_job_s_fate_unknown() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    cancel(&stage, "a", Force::Graceful);
    stage.until("a", stopping).await;
    stage.pass(secs(10)).await;
    assert_eq!(stage.soon(shim.hung_up()).await, "stop TERM\nbeat\n");
    let outcomes = stage.end().await;
    assert_lost_and_unknown(&outcomes);
}

#[tokio::test(start_paused = true)]
async fn survivors_are_counted() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    cancel(&stage, "a", Force::Now);
    stage.until("a", stopping).await;
    stage.soon(shim.hears(&["stop KILL"])).await;
    for record in ["pid 8 session D 0 dd", "pid 9 escaped S 1000 daemon", "left 2"] {
        stage.soon(shim.say(record)).await;
    }
    stage.soon(shim.print(Stream::Stdout, b".")).await;
    stage.until_output().await;
    stage.pass(secs(5)).await;
    assert_eq!(stage.soon(shim.hung_up()).await, "leave\n");
    assert_eq!(
        stage.end().await,
        [Outcome::Cancelled {
            by: CancelledBy::Operator,
            fate: Fate::Survived {
                count: 2,
                owners: vec!["root".to_owned(), "uid 1000".to_owned()],
            },
            ended: None,
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancel_before_the_command_runs_starts_nothing() {
    let one = Settings {
        width: 1,
        connect_width: 2,
        ..settings()
    };
    let mut stage = Stage::open(&["runs", "waits", "connects", "queued"], one);
    let (_line, mut shim) = stage.start("runs").await;
    let mut line = stage.call("waits").await.accept();
    let mut waits = stage.soon(line.session()).await;
    stage.soon(waits.greet()).await;
    stage.until("waits", |change| matches!(change, Change::Queued(_))).await;
    let call = stage.call("connects").await;
    assert!(!stage.is_called("queued"), "two connects at once");
    let jobs = ["queued", "connects", "waits"].map(|host| stage.job(host)).to_vec();
    stage.ask(Request::Cancel {
        jobs,
        force: Force::Graceful,
    });
    stage.soon(call.ignore()).await;
    for host in ["queued", "connects", "waits"] {
        // In whatever order they end.
        if !stage.is_over(host) {
            stage.done(host).await;
        }
    }
    stage.soon(shim.exit(0)).await;
    let skipped = Outcome::skipped(SkipReason::Cancelled);
    assert_eq!(
        stage.end().await,
        [Outcome::Ok, skipped.clone(), skipped.clone(), skipped]
    );
    assert_eq!(stage.soon(waits.hung_up()).await, "", "the program was not sent");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_out_of_patience_kills_what_is_stopping() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    cancel(&stage, "a", Force::Graceful);
    stage.until("a", stopping).await;
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.pass(secs(3)).await;
    cancel(&stage, "a", Force::Now);
    let (at, change) = stage.until("a", stopping).await;
    assert_eq!(at, Stamp::from_secs(3));
    assert_eq!(
        change,
        Change::Stopping {
            reason: StopReason::Kill,
            limit: None,
            kill_at: None,
        }
    );
    stage.soon(shim.hears(&["stop KILL"])).await;
    stage.soon(shim.go(137)).await;
    assert!(matches!(
        stage.end().await[..],
        [Outcome::Cancelled { ended: KILLED, .. }]
    ));
}

#[tokio::test(start_paused = true)]
async fn an_end_that_was_on_its_way_keeps_its_own_outcome() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    cancel(&stage, "a", Force::Graceful);
    stage.until("a", stopping).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn the_shim_hears_from_us_as_long_as_the_link_stands() {
    let leased = Settings {
        lease: Some(secs(90)),
        ..settings()
    };
    let mut stage = Stage::open(&["a"], leased);
    let (_line, mut shim) = stage.start("a").await;
    for _ in 0..3 {
        stage.pass(secs(10)).await;
        stage.soon(shim.hears_beat()).await;
    }
    // The answer to the third one is late.
    stage.pass(secs(10)).await;
    let (_, change) = stage
        .until("a", |change| matches!(change, Change::LinkSilent { .. }))
        .await;
    assert_eq!(
        change,
        Change::LinkSilent {
            since: Stamp::default()
        }
    );
    stage.soon(shim.say("beat")).await;
    stage.until("a", |change| *change == Change::LinkHeard).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_when_the_host_has_the_program_is_no_skip() {
    let mut stage = Stage::open(&["a"], settings());
    let mut line = stage.call("a").await.accept();
    let mut shim = stage.soon(line.session()).await;
    stage.soon(shim.greet()).await;
    stage.soon(shim.take_program()).await;
    cancel(&stage, "a", Force::Graceful);
    stage.until("a", stopping).await;
    // Nothing may be said of the job's end before the shim has spoken.
    stage.pass(secs(5)).await;
    assert!(!stage.is_over("a"));
    stage.soon(shim.say_up()).await;
    stage.soon(shim.say("job 7 setsid")).await;
    stage.until("a", stopping).await;
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.say("left 0")).await;
    stage.soon(shim.go(143)).await;
    let outcomes = stage.end().await;
    assert!(
        matches!(&outcomes[..], [Outcome::Cancelled { fate: Fate::Gone, .. }]),
        "{outcomes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_even_where_the_host_has_the_program_and_no_shim_answers() {
    for (wishes, patience) in [
        (&[Force::Graceful][..], 10),
        (&[Force::Now], 5),
        (&[Force::Graceful, Force::Now], 5),
    ] {
        let unlimited = Settings {
            connect_timeout: None,
            ..settings()
        };
        let mut stage = Stage::open(&["a"], unlimited);
        let mut line = stage.call("a").await.accept();
        let mut shim = stage.soon(line.session()).await;
        stage.soon(shim.greet()).await;
        stage.soon(shim.take_program()).await;
        for force in wishes {
            cancel(&stage, "a", *force);
            stage.until("a", stopping).await;
        }
        stage.pass(secs(patience - 1)).await;
        assert!(!stage.is_over("a"));
        stage.pass(secs(1)).await;
        stage.soon(shim.hung_up()).await;
        let outcomes = stage.end().await;
        assert_lost_and_unknown(&outcomes);
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_falls_silent_with_the_program_may_have_started_it() {
    let mut stage = Stage::open(&["silent", "cut"], settings());
    let mut line = stage.call("silent").await.accept();
    let mut silent = stage.soon(line.session()).await;
    stage.soon(silent.greet()).await;
    stage.soon(silent.take_program()).await;
    let mut other = stage.call("cut").await.accept();
    let mut cut = stage.soon(other.session()).await;
    stage.soon(cut.greet()).await;
    stage.soon(cut.take_program()).await;
    cut.cut();
    stage.done("cut").await;
    stage.pass(secs(30)).await;
    let outcomes = stage.end().await;
    for outcome in &outcomes {
        assert!(
            matches!(outcome, Outcome::Lost { fate: Fate::Unknown, detail } if detail.contains("may have been started")),
            "{outcome:?}"
        );
    }
}
