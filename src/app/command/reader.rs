//! Reading a command.

use super::verbs::{Entry, Takes, Verb, all, of_name};
use crate::app::filter::{Filter, FilterError, Known};
use crate::app::order::Sort;
use crate::keys::Action;
use crate::model::field::{Field, FieldError};
use crate::model::nearest::nearest;
use crate::model::request::Adjust;
use crate::model::signal::{Sig, UnknownSignal};

/// The words behind `sort`, and what they stand for.
pub(super) const SORTS: [(&str, Sort); 4] = [
    ("attention", Sort::Attention),
    ("hosts", Sort::Plan),
    ("state", Sort::State),
    ("elapsed", Sort::Elapsed),
];
/// The word for everything that ended otherwise than ok.
pub(super) const FAILED: &str = "failed";
/// The word that starts a job beside what runs of it.
pub(super) const EVEN_IF_RUNNING: &str = "even-if-running";

/// A command, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What to do.
    pub verb: Verb,
    /// With what.
    pub with: With,
    /// To which jobs.
    pub jobs: Jobs,
}

impl Command {
    /// The action of which it is the name and nothing more; not those few that mean something else on the command line.
    pub fn action(&self) -> Option<Action> {
        let special = [Action::Pause, Action::Help, Action::Quit];
        match self.verb {
            Verb::Of(action) if !special.contains(&action) => {
                (self.with == With::Nothing && self.jobs == Jobs::AtHand).then_some(action)
            }
            _ => None,
        }
    }
}

/// What a command needs to know besides the jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// Nothing.
    Nothing,
    /// A signal.
    Signal(Sig),
    /// A change of the limit.
    Limit(Adjust),
    /// A width.
    Width(usize),
    /// An order, and whether it is turned round.
    Sort(Sort, bool),
    /// A further field.
    Field(Field),
    /// The field at this place.
    Place(usize),
    /// Also what may still run.
    EvenIfRunning,
    /// A text.
    Text(String),
}

/// Which jobs a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Jobs {
    /// The marked ones, else the one at hand.
    AtHand,
    /// Those that the filter lets through, shown or not.
    Fitting(Filter),
    /// Those that ended otherwise than ok.
    Failed,
}

/// Why a command cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No such command.
    #[error("{0:?} is no command{1}")]
    Unknown(String, String),
    /// It is written otherwise.
    #[error("it is written :{0}")]
    Usage(String),
    /// Its filter is none.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The field is none.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// There is no such field.
    #[error("no field {0}; :field {0}=REGEX reads one out of the output")]
    NoField(String),
    /// No such signal.
    #[error(transparent)]
    Signal(#[from] UnknownSignal),
}

/// Reads a command; nothing at all is none.
pub(in crate::app) fn read(text: &str, known: Known<'_>) -> Result<Option<Command>, CommandError> {
    let text = text.trim();
    let (name, rest) = name_of(text);
    if name.is_empty() {
        return Ok(None);
    }
    let entry = of_name(name).ok_or_else(|| unknown(name))?;
    let (with, jobs) = arguments(&entry, rest.trim(), known)?;
    let verb = entry.verb;
    Ok(Some(Command { verb, with, jobs }))
}

