use crate::app::fixture::{fleet, fleet_plan, plan};
use crate::app::{Action, App, Effect, Errand, Key, KeyMap, Msg, Overlay, Place, Seat, Session, Size, View, update};
use crate::model::board::Board;
use crate::model::bond::Bond;
use crate::model::id::{JobId, RunId};
use crate::model::plan::Plan;
use crate::model::request::Request;
use crate::model::stamp::Stamp;
use std::sync::Arc;
use std::time::Duration;

/// A dashboard and the time.
struct Desk {
    app: App,
    now: Stamp,
}

impl Desk {
    fn new(plan: Plan, board: Board, (seat, session): (Seat, Session)) -> Self {
        let now = Stamp::from_secs(100);
        let app = App::new(Arc::new(plan), board, now)
            .seated(seat)
            .in_session(session, now);
        let mut desk = Self { app, now };
        desk.tell(Msg::Resize(Size { width: 80, height: 24 }));
        desk.tell(Msg::Frame);
        desk
    }

    fn fleet(bond: Bond) -> Self {
        let seat = Seat {
            bond,
            ..Seat::default()
        };
        Self::new(fleet_plan(), fleet(), (seat, Session::default()))
    }

    fn of(hosts: usize, session: Session) -> Self {
        let names: Vec<String> = (1..=hosts).map(|n| format!("web{n}")).collect();
        let plan = plan(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let board = Board::new(&plan);
        Self::new(plan, board, (Seat::default(), session))
    }

    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.app, msg, self.now).into_iter().collect()
    }

    /// Presses a key half a second after the one before, so that questions are armed.
    fn press(&mut self, key: Key) -> Vec<Effect> {
        self.now = self.now + Duration::from_millis(500);
        self.tell(Msg::Key(key))
    }

    fn type_keys(&mut self, text: &str) -> Vec<Effect> {
        text.chars()
            .map(|c| if c == '\n' { Key::Enter } else { Key::Char(c) })
            .flat_map(|key| self.press(key))
            .filter(|effect| !matches!(effect, Effect::Request(Request::KeepWarm { .. })))
            .collect()
    }

    fn meant(&self) -> Vec<JobId> {
        match self.app.overlay() {
            Overlay::FollowUp(prompt) => prompt.jobs.clone(),
            Overlay::Confirm(confirm) => confirm.jobs.clone(),
            other => panic!("no question: {other:?}"),
        }
    }
}

#[test]
fn a_command_for_the_marked_rows_is_confirmed_and_handed_on() {
    let mut desk = Desk::fleet(Bond::Free);
    assert!(desk.type_keys("  !").is_empty());
    let meant = desk.meant();
    assert_eq!(meant.len(), 2);
    assert!(desk.type_keys("uptime | cut -c1-9\n").is_empty());
    let Overlay::Confirm(confirm) = desk.app.overlay() else {
        panic!("a question");
    };
    assert_eq!(confirm.command.as_deref(), Some("uptime | cut -c1-9"));
    assert_eq!(confirm.typed, None, "two hosts are not counted");
    assert!(desk.press(Key::Enter).is_empty(), "enter is no yes");
    assert!(matches!(desk.app.overlay(), Overlay::None));
    assert!(desk.type_keys("!").is_empty());
    assert!(desk.press(Key::Up).is_empty(), "it is recalled");
    assert!(desk.type_keys("\n").is_empty());
    let errand = Errand {
        jobs: meant,
        command: "uptime | cut -c1-9".to_owned(),
    };
    assert_eq!(desk.type_keys("y"), [Effect::FollowUp(errand)]);
    assert_eq!(
        desk.app.table().marked().len(),
        2,
        "the next command may be for the same hosts"
    );
}

#[test]
fn a_command_for_a_cause_is_for_all_its_hosts() {
    let mut desk = Desk::fleet(Bond::Record);
    desk.type_keys("3");
    desk.tell(Msg::Frame);
    assert_eq!(desk.app.view(), View::Failures);
    let jobs = desk.app.clusters().rows()[0].jobs.clone();
    desk.type_keys("!true\n");
    assert_eq!(desk.meant(), jobs);
    assert!(
        matches!(&desk.type_keys("y")[..], [Effect::FollowUp(_)]),
        "also when the run is over"
    );
}

