//! What is alive on a host: told to who asks, for jobs that run and jobs that are over, and killed by number.

use crate::hosts::Line;
use crate::shim::Shim;
use crate::stage::{Stage, secs, settings};
use heeler::model::event::{Change, Stream, What};
use heeler::model::left::{Kin, Left};
use heeler::model::outcome::{Fate, Outcome};
use heeler::model::request::{Force, Request};
use std::time::Duration;

fn left(pid: u32, kin: Kin) -> Left {
    Left {
        pid,
        kin,
        state: 'S',
        owner: "root".to_owned(),
        name: "sleep".to_owned(),
    }
}

fn look(stage: &Stage) {
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Look { jobs });
}

fn kill(stage: &Stage, pids: &[u32]) {
    let job = stage.job("a");
    let pids = pids.to_vec();
    stage.ask(Request::KillLeft { job, pids });
}

async fn told(stage: &mut Stage) -> Vec<Left> {
    match stage.until("a", |change| matches!(change, Change::Left { .. })).await {
        (_, Change::Left { processes }) => processes,
        _ => unreachable!("it is the change that was wanted"),
    }
}

async fn found(stage: &mut Stage) -> Fate {
    match stage.until("a", |change| matches!(change, Change::Found { .. })).await {
        (_, Change::Found { fate }) => fate,
        _ => unreachable!("it is the change that was wanted"),
    }
}

async fn not_looked(stage: &mut Stage) -> String {
    match stage
        .until("a", |change| matches!(change, Change::NotLooked { .. }))
        .await
    {
        (_, Change::NotLooked { detail }) => detail,
        _ => unreachable!("it is the change that was wanted"),
    }
}

fn is_left(what: &What) -> bool {
    matches!(
        what,
        What::Job {
            change: Change::Left { .. },
            ..
        }
    )
}

/// The next session on a line, whose shell answers, and which searches and is told this.
async fn search(stage: &mut Stage, line: &mut Line, answer: &[&str]) -> Shim {
    let mut search = stage.soon(line.session()).await;
    stage.soon(search.look(answer)).await;
    search
}

const ESCAPED: [&str; 2] = ["pid 0 9 cookie S 0 0 sleep", "looked 0 1 all"];
const NOTHING: [&str; 1] = ["looked 0 0 all"];

/// A run that somebody watches, on one host whose job was cancelled and of which an escaped process survived.
async fn survived() -> (Stage, Line) {
    let mut stage = Stage::open(&["a"], settings());
    stage.ask(Request::Hold);
    let (line, mut shim) = stage.start("a").await;
    let jobs = vec![stage.job("a")];
    let force = Force::Graceful;
    stage.ask(Request::Cancel { jobs, force });
    stage.soon(shim.hears(&["stop TERM"])).await;
    stage.soon(shim.say("pid 7 session S 0 sh")).await;
    stage.soon(shim.say("pid 9 escaped S 0 sleep")).await;
    stage.soon(shim.say("left 2")).await;
    stage.soon(shim.say("exit 143")).await;
    stage.soon(shim.say("pid 9 escaped S 0 sleep")).await;
    stage.soon(shim.say("left 1")).await;
    // What was said is heard before time passes.
    stage.pass(Duration::ZERO).await;
    for _ in 0..5 {
        stage.pass(Duration::from_millis(200)).await;
        stage.soon(shim.hears(&["look"])).await;
        stage.soon(shim.say("pid 9 escaped S 0 sleep")).await;
        stage.soon(shim.say("left 1")).await;
        stage.pass(Duration::ZERO).await;
    }
    assert_eq!(told(&mut stage).await, [left(9, Kin::Escaped)]);
    let ending = stage.done("a").await;
    let fate = Fate::Survived {
        count: 1,
        owners: vec!["root".to_owned()],
    };
    assert_eq!(
        ending.outcome.fate(),
        Some(&fate),
        "not after grace and more: {ending:?}"
    );
    let looks = stage.events.iter().filter(|event| is_left(&event.what)).count();
    assert_eq!(looks, 1, "the looks of a stop are not told");
    assert_eq!(stage.soon(shim.hung_up()).await, "leave\n");
    (stage, line)
}

