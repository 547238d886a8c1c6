//! Cuts the shim's records out of a job's standard error and reads them. The reader of that
//! stream feeds it; what follows from a record is the runner's business.

use std::fmt;

use super::secret::Nonce;
use crate::model::left::Kin;

/// The record separator, which begins every record.
const RS: u8 = 0x1e;

/// Longest record body. The shim writes less than 512 bytes, the smallest `PIPE_BUF`, so a longer
/// one is damaged, and waiting for its end could hold back a job's output for ever.
const LONGEST: usize = 512;

/// A piece of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The job's own bytes, never empty.
    Text(Vec<u8>),
    /// A record of the shim.
    Record(Record),
}

/// What the shim reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The job is about to run.
    Job {
        /// The job's first process, and its group and session unless it is [`Session::Alone`].
        pid: u32,
        /// What it runs in.
        session: Session,
    },
    /// The command ended; read the status with [`classify`](super::classify).
    Exit {
        /// The status as the host's shell told it.
        status: u32,
    },
    /// One process that is left.
    Process(Process),
    /// End of an answer: so many processes are left.
    Left(u32),
    /// End of an answer, and of the shim: nothing is left.
    Gone(Reach),
    /// The answer to a beat: the link and the shim are alive.
    Beat,
    /// Marked as a record but not understood, control characters removed.
    Unknown(String),
}

/// How the job was given a session of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// By `setsid`.
    Setsid,
    /// By perl.
    Perl,
    /// By python.
    Python,
    /// Not at all: it can only be found by its cookie.
    Alone,
}

/// How far the search for what is left could reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Group, session, and processes with the cookie.
    All,
    /// The group only, as not all processes of the host can be seen.
    Group,
}

/// A process of the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Why it is taken for the job's.
    pub kin: Kin,
    /// The state letter of the system, for instance `S` sleeping, `D` uninterruptible, `T` suspended.
    pub state: char,
    /// The effective user.
    pub uid: u32,
    /// Its short name, printable ASCII only.
    pub name: String,
}

impl Record {
    /// Reads the words after the mark.
    fn parse(body: &[u8]) -> Self {
        let text = printable(body);
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        parse_words(&words).unwrap_or(Self::Unknown(text))
    }
}

fn parse_words(words: &[&str]) -> Option<Record> {
    Some(match *words {
        ["job", pid, session] => Record::Job {
            pid: pid.parse().ok()?,
            session: match session {
                "setsid" => Session::Setsid,
                "perl" => Session::Perl,
                "python3" => Session::Python,
                "alone" => Session::Alone,
                _ => return None,
            },
        },
        ["exit", status] => Record::Exit {
            status: status.parse().ok()?,
        },
        ["pid", pid, kin, state, uid, ref name @ ..] => Record::Process(Process {
            pid: pid.parse().ok()?,
            kin: match kin {
                "session" => Kin::Session,
                "escaped" => Kin::Escaped,
                _ => return None,
            },
            state: state.chars().next()?,
            uid: uid.parse().ok()?,
            name: name.join("_"),
        }),
        ["left", count] => Record::Left(count.parse().ok()?),
        ["beat"] => Record::Beat,
        ["gone", "all"] => Record::Gone(Reach::All),
        ["gone", "group"] => Record::Gone(Reach::Group),
        _ => return None,
    })
}

/// Printable ASCII with everything else as `_`: part of a record was chosen by whoever named a
/// process on that host.
fn printable(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            b' '..=b'~' => char::from(byte),
            _ => '_',
        })
        .collect()
}

/// Cuts records out of a stream, wherever they begin and however the bytes are split. Everything
/// that does not carry the nonce is the job's and comes out byte for byte.
pub struct RecordSplitter {
    /// The separator, the nonce and a space.
    mark: Vec<u8>,
    /// Bytes that may yet become a record: empty, or beginning with the separator.
    held: Vec<u8>,
}

impl RecordSplitter {
    /// For the stream of the attempt with this nonce, from after its mark on.
    pub fn new(nonce: &Nonce) -> Self {
        Self {
            mark: format!("{} ", nonce.mark()).into_bytes(),
            held: Vec::new(),
        }
    }

    /// Takes the next bytes and appends what is certain to `out`. Bytes are held back only
    /// while they can still become a record, and never more than about 550 of them.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let mut text = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.held.is_empty() {
                let start = rest.iter().position(|b| *b == RS).unwrap_or(rest.len());
                text.extend_from_slice(&rest[..start]);
                rest = &rest[start..];
            }
            rest = self.advance(rest, &mut text, out);
        }
        flush(&mut text, out);
    }

    /// The stream ended: what was held back has not become a record.
    pub fn finish(&mut self, out: &mut Vec<Item>) {
        flush(&mut self.held, out);
    }

    /// Adds bytes to what is held until that is decided; returns the bytes not used.
    fn advance<'a>(&mut self, bytes: &'a [u8], text: &mut Vec<u8>, out: &mut Vec<Item>) -> &'a [u8] {
        for (index, &byte) in bytes.iter().enumerate() {
            let at = self.held.len();
            if at < self.mark.len() {
                if byte != self.mark[at] {
                    // The separator occurs in a mark only at its head, so no record can
                    // begin inside what is held; `byte` itself may begin one.
                    text.append(&mut self.held);
                    return &bytes[index..];
                }
                self.held.push(byte);
            } else if byte == b'\n' || at == self.mark.len() + LONGEST {
                flush(text, out);
                let record = Record::parse(&self.held[self.mark.len()..]);
                out.push(Item::Record(record));
                self.held.clear();
                let used = if byte == b'\n' { index + 1 } else { index };
                return &bytes[used..];
            } else {
                self.held.push(byte);
            }
        }
        &[]
    }
}

/// Hides the nonce.
impl fmt::Debug for RecordSplitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordSplitter")
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

fn flush(text: &mut Vec<u8>, out: &mut Vec<Item>) {
    if !text.is_empty() {
        out.push(Item::Text(std::mem::take(text)));
    }
}

#[cfg(test)]
mod tests;
