//! The dashboard as a whole: messages in, effects out.

mod comfort;
mod views;

use super::fixture::{attempt_event, done, event, fleet, fleet_plan, output, plan};
use super::*;
use crate::model::board::Board;
use crate::model::event::{Change, Event, Message, Stream, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::left::{Kin, Left};
use crate::model::outcome::{Fate, Limit, Outcome, SkipReason};
use crate::model::phase::PauseReason;
use crate::model::phase::{StopReason, Why};
use crate::model::plan::Plan;
use crate::model::request::{Adjust, Force, Request};
use crate::model::stamp::Stamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A dashboard and the time.
struct Desk {
    app: App,
    now: Stamp,
}

impl Desk {
    fn new(plan: Plan, board: Board) -> Self {
        let mut desk = Self {
            app: App::new(Arc::new(plan), board, Stamp::from_secs(100)),
            now: Stamp::from_secs(100),
        };
        desk.tell(Msg::Resize(Size { width: 80, height: 24 }));
        desk.tell(Msg::Frame);
        desk
    }

    fn fleet() -> Self {
        Self::new(fleet_plan(), fleet())
    }

    /// A fleet of so many running jobs.
    fn running(count: usize) -> Self {
        let names: Vec<String> = (1..=count).map(|n| format!("web{n}")).collect();
        let plan = plan(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let mut board = Board::new(&plan);
        for job in plan.jobs() {
            board.apply(&event(&plan, job.0, 1, Change::Running { pid: 7 }));
        }
        Self::new(plan, board)
    }

    /// What follows, but for what every change of the marks brings with it.
    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = update(&mut self.app, msg, self.now).into_iter();
        effects
            .filter(|effect| !matches!(effect, Effect::Request(Request::KeepWarm { .. })))
            .collect()
    }

    /// Presses keys half a second apart, so that questions are armed.
    fn press(&mut self, keys: &[Key]) -> Vec<Effect> {
        keys.iter().flat_map(|key| self.press_after(500, *key)).collect()
    }

    fn press_after(&mut self, millis: u64, key: Key) -> Vec<Effect> {
        self.now = self.now + Duration::from_millis(millis);
        let effects = self.tell(Msg::Key(key));
        self.tell(Msg::Frame);
        effects
    }

    fn types(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|c| self.press(&[Key::Char(c)])).collect()
    }

    fn hear(&mut self, job: u32, change: Change) -> Vec<Effect> {
        let event = event(self.app.plan(), job, self.now.0.as_secs(), change);
        self.tell(Msg::Runner(Message::Event(event)))
    }

    fn hosts(&self) -> Vec<&str> {
        self.app
            .table()
            .order()
            .iter()
            .map(|job| self.app.label(*job))
            .collect()
    }

    fn cursor(&self) -> &str {
        self.app.table().cursor().map_or("none", |job| self.app.label(job))
    }

    fn notice(&self) -> &str {
        self.app.notice(self.now).unwrap_or_default()
    }
}

fn cancel(jobs: &[u32], force: Force) -> Vec<Effect> {
    let jobs = jobs.iter().copied().map(JobId).collect();
    vec![Effect::Request(Request::Cancel { jobs, force })]
}

fn retry(jobs: &[u32]) -> Vec<Effect> {
    let jobs = jobs.iter().copied().map(JobId).collect();
    vec![Effect::Request(Request::Retry {
        jobs,
        even_if_running: false,
    })]
}

const X: Key = Key::Char('x');
const Y: Key = Key::Char('y');

#[test]
fn what_needs_attention_stands_first_and_s_goes_through_the_orders() {
    let mut desk = Desk::fleet();
    assert_eq!(desk.hosts(), ["web17", "db4", "web03", "web21", "db1", "web01"]);
    for (order, hosts) in [
        (Sort::Plan, ["web17", "web03", "web21", "web01", "db4", "db1"]),
        (Sort::State, ["db1", "web21", "web17", "web01", "web03", "db4"]),
        (Sort::Elapsed, ["web17", "web01", "web21", "web03", "db4", "db1"]),
        (Sort::Attention, ["web17", "db4", "web03", "web21", "db1", "web01"]),
    ] {
        desk.press(&[Key::Char('s')]);
        assert_eq!(desk.app.table().sort(), (order, false));
        assert_eq!(desk.hosts(), hosts, "{order:?}");
    }
    desk.press(&[Key::Char('S')]);
    assert_eq!(desk.hosts(), ["web01", "db1", "web21", "web03", "db4", "web17"]);
}

#[test]
fn the_cursor_moves_and_stays_within_the_rows() {
    let mut desk = Desk::running(100);
    for (key, place) in [
        (Key::Char('j'), 1),
        (Key::Down, 2),
        (Key::Char('k'), 1),
        (Key::Ctrl('d'), 10),
        (Key::PageDown, 29),
        (Key::Ctrl('u'), 20),
        (Key::Char('G'), 99),
        (Key::Char('j'), 99),
        (Key::PageUp, 80),
        (Key::Home, 0),
        (Key::Up, 0),
        (Key::End, 99),
    ] {
        desk.press(&[key]);
        assert_eq!(desk.app.table().place(), place, "after {key}");
        let (top, page) = (desk.app.table().top(), usize::from(desk.app.body().height));
        assert!(
            (top..top + page).contains(&place),
            "{key}: row {place} is not shown from {top}"
        );
    }
}

#[test]
fn rows_stand_still_under_the_hand_and_the_cursor_stays_with_its_job() {
    let mut desk = Desk::fleet();
    desk.press(&[Key::Char('j'); 3]);
    assert_eq!(desk.cursor(), "web21");
    desk.hear(0, done(Outcome::Ok, 99));
    desk.tell(Msg::Frame);
    assert_eq!(desk.hosts()[0], "web17", "held for two seconds");
    assert_eq!(desk.app.held_changes(desk.now), Some(1));
    let wake = desk.app.next_wake(desk.now).unwrap();
    assert!(wake <= desk.now + Duration::from_secs(2), "somebody must look again");
    desk.now = desk.now + Duration::from_secs(3);
    desk.tell(Msg::Frame);
    assert_eq!(desk.hosts()[0], "db4");
    assert_eq!((desk.cursor(), desk.app.table().place()), ("web21", 2));
    assert_eq!(desk.app.held_changes(desk.now), None);
}

#[test]
fn rows_stand_still_while_there_are_marks_or_a_question() {
    for keys in [
        &[Key::Char(' ')][..],
        &[Key::Char('v')],
        &[Key::Char('X')],
        &[Key::Char('q')],
    ] {
        let mut desk = Desk::fleet();
        desk.press(keys);
        desk.hear(2, done(Outcome::Ok, 99));
        desk.now = desk.now + Duration::from_secs(60);
        desk.tell(Msg::Frame);
        assert_eq!(desk.hosts()[3], "web21", "{keys:?}");
    }
}

#[test]
fn until_it_is_steered_the_cursor_stays_on_the_first_row_and_then_a_single_cancel_asks() {
    let mut desk = Desk::fleet();
    for failed in [1, 4] {
        desk.hear(failed, done(Outcome::Ok, 99));
    }
    assert_eq!(desk.cursor(), "web17");
    desk.hear(0, done(Outcome::Ok, 99));
    desk.tell(Msg::Frame);
    assert_eq!(desk.cursor(), "web21", "it went on by itself");
    assert_eq!(desk.press_after(100, X), [], "so lately that another job may be meant");
    assert!(matches!(desk.app.overlay(), Overlay::Confirm(confirm) if confirm.jobs == [JobId(2)]));
    assert_eq!(desk.press(&[Y]), cancel(&[2], Force::Graceful));
}

