//! Every command of the command line: one list from which the reader, completion, hint and help derive.

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// TERM, grace, KILL.
    Cancel,
    /// KILL at once.
    Kill,
    /// Try again.
    Retry,
    /// Skip what has not started.
    Skip,
    /// Send a signal.
    Signal,
    /// Change the limit on the run time.
    Timeout,
    /// Change how many run at once.
    Width,
    /// Start nothing new.
    Pause,
    /// Go on.
    Continue,
    /// Start nothing more.
    Drain,
    /// Filter the rows.
    Filter,
    /// Put the rows in order.
    Sort,
    /// Read a column out of the output, or no more.
    Field,
    /// Show the buckets of a field.
    Buckets,
    /// Mark jobs.
    Mark,
    /// Remove all marks.
    Unmark,
    /// Run a further command on hosts.
    Run,
    /// Unlock what asks the runner.
    Write,
    /// Lock it.
    ReadOnly,
    /// Leave.
    Quit,
    /// Show the help.
    Help,
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
    /// An order.
    Sort,
    /// A field, or the name of one.
    Field,
    /// Perhaps the name of a field.
    Buckets,
    /// Any text.
    Text,
}

/// One command.
pub(super) struct Entry {
    pub(super) verb: Verb,
    pub(super) names: &'static [&'static str],
    pub(super) takes: Takes,
    /// Whether it asks the runner for something.
    pub(super) asks_runner: bool,
    pub(super) usage: &'static str,
    pub(super) about: &'static str,
}

const fn entry(
    verb: Verb,
    names: &'static [&'static str],
    takes: Takes,
    asks_runner: bool,
    (usage, about): (&'static str, &'static str),
) -> Entry {
    Entry {
        verb,
        names,
        takes,
        asks_runner,
        usage,
        about,
    }
}

/// The list, in the order of the help.
#[rustfmt::skip]
pub(super) const VERBS: &[Entry] = &[
    entry(Verb::Cancel, &["cancel"], Takes::Jobs, true, ("cancel [FILTER]", "TERM, grace, KILL")),
    entry(Verb::Kill, &["kill"], Takes::Jobs, true, ("kill [FILTER]", "KILL at once")),
    entry(Verb::Retry, &["retry"], Takes::Again, true, ("retry [failed|FILTER] [even-if-running]", "try again")),
    entry(Verb::Skip, &["skip"], Takes::Jobs, true, ("skip [FILTER]", "skip what has not started")),
    entry(Verb::Signal, &["signal"], Takes::Signal, true, ("signal HUP [FILTER]", "send a signal, no more")),
    entry(Verb::Timeout, &["timeout"], Takes::Limit, true, ("timeout +10m|-5m|off [FILTER]", "change the time limit")),
    entry(Verb::Width, &["width"], Takes::Width, true, ("width N", "run so many at once")),
    entry(Verb::Run, &["run", "!"], Takes::Text, true, ("run COMMAND", "a further command there")),
    entry(Verb::Pause, &["pause"], Takes::Nothing, true, ("pause", "start nothing new")),
    entry(Verb::Continue, &["continue"], Takes::Nothing, true, ("continue", "go on")),
    entry(Verb::Drain, &["drain"], Takes::Nothing, true, ("drain", "start nothing more in this run")),
    entry(Verb::Filter, &["filter"], Takes::Filter, false, ("filter [FILTER]", "filter the rows")),
    entry(Verb::Sort, &["sort"], Takes::Sort, false, ("sort attention|hosts|state|elapsed|FIELD [reversed]", "order the rows")),
    entry(Verb::Field, &["field"], Takes::Field, false, ("field NAME=REGEX", "a column from the output; field NAME: no more")),
    entry(Verb::Buckets, &["buckets"], Takes::Buckets, false, ("buckets [FIELD]", "the buckets of a field")),
    entry(Verb::Mark, &["mark"], Takes::Filter, false, ("mark FILTER", "mark jobs")),
    entry(Verb::Unmark, &["unmark"], Takes::Nothing, false, ("unmark", "remove all marks")),
    entry(Verb::Write, &["write"], Takes::Nothing, false, ("write", "unlock a read-only view")),
    entry(Verb::ReadOnly, &["read-only"], Takes::Nothing, false, ("read-only", "lock it")),
    entry(Verb::Quit, &["quit", "q"], Takes::Nothing, false, ("quit", "leave")),
    entry(Verb::Help, &["help"], Takes::Nothing, false, ("help", "this help")),
];

/// How each command is written and what it does, in the order of the help.
pub fn commands() -> impl Iterator<Item = (&'static str, &'static str)> {
    VERBS.iter().map(|entry| (entry.usage, entry.about))
}

/// The command of this name.
pub(super) fn of_name(name: &str) -> Option<&'static Entry> {
    VERBS.iter().find(|entry| entry.names.contains(&name))
}

impl Verb {
    /// Whether it asks the runner for something.
    pub fn asks_runner(self) -> bool {
        VERBS.iter().any(|entry| entry.verb == self && entry.asks_runner)
    }
}
