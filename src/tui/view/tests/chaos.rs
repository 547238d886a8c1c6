//! No order of keys, pastes, sizes, events and answers breaks the dashboard: it does not panic, the cursor is on a row
//! that is shown, what is marked exists, and what is drawn stays in the frame with every wide character whole.

use super::{MONO, SIXTEEN};
use crate::app::fixture::{attempt_event, done, output, plan};
use crate::app::{
    Action, App, Compared, Content, DiffLine, DiffPart, Difference, Effect, Export, Find, Found, Key, Load, Loaded,
    Msg, Overlay, Pointed, Print, Read, Screen, Side, Size, Sketch, Sort, View, Wheel, update,
};
use crate::model::board::Board;
use crate::model::event::{Change, Event, Message, Stream, Unrecorded, What};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId};
use crate::model::left::{Kin, Left};
use crate::model::likeness::Likeness;
use crate::model::outcome::{Cause, Fate, Limit, Outcome, SkipReason};
use crate::model::phase::{PauseReason, StopReason, Why};
use crate::model::plan::Plan;
use crate::model::probe::{HostState, Means, Probe, Process, Seen};
use crate::model::stamp::Stamp;
use crate::tui::theme::Look;
use crate::tui::view::draw;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How many stories are tried, each of so many messages. The seeds are always the same.
const STORIES: u64 = 16;
const MESSAGES: usize = 300;

/// What is typed and pasted: parts of filters, commands, searches and times, good ones and bad ones.
const WORDS: [&str; 20] = [
    "state:running ",
    "host:web[1-9]",
    "!lag:slow | ",
    "out:/a(/",
    "exit:>1 ",
    "elapsed:>5m ",
    "日本é\u{301}",
    "cancel ",
    "kill web3",
    "retry failed",
    "skip",
    "signal HUP ",
    "timeout +10m",
    "width 99",
    "drain",
    "sort state",
    "mark host:web*",
    "+5s",
    "line [0-9]+",
    "\u{1b}[31m\ty\n",
];

/// A small generator of numbers (xorshift), so that every run of the test is the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.roll(things.len())]
    }
}

/// What happens in one story.
struct Story {
    dice: Dice,
    plan: Arc<Plan>,
    app: App,
    now: Stamp,
    keys: Vec<Key>,
    /// What the dashboard has asked for; answers come late, in any order, or never.
    asked: Vec<Effect>,
}

#[test]
fn no_order_of_messages_breaks_it() {
    let names: Vec<String> = (0..40).map(|n| format!("web{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["日本.example.org"]).collect();
    let plan = Arc::new(plan(&names));
    let mut seen = BTreeSet::new();
    for seed in 1..=STORIES {
        let mut story = Story::new(seed, &plan);
        for number in 0..MESSAGES {
            story.go_on();
            story.check();
            seen.insert(place(&story.app));
            if story.dice.roll(5) == 0 {
                let look = *story.dice.pick(&[SIXTEEN, MONO]);
                let told = format!("story {seed}, message {number}, {}", place(&story.app));
                is_whole(&frame(&story.app, look, story.now), look, &told);
            }
        }
    }
    for place in PLACES {
        assert!(seen.contains(place), "no story comes to {place}: {seen:?}");
    }
}

/// Where the stories must have been, so that the test does not become one of a single screen.
const PLACES: [&str; 21] = [
    "Hosts",
    "Groups",
    "Failures",
    "Timeline",
    "Buckets",
    "output",
    "output searched",
    "output with times",
    "difference",
    "difference shown",
    "help",
    "details",
    "confirm",
    "quit",
    "password",
    "filter",
    "command",
    "follow-up",
    "search",
    "time",
    "writing",
];

fn place(app: &App) -> &'static str {
    match (app.overlay(), app.screen()) {
        (Overlay::Help(_), _) => "help",
        (Overlay::Details(..), _) => "details",
        (Overlay::Confirm(_), _) => "confirm",
        (Overlay::Quit(_), _) => "quit",
        (Overlay::Password(_), _) => "password",
        (Overlay::Filter(_), _) => "filter",
        (Overlay::Command(_), _) => "command",
        (Overlay::FollowUp(_), _) => "follow-up",
        (Overlay::Search(_), _) => "search",
        (Overlay::Time(_), _) => "time",
        (Overlay::Writing(_), _) => "writing",
        (Overlay::None, Screen::Output(view)) if view.search().is_some() => "output searched",
        (Overlay::None, Screen::Output(view)) if view.shows_times() => "output with times",
        (Overlay::None, Screen::Output(_)) => "output",
        (Overlay::None, Screen::Difference(view)) if view.place().1 > 0 => "difference shown",
        (Overlay::None, Screen::Difference(_)) => "difference",
        (Overlay::None, Screen::Table) => match app.view() {
            View::Hosts => "Hosts",
            View::Groups => "Groups",
            View::Failures => "Failures",
            View::Timeline => "Timeline",
            View::Buckets => "Buckets",
        },
    }
}

/// Draws it, and returns what was drawn, not what a terminal made of it.
fn frame(app: &App, look: Look, now: Stamp) -> Buffer {
    let Size { width, height } = app.size();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let drawn = terminal.draw(|frame| draw(frame, app, look, now)).unwrap();
    drawn.buffer.clone()
}

/// Whether every wide character has both its columns, nothing drawn is a control, and no colour is there without colours.
fn is_whole(buffer: &Buffer, look: Look, told: &str) {
    let width = usize::from(buffer.area.width).max(1);
    for (number, row) in buffer.content().chunks(width).enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let symbol = cell.symbol();
            assert!(
                !symbol.chars().any(char::is_control),
                "{symbol:?} at {column},{number}: {told}"
            );
            if crate::app::text::width(symbol) > 1 {
                let next = row.get(column + 1).map(ratatui::buffer::Cell::symbol);
                assert!(
                    matches!(next, Some(" " | "")),
                    "{symbol:?} and {next:?} at {column},{number}: {told}"
                );
            }
            if look == MONO {
                assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{symbol:?}: {told}");
            }
        }
    }
}