#[test]
fn one_job_is_cancelled_at_once_and_the_row_does_not_change_before_the_event() {
    let mut desk = Desk::fleet();
    assert_eq!(desk.press(&[X]), cancel(&[0], Force::Graceful));
    assert!(matches!(
        desk.app.board().rows()[0].phase,
        crate::model::phase::Phase::Running { .. }
    ));
    desk.hear(
        0,
        Change::Stopping {
            reason: StopReason::Cancel,
            limit: None,
            kill_at: Some(Stamp::from_secs(110)),
        },
    );
    assert_eq!(desk.press(&[X]), [], "it is stopping");
    assert!(desk.notice().contains("X kills"), "{}", desk.notice());
}

#[test]
fn one_job_that_is_not_under_the_cursor_is_touched_only_after_a_question() {
    let mut desk = Desk::running(3);
    desk.press(&[Key::Char(' '), Key::Char('/')]);
    desk.types("host:web3");
    assert_eq!(desk.press(&[Key::Enter, X]), [], "the marked row is hidden");
    let Overlay::Confirm(confirm) = desk.app.overlay() else {
        panic!("no question")
    };
    assert_eq!((confirm.jobs.as_slice(), confirm.hidden), (&[JobId(0)][..], 1));
    assert_eq!(desk.press(&[Y]), cancel(&[0], Force::Graceful));
    let mut desk = Desk::fleet();
    desk.press(&[Key::Char('j'), Key::Char(' ')]);
    assert_eq!(desk.cursor(), "web03", "the mark is on db4, above");
    assert_eq!(desk.press(&[Key::Char('r')]), []);
    assert_eq!(desk.press(&[Y]), retry(&[4]));
    desk.press(&[Key::Char('k'), Key::Char(' '), Key::Char('k')]);
    assert_eq!(desk.cursor(), "db4");
    assert_eq!(
        desk.press(&[Key::Char('r')]),
        retry(&[4]),
        "marked and under the cursor"
    );
}

#[test]
fn what_is_over_or_not_over_is_left_alone_and_said() {
    let mut desk = Desk::fleet();
    for (host, key, words) in [
        ("web01", X, "over already"),
        ("web01", Key::Char('X'), "over already"),
        ("web17", Key::Char('r'), "not over"),
    ] {
        while desk.cursor() != host {
            let key = if host == "web01" {
                Key::Char('j')
            } else {
                Key::Char('k')
            };
            desk.press(&[key]);
        }
        assert_eq!(desk.press(&[key]), []);
        assert!(desk.notice().contains(words), "{host}: {}", desk.notice());
        assert_eq!(*desk.app.overlay(), Overlay::None);
    }
}

#[test]
fn a_question_needs_y_after_a_moment_and_nothing_else_confirms() {
    let asked = || {
        let mut desk = Desk::running(3);
        desk.press(&[Key::Char('*'), X]);
        desk
    };
    let mut desk = asked();
    assert_eq!(desk.press_after(299, Y), [], "not armed yet");
    assert_eq!(desk.press_after(1, Y), cancel(&[0, 1, 2], Force::Graceful));
    assert!(desk.app.table().marked().is_empty());
    for key in [Key::Enter, Key::Esc, Key::Char('n'), Key::Ctrl('c'), X] {
        let mut desk = asked();
        assert_eq!(desk.press(&[key]), [], "{key}");
    }
    let mut desk = asked();
    assert_eq!(desk.press_after(10, Key::Enter), []);
    assert!(
        matches!(desk.app.overlay(), Overlay::Confirm(_)),
        "a stray enter does not answer"
    );
    desk.now = desk.now + Duration::from_secs(1);
    assert_eq!(desk.tell(Msg::Paste("y".into())), []);
    assert_eq!(desk.tell(Msg::Paste("y\ny\n".into())), []);
    assert!(matches!(desk.app.overlay(), Overlay::Confirm(_)));
}

#[test]
fn a_kill_always_asks_and_many_running_jobs_want_their_number() {
    let mut desk = Desk::running(1);
    assert_eq!(desk.press(&[Key::Char('X')]), []);
    assert_eq!(desk.press(&[Y]), cancel(&[0], Force::Now));
    let mut desk = Desk::running(21);
    desk.press(&[Key::Char('*'), Key::Char('X')]);
    assert_eq!(desk.press(&[Y]), [], "no number yet");
    assert_eq!(desk.types("2y"), [], "the wrong number");
    let all: Vec<u32> = (0..21).collect();
    assert_eq!(desk.types("1y"), cancel(&all, Force::Now));
}

#[test]
fn a_question_counts_what_is_meant_left_alone_and_hidden() {
    let mut desk = Desk::fleet();
    desk.press(&[Key::Char('*'), Key::Char('/')]);
    desk.types("web17");
    desk.press(&[Key::Enter, X]);
    let Overlay::Confirm(confirm) = desk.app.overlay() else {
        panic!("no question")
    };
    assert_eq!(confirm.jobs, [JobId(0), JobId(2), JobId(5)]);
    assert_eq!((confirm.running, confirm.left_alone, confirm.hidden), (2, 3, 2));
    assert_eq!(desk.press(&[Y]), cancel(&[0, 2, 5], Force::Graceful));
}

#[test]
fn one_retry_is_asked_at_once_and_all_of_them_after_a_question() {
    let mut desk = Desk::fleet();
    desk.press(&[Key::Char('j')]);
    assert_eq!(desk.cursor(), "db4");
    assert_eq!(desk.press(&[Key::Char('r')]), retry(&[4]));
    assert_eq!(desk.press(&[Key::Char('R')]), []);
    assert_eq!(desk.press(&[Y]), retry(&[1, 4]));
}

#[test]
fn a_retry_is_refused_when_the_run_has_ended_and_the_words_can_be_followed() {
    for key in ['r', 'R'].map(Key::Char) {
        let mut desk = Desk::fleet();
        let what = What::RunEnded {
            counts: BTreeMap::new(),
            exit: 1,
        };
        let event = Event { at: desk.now, what };
        desk.tell(Msg::Runner(Message::Event(event)));
        desk.press(&[Key::Char('j'), Key::Char('j')]);
        assert_eq!(desk.press(&[key]), [], "{key}");
        assert_eq!(
            desk.notice(),
            "the run has ended; heeler retry 20260102T030405-abcd tries again",
            "{key}"
        );
        assert_eq!(*desk.app.overlay(), Overlay::None);
    }
}

#[test]
fn a_retry_is_refused_when_the_run_is_draining() {
    for key in ['r', 'R'].map(Key::Char) {
        let mut desk = Desk::fleet();
        let event = Event {
            at: desk.now,
            what: What::Draining,
        };
        desk.tell(Msg::Runner(Message::Event(event)));
        desk.press(&[Key::Char('j'), Key::Char('j')]);
        assert_eq!(desk.press(&[key]), [], "{key}");
        assert_eq!(desk.notice(), "the run is draining: nothing more is started", "{key}");
        assert_eq!(*desk.app.overlay(), Overlay::None);
    }
}

