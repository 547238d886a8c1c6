//! Groups, failures, timeline and differences: what the keys do there, and what is asked for.

use super::*;
use crate::model::event::{Output, Piece};
use crate::model::likeness::Likeness;
use crate::model::outcome::Cause;

/// Ten hosts: six print `a`, two print `b`, one prints `c` and fails, one runs.
fn ten() -> Desk {
    let names: Vec<String> = (1..=10).map(|n| format!("web{n}")).collect();
    let plan = plan(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut board = Board::new(&plan);
    for job in 0..10 {
        board.apply(&event(&plan, job, 1, Change::Running { pid: 7 }));
        board.print(&output(job, 2, text_of(job)));
    }
    for job in 0..9 {
        let outcome = match job {
            8 => Outcome::Exit { code: 1 },
            _ => Outcome::Ok,
        };
        board.apply(&event(&plan, job, 9, done(outcome, 8)));
    }
    Desk::new(plan, board)
}

fn text_of(job: u32) -> &'static str {
    match job {
        0..6 => "a\n",
        6..8 => "b\n",
        8 => "c\n",
        _ => "not yet\n",
    }
}

/// Answers what was asked to be read; the last effects that follow from it.
fn read(desk: &mut Desk, effects: Vec<Effect>) -> Vec<Effect> {
    let mut further = effects;
    while let Some(at) = further.iter().position(|effect| matches!(effect, Effect::Survey(_))) {
        let Effect::Survey(wanted) = further.remove(at) else {
            continue;
        };
        let sketch = |wanted: &Wanted| {
            let host = desk.app.plan().host(wanted.job).clone();
            let mut likeness = Likeness::on(&host);
            likeness.feed(Stream::Stdout, text_of(wanted.job.0).as_bytes());
            let print = Print::Text(likeness.finish());
            let Wanted { job, attempt, .. } = *wanted;
            Sketch { job, attempt, print }
        };
        let sketches = wanted.iter().map(sketch).collect();
        further.extend(desk.tell(Msg::Surveyed(sketches)));
    }
    desk.tell(Msg::Frame);
    further
}

fn rows(desk: &Desk) -> Vec<(String, Vec<u32>, bool)> {
    let rows = desk.app.clusters().rows().iter();
    let jobs = |cluster: &Cluster| cluster.jobs.iter().map(|job| job.0).collect();
    rows.map(|row| (row.words(), jobs(row), row.is_outlier)).collect()
}

fn row(words: &str, jobs: impl IntoIterator<Item = u32>, is_outlier: bool) -> (String, Vec<u32>, bool) {
    (words.to_owned(), jobs.into_iter().collect(), is_outlier)
}

#[test]
fn equal_outputs_stand_together_the_commonest_first_and_are_read_only_once() {
    let mut desk = ten();
    assert_eq!(
        desk.press(&[Key::Char('4'), Key::Char('3')]),
        [],
        "nothing is read as long as nobody looks"
    );
    let asked = desk.press(&[Key::Char('2')]);
    let [Effect::Survey(wanted)] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(wanted.len(), 9, "those that are over");
    assert_eq!(rows(&desk)[0], row("over, being read", 0..9, false));
    desk.now = desk.now + Duration::from_secs(1);
    assert_eq!(read(&mut desk, asked), []);
    assert_eq!(
        rows(&desk),
        [
            row("ok", 0..6, false),
            row("ok", 6..8, false),
            row("exit 1", [8], true),
            row("running", [9], false),
        ]
    );
    assert_eq!(desk.press(&[Key::Char('1'), Key::Char('2')]), [], "they are known");
}

