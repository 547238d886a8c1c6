//! Bytes to lines, however the bytes are split: UTF-8 is put together, escape sequences are parsed away whole, tabs
//! are expanded, and what follows the last carriage return of a line wins, as it would on a terminal.

use super::ink::Ink;
use super::line::StyledLine;
use std::mem;
use unicode_width::UnicodeWidthChar;
use vte::{Params, Parser, Perform};

/// The longest line that is kept, in characters; the rest of it is on disk only.
const LINE_LIMIT: usize = 2048;
/// Distance of tab stops.
const TAB: usize = 8;
/// Begins every escape sequence.
const ESCAPE: u8 = 0x1b;

/// Cuts one stream into harmless lines.
pub struct LineReader {
    parser: Parser,
    pen: Pen,
}

impl std::fmt::Debug for LineReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineReader")
            .field("pen", &self.pen)
            .finish_non_exhaustive()
    }
}

/// The line being written, and with what.
#[derive(Debug, Default)]
struct Pen {
    line: StyledLine,
    chars: usize,
    column: usize,
    ink: Ink,
    state: State,
    /// No escape sequence is under way, for certain.
    at_rest: bool,
    finished: Vec<StyledLine>,
}

impl Default for LineReader {
    fn default() -> Self {
        Self {
            parser: Parser::default(),
            pen: Pen {
                at_rest: true,
                ..Pen::default()
            },
        }
    }
}

/// What the next character does to the line being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// It is added.
    #[default]
    Writing,
    /// It starts the line anew: a carriage return came.
    Returned,
    /// It is left out: the beginning of the line is not known.
    Skipping,
    /// It starts the line anew, of which nothing is known so far: a carriage return came while skipping.
    ReturnedUnseen,
}

impl LineReader {
    /// Takes in bytes; hands out every line that they complete.
    pub fn feed(&mut self, bytes: &[u8], finished: &mut impl FnMut(StyledLine)) {
        let rest = match bytes.iter().rposition(|byte| *byte == ESCAPE) {
            Some(escape) => {
                let (before, rest) = bytes.split_at(escape + 1);
                self.parser.advance(&mut self.pen, before);
                self.pen.at_rest = false;
                rest
            }
            None => bytes,
        };
        self.parser.advance(&mut self.pen, rest);
        self.pen.finished.drain(..).for_each(finished);
    }

    /// The same for whoever keeps only the newest `lines` lines: of what comes too fast to be read by anybody, what lies
    /// before those is not looked at, and one line that never was may be handed out in its place, before them.
    pub fn feed_newest(&mut self, lines: usize, bytes: &[u8], finished: &mut impl FnMut(StyledLine)) {
        let from = if self.pen.at_rest { unread(lines, bytes) } else { 0 };
        self.feed(&bytes[from..], finished);
    }

    /// The line that has no end yet; `None` when nothing of it has come.
    pub fn partial(&self) -> Option<&StyledLine> {
        (!self.pen.line.text().is_empty()).then_some(&self.pen.line)
    }

    /// Leaves out everything up to the next line end or carriage return: its beginning is not known.
    pub fn skip_to_line_end(&mut self) {
        self.pen.state = State::Skipping;
    }
}

/// How many bytes need not be read, up to the line end before the newest `lines` whole lines, which is read. Where there
/// is an escape sequence all are: it could swallow line ends, or change the colour of what comes behind it.
fn unread(lines: usize, bytes: &[u8]) -> usize {
    if bytes.contains(&ESCAPE) {
        return 0;
    }
    let mut end = bytes.len();
    for _ in 0..=lines {
        match bytes[..end].iter().rposition(|byte| *byte == b'\n') {
            Some(at) => end = at,
            None => return 0,
        }
    }
    end
}

impl Pen {
    fn end_line(&mut self) {
        let line = mem::take(&mut self.line);
        self.chars = 0;
        self.column = 0;
        match mem::take(&mut self.state) {
            State::Writing | State::Returned => self.finished.push(line),
            State::Skipping | State::ReturnedUnseen => {}
        }
    }