#[test]
fn what_may_still_run_is_not_retried_blindly() {
    for (fate, asks) in [(Fate::Gone, false), (Fate::Unknown, true), (Fate::Kept, true)] {
        let mut desk = Desk::running(1);
        let outcome = Outcome::TimedOut {
            limit: Limit::Run,
            fate: fate.clone(),
            ended: None,
        };
        desk.hear(0, done(outcome, 9));
        let effects = desk.press(&[Key::Char('r')]);
        assert_eq!(effects.is_empty(), asks, "{fate:?}");
        let warned = matches!(desk.app.overlay(), Overlay::Confirm(confirm) if confirm.warning.is_some());
        assert_eq!(warned, asks, "{fate:?}");
    }
}

fn left(pid: u32, kin: Kin) -> Left {
    Left {
        pid,
        kin,
        state: 'S',
        owner: "root".to_owned(),
        name: "sl\u{1b}[2Jeep".to_owned(),
    }
}

fn survived() -> Outcome {
    let owners = vec!["root".to_owned()];
    Outcome::TimedOut {
        limit: Limit::Run,
        fate: Fate::Survived { count: 1, owners },
        ended: None,
    }
}

/// The effects less those that the watched host of open details sets off.
fn looks(effects: Vec<Effect>) -> Vec<Effect> {
    let watches = |effect: &Effect| matches!(effect, Effect::Words(_) | Effect::Request(Request::Probe { .. }));
    effects.into_iter().filter(|effect| !watches(effect)).collect()
}

fn look(job: u32) -> Vec<Effect> {
    let jobs = vec![JobId(job)];
    vec![Effect::Request(Request::Look { jobs })]
}

#[test]
fn details_ask_for_a_look_where_something_may_be_left_and_nowhere_else() {
    let mut desk = Desk::running(1);
    let (i, l) = (Key::Char('i'), Key::Char('l'));
    assert_eq!(looks(desk.press(&[i])), look(0), "it runs");
    assert_eq!(desk.press(&[l]), look(0), "asked for by key");
    let processes = vec![left(8, Kin::Escaped)];
    desk.hear(0, Change::Left { processes });
    assert_eq!(looks(desk.press(&[i, i])), [], "it was just looked");
    assert_eq!(desk.press_after(9000, i), [], "closed");
    assert_eq!(looks(desk.press(&[i])), look(0));
    desk.press(&[i]);
    desk.hear(0, done(Outcome::Ok, 9));
    assert_eq!(looks(desk.press(&[i])), [], "it ended well");
    let facts: Vec<String> = facts(&desk.app, JobId(0), desk.now)
        .into_iter()
        .map(|fact| fact.name)
        .collect();
    assert!(!facts.contains(&"processes".to_owned()), "what ran is not what is left");
}

#[test]
fn what_is_left_is_shown_harmless_and_with_its_kin() {
    let mut desk = Desk::running(1);
    let processes = vec![left(8, Kin::Escaped)];
    desk.hear(0, Change::Left { processes });
    desk.hear(0, done(survived(), 9));
    let facts = facts(&desk.app, JobId(0), desk.now);
    let texts: Vec<&str> = facts.iter().map(|fact| fact.text.as_str()).collect();
    assert!(texts.contains(&"8 S root sl\\u{1b}[2Jeep, escaped"), "{texts:?}");
    let detail = "no route".to_owned();
    desk.hear(0, Change::NotLooked { detail });
    let facts = super::facts(&desk.app, JobId(0), desk.now);
    assert!(
        facts.iter().any(|fact| fact.text.ends_with("ago: no route")),
        "{facts:?}"
    );
}

#[test]
fn what_is_left_is_killed_by_number_and_only_after_a_question() {
    let mut desk = Desk::running(1);
    let k = Key::Char('K');
    assert_eq!(desk.press(&[k]), []);
    assert_eq!(desk.notice(), "nothing is known to be left on web1; l looks");
    let processes = vec![left(7, Kin::Session), left(8, Kin::Escaped)];
    desk.hear(0, Change::Left { processes });
    // While the command runs, only what has escaped from it.
    desk.press(&[k]);
    assert!(
        matches!(desk.app.overlay(), Overlay::Confirm(confirm) if confirm.left == [left(8, Kin::Escaped)] && confirm.warning.is_some())
    );
    for no in [Key::Enter, Key::Esc, Key::Char('n')] {
        desk.press(&[Key::Esc, k]);
        assert_eq!(desk.press(&[k, no]), [], "{no}");
        assert_eq!(*desk.app.overlay(), Overlay::None, "{no}");
    }
    desk.press(&[k]);
    assert_eq!(desk.press_after(100, Key::Char('y')), [], "too early");
    let kill = Request::KillLeft {
        job: JobId(0),
        pids: vec![8],
    };
    assert_eq!(desk.press(&[Key::Char('y')]), [Effect::Request(kill)]);
}

#[test]
fn what_is_to_finish_is_killed_by_its_name_only_even_by_number() {
    let mut desk = Desk::running(1);
    Arc::make_mut(&mut desk.app.plan).settings.let_finish = true;
    let (k, processes) = (Key::Char('K'), vec![left(8, Kin::Escaped)]);
    desk.hear(0, Change::Left { processes });
    assert_eq!(desk.press(&[k]), []);
    assert_eq!(*desk.app.overlay(), Overlay::None);
    assert!(
        desk.notice().starts_with("web1 is left to finish (--let-finish)"),
        "{}",
        desk.notice()
    );
    // It is lost, and may run on.
    let lost = Outcome::Lost {
        detail: "cut".to_owned(),
        fate: Fate::Unknown,
    };
    desk.hear(0, done(lost, 9));
    let processes = vec![left(8, Kin::Session)];
    desk.hear(0, Change::Left { processes });
    desk.press(&[k]);
    assert_eq!(desk.press(&[Y, Key::Enter]), [], "no name");
    desk.press(&[Key::Backspace]);
    desk.types("web1");
    let (job, pids) = (JobId(0), vec![8]);
    let kill = Effect::Request(Request::KillLeft { job, pids });
    assert_eq!(desk.press(&[Key::Enter]), [kill]);
}

#[test]
fn a_viewer_who_may_not_act_neither_looks_nor_kills() {
    let mut desk = Desk::running(1);
    desk.app.seat.access = Access::ReadOnly;
    let processes = vec![left(8, Kin::Escaped)];
    desk.hear(0, Change::Left { processes });
    for key in ['l', 'K'] {
        assert_eq!(desk.press(&[Key::Char(key)]), []);
        assert!(desk.notice().starts_with("read-only"), "{key}");
    }
    let words = [Effect::Words(JobId(0))];
    assert_eq!(
        desk.press_after(9000, Key::Char('i')),
        words,
        "details ask the runner for nothing"
    );
    for key in ['l', 'K'] {
        assert_eq!(desk.press(&[Key::Char(key)]), []);
        assert!(matches!(desk.app.overlay(), Overlay::Details(..)), "{key}");
    }
}