/// The frame of a question may begin in the middle of one.
#[test]
fn what_lies_over_wide_characters_leaves_none_in_halves() {
    for indent in 0..2 {
        let mut app = super::output_of_web05((80, 24), &[]);
        let line = " ".repeat(indent) + &"日本".repeat(30) + "\n";
        let loaded = Loaded {
            job: JobId(6),
            attempt: AttemptNo::FIRST,
            ticket: 1,
            skipped: 0,
            cut: Vec::new(),
            pieces: vec![Read::at_once(Stream::Stdout, line.repeat(30).into_bytes(), super::NOW)],
            spot: None,
            more: false,
            error: None,
        };
        let _ = update(&mut app, Msg::Loaded(loaded), super::NOW);
        let _ = update(&mut app, Msg::Key(Key::Char('X')), super::NOW);
        assert_eq!(place(&app), "confirm");
        is_whole(
            &frame(&app, SIXTEEN, super::NOW),
            SIXTEEN,
            &format!("indented by {indent}"),
        );
    }
}

impl Story {
    fn new(seed: u64, plan: &Arc<Plan>) -> Self {
        let now = Stamp::default();
        let mut app = App::new(plan.clone(), Board::new(plan), now);
        let _ = update(&mut app, Msg::Resize(Size { width: 100, height: 30 }), now);
        let of_actions = Action::all().flat_map(|action| action.keys().iter().copied());
        let typed = "yn123wd(".chars().map(Key::Char);
        let further = [
            Key::Tab,
            Key::BackTab,
            Key::Backspace,
            Key::Enter,
            Key::Right,
            Key::Ctrl('u'),
            Key::Ctrl('w'),
        ];
        Self {
            dice: Dice(seed),
            plan: plan.clone(),
            app,
            now,
            keys: of_actions.chain(typed).chain(further).collect(),
            asked: Vec::new(),
        }
    }

    fn go_on(&mut self) {
        self.now = self.now + Duration::from_millis(self.dice.roll(700) as u64);
        let messages = match self.dice.roll(29) {
            0 => vec![self.size()],
            1 => vec![Msg::Paste((*self.dice.pick(&WORDS)).to_owned())],
            2 => vec![Msg::Tick],
            3..6 => vec![Msg::Frame],
            6..10 => vec![self.event()],
            10 => vec![Msg::Runner(Message::Output(self.output()))],
            11..14 => self.answer(),
            14 => vec![self.unasked()],
            15 => self.typing(),
            16 => vec![Msg::Wheel(*self.dice.pick(&[Wheel::Up, Wheel::Down]))],
            17 => vec![self.click()],
            18 => self.looking(),
            _ => vec![Msg::Key(*self.dice.pick(&self.keys.clone()))],
        };
        for message in messages {
            self.asked.extend(update(&mut self.app, message, self.now));
        }
    }

