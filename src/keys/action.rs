//! Everything that the operator can do: one table from which the key map, the help, the footer, the command line, the
//! configuration and `docs/keys.md` derive. A new action is a new line of it.

use super::key::Key;
use std::fmt;
use std::str::FromStr;

/// What the operator can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// One line down.
    Down,
    /// One line up.
    Up,
    /// To the first line.
    Top,
    /// To the last line.
    Bottom,
    /// Half a page down.
    HalfDown,
    /// Half a page up.
    HalfUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// Mark or unmark the job, and move down.
    Mark,
    /// Begin or end a range of marks.
    Range,
    /// Mark every job shown.
    MarkAll,
    /// Remove all marks.
    Unmark,
    /// Mark every job shown that is not marked, and unmark the others.
    Invert,
    /// TERM, grace, KILL.
    Cancel,
    /// KILL at once.
    Kill,
    /// Try again.
    Retry,
    /// Try everything again that did not end well.
    RetryAll,
    /// Look which processes of the job are alive on its host.
    Look,
    /// Kill what the job has left on its host.
    KillLeft,
    /// Skip everything that has not started.
    SkipRest,
    /// More time.
    Longer,
    /// Less time.
    Shorter,
    /// Fewer at once.
    Narrower,
    /// More at once.
    Wider,
    /// Pause or continue the run.
    Pause,
    /// Run a further command on the hosts.
    FollowUp,
    /// Answer the question for `sudo`'s password.
    Password,
    /// Lock the keys that ask the runner for something, or unlock them.
    Lock,
    /// Open the output of the job.
    Open,
    /// Show everything known about the job.
    Details,
    /// Open a shell on the host.
    Shell,
    /// Open the output in the pager.
    Pager,
    /// Hand the hosts to the clipboard.
    Copy,
    /// Write the hosts or the report to a file.
    Export,
    /// Filter the rows.
    Filter,
    /// Show stragglers only.
    Stragglers,
    /// The next order of the rows.
    Sort,
    /// Turn the order round.
    Reverse,
    /// Show every job a row.
    Hosts,
    /// Show the jobs that printed the same together.
    Groups,
    /// Show the jobs that failed alike together.
    Failures,
    /// Show when each job ran.
    Timeline,
    /// Show the buckets of a field.
    Buckets,
    /// The next of these views.
    NextView,
    /// Compare the output of a job with the commonest one, or that of two marked jobs.
    Difference,
    /// The next difference.
    NextChange,
    /// The difference before.
    PreviousChange,
    /// Follow the end of the output.
    Follow,
    /// Both streams, or one of them.
    Streams,
    /// Wrap long lines.
    Wrap,
    /// Search in the output.
    Search,
    /// The next hit.
    NextHit,
    /// The hit before.
    PreviousHit,
    /// Say when each line came.
    Times,
    /// Go to a time.
    GoToTime,
    /// The attempt before this one.
    EarlierAttempt,
    /// The attempt after this one.
    LaterAttempt,
    /// Leave the innermost thing.
    Back,
    /// Type a command.
    Command,
    /// Show the keys.
    Help,
    /// Leave the dashboard.
    Quit,
    /// ^C: ask what to do, never act.
    Interrupt,
    /// Take the mouse, or leave it to the terminal.
    Mouse,
    /// ^Z: back to the shell, for now.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

/// Where an action is at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On every screen.
    Everywhere,
    /// In the table.
    Table,
    /// In the output of a job.
    Output,
    /// In the difference of two outputs.
    Difference,
}

/// Under which heading the help names an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Moving.
    Move,
    /// Marking.
    Mark,
    /// Acting on jobs.
    Act,
    /// Choosing what is shown.
    Show,
    /// Reading output.
    Output,
    /// The program itself.
    Program,
}

/// One line of the list.
struct Entry {
    action: Action,
    place: Place,
    group: Group,
    keys: &'static [Key],
    name: &'static str,
    description: &'static str,
}

const fn entry(
    action: Action,
    (place, group): (Place, Group),
    keys: &'static [Key],
    name: &'static str,
    description: &'static str,
) -> Entry {
    Entry {
        action,
        place,
        group,
        keys,
        name,
        description,
    }
}