#[test]
fn who_insists_on_a_retry_that_was_refused_is_told_what_runs_there() {
    let mut desk = Desk::running(1);
    let cookie = "c".to_owned();
    desk.hear(0, Change::Starting { cookie });
    desk.hear(0, done(survived(), 9));
    let detail = "still running since 18:02 UTC, pid 4711 (root): apt-get".to_owned();
    let refused = Outcome::Skipped {
        why: SkipReason::AlreadyRunning,
        detail: Some(detail.clone()),
    };
    let again = |change| attempt_event(&plan(&["web1"]), (0, 2), 120, change);
    desk.tell(Msg::Runner(Message::Event(again(Change::Queued(Why::ConnectSlot)))));
    desk.tell(Msg::Runner(Message::Event(again(done(refused, 1)))));
    assert_eq!(desk.press(&[Key::Char('r')]), []);
    assert!(matches!(desk.app.overlay(), Overlay::Confirm(confirm) if confirm.warning.as_ref() == Some(&detail)));
    let insist = Request::Retry {
        jobs: vec![JobId(0)],
        even_if_running: true,
    };
    assert_eq!(desk.press(&[Key::Char('y')]), [Effect::Request(insist)]);
    // Once it is known to be gone, nobody needs to insist.
    let fate = Fate::Gone;
    desk.hear(0, Change::Found { fate });
    assert_eq!(desk.press(&[Key::Char('r')]), retry(&[0]));
}

#[test]
fn pause_and_continue_follow_what_the_runner_said() {
    let mut desk = Desk::fleet();
    let pause = [Effect::Request(Request::Pause)];
    assert_eq!(desk.press(&[Key::Char('p')]), pause);
    assert_eq!(desk.press(&[Key::Char('p')]), pause, "the runner has not said so yet");
    for (what, effects) in [
        (
            What::Paused(PauseReason::Asked),
            vec![Effect::Request(Request::Continue)],
        ),
        (What::Continued, pause.to_vec()),
        (What::Draining, vec![]),
    ] {
        let event = Event { at: desk.now, what };
        desk.tell(Msg::Runner(Message::Event(event)));
        assert_eq!(desk.press(&[Key::Char('p')]), effects);
    }
}

#[test]
fn marks_ranges_and_the_filter_belong_to_jobs() {
    let mut desk = Desk::running(9);
    desk.press(&[
        Key::Char(' '),
        Key::Char('j'),
        Key::Char('v'),
        Key::Char('j'),
        Key::Char('j'),
    ]);
    let marked = |desk: &Desk| -> Vec<u32> { desk.app.table().marked().iter().map(|job| job.0).collect() };
    assert_eq!(marked(&desk), [0, 2, 3, 4]);
    desk.press(&[Key::Char('v'), Key::Char('G')]);
    assert_eq!(marked(&desk), [0, 2, 3, 4], "the range has ended");
    desk.press(&[Key::Char('/')]);
    desk.types("host:web9");
    assert_eq!(desk.hosts(), ["web9"]);
    assert_eq!(desk.cursor(), "web9");
    desk.press(&[Key::Enter]);
    assert_eq!(marked(&desk), [0, 2, 3, 4], "hidden, not forgotten");
    desk.press(&[Key::Esc]);
    assert_eq!(desk.hosts().len(), 9, "escape clears the filter");
    desk.press(&[Key::Char('U')]);
    assert_eq!(marked(&desk), [0_u32; 0]);
}

#[test]
fn marks_go_only_with_what_was_done_to_them() {
    let marked = |desk: &Desk| -> Vec<u32> { desk.app.table().marked().iter().map(|job| job.0).collect() };
    let mut desk = Desk::running(3);
    desk.press(&[Key::Char(' '), Key::Enter]);
    assert_eq!(desk.press(&[X]), cancel(&[1], Force::Graceful));
    assert_eq!(marked(&desk), [0], "the output is another job's");
    assert_eq!(desk.press(&[Key::Char('X'), Y]), cancel(&[1], Force::Now));
    assert_eq!(marked(&desk), [0]);
    desk.hear(1, done(Outcome::Exit { code: 1 }, 9));
    assert_eq!(desk.press(&[Key::Char('r')]), retry(&[1]));
    assert_eq!(marked(&desk), [0]);
    assert_eq!(desk.press(&[Key::Char('q'), Key::Char('R'), Y]), retry(&[1]));
    assert_eq!(marked(&desk), [0], "all that failed were meant, not the marked ones");
    assert_eq!(
        desk.press(&[Key::Char('k'), Key::Char('X'), Y]),
        cancel(&[0], Force::Now)
    );
    assert_eq!(marked(&desk), [0_u32; 0]);
}

#[test]
fn a_filter_is_pasted_into_and_follows_every_key() {
    let mut desk = Desk::fleet();
    desk.press(&[Key::Char('/')]);
    desk.tell(Msg::Paste("state:slow\nrm -rf /\n".into()));
    assert_eq!(desk.hosts(), ["web17"]);
    desk.press(&[Key::Ctrl('u')]);
    assert_eq!(desk.hosts().len(), 6);
    desk.types("nobody");
    assert_eq!((desk.hosts().len(), desk.cursor()), (0, "none"));
    assert_eq!(
        desk.press(&[Key::Enter, X, Key::Enter, Key::Char('i')]),
        [],
        "no row, no action"
    );
    desk.press(&[Key::Char('/'), Key::Esc]);
    assert_eq!(desk.hosts().len(), 6);
}

#[test]
fn only_stragglers_are_shown_when_there_are_any() {
    let mut desk = Desk::fleet();
    desk.press(&[Key::Char('w')]);
    assert_eq!(desk.hosts(), ["web17"], "slow");
    desk.now = desk.now + Duration::from_secs(60);
    desk.app.board.print(&output(0, 159, "x"));
    desk.tell(Msg::Tick);
    desk.tell(Msg::Frame);
    assert_eq!(desk.hosts(), ["web17", "web21"], "and one that is silent for a minute");
    desk.press(&[Key::Esc]);
    assert_eq!(desk.hosts().len(), 6);
    let mut desk = Desk::running(2);
    desk.app.board.print(&output(0, 99, "x"));
    desk.app.board.print(&output(1, 99, "x"));
    desk.press(&[Key::Char('w')]);
    assert_eq!(desk.hosts().len(), 2, "nothing to show: {}", desk.notice());
}

#[test]
fn q_leaves_at_once_only_when_nothing_runs_or_waits() {
    let mut desk = Desk::running(1);
    assert_eq!(desk.press(&[Key::Char('q')]), []);
    assert_eq!(desk.press(&[Key::Esc]), []);
    desk.hear(0, done(Outcome::Exit { code: 3 }, 9));
    assert_eq!(desk.press(&[Key::Char('q')]), [Effect::Leave]);
}

#[test]
fn a_suspended_program_says_that_the_jobs_run_on() {
    let mut desk = Desk::running(2);
    assert_eq!(
        suspended(&desk.app).as_deref(),
        Some("heeler is suspended; 2 jobs run on: fg goes on")
    );
    desk.hear(0, done(Outcome::Ok, 9));
    desk.hear(1, done(Outcome::Ok, 9));
    assert_eq!(suspended(&desk.app), None);
}

#[test]
fn the_question_on_leaving_goes_when_there_is_nothing_left_to_decide() {
    let mut desk = Desk::running(1);
    assert_eq!(desk.press(&[Key::Char('q')]), []);
    assert!(matches!(desk.app.overlay(), Overlay::Quit(_)));
    desk.hear(0, done(Outcome::Exit { code: 3 }, 9));
    assert!(matches!(desk.app.overlay(), Overlay::None));
    assert_eq!(
        desk.press(&[Key::Char('c')]),
        [],
        "an answer that comes too late does nothing"
    );
}

