//! The ways out of a run that goes on without this program, and what happens when its runner goes first.

use crate::app::fixture::{done, event, plan};
use crate::app::{Access, App, Choice, Effect, Key, Msg, Overlay, Seat, Size, update};
use crate::model::board::{Board, Course};
use crate::model::bond::{Bond, Tie};
use crate::model::event::{Change, Event, Message, Requested, What};
use crate::model::outcome::Outcome;
use crate::model::request::{Force, Request};
use crate::model::stamp::Stamp;
use std::sync::Arc;
use std::time::Duration;

struct Desk {
    app: App,
    now: Stamp,
}

impl Desk {
    /// Two jobs; the first has been given its program.
    fn new(bond: Bond, access: Access) -> Self {
        let plan = plan(&["web1", "web2"]);
        let mut board = Board::new(&plan);
        let cookie = "mark".to_owned();
        board.apply(&event(&plan, 0, 1, Change::Starting { cookie }));
        board.apply(&event(&plan, 0, 1, Change::Running { pid: 7 }));
        let now = Stamp::from_secs(100);
        let seat = Seat {
            bond,
            tie: Tie::Free,
            access,
            who: Some("me (pts/1, pid 7)".to_owned()),
            logout: None,
        };
        let mut desk = Self {
            app: App::new(Arc::new(plan), board, now).seated(seat),
            now,
        };
        desk.tell(Msg::Resize(Size { width: 80, height: 24 }));
        desk.tell(Msg::Frame);
        desk
    }

    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.app, msg, self.now).into_iter().collect()
    }

    /// Presses keys half a second apart, so that questions are armed.
    fn press(&mut self, keys: &[Key]) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys {
            self.now = self.now + Duration::from_millis(500);
            effects.extend(self.tell(Msg::Key(*key)));
            self.tell(Msg::Frame);
        }
        effects
    }

    fn event(&self, job: u32, change: Change) -> Event {
        event(self.app.plan(), job, self.now.0.as_secs(), change)
    }

    fn notice(&self) -> &str {
        self.app.notice(self.now).unwrap_or_default()
    }

    fn chosen(&self) -> Option<Choice> {
        match self.app.overlay() {
            Overlay::Quit(question) => Some(question.chosen),
            _ => None,
        }
    }
}

const Q: Key = Key::Char('q');

#[test]
fn a_free_run_can_be_left_alone_and_nothing_is_asked_of_it_then() {
    let c = Key::Ctrl('c');
    let quit = |force| vec![Effect::Request(Request::Quit { force })];
    for (keys, effects) in [
        (vec![Q, Key::Char('d')], vec![Effect::Detach]),
        (vec![Q, Key::Down, Key::Enter], vec![]),
        (vec![Q, Key::Char('r')], vec![Effect::Request(Request::Drain)]),
        (
            vec![Q, Key::Char('r'), Q, Key::Char('d')],
            vec![Effect::Request(Request::Drain), Effect::Detach],
        ),
        (
            vec![Q, Key::Char('c'), Q, Key::Char('d')],
            [quit(Force::Graceful), vec![Effect::Detach]].concat(),
        ),
        (vec![c, c, c, c], vec![]),
    ] {
        let mut desk = Desk::new(Bond::Free, Access::Full);
        assert_eq!(desk.press(&keys), effects, "{keys:?}");
    }
    let mut desk = Desk::new(Bond::Tied, Access::Full);
    assert_eq!(desk.press(&[Q, Key::Char('d')]), [], "a tied run cannot be left alone");
}

#[test]
fn interrupting_goes_from_the_harmless_to_the_hard_and_takes_nothing() {
    use Choice::{Cancel, Detach, Drain, Stay};
    for (bond, ladder) in [
        (Bond::Free, [Stay, Detach, Cancel, Stay]),
        (Bond::Tied, [Stay, Drain, Cancel, Stay]),
    ] {
        let mut desk = Desk::new(bond, Access::Full);
        for choice in ladder {
            assert_eq!(desk.press(&[Key::Ctrl('c')]), []);
            assert_eq!(desk.chosen(), Some(choice), "{bond:?}");
        }
    }
}

