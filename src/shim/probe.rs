//! The probe: a program that tells what a job's processes do at this moment and how hard its host is pressed, and the
//! reading of its answer. The runner sends it as it sends the search, in a session of its own; it changes nothing.
//!
//! What it tells is partly anybody's text: arguments and names of processes. It is bounded, and made harmless here.

use super::marked::MarkedLines;
use super::program::stripped;
use super::secret::{Cookie, Nonce};
use crate::model::outcome::owner_name;
use crate::model::probe::{Disk, HostState, Means, Process};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthChar;

/// The program with comments, and with words in double underscores to be filled in.
const TEMPLATE: &str = include_str!("probe.sh");

/// How many processes of a job are told.
const MOST: usize = 200;

/// What stands for a backslash on its way.
const BACKSLASH: char = '\u{1}';

/// How many characters of a process's arguments are kept.
const ARGUMENTS: usize = 400;

/// How many characters of a user's name or a place in the kernel are kept.
const WORD: usize = 40;

/// What is to be asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What the job's processes have in their environment.
    pub cookie: &'a Cookie,
    /// Their first one, where it is known.
    pub leader: Option<u32>,
    /// Whether the disk is asked about; one that hung would hang again.
    pub disk: bool,
}

impl Question<'_> {
    /// The program that asks. Its answer is read with a [`Probing`] of the same nonce.
    pub fn program(&self, nonce: &Nonce) -> Vec<u8> {
        // No number of a process, so that it meets none.
        let leader = self.leader.map_or_else(|| "-".to_owned(), |pid| pid.to_string());
        stripped(TEMPLATE)
            .replace("__MARK__", &nonce.mark())
            .replace("__COOKIE__", self.cookie.as_str())
            .replace("__LEADER__", &leader)
            .replace("__MOST__", &MOST.to_string())
            .replace("__DISK__", if self.disk { "1" } else { "''" })
            .into_bytes()
    }
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Heard {
    /// Its beginning at most.
    #[default]
    Begun,
    /// Everything about the processes.
    Processes,
    /// All of it.
    End,
}

/// Reads the answer of a probe from standard output, from after the mark on.
#[derive(Debug)]
pub struct Probing {
    lines: MarkedLines,
    told: Told,
}

/// What an answer has told so far.
#[derive(Debug, Default)]
struct Told {
    heard: Heard,
    state: HostState,
}

impl Probing {
    /// The answer to a program of this nonce.
    pub fn new(nonce: &Nonce) -> Self {
        Self {
            lines: MarkedLines::new(nonce),
            told: Told::default(),
        }
    }

    /// Takes the next bytes; what is no line of the answer is passed over.
    pub fn push(&mut self, bytes: &[u8]) {
        let told = &mut self.told;
        self.lines.push(bytes, |text| {
            if told.take(text).is_none() {
                tracing::debug!(
                    text = text.escape_debug().to_string(),
                    "a probe said something that is not understood"
                );
            }
        });
    }

    /// Whether everything was answered.
    pub fn is_complete(&self) -> bool {
        self.told.heard == Heard::End
    }

    /// What was seen; nothing where the answer broke off before everything about the processes was told.
    pub fn into_state(self) -> Option<HostState> {
        let Told { mut state, heard } = self.told;
        if heard == Heard::Begun {
            return None;
        }
        state.processes = parents_first(state.processes);
        Some(state)
    }
}

impl Told {
    fn take(&mut self, text: &str) -> Option<()> {
        let (what, rest) = text.split_once(' ').unwrap_or((text, ""));
        let words: Vec<&str> = rest.split_ascii_whitespace().collect();
        match (what, &words[..]) {
            ("load", [one, five, fifteen, ..]) => {
                let load = [one.parse().ok()?, five.parse().ok()?, fifteen.parse().ok()?];
                self.state.load = load.iter().all(|load: &f64| load.is_finite()).then_some(load);
            }
            ("processors", [count]) => self.state.processors = count.parse().ok(),
            ("memory", [total, available]) => self.state.memory = Some([kilobytes(total)?, kilobytes(available)?]),
            ("process", _) if self.state.processes.len() < MOST => self.state.processes.push(process(rest)?),
            ("processes", [more, means]) => {
                self.state.more = more.parse().ok()?;
                self.state.means = match *means {
                    "ps" => Some(Means::Ps),
                    "proc" => Some(Means::Proc),
                    "group" => Some(Means::Group),
                    _ => None,
                };
                self.heard = Heard::Processes;
            }
            ("disk", [place, row @ ..]) => self.state.disk = disk(place, row)?,
            ("end", []) => self.heard = Heard::End,
            _ => return None,
        }
        Some(())
    }
}

fn kilobytes(text: &str) -> Option<u64> {
    text.parse::<u64>().ok()?.checked_mul(1024)
}

