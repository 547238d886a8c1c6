//! A job of which something may still run is not started again before that was looked for.

use crate::hosts::Line;
use crate::shim::Shim;
use crate::stage::{Stage, secs, settings};
use heeler::model::event::{Change, Ending, What};
use heeler::model::id::AttemptNo;
use heeler::model::outcome::{Fate, Outcome, SkipReason};
use heeler::model::request::Request;

/// A run on one host whose command was lost: nobody knows whether it still runs.
async fn lost() -> Stage {
    let mut stage = Stage::open(&["a"], settings());
    stage.ask(Request::Hold);
    let (line, mut shim) = stage.start("a").await;
    line.cut("Broken pipe");
    shim.cut();
    let ending = stage.done("a").await;
    assert!(ending.outcome.may_live_on(), "{ending:?}");
    stage
}

fn retry(stage: &Stage, even_if_running: bool) {
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Retry { jobs, even_if_running });
}

/// The session of the search, on a new connection.
async fn searched(stage: &mut Stage) -> (Line, Shim) {
    let mut line = stage.call("a").await.accept();
    let mut search = stage.soon(line.session()).await;
    stage.soon(search.greet()).await;
    (line, search)
}

async fn found(stage: &mut Stage) -> (AttemptNo, Fate) {
    let event = stage
        .until_event(|what| {
            matches!(
                what,
                What::Job {
                    change: Change::Found { .. },
                    ..
                }
            )
        })
        .await;
    match event.what {
        What::Job {
            attempt,
            change: Change::Found { fate },
            ..
        } => (attempt, fate),
        _ => unreachable!("it is the event that was wanted"),
    }
}

async fn run_to_ok(stage: &mut Stage, mut line: Line) {
    let mut shim = stage.soon(line.session()).await;
    // This shell was seen to answer by the search.
    stage.soon(shim.run_greeted()).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.done("a").await.outcome, Outcome::Ok);
}

fn survived() -> Fate {
    Fate::Survived {
        count: 1,
        owners: vec!["root".to_owned()],
    }
}

const ALIVE: [&str; 2] = ["pid 0 7 cookie S 0 0 sleep", "looked 0 1 all"];

fn refused(ending: &Ending) -> (SkipReason, &str) {
    match &ending.outcome {
        Outcome::Skipped {
            why,
            detail: Some(detail),
        } => (*why, detail),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_told_and_the_job_started_again() {
    let mut stage = lost().await;
    stage.pass(secs(100)).await;
    retry(&stage, false);
    let (line, mut search) = searched(&mut stage).await;
    // A process of another that has the number of the old one by now.
    stage
        .soon(search.look(&["pid 0 7 session S 0 3 nginx", "looked 0 1 all"]))
        .await;
    assert_eq!(found(&mut stage).await, (AttemptNo(1), Fate::Gone));
    run_to_ok(&mut stage, line).await;
    // It is in doubt no more.
    retry(&stage, false);
    let line = stage.call("a").await.accept();
    let mut line = line;
    let mut shim = stage.soon(line.session()).await;
    stage.soon(shim.run()).await;
    stage.soon(shim.exit(0)).await;
    stage.done("a").await;
    stage.ask(Request::Release);
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn what_still_runs_is_not_started_beside() {
    let mut stage = lost().await;
    retry(&stage, false);
    let (mut line, mut search) = searched(&mut stage).await;
    stage.soon(search.look(&ALIVE)).await;
    assert!(search.program.contains(" 7\n"), "its first process is looked for");
    assert_eq!(found(&mut stage).await, (AttemptNo(1), survived()));
    let ending = stage.done("a").await;
    let (why, detail) = refused(&ending);
    assert_eq!(why, SkipReason::AlreadyRunning);
    assert!(detail.starts_with("still running since "), "{detail}");
    assert!(detail.ends_with(" UTC, pid 7 (root): sleep"), "{detail}");
    assert!(line.is_unused(), "nothing was started");
    // And again, until it is gone.
    retry(&stage, false);
    let mut search = stage.soon(line.session()).await;
    stage.soon(search.look(&["looked 0 0 all"])).await;
    assert_eq!(found(&mut stage).await, (AttemptNo(1), Fate::Gone));
    run_to_ok(&mut stage, line).await;
    stage.ask(Request::Release);
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn even_if_it_runs_means_beside_it() {
    let mut stage = lost().await;
    retry(&stage, true);
    let (line, mut search) = searched(&mut stage).await;
    stage.soon(search.look(&ALIVE)).await;
    assert_eq!(
        found(&mut stage).await,
        (AttemptNo(1), survived()),
        "it is told all the same"
    );
    run_to_ok(&mut stage, line).await;
    stage.ask(Request::Release);
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_for_is_not_gone() {
    for (answer, why) in [
        (&["looked 0 0 hidden"][..], "the processes of others are hidden there"),
        (&["looked 0 0 grep"], "there is no grep to look with"),
        (&["looked 0 0 proc"], "there is no /proc to look into"),
        (&[], "the search was not answered"),
        (&["looked 0 1 all"], "the search was not answered"),
    ] {
        let mut stage = lost().await;
        retry(&stage, false);
        let (line, mut search) = searched(&mut stage).await;
        stage.soon(search.look(answer)).await;
        let ending = stage.done("a").await;
        let expected = format!("an earlier attempt may still be running: {why}");
        assert_eq!(refused(&ending), (SkipReason::MayBeRunning, expected.as_str()));
        assert!(line.is_unused(), "nothing was started");
        stage.ask(Request::Release);
        stage.end().await;
        let is_found = |what: &What| {
            matches!(
                what,
                What::Job {
                    change: Change::Found { .. },
                    ..
                }
            )
        };
        assert!(
            !stage.events.iter().any(|event| is_found(&event.what)),
            "nothing is known"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_that_hangs_is_no_answer() {
    let mut stage = lost().await;
    retry(&stage, false);
    let (_line, mut search) = searched(&mut stage).await;
    stage.soon(search.come_up()).await;
    stage.pass(secs(10)).await;
    let ending = stage.done("a").await;
    assert_eq!(refused(&ending).0, SkipReason::MayBeRunning);
    stage.ask(Request::Release);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_search_can_be_cancelled() {
    let mut stage = lost().await;
    retry(&stage, false);
    let (_line, mut search) = searched(&mut stage).await;
    stage.soon(search.come_up()).await;
    let jobs = vec![stage.job("a")];
    let force = heeler::model::request::Force::Graceful;
    stage.ask(Request::Cancel { jobs, force });
    let ending = stage.done("a").await;
    assert_eq!(ending.outcome, Outcome::skipped(SkipReason::Cancelled));
    stage.soon(search.hung_up()).await;
    stage.ask(Request::Release);
    stage.end().await;
}