const MOVE: (Place, Group) = (Place::Everywhere, Group::Move);
const MARK: (Place, Group) = (Place::Table, Group::Mark);
const ACT: (Place, Group) = (Place::Everywhere, Group::Act);
const SHOW: (Place, Group) = (Place::Table, Group::Show);
const OUTPUT: (Place, Group) = (Place::Output, Group::Output);
const DIFFERENCE: (Place, Group) = (Place::Difference, Group::Show);
const PROGRAM: (Place, Group) = (Place::Everywhere, Group::Program);

/// The list, in the order of the help.
#[rustfmt::skip]
const ACTIONS: &[Entry] = &[
    entry(Action::Down, MOVE, &[Key::Char('j'), Key::Down], "down", "one line down"),
    entry(Action::Up, MOVE, &[Key::Char('k'), Key::Up], "up", "one line up"),
    entry(Action::Top, MOVE, &[Key::Char('g'), Key::Home], "top", "first line"),
    entry(Action::Bottom, MOVE, &[Key::Char('G'), Key::End], "bottom", "last line"),
    entry(Action::HalfDown, MOVE, &[Key::Ctrl('d')], "half-down", "half a page down"),
    entry(Action::HalfUp, MOVE, &[Key::Ctrl('u')], "half-up", "half a page up"),
    entry(Action::PageDown, MOVE, &[Key::PageDown], "page-down", "a page down"),
    entry(Action::PageUp, MOVE, &[Key::PageUp], "page-up", "a page up"),
    entry(Action::Mark, MARK, &[Key::Char(' ')], "mark", "mark or unmark, move down"),
    entry(Action::Range, MARK, &[Key::Char('v')], "range", "mark from here to there"),
    entry(Action::MarkAll, MARK, &[Key::Char('*')], "mark-all", "mark all rows shown"),
    entry(Action::Unmark, MARK, &[Key::Char('U')], "unmark", "remove all marks"),
    entry(Action::Invert, MARK, &[Key::Char('I')], "invert", "mark the others shown"),
    entry(Action::Cancel, ACT, &[Key::Char('x')], "cancel", "cancel: TERM, grace, KILL"),
    entry(Action::Kill, ACT, &[Key::Char('X')], "kill", "kill now, asks"),
    entry(Action::Retry, ACT, &[Key::Char('r')], "retry", "retry what is over"),
    entry(Action::RetryAll, (Place::Table, Group::Act), &[Key::Char('R')], "retry-all", "retry all not ok, asks"),
    entry(Action::Look, ACT, &[Key::Char('l')], "look", "look what is alive there"),
    entry(Action::KillLeft, ACT, &[Key::Char('K')], "kill-left", "kill what is left, asks"),
    entry(Action::SkipRest, (Place::Table, Group::Act), &[Key::Char('a')], "skip-rest", "skip all not started, asks"),
    entry(Action::Longer, ACT, &[Key::Char('+')], "more-time", "limit: a tenth, or 1m more"),
    entry(Action::Shorter, ACT, &[Key::Char('-')], "less-time", "limit: a tenth, or 1m less"),
    entry(Action::Narrower, (Place::Table, Group::Act), &[Key::Char('[')], "narrower", "fewer at once"),
    entry(Action::Wider, (Place::Table, Group::Act), &[Key::Char(']')], "wider", "more at once"),
    entry(Action::Pause, ACT, &[Key::Char('p')], "pause", "pause or continue the run"),
    entry(Action::FollowUp, ACT, &[Key::Char('!')], "follow-up", "a further command, asks"),
    entry(Action::Password, ACT, &[Key::Char('P')], "password", "answer sudo's question"),
    entry(Action::Open, SHOW, &[Key::Enter], "output", "output of the job"),
    entry(Action::Details, (Place::Everywhere, Group::Show), &[Key::Char('i')], "details", "attempts, pid, ssh's words"),
    entry(Action::Pager, (Place::Everywhere, Group::Show), &[Key::Char('O')], "pager", "output in $PAGER"),
    entry(Action::Shell, (Place::Everywhere, Group::Show), &[Key::Char('e')], "shell", "a shell on the host"),
    entry(Action::Copy, (Place::Everywhere, Group::Show), &[Key::Char('y')], "copy", "copy the node set"),
    entry(Action::Export, (Place::Everywhere, Group::Show), &[Key::Char('E')], "export", "write node set or report"),
    entry(Action::Filter, SHOW, &[Key::Char('/')], "filter", "filter the rows"),
    entry(Action::Stragglers, SHOW, &[Key::Char('w')], "stragglers", "stragglers only, or all"),
    entry(Action::Sort, SHOW, &[Key::Char('s')], "sort", "next order of the rows"),
    entry(Action::Reverse, SHOW, &[Key::Char('S')], "reverse", "turn the order round"),
    entry(Action::Hosts, SHOW, &[Key::Char('1')], "hosts", "every job a row"),
    entry(Action::Groups, SHOW, &[Key::Char('2')], "groups", "equal output together"),
    entry(Action::Failures, SHOW, &[Key::Char('3')], "failures", "failures by their cause"),
    entry(Action::Timeline, SHOW, &[Key::Char('4')], "timeline", "who ran when"),
    entry(Action::Buckets, SHOW, &[Key::Char('5')], "buckets", "buckets of a field"),
    entry(Action::NextView, SHOW, &[Key::Tab], "next-view", "the next of these five"),
    entry(Action::Difference, (Place::Everywhere, Group::Show), &[Key::Char('d')], "difference", "from the commonest, or 2"),
    entry(Action::NextChange, DIFFERENCE, &[Key::Char('n')], "next-diff", "next difference"),
    entry(Action::PreviousChange, DIFFERENCE, &[Key::Char('N')], "previous-diff", "difference before"),
    entry(Action::Follow, OUTPUT, &[Key::Char('f')], "follow", "follow the end"),
    entry(Action::Streams, OUTPUT, &[Key::Char('o')], "streams", "both, stdout, stderr"),
    entry(Action::Wrap, OUTPUT, &[Key::Char('z')], "wrap", "wrap long lines"),
    entry(Action::Search, OUTPUT, &[Key::Char('/')], "search", "search the output"),
    entry(Action::NextHit, OUTPUT, &[Key::Char('n')], "next-hit", "next hit"),
    entry(Action::PreviousHit, OUTPUT, &[Key::Char('N')], "previous-hit", "hit before"),
    entry(Action::Times, OUTPUT, &[Key::Char('t')], "times", "when each line came"),
    entry(Action::GoToTime, OUTPUT, &[Key::Char('@')], "go-to-time", "go to a time"),
    entry(Action::EarlierAttempt, OUTPUT, &[Key::Char('[')], "earlier-try", "earlier attempt"),
    entry(Action::LaterAttempt, OUTPUT, &[Key::Char(']')], "later-try", "later attempt"),
    entry(Action::Back, PROGRAM, &[Key::Esc, Key::Left], "back", "back; clears the filter"),
    entry(Action::Command, PROGRAM, &[Key::Char(':')], "command", "type a command"),
    entry(Action::Help, PROGRAM, &[Key::Char('?')], "help", "this help"),
    entry(Action::Quit, PROGRAM, &[Key::Char('q')], "quit", "leave; asks while jobs run"),
    entry(Action::Interrupt, PROGRAM, &[Key::Ctrl('c')], "interrupt", "ask; never acts by itself"),
    entry(Action::Mouse, PROGRAM, &[], "mouse", "mouse on or off"),
    entry(Action::Lock, PROGRAM, &[Key::Char('W')], "lock", "read-only, or not"),
    entry(Action::Suspend, PROGRAM, &[Key::Ctrl('z')], "suspend", "to the shell; fg returns"),
    entry(Action::Redraw, PROGRAM, &[Key::Ctrl('l')], "redraw", "draw everything anew"),
];

