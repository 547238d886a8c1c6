//! A disk that refuses, and one that does not answer: jobs go on, whoever watches is told what is missing, and what can
//! still be recorded is.

use crate::stage::{Stage, secs, settings};
use heeler::model::event::{Change, Event, Stream, Unrecorded, What};
use heeler::model::id::AttemptNo;
use heeler::model::outcome::{Fate, Outcome, SkipReason};
use heeler::model::request::{Force, Request};
use heeler::rundir::{Fill, OutputReader};
use rustix::fs::{Mode, mkfifoat};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use tempfile::TempDir;

/// A disk of a size that is soon full.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// A new one; `None`, with a word about it, where file systems may not be mounted.
    fn mount() -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let mounted = mount("heeler-test", place.path(), "tmpfs", MountFlags::empty(), c"size=256k");
        match mounted {
            Ok(()) => Some(Self(place)),
            Err(error) => {
                let mut err = std::io::stderr();
                writeln!(err, "SKIPPED: no tmpfs can be mounted here ({error})").unwrap();
                None
            }
        }
    }

    fn ballast(&self) -> PathBuf {
        self.0.path().join("ballast")
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        while ballast.write(&[0; 4096]).is_ok_and(|count| count > 0) {}
    }

    /// Makes room again.
    fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = unmount(self.0.path(), UnmountFlags::DETACH);
    }
}

fn unrecorded(what: &What) -> Option<&Unrecorded> {
    match what {
        What::Unrecorded(lacks) => Some(lacks),
        _ => None,
    }
}

async fn until_lacking(stage: &mut Stage, wanted: impl Fn(&Unrecorded) -> bool) -> Unrecorded {
    let event = stage.until_event(|what| unrecorded(what).is_some_and(&wanted)).await;
    unrecorded(&event.what).expect("that event").clone()
}

/// Everything but what was said about losses, as JSON.
fn others(events: &[Event]) -> Vec<String> {
    let others = events.iter().filter(|event| unrecorded(&event.what).is_none());
    others.map(|event| serde_json::to_string(event).unwrap()).collect()
}

