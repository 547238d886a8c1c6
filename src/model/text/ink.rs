//! How a piece of remote output is coloured: what SGR sequences leave behind, less what would hide or animate text.

use vte::Params;

/// A colour as the remote program named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// One of the terminal's own 16, or of its 256.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// Colour and weight of a run of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ink {
    /// The text's colour; the terminal's own when `None`.
    pub fore: Option<Colour>,
    /// The colour behind it.
    pub back: Option<Colour>,
    weights: u8,
}

/// A way to emphasise text; the number is a bit of [`Ink`]'s set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Weight {
    /// Bold.
    Bold = 1,
    /// Faint.
    Dim = 2,
    /// Italic.
    Italic = 4,
    /// Underlined.
    Underline = 8,
    /// Fore and back exchanged.
    Reverse = 16,
}

impl Ink {
    /// Whether the text is emphasised in this way.
    pub fn has(self, weight: Weight) -> bool {
        self.weights & weight as u8 != 0
    }

    /// Whether nothing was said about colour or weight.
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }

    fn set(&mut self, weight: Weight) {
        self.weights |= weight as u8;
    }

    fn clear(&mut self, weights: &[Weight]) {
        for weight in weights {
            self.weights &= !(*weight as u8);
        }
    }

    /// Takes in the parameters of one SGR sequence (ECMA-48, 8.3.117). Blinking and concealed text is shown plainly.
    pub(super) fn select(&mut self, params: &Params) {
        let mut params = params.iter();
        while let Some(param) = params.next() {
            let code = param.first().copied().unwrap_or(0);
            match code {
                0 => *self = Self::default(),
                1 => self.set(Weight::Bold),
                2 => self.set(Weight::Dim),
                3 => self.set(Weight::Italic),
                4 if param.get(1) == Some(&0) => self.clear(&[Weight::Underline]),
                4 | 21 => self.set(Weight::Underline),
                7 => self.set(Weight::Reverse),
                22 => self.clear(&[Weight::Bold, Weight::Dim]),
                23 => self.clear(&[Weight::Italic]),
                24 => self.clear(&[Weight::Underline]),
                27 => self.clear(&[Weight::Reverse]),
                30..=37 => self.fore = Some(Colour::Indexed(code as u8 - 30)),
                38 => self.fore = extended(param, &mut params).or(self.fore),
                39 => self.fore = None,
                40..=47 => self.back = Some(Colour::Indexed(code as u8 - 40)),
                48 => self.back = extended(param, &mut params).or(self.back),
                49 => self.back = None,
                90..=97 => self.fore = Some(Colour::Indexed(code as u8 - 82)),
                100..=107 => self.back = Some(Colour::Indexed(code as u8 - 92)),
                _ => {}
            }
        }
    }
}

/// Reads the colour behind a 38 or 48: as sub-parameters (`38:5:n`, `38:2::r:g:b`) or as the parameters that follow.
fn extended<'a>(param: &[u16], rest: &mut impl Iterator<Item = &'a [u16]>) -> Option<Colour> {
    let byte = |value: u16| u8::try_from(value).ok();
    match param {
        [_, 5, index, ..] => return byte(*index).map(Colour::Indexed),
        [_, 2, r, g, b] | [_, 2, _, r, g, b, ..] => return Some(Colour::Rgb(byte(*r)?, byte(*g)?, byte(*b)?)),
        _ => {}
    }
    let mut next = || rest.next().and_then(|param| param.first().copied());
    match next()? {
        5 => byte(next()?).map(Colour::Indexed),
        2 => {
            let (r, g, b) = (next()?, next()?, next()?);
            Some(Colour::Rgb(byte(r)?, byte(g)?, byte(b)?))
        }
        _ => None,
    }
}