    fn write(&mut self, c: char) {
        match self.state {
            State::Skipping => return,
            State::Writing => {}
            State::Returned | State::ReturnedUnseen => {
                self.state = State::Writing;
                self.line = StyledLine::default();
                self.chars = 0;
                self.column = 0;
            }
        }
        self.chars += 1;
        match self.chars {
            ..LINE_LIMIT => self.line.push(c, self.ink),
            LINE_LIMIT => self.line.push('…', Ink::default()),
            _ => {}
        }
        self.column += c.width().unwrap_or(0);
    }
}

impl Perform for Pen {
    fn print(&mut self, c: char) {
        self.at_rest = true;
        self.write(if is_harmful(c) { char::REPLACEMENT_CHARACTER } else { c });
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => self.end_line(),
            b'\r' => {
                self.state = match self.state {
                    State::Writing | State::Returned => State::Returned,
                    State::Skipping | State::ReturnedUnseen => State::ReturnedUnseen,
                }
            }
            b'\t' => {
                let next_stop = (self.column / TAB + 1) * TAB;
                (self.column..next_stop).for_each(|_| self.write(' '));
            }
            0x08 if self.chars < LINE_LIMIT && self.state == State::Writing => {
                self.column = self.column.saturating_sub(self.line.pop());
                self.chars = self.chars.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        if action == 'm' && intermediates.is_empty() && !ignore {
            self.ink.select(params);
        }
    }
}

/// Controls, and the format characters that reorder, join or hide text (Unicode category Cf and the variation
/// selectors, whose width no two terminals agree on).
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::super::ink::{Colour, Weight};
    use super::*;
    use crate::model::fixture::numbers;

    fn read(chunks: &[&[u8]]) -> (Vec<String>, Option<String>) {
        let mut reader = LineReader::default();
        let mut lines = Vec::new();
        for chunk in chunks {
            reader.feed(chunk, &mut |line| lines.push(line.text().to_owned()));
        }
        (lines, reader.partial().map(|line| line.text().to_owned()))
    }

    #[test]
    fn lines_are_cut_as_a_terminal_would_show_them() {
        for (bytes, whole, partial) in [
            (&b"one\ntwo"[..], &["one"][..], Some("two")),
            (b"one\r\ntwo\r\n", &["one", "two"], None),
            (b"10%\r20%\r30%", &[], Some("30%")),
            (b"10%\r20%\r", &[], Some("20%")),
            (b"long progress\rok\n", &["ok"], None),
            (b"a\tb\n", &["a       b"], None),
            (b"12345678\tb\n", &["12345678        b"], None),
            (b"|\x08/\x08-\n", &["-"], None),
            (b"\x1b[2J\x1b[1;1Hhome\n", &["home"], None),
            (b"\x1b]0;title\x07text\n", &["text"], None),
            (b"\x1bP1$r\x1b\\text\x07\n", &["text"], None),
            (b"\x1b[32mgreen\x1b[0m\n", &["green"], None),
            (
                "\u{202e}gpj.exe\u{200b}\n".as_bytes(),
                &["\u{fffd}gpj.exe\u{fffd}"],
                None,
            ),
            (b"caf\xc3\xa9 \xff\n", &["café \u{fffd}"], None),
            (b"\n\n", &["", ""], None),
        ] {
            let (lines, rest) = read(&[bytes]);
            assert_eq!(lines, whole, "{:?}", String::from_utf8_lossy(bytes));
            assert_eq!(rest.as_deref(), partial, "{:?}", String::from_utf8_lossy(bytes));
            let singly: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(read(&singly), (lines, rest), "split into single bytes");
        }
    }

    #[test]
    fn colours_are_kept_and_carry_over_the_line_end() {
        let mut reader = LineReader::default();
        let mut lines = Vec::new();
        reader.feed(
            b"\x1b[1;31mE:\x1b[0m no\n\x1b[38;5;208mx\ny\x1b[38:2::1:2:3mz\n",
            &mut |line| {
                lines.push(line);
            },
        );
        let spans: Vec<Vec<(&str, Ink)>> = lines.iter().map(|line| line.spans().collect()).collect();
        assert_eq!(spans[0][0].0, "E:");
        assert_eq!(spans[0][0].1.fore, Some(Colour::Indexed(1)));
        assert!(spans[0][0].1.has(Weight::Bold));
        assert_eq!(spans[0][1], (" no", Ink::default()));
        assert_eq!(spans[1][0].1.fore, Some(Colour::Indexed(208)));
        assert_eq!(spans[2][0], ("y", spans[1][0].1));
        assert_eq!(spans[2][1].1.fore, Some(Colour::Rgb(1, 2, 3)));
    }