#[test]
fn the_number_is_typed_for_many_hosts() {
    for (hosts, confirm_above, counted) in [
        (20, None, false),
        (21, None, true),
        (4, Some(3), true),
        (3, Some(3), false),
    ] {
        let session = Session {
            confirm_above,
            ..Session::default()
        };
        let mut desk = Desk::of(hosts, session);
        desk.type_keys("*!true\n");
        let effects = desk.type_keys("y");
        assert_eq!(effects.is_empty(), counted, "{hosts} hosts, {confirm_above:?}");
        if counted {
            let number = hosts.to_string();
            assert!(matches!(
                &desk.type_keys(&format!("{number}y"))[..],
                [Effect::FollowUp(_)]
            ));
        }
    }
}

#[test]
fn the_command_line_leads_to_the_same_question() {
    for line in [":run uptime\n", ":!uptime\n"] {
        let mut desk = Desk::fleet(Bond::Free);
        desk.type_keys(line);
        let Overlay::Confirm(confirm) = desk.app.overlay() else {
            panic!("a question for {line}");
        };
        assert_eq!(confirm.command.as_deref(), Some("uptime"));
    }
}

#[test]
fn nothing_is_run_without_a_command_or_against_a_lock() {
    let mut desk = Desk::fleet(Bond::Free);
    desk.type_keys("!   \n");
    assert!(matches!(desk.app.overlay(), Overlay::FollowUp(_)), "it is typed on");
    desk.press(Key::Esc);
    assert!(matches!(desk.app.overlay(), Overlay::None));
    desk.type_keys(":read-only\n!");
    assert!(matches!(desk.app.overlay(), Overlay::None));
    desk.type_keys(":run uptime\n");
    assert!(matches!(desk.app.overlay(), Overlay::None));
}

#[test]
fn where_nothing_runs_yet_the_prompt_is_open_and_is_for_all_that_is_shown() {
    let seat = Seat {
        bond: Bond::Planned,
        ..Seat::default()
    };
    let plan = plan(&["web1", "web2", "db1"]);
    let board = Board::new(&plan);
    let mut desk = Desk::new(plan, board, (seat, Session::default()));
    assert_eq!(desk.meant().len(), 3);
    desk.press(Key::Esc);
    desk.type_keys("/web\n!");
    assert_eq!(desk.meant().len(), 2);
    desk.press(Key::Esc);
    desk.type_keys("j !");
    assert_eq!(desk.meant().len(), 1, "what is marked");
    desk.press(Key::Esc);
    assert!(desk.type_keys("x").is_empty());
    assert_eq!(desk.app.notice(desk.now), Some("nothing runs yet; ! gives a command"));
    assert_eq!(desk.type_keys("q"), [Effect::Leave], "there is nothing to be asked");
}

#[test]
fn one_comes_back_to_where_one_was() {
    let mut desk = Desk::fleet(Bond::Free);
    desk.type_keys(":sort hosts\n/web\njj  ");
    let (cursor, marked) = (desk.app.table().cursor(), desk.app.table().marked());
    assert_eq!(marked.len(), 2);
    let session = Session {
        back_to: Some(RunId("20260102T030405Z-abcdef".to_owned())),
        bookmark: Some(desk.app.bookmark()),
        word: Some("back".to_owned()),
        ..Session::default()
    };
    let again = Desk::new(fleet_plan(), fleet(), (Seat::default(), session));
    assert_eq!(again.app.table().cursor(), cursor);
    assert_eq!(again.app.table().marked(), marked);
    assert_eq!(again.app.table().filter().text(), "web");
    assert_eq!(again.app.table().sort(), desk.app.table().sort());
    assert_eq!(again.app.notice(again.now), Some("back"));
}

#[test]
fn the_runner_is_told_what_is_marked_once() {
    let mut desk = Desk::fleet(Bond::Free);
    let kept = |effects: Vec<Effect>| -> Vec<usize> {
        let counts = effects.iter().filter_map(|effect| match effect {
            Effect::Request(Request::KeepWarm { jobs }) => Some(jobs.len()),
            _ => None,
        });
        counts.collect()
    };
    assert_eq!(kept(desk.press(Key::Char(' '))), [1]);
    assert!(kept(desk.press(Key::Char('j'))).is_empty());
    assert_eq!(kept(desk.press(Key::Char('U'))), [0]);
    let mut record = Desk::fleet(Bond::Record);
    assert!(kept(record.press(Key::Char(' '))).is_empty(), "there is no runner");
}

#[test]
fn the_key_is_at_home_everywhere() {
    for place in [Place::Table, Place::Output, Place::Difference] {
        assert_eq!(KeyMap::default().action(Key::Char('!'), place), Some(Action::FollowUp));
    }
}