    fn click(&mut self) -> Msg {
        let actions: Vec<Action> = Action::all().collect();
        Msg::Click(match self.dice.roll(3) {
            0 => Pointed::Row(JobId(self.dice.roll(self.plan.hosts.len()) as u32)),
            1 => Pointed::Head(*self.dice.pick(&[Sort::State, Sort::Elapsed, Sort::Plan])),
            _ => Pointed::Label(*self.dice.pick(&actions)),
        })
    }

    fn check(&self) {
        let app = &self.app;
        let table = app.table();
        let order: BTreeSet<JobId> = table.order().iter().copied().collect();
        assert_eq!(order.len(), table.order().len(), "a job has one row");
        assert_eq!(table.cursor(), table.order().get(table.place()).copied());
        assert_eq!(table.cursor().is_none(), order.is_empty());
        let exist = |job: &JobId| app.board().row(*job).is_some();
        assert!(
            order.iter().all(exist)
                && table.marked().iter().all(exist)
                && table.range().is_none_or(|range| *range.end() < order.len())
        );
        assert!(app.job_at_hand().is_none_or(|job| exist(&job)));
        if let (Screen::Table, View::Hosts | View::Timeline) = (app.screen(), app.view()) {
            assert_eq!(app.job_at_hand(), table.cursor(), "what is acted upon is what is shown");
        }
        let clusters = app.clusters();
        let at_hand = clusters.at_hand().map(|cluster| &cluster.jobs);
        assert_eq!(at_hand.is_none(), clusters.rows().is_empty());
        let is_of_its_row = |job| at_hand.is_some_and(|jobs| jobs.contains(&job));
        assert_eq!(
            clusters.cursor().is_some_and(is_of_its_row),
            at_hand.is_some(),
            "the cursor is on a job of its row"
        );
        if app.view() == View::Groups && matches!(app.screen(), Screen::Table) {
            let grouped: Vec<JobId> = clusters.rows().iter().flat_map(|row| &row.jobs).copied().collect();
            let in_groups = self.plan.hosts.len() - clusters.hidden();
            assert_eq!(
                grouped.len(),
                in_groups,
                "every job is in a group, or hidden by the filter"
            );
            assert_eq!(grouped.into_iter().collect::<BTreeSet<_>>().len(), in_groups);
        }
    }

    /// Mostly one that people have.
    fn size(&mut self) -> Msg {
        let (width, height) = match self.dice.roll(5) {
            0 => (self.dice.roll(301), self.dice.roll(101)),
            1 => (self.dice.roll(42), self.dice.roll(10)),
            _ => *self.dice.pick(&[(80, 24), (200, 50), (100, 30), (40, 8), (61, 15)]),
        };
        Msg::Resize(Size {
            width: width as u16,
            height: height as u16,
        })
    }

    /// Another view, or the output of a job is opened, and something is done there.
    fn looking(&mut self) -> Vec<Msg> {
        if self.dice.roll(3) == 0 {
            let view = *self.dice.pick(&["2", "3", "4", "5"]);
            let keys = [Key::Esc, Key::Esc].into_iter().chain(view.chars().map(Key::Char));
            return keys.map(Msg::Key).collect();
        }
        let then = *self
            .dice
            .pick(&[Key::Char('t'), Key::Char('@'), Key::Char('z'), Key::Char('f')]);
        let keys = [Key::Esc, Key::Esc, Key::Char('1'), Key::Enter, then];
        let mut messages: Vec<Msg> = keys.into_iter().map(Msg::Key).collect();
        if self.dice.roll(2) == 0 {
            messages.extend("/line".chars().map(|c| Msg::Key(Key::Char(c))));
            messages.push(Msg::Key(Key::Enter));
        }
        messages
    }

    /// Something is typed where that is possible, and taken or not.
    fn typing(&mut self) -> Vec<Msg> {
        let opens = *self.dice.pick(&[Key::Char('/'), Key::Char(':'), Key::Char('@')]);
        let words: String = (0..=self.dice.roll(2)).map(|_| *self.dice.pick(&WORDS)).collect();
        let words = words.chars().filter(|c| !c.is_control()).map(Key::Char);
        let ends = *self.dice.pick(&[Key::Enter, Key::Enter, Key::Tab, Key::Esc]);
        let keys = std::iter::once(opens).chain(words).chain([ends]);
        keys.map(Msg::Key).collect()
    }

    fn job(&mut self) -> u32 {
        // Some more often than others, so that stories have an end.
        let jobs = self.plan.hosts.len();
        (if self.dice.roll(2) == 0 {
            self.dice.roll(4)
        } else {
            self.dice.roll(jobs)
        }) as u32
    }