#[test]
fn a_row_is_acted_upon_as_a_whole_and_asks_first() {
    let mut desk = ten();
    let asked = desk.press(&[Key::Char('2')]);
    read(&mut desk, asked);
    assert_eq!(desk.press(&[Key::Char('j'), Key::Char('r')]), []);
    let Overlay::Confirm(confirm) = desk.app.overlay() else {
        panic!("no question")
    };
    assert_eq!(
        (confirm.intent, confirm.jobs.len(), confirm.hidden),
        (Intent::Retry, 2, 0)
    );
    assert_eq!(
        desk.press(&[Key::Char('y')]),
        [Effect::Request(Request::Retry {
            jobs: vec![JobId(6), JobId(7)],
            even_if_running: false,
        })]
    );
    // A row of one job is that job.
    assert_eq!(
        desk.press(&[Key::Char('G'), Key::Char('x')]),
        [Effect::Request(Request::Cancel {
            jobs: vec![JobId(9)],
            force: Force::Graceful,
        })]
    );
    // Space marks the whole row, and once more takes that back.
    desk.press(&[Key::Char('g'), Key::Char(' '), Key::Char(' ')]);
    assert_eq!(desk.app.table().marked().len(), 8);
    desk.press(&[Key::Char('g'), Key::Char(' ')]);
    assert_eq!(desk.app.table().marked().len(), 2);
}

/// Three hosts, of which only the first one runs.
fn one_by_one() -> Desk {
    let plan = plan(&["web1", "web2", "web3"]);
    let mut board = Board::new(&plan);
    board.apply(&event(&plan, 0, 1, Change::Running { pid: 7 }));
    Desk::new(plan, board)
}

#[test]
fn a_row_of_other_jobs_than_a_moment_ago_is_not_acted_upon_at_once() {
    let mut desk = one_by_one();
    desk.press(&[Key::Char('2'), Key::Char('g')]);
    desk.now = desk.now + Duration::from_secs(5);
    assert_eq!(rows(&desk)[0], row("running", [0], false));
    desk.hear(0, done(Outcome::Ok, 3));
    desk.hear(1, Change::Running { pid: 8 });
    desk.tell(Msg::Frame);
    let at_hand = desk.app.clusters().at_hand().map(|row| row.jobs.clone());
    assert_eq!(at_hand, Some(vec![JobId(1)]));
    assert_eq!(desk.press_after(100, Key::Char('x')), [], "it was about web1");
    assert!(matches!(desk.app.overlay(), Overlay::Confirm(_)));
    desk.press(&[Key::Esc]);
    desk.now = desk.now + Duration::from_secs(3);
    assert_eq!(desk.press(&[Key::Char('x')]), cancel(&[1], Force::Graceful));
}

#[test]
fn every_key_holds_the_rows() {
    let mut desk = one_by_one();
    desk.press(&[Key::Char('2'), Key::Char('g')]);
    desk.now = desk.now + Duration::from_secs(5);
    desk.press(&[Key::Char('X'), Key::Esc]);
    desk.hear(0, done(Outcome::Ok, 3));
    desk.hear(1, Change::Running { pid: 8 });
    desk.now = desk.now + Duration::from_millis(1500);
    desk.tell(Msg::Frame);
    assert_eq!(rows(&desk)[0], row("running", [0], false));
    desk.now = desk.now + Duration::from_secs(1);
    desk.tell(Msg::Frame);
    assert_ne!(rows(&desk)[0], row("running", [0], false));
}

#[test]
fn rows_stand_still_under_the_hand_and_the_cursor_stays_with_its_row() {
    let mut desk = ten();
    let asked = desk.press(&[Key::Char('2')]);
    read(&mut desk, asked);
    desk.press(&[Key::Char('G')]);
    assert_eq!(
        desk.app.clusters().at_hand().map(Cluster::words).as_deref(),
        Some("running")
    );
    // Another one is tried again and runs: the row grows, but not under the hand.
    let plan = desk.app.plan().clone();
    let running = attempt_event(&plan, (8, 2), 101, Change::Running { pid: 8 });
    desk.tell(Msg::Runner(Message::Event(running)));
    desk.tell(Msg::Frame);
    assert_eq!(rows(&desk).len(), 4);
    assert_eq!(desk.app.held_changes(desk.now), Some(1));
    let wake = desk.app.next_wake(desk.now).expect("the rows are to be formed anew");
    assert!(wake <= desk.now + Duration::from_secs(2));
    desk.now = desk.now + Duration::from_secs(3);
    desk.tell(Msg::Frame);
    assert_eq!(rows(&desk).last(), Some(&row("running", [8, 9], false)));
    assert_eq!(
        desk.app.clusters().at_hand().map(Cluster::words).as_deref(),
        Some("running")
    );
    // Its row goes: where the cursor comes to is nobody's choice, so even one job is asked about.
    for job in [8, 9] {
        let attempt = if job == 8 { 2 } else { 1 };
        let over = attempt_event(&plan, (job, attempt), 110, done(Outcome::Exit { code: 3 }, 9));
        let asked = desk.tell(Msg::Runner(Message::Event(over)));
        read(&mut desk, asked);
    }
    desk.now = desk.now + Duration::from_secs(1);
    desk.tell(Msg::Frame);
    desk.app.clusters.form(Vec::new(), 0, desk.now);
    assert_eq!(desk.app.job_at_hand(), None);
    assert_eq!(
        desk.press(&[Key::Char('x'), Key::Char('d'), Key::Enter]),
        [],
        "there is nothing to act upon"
    );
}