/// A row of `df -kP`: the names at its ends may hold spaces, the four numbers before the share may not.
fn disk(place: &str, row: &[&str]) -> Option<Disk> {
    let numbers = row.windows(4).find(|part| {
        let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        part[..3].iter().all(is_number) && part[3].ends_with('%')
    })?;
    let (size, available) = (kilobytes(numbers[0])?, kilobytes(numbers[2])?);
    match place {
        "job" => Some(Disk::Job { size, available }),
        "root" => Some(Disk::Root { size, available }),
        _ => None,
    }
}

fn process(text: &str) -> Option<Process> {
    let mut rest = text;
    let mut word = || {
        rest = rest.trim_start_matches(' ');
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        rest = after;
        Some(word).filter(|word| !word.is_empty())
    };
    let (pid, parent) = (word()?.parse().ok()?, word()?.parse().ok()?);
    let state = word()?.chars().next().filter(char::is_ascii_alphabetic).unwrap_or('?');
    let owner = word()?;
    let owner = match owner.strip_prefix('#').map(str::parse) {
        Some(Ok(uid)) => owner_name(uid),
        _ => harmless(owner, WORD),
    };
    let (elapsed, cpu) = (seconds(word()?)?, seconds(word()?)?);
    let waits_in = Some(word()?).filter(|place| !matches!(*place, "-" | "0"));
    let waits_in = waits_in.map(|place| harmless(place, WORD));
    Some(Process {
        pid,
        parent,
        state,
        owner,
        elapsed,
        cpu,
        waits_in,
        arguments: harmless(rest.trim(), ARGUMENTS),
    })
}

/// A length of time, as seconds or as `[[days-]hours:]minutes:seconds`. One below zero is none: a clock was set back.
fn seconds(text: &str) -> Option<u64> {
    if text.starts_with('-') {
        return Some(0);
    }
    let (days, clock) = text.split_once('-').unwrap_or(("0", text));
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let fields = clock.split(':').try_fold((0u64, 0), |(sum, count), field| {
        let sum = sum.checked_mul(60)?.checked_add(field.parse().ok()?)?;
        Some((sum, count + 1))
    });
    let (sum, _) = fields.filter(|(_, count)| *count <= 3)?;
    days.parse::<u64>().ok()?.checked_mul(86_400)?.checked_add(sum)
}