    fn event(&mut self) -> Msg {
        if self.dice.roll(12) == 0 {
            let what = self.course();
            return Msg::Runner(Message::Event(Event { at: self.now, what }));
        }
        let (job, attempt, change) = (self.job(), 1 + self.dice.roll(2) as u32, self.change());
        let event = attempt_event(&self.plan, (job, attempt), self.now.0.as_secs(), change);
        Msg::Runner(Message::Event(event))
    }

    fn course(&mut self) -> What {
        let detail = Some("日本: it was not accepted".to_owned());
        match self.dice.roll(12) {
            0 => What::Paused(PauseReason::Asked),
            1 => What::Paused(PauseReason::AgentGone),
            2..5 => What::Continued,
            5 => What::Width {
                width: 1 + self.dice.roll(99),
            },
            6 | 7 => What::PasswordWanted { detail },
            8 => What::PasswordGiven,
            9 => What::Slept {
                asleep: Duration::from_secs(9),
            },
            10 => What::Unrecorded(Unrecorded {
                bytes: 1,
                events: 1,
                detail: "full".into(),
            }),
            _ if self.dice.roll(3) > 0 => What::Continued,
            _ if self.dice.roll(2) == 0 => What::Draining,
            _ => What::RunEnded {
                counts: BTreeMap::new(),
                exit: 0,
            },
        }
    }

    fn change(&mut self) -> Change {
        let (now, fate) = (
            self.now,
            if self.dice.roll(2) == 0 {
                Fate::Gone
            } else {
                Fate::Unknown
            },
        );
        let refused = Outcome::Unreachable {
            cause: Cause::Refused,
            detail: "connect to host 日本 port 22".into(),
        };
        match self.dice.roll(20) {
            0 => Change::Queued(Why::RunSlot),
            1 => Change::Connecting,
            2..6 => Change::Running { pid: 1 },
            6 => Change::Slow,
            7 => Change::Stopping {
                reason: StopReason::Cancel,
                limit: None,
                kill_at: Some(now),
            },
            8..11 => done(Outcome::Ok, 1),
            11 => done(
                Outcome::Exit {
                    code: self.dice.roll(3) as u32,
                },
                1,
            ),
            12 => done(refused, 1),
            13 => done(
                Outcome::Lost {
                    detail: "cut".into(),
                    fate,
                },
                1,
            ),
            14 => done(
                Outcome::TimedOut {
                    limit: Limit::Run,
                    fate,
                    ended: None,
                },
                1,
            ),
            15 => done(Outcome::skipped(SkipReason::AlreadyRunning), 0),
            16 => Change::LinkSilent { since: now },
            17 => Change::Overdue { limit: Limit::Run },
            18 => Change::Limit {
                run: Some(Duration::from_secs(60)),
            },
            _ => Change::Left {
                processes: vec![Left {
                    pid: 7,
                    kin: Kin::Escaped,
                    state: 'S',
                    owner: "root".into(),
                    name: "日本\u{1b}[2J".into(),
                }],
            },
        }
    }

    fn output(&mut self) -> crate::model::event::Output {
        const TEXTS: [&str; 5] = [
            "日本 text\r\n\x1b[31mred",
            "password: ",
            "half 日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本 50%",
            "\ttab\u{7}\u{200b}\n",
            "e\u{301}\u{301}\u{301}\n",
        ];
        let (job, text) = (self.job(), *self.dice.pick(&TEXTS));
        output(job, self.now.0.as_secs(), text)
    }

    /// An answer to something that was asked, the right one or an old one.
    fn answer(&mut self) -> Vec<Msg> {
        if self.asked.is_empty() {
            return vec![Msg::Frame];
        }
        let at = self.dice.roll(self.asked.len());
        let dice = &mut self.dice;
        match self.asked.swap_remove(at) {
            Effect::Load(load) => vec![Msg::Loaded(any_output(dice, load))],
            Effect::Find(Find::Begin { ticket, .. } | Find::More { ticket }) => {
                vec![Msg::Found(any_hits(dice, ticket))]
            }
            Effect::Survey(wanted) => {
                let sketches = wanted.into_iter().map(|wanted| Sketch {
                    job: wanted.job,
                    attempt: wanted.attempt,
                    print: any_print(dice, wanted.job),
                });
                vec![Msg::Surveyed(sketches.collect())]
            }
            Effect::Compare(comparison) => vec![Msg::Compared(any_difference(dice, comparison.ticket))],
            Effect::Write(export) => vec![Msg::Exists(export)],
            Effect::Words(job) => vec![Msg::Words(job, vec!["Warning: 日本\u{1b}[2J".into()])],
            _ => Vec::new(),
        }
    }