#[test]
fn a_cause_is_looked_at_host_by_host_and_escape_leads_back() {
    let mut desk = Desk::new(fixture::every_state_plan(), fixture::every_state());
    desk.press(&[Key::Char('/')]);
    desk.types("web");
    desk.press(&[Key::Enter, Key::Char('3'), Key::Char('j')]);
    let at_hand = desk.app.clusters().at_hand().map(Cluster::words);
    assert_eq!(at_hand.as_deref(), Some("to be retried: unreachable, dropped early"));
    desk.press(&[Key::Enter]);
    assert_eq!(desk.app.view(), View::Hosts);
    assert_eq!(desk.app.table().order(), [JobId(15)]);
    desk.press(&[Key::Esc]);
    assert_eq!(desk.app.table().order(), [JobId(15)], "the filter goes first");
    desk.press(&[Key::Esc]);
    assert_eq!(desk.app.table().order().len(), 16);
    desk.press(&[Key::Char('3'), Key::Enter, Key::Char('3')]);
    assert_eq!(
        desk.app.clusters().rows().len(),
        8,
        "one cause does not hide the others"
    );
    desk.press(&[Key::Char('3'), Key::Esc]);
    assert_eq!(desk.app.view(), View::Hosts);
    for view in [View::Groups, View::Failures, View::Timeline, View::Buckets, View::Hosts] {
        desk.press(&[Key::Tab]);
        assert_eq!(desk.app.view(), view);
    }
}

#[test]
fn the_filter_and_the_choice_of_stragglers_hold_for_groups_and_failures() {
    let mut desk = Desk::new(fixture::every_state_plan(), fixture::every_state());
    let asked = desk.press(&[Key::Char('2')]);
    read(&mut desk, asked);
    let shown = |desk: &Desk| {
        let rows = desk.app.clusters().rows().iter();
        (
            rows.map(|row| row.jobs.len()).sum::<usize>(),
            desk.app.clusters().hidden(),
        )
    };
    desk.tell(Msg::Frame);
    assert_eq!(shown(&desk), (16, 0));
    // They are typed there too, and count at once.
    desk.press(&[Key::Char('/')]);
    desk.types("host:db*");
    assert_eq!(shown(&desk), (2, 14));
    desk.press(&[Key::Enter, Key::Char('3')]);
    assert_eq!(shown(&desk), (1, 7), "of the failures");
    desk.press(&[Key::Char('*')]);
    assert_eq!(desk.app.table().marked().into_iter().collect::<Vec<_>>(), [JobId(4)]);
    desk.press(&[Key::Char('U'), Key::Char('/'), Key::Esc, Key::Char('2'), Key::Char('w')]);
    let stragglers = desk.app.table().order().len();
    assert!(stragglers > 0);
    assert_eq!(shown(&desk), (stragglers, 16 - stragglers));
    desk.press(&[Key::Char('w')]);
    assert_eq!(shown(&desk), (16, 0));
}

