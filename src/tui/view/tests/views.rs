//! Groups, failures, timeline and differences on the screen.

use super::{NOW, SIXTEEN, drawn, text};
use crate::app::fixture::{attempt_event, done, event, output, plan};
use crate::app::{
    App, Compared, DiffLine, DiffPart, Difference, Effect, Key, Msg, Print, Side, Size, Sketch, Wanted, update,
};
use crate::model::board::Board;
use crate::model::event::{Change, Event, Stream, What};
use crate::model::field::{Field, Value};
use crate::model::id::{AttemptNo, JobId};
use crate::model::likeness::Likeness;
use crate::model::outcome::{Cause, Outcome};
use crate::model::phase::{StopReason, Why};
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use std::sync::Arc;

/// Twenty hosts: twelve print one text, four another, one is alone; one fails, two are not reached, and one runs long
/// and one is being stopped.
fn fleet_plan() -> Plan {
    let names: Vec<String> = (1..=23).map(|n| format!("web{n:02}")).collect();
    plan(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn text_of(job: u32) -> &'static str {
    match job {
        0..12 => "kernel 6.1.0-31\n0 upgraded, 0 newly installed\n",
        12..16 => "kernel 6.1.0-28\n2 upgraded, 0 newly installed\n",
        16 => "kernel 5.10.0-9\n0 upgraded, 日本語\n",
        17 => "E: Could not get lock /var/lib/dpkg/lock-frontend\n",
        _ => "",
    }
}

fn fleet(plan: &Plan) -> Board {
    let mut board = Board::new(plan);
    let refused = |host: &str| Outcome::Unreachable {
        cause: Cause::Refused,
        detail: format!("ssh: connect to host {host} port 22: Connection refused"),
    };
    for job in 0..22 {
        let secs = 1 + u64::from(job) / 4;
        board.apply(&event(plan, job, secs, Change::Connecting));
        if !(18..20).contains(&job) {
            board.apply(&event(plan, job, 2 + secs, Change::Running { pid: 7 }));
        }
        if job < 18 {
            board.print(&output(job, 3 + secs, text_of(job)));
        }
        let end = 10 + secs * 2;
        match job {
            0..17 => board.apply(&event(plan, job, end, done(Outcome::Ok, end - secs - 2))),
            17 => board.apply(&event(plan, job, end, done(Outcome::Exit { code: 100 }, 9))),
            18 | 19 => board.apply(&event(
                plan,
                job,
                secs + 2,
                done(refused(plan.label(crate::model::id::JobId(job))), 2),
            )),
            _ => {}
        }
    }
    let stopping = Change::Stopping {
        reason: StopReason::Cancel,
        limit: None,
        kill_at: Some(Stamp::from_secs(105)),
    };
    board.apply(&event(plan, 20, 60, Change::Slow));
    board.apply(&event(plan, 21, 80, stopping));
    for (at, change) in [(90, Change::Queued(Why::RunSlot)), (94, Change::Running { pid: 9 })] {
        board.apply(&attempt_event(plan, (17, 2), at, change));
    }
    board.print(&crate::model::event::Output {
        attempt: crate::model::id::AttemptNo(2),
        ..output(17, 95, text_of(17))
    });
    board.apply(&attempt_event(plan, (17, 2), 97, done(Outcome::Exit { code: 100 }, 3)));
    board
}

/// What is on disk of these jobs.
fn surveyed(plan: &Plan, wanted: &[Wanted]) -> Vec<Sketch> {
    let sketch = |wanted: &Wanted| {
        let mut likeness = Likeness::on(plan.host(wanted.job));
        likeness.feed(Stream::Stdout, text_of(wanted.job.0).as_bytes());
        Sketch {
            job: wanted.job,
            attempt: wanted.attempt,
            print: Print::Text(likeness.finish()),
        }
    };
    wanted.iter().map(sketch).collect()
}

/// The dashboard over that fleet after some keys; what it asks to be read is read.
pub(super) fn desk((width, height): (u16, u16), keys: &[Key]) -> App {
    let plan = Arc::new(fleet_plan());
    let board = fleet(&plan);
    let mut app = App::new(plan.clone(), board, NOW);
    let _ = update(&mut app, Msg::Resize(Size { width, height }), NOW);
    let _ = update(&mut app, Msg::Frame, NOW);
    for key in keys {
        for effect in update(&mut app, Msg::Key(*key), NOW) {
            if let Effect::Survey(wanted) = effect {
                let sketches = surveyed(&plan, &wanted);
                for effect in update(&mut app, Msg::Surveyed(sketches), NOW) {
                    if let Effect::Compare(comparison) = effect {
                        let _ = update(&mut app, Msg::Compared(compared(comparison.ticket)), NOW);
                    }
                }
            }
        }
        let _ = update(&mut app, Msg::Frame, Stamp::from_secs(101));
    }
    app
}

fn compared(ticket: u64) -> Compared {
    let line = |side, text: &str, marks: &[&str]| {
        let place = |mark: &&str| text.find(mark).map(|at| at..at + mark.len());
        DiffPart::Line(DiffLine {
            side,
            text: text.to_owned(),
            marks: marks.iter().filter_map(place).collect(),
        })
    };
    Compared {
        ticket,
        result: Ok(Difference {
            parts: vec![
                DiffPart::Stream(Stream::Stdout),
                DiffPart::Equal(120),
                line(Side::Both, "Reading package lists...", &[]),
                line(Side::Left, "kernel 6.1.0-31", &["6", "1", "31"]),
                line(Side::Left, "0 upgraded, 0 newly installed", &["0 newly installed"]),
                line(Side::Right, "kernel 5.10.0-9", &["5", "10", "9"]),
                line(Side::Right, "0 upgraded, 日本語", &["日本語"]),
                line(Side::Right, &"a long line that goes on and on ".repeat(5), &["on and"]),
            ],
            lines: [2, 3],
            only_first: Some(2_000_000),
            lost: 0,
        }),
    }
}

/// The same fleet with two fields: the end of the kernel's version, and how long each ran on average, as if on disk.
pub(super) fn with_fields((width, height): (u16, u16), keys: &[Key]) -> App {
    let mut app = desk((width, height), &[]);
    let fields = ["load=load (.*)", "kernel=kernel (\\S+)"].map(|text| Field::parse(text).expect(text));
    let mut board = fleet(&fleet_plan());
    board.set_fields(&fields);
    for job in 0..20 {
        let load = if job == 16 {
            71.5
        } else {
            0.25 + f64::from(job % 7) / 4.0
        };
        let kernel = text_of(job).lines().next().and_then(|line| fields[1].find(line));
        let attempt = board.row(JobId(job)).map_or(AttemptNo::FIRST, |row| row.attempt);
        board.measure(JobId(job), attempt, vec![Some(Value::read(&load.to_string())), kernel]);
    }
    board.settle_columns();
    let size = app.size();
    app = App::new(Arc::new(fleet_plan()), board, NOW);
    let _ = update(&mut app, Msg::Resize(size), NOW);
    let _ = update(&mut app, Msg::Frame, NOW);
    for key in keys {
        let _ = update(&mut app, Msg::Key(*key), NOW);
        let _ = update(&mut app, Msg::Frame, Stamp::from_secs(101));
    }
    app
}

#[test]
fn columns_and_buckets_of_fields_in_little_room() {
    let now = Stamp::from_secs(101);
    let by_load = [Key::Char('s'); 4];
    insta::assert_snapshot!(
        "fields-60",
        text(&drawn(&with_fields((60, 30), &by_load), SIXTEEN, now))
    );
    let buckets = with_fields((40, 16), &[Key::Char('5')]);
    insta::assert_snapshot!("buckets-40", text(&drawn(&buckets, SIXTEEN, now)));
}

#[test]
fn every_view_in_a_narrow_terminal() {
    for (name, keys) in [
        ("groups", "2"),
        ("failures", "3"),
        ("timeline", "4sGk"),
        ("difference", "s/17\nd"),
    ] {
        let key = |c| if c == '\n' { Key::Enter } else { Key::Char(c) };
        let keys: Vec<Key> = keys.chars().map(key).collect();
        insta::assert_snapshot!(format!("{name}-40"), text(&drawn(&desk((40, 16), &keys), SIXTEEN, NOW)));
    }
}

#[test]
fn a_group_is_marked_as_a_whole_and_asked_about_by_its_number() {
    let keys = [Key::Char('2'), Key::Char(' '), Key::Char('r')];
    let app = desk((80, 24), &keys);
    insta::assert_snapshot!("group-retry", text(&drawn(&app, SIXTEEN, Stamp::from_secs(101))));
    let mut app = desk((80, 24), &[Key::Char('3'), Key::Enter]);
    insta::assert_snapshot!("only-a-cause", text(&drawn(&app, SIXTEEN, Stamp::from_secs(101))));
    let what = What::Draining;
    let _ = update(
        &mut app,
        Msg::Runner(crate::model::event::Message::Event(Event { at: NOW, what })),
        NOW,
    );
    let _ = update(&mut app, Msg::Key(Key::Esc), NOW);
    assert_eq!(app.table().only(), None, "escape shows all rows again");
}

#[test]
fn groups_and_failures_say_what_a_filter_hides() {
    let status = |app: &App| {
        let buffer = drawn(app, SIXTEEN, Stamp::from_secs(101));
        let text = text(&buffer);
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[lines.len() - 2].trim().to_owned()
    };
    let typed = |view: &str, filter: &str| -> Vec<Key> {
        let keys = format!("{view}/{filter}");
        keys.chars().map(Key::Char).chain([Key::Enter]).collect()
    };
    for (view, filter, expected) in [
        ("3", "web", "filter web: 1 job hidden · "),
        ("3", "db4", "filter db4: 7 jobs hidden · "),
        ("2", "web", "filter web: 2 jobs hidden · "),
        ("2", "!nothing", "filter !nothing: hides nothing · "),
    ] {
        let status = status(&super::desk((200, 24), &typed(view, filter)));
        assert!(status.starts_with(expected), "{view} {filter}: {status}");
    }
    let app = super::desk((80, 24), &typed("3", "nothing"));
    let screen = text(&drawn(&app, SIXTEEN, Stamp::from_secs(101)));
    assert!(
        screen.contains("the filter lets no job through; / changes it"),
        "{screen}"
    );
    let app = super::desk((80, 24), &[Key::Char('w'), Key::Char('3')]);
    let screen = text(&drawn(&app, SIXTEEN, Stamp::from_secs(101)));
    assert!(
        screen.contains("no stragglers among them; w shows the others too"),
        "{screen}"
    );
    assert!(
        status(&app).starts_with("stragglers only: 8 jobs hidden"),
        "{}",
        status(&app)
    );
}