#[test]
fn the_ways_out_of_a_run_that_goes_on() {
    let quit = |force| vec![Effect::Request(Request::Quit { force })];
    let drain = vec![Effect::Request(Request::Drain)];
    let c = Key::Ctrl('c');
    for (keys, effects) in [
        (vec![Key::Char('q'), Key::Char('s')], vec![]),
        (vec![Key::Char('q'), Key::Enter], vec![]),
        (vec![Key::Char('q'), Key::Char('r')], drain.clone()),
        (vec![Key::Char('q'), Key::Down, Key::Enter], vec![]),
        (vec![Key::Char('q'), Key::Down, Key::Enter, Key::Char('r')], drain),
        (vec![Key::Char('q'), Key::Char('c')], quit(Force::Graceful)),
        (vec![Key::Char('q'), Key::Char('k')], vec![]),
        (vec![c, c, c, c, c, c, c], vec![]),
        (vec![c, c, c, Key::Enter], vec![]),
        (vec![c, c, c, Key::Enter, Key::Char('c')], quit(Force::Graceful)),
        (
            vec![Key::Char('q'), Key::Char('c'), Key::Char('q'), Key::Down, Key::Enter],
            quit(Force::Graceful),
        ),
        (
            vec![Key::Char('q'), Key::Char('c'), Key::Char('q'), Key::Char('k')],
            [quit(Force::Graceful), quit(Force::Now)].concat(),
        ),
    ] {
        assert_eq!(Desk::running(2).press(&keys), effects, "{keys:?}");
    }
    let mut desk = Desk::running(2);
    desk.press(&[c, c, c]);
    assert_eq!(
        desk.press_after(100, Key::Char('c')),
        [],
        "the choice has only just moved"
    );
    let mut desk = Desk::running(2);
    desk.press(&[Key::Char('q')]);
    assert_eq!(
        desk.press_after(100, Key::Char('c')),
        [],
        "the question has only just come"
    );
}

#[test]
fn ending_many_wants_their_number() {
    let mut desk = Desk::running(30);
    assert_eq!(desk.press(&[Key::Char('q'), Key::Char('c'), Y]), []);
    let quit = Effect::Request(Request::Quit { force: Force::Graceful });
    assert_eq!(desk.types("30y"), [quit]);
}

#[test]
fn after_cancel_it_stays_until_all_is_over_and_then_goes_by_itself() {
    let mut desk = Desk::running(2);
    desk.press(&[Key::Char('q'), Key::Char('c')]);
    assert!(desk.app.is_leaving());
    assert_eq!(
        desk.press(&[Key::Char('R')]),
        [],
        "nothing more is started: {}",
        desk.notice()
    );
    let cancelled = || done(Outcome::Exit { code: 1 }, 9);
    assert_eq!(desk.hear(0, cancelled()), []);
    assert_eq!(desk.hear(1, cancelled()), [Effect::Leave]);
    assert_eq!(desk.tell(Msg::Tick), [], "once");
}

#[test]
fn at_the_end_it_goes_by_itself_only_if_all_is_well_and_nobody_is_there() {
    for (outcome, keys, leaves) in [
        (Outcome::Ok, &[][..], true),
        (Outcome::Ok, &[Key::Char('j')], false),
        (Outcome::Exit { code: 1 }, &[], false),
    ] {
        let mut desk = Desk::running(1);
        desk.press(keys);
        let effects = desk.hear(0, done(outcome.clone(), 9));
        assert_eq!(effects == [Effect::Leave], leaves, "{outcome} {keys:?}");
    }
}

#[test]
fn time_stands_still_when_all_is_over_and_nothing_wakes_an_idle_screen() {
    let mut desk = Desk::running(1);
    assert_eq!(
        desk.app.next_wake(Stamp::from_millis(100_300)),
        Some(Stamp::from_secs(101))
    );
    desk.hear(0, done(Outcome::Exit { code: 1 }, 99));
    desk.tell(Msg::Frame);
    desk.now = Stamp::from_secs(500);
    assert_eq!(desk.app.elapsed(desk.now), Duration::from_secs(100));
    assert_eq!(desk.app.next_wake(desk.now), None);
    let again = attempt_event(desk.app.plan(), (0, 2), 501, Change::Queued(Why::RunSlot));
    desk.tell(Msg::Runner(Message::Event(again)));
    assert_eq!(desk.app.elapsed(Stamp::from_secs(502)), Duration::from_secs(502));
}

/// What a loader would answer.
fn loaded(ticket: u64, skipped: u64, text: &str, more: bool) -> Loaded {
    Loaded {
        job: JobId(0),
        attempt: AttemptNo::FIRST,
        ticket,
        skipped,
        cut: if skipped > 0 { vec![Stream::Stdout] } else { Vec::new() },
        pieces: vec![Read::at_once(
            Stream::Stdout,
            text.as_bytes().to_vec(),
            Stamp::default(),
        )],
        spot: None,
        more,
        error: None,
    }
}

fn shown(desk: &Desk) -> Vec<&str> {
    let Screen::Output(view) = desk.app.screen() else {
        panic!("no output is open")
    };
    view.rows()
        .iter()
        .map(|row| &row.line.text()[row.part.clone()])
        .collect()
}

fn numbers(range: std::ops::Range<u32>) -> String {
    let lines: Vec<String> = range.map(|n| format!("line {n}\n")).collect();
    lines.concat()
}

#[test]
fn output_is_read_on_as_long_as_it_is_followed_or_near() {
    let mut desk = Desk::running(1);
    let (job, attempt, ticket) = (JobId(0), AttemptNo::FIRST, 1);
    assert_eq!(
        desk.press(&[Key::Enter]),
        [Effect::Load(Load::Tail { job, attempt, ticket })]
    );
    let more = [Effect::Load(Load::More { ticket })];
    assert_eq!(desk.tell(Msg::Loaded(loaded(1, 0, &numbers(0..100), true))), more);
    assert_eq!(desk.tell(Msg::Loaded(loaded(1, 0, "unfinished", false))), []);
    assert_eq!(shown(&desk).last(), Some(&"unfinished"));
    assert_eq!(shown(&desk).len(), 19, "a page");
    assert_eq!(desk.press(&[Key::Char('g')]), []);
    assert_eq!(shown(&desk)[0], "line 0");
    let printed = Message::Output(output(0, 101, "new"));
    assert_eq!(desk.tell(Msg::Runner(printed)), [], "far from the end nothing is read");
    assert_eq!(
        desk.press(&[Key::Char('G')]),
        [Effect::Load(Load::Tail {
            job,
            attempt,
            ticket: 2
        })]
    );
    assert_eq!(
        desk.tell(Msg::Loaded(loaded(1, 0, "late", false))),
        [],
        "an answer to an old wish"
    );
    assert_eq!(shown(&desk), [""; 0]);
}

