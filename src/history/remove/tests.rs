//! What is taken away from a real directory, and what never is.

use super::super::fixture::{RUN, Stage, runner};
use super::super::marks::{mark_reviewed, pin, unpin};
use super::*;
use crate::model::outcome::Outcome;
use std::os::unix::fs::symlink;
use std::thread;

const EVERYTHING: Bounds = Bounds {
    keep: Some(Duration::from_secs(1)),
    max_size: None,
};

fn ended(exit: u8) -> (Stage, Store) {
    let mut stage = Stage::new(&["web1"]);
    let outcome = if exit == 0 {
        Outcome::Ok
    } else {
        Outcome::Exit { code: 1 }
    };
    stage.done(1, 0, outcome);
    stage.end(2, exit);
    let store = Store::new(stage.home.path());
    (stage, store)
}

fn prune(store: &Store) -> Vec<String> {
    let verdict = store.judge(EVERYTHING).expect("listed");
    let gone = store.take_away(&verdict.due, &runner()).expect("moved");
    store.sweep().expect("deleted");
    gone.into_iter().map(|run| run.name).collect()
}

#[test]
fn an_old_run_that_went_well_goes_and_nothing_of_it_is_left() {
    let (stage, store) = ended(0);
    let outside = stage.home.path().join("outside");
    fs::create_dir(&outside).expect("a directory");
    fs::write(outside.join("precious"), "x").expect("written");
    symlink(&outside, stage.dir.path().join("out/link")).expect("a link");
    assert_eq!(prune(&store), [RUN]);
    assert_eq!(fs::read_dir(store.path()).expect("listed").count(), 0);
    assert!(outside.join("precious").exists(), "no link is followed");
    assert_eq!(prune(&store), [""; 0]);
}

#[test]
fn a_failed_run_goes_once_it_was_seen() {
    let (mut stage, store) = ended(1);
    assert_eq!(prune(&store), [""; 0]);
    mark_reviewed(&stage.dir, 0).expect("marked");
    let again = |stage: &mut Stage| {
        let (time, operator) = (String::new(), String::new());
        stage.event(
            3,
            crate::model::event::What::RunResumed(crate::model::event::Resumed { time, operator }),
        );
    };
    again(&mut stage);
    stage.end(4, 1);
    assert_eq!(prune(&store), [""; 0], "it was taken up again since");
    mark_reviewed(&stage.dir, 0).expect("marked");
    assert_eq!(prune(&store), [""; 0], "what came after that was not shown");
    mark_reviewed(&stage.dir, 1).expect("marked");
    assert_eq!(prune(&store), [RUN]);
}

#[test]
fn what_is_pinned_alive_or_unreadable_stays() {
    let (stage, store) = ended(0);
    pin(&stage.dir).expect("pinned");
    assert_eq!(prune(&store), [""; 0]);
    assert!(unpin(&stage.dir).expect("unpinned"));
    assert!(!unpin(&stage.dir).expect("not pinned"));
    let verdict = store.judge(EVERYTHING).expect("listed");
    let lock = stage.hold();
    let gone = store.take_away(&verdict.due, &runner()).expect("moved");
    assert_eq!(gone, [], "it came alive after it was judged");
    drop(lock);
    stage.rewrite(|text| format!("rubbish\n{text}"));
    assert_eq!(prune(&store), [""; 0]);
    stage.rewrite(|text| text.replace("rubbish\n", ""));
    assert_eq!(prune(&store), [RUN]);
}

#[test]
fn two_at_once_do_no_harm() {
    let (stage, store) = ended(0);
    for number in 0..200 {
        fs::write(stage.dir.path().join(format!("out/{number}")), "x").expect("written");
    }
    let verdict = store.judge(EVERYTHING).expect("listed");
    let both = [(), ()].map(|()| {
        let (store, due) = (store.clone(), verdict.due.clone());
        thread::spawn(move || {
            let gone = store.take_away(&due, &runner()).expect("moved").len();
            store.sweep().expect("deleted");
            gone
        })
    });
    let gone: usize = both.map(|one| one.join().expect("no panic")).iter().sum();
    assert_eq!(gone, 1);
    assert_eq!(fs::read_dir(store.path()).expect("listed").count(), 0);
}

#[test]
fn what_was_cut_short_is_deleted_next_time_but_no_link() {
    let (stage, store) = ended(1);
    let left = store.path().join(".removing-20200102T030405Z-aaaaaa");
    fs::create_dir_all(left.join("out/web1")).expect("a directory");
    let link = store.path().join(".removing-link");
    symlink(stage.home.path(), &link).expect("a link");
    store.sweep().expect("deleted");
    assert!(!left.exists() && stage.dir.plan().exists());
    assert!(link.symlink_metadata().is_ok());
}

#[test]
fn the_bounds_are_applied_by_themselves_at_most_once_an_hour() {
    let (_stage, store) = ended(0);
    assert!(store.is_prune_due());
    assert!(!store.is_prune_due());
    assert!(!Store::new("/nonexistent".as_ref()).is_prune_due());
}