#[test]
fn whoever_may_only_look_asks_for_nothing_until_it_is_unlocked() {
    let mut desk = Desk::new(Bond::Free, Access::ReadOnly);
    for key in ['x', 'X', 'r', 'R', 'p'] {
        assert_eq!(desk.press(&[Key::Char(key)]), [], "{key}");
        assert_eq!(desk.notice(), "read-only; W unlocks", "{key}");
        assert_eq!(*desk.app.overlay(), Overlay::None, "{key}");
    }
    assert_eq!(desk.press(&[Q, Key::Char('c')]), []);
    assert_eq!(desk.press(&[Key::Char('r')]), []);
    assert_eq!(desk.press(&[Key::Char('d')]), [Effect::Detach]);
    let mut desk = Desk::new(Bond::Free, Access::ReadOnly);
    assert_eq!(desk.press(&[Key::Char('W')]), [Effect::Request(Request::Hold)]);
    assert_eq!(desk.press(&[Key::Char('p')]), [Effect::Request(Request::Pause)]);
    assert_eq!(desk.press(&[Key::Char('W')]), [Effect::Request(Request::Release)]);
    assert_eq!(desk.press(&[Key::Char('p')]), []);
}

#[test]
fn a_runner_that_is_gone_leaves_the_truth_and_the_next_step() {
    let mut desk = Desk::new(Bond::Free, Access::Full);
    // The dashboard waits for the end of everything, and a question is open.
    desk.press(&[Q, Key::Char('c'), Q]);
    let rest = vec![desk.event(1, Change::Connecting)];
    assert_eq!(desk.tell(Msg::RunnerGone(rest)), [], "it stays");
    assert_eq!(desk.app.board().course(), Course::Interrupted);
    assert_eq!(*desk.app.overlay(), Overlay::None);
    let words: Vec<String> = desk
        .app
        .board()
        .rows()
        .iter()
        .map(|row| row.phase.outcome().unwrap().to_string())
        .collect();
    assert_eq!(
        words,
        ["lost, remote unknown", "skipped, the runner ended before its turn"]
    );
    for key in ['p', 'R'] {
        assert_eq!(desk.press(&[Key::Char(key)]), [], "{key}");
        assert_eq!(desk.notice(), "nothing can be asked of the run now", "{key}");
    }
    assert_eq!(desk.press(&[Q]), [Effect::Leave], "nothing is left to decide");
}

#[test]
fn what_the_runner_recorded_last_counts() {
    let mut desk = Desk::new(Bond::Free, Access::Full);
    let ended = Event {
        at: desk.now,
        what: What::RunEnded {
            counts: std::collections::BTreeMap::new(),
            exit: 1,
        },
    };
    let rest = vec![
        desk.event(0, done(Outcome::Exit { code: 3 }, 9)),
        desk.event(1, done(Outcome::Ok, 1)),
        ended,
    ];
    desk.tell(Msg::RunnerGone(rest));
    assert_eq!(desk.app.board().course(), Course::Ended);
    assert_eq!(
        desk.app.board().rows()[0].phase.outcome(),
        Some(&Outcome::Exit { code: 3 })
    );
}

#[test]
fn only_the_requests_of_others_are_news() {
    let mut desk = Desk::new(Bond::Free, Access::Full);
    for (who, notice) in [
        ("me (pts/1, pid 7)", ""),
        ("me (pts/2, pid 8)", "me (pts/2) asked to pause"),
    ] {
        let what = What::Requested(Requested {
            who: who.to_owned(),
            request: Request::Pause,
        });
        desk.tell(Msg::Runner(Message::Event(Event { at: desk.now, what })));
        assert_eq!(desk.notice(), notice);
    }
}

#[test]
fn leaving_a_run_that_ends_with_its_starter_promises_nothing_else() {
    for (tie, choice) in [(Tie::Free, Choice::Detach), (Tie::Starter, Choice::Depart)] {
        let mut desk = Desk::new(Bond::Free, Access::Full);
        desk.app.seat.tie = tie;
        desk.press(&[Q]);
        let Overlay::Quit(question) = desk.app.overlay() else {
            panic!("no question");
        };
        assert_eq!(question.choices.get(1), Some(&choice));
        assert_eq!(desk.press(&[Key::Char('d')]), [Effect::Detach]);
    }
}
