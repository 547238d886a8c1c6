//! Own keys, actions by their name, the mouse, and what a newcomer is told.

use super::*;
use crate::keys::{Action, KeyMap, Mouse};

/// Three jobs that run, with these bindings.
fn bound(own: &[(Action, Vec<Key>)]) -> Desk {
    let mut desk = Desk::running(3);
    desk.app.keys = KeyMap::with(own).expect("no clash");
    desk
}

#[test]
fn own_keys_do_what_the_built_in_ones_did_and_what_asks_still_asks() {
    let mut desk = bound(&[
        (Action::Cancel, vec![Key::F(8)]),
        (Action::Pause, vec![Key::Char('x')]),
        (Action::Kill, vec![Key::Char('p')]),
        (Action::RetryAll, vec![Key::F(9)]),
        (Action::SkipRest, vec![]),
    ]);
    assert_eq!(
        desk.press(&[Key::Char('j'), Key::Char('x')]),
        [Effect::Request(Request::Pause)]
    );
    assert_eq!(desk.press(&[Key::F(8)]), cancel(&[1], Force::Graceful));
    assert_eq!(desk.press(&[Key::Char('a')]), []);
    assert_eq!(*desk.app.overlay(), Overlay::None);
    assert_eq!(desk.press(&[Key::Char('p')]), []);
    assert!(
        matches!(desk.app.overlay(), Overlay::Confirm(_)),
        "kill asks on any key"
    );
    assert_eq!(
        desk.press(&[Key::Char('p'), Key::F(8)]),
        [],
        "its own key does not confirm"
    );
    assert_eq!(desk.press(&[Key::Char('y')]), cancel(&[1], Force::Now));
    desk.hear(0, done(Outcome::Exit { code: 1 }, 3));
    assert_eq!(desk.press(&[Key::F(9)]), []);
    assert!(
        matches!(desk.app.overlay(), Overlay::Confirm(_)),
        "retry-all asks on any key"
    );
}

#[test]
fn hints_name_the_operators_own_keys() {
    let mut desk = bound(&[(Action::Kill, vec![]), (Action::Lock, vec![Key::F(2)])]);
    desk.press(&[Key::Char('j'), Key::Char('x')]);
    let stopping = Change::Stopping {
        reason: StopReason::Cancel,
        limit: None,
        kill_at: None,
    };
    desk.hear(1, stopping);
    desk.press(&[Key::Char('x')]);
    assert_eq!(desk.notice(), "web2 is being stopped already; :kill kills it now");
    desk.press(&[Key::F(2), Key::Char('x')]);
    assert_eq!(desk.notice(), "read-only; F2 unlocks");
}

#[test]
fn before_a_run_the_details_ask_nothing_either() {
    let plan = plan(&["web1", "web2"]);
    let board = Board::new(&plan);
    let mut desk = Desk::new(plan, board);
    desk.app.keys = KeyMap::with(&[(Action::FollowUp, vec![Key::F(4)])]).expect("no clash");
    desk.app.seat.bond = crate::model::bond::Bond::Planned;
    for key in ['l', 'K'] {
        let effects = desk.press(&[Key::Char('i'), Key::Char(key)]);
        let asks = effects.iter().any(|effect| matches!(effect, Effect::Request(_)));
        assert!(!asks, "{key}: {effects:?}");
        assert_eq!(desk.notice(), "nothing runs yet; F4 gives a command");
        desk.press(&[Key::Esc]);
    }
}

#[test]
fn the_search_is_named_by_its_own_key() {
    let mut desk = bound(&[(Action::Search, vec![Key::F(4)])]);
    desk.press(&[Key::Enter, Key::Char('n')]);
    assert_eq!(desk.notice(), "search first, with F4");
}

#[test]
fn where_all_is_over_a_greater_width_says_so() {
    let mut desk = Desk::running(1);
    desk.hear(0, done(Outcome::Exit { code: 1 }, 3));
    desk.press(&[Key::Char(':')]);
    desk.types("width 500");
    assert_eq!(desk.press(&[Key::Enter]), []);
    assert_eq!(desk.notice(), "all is over: nothing runs or waits");
}

#[test]
fn every_action_can_be_typed() {
    let mut desk = Desk::running(3);
    let typed = |desk: &mut Desk, text: &str| {
        desk.press(&[Key::Char(':')]);
        desk.types(text);
        desk.press(&[Key::Enter])
    };
    typed(&mut desk, "down");
    assert_eq!(desk.cursor(), "web2");
    assert_eq!(typed(&mut desk, "cancel"), cancel(&[1], Force::Graceful));
    assert_eq!(typed(&mut desk, "kill"), []);
    assert!(
        matches!(desk.app.overlay(), Overlay::Confirm(_)),
        "by its name it asks too"
    );
    desk.press(&[Key::Esc]);
    typed(&mut desk, "next-view");
    assert_eq!(desk.app.view(), View::Groups);
    typed(&mut desk, "hosts");
    typed(&mut desk, "follow");
    assert_eq!(desk.notice(), "follow has its place in the output of a job");
    typed(&mut desk, "details");
    assert!(matches!(desk.app.overlay(), Overlay::Details(JobId(1), _)));
    desk.press(&[Key::Esc]);
    assert_eq!(typed(&mut desk, "suspend"), [Effect::Suspend]);
    assert_eq!(typed(&mut desk, "mouse"), [Effect::Mouse(Mouse::On)]);
    assert_eq!(typed(&mut desk, "mouse"), [Effect::Mouse(Mouse::Off)]);
    typed(&mut desk, "lock");
    assert_eq!(typed(&mut desk, "cancel"), []);
    assert_eq!(desk.notice(), "read-only; W unlocks");
}