    /// What nobody has asked for.
    fn unasked(&mut self) -> Msg {
        let job = JobId(self.job());
        let dice = &mut self.dice;
        match dice.roll(9) {
            0 => Msg::Focus(dice.roll(2) == 0),
            1 => Msg::Said("done: 日本".into()),
            2 => Msg::Found(any_hits(dice, 1)),
            3 => Msg::Compared(any_difference(dice, 1)),
            4 => Msg::Words(job, vec![String::new()]),
            5 => {
                let (path, what) = ("日本".to_owned(), Content::Report);
                Msg::Exists(Export {
                    what,
                    path,
                    replace: false,
                })
            }
            6 if dice.roll(20) == 0 => Msg::RunnerGone(Vec::new()),
            _ => {
                let (at, attempt) = (self.now, AttemptNo::FIRST);
                let seen = any_sight(dice);
                Msg::Runner(Message::Probe(Probe { at, job, attempt, seen }))
            }
        }
    }
}

fn any_print(dice: &mut Dice, job: JobId) -> Print {
    match dice.roll(6) {
        0 => Print::Nothing,
        1 => Print::NotWhole(job),
        number => {
            let mut likeness = Likeness::on(&HostName::parse("web1").unwrap());
            likeness.feed(Stream::Stdout, &[number as u8]);
            Print::Text(likeness.finish())
        }
    }
}

fn any_sight(dice: &mut Dice) -> Seen {
    if dice.roll(3) == 0 {
        return Seen::Nothing("日本: no answer".into());
    }
    let process = |pid: u32| Process {
        pid,
        parent: pid.saturating_sub(1),
        state: 'D',
        owner: "日本".into(),
        elapsed: 9,
        cpu: 1,
        waits_in: None,
        arguments: "x日本 ".repeat(pid as usize * 9),
    };
    Seen::Host(Box::new(HostState {
        processes: (0..dice.roll(40) as u32).map(process).collect(),
        means: Some(Means::Group),
        ..HostState::default()
    }))
}

fn any_hits(dice: &mut Dice, ticket: u64) -> Found {
    let to = dice.roll(9000) as u64;
    Found {
        ticket,
        hits: (0..dice.roll(9) as u64).map(|n| (n * to / 9, Stream::Stdout)).collect(),
        to,
        more: dice.roll(2) == 0,
        error: None,
    }
}

fn any_difference(dice: &mut Dice, ticket: u64) -> Compared {
    let line = |dice: &mut Dice| {
        DiffPart::Line(DiffLine {
            side: *dice.pick(&[Side::Both, Side::Left, Side::Right]),
            text: "日本 text ".repeat(dice.roll(30)),
            marks: std::iter::once(0..3).filter(|_| dice.roll(2) == 0).collect(),
        })
    };
    let mut parts = vec![DiffPart::Stream(Stream::Stdout), DiffPart::Equal(3)];
    parts.extend((0..dice.roll(100)).map(|_| line(dice)));
    let lost = dice.roll(2) as u64;
    let result = match dice.roll(4) {
        0 => Err("日本: it cannot be read".to_owned()),
        _ => Ok(Difference {
            parts,
            lines: [dice.roll(2), 1],
            only_first: None,
            lost,
        }),
    };
    Compared { ticket, result }
}

fn any_output(dice: &mut Dice, load: Load) -> Loaded {
    let (job, attempt, ticket) = match load {
        Load::Tail { job, attempt, ticket }
        | Load::Start { job, attempt, ticket }
        | Load::Around {
            job, attempt, ticket, ..
        } => (job, attempt, ticket),
        Load::More { ticket } => (JobId(0), AttemptNo::FIRST, ticket),
    };
    let lines: Vec<String> = (0..dice.roll(300))
        .map(|n| format!("{}日本 line {n}\n", "x".repeat(n)))
        .collect();
    let stream = *dice.pick(&[Stream::Stdout, Stream::Stderr]);
    let skipped = dice.roll(2) as u64 * 5000;
    Loaded {
        job,
        attempt,
        ticket,
        skipped,
        cut: if skipped > 0 { vec![stream] } else { Vec::new() },
        pieces: vec![Read::at_once(stream, lines.concat().into_bytes(), Stamp::from_secs(3))],
        spot: matches!(load, Load::Around { .. }).then(|| dice.roll(9000) as u64),
        more: dice.roll(2) == 0,
        error: (dice.roll(9) == 0).then(|| "日本: not readable".to_owned()),
    }
}
