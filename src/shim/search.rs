//! The search: a program that looks whether processes of earlier attempts live on a host, and the reading of its answer.
//! The runner sends it as it sends the shim, in a session of its own: greeting, program, marks on both streams; then the
//! answer comes on standard output and the session ends. It signals nobody and changes nothing, unless it is told to kill
//! processes by number ([`search_and_kill`]).
//!
//! What it cannot find is what [`Record::Gone`](super::Record::Gone) cannot exclude either: a process with a session of
//! its own *and* a cleared environment.

use super::marked::MarkedLines;
use super::program::stripped;
use super::secret::{Cookie, Nonce};
use std::time::Duration;

/// The program with comments, and with words in double underscores to be filled in.
const TEMPLATE: &str = include_str!("search.sh");

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// What the attempt's processes have in their environment.
    pub cookie: Cookie,
    /// The first process of the attempt, which leads its session, where it is known.
    pub pid: Option<u32>,
}

/// What was found of one attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The processes that are alive.
    pub found: Vec<Alive>,
    /// How far the search reached; `None` when it did not come to its end.
    pub sight: Option<Sight>,
}

/// A process that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alive {
    /// Its number.
    pub pid: u32,
    /// Why it is taken for the attempt's.
    pub sign: Sign,
    /// The state letter of the system.
    pub state: char,
    /// The effective user.
    pub uid: u32,
    /// How long ago it began.
    pub age: Duration,
    /// Its short name, printable ASCII only.
    pub name: String,
}

/// Why a process is taken for an attempt's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It has the cookie, but left the session.
    Cookie,
    /// It has the cookie and is in the session.
    Both,
    /// It is in the session or the group with the number of the attempt's first process. The number may have been used
    /// again since; its age tells.
    Session,
}

/// How far a search reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All processes of the host.
    All,
    /// Those of other users are hidden.
    Hidden,
    /// There is no `grep`.
    NoGrep,
    /// There is no `/proc`.
    NoProc,
}

/// The program that looks for these. Its answer is read with an [`Answer`] of the same nonce.
pub fn search(nonce: &Nonce, sought: &[Sought]) -> Vec<u8> {
    search_and_kill(nonce, sought, &[])
}

/// The same program, which before it looks for an attempt sends KILL to those of the numbers in its place in `kill` that
/// it finds to be that attempt's.
pub fn search_and_kill(nonce: &Nonce, sought: &[Sought], kill: &[Vec<u32>]) -> Vec<u8> {
    let mut looks: Vec<String> = Vec::new();
    for (nth, sought) in sought.iter().enumerate() {
        // No number of a process, so that it meets none.
        let pid = sought.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string());
        let attempt = format!("{nth} {} {pid}", sought.cookie.as_str());
        if let Some(pids) = kill.get(nth).filter(|pids| !pids.is_empty()) {
            let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
            looks.push(format!("strike {attempt} {}", pids.join(" ")));
        }
        looks.push(format!("look {attempt}"));
    }
    let filled = stripped(TEMPLATE).replace("__MARK__", &nonce.mark());
    filled.replace("__LOOKS__", &looks.join("\n")).into_bytes()
}

/// Reads the answer of a search from standard output, from after the mark on.
#[derive(Debug)]
pub struct Answer {
    lines: MarkedLines,
    looked: Vec<Looked>,
}

impl Answer {
    /// The answer to the search for so many attempts.
    pub fn new(nonce: &Nonce, count: usize) -> Self {
        Self {
            lines: MarkedLines::new(nonce),
            looked: vec![Looked::default(); count],
        }
    }

    /// Takes the next bytes; what is no line of the answer is passed over.
    pub fn push(&mut self, bytes: &[u8]) {
        let looked = &mut self.looked;
        self.lines.push(bytes, |text| {
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            if take(looked, &words).is_none() {
                tracing::warn!(
                    text = text.escape_debug().to_string(),
                    "the search said something that is not understood"
                );
            }
        });
    }

    /// Whether everything was answered.
    pub fn is_complete(&self) -> bool {
        self.looked.iter().all(|looked| looked.sight.is_some())
    }

    /// What was found, in the order in which it was asked.
    pub fn into_looked(self) -> Vec<Looked> {
        self.looked
    }
}