#[test]
fn a_click_chooses_sorts_and_does_what_is_harmless() {
    let mut desk = Desk::running(5);
    desk.tell(Msg::Click(Pointed::Row(JobId(3))));
    assert_eq!(desk.cursor(), "web4");
    assert_eq!(*desk.app.overlay(), Overlay::None);
    desk.tell(Msg::Click(Pointed::Head(Sort::Elapsed)));
    assert_eq!(desk.app.table().sort(), (Sort::Elapsed, false));
    desk.tell(Msg::Click(Pointed::Head(Sort::Elapsed)));
    assert_eq!(desk.app.table().sort(), (Sort::Elapsed, true));
    desk.tell(Msg::Click(Pointed::Head(Sort::State)));
    assert_eq!(desk.app.table().sort(), (Sort::State, false));
    assert_eq!(desk.cursor(), "web4", "the cursor stays with its job");
    for action in Action::all().filter(|action| action.asks_runner()) {
        assert_eq!(desk.tell(Msg::Click(Pointed::Label(action))), [], "{action}");
        assert_eq!(*desk.app.overlay(), Overlay::None, "{action}");
    }
    desk.press(&[Key::Char('W')]);
    assert!(desk.app.is_locked());
    assert_eq!(desk.tell(Msg::Click(Pointed::Label(Action::Lock))), []);
    assert!(desk.app.is_locked(), "a click unlocks nothing");
    desk.press(&[Key::Char('W')]);
    desk.tell(Msg::Click(Pointed::Label(Action::Help)));
    assert!(matches!(desk.app.overlay(), Overlay::Help(_)));
    desk.tell(Msg::Click(Pointed::Row(JobId(0))));
    assert!(
        matches!(desk.app.overlay(), Overlay::Help(_)),
        "what is covered is not hit"
    );
    desk.tell(Msg::Wheel(Wheel::Down));
    assert_eq!(*desk.app.overlay(), Overlay::Help(Pane { top: 3 }));
    desk.press(&[Key::Esc]);
    assert_eq!(desk.cursor(), "web4");
    desk.press(&[Key::Char('2')]);
    desk.tell(Msg::Frame);
    desk.tell(Msg::Click(Pointed::Row(JobId(4))));
    assert_eq!(desk.app.job_at_hand(), Some(JobId(0)), "the row that the job is in");
}

#[test]
fn the_wheel_moves_three_lines() {
    let mut desk = Desk::running(9);
    desk.tell(Msg::Wheel(Wheel::Down));
    assert_eq!(desk.cursor(), "web4");
    desk.tell(Msg::Wheel(Wheel::Down));
    desk.tell(Msg::Wheel(Wheel::Up));
    assert_eq!(desk.cursor(), "web4");
}

#[test]
fn the_mouse_answers_no_question() {
    let mice = || {
        let labels = Action::all().map(|action| Msg::Click(Pointed::Label(action)));
        let further = [
            Msg::Click(Pointed::Row(JobId(0))),
            Msg::Click(Pointed::Head(Sort::State)),
            Msg::Wheel(Wheel::Up),
            Msg::Wheel(Wheel::Down),
        ];
        labels.chain(further).collect::<Vec<_>>()
    };
    for opens in [
        &[Key::Char('X')][..],
        &[Key::Char('q')],
        &[Key::Char('/')],
        &[Key::Char(':')],
    ] {
        let mut desk = Desk::running(3);
        desk.press(opens);
        let open = desk.app.overlay().clone();
        desk.now = desk.now + Duration::from_secs(1);
        for mouse in mice() {
            assert_eq!(desk.tell(mouse), [], "{opens:?}");
            assert_eq!(*desk.app.overlay(), open, "{opens:?}");
        }
        assert_eq!(desk.cursor(), "web1");
    }
}

#[test]
fn a_newcomer_is_told_three_keys_until_one_is_pressed() {
    let mut desk = bound(&[(Action::Cancel, vec![Key::F(8)])]);
    assert_eq!(desk.app.hint(), None);
    desk.app.hint = Hint::FirstKeys;
    desk.tell(Msg::Tick);
    let words = "? shows every key, F8 cancels, q asks before it leaves";
    assert_eq!(desk.app.hint().as_deref(), Some(words));
    desk.press(&[Key::Char('j')]);
    assert_eq!(desk.app.hint(), None);
}
