use super::super::fixture::Stage;
use super::*;
use crate::model::event::{Change, Ending};
use crate::model::left::{Kin, Left};
use crate::model::outcome::{CancelledBy, Cause, Fate, Limit, Outcome, SkipReason};

fn written(stage: &Stage) -> String {
    let mut out = Vec::new();
    write(&stage.board, &stage.plan, &mut out).expect("written");
    let text = String::from_utf8(out).expect("text");
    text.replace(&stage.plan.directory.display().to_string(), "DIRECTORY")
}

#[test]
fn every_distinct_bad_outcome_has_a_line_worst_first() {
    let hosts = [
        "web01", "web02", "web03", "web04", "web05", "db4", "db5", "db6", "db7", "db8", "db9",
    ];
    let mut stage = Stage::new(&hosts);
    let unreachable = |detail: &str| Outcome::Unreachable {
        cause: Cause::Refused,
        detail: detail.to_owned(),
    };
    let outcomes = [
        Outcome::Ok,
        Outcome::Exit { code: 3 },
        Outcome::Exit { code: 3 },
        Outcome::Exit { code: 1 },
        Outcome::Signal { number: 9, status: 137 },
        unreachable("one word"),
        unreachable("another word"),
        Outcome::TimedOut {
            limit: Limit::Run,
            fate: Fate::Gone,
            ended: None,
        },
        Outcome::Lost {
            detail: "cut".to_owned(),
            fate: Fate::Unknown,
        },
        Outcome::Cancelled {
            by: CancelledBy::Operator,
            fate: Fate::Gone,
            ended: None,
        },
        Outcome::skipped(SkipReason::Drain),
    ];
    for (job, outcome) in outcomes.into_iter().enumerate() {
        stage.end(job as u32, outcome);
    }
    insta::assert_snapshot!(written(&stage), @"
    1 ok, 4 failed, 1 timed out, 1 cancelled, 2 unreachable, 1 lost, 1 skipped in 11s
    lost, remote unknown (1): db7
    unreachable, connection refused (2): db[4-5]
    timed out, run limit, confirmed gone (1): db6
    signal 9 (137) (1): web05
    exit 3 (2): web[02-03]
    exit 1 (1): web04
    cancelled by operator, confirmed gone (1): db8
    skipped, run drained (1): db9
    record: DIRECTORY
    ");
}

#[test]
fn what_was_left_behind_and_what_is_not_over_is_told() {
    let mut stage = Stage::new(&["a", "b", "c"]);
    let leaked = Ending {
        outcome: Outcome::Ok,
        leaked: true,
        elapsed: Duration::from_secs(1),
    };
    stage.change(0, Change::Done(leaked));
    stage.change(1, Change::Running { pid: 7 });
    assert_eq!(
        written(&stage),
        "1 ok, 1 running, 1 not started in 1s\nleaked a process (1): a\nrecord: DIRECTORY\n"
    );
}

#[test]
fn what_is_left_is_named_where_the_job_is_over() {
    let mut stage = Stage::new(&["a", "b", "c"]);
    let left = |pid, kin, name: &str| Left {
        pid,
        kin,
        state: 'S',
        owner: "root".to_owned(),
        name: name.to_owned(),
    };
    let survived = |count| Outcome::Cancelled {
        by: CancelledBy::Operator,
        fate: Fate::Survived {
            count,
            owners: vec!["root".to_owned()],
        },
        ended: None,
    };
    let one = left(4711, Kin::Session, "dd");
    let processes = vec![one.clone(), left(4712, Kin::Escaped, "a\u{1b}[31mb")];
    stage.change(0, Change::Left { processes });
    stage.end(0, survived(2));
    let processes = (1..=6).map(|pid| left(pid, Kin::Session, "x")).collect();
    stage.change(1, Change::Left { processes });
    stage.end(1, survived(6));
    // A command that ended by itself since it was looked at: nothing is known of what it left.
    stage.change(2, Change::Left { processes: vec![one] });
    stage.end(2, Outcome::Ok);
    insta::assert_snapshot!(written(&stage), @"
    1 ok, 2 cancelled in 6s
    cancelled by operator, 2 survived (owner root) (1): a
    cancelled by operator, 6 survived (owner root) (1): b
    left on a: pid 4711 dd (root); pid 4712 ab (root, escaped)
    left on b: pid 1 x (root); pid 2 x (root); pid 3 x (root); pid 4 x (root); 2 more
    record: DIRECTORY
    ");
}

#[test]
fn of_many_hosts_on_which_something_is_left_the_rest_is_counted() {
    let hosts: Vec<String> = (1..=21).map(|nth| format!("h{nth}")).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let mut stage = Stage::new(&hosts);
    for job in 0..21 {
        let process = Left {
            pid: 7,
            kin: Kin::Session,
            state: 'S',
            owner: "root".to_owned(),
            name: "dd".to_owned(),
        };
        let processes = vec![process];
        stage.change(job, Change::Left { processes });
        stage.end(
            job,
            Outcome::Cancelled {
                by: CancelledBy::Operator,
                fate: Fate::Survived {
                    count: 1,
                    owners: vec!["root".to_owned()],
                },
                ended: None,
            },
        );
    }
    let written = written(&stage);
    assert!(
        written.contains("left on h20: pid 7 dd (root)\nand on 1 more host\n"),
        "{written}"
    );
}