#[test]
fn what_time_lets_through_the_filter_comes_into_the_groups() {
    let plan = plan(&["a", "b"]);
    let mut board = Board::new(&plan);
    board.apply(&event(&plan, 0, 1, Change::Running { pid: 7 }));
    let mut desk = Desk::new(plan, board);
    desk.press(&[Key::Char('2'), Key::Char('/')]);
    desk.types("elapsed:>5m");
    desk.press(&[Key::Enter]);
    assert_eq!(desk.app.clusters().rows().len(), 0);
    desk.now = Stamp::from_secs(400);
    desk.tell(Msg::Tick);
    desk.tell(Msg::Frame);
    assert_eq!(desk.app.clusters().rows().len(), 1);
}

#[test]
fn a_retry_that_must_fail_again_says_so() {
    let plan = plan(&["a", "b"]);
    let mut board = Board::new(&plan);
    for job in 0..2 {
        let outcome = Outcome::Unreachable {
            cause: Cause::Auth,
            detail: "Permission denied (publickey).".into(),
        };
        board.apply(&event(&plan, job, 1, done(outcome, 1)));
    }
    let mut desk = Desk::new(plan, board);
    desk.press(&[Key::Char('3'), Key::Char('r')]);
    let Overlay::Confirm(confirm) = desk.app.overlay() else {
        panic!("no question")
    };
    assert!(
        confirm
            .warning
            .as_ref()
            .is_some_and(|words| words.contains("the same way"))
    );
}

