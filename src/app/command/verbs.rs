//! Every command of the command line. What a key does too is taken from the table of actions, and each of these can be
//! typed by its name; only what no key does has its words here. Reader, completion, hint and help derive from the list.

use crate::keys::Action;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// What the action does, perhaps to other jobs.
    Of(Action),
    /// Skip what has not started.
    Skip,
    /// Send a signal.
    Signal,
    /// Change the limit on the run time.
    Timeout,
    /// Change how many run at once.
    Width,
    /// Go on.
    Continue,
    /// Start nothing more.
    Drain,
    /// Read a column out of the output, or no more.
    Field,
    /// Run a further command on hosts.
    Run,
    /// Unlock what asks the runner.
    Write,
    /// Lock it.
    ReadOnly,
}

/// What follows the name of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing.
    Nothing,
    /// Perhaps a filter, for the jobs that are meant.
    Jobs,
    /// `failed` or a filter, and `even-if-running`.
    Again,
    /// A signal, and perhaps a filter.
    Signal,
    /// A change of the limit, and perhaps a filter.
    Limit,
    /// A number.
    Width,
    /// A filter; none is one.
    Filter,
    /// An order, or nothing for the next one.
    Sort,
    /// A field, or the name of one.
    Field,
    /// Perhaps the name of a field.
    Buckets,
    /// Any text.
    Text,
}

/// One command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) verb: Verb,
    pub(super) takes: Takes,
    /// What stands behind the name, as it is written in the help.
    arguments: &'static str,
    pub(super) about: &'static str,
}

const fn entry(verb: Verb, takes: Takes, arguments: &'static str, about: &'static str) -> Entry {
    Entry {
        verb,
        takes,
        arguments,
        about,
    }
}

/// The commands that take something, or that no key does, in the order of the help.
#[rustfmt::skip]
const VERBS: &[Entry] = &[
    entry(Verb::Of(Action::Cancel), Takes::Jobs, " [FILTER]", "TERM, grace, KILL"),
    entry(Verb::Of(Action::Kill), Takes::Jobs, " [FILTER]", "KILL at once"),
    entry(Verb::Of(Action::Retry), Takes::Again, " [failed|FILTER] [even-if-running]", "try again"),
    entry(Verb::Skip, Takes::Jobs, " [FILTER]", "skip what has not started"),
    entry(Verb::Signal, Takes::Signal, " HUP [FILTER]", "send a signal, no more"),
    entry(Verb::Timeout, Takes::Limit, " +10m|-5m|off [FILTER]", "change the time limit"),
    entry(Verb::Width, Takes::Width, " N", "run so many at once"),
    entry(Verb::Run, Takes::Text, " COMMAND", "a further command there"),
    entry(Verb::Of(Action::Pause), Takes::Nothing, "", "start nothing new"),
    entry(Verb::Continue, Takes::Nothing, "", "go on"),
    entry(Verb::Drain, Takes::Nothing, "", "start nothing more in this run"),
    entry(Verb::Of(Action::Filter), Takes::Filter, " [FILTER]", "filter the rows"),
    entry(Verb::Of(Action::Sort), Takes::Sort, " [attention|hosts|state|elapsed|FIELD] [reversed]", "order the rows"),
    entry(Verb::Field, Takes::Field, " NAME=REGEX", "a column from the output; field NAME: no more"),
    entry(Verb::Of(Action::Buckets), Takes::Buckets, " [FIELD]", "the buckets of a field"),
    entry(Verb::Of(Action::Mark), Takes::Filter, " [FILTER]", "mark jobs"),
    entry(Verb::Write, Takes::Nothing, "", "unlock a read-only view"),
    entry(Verb::ReadOnly, Takes::Nothing, "", "lock it"),
];

/// Further names.
const SHORT: &[(&str, Verb)] = &[("q", Verb::Of(Action::Quit)), ("!", Verb::Run)];

/// Every command: those above, and every action that has no line there.
pub(super) fn all() -> impl Iterator<Item = Entry> {
    let is_listed = |action: &Action| VERBS.iter().any(|entry| entry.verb == Verb::Of(*action));
    let others = Action::all().filter(move |action| !is_listed(action));
    let others = others.map(|action| entry(Verb::Of(action), Takes::Nothing, "", action.description()));
    VERBS.iter().copied().chain(others)
}

/// How each command is written that is more than the name of an action, and what it does, in the order of the help.
pub fn commands() -> impl Iterator<Item = (String, &'static str)> {
    VERBS.iter().map(|entry| (entry.usage(), entry.about))
}

/// The command of this name.
pub(super) fn of_name(name: &str) -> Option<Entry> {
    let meant = SHORT.iter().find(|(short, _)| *short == name);
    let name = meant.map_or(name, |(_, verb)| verb.name());
    all().find(|entry| entry.verb.name() == name)
}

impl Entry {
    /// How it is written.
    pub(super) fn usage(&self) -> String {
        format!("{}{}", self.verb.name(), self.arguments)
    }
}

impl Verb {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Of(action) => action.name(),
            Self::Skip => "skip",
            Self::Field => "field",
            Self::Run => "run",
            Self::Signal => "signal",
            Self::Timeout => "timeout",
            Self::Width => "width",
            Self::Continue => "continue",
            Self::Drain => "drain",
            Self::Write => "write",
            Self::ReadOnly => "read-only",
        }
    }

    /// Whether it asks the runner for something.
    pub fn asks_runner(self) -> bool {
        match self {
            Self::Of(action) => action.asks_runner(),
            Self::Run | Self::Skip | Self::Signal | Self::Timeout | Self::Width | Self::Continue | Self::Drain => true,
            Self::Field | Self::Write | Self::ReadOnly => false,
        }
    }
}
