//! A paint: one of the terminal's sixteen colours, or its own, and attributes; written as `bold red`.

use crate::model::nearest::nearest;
use std::fmt;
use std::str::FromStr;

/// One of the terminal's own sixteen colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a colour is what it is called")]
pub enum Colour {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    BrightBlack,
    BrightRed,
    BrightGreen,
    BrightYellow,
    BrightBlue,
    BrightMagenta,
    BrightCyan,
    BrightWhite,
}

const COLOURS: [(Colour, &str); 16] = [
    (Colour::Black, "black"),
    (Colour::Red, "red"),
    (Colour::Green, "green"),
    (Colour::Yellow, "yellow"),
    (Colour::Blue, "blue"),
    (Colour::Magenta, "magenta"),
    (Colour::Cyan, "cyan"),
    (Colour::White, "white"),
    (Colour::BrightBlack, "bright-black"),
    (Colour::BrightRed, "bright-red"),
    (Colour::BrightGreen, "bright-green"),
    (Colour::BrightYellow, "bright-yellow"),
    (Colour::BrightBlue, "bright-blue"),
    (Colour::BrightMagenta, "bright-magenta"),
    (Colour::BrightCyan, "bright-cyan"),
    (Colour::BrightWhite, "bright-white"),
];

/// What sets a text off besides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "an attribute is what it is called")]
pub enum Attribute {
    Bold,
    Dim,
    Italic,
    Underlined,
    Reversed,
}

const ATTRIBUTES: [(Attribute, &str); 5] = [
    (Attribute::Bold, "bold"),
    (Attribute::Dim, "dim"),
    (Attribute::Italic, "italic"),
    (Attribute::Underlined, "underlined"),
    (Attribute::Reversed, "reversed"),
];

/// The word for nothing special.
const PLAIN: &str = "plain";

/// How a text appears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Its colour; the terminal's own when `None`.
    pub colour: Option<Colour>,
    attributes: u8,
}

impl Paint {
    /// A paint.
    pub const fn new(colour: Option<Colour>, attributes: &[Attribute]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < attributes.len() {
            bits |= 1 << attributes[at] as u8;
            at += 1;
        }
        Self {
            colour,
            attributes: bits,
        }
    }

    /// The attributes.
    pub fn attributes(self) -> impl Iterator<Item = Attribute> {
        let all = ATTRIBUTES.into_iter().map(|(attribute, _)| attribute);
        all.filter(move |attribute| self.attributes & (1 << *attribute as u8) != 0)
    }
}

/// Why a text is no paint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPaint {
    /// A word that is none of ours.
    #[error("{0:?} is no colour and no attribute{1}")]
    Unknown(String, String),
    /// A second colour.
    #[error("{0} is a second colour: one is for the text, and the background is never painted")]
    Second(String),
    /// Nothing.
    #[error("write a colour and attributes, as in \"bold red\", or \"plain\"")]
    Nothing,
}

impl FromStr for Paint {
    type Err = NoPaint;

    fn from_str(text: &str) -> Result<Self, NoPaint> {
        let mut paint = Self::default();
        let mut words = text.split_whitespace().peekable();
        words.peek().ok_or(NoPaint::Nothing)?;
        for word in words {
            if let Some((colour, _)) = COLOURS.iter().find(|(_, name)| *name == word) {
                if paint.colour.replace(*colour).is_some() {
                    return Err(NoPaint::Second(word.to_owned()));
                }
            } else if let Some((attribute, _)) = ATTRIBUTES.iter().find(|(_, name)| *name == word) {
                paint.attributes |= 1 << *attribute as u8;
            } else if word != PLAIN {
                return Err(unknown(word));
            }
        }
        Ok(paint)
    }
}

fn unknown(word: &str) -> NoPaint {
    let attributes = ATTRIBUTES.map(|(_, name)| name);
    let names = COLOURS.iter().map(|(_, name)| *name).chain(attributes).chain([PLAIN]);
    let names: Vec<&str> = names.collect();
    let advice = match nearest(word, &names) {
        Some(meant) => format!("; did you mean {meant}?"),
        None => format!("; there is {}", names.join(", ")),
    };
    NoPaint::Unknown(word.to_owned(), advice)
}

impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = self.attributes().map(|attribute| ATTRIBUTES[attribute as usize].1);
        let colour = self.colour.map(|colour| COLOURS[colour as usize].1);
        let words: Vec<&str> = attributes.chain(colour).collect();
        if words.is_empty() {
            return f.write_str(PLAIN);
        }
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paint_is_read_as_it_is_written() {
        for (text, paint) in [
            ("plain", Paint::default()),
            ("bold red", Paint::new(Some(Colour::Red), &[Attribute::Bold])),
            ("bright-black", Paint::new(Some(Colour::BrightBlack), &[])),
            (
                "dim underlined reversed cyan",
                Paint::new(
                    Some(Colour::Cyan),
                    &[Attribute::Reversed, Attribute::Dim, Attribute::Underlined],
                ),
            ),
        ] {
            assert_eq!(text.parse(), Ok(paint));
            assert_eq!(paint.to_string(), text);
        }
        assert_eq!("red bold".parse::<Paint>(), "bold red".parse());
        for (place, (colour, _)) in COLOURS.into_iter().enumerate() {
            assert_eq!(colour as usize, place);
        }
        for (place, (attribute, _)) in ATTRIBUTES.into_iter().enumerate() {
            assert_eq!(attribute as usize, place);
        }
    }

    #[test]
    fn what_is_no_paint_is_explained() {
        for (text, reason) in [
            ("bold rde", "\"rde\" is no colour and no attribute; did you mean red?"),
            (
                "red white",
                "white is a second colour: one is for the text, and the background is never painted",
            ),
            ("", "write a colour and attributes, as in \"bold red\", or \"plain\""),
        ] {
            assert_eq!(text.parse::<Paint>().expect_err(text).to_string(), reason);
        }
        let blink = "blink".parse::<Paint>().expect_err("nothing blinks").to_string();
        assert!(blink.starts_with("\"blink\" is no colour"), "{blink}");
        let colour = "#ff0000".parse::<Paint>().expect_err("sixteen").to_string();
        assert!(colour.contains("; there is black, red, "), "{colour}");
    }
}