#[test]
fn what_was_left_out_is_said_and_read_from_the_start_when_asked() {
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    desk.tell(Msg::Loaded(loaded(1, 5000, "half a line\nwhole\n", false)));
    assert_eq!(shown(&desk), ["whole"]);
    let (job, attempt) = (JobId(0), AttemptNo::FIRST);
    assert_eq!(
        desk.press(&[Key::Char('g')]),
        [Effect::Load(Load::Start {
            job,
            attempt,
            ticket: 2
        })]
    );
    assert_eq!(
        desk.tell(Msg::Loaded(loaded(2, 0, &numbers(0..100), true))),
        [],
        "enough for now"
    );
    assert_eq!(shown(&desk)[0], "line 0");
    let more = [Effect::Load(Load::More { ticket: 2 })];
    assert_eq!(
        desk.press(&[Key::PageDown, Key::PageDown, Key::PageDown]),
        more,
        "the end is near"
    );
}

#[test]
fn only_the_stream_that_was_cut_loses_its_first_line() {
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    let mut piece = loaded(1, 5 << 20, "half a line\nwhole\n", false);
    let errors = Read::at_once(Stream::Stderr, b"disk is gone\n".to_vec(), Stamp::default());
    piece.pieces.push(errors);
    desk.tell(Msg::Loaded(piece));
    assert_eq!(shown(&desk), ["whole", "disk is gone"]);
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    let piece = Loaded {
        cut: Vec::new(),
        ..loaded(1, 5 << 20, "whole\n", false)
    };
    desk.tell(Msg::Loaded(piece));
    assert_eq!(shown(&desk), ["whole"], "what was left out ended with a line");
}

#[test]
fn output_scrolls_by_rows_wrapped_or_not_and_by_stream() {
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    let mut piece = loaded(1, 0, &"x".repeat(200), false);
    let errors = Read::at_once(Stream::Stderr, numbers(0..40).into_bytes(), Stamp::default());
    piece.pieces.push(errors);
    desk.tell(Msg::Loaded(piece));
    assert_eq!(shown(&desk).last().map(|text| text.len()), Some(200));
    desk.press(&[Key::Char('z')]);
    assert_eq!(shown(&desk).last().map(|text| text.len()), Some(200 - 2 * 78));
    desk.press(&[Key::Char('k')]);
    assert_eq!(shown(&desk).last().map(|text| text.len()), Some(78));
    desk.press(&[Key::Char('j'), Key::Char('o')]);
    assert_eq!(shown(&desk).len(), 3, "stdout only");
    desk.press(&[Key::Char('o'), Key::Char('g')]);
    assert_eq!(shown(&desk)[..2], ["line 0", "line 1"], "stderr only");
    desk.press(&[Key::Char('q')]);
    assert!(matches!(desk.app.screen(), Screen::Table), "q goes back first");
}

#[test]
fn a_search_goes_from_hit_to_hit_and_round() {
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    desk.tell(Msg::Loaded(loaded(1, 0, &numbers(0..100), false)));
    desk.press(&[Key::Char('g'), Key::Char('/')]);
    desk.types("LINE");
    desk.press(&[Key::Enter]);
    let hits = |desk: &Desk| match desk.app.screen() {
        Screen::Output(view) => view.hits(),
        Screen::Table | Screen::Difference(_) => panic!("no output is open"),
    };
    assert_eq!(hits(&desk), (0, None), "upper case means upper case");
    desk.press(&[Key::Char('/')]);
    desk.types("line 9");
    desk.press(&[Key::Enter]);
    assert_eq!(hits(&desk), (11, Some(1)));
    desk.press(&[Key::Char('n')]);
    assert_eq!(hits(&desk), (11, Some(2)));
    assert!(shown(&desk).contains(&"line 90"));
    desk.press(&[Key::Char('N'), Key::Char('N')]);
    assert_eq!(hits(&desk), (11, Some(11)));
    assert!(desk.notice().contains("other end"));
    desk.press(&[Key::Esc]);
    assert_eq!(hits(&desk), (0, None));
}

#[test]
fn a_search_finds_what_has_no_line_end_yet() {
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    let mut piece = loaded(1, 0, "whole\nContinue? ", false);
    let question = Read::at_once(Stream::Stderr, b"Continue by typing y: ".to_vec(), Stamp::default());
    piece.pieces.push(question);
    desk.tell(Msg::Loaded(piece));
    desk.press(&[Key::Char('/')]);
    desk.types("Continue");
    desk.press(&[Key::Enter]);
    let hits = |desk: &Desk| match desk.app.screen() {
        Screen::Output(view) => view.hits(),
        Screen::Table | Screen::Difference(_) => panic!("no output is open"),
    };
    assert_eq!((hits(&desk), desk.notice()), ((2, Some(1)), ""));
    desk.press(&[Key::Char('n')]);
    assert_eq!(hits(&desk), (2, Some(2)));
    desk.press(&[Key::Char('n')]);
    assert_eq!((hits(&desk), desk.notice()), ((2, Some(1)), "on from the other end"));
    desk.press(&[Key::Char('N')]);
    assert_eq!(hits(&desk), (2, Some(2)));
    desk.press(&[Key::Char('o')]);
    assert_eq!(hits(&desk), (1, None), "stdout only");
    desk.tell(Msg::Loaded(loaded(1, 0, "no\n", false)));
    assert_eq!(hits(&desk), (1, None), "a line that ends is not counted twice");
}

#[test]
fn a_line_that_is_only_not_read_to_its_end_is_no_hit_of_its_own() {
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    desk.tell(Msg::Loaded(loaded(1, 0, "whole\nneedle, and", true)));
    desk.press(&[Key::Char('/')]);
    desk.types("needle");
    desk.press(&[Key::Enter]);
    let hits = |desk: &Desk| match desk.app.screen() {
        Screen::Output(view) => view.hits(),
        Screen::Table | Screen::Difference(_) => panic!("no output is open"),
    };
    assert_eq!(hits(&desk), (0, None));
    desk.tell(Msg::Loaded(loaded(1, 0, " more\n", false)));
    assert_eq!(hits(&desk).0, 1);
}

#[test]
fn a_flood_is_kept_within_bounds_and_the_eye_stays_where_it_is() {
    let mut desk = Desk::running(1);
    desk.press(&[Key::Enter]);
    for _ in 0..12 {
        let effects = desk.tell(Msg::Loaded(loaded(1, 0, &numbers(0..10_000), true)));
        assert_eq!(effects, [Effect::Load(Load::More { ticket: 1 })]);
    }
    let Screen::Output(view) = desk.app.screen() else {
        panic!("no output is open")
    };
    assert!(view.earlier() > 0, "the first lines were let go");
    assert_eq!(shown(&desk).last(), Some(&"line 9999"));
    desk.press(&[Key::Char('k')]);
    let before: Vec<String> = shown(&desk).iter().map(ToString::to_string).collect();
    desk.tell(Msg::Loaded(loaded(1, 0, &numbers(0..10_000), true)));
    assert_eq!(shown(&desk), before);
}

#[test]
fn earlier_attempts_can_be_read() {
    let mut desk = Desk::running(1);
    desk.hear(0, done(Outcome::Exit { code: 1 }, 9));
    let again = attempt_event(desk.app.plan(), (0, 2), 101, Change::Running { pid: 9 });
    desk.tell(Msg::Runner(Message::Event(again)));
    let opened = |attempt, ticket| {
        let (job, attempt) = (JobId(0), AttemptNo(attempt));
        vec![Effect::Load(Load::Tail { job, attempt, ticket })]
    };
    assert_eq!(desk.press(&[Key::Enter]), opened(2, 1));
    assert_eq!(desk.press(&[Key::Char('[')]), opened(1, 2));
    assert_eq!(desk.press(&[Key::Char('[')]), [], "{}", desk.notice());
    assert_eq!(desk.press(&[Key::Char(']')]), opened(2, 3));
}

