//! The timing index of an attempt: one line per piece of output, `<milliseconds> <o|e> <bytes>`, in the order of
//! reading. It interleaves the two streams again, and dates them. With `O` or `E` for the stream it is a hole: so many
//! bytes were read but could not be written; the stream's file has zeros in their place.

use crate::model::event::Stream;
use crate::model::stamp::Stamp;
use std::fmt;

/// One piece of output: when it came, on which stream, how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// When it was read, since the start of the run.
    pub at: Stamp,
    /// On which stream.
    pub stream: Stream,
    /// How many bytes.
    pub bytes: u64,
    /// What the file has in their place.
    pub fill: Fill,
}

/// What a file has in the place of a piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fill {
    /// The bytes.
    #[default]
    Bytes,
    /// Zeros: the bytes could not be written.
    Hole,
}

impl fmt::Display for IndexEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match (self.stream, self.fill) {
            (Stream::Stdout, Fill::Bytes) => 'o',
            (Stream::Stderr, Fill::Bytes) => 'e',
            (Stream::Stdout, Fill::Hole) => 'O',
            (Stream::Stderr, Fill::Hole) => 'E',
        };
        writeln!(f, "{} {letter} {}", self.at.0.as_millis(), self.bytes)
    }
}

/// Reads index lines; the second value is how many bytes of `text` were whole lines. A last line without an end is left
/// for later: it is being written, or was when the machine stopped.
pub fn parse_index(text: &str) -> (Vec<IndexEntry>, usize) {
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    (text[..whole].lines().filter_map(parse_line).collect(), whole)
}

fn parse_line(line: &str) -> Option<IndexEntry> {
    let mut words = line.split(' ');
    let at = Stamp::from_millis(words.next()?.parse().ok()?);
    let (stream, fill) = match words.next()? {
        "o" => (Stream::Stdout, Fill::Bytes),
        "e" => (Stream::Stderr, Fill::Bytes),
        "O" => (Stream::Stdout, Fill::Hole),
        "E" => (Stream::Stderr, Fill::Hole),
        _ => return None,
    };
    let bytes = words.next()?.parse().ok()?;
    Some(IndexEntry {
        at,
        stream,
        bytes,
        fill,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_but_for_a_half_line() {
        let entry = IndexEntry {
            at: Stamp::from_millis(1234),
            stream: Stream::Stderr,
            bytes: 7,
            fill: Fill::Bytes,
        };
        let line = entry.to_string();
        assert_eq!(line, "1234 e 7\n");
        let hole = IndexEntry {
            fill: Fill::Hole,
            ..entry
        };
        assert_eq!(parse_index(&hole.to_string()).0, [hole]);
        assert_eq!(parse_index(&format!("{line}{line}12")), (vec![entry, entry], 18));
        assert_eq!(parse_index("").1, 0);
    }
}
