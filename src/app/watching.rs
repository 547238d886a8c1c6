//! What is watched while the details of a job lie over the screen: its host, asked again and again as long as the job
//! runs, and ssh's own words. Nothing is asked when they are closed, or by who may only look.

use super::message::{Effect, Effects};
use super::overlay::Overlay;
use super::state::App;
use super::watch::Watch;
use crate::model::board::Row;
use crate::model::id::JobId;
use crate::model::probe::Probe;
use crate::model::request::Request;
use crate::model::stamp::Stamp;

/// What is known of a host by asking it.
#[derive(Clone, Copy, Debug)]
pub(super) enum View<'a> {
    /// Nothing of the job runs there, or nobody can be asked.
    Idle,
    /// Who may only look does not ask.
    Locked,
    /// It has not answered yet.
    Asking,
    /// This.
    Seen(&'a Probe),
}

/// Begins to watch, asks what is due, and stops when the details are closed.
pub(super) fn follow(app: &mut App, now: Stamp) -> Effects {
    let Overlay::Details(job, _) = app.overlay else {
        app.watch = None;
        return Effects::none();
    };
    let asks = app.asks_host_of(job);
    let begins = app.watch.as_ref().is_none_or(|watch| watch.job != job);
    let watch = app.watch.get_or_insert_with(|| Watch::new(job, now));
    if begins {
        *watch = Watch::new(job, now);
    }
    let is_due = asks && watch.due <= now;
    let words = if begins || is_due {
        Effect::Words(job).into()
    } else {
        Effects::none()
    };
    if !is_due {
        return words;
    }
    watch.ask(now);
    words.and(Effects::request(Request::Probe { job }))
}

/// Takes in what a look brought.
pub(super) fn take(app: &mut App, probe: Probe, now: Stamp) {
    if let Some(watch) = app.watch.as_mut().filter(|watch| watch.job == probe.job) {
        watch.take(probe, now);
    }
}

/// Takes in the last of ssh's own words.
pub(super) fn take_words(app: &mut App, job: JobId, words: Vec<String>) {
    if let Some(watch) = app.watch.as_mut().filter(|watch| watch.job == job) {
        watch.words = words;
    }
}

/// What the host of a job is like.
pub(super) fn view<'a>(app: &'a App, row: &Row) -> View<'a> {
    if !app.runs(row.job) {
        return View::Idle;
    }
    let watch = app.watch.as_ref().filter(|watch| watch.job == row.job);
    let newest = watch.and_then(|watch| watch.newest.as_ref());
    match newest.filter(|probe| probe.attempt == row.attempt) {
        Some(probe) => View::Seen(probe),
        None if app.is_locked() => View::Locked,
        None => View::Asking,
    }
}