/// The name of a command, and what follows; `!` needs no space after it.
fn name_of(text: &str) -> (&str, &str) {
    if text.starts_with('!') {
        return text.split_at(1);
    }
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// How the command that is being typed is written, once its name is there.
pub(in crate::app) fn usage(text: &str) -> Option<(String, &'static str)> {
    let (name, _) = name_of(text.trim_start());
    of_name(name).map(|entry| (entry.usage(), entry.about))
}

fn unknown(name: &str) -> CommandError {
    let names: Vec<&str> = all().map(|entry| entry.verb.name()).collect();
    let meant = nearest(name, &names).map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
    CommandError::Unknown(name.to_owned(), meant)
}

fn arguments(entry: &Entry, rest: &str, known: Known<'_>) -> Result<(With, Jobs), CommandError> {
    let usage = || CommandError::Usage(entry.usage());
    let (first, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Ok(match entry.takes {
        Takes::Text | Takes::Field if rest.is_empty() => return Err(usage()),
        Takes::Text => (With::Text(rest.to_owned()), Jobs::AtHand),
        Takes::Nothing | Takes::Sort | Takes::Buckets if rest.is_empty() => (With::Nothing, Jobs::AtHand),
        Takes::Nothing => return Err(usage()),
        Takes::Jobs => (With::Nothing, jobs(rest, known)?),
        Takes::Filter if rest.is_empty() && entry.verb == Verb::Of(Action::Mark) => (With::Nothing, Jobs::AtHand),
        Takes::Filter => (With::Nothing, Jobs::Fitting(Filter::read_whole(rest, known)?)),
        Takes::Again => {
            let rest = rest.trim_end();
            let (which, with) = match rest.strip_suffix(EVEN_IF_RUNNING) {
                Some(which) if which.is_empty() || which.ends_with(char::is_whitespace) => {
                    (which.trim(), With::EvenIfRunning)
                }
                _ => (rest, With::Nothing),
            };
            let jobs = if which == FAILED {
                Jobs::Failed
            } else {
                jobs(which, known)?
            };
            (with, jobs)
        }
        Takes::Signal if first.is_empty() => return Err(usage()),
        Takes::Signal => (With::Signal(first.parse()?), jobs(behind, known)?),
        Takes::Limit => (With::Limit(adjust(first).ok_or_else(usage)?), jobs(behind, known)?),
        Takes::Width => {
            let width = rest.parse().ok().filter(|width| *width > 0);
            (With::Width(width.ok_or_else(usage)?), Jobs::AtHand)
        }
        Takes::Sort => {
            let sort = SORTS.into_iter().find(|(word, _)| *word == first);
            let of_field = || known.place(first).map(Sort::Value);
            let sort = sort.map(|(_, sort)| sort).or_else(of_field);
            let reversed = match behind.trim() {
                "" => false,
                "reversed" => true,
                _ => return Err(usage()),
            };
            let sort = sort.ok_or_else(usage)?;
            (With::Sort(sort, reversed), Jobs::AtHand)
        }
        Takes::Field if rest.contains('=') => (With::Field(Field::parse(&unquoted(rest))?), Jobs::AtHand),
        Takes::Field | Takes::Buckets => {
            let place = known.place(rest);
            let place = place.ok_or_else(|| CommandError::NoField(rest.to_owned()))?;
            (With::Place(place), Jobs::AtHand)
        }
    })
}

/// An expression without the quotes that a shell would want.
fn unquoted(text: &str) -> String {
    let bare = text.split_once('=').and_then(|(name, quoted)| {
        let inside = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(format!("{name}={inside}"))
    });
    bare.unwrap_or_else(|| text.to_owned())
}

fn jobs(text: &str, known: Known<'_>) -> Result<Jobs, CommandError> {
    let filter = Filter::read_whole(text, known)?;
    Ok(if filter.is_empty() {
        Jobs::AtHand
    } else {
        Jobs::Fitting(filter)
    })
}

/// `+10m`, `-5m`, `off`.
fn adjust(text: &str) -> Option<Adjust> {
    let time = |text: &str| humantime::parse_duration(text).ok().filter(|time| !time.is_zero());
    if text == "off" {
        return Some(Adjust::Off);
    }
    match text.strip_prefix('+') {
        Some(more) => time(more).map(Adjust::Longer),
        None => time(text.strip_prefix('-')?).map(Adjust::Shorter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn read_one(text: &str) -> Command {
        read(text, Known::default()).expect(text).expect(text)
    }

    #[test]
    fn commands_are_read_with_what_belongs_to_them() {
        let fitting = |text| Jobs::Fitting(Filter::parse(text).expect("a filter"));
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        for (text, verb, with, jobs) in [
            ("cancel", Verb::Of(Action::Cancel), With::Nothing, Jobs::AtHand),
            (
                " cancel  state:running host:db[1-9] ",
                Verb::Of(Action::Cancel),
                With::Nothing,
                fitting("state:running host:db[1-9]"),
            ),
            ("retry failed", Verb::Of(Action::Retry), With::Nothing, Jobs::Failed),
            (
                "retry even-if-running",
                Verb::Of(Action::Retry),
                With::EvenIfRunning,
                Jobs::AtHand,
            ),
            (
                "retry failed even-if-running",
                Verb::Of(Action::Retry),
                With::EvenIfRunning,
                Jobs::Failed,
            ),
            (
                "retry state:lost",
                Verb::Of(Action::Retry),
                With::Nothing,
                fitting("state:lost"),
            ),
            ("signal hup web", Verb::Signal, With::Signal(Sig::Hup), fitting("web")),
            (
                "timeout +1h30m",
                Verb::Timeout,
                With::Limit(Adjust::Longer(minutes(90))),
                Jobs::AtHand,
            ),
            (
                "timeout -5m web",
                Verb::Timeout,
                With::Limit(Adjust::Shorter(minutes(5))),
                fitting("web"),
            ),
            ("timeout off", Verb::Timeout, With::Limit(Adjust::Off), Jobs::AtHand),
            ("width 200", Verb::Width, With::Width(200), Jobs::AtHand),
            (
                "sort elapsed reversed",
                Verb::Of(Action::Sort),
                With::Sort(Sort::Elapsed, true),
                Jobs::AtHand,
            ),
            ("filter", Verb::Of(Action::Filter), With::Nothing, fitting("")),
            (
                "run  df -h | grep var ",
                Verb::Run,
                With::Text("df -h | grep var".to_owned()),
                Jobs::AtHand,
            ),
            ("!uptime", Verb::Run, With::Text("uptime".to_owned()), Jobs::AtHand),
            ("! uptime", Verb::Run, With::Text("uptime".to_owned()), Jobs::AtHand),
            ("q", Verb::Of(Action::Quit), With::Nothing, Jobs::AtHand),
        ] {
            assert_eq!(read_one(text), Command { verb, with, jobs }, "{text}");
        }
        assert_eq!(read("  ", Known::default()), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_is_explained() {
        for (text, reason) in [
            ("cancle", "\"cancle\" is no command; did you mean cancel?"),
            ("make-tea", "\"make-tea\" is no command"),
            ("width", "it is written :width N"),
            ("width 0", "it is written :width N"),
            ("timeout 10m", "it is written :timeout +10m|-5m|off [FILTER]"),
            ("timeout +10", "it is written :timeout +10m|-5m|off [FILTER]"),
            ("next-view 2", "it is written :next-view"),
            ("next-veiw", "\"next-veiw\" is no command; did you mean next-view?"),
            ("pause now", "it is written :pause"),
            ("cancel stat:run", "stat: is no key; did you mean state:?"),
            (
                "signal 9",
                "unknown signal \"9\"; use HUP, INT, QUIT, KILL, USR1, USR2, TERM, CONT or STOP",
            ),
        ] {
            assert_eq!(read(text, Known::default()).expect_err(text).to_string(), reason);
        }
    }

    #[test]
    fn a_word_that_is_only_begun_is_no_filter_of_a_command() {
        for (text, word) in [
            ("cancel host:", "host:"),
            ("cancel !", "!"),
            ("cancel !state:", "!state:"),
            ("cancel state:running host:", "host:"),
            ("retry state:", "state:"),
            ("retry host:, even-if-running", "host:,"),
            ("signal HUP host:", "host:"),
            ("timeout -9m host:", "host:"),
            ("mark host:", "host:"),
            ("filter web state:|", "state:|"),
        ] {
            let error = CommandError::Filter(FilterError::Unfinished(word.to_owned()));
            assert_eq!(read(text, Known::default()), Err(error), "{text}");
        }
        let mut board = crate::app::fixture::fleet();
        board.set_fields(&[Field::parse("use=([0-9]+)").expect("a field")]);
        for word in ["use>", "use:", "use:>", "!use="] {
            let error = CommandError::Filter(FilterError::Unfinished(word.to_owned()));
            assert_eq!(read(&format!("kill {word}"), Known::of(&board)), Err(error), "{word}");
        }
    }

    #[test]
    fn no_two_commands_share_a_name_and_every_action_is_one() {
        let mut names: Vec<&str> = all().map(|entry| entry.verb.name()).chain(["q"]).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for action in Action::all() {
            let read = read_one(action.name());
            assert_eq!((read.verb, read.with), (Verb::Of(action), With::Nothing), "{action}");
        }
        assert_eq!(read_one("next-view").action(), Some(Action::NextView));
        assert_eq!(read_one("sort").action(), Some(Action::Sort));
        assert_eq!(read_one("sort state").action(), None);
        assert_eq!(read_one("cancel web").action(), None);
    }
}