#[test]
fn where_nothing_can_be_drawn_keys_do_nothing_and_a_question_waits_until_it_is_seen() {
    let (small, large) = (Size { width: 30, height: 6 }, Size { width: 80, height: 24 });
    let mut desk = Desk::fleet();
    desk.tell(Msg::Resize(small));
    let keys = ["x", "K", "r", "q", "p", "y"].map(|key| Key::Char(key.chars().next().unwrap_or_default()));
    assert_eq!(desk.press(&keys), []);
    assert_eq!(desk.press(&[Key::Ctrl('c'), Key::Enter]), []);
    assert_eq!(desk.app.overlay(), &Overlay::None);
    assert_eq!(
        desk.press(&[Key::Ctrl('z'), Key::Ctrl('l')]),
        [Effect::Suspend, Effect::Redraw]
    );

    desk.tell(Msg::Resize(large));
    desk.press(&[Key::Char('q')]);
    desk.tell(Msg::Resize(small));
    assert_eq!(desk.press(&[Key::Char('c')]), []);
    desk.tell(Msg::Resize(large));
    assert_eq!(desk.press_after(10, Key::Char('c')), [], "it was drawn only now");
    assert_eq!(
        desk.press(&[Key::Char('c')]),
        [Effect::Request(Request::Quit { force: Force::Graceful })]
    );
}

fn told(desk: &mut Desk, what: What) {
    let at = desk.now;
    desk.tell(Msg::Runner(Message::Event(Event { at, what })));
    desk.tell(Msg::Frame);
}

#[test]
fn the_question_for_the_password_opens_by_itself_and_closes_when_somebody_else_answers() {
    let mut desk = Desk::running(2);
    told(&mut desk, What::PasswordWanted { detail: None });
    assert!(matches!(desk.app.overlay(), Overlay::Password(_)));
    desk.press(&[Key::Char('x')]);
    told(&mut desk, What::PasswordGiven);
    assert_eq!(*desk.app.overlay(), Overlay::None);
    desk.press(&[Key::Char('P')]);
    assert_eq!(*desk.app.overlay(), Overlay::None, "nobody asks any more");
}

#[test]
fn a_question_for_the_password_that_was_put_off_opens_again_on_its_key_or_when_another_one_is_wanted() {
    let mut desk = Desk::running(2);
    told(&mut desk, What::PasswordWanted { detail: None });
    desk.press(&[Key::Ctrl('c')]);
    desk.tell(Msg::Frame);
    assert_eq!(*desk.app.overlay(), Overlay::None);
    desk.press(&[Key::Char('P')]);
    assert!(matches!(desk.app.overlay(), Overlay::Password(_)));
    desk.press(&[Key::Ctrl('c')]);
    told(
        &mut desk,
        What::PasswordWanted {
            detail: Some("web1 did not accept it".to_owned()),
        },
    );
    assert!(matches!(desk.app.overlay(), Overlay::Password(_)));
}

/// Types a command and takes it.
fn command(desk: &mut Desk, text: &str) -> Vec<Effect> {
    desk.press(&[Key::Char(':')]);
    let typed = desk.types(text);
    assert_eq!(typed, [], "nothing is done while it is typed");
    desk.press(&[Key::Enter])
}

fn request(request: Request) -> Vec<Effect> {
    vec![Effect::Request(request)]
}

fn ids(jobs: &[u32]) -> Vec<JobId> {
    jobs.iter().copied().map(JobId).collect()
}

#[test]
fn a_wrong_filter_is_not_taken_and_the_last_good_one_stays() {
    let mut desk = Desk::fleet();
    desk.press(&[Key::Char('/')]);
    desk.types("state:slow");
    assert_eq!(desk.hosts(), ["web17"]);
    desk.types("x");
    assert_eq!(desk.hosts(), ["web17"], "state:slowx is not taken");
    desk.press(&[Key::Enter]);
    assert!(matches!(desk.app.overlay(), Overlay::Filter(_)), "it is still typed");
    desk.press(&[Key::Backspace, Key::Enter]);
    assert_eq!(*desk.app.overlay(), Overlay::None);
    assert_eq!(desk.app.table().filter().text(), "state:slow");
}

#[test]
fn a_command_with_a_filter_asks_and_takes_what_fits() {
    let mut desk = Desk::fleet();
    assert_eq!(command(&mut desk, "cancel state:running host:web[17-21]"), []);
    assert!(matches!(desk.app.overlay(), Overlay::Confirm(confirm) if confirm.jobs == ids(&[0, 2])));
    assert_eq!(desk.press(&[Y]), cancel(&[0, 2], Force::Graceful));

    assert_eq!(command(&mut desk, "kill host:web17"), [], "one that fits asks as well");
    assert_eq!(desk.press(&[Y]), cancel(&[0], Force::Now));

    command(&mut desk, "retry failed");
    assert_eq!(desk.press(&[Y]), retry(&[1, 4]));

    command(&mut desk, "skip state:queued");
    let jobs = ids(&[5]);
    assert_eq!(desk.press(&[Y]), request(Request::Skip { jobs }));

    assert_eq!(command(&mut desk, "cancel host:nobody"), []);
    assert_eq!(desk.notice(), "no job fits");
}

#[test]
fn a_command_without_a_filter_is_for_the_job_at_hand() {
    let mut desk = Desk::fleet();
    assert_eq!(desk.cursor(), "web17");
    let jobs = ids(&[0]);
    let hup = Request::Signal {
        jobs: jobs.clone(),
        signal: crate::model::signal::Sig::Hup,
    };
    assert_eq!(command(&mut desk, "signal HUP"), request(hup));
    assert_eq!(command(&mut desk, "signal KILL"), [], "that asks");
    desk.press(&[Key::Char('n')]);
    let by = Adjust::Longer(Duration::from_secs(600));
    assert_eq!(command(&mut desk, "timeout +10m"), request(Request::Limit { jobs, by }));
    assert_eq!(command(&mut desk, "timeout -1m"), []);
    assert!(desk.notice().starts_with("no limit holds"), "{}", desk.notice());
    desk.hear(
        0,
        Change::Limit {
            run: Some(Duration::from_secs(700)),
        },
    );
    assert_eq!(desk.notice(), "time limit of web17 is 11m40s now");
}

#[test]
fn a_command_that_is_none_is_explained_in_its_place() {
    let mut desk = Desk::fleet();
    assert_eq!(command(&mut desk, "cancle"), []);
    let Overlay::Command(line) = desk.app.overlay() else {
        panic!("it is still typed");
    };
    assert_eq!(line.error(), Some("\"cancle\" is no command; did you mean cancel?"));
    desk.press(&[Key::Esc]);
    assert_eq!(*desk.app.overlay(), Overlay::None);
}