/// The last of ssh's own words about the host of a job.
pub(super) fn words(app: &App, job: JobId) -> &[String] {
    let watch = app.watch.as_ref().filter(|watch| watch.job == job);
    watch.map_or(&[], |watch| &watch.words)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{done, event, plan};
    use super::super::{Key, Msg, Size, facts, update};
    use super::*;
    use crate::model::board::Board;
    use crate::model::event::{Change, Message};
    use crate::model::id::AttemptNo;
    use crate::model::left::{Kin, Left};
    use crate::model::outcome::Outcome;
    use crate::model::probe::{HostState, Seen};
    use std::sync::Arc;

    /// A dashboard over two running jobs, at the first.
    fn desk() -> App {
        let plan = plan(&["web1", "web2"]);
        let mut board = Board::new(&plan);
        for job in [0, 1] {
            board.apply(&event(&plan, job, 1, Change::Running { pid: 7 }));
        }
        let mut app = App::new(Arc::new(plan), board, Stamp::from_secs(100));
        tell(&mut app, Msg::Resize(Size { width: 80, height: 24 }), 100_000);
        app
    }

    /// What is asked of anybody but the shim.
    fn tell(app: &mut App, msg: Msg, millis: u64) -> Vec<Effect> {
        let effects = update(app, msg, Stamp::from_millis(millis)).into_iter();
        let is_look = |effect: &Effect| matches!(effect, Effect::Request(Request::Look { .. }));
        effects.filter(|effect| !is_look(effect)).collect()
    }

    fn press(app: &mut App, key: char, millis: u64) -> Vec<Effect> {
        tell(app, Msg::Key(Key::Char(key)), millis)
    }

    fn answer(app: &mut App, job: u32, millis: u64) -> Vec<Effect> {
        let probe = Probe {
            at: Stamp::from_millis(millis),
            job: JobId(job),
            attempt: AttemptNo::FIRST,
            seen: Seen::Host(Box::default()),
        };
        tell(app, Msg::Runner(Message::Probe(probe)), millis)
    }

    fn due(app: &App) -> Option<Stamp> {
        app.watch
            .as_ref()
            .filter(|watch| app.asks_host_of(watch.job))
            .map(|watch| watch.due)
    }

    fn asks(job: u32) -> [Effect; 2] {
        let job = JobId(job);
        [Effect::Words(job), Effect::Request(Request::Probe { job })]
    }

    fn names(app: &App, millis: u64) -> Vec<String> {
        let facts = facts(app, JobId(0), Stamp::from_millis(millis)).into_iter();
        facts.map(|fact| format!("{}: {}", fact.name, fact.text)).collect()
    }

    #[test]
    fn a_host_is_asked_two_seconds_after_its_last_answer_while_the_details_are_open() {
        let mut app = desk();
        assert_eq!(tell(&mut app, Msg::Tick, 101_000), []);
        assert_eq!(press(&mut app, 'i', 102_000), asks(0));
        assert!(names(&app, 102_000).contains(&"on the host: asking".to_owned()));
        assert_eq!(tell(&mut app, Msg::Tick, 106_000), [], "no answer yet");
        assert_eq!(answer(&mut app, 0, 107_000), []);
        assert_eq!(due(&app), Some(Stamp::from_millis(109_000)));
        assert!(app.next_wake(Stamp::from_millis(108_500)) <= Some(Stamp::from_millis(109_000)));
        assert_eq!(tell(&mut app, Msg::Tick, 108_900), []);
        assert_eq!(tell(&mut app, Msg::Tick, 109_000), asks(0));
        assert_eq!(tell(&mut app, Msg::Tick, 109_001), [], "once");
        // An answer that never comes is not waited for for ever.
        assert_eq!(tell(&mut app, Msg::Tick, 124_000), asks(0));
        assert_eq!(press(&mut app, 'i', 125_000), []);
        assert_eq!(answer(&mut app, 0, 126_000), []);
        assert_eq!(due(&app), None);
        assert_eq!(tell(&mut app, Msg::Tick, 200_000), [], "closed");
    }

    #[test]
    fn the_list_of_the_search_gives_way_to_the_live_look_unless_it_knows_of_an_escape() {
        let mut app = desk();
        press(&mut app, 'i', 102_000);
        let search = |kin| {
            let left = Left {
                pid: 7,
                kin,
                state: 'S',
                owner: "root".to_owned(),
                name: "sleep".to_owned(),
            };
            vec![left]
        };
        let processes = search(Kin::Session);
        let found = |app: &mut App, processes| {
            let left = event(app.plan(), 0, 102, Change::Left { processes });
            tell(app, Msg::Runner(Message::Event(left)), 102_000);
        };
        let lists = |app: &App| names(app, 103_000).iter().any(|name| name.starts_with("processes: "));
        found(&mut app, processes);
        assert!(lists(&app), "nothing else is known yet");
        let process = crate::model::probe::Process {
            pid: 7,
            parent: 1,
            state: 'S',
            owner: "root".to_owned(),
            elapsed: 1,
            cpu: 0,
            waits_in: None,
            arguments: "sleep 7777".to_owned(),
        };
        let state = HostState {
            processes: vec![process],
            ..HostState::default()
        };
        let probe = Probe {
            at: Stamp::from_secs(103),
            job: JobId(0),
            attempt: AttemptNo::FIRST,
            seen: Seen::Host(Box::new(state)),
        };
        tell(&mut app, Msg::Runner(Message::Probe(probe)), 103_000);
        assert!(!lists(&app));
        found(&mut app, search(Kin::Escaped));
        assert!(lists(&app));
    }

    #[test]
    fn the_answer_about_another_job_or_attempt_is_not_shown() {
        let mut app = desk();
        press(&mut app, 'i', 102_000);
        answer(&mut app, 1, 103_000);
        assert!(names(&app, 103_000).contains(&"on the host: asking".to_owned()));
        let probe = Probe {
            at: Stamp::from_secs(103),
            job: JobId(0),
            attempt: AttemptNo(2),
            seen: Seen::Nothing("no session".to_owned()),
        };
        tell(&mut app, Msg::Runner(Message::Probe(probe)), 103_000);
        assert!(names(&app, 103_000).contains(&"on the host: asking".to_owned()));
    }

    #[test]
    fn nothing_is_asked_of_a_host_where_nothing_runs_or_by_who_may_only_look() {
        let mut app = desk();
        app.seat.access = crate::app::Access::ReadOnly;
        assert_eq!(press(&mut app, 'i', 102_000), [Effect::Words(JobId(0))]);
        let locked = "on the host: not asked: read-only; W unlocks".to_owned();
        assert!(names(&app, 102_000).contains(&locked));
        app.seat.access = crate::app::Access::Full;
        assert_eq!(tell(&mut app, Msg::Tick, 103_000), asks(0));
        answer(&mut app, 0, 104_000);
        let over = event(app.plan(), 0, 105, done(Outcome::Ok, 104));
        tell(&mut app, Msg::Runner(Message::Event(over)), 105_000);
        assert_eq!((due(&app), tell(&mut app, Msg::Tick, 200_000)), (None, vec![]));
        let names = names(&app, 200_000);
        assert!(!names.iter().any(|name| name.starts_with("on the host")), "{names:?}");
        let phases = "phases: running at 1.0s for 1m44s, over at 1m45s".to_owned();
        assert!(names.contains(&phases), "{names:?}");
    }

    #[test]
    fn what_a_host_cannot_tell_is_said() {
        let mut app = desk();
        press(&mut app, 'i', 102_000);
        answer(&mut app, 0, 103_000);
        let names = names(&app, 104_000);
        for expected in [
            "load: the host does not tell",
            "on the host: no process of this job, looked 1s ago",
            ": it has neither a /proc to look into with grep, nor a ps that can tell",
        ] {
            assert!(names.contains(&expected.to_owned()), "{expected}: {names:?}");
        }
        assert_eq!(HostState::default().means, None);
    }

    #[test]
    fn the_call_of_ssh_and_its_words_are_shown_harmless() {
        let mut app = desk();
        press(&mut app, 'i', 102_000);
        let words = vec!["Warning: \u{202e}x".to_owned(), "two".to_owned()];
        tell(&mut app, Msg::Words(JobId(1), vec!["other".to_owned()]), 103_000);
        tell(&mut app, Msg::Words(JobId(0), words), 103_000);
        let names = names(&app, 103_000);
        assert!(names.contains(&"ssh said: Warning: \\u{202e}x".to_owned()), "{names:?}");
        assert!(names.contains(&": two".to_owned()), "{names:?}");
        let call = names
            .iter()
            .find(|name| name.starts_with("ssh call: ssh -M -N -T -S SOCKET"));
        assert!(call.is_some_and(|call| call.ends_with(" -- web1")), "{names:?}");
    }
}
