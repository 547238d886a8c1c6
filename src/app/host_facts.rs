//! What a look at the host of a running job says, as facts: how hard the host is pressed, and what the job's processes do.

use super::amount::bytes;
use super::fact::Fact;
use super::text::one_line;
use super::watching::View;
use crate::keys::{Action, KeyMap};
use crate::model::elapsed::Elapsed;
use crate::model::probe::{Disk, HostState, Means, Process, Seen};
use crate::model::stamp::Stamp;
use std::collections::HashMap;
use std::time::Duration;

/// More waiting work than this for each processor is pressure.
const BUSY: f64 = 2.0;
/// Less memory or disk than one part in so many is pressure.
const SCARCE: u64 = 20;
/// Columns by which a child stands in.
const STEP: usize = 2;

/// What a look says, or why there is nothing to say.
pub(super) fn host_facts(view: View<'_>, keys: &KeyMap, now: Stamp) -> Vec<Fact> {
    const NAME: &str = "on the host";
    let probe = match view {
        View::Idle => return Vec::new(),
        View::Locked => {
            let unlock = keys.hint(Action::Lock);
            return vec![Fact::new(NAME, format!("not asked: read-only; {unlock} unlocks"))];
        }
        View::Asking => return vec![Fact::new(NAME, "asking")],
        View::Seen(probe) => probe,
    };
    let ago = Elapsed::Running(now.since(probe.at));
    match &probe.seen {
        Seen::Nothing(reason) => {
            let text = format!("could not be looked at {ago} ago: {}", one_line(reason));
            vec![Fact::new(NAME, text).warns_if(true)]
        }
        Seen::Host(state) => {
            let mut facts = pressure(state);
            facts.push(Fact::new(NAME, format!("{}, looked {ago} ago", count(state))));
            facts.extend(missing(state.means).map(|text| Fact::new("", text).warns_if(true)));
            facts.extend(tree(&state.processes));
            facts
        }
    }
}

fn pressure(state: &HostState) -> Vec<Fact> {
    let load = match (state.load, state.processors) {
        (None, _) => Fact::new("load", "the host does not tell"),
        (Some([one, five, fifteen]), None) => Fact::new("load", format!("{one:.2} {five:.2} {fifteen:.2}")),
        (Some([one, five, fifteen]), Some(processors)) => {
            let plural = if processors == 1 { "" } else { "s" };
            let text = format!("{one:.2} {five:.2} {fifteen:.2}, on {processors} processor{plural}");
            Fact::new("load", text).warns_if(one > BUSY * f64::from(processors))
        }
    };
    let memory = match state.memory {
        None => Fact::new("memory", "the host does not tell"),
        Some([size, available]) => room("memory", (size, available), ""),
    };
    let disk = match state.disk {
        Disk::Job { size, available } => room("disk", (size, available), ", where the command works"),
        Disk::Root { size, available } => room("disk", (size, available), ", in /"),
        Disk::Hangs => {
            let text = "no answer: the file system where the command works may hang";
            Fact::new("disk", text).warns_if(true)
        }
        Disk::Untold => Fact::new("disk", "the host does not tell"),
    };
    vec![load, memory, disk]
}

fn room(name: &str, (size, available): (u64, u64), place: &str) -> Fact {
    let text = format!("{} of {} available{place}", bytes(available), bytes(size));
    Fact::new(name, text).warns_if(available < size / SCARCE)
}

fn count(state: &HostState) -> String {
    match (state.processes.len(), state.more) {
        (0, _) => "no process of this job".to_owned(),
        (1, 0) => "1 process".to_owned(),
        (shown, 0) => format!("{shown} processes"),
        (shown, more) => format!("{shown} processes, and {more} more"),
    }
}

/// What a host lacks for the whole truth.
fn missing(means: Option<Means>) -> Option<&'static str> {
    match means {
        Some(Means::Ps) => None,
        Some(Means::Proc) => Some("its ps is missing or cannot tell: read from /proc"),
        Some(Means::Group) => Some("it has no /proc: only the job's process group is seen, as ps tells it"),
        None => Some("it has neither a /proc to look into with grep, nor a ps that can tell"),
    }
}

/// The processes, each standing in below its parent.
fn tree(processes: &[Process]) -> Vec<Fact> {
    let mut depths: HashMap<u32, usize> = HashMap::new();
    let mut facts = Vec::with_capacity(processes.len());
    for process in processes {
        // Parents come first.
        let depth = depths.get(&process.parent).map_or(0, |depth| depth + 1);
        depths.insert(process.pid, depth);
        let is_wrong = matches!(process.state, 'D' | 'T' | 't' | 'Z');
        let fact = Fact::new("", in_words(process)).indented(depth * STEP);
        facts.push(fact.warns_if(is_wrong));
    }
    facts
}

/// A process in one line: `4711 sleeping 12m03s, cpu 2s, root, in do_wait: sleep 7777`.
fn in_words(process: &Process) -> String {
    let Process {
        pid,
        state,
        owner,
        elapsed,
        cpu,
        waits_in,
        arguments,
        ..
    } = process;
    let time = |secs: u64| Elapsed::Running(Duration::from_secs(secs));
    let waits = waits_in
        .as_ref()
        .map_or_else(String::new, |place| format!(", in {place}"));
    one_line(&format!(
        "{pid} {} {}, cpu {}, {owner}{waits}: {arguments}",
        doing(*state),
        time(*elapsed),
        time(*cpu)
    ))
}

/// A state letter in words.
fn doing(state: char) -> String {
    match state {
        'R' => "running",
        'S' => "sleeping",
        'D' => "uninterruptible",
        'T' => "stopped",
        't' => "traced",
        'Z' => "zombie",
        'I' => "idle",
        'X' | 'x' => "dead",
        other => return format!("in state {other}"),
    }
    .to_owned()
}