/// Foreign text on one line of at most so many characters: what is invisible or a control is shown by its number.
fn harmless(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut chars = text.chars();
    for c in chars.by_ref().take(most) {
        match c {
            BACKSLASH => shown.push('\\'),
            c if c.width().unwrap_or(0) == 0 => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Parents before their children, and children in the order of their numbers. Nothing is left out, whatever a host says
/// of who is whose parent.
fn parents_first(mut processes: Vec<Process>) -> Vec<Process> {
    processes.sort_by_key(|process| process.pid);
    processes.dedup_by_key(|process| process.pid);
    let mut left: BTreeMap<u32, Process> = processes.into_iter().map(|process| (process.pid, process)).collect();
    let has_parent = |left: &BTreeMap<u32, Process>, process: &Process| {
        process.parent != process.pid && left.contains_key(&process.parent)
    };
    let roots: Vec<u32> = left
        .values()
        .filter(|process| !has_parent(&left, process))
        .map(|process| process.pid)
        .collect();
    let mut ordered = Vec::with_capacity(left.len());
    let mut next: Vec<u32> = roots.into_iter().rev().collect();
    // Those that are each other's parents have no beginning: any will do.
    while let Some(pid) = next.pop().or_else(|| left.keys().next().copied()) {
        let Some(process) = left.remove(&pid) else { continue };
        ordered.push(process);
        let children = left.values().rev().filter(|child| child.parent == pid);
        next.extend(children.map(|child| child.pid));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonce() -> Nonce {
        Nonce::new([0xab; 16])
    }

    fn read(lines: &[&str]) -> Option<HostState> {
        let mut probing = Probing::new(&nonce());
        for line in lines {
            probing.push(format!("{} {line}\n", nonce().mark()).as_bytes());
        }
        probing.into_state()
    }

    #[test]
    fn an_answer_is_read_however_it_is_split() {
        let mark = nonce().mark();
        let text = format!(
            "noise\nmore{mark} load 0.52 1.5 12 1/80 4711\n{mark} processors 4\n{mark} memory 1000 250\n\
             {mark} process   12 11 S+ me  61 2 do_wait sleep  7777 \n{mark} process 11 1 Ss root 62 0 - sh -c x\n\
             {mark} processes 3 ps\n{mark} disk job /dev/my disk 1000 600 400 60% /mnt/a b\n{mark} end\n"
        );
        for size in 1..text.len() {
            let mut probing = Probing::new(&nonce());
            for chunk in text.as_bytes().chunks(size) {
                assert!(!probing.is_complete());
                probing.push(chunk);
            }
            assert!(probing.is_complete());
            let state = probing.into_state().unwrap();
            let pids: Vec<u32> = state.processes.iter().map(|process| process.pid).collect();
            assert_eq!((pids, state.more, state.means), (vec![11, 12], 3, Some(Means::Ps)));
            assert_eq!(state.load, Some([0.52, 1.5, 12.0]));
            assert_eq!((state.processors, state.memory), (Some(4), Some([1_024_000, 256_000])));
            let (size, available) = (1_024_000, 409_600);
            assert_eq!(state.disk, Disk::Job { size, available });
            let sleep = Process {
                pid: 12,
                parent: 11,
                state: 'S',
                owner: "me".to_owned(),
                elapsed: 61,
                cpu: 2,
                waits_in: Some("do_wait".to_owned()),
                arguments: "sleep  7777".to_owned(),
            };
            assert_eq!(state.processes[1], sleep);
        }
    }

    #[test]
    fn an_answer_that_breaks_off_tells_what_it_can() {
        assert_eq!(read(&["load 1 1 1", "process 1 0 S me 1 1 - x"]), None);
        let state = read(&["processes 0 proc"]).unwrap();
        assert_eq!((state.disk, state.means), (Disk::Untold, Some(Means::Proc)));
        let state = read(&["processes 0 none", "end"]).unwrap();
        assert_eq!((state.disk, state.means), (Disk::Untold, None));
    }

    #[test]
    fn arguments_can_do_no_harm_whatever_they_hold() {
        let state = read(&[
            "process 7 1 S me\u{1b}]0;x 1 1 wait\u{202e}er echo \u{1}n \u{1b}[2J \u{200b}\u{9b}1m end\u{fffd}",
            &format!("process 8 1 S me 1 1 - {}", "y".repeat(1000)),
            "processes 0 ps",
        ]);
        let state = state.unwrap();
        let arguments = &state.processes[0].arguments;
        assert_eq!(arguments, "echo \\n \\u{1b}[2J \\u{200b}\\u{9b}1m end\u{fffd}");
        assert_eq!(state.processes[0].owner, "me\\u{1b}]0;x");
        assert_eq!(state.processes[0].waits_in.as_deref(), Some("wait\\u{202e}er"));
        assert_eq!(state.processes[1].arguments.chars().count(), ARGUMENTS + 1);
    }

    #[test]
    fn what_is_damaged_is_passed_over_and_what_is_endless_is_bounded() {
        let many: Vec<String> = (1..1000).map(|pid| format!("process {pid} 0 S me 1 1 - x")).collect();
        let mut lines: Vec<&str> = many.iter().map(String::as_str).collect();
        lines.extend([
            "processes 800 ps",
            "load a b c",
            "load inf 1 1",
            "memory 1",
            "processors -4",
        ]);
        lines.extend([
            "memory 99999999999999999999 1",
            "disk job none",
            "process",
            "process 1",
            "end",
        ]);
        let state = read(&lines).unwrap();
        assert_eq!((state.processes.len(), state.more), (MOST, 800));
        assert_eq!((state.load, state.memory, state.processors), (None, None, None));
    }

    #[test]
    fn nobody_is_lost_where_parents_are_a_riddle() {
        let state = read(&[
            "process 5 6 S me 1 1 - a",
            "process 6 5 S me 1 1 - b",
            "process 3 3 S me 1 1 - c",
            "process 9 3 S me 1 1 - d",
            "process 4 2 S me 1 1 - e",
            "process 9 3 S me 1 1 - twice",
            "processes 0 ps",
        ]);
        let pids: Vec<u32> = state.unwrap().processes.iter().map(|process| process.pid).collect();
        assert_eq!(pids, [3, 9, 4, 5, 6]);
    }

    #[test]
    fn times_are_read_in_either_form() {
        for (text, expected) in [
            ("61", Some(61)),
            ("01:02", Some(62)),
            ("1-02:03:04", Some(93_784)),
            ("0:00.07", Some(0)),
            ("-3", Some(0)),
            ("1:2:3:4", None),
            ("x", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn an_owner_without_a_name_has_his_number() {
        let state = read(&[
            "process 7 1 S #0 1 1 - x",
            "process 8 1 S #33 1 1 - x",
            "processes 0 proc",
        ]);
        let owners: Vec<String> = state.unwrap().processes.into_iter().map(|one| one.owner).collect();
        assert_eq!(owners, ["root", "uid 33"]);
    }

    #[test]
    fn the_program_is_filled_in() {
        let cookie = Cookie::new([0x11; 16]);
        for (leader, disk, expected) in [
            (Some(77), true, "leader=77 disk=1\n"),
            (None, false, "leader=- disk=''\n"),
        ] {
            let question = Question {
                cookie: &cookie,
                leader,
                disk,
            };
            let text = String::from_utf8(question.program(&nonce())).expect("text");
            assert!(text.contains(expected) && !text.contains("__"), "{text}");
            assert!(text.ends_with("\nexit 0\n}\n"));
        }
    }
}