    #[test]
    fn an_endless_line_and_an_endless_escape_stay_bounded() {
        let mut reader = LineReader::default();
        for _ in 0..1000 {
            reader.feed(&[b'x'; 1000], &mut |_| {});
        }
        assert_eq!(
            reader.partial().map(|line| line.text().chars().count()),
            Some(LINE_LIMIT)
        );
        reader.feed(b"\n\x1b]0;", &mut |_| {});
        for _ in 0..1000 {
            reader.feed(&[b'x'; 1000], &mut |_| {});
        }
        assert!(reader.partial().is_none());
        let mut lines = Vec::new();
        reader.feed(b"\x07after\n", &mut |line| lines.push(line.text().to_owned()));
        assert_eq!(lines, ["after"]);
    }

    #[test]
    fn a_skipped_beginning_shows_nothing_until_a_line_begins() {
        let mut reader = LineReader::default();
        let mut lines = Vec::new();
        reader.skip_to_line_end();
        reader.feed(b"the rest of a line\nwhole\n", &mut |line| {
            lines.push(line.text().to_owned());
        });
        assert_eq!(lines, ["whole"]);
        reader.skip_to_line_end();
        reader.feed(b"37%\r38%", &mut |_| {});
        assert_eq!(reader.partial().map(StyledLine::text), Some("38%"));
    }

    #[test]
    fn a_skipped_beginning_that_ends_in_a_carriage_return_leaves_no_line() {
        for (bytes, whole) in [
            (&b"rest\r\nwhole\r\n"[..], &["whole"][..]),
            (b"rest\r\r\nwhole\n", &["whole"]),
            (b"\r\n\r\n", &[""]),
            (b"37%\r38%\r\n", &["38%"]),
        ] {
            let mut reader = LineReader::default();
            let mut lines = Vec::new();
            reader.skip_to_line_end();
            for byte in bytes.chunks(1) {
                reader.feed(byte, &mut |line| lines.push(line.text().to_owned()));
            }
            assert_eq!(lines, whole, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_is_not_looked_at_changes_nothing_of_the_newest_lines() {
        const KEPT: usize = 3;
        const PIECES: [&[u8]; 20] = [
            b"\n",
            b"\n",
            b"\n",
            b"\n\n\n\n",
            b"\r\n",
            b"\r",
            b"text",
            b"\t",
            b"\x08",
            b"\x07",
            b"\x1b[31m",
            b"\x1b[",
            b"\x1b]0;",
            b"\x1bP1",
            b"\x1b",
            b"\x1b\\",
            b"\x18",
            b"\xe6\x97\xa5",
            b"\xe6\x97",
            b"\xff",
        ];
        let mut number = numbers(0x5eed);
        for _ in 0..3000 {
            let (mut whole, mut newest) = (LineReader::default(), LineReader::default());
            let [mut all, mut kept] = [const { Vec::new() }; 2];
            for _ in 0..number(6) {
                let bytes: Vec<u8> = (0..number(14))
                    .flat_map(|_| PIECES[number(PIECES.len())])
                    .copied()
                    .collect();
                whole.feed(&bytes, &mut |line| all.push(line));
                newest.feed_newest(KEPT, &bytes, &mut |line| kept.push(line));
                let last = |lines: &[StyledLine]| lines[lines.len().saturating_sub(KEPT)..].to_vec();
                assert_eq!(last(&kept), last(&all), "{:?}", String::from_utf8_lossy(&bytes));
                assert_eq!(
                    newest.partial(),
                    whole.partial(),
                    "{:?}",
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }

    #[test]
    fn what_comes_too_fast_is_not_looked_at() {
        let mut reader = LineReader::default();
        let mut lines = Vec::new();
        reader.feed_newest(2, &b"y\n".repeat(1000), &mut |line| lines.push(line));
        assert_eq!(lines.len(), 3, "two, and one that stands for the rest");
    }
}
