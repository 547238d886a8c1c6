//! What is written is read back, by the reader that front-ends use.

use super::*;
use crate::model::event::What;
use crate::model::host::HostName;
use crate::model::id::RunId;
use crate::model::phase::PauseReason;
use crate::model::plan::Settings;
use crate::rundir::{IndexEntry, OutputReader, RunDirError};
use Stream::{Stderr, Stdout};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

fn run() -> RunId {
    RunId("20260102T030405-abcd".to_owned())
}

fn begin(hosts: u32) -> (TempDir, RunDir, Writer, Plan) {
    let home = tempfile::tempdir().unwrap();
    let dir = RunDir::create(home.path(), &run()).unwrap();
    let plan = Plan {
        format: crate::model::plan::PLAN_FORMAT,
        ssh: crate::model::plan::SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        run: run(),
        command: "printf '%s\\n' \"$HEELER_HOST\"".to_owned(),
        env: vec![("release".to_owned(), "1.2".to_owned())],
        hosts: (0..hosts)
            .map(|n| HostName::parse(&format!("web{n}")).unwrap())
            .collect(),
        node_set: "web[0-1]".to_owned(),
        settings: Settings::default(),
        operator: "me@here".to_owned(),
        note: Some("a note".to_owned()),
        started: "2026-01-02T03:04:05Z".to_owned(),
        directory: dir.path().to_owned(),
        version: "0".to_owned(),
    };
    let writer = Writer::create(dir.clone(), &plan).unwrap();
    (home, dir, writer, plan)
}

fn write(writer: &mut Writer, plan: &Plan, (job, attempt): (u32, u32), at: u64, (stream, bytes): (Stream, &[u8])) {
    let key = (JobId(job), AttemptNo(attempt));
    let at = Stamp::from_millis(at);
    writer
        .output(key, plan.label(key.0), Chunk { at, stream, bytes })
        .unwrap();
}

#[test]
fn the_plan_and_the_events_are_kept() {
    let (_home, dir, mut writer, plan) = begin(2);
    let kept: Plan = serde_json::from_slice(&fs::read(dir.plan()).unwrap()).unwrap();
    assert_eq!(kept, plan);
    let events = [(0, What::Paused(PauseReason::Asked)), (5, What::Continued)].map(|(at, what)| Event {
        at: Stamp::from_secs(at),
        what,
    });
    for event in &events {
        writer.event(event).unwrap();
    }
    let text = fs::read_to_string(dir.events()).unwrap();
    let read: Vec<Event> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, events);
}

#[test]
fn output_is_read_back_by_stream_by_range_and_in_order() {
    let (_home, dir, mut writer, plan) = begin(2);
    write(&mut writer, &plan, (0, 1), 10, (Stdout, b"one "));
    write(&mut writer, &plan, (0, 1), 20, (Stderr, b"\xff\0"));
    write(&mut writer, &plan, (1, 1), 25, (Stdout, b"another host"));
    write(&mut writer, &plan, (0, 1), 30, (Stdout, b"two"));
    write(&mut writer, &plan, (0, 2), 40, (Stdout, b"again"));
    let reader = OutputReader::new(&dir, "web0", AttemptNo(1));
    assert_eq!(reader.read(Stdout, 0, 100).unwrap(), b"one two");
    assert_eq!(reader.read(Stdout, 2, 4).unwrap(), b"e tw");
    assert_eq!(reader.read(Stdout, 7, 4).unwrap(), b"");
    assert_eq!(reader.read(Stdout, 700, 4).unwrap(), b"");
    assert_eq!(reader.read(Stderr, 0, 100).unwrap(), b"\xff\0");
    assert_eq!((reader.len(Stdout).unwrap(), reader.len(Stderr).unwrap()), (7, 2));
    let entry = |at, stream, bytes| IndexEntry {
        at: Stamp::from_millis(at),
        stream,
        bytes,
        fill: Fill::Bytes,
    };
    let (entries, end) = reader.index(0).unwrap();
    assert_eq!(
        entries,
        [entry(10, Stdout, 4), entry(20, Stderr, 2), entry(30, Stdout, 3)]
    );
    assert_eq!(reader.index(end).unwrap(), (Vec::new(), end));
    let (first, next) = reader.index_part(0, 9).unwrap();
    assert_eq!(first, entries[..1], "half of the second line is left for later");
    assert_eq!(reader.index(next).unwrap().0, entries[1..]);
    let second = OutputReader::new(&dir, "web0", AttemptNo(2));
    assert_eq!(second.read(Stdout, 0, 100).unwrap(), b"again");
}

#[test]
fn what_was_silent_has_no_files_and_reads_as_empty() {
    let (_home, dir, mut writer, plan) = begin(1);
    write(&mut writer, &plan, (0, 1), 10, (Stdout, b"out"));
    assert!(!dir.output("web0", AttemptNo(1), Stderr).exists());
    for (attempt, stream) in [(1, Stderr), (2, Stdout)] {
        let reader = OutputReader::new(&dir, "web0", AttemptNo(attempt));
        assert_eq!(reader.len(stream).unwrap(), 0);
        assert_eq!(reader.read(stream, 0, 10).unwrap(), b"");
    }
    assert_eq!(
        OutputReader::new(&dir, "web0", AttemptNo(2)).index(0).unwrap(),
        (Vec::new(), 0)
    );
}