impl Action {
    /// Every action, in the order of the help.
    pub fn all() -> impl Iterator<Item = Self> {
        ACTIONS.iter().map(|entry| entry.action)
    }

    /// Whether the action can be done at a place.
    pub fn is_at(self, place: Place) -> bool {
        self.entry().is_some_and(|entry| entry.is_at(place))
    }

    /// Whether there is a place at which both actions can be done.
    pub fn meets(self, other: Self) -> bool {
        other.is_at(self.place())
    }

    /// Where it is at home.
    pub fn place(self) -> Place {
        self.entry().map_or(Place::Everywhere, |entry| entry.place)
    }

    /// Whether the action asks the runner for something.
    pub fn asks_runner(self) -> bool {
        matches!(
            self,
            Self::Cancel
                | Self::Kill
                | Self::Retry
                | Self::RetryAll
                | Self::Look
                | Self::KillLeft
                | Self::SkipRest
                | Self::Longer
                | Self::Shorter
                | Self::Narrower
                | Self::Wider
                | Self::Pause
                | Self::Password
        )
    }

    /// Whether the action begins another run, which needs no runner of this one.
    pub fn begins_run(self) -> bool {
        self == Self::FollowUp
    }

    /// The heading of the action in the help.
    pub fn group(self) -> Group {
        self.entry().map_or(Group::Program, |entry| entry.group)
    }

