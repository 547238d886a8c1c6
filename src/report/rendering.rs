//! How remote bytes reach an output of ours. A file or a pipe gets them as they are; a terminal gets text that was made
//! harmless, with colours that we write ourselves.

use crate::model::text::{Colour, Ink, LineReader, StyledLine, Weight};

/// What may be written where the output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// A file or a pipe: the exact bytes.
    Exact,
    /// A terminal without colours.
    Plain,
    /// A terminal with colours.
    Coloured,
}

impl Rendering {
    /// The rendering for an output.
    pub fn of(terminal: bool, colours: bool) -> Self {
        match (terminal, colours) {
            (false, _) => Self::Exact,
            (true, false) => Self::Plain,
            (true, true) => Self::Coloured,
        }
    }

    /// A writer of lines for one stream of one job.
    pub(super) fn lines(self) -> Lines {
        match self {
            Self::Exact => Lines::Exact { within: false },
            Self::Plain | Self::Coloured => Lines::Harmless {
                reader: Box::default(),
                coloured: self == Self::Coloured,
            },
        }
    }
}

/// Turns the bytes of one stream into lines of an output, each behind a prefix, however the bytes are split.
#[derive(Debug)]
pub(super) enum Lines {
    /// The bytes as they are.
    Exact {
        /// Whether a line has begun that has no end yet.
        within: bool,
    },
    /// The bytes made harmless.
    Harmless {
        /// Puts the lines together.
        reader: Box<LineReader>,
        /// Whether colours are written.
        coloured: bool,
    },
}

impl Lines {
    /// Appends the lines in `bytes` to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], prefix: &str, out: &mut Vec<u8>) {
        match self {
            Self::Exact { within } => {
                for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                    if !*within {
                        out.extend_from_slice(prefix.as_bytes());
                    }
                    out.extend_from_slice(line);
                    *within = !line.ends_with(b"\n");
                }
            }
            Self::Harmless { reader, coloured } => {
                reader.feed(bytes, &mut |line| styled(&line, prefix, *coloured, out));
            }
        }
    }

    /// Ends a line that was begun: the stream has no more.
    pub(super) fn end(&mut self, prefix: &str, out: &mut Vec<u8>) {
        let begun = match self {
            Self::Exact { within } => *within,
            Self::Harmless { reader, .. } => reader.partial().is_some(),
        };
        if begun {
            self.push(b"\n", prefix, out);
        }
    }
}

/// One line of somebody else's words, made harmless.
pub fn harmless(text: &str) -> String {
    let mut shown = Vec::new();
    let mut lines = Rendering::Plain.lines();
    lines.push(text.replace(['\n', '\r'], " ").as_bytes(), "", &mut shown);
    lines.end("", &mut shown);
    String::from_utf8_lossy(&shown).trim().to_owned()
}

fn styled(line: &StyledLine, prefix: &str, coloured: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(prefix.as_bytes());
    for (text, ink) in line.spans() {
        if coloured && !ink.is_plain() {
            out.extend_from_slice(sgr(ink).as_bytes());
            out.extend_from_slice(text.as_bytes());
            out.extend_from_slice(b"\x1b[0m");
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }
    out.push(b'\n');
}

/// The sequence that selects an ink (ECMA-48, 8.3.117).
fn sgr(ink: Ink) -> String {
    let weights = [
        (Weight::Bold, 1),
        (Weight::Dim, 2),
        (Weight::Italic, 3),
        (Weight::Underline, 4),
        (Weight::Reverse, 7),
    ];
    let mut codes: Vec<String> = weights
        .into_iter()
        .filter(|(weight, _)| ink.has(*weight))
        .map(|(_, code)| code.to_string())
        .collect();
    codes.extend(ink.fore.map(|colour| colour_code(colour, 38)));
    codes.extend(ink.back.map(|colour| colour_code(colour, 48)));
    format!("\x1b[{}m", codes.join(";"))
}

fn colour_code(colour: Colour, layer: u8) -> String {
    match colour {
        Colour::Indexed(index) => format!("{layer};5;{index}"),
        Colour::Rgb(red, green, blue) => format!("{layer};2;{red};{green};{blue}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rendering: Rendering, chunks: &[&[u8]]) -> String {
        let mut lines = rendering.lines();
        let mut out = Vec::new();
        for chunk in chunks {
            lines.push(chunk, "h: ", &mut out);
        }
        lines.end("h: ", &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_pipe_gets_the_bytes_as_they_are() {
        let chunks: [&[u8]; 3] = [b"a\x1b[2J\nb\r", b"c\n\nlast", b" words"];
        assert_eq!(
            written(Rendering::Exact, &chunks),
            "h: a\x1b[2J\nh: b\rc\nh: \nh: last words\n"
        );
        assert_eq!(written(Rendering::Exact, &[b"whole\n"]), "h: whole\n");
        assert_eq!(written(Rendering::Exact, &[]), "");
    }

    #[test]
    fn a_terminal_gets_nothing_but_text_and_our_own_colours() {
        let hostile: [&[u8]; 2] = [
            b"\x1b]0;title\x07\x1b[1;31mred\x1b[38;2;1;2;3",
            b"mx\x1b[0m\x1b[2J y\x07\n10%\r20%",
        ];
        assert_eq!(written(Rendering::Plain, &hostile), "h: redx y\nh: 20%\n");
        assert_eq!(
            written(Rendering::Coloured, &hostile),
            "h: \x1b[1;38;5;1mred\x1b[0m\x1b[1;38;2;1;2;3mx\x1b[0m y\nh: 20%\n"
        );
    }
}