#[test]
fn a_line_that_was_being_written_is_read_when_it_is_whole() {
    let (_home, dir, mut writer, plan) = begin(1);
    write(&mut writer, &plan, (0, 1), 10, (Stdout, b"out"));
    let index = dir.index("web0", AttemptNo(1));
    append(&index).unwrap().write_all(b"20 e").unwrap();
    let reader = OutputReader::new(&dir, "web0", AttemptNo(1));
    let (entries, end) = reader.index(0).unwrap();
    assert_eq!((entries.len(), end), (1, 7));
    append(&index).unwrap().write_all(b" 5\n").unwrap();
    let (entries, end) = reader.index(end).unwrap();
    assert_eq!((entries[0].stream, entries[0].bytes, end), (Stderr, 5, 14));
}

#[test]
fn more_attempts_than_may_be_open_are_all_written_whole() {
    const JOBS: u32 = 3 * OPEN_ATTEMPTS as u32;
    let (_home, dir, mut writer, plan) = begin(JOBS);
    for round in 0..3_u8 {
        for job in 0..JOBS {
            let stream = if round == 1 { Stderr } else { Stdout };
            write(
                &mut writer,
                &plan,
                (job, 1),
                u64::from(round),
                (stream, &[round, job as u8]),
            );
            assert!(writer.open.len() <= OPEN_ATTEMPTS);
        }
    }
    for job in 0..JOBS {
        let reader = OutputReader::new(&dir, plan.label(JobId(job)), AttemptNo(1));
        let low = job as u8;
        assert_eq!(reader.read(Stdout, 0, 100).unwrap(), [0, low, 2, low], "job {job}");
        assert_eq!(reader.read(Stderr, 0, 100).unwrap(), [1, low], "job {job}");
        assert_eq!(reader.index(0).unwrap().0.len(), 3, "job {job}");
    }
    (0..JOBS).for_each(|job| writer.close((JobId(job), AttemptNo(1))));
    assert!(writer.open.is_empty());
}

#[test]
fn the_files_used_last_stay_open() {
    let (_home, _dir, mut writer, plan) = begin(OPEN_ATTEMPTS as u32 + 1);
    for job in 0..OPEN_ATTEMPTS as u32 {
        write(&mut writer, &plan, (job, 1), 0, (Stdout, b"."));
    }
    write(&mut writer, &plan, (0, 1), 1, (Stdout, b"."));
    write(&mut writer, &plan, (OPEN_ATTEMPTS as u32, 1), 1, (Stdout, b"."));
    assert!(writer.open.contains_key(&(JobId(0), AttemptNo(1))));
    assert!(!writer.open.contains_key(&(JobId(1), AttemptNo(1))));
}

#[test]
fn what_was_lost_leaves_a_hole_and_the_rest_in_its_place() {
    let (_home, dir, mut writer, plan) = begin(1);
    write(&mut writer, &plan, (0, 1), 10, (Stdout, b"one"));
    let key = (JobId(0), AttemptNo(1));
    writer.hole(key, "web0", (Stamp::from_millis(30), Stdout), 5).unwrap();
    write(&mut writer, &plan, (0, 1), 30, (Stdout, b"two"));
    let reader = OutputReader::new(&dir, "web0", AttemptNo(1));
    assert_eq!(reader.read(Stdout, 0, 100).unwrap(), b"one\0\0\0\0\0two");
    let (entries, _) = reader.index(0).unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| (entry.bytes, entry.fill)).collect();
    assert_eq!(kinds, [(3, Fill::Bytes), (5, Fill::Hole), (3, Fill::Bytes)]);
}

#[test]
fn a_directory_that_was_moved_or_removed_is_noticed() {
    let (home, dir, writer, _plan) = begin(1);
    writer.is_in_place().unwrap();
    let aside = home.path().join("aside");
    fs::rename(dir.path(), &aside).unwrap();
    let gone = writer.is_in_place().unwrap_err().to_string();
    assert!(gone.ends_with(" is gone"), "{gone}");
    fs::create_dir(dir.path()).unwrap();
    fs::write(dir.events(), "").unwrap();
    writer.is_in_place().expect_err("it is another one");
    fs::remove_dir_all(dir.path()).unwrap();
    fs::rename(&aside, dir.path()).unwrap();
    writer.is_in_place().unwrap();
}

#[test]
fn what_ssh_says_is_kept_by_host() {
    let (_home, dir, mut writer, _plan) = begin(1);
    writer.ssh_words("web0", b"Warning: ").unwrap();
    writer.ssh_words("web0", b"x\n").unwrap();
    assert_eq!(fs::read(dir.ssh_log("web0")).unwrap(), b"Warning: x\n");
}

#[test]
fn nobody_else_may_look_and_no_directory_is_used_twice() {
    let (home, dir, mut writer, plan) = begin(1);
    write(&mut writer, &plan, (0, 1), 10, (Stdout, b"secret"));
    writer.ssh_words("web0", b"x").unwrap();
    let job = dir.path().join("out/web0");
    let files = [
        dir.plan(),
        dir.events(),
        dir.ssh_log("web0"),
        job.join("1.out"),
        job.join("1.time"),
    ];
    for path in [dir.path().to_owned(), job].iter().chain(&files) {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
    let again = RunDir::create(home.path(), &run());
    assert!(matches!(again, Err(RunDirError::Create { .. })), "{again:?}");
}