#[tokio::test(start_paused = true)]
async fn a_running_command_is_looked_at_by_its_shim() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    look(&stage);
    stage.soon(shim.hears(&["look"])).await;
    for record in ["pid 7 session S 0 sleep", "pid 9 escaped S 0 sleep", "left 2"] {
        stage.soon(shim.say(record)).await;
    }
    assert_eq!(told(&mut stage).await, [left(7, Kin::Session), left(9, Kin::Escaped)]);
    kill(&stage, &[9]);
    stage.soon(shim.hears(&["sig KILL 9"])).await;
    for record in ["pid 7 session S 0 sleep", "pid 9 escaped S 0 sleep", "left 2"] {
        stage.soon(shim.say(record)).await;
    }
    // The look follows the answer, which must have been read.
    for _ in 0..3 {
        stage.pass(secs(1)).await;
    }
    stage.soon(shim.hears(&["look"])).await;
    for record in ["pid 7 session S 0 sleep", "left 1"] {
        stage.soon(shim.say(record)).await;
    }
    assert_eq!(told(&mut stage).await, [left(7, Kin::Session)]);
    stage.soon(shim.go(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn what_survived_is_killed_by_number_when_the_job_is_over_and_then_it_is_gone() {
    let (mut stage, mut line) = survived().await;
    look(&stage);
    let searched = search(&mut stage, &mut line, &ESCAPED).await;
    assert!(!searched.program.contains("\nstrike 0 "), "a look kills nobody");
    assert_eq!(told(&mut stage).await, [left(9, Kin::Escaped)]);
    assert!(matches!(found(&mut stage).await, Fate::Survived { count: 1, .. }));
    // A process that is none of the job's is not even named.
    kill(&stage, &[9, 4711]);
    search(&mut stage, &mut line, &ESCAPED).await;
    let struck = search(&mut stage, &mut line, &NOTHING).await;
    let call = struck
        .program
        .lines()
        .find(|line| line.starts_with("strike 0 "))
        .expect("a kill");
    assert!(call.ends_with(" 7 9"), "{call}");
    assert_eq!(told(&mut stage).await, []);
    assert_eq!(found(&mut stage).await, Fate::Gone);
    // It is in doubt no more: a retry asks nobody.
    let (jobs, even_if_running) = (vec![stage.job("a")], false);
    stage.ask(Request::Retry { jobs, even_if_running });
    let mut shim = stage.soon(line.session()).await;
    stage.soon(shim.run_greeted()).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.done("a").await.outcome, Outcome::Ok);
    stage.ask(Request::Release);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn where_it_cannot_be_looked_that_is_told() {
    let (mut stage, mut line) = survived().await;
    look(&stage);
    search(&mut stage, &mut line, &["looked 0 0 grep"]).await;
    assert_eq!(not_looked(&mut stage).await, "there is no grep to look with");
    line.cut("Broken pipe");
    look(&stage);
    let call = stage.call("a").await;
    call.refuse(heeler::model::outcome::Cause::NoRoute, "no route to host a");
    let detail = not_looked(&mut stage).await;
    assert!(detail.contains("no route to host a"), "{detail}");
    stage.ask(Request::Release);
    stage.end().await;
}

#[tokio::test(start_paused = true)]
async fn where_nothing_was_started_nothing_is_looked_for() {
    let mut stage = Stage::open(&["a"], settings());
    let call = stage.call("a").await;
    look(&stage);
    assert_eq!(not_looked(&mut stage).await, "no command was started there");
    let mut line = call.accept();
    let mut shim = stage.soon(line.session()).await;
    stage.soon(shim.run()).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.end().await, [Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn who_holds_the_output_of_a_command_that_has_ended_is_named_once() {
    let mut stage = Stage::open(&["a"], settings());
    let (mut line, mut shim) = stage.start("a").await;
    stage.soon(shim.say("exit 0")).await;
    stage.soon(shim.print(Stream::Stderr, b"late")).await;
    stage.until_output().await;
    stage.pass(secs(2)).await;
    stage.soon(shim.hung_up()).await;
    search(&mut stage, &mut line, &ESCAPED).await;
    assert_eq!(told(&mut stage).await, [left(9, Kin::Escaped)]);
    let ending = stage.done("a").await;
    assert_eq!((ending.outcome, ending.leaked), (Outcome::Ok, true));
    stage.end().await;
}