/// Lets more happen than the last page of the list of events has room for.
async fn use_up_the_last_page(stage: &mut Stage) {
    for _ in 0..20 {
        stage.ask(Request::Pause);
        stage.ask(Request::Continue);
    }
    until_lacking(stage, |lacks| lacks.events > 0).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_full_disk_refuses_is_counted_and_the_rest_comes_in_its_place() {
    let Some(disk) = SmallDisk::mount() else { return };
    let mut stage = Stage::open_in(disk.0.path(), &["a"], settings(), |_| {});
    let (_line, mut shim) = stage.start("a").await;
    stage.soon(shim.print(Stream::Stdout, b"before.")).await;
    stage.until_output().await;
    disk.fill();
    let lost = vec![b'x'; 100_000];
    stage.soon(shim.print(Stream::Stdout, &lost)).await;
    let first = until_lacking(&mut stage, |lacks| lacks.bytes > 0).await;
    assert!(first.detail.contains("No space left on device"), "{first:?}");
    use_up_the_last_page(&mut stage).await;
    disk.make_room();
    until_lacking(&mut stage, |lacks| lacks.events == 0).await;
    stage.soon(shim.print(Stream::Stdout, b"after.")).await;
    stage.soon(shim.exit(0)).await;
    while stage.take().await {}
    assert_eq!(stage.finish().await, [Outcome::Ok]);

    // Every event is there, in order.
    assert_eq!(others(&stage.record()), others(&stage.events));
    let record = stage.record();
    let lacks = record.iter().rev().find_map(|event| unrecorded(&event.what));
    let lacks = lacks.expect("the record itself says what it lacks");
    assert_eq!(lacks.events, 0);
    // And every byte that is there is in its place.
    let file = stage.file("a", 1, Stream::Stdout);
    assert_eq!(file.len(), 7 + lost.len() + 6);
    assert!(file.starts_with(b"before.") && file.ends_with(b"after."));
    let missing = file.split(|byte| *byte == 0).count() as u64 - 1;
    let (index, _) = OutputReader::new(&stage.dir, "a", AttemptNo::FIRST).index(0).unwrap();
    let holes: u64 = index.iter().filter(|e| e.fill == Fill::Hole).map(|e| e.bytes).sum();
    assert_eq!((holes, lacks.bytes), (missing, missing));
    assert_eq!(index.iter().map(|e| e.bytes).sum::<u64>(), file.len() as u64);
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_also_when_its_end_cannot_be_recorded() {
    let Some(disk) = SmallDisk::mount() else { return };
    let mut stage = Stage::open_in(disk.0.path(), &["a"], settings(), |_| {});
    let (_line, mut shim) = stage.start("a").await;
    disk.fill();
    use_up_the_last_page(&mut stage).await;
    stage.soon(shim.print(Stream::Stderr, b"lost")).await;
    stage.soon(shim.exit(3)).await;
    while stage.take().await {}
    assert_eq!(stage.finish().await, [Outcome::Exit { code: 3 }]);
    let told = others(&stage.events);
    assert!(matches!(
        stage.events.last().map(|event| &event.what),
        Some(What::RunEnded { exit: 1, .. })
    ));
    // What is there is whole, and what is not was counted to the last.
    let recorded = others(&stage.record());
    assert_eq!(recorded[..], told[..recorded.len()]);
    let last = stage.events.iter().rev().find_map(|event| unrecorded(&event.what));
    let missing = (told.len() - recorded.len()) as u64;
    let last = last.expect("told");
    assert_eq!((last.bytes, last.events), (4, missing));
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_at_the_end_of_an_attempt_leaves_its_hole() {
    let Some(disk) = SmallDisk::mount() else { return };
    let mut stage = Stage::open_in(disk.0.path(), &["a"], settings(), |_| {});
    let (_line, mut shim) = stage.start("a").await;
    stage.ask(Request::Hold);
    disk.fill();
    use_up_the_last_page(&mut stage).await;
    stage.soon(shim.print(Stream::Stdout, b"lost")).await;
    until_lacking(&mut stage, |lacks| lacks.bytes == 4).await;
    stage.soon(shim.exit(0)).await;
    stage.done("a").await;
    disk.make_room();
    until_lacking(&mut stage, |lacks| lacks.events == 0).await;
    stage.ask(Request::Release);
    while stage.take().await {}
    assert_eq!(stage.finish().await, [Outcome::Ok]);
    let (index, _) = OutputReader::new(&stage.dir, "a", AttemptNo::FIRST).index(0).unwrap();
    let holes: Vec<_> = index.iter().map(|e| (e.stream, e.fill, e.bytes)).collect();
    assert_eq!(holes, [(Stream::Stdout, Fill::Hole, 4)]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_started_while_the_record_cannot_say_so() {
    let Some(disk) = SmallDisk::mount() else { return };
    let mut stage = Stage::open_in(disk.0.path(), &["a", "b"], settings(), |_| {});
    disk.fill();
    use_up_the_last_page(&mut stage).await;
    let mut sessions = Vec::new();
    for host in ["a", "b"] {
        let mut line = stage.call(host).await.accept();
        let mut shim = stage.soon(line.session()).await;
        stage.soon(shim.greet()).await;
        stage
            .until(host, |change| matches!(change, Change::Starting { .. }))
            .await;
        sessions.push((line, shim));
    }
    // What waits for the disk can be cancelled, and was then never started.
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Cancel {
        jobs,
        force: Force::Graceful,
    });
    assert_eq!(stage.done("a").await.outcome, Outcome::skipped(SkipReason::Cancelled));
    assert_eq!(stage.soon(sessions[0].1.hung_up()).await, "");
    // What is not cancelled is started when there is room.
    disk.make_room();
    let shim = &mut sessions[1].1;
    stage.soon(shim.run_greeted()).await;
    let record = stage.record();
    let starting = |event: &Event| {
        let What::Job { host, change, .. } = &event.what else {
            return false;
        };
        host.as_str() == "b" && matches!(change, Change::Starting { .. })
    };
    assert!(record.iter().any(starting), "on record before the host has the program");
    stage.soon(shim.exit(0)).await;
    while stage.take().await {}
    let skipped = Outcome::skipped(SkipReason::Cancelled);
    assert_eq!(stage.finish().await, [skipped, Outcome::Ok]);
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_vanishes_disturbs_no_job() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    stage.soon(shim.print(Stream::Stdout, b"one")).await;
    stage.until_output().await;
    fs::remove_dir_all(stage.dir.path()).unwrap();
    // It is noticed also when nothing more is to be written, and what was written is missing as well.
    let lacks = until_lacking(&mut stage, |lacks| lacks.bytes == 3).await;
    assert!(lacks.detail.ends_with(" is gone"), "{lacks:?}");
    let told = others(&stage.events).len() as u64;
    assert_eq!(lacks.events, told);
    stage.soon(shim.exit(0)).await;
    while stage.take().await {}
    assert_eq!(stage.finish().await, [Outcome::Ok]);
    assert!(!stage.dir.path().exists(), "nothing is made anew in its place");
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_comes_back_gets_what_was_kept_for_it() {
    let mut stage = Stage::open(&["a"], settings());
    let (_line, mut shim) = stage.start("a").await;
    let aside = stage.dir.path().with_extension("aside");
    fs::rename(stage.dir.path(), &aside).unwrap();
    until_lacking(&mut stage, |lacks| lacks.events > 0).await;
    stage.ask(Request::Hold);
    stage.soon(shim.exit(0)).await;
    stage.done("a").await;
    fs::rename(&aside, stage.dir.path()).unwrap();
    until_lacking(&mut stage, |lacks| lacks.events == 0).await;
    stage.ask(Request::Release);
    while stage.take().await {}
    assert_eq!(stage.finish().await, [Outcome::Ok]);
    assert_eq!(others(&stage.record()), others(&stage.events));
}

/// Makes the list of events a pipe, which takes what fits and then nothing, until somebody reads. Returns what wakes
/// its reader, and what the reader has read in the end.
fn clog(events: &Path) -> (mpsc::Sender<()>, thread::JoinHandle<String>) {
    mkfifoat(rustix::fs::CWD, events, Mode::RUSR | Mode::WUSR).unwrap();
    let (wake, woken) = mpsc::channel();
    let path = events.to_owned();
    let reader = thread::spawn(move || {
        let mut pipe = OpenOptions::new().read(true).open(path).unwrap();
        rustix::pipe::fcntl_setpipe_size(&pipe, 4096).unwrap();
        let _ = woken.recv();
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    });
    (wake, reader)
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_does_not_answer_keeps_nobody_from_hearing_and_ending_jobs() {
    let mut clogged = None;
    let home = tempfile::tempdir().unwrap();
    let mut stage = Stage::open_in(home.path(), &["a", "b"], settings(), |dir| {
        clogged = Some(clog(&dir.events()));
    });
    let (wake, reader) = clogged.expect("a pipe");
    let (_a, mut first) = stage.start("a").await;
    let (_b, mut second) = stage.start("b").await;
    // More than the pipe takes.
    for _ in 0..40 {
        stage.ask(Request::Pause);
        stage.ask(Request::Continue);
    }
    let lacks = until_lacking(&mut stage, |lacks| lacks.events > 0).await;
    assert!(lacks.detail.starts_with("the disk has not answered for"), "{lacks:?}");

    stage.ask(Request::Hold);
    // A job that floods stands still, and loses nothing by that; when it is to end, it is heard.
    let flood = vec![b'x'; 1 << 20];
    let printed = tokio::time::timeout(secs(1), first.print(Stream::Stdout, &flood));
    let (printed, ()) = tokio::join!(printed, tokio::time::advance(secs(2)));
    assert!(printed.is_err(), "it waits for the disk");
    let jobs = vec![stage.job("a")];
    stage.ask(Request::Cancel {
        jobs,
        force: Force::Graceful,
    });
    stage.soon(first.hears(&["stop TERM"])).await;
    stage.soon(first.go(143)).await;
    let ending = stage.done("a").await;
    assert!(
        matches!(ending.outcome, Outcome::Cancelled { fate: Fate::Gone, .. }),
        "{ending:?}"
    );
    let last = stage.outputs.last().and_then(|output| output.pieces.last());
    let told = last.map(|piece| piece.offset + piece.bytes.len() as u64);
    stage.soon(second.exit(0)).await;
    assert_eq!(stage.done("b").await.outcome, Outcome::Ok);

    // The disk answers again: nothing was lost, and nothing is missing any more.
    wake.send(()).unwrap();
    until_lacking(&mut stage, |lacks| (lacks.bytes, lacks.events) == (0, 0)).await;
    stage.ask(Request::Release);
    while stage.take().await {}
    assert!(matches!(
        stage.finish().await[..],
        [Outcome::Cancelled { .. }, Outcome::Ok]
    ));
    let text = stage
        .soon(async { tokio::task::spawn_blocking(|| reader.join()).await })
        .await;
    let text = text.expect("no panic").expect("all of it");
    let record: Vec<Event> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(others(&record), others(&stage.events));
    let file = stage.file("a", 1, Stream::Stdout);
    assert_eq!(Some(file.len() as u64), told);
    assert!(file.iter().all(|byte| *byte == b'x'));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_for_those_who_watch_although_the_disk_never_answers() {
    let mut clogged = None;
    let home = tempfile::tempdir().unwrap();
    let mut stage = Stage::open_in(home.path(), &["a"], settings(), |dir| {
        clogged = Some(clog(&dir.events()));
    });
    let (wake, reader) = clogged.expect("a pipe");
    let (_line, mut shim) = stage.start("a").await;
    for _ in 0..40 {
        stage.ask(Request::Pause);
        stage.ask(Request::Continue);
    }
    until_lacking(&mut stage, |lacks| lacks.events > 0).await;
    stage.soon(shim.exit(0)).await;
    assert_eq!(stage.done("a").await.outcome, Outcome::Ok);
    while stage.take().await {}
    let (last, before) = stage.events.split_last().expect("events");
    assert!(matches!(last.what, What::RunEnded { exit: 0, .. }));
    let lacks = before.iter().rev().find_map(|event| unrecorded(&event.what));
    assert!(lacks.is_some_and(|lacks| lacks.events > 0), "{lacks:?}");
    // The runner itself waits a while for the disk, and no longer.
    stage.pass(secs(30)).await;
    assert_eq!(stage.finish().await, [Outcome::Ok]);
    assert!(matches!(
        stage.events.iter().rev().nth(1).map(|e| &e.what),
        Some(What::Unrecorded(_))
    ));
    drop(wake);
    let _ = reader;
}