#[test]
fn the_width_is_changed_by_steps_and_more_than_double_asks() {
    let mut desk = Desk::fleet();
    assert_eq!(desk.press(&[Key::Char(']')]), request(Request::Width { width: 70 }));
    assert_eq!(desk.press(&[Key::Char('[')]), request(Request::Width { width: 58 }));
    assert_eq!(command(&mut desk, "width 128"), request(Request::Width { width: 128 }));
    let what = What::Width { width: 100 };
    let at = desk.now;
    desk.tell(Msg::Runner(Message::Event(Event { at, what })));
    assert!(
        desk.notice().starts_with("width is 100 now, not 128"),
        "{}",
        desk.notice()
    );
    assert_eq!(command(&mut desk, "width 201"), []);
    assert_eq!(desk.press(&[Y]), request(Request::Width { width: 201 }));
}

#[test]
fn limits_are_moved_by_a_tenth_and_to_cut_many_asks() {
    let names = ["a", "b"];
    let mut plan = plan(&names);
    plan.settings.run_timeout = Some(Duration::from_secs(3600));
    let mut board = Board::new(&plan);
    for job in 0..2 {
        board.apply(&event(&plan, job, 1, Change::Running { pid: 7 }));
    }
    let mut desk = Desk::new(plan, board);
    let step = Duration::from_secs(360);
    let limit = |jobs: &[u32], by| request(Request::Limit { jobs: ids(jobs), by });
    assert_eq!(desk.press(&[Key::Char('+')]), limit(&[0], Adjust::Longer(step)));
    assert_eq!(desk.press(&[Key::Char('-')]), limit(&[0], Adjust::Shorter(step)));
    desk.press(&[Key::Char('*')]);
    assert_eq!(desk.press(&[Key::Char('+')]), limit(&[0, 1], Adjust::Longer(step)));
    assert_eq!(desk.press(&[Key::Char('-')]), []);
    assert_eq!(desk.press(&[Y]), limit(&[0, 1], Adjust::Shorter(step)));
}

#[test]
fn more_time_where_no_limit_holds_sets_one_and_asks() {
    let mut desk = Desk::running(3);
    let by = Adjust::Longer(Duration::from_secs(600));
    assert_eq!(command(&mut desk, "timeout +10m host:web[1-2]"), []);
    let Overlay::Confirm(confirm) = desk.app.overlay() else {
        panic!("it asks");
    };
    let warning = "they have no limit yet: a limit of 10m00s from now, and what runs then is ended";
    assert_eq!(confirm.warning.as_deref(), Some(warning));
    assert_eq!(desk.press(&[Y]), request(Request::Limit { jobs: ids(&[0, 1]), by }));
    let run = Some(Duration::from_secs(700));
    desk.hear(0, Change::Limit { run });
    assert_eq!(command(&mut desk, "timeout +10m host:web[1-2]"), [], "one has none");
    desk.press(&[Key::Char('n')]);
    desk.hear(1, Change::Limit { run });
    let jobs = ids(&[0, 1]);
    assert_eq!(
        command(&mut desk, "timeout +10m host:web[1-2]"),
        request(Request::Limit { jobs, by })
    );
    // The one under the cursor is as it is with a cut: at once, and said for what it is.
    desk.press(&[Key::Char('G')]);
    assert_eq!(
        command(&mut desk, "timeout +10m"),
        request(Request::Limit { jobs: ids(&[2]), by })
    );
    assert_eq!(desk.notice(), "a limit of 10m00s from now asked for 1 job");
    assert_eq!(command(&mut desk, "timeout off host:web*"), []);
    let by = Adjust::Off;
    assert_eq!(
        desk.press(&[Y]),
        request(Request::Limit {
            jobs: ids(&[0, 1, 2]),
            by
        })
    );
}

#[test]
fn marks_that_an_action_had_nothing_to_do_with_stay() {
    let mut desk = Desk::running(3);
    desk.press(&[Key::Char(' '), Key::Char(' ')]);
    assert_eq!(desk.cursor(), "web3");
    let hup = |jobs: &[u32]| {
        request(Request::Signal {
            jobs: ids(jobs),
            signal: crate::model::signal::Sig::Hup,
        })
    };
    assert_eq!(command(&mut desk, "signal HUP host:web3"), hup(&[2]));
    assert_eq!(desk.app.table().marked().into_iter().collect::<Vec<_>>(), ids(&[0, 1]));
    command(&mut desk, "unmark");
    desk.press(&[Key::Char('g'), Key::Char(' '), Key::Char('g')]);
    assert_eq!(command(&mut desk, "signal HUP"), hup(&[0]));
    assert!(!desk.app.table().has_marks(), "they said which");
}

#[test]
fn to_mark_every_cluster_leaves_the_marks_of_hidden_jobs() {
    let mut desk = Desk::fleet();
    command(&mut desk, "mark host:web01");
    desk.press(&[Key::Char('3')]);
    command(&mut desk, "mark-all");
    let marked: Vec<JobId> = desk.app.table().marked().into_iter().collect();
    assert_eq!(marked, ids(&[1, 3, 4]));
}

#[test]
fn a_question_without_room_can_be_left_but_not_answered() {
    let mut desk = Desk::running(30);
    desk.tell(Msg::Resize(Size { width: 40, height: 8 }));
    desk.press(&[Key::Char('*'), Key::Char('/')]);
    desk.types("host:web1");
    desk.press(&[Key::Enter]);
    let ask = |desk: &mut Desk| command(desk, "timeout +10m host:web*");
    assert_eq!(ask(&mut desk), []);
    desk.types("30");
    assert_eq!(desk.press(&[Y]), []);
    assert!(matches!(desk.app.overlay(), Overlay::Confirm(_)), "still asked");
    // Once it is in sight it waits for a moment, as if it were asked only then.
    desk.tell(Msg::Resize(Size { width: 80, height: 24 }));
    assert_eq!(desk.press_after(100, Y), []);
    desk.types("30");
    assert!(!desk.press(&[Y]).is_empty(), "it is answered");
    desk.tell(Msg::Resize(Size { width: 40, height: 8 }));
    assert_eq!(ask(&mut desk), []);
    desk.press(&[Key::Char('n')]);
    assert_eq!(*desk.app.overlay(), Overlay::None);
}

#[test]
fn what_has_not_started_is_skipped_after_a_question_and_marks_turn_round() {
    let mut desk = Desk::fleet();
    assert_eq!(desk.press(&[Key::Char('a')]), []);
    let jobs = ids(&[5]);
    assert_eq!(desk.press(&[Y]), request(Request::Skip { jobs }));
    desk.press(&[Key::Char(' '), Key::Char('I')]);
    let marked: Vec<JobId> = desk.app.table().marked().into_iter().collect();
    assert_eq!(marked, ids(&[1, 2, 3, 4, 5]));
    command(&mut desk, "unmark");
    command(&mut desk, "mark state:failed|ok");
    let marked: Vec<JobId> = desk.app.table().marked().into_iter().collect();
    assert_eq!(marked, ids(&[1, 3]));
}

#[test]
fn a_view_that_may_only_look_is_unlocked_by_a_command() {
    let mut desk = Desk::fleet();
    desk.app.seat.access = Access::ReadOnly;
    assert_eq!(command(&mut desk, "width 65"), []);
    assert!(desk.notice().starts_with("read-only"), "{}", desk.notice());
    assert_eq!(command(&mut desk, "write"), request(Request::Hold));
    assert_eq!(command(&mut desk, "width 65"), request(Request::Width { width: 65 }));
    assert_eq!(command(&mut desk, "read-only"), request(Request::Release));
}