    /// The keys that do it where the configuration gives it no others, the first one being the one to show.
    pub fn keys(self) -> &'static [Key] {
        self.entry().map_or(&[], |entry| entry.keys)
    }

    /// Its name, in the configuration and on the command line: `kill-left`.
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |entry| entry.name)
    }

    /// One or two words, for the footer.
    pub fn label(self) -> String {
        self.name().replace('-', " ")
    }

    /// A few words, for the help.
    pub fn description(self) -> &'static str {
        self.entry().map_or("", |entry| entry.description)
    }

    fn entry(self) -> Option<&'static Entry> {
        ACTIONS.iter().find(|entry| entry.action == self)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no action of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no action of this name")]
pub struct NoAction;

impl FromStr for Action {
    type Err = NoAction;

    fn from_str(name: &str) -> Result<Self, NoAction> {
        let named = ACTIONS.iter().find(|entry| entry.name == name);
        named.map(|entry| entry.action).ok_or(NoAction)
    }
}

impl Entry {
    fn is_at(&self, place: Place) -> bool {
        self.place == Place::Everywhere || place == Place::Everywhere || self.place == place
    }
}

impl Place {
    /// The place, to be put behind "in": what has the keys there.
    pub fn words(self) -> &'static str {
        match self {
            Self::Everywhere => "every screen",
            Self::Table => "the table",
            Self::Output => "the output of a job",
            Self::Difference => "a difference",
        }
    }
}

impl Group {
    /// Every heading, in the order of the help.
    pub const ALL: [Self; 6] = [
        Self::Move,
        Self::Mark,
        Self::Act,
        Self::Show,
        Self::Output,
        Self::Program,
    ];

    /// The heading's text.
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Moving",
            Self::Mark => "Marks",
            Self::Act => "Jobs",
            Self::Show => "What is shown",
            Self::Output => "Output of a job",
            Self::Program => "The dashboard",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_key_does_one_thing_at_one_place_and_every_action_is_listed_once() {
        for place in [Place::Table, Place::Output, Place::Difference] {
            let mut seen = HashMap::new();
            for entry in ACTIONS.iter().filter(|entry| entry.is_at(place)) {
                for key in entry.keys {
                    assert_eq!(seen.insert(*key, entry.action), None, "{key} at {place:?}");
                }
            }
        }
        for action in Action::all() {
            assert_eq!(
                action.name().parse(),
                Ok(action),
                "each action has one line, and a name of its own"
            );
            assert!(
                action
                    .name()
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            );
            let length = action.description().len();
            assert!(
                (1..=26).contains(&length),
                "{action}: no room for it in the help at 80 columns"
            );
        }
        // A word about which nobody thinks of a key; everything else has one.
        let bare: Vec<Action> = Action::all().filter(|action| action.keys().is_empty()).collect();
        assert_eq!(bare, [Action::Mouse]);
    }

    #[test]
    fn the_confirming_key_is_no_trigger() {
        for action in [
            Action::Cancel,
            Action::Kill,
            Action::KillLeft,
            Action::Retry,
            Action::RetryAll,
        ] {
            assert!(!action.keys().contains(&Key::Char('y')));
        }
    }
}