/// Takes in one line of the answer; nothing where it is not understood.
fn take(all: &mut [Looked], words: &[&str]) -> Option<()> {
    match *words {
        ["pid", nth, pid, sign, state, uid, age, ref name @ ..] => {
            let looked = all.get_mut(nth.parse::<usize>().ok()?)?;
            let alive = Alive {
                pid: pid.parse().ok()?,
                sign: match sign {
                    "cookie" => Sign::Cookie,
                    "both" => Sign::Both,
                    "session" => Sign::Session,
                    _ => return None,
                },
                state: state.chars().next()?,
                uid: uid.parse().ok()?,
                // A clock that was set back while it was read.
                age: Duration::from_secs(u64::try_from(age.parse::<i64>().ok()?).unwrap_or(0)),
                name: name.join("_").chars().map(printable).collect(),
            };
            looked.found.push(alive);
        }
        ["looked", nth, count, how] => {
            let looked = all.get_mut(nth.parse::<usize>().ok()?)?;
            // A line that did not come through must not turn something into nothing.
            if looked.found.len() != count.parse::<usize>().ok()? {
                return None;
            }
            looked.sight = Some(match how {
                "all" => Sight::All,
                "hidden" => Sight::Hidden,
                "grep" => Sight::NoGrep,
                "proc" => Sight::NoProc,
                _ => return None,
            });
        }
        _ => return None,
    }
    Some(())
}

fn printable(c: char) -> char {
    if matches!(c, ' '..='~') { c } else { '_' }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonce() -> Nonce {
        Nonce::new([0xab; 16])
    }

    fn answer(count: usize, lines: &[&str]) -> Answer {
        let mut answer = Answer::new(&nonce(), count);
        for line in lines {
            answer.push(format!("{} {line}\n", nonce().mark()).as_bytes());
        }
        answer
    }

    #[test]
    fn an_answer_is_read_however_it_is_split() {
        let mark = nonce().mark();
        let text = format!(
            "noise\nmore noise{mark} pid 1 4711 cookie S 0 63 sleep it\n\x1eother pid 0 1 cookie S 0 1 x\n\
             {mark} looked 0 0 all\n{mark} looked 1 1 hidden\n"
        );
        for size in 1..text.len() {
            let mut answer = Answer::new(&nonce(), 2);
            for chunk in text.as_bytes().chunks(size) {
                assert!(!answer.is_complete());
                answer.push(chunk);
            }
            assert!(answer.is_complete());
            let looked = answer.into_looked();
            assert_eq!((looked[0].found.len(), looked[0].sight), (0, Some(Sight::All)));
            let alive = Alive {
                pid: 4711,
                sign: Sign::Cookie,
                state: 'S',
                uid: 0,
                age: Duration::from_secs(63),
                name: "sleep_it".to_owned(),
            };
            assert_eq!(
                (&looked[1].found[..], looked[1].sight),
                (&[alive][..], Some(Sight::Hidden))
            );
        }
    }

    #[test]
    fn what_is_damaged_is_no_answer() {
        for lines in [
            &["looked 0 1 all"][..],
            &["looked 0 0 most"],
            &["looked 1 0 all"],
            &["pid 0 x cookie S 0 1 sleep", "looked 0 1 all"],
            &["pid 0 7 cookie S 0 1 sleep", "looked 0 0 all"],
            &["looked"],
        ] {
            let answer = answer(1, lines);
            assert!(!answer.is_complete(), "{lines:?}");
            assert_eq!(answer.into_looked()[0].sight, None);
        }
    }

    #[test]
    fn the_program_names_each_attempt_once() {
        let sought = |byte, pid| Sought {
            cookie: Cookie::new([byte; 16]),
            pid,
        };
        let text = search(&nonce(), &[sought(0x11, Some(77)), sought(0x22, None)]);
        let text = String::from_utf8(text).expect("text");
        let looks: Vec<&str> = text.lines().filter(|line| line.starts_with("look ")).collect();
        let expected = [
            format!("look 0 {} 77", "11".repeat(16)),
            format!("look 1 {} -", "22".repeat(16)),
        ];
        assert_eq!(looks, expected);
        assert!(!text.contains("__"), "{text}");
        assert!(text.ends_with("\nexit 0\n}\n"));
    }

    #[test]
    fn only_who_is_named_is_killed_and_then_it_is_looked() {
        let sought = |byte| Sought {
            cookie: Cookie::new([byte; 16]),
            pid: Some(77),
        };
        let text = search_and_kill(&nonce(), &[sought(0x11), sought(0x22)], &[vec![], vec![78, 79]]);
        let text = String::from_utf8(text).expect("text");
        let calls: Vec<&str> = text
            .lines()
            .filter(|line| line.ends_with(|c: char| c.is_ascii_digit()))
            .collect();
        let calls: Vec<&str> = calls
            .into_iter()
            .filter(|line| line.starts_with("look ") || line.starts_with("strike "))
            .collect();
        let expected = [
            format!("look 0 {} 77", "11".repeat(16)),
            format!("strike 1 {} 77 78 79", "22".repeat(16)),
            format!("look 1 {} 77", "22".repeat(16)),
        ];
        assert_eq!(calls, expected);
    }
}