fn state(desk: &Desk) -> &Standstill {
    match desk.app.screen() {
        Screen::Difference(view) => view.state(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_job_is_compared_with_the_commonest_output_of_what_went_well() {
    let mut desk = ten();
    desk.press(&[Key::Char('s'), Key::Char('G'), Key::Char('k')]);
    assert_eq!(desk.app.job_at_hand(), Some(JobId(8)));
    let asked = desk.press(&[Key::Char('d')]);
    assert_eq!(*state(&desk), Standstill::Surveying);
    let asked = read(&mut desk, asked);
    let [Effect::Compare(comparison)] = asked[..] else {
        panic!("{asked:?}")
    };
    let first = AttemptNo::FIRST;
    assert_eq!(
        (comparison.left, comparison.right),
        ((JobId(0), first), (JobId(8), first))
    );
    let Screen::Difference(view) = desk.app.screen() else {
        panic!("no difference")
    };
    assert_eq!(view.against(), Some((JobId(0), 6)));
    let compared = |ticket| Compared {
        ticket,
        result: Ok(Difference {
            lines: [1, 1],
            ..Difference::default()
        }),
    };
    desk.tell(Msg::Compared(compared(comparison.ticket + 1)));
    assert_eq!(*state(&desk), Standstill::Reading, "that was asked for earlier");
    desk.tell(Msg::Compared(compared(comparison.ticket)));
    assert!(matches!(state(&desk), Standstill::Ready(_)));
    // Back where it was; another one that printed the same as most.
    desk.press(&[Key::Esc, Key::Char('g')]);
    assert_eq!(desk.app.job_at_hand(), Some(JobId(0)));
    assert_eq!(desk.press(&[Key::Char('d')]), []);
    assert!(matches!(state(&desk), Standstill::Nothing(words) if words.contains("the same as 5 others")));
}

#[test]
fn two_marked_jobs_are_compared_with_each_other() {
    let mut desk = ten();
    desk.press(&[
        Key::Char('s'),
        Key::Char('G'),
        Key::Char(' '),
        Key::Char('g'),
        Key::Char(' '),
    ]);
    let asked = desk.press(&[Key::Char('d')]);
    let [Effect::Compare(comparison)] = asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(
        (comparison.left.0, comparison.right.0),
        (JobId(0), JobId(9)),
        "one of them still runs"
    );
    desk.press(&[Key::Esc, Key::Char(' ')]);
    assert_eq!(desk.press(&[Key::Char('d')]), []);
    assert!(desk.notice().contains("3 are marked"), "{}", desk.notice());
}

#[test]
fn with_nothing_to_compare_with_it_says_so() {
    let mut desk = Desk::running(3);
    assert_eq!(desk.press(&[Key::Char('d')]), []);
    assert!(desk.notice().contains("no other job is over"), "{}", desk.notice());
    assert!(matches!(desk.app.screen(), Screen::Table));
}

#[test]
fn the_eye_goes_from_one_difference_to_the_next() {
    let mut desk = ten();
    desk.press(&[Key::Char('s'), Key::Char('g'), Key::Char(' '), Key::Char(' ')]);
    let asked = desk.press(&[Key::Char('d')]);
    let [Effect::Compare(comparison)] = asked[..] else {
        panic!("{asked:?}")
    };
    let line = |number: usize| {
        DiffPart::Line(DiffLine {
            side: if number % 40 == 39 { Side::Right } else { Side::Both },
            text: format!("{number} {}", "日本".repeat(10)),
            marks: Vec::new(),
        })
    };
    let difference = Difference {
        parts: (0..120).map(line).collect(),
        lines: [0, 3],
        ..Difference::default()
    };
    let (ticket, result) = (comparison.ticket, Ok(difference));
    desk.tell(Msg::Compared(Compared { ticket, result }));
    let top = |desk: &Desk| match desk.app.screen() {
        Screen::Difference(view) => view.place(),
        other => panic!("{other:?}"),
    };
    let mut tops = Vec::new();
    for key in "nnnNG".chars() {
        desk.press(&[Key::Char(key)]);
        tops.push(top(&desk));
    }
    assert_eq!(tops, [(39, 120), (79, 120), (102, 120), (79, 120), (102, 120)]);
    desk.tell(Msg::Resize(Size { width: 40, height: 24 }));
    assert_eq!(top(&desk), (102, 240), "long lines take two rows");
    desk.tell(Msg::Resize(Size { width: 10, height: 24 }));
    desk.tell(Msg::Resize(Size { width: 80, height: 24 }));
    assert_eq!(top(&desk), (102, 120));
}

/// Twelve hosts that have printed their use, the last one far more than the others; one of them runs.
fn measured(keys: &str) -> Desk {
    let names: Vec<String> = (1..=12).map(|n| format!("web{n}")).collect();
    let plan = plan(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut board = Board::new(&plan);
    for job in 0..12 {
        board.apply(&event(&plan, job, 1, Change::Running { pid: 7 }));
        let hundredths = if job == 11 { 97 } else { 40 + job };
        board.print(&output(job, 2, &format!("use {hundredths}%\n")));
    }
    for job in 1..12 {
        board.apply(&event(&plan, job, 9, done(Outcome::Ok, 8)));
    }
    let mut desk = Desk::new(plan, board);
    let effects = command(&mut desk, keys);
    answer(&mut desk, effects);
    desk
}

/// Types a command.
fn command(desk: &mut Desk, text: &str) -> Vec<Effect> {
    let mut effects = desk.types(&format!(":{text}"));
    effects.extend(desk.press(&[Key::Enter]));
    effects
}

/// Reads what was asked for, as if it were on disk.
fn answer(desk: &mut Desk, effects: Vec<Effect>) {
    for effect in effects {
        let Effect::Measure(quest) = effect else { continue };
        let values = |job: &JobId| {
            let mut scan = crate::model::field::Scan::new(&quest.fields);
            let row = desk.app.board().row(*job).expect("a row");
            row.tail.lines().for_each(|line| scan.line(line.text()));
            scan.finish()
        };
        let jobs = quest.jobs.iter();
        let jobs = jobs.map(|(job, attempt)| (*job, *attempt, values(job))).collect();
        let series = quest.series;
        desk.tell(Msg::Measured(Measured { series, jobs }));
    }
    desk.tell(Msg::Frame);
}

fn value(desk: &Desk, job: u32) -> Option<String> {
    let row = desk.app.board().row(JobId(job)).expect("a row");
    row.values.first().cloned().flatten().map(|value| value.to_string())
}

#[test]
fn with_a_field_an_event_is_about_its_job_only() {
    let mut desk = measured("field use=(\\d+)%");
    assert!(desk.app.measuring.changed.is_empty(), "all is read");
    let asked = desk.hear(0, done(Outcome::Ok, 20));
    let [Effect::Measure(quest)] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(quest.jobs, [(JobId(0), AttemptNo::FIRST)]);
    assert_eq!(desk.hear(3, done(Outcome::Ok, 9)), [], "one after the other");
    let changed: Vec<u32> = desk.app.measuring.changed.iter().map(|job| job.0).collect();
    assert_eq!(changed, [3], "the others are not looked at");
    answer(&mut desk, asked);
    assert!(desk.app.measuring.changed.is_empty());
    assert_eq!(desk.tell(Msg::Tick), [], "it was read before");
}

#[test]
fn a_group_that_failed_says_the_last_of_standard_error() {
    let mut desk = ten();
    let bye = |stream, offset, text: &str| Piece {
        stream,
        offset,
        bytes: text.as_bytes().to_vec(),
    };
    for job in [0, 8] {
        desk.tell(Msg::Runner(Message::Output(Output {
            pieces: vec![
                bye(Stream::Stderr, 0, "E: no package\n"),
                bye(Stream::Stdout, 2, "bye\n"),
            ],
            ..output(job, 9, "")
        })));
    }
    let asked = desk.press(&[Key::Char('2')]);
    desk.now = desk.now + Duration::from_secs(3);
    read(&mut desk, asked);
    let says: Vec<&str> = desk.app.clusters().rows().iter().map(|row| row.says.as_str()).collect();
    assert_eq!(says[0], "bye");
    assert_eq!(says[2], "E: no package");
}

#[test]
fn a_field_is_read_once_where_a_job_is_over_and_followed_where_it_runs() {
    let mut desk = measured("field use=(\\d+)%");
    assert_eq!(value(&desk, 0).as_deref(), Some("40"), "of what had printed before");
    assert_eq!(value(&desk, 11).as_deref(), Some("97"));
    assert_eq!(desk.tell(Msg::Tick), [], "nothing is read twice");
    desk.tell(Msg::Runner(Message::Output(Output {
        pieces: vec![Piece {
            stream: Stream::Stdout,
            offset: 8,
            bytes: b"use 55%".to_vec(),
        }],
        ..output(0, 20, "")
    })));
    desk.tell(Msg::Frame);
    assert_eq!(
        value(&desk, 0).as_deref(),
        Some("55"),
        "an unfinished line counts while it runs"
    );
    let event = event(desk.app.plan(), 0, 30, done(Outcome::Ok, 29));
    let effects = desk.tell(Msg::Runner(Message::Event(event)));
    assert!(
        matches!(&effects[..], [Effect::Measure(quest)] if quest.jobs == [(JobId(0), AttemptNo::FIRST)]),
        "its end is read whole: {effects:?}"
    );
    // An answer for fields that are gone is dropped, and with them what named them.
    command(&mut desk, "sort use");
    command(&mut desk, "filter use>90");
    let [Effect::Measure(quest)] = &effects[..] else {
        panic!("asked above")
    };
    let late = Measured {
        series: quest.series,
        jobs: vec![(JobId(0), AttemptNo::FIRST, vec![None])],
    };
    command(&mut desk, "field use");
    desk.tell(Msg::Measured(late));
    assert!(desk.app.board().fields().is_empty());
    assert_eq!(desk.app.table().sort(), (Sort::Attention, false));
    assert!(desk.app.table().filter().is_empty());
}

#[test]
fn values_have_buckets_from_which_the_table_is_narrowed() {
    let mut desk = measured("field use=(\\d+)%");
    command(&mut desk, "buckets use");
    desk.tell(Msg::Frame);
    let shown = rows(&desk);
    let all: usize = shown.iter().map(|(_, jobs, _)| jobs.len()).sum();
    assert_eq!(all, 12, "{shown:?}");
    let outliers: Vec<&(String, Vec<u32>, bool)> = shown.iter().filter(|(.., is_outlier)| *is_outlier).collect();
    assert_eq!(outliers.len(), 1, "{shown:?}");
    assert_eq!(outliers[0].1, [11]);
    desk.press(&[Key::Char('G'), Key::Enter]);
    assert_eq!(desk.app.table().order(), [JobId(11)]);
    let words = &desk.app.table().only().expect("narrowed").words;
    assert!(words.starts_with("use over "), "{words}");
}
