//! The one place that draws with colours and glyphs: what is shown has a role, and the look says how a role and a sign
//! appear. Only the terminal's own 16 colours are used, the background is never painted, nothing blinks, and without
//! colour everything is still told by sign and word.

pub use crate::theme::Role;
use crate::theme::{Attribute, Colour, Glyphs, Paint, Theme};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;
use std::ffi::OsString;

/// Which characters the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Unicode,
    /// Nothing beyond ASCII.
    Ascii,
}

/// Which colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// The terminal's own sixteen, as the built-in theme has them; remote colours are kept.
    Sixteen,
    /// The same sixteen, as the operator wants them.
    Themed(Theme),
    /// None at all, remote ones neither.
    Mono,
}

/// How things appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The characters.
    pub charset: Charset,
    /// The colours.
    pub palette: Palette,
}

/// Signs in both charsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Waits.
    Queued,
    /// Is being connected.
    Connecting,
    /// Runs.
    Running,
    /// Past the soft limit.
    Slow,
    /// Was told to end.
    Stopping,
    /// Waits for the next attempt.
    Backoff,
    /// Ended well.
    Ok,
    /// Ended badly.
    Failed,
    /// Cancelled.
    Cancelled,
    /// Not reached.
    Unreachable,
    /// Nobody knows.
    Lost,
    /// Never started.
    Skipped,
    /// Out of line with the others.
    Outlier,
    /// Values that are looked at together.
    Bucket,
    /// A mark.
    Mark,
    /// Standard error.
    Stderr,
    /// Text goes on.
    Ellipsis,
    /// Between two facts.
    Dot,
    /// The end of a text being typed.
    Caret,
    /// A timeline: is being connected.
    LegConnecting,
    /// A timeline: runs.
    LegRunning,
    /// A timeline: past the soft limit.
    LegSlow,
    /// A timeline: was told to end.
    LegStopping,
    /// The bar: ended well.
    BarOk,
    /// The bar: ended badly.
    BarFailed,
    /// The bar: runs.
    BarLive,
    /// The bar: the rest.
    BarRest,
}

impl Look {
    /// The look that the environment and the operator ask for: no colours with `NO_COLOR`, whatever the theme; ASCII
    /// where `HEELER_ASCII` is set, and unless the operator decided, where the locale is not UTF-8.
    pub fn new(theme: Theme, glyphs: Glyphs, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_string_lossy().to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        let unicode = match glyphs {
            Glyphs::Auto => utf8,
            Glyphs::Unicode => true,
            Glyphs::Ascii => false,
        };
        Self {
            charset: if unicode && set("HEELER_ASCII").is_none() {
                Charset::Unicode
            } else {
                Charset::Ascii
            },
            palette: if set("NO_COLOR").is_some() {
                Palette::Mono
            } else {
                Palette::Themed(theme)
            },
        }
    }

    /// How a role appears.
    pub fn style(self, role: Role) -> Style {
        match self.palette {
            Palette::Sixteen => style(Theme::default().paint(role)),
            Palette::Themed(theme) => style(theme.paint(role)),
            Palette::Mono => Style {
                fg: None,
                ..style(Theme::default().paint(role))
            },
        }
    }

    /// Whether colours are shown.
    pub fn has_colours(self) -> bool {
        self.palette != Palette::Mono
    }

    /// A sign.
    pub fn sign(self, sign: Sign) -> &'static str {
        let (unicode, ascii) = match sign {
            Sign::Queued => ("·", "."),
            Sign::Connecting => ("○", ":"),
            Sign::Running => ("●", "o"),
            Sign::Slow => ("◐", "%"),
            Sign::Stopping => ("▼", "v"),
            Sign::Backoff => ("↻", "@"),
            Sign::Ok => ("✓", "+"),
            Sign::Failed => ("✗", "x"),
            Sign::Cancelled => ("■", "#"),
            Sign::Unreachable => ("⊘", "/"),
            Sign::Lost => ("?", "?"),
            Sign::Skipped => ("–", "-"),
            Sign::Outlier => ("◆", "!"),
            Sign::Bucket => ("≡", "="),
            Sign::Mark => ("*", "*"),
            Sign::Stderr => ("▌", "!"),
            Sign::Ellipsis => ("…", "..."),
            Sign::Dot => (" · ", " | "),
            Sign::Caret => ("▏", "_"),
            Sign::LegConnecting => ("░", ":"),
            Sign::LegRunning => ("━", "="),
            Sign::LegSlow => ("█", "%"),
            Sign::LegStopping => ("▒", "v"),
            Sign::BarOk => ("█", "#"),
            Sign::BarFailed => ("▓", "x"),
            Sign::BarLive => ("▒", "="),
            Sign::BarRest => ("░", "."),
        };
        match self.charset {
            Charset::Unicode => unicode,
            Charset::Ascii => ascii,
        }
    }

    /// The frame of a panel.
    pub fn frame(self) -> border::Set<'static> {
        const ASCII: border::Set<'static> = border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        };
        match self.charset {
            Charset::Unicode => border::ROUNDED,
            Charset::Ascii => ASCII,
        }
    }
}

fn style(paint: Paint) -> Style {
    let modifiers = paint.attributes().map(modifier);
    let style = Style::new().add_modifier(modifiers.fold(Modifier::empty(), Modifier::union));
    Style {
        fg: paint.colour.map(colour),
        ..style
    }
}

fn modifier(attribute: Attribute) -> Modifier {
    match attribute {
        Attribute::Bold => Modifier::BOLD,
        Attribute::Dim => Modifier::DIM,
        Attribute::Italic => Modifier::ITALIC,
        Attribute::Underlined => Modifier::UNDERLINED,
        Attribute::Reversed => Modifier::REVERSED,
    }
}

fn colour(colour: Colour) -> Color {
    match colour {
        Colour::Black => Color::Black,
        Colour::Red => Color::Red,
        Colour::Green => Color::Green,
        Colour::Yellow => Color::Yellow,
        Colour::Blue => Color::Blue,
        Colour::Magenta => Color::Magenta,
        Colour::Cyan => Color::Cyan,
        Colour::White => Color::Gray,
        Colour::BrightBlack => Color::DarkGray,
        Colour::BrightRed => Color::LightRed,
        Colour::BrightGreen => Color::LightGreen,
        Colour::BrightYellow => Color::LightYellow,
        Colour::BrightBlue => Color::LightBlue,
        Colour::BrightMagenta => Color::LightMagenta,
        Colour::BrightCyan => Color::LightCyan,
        Colour::BrightWhite => Color::White,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(theme: Theme, glyphs: Glyphs, variables: &[(&str, &str)]) -> Look {
        Look::new(theme, glyphs, |name| {
            let value = variables.iter().find(|(known, _)| *known == name);
            value.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_environment_is_heeded() {
        let sixteen = Palette::Themed(Theme::default());
        for (variables, charset, palette) in [
            (&[("LANG", "en_GB.UTF-8")][..], Charset::Unicode, sixteen),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], Charset::Ascii, sixteen),
            (
                &[("LC_ALL", ""), ("LANG", "C.utf8"), ("NO_COLOR", "1")],
                Charset::Unicode,
                Palette::Mono,
            ),
            (
                &[("LANG", "C.utf8"), ("HEELER_ASCII", "1"), ("NO_COLOR", "")],
                Charset::Ascii,
                sixteen,
            ),
            (&[], Charset::Ascii, sixteen),
        ] {
            let look = look(Theme::default(), Glyphs::Auto, variables);
            assert_eq!(look, Look { charset, palette }, "{variables:?}");
        }
    }

    #[test]
    fn the_operator_decides_and_no_color_wins() {
        let underlined = Paint::new(Some(Colour::Green), &[Attribute::Underlined]);
        let theme = Theme::default().with(Role::Failed, underlined);
        let own = look(theme, Glyphs::Unicode, &[]);
        assert_eq!(own.charset, Charset::Unicode);
        let style = own.style(Role::Failed);
        assert_eq!(
            (style.fg, style.add_modifier),
            (Some(Color::Green), Modifier::UNDERLINED)
        );
        let mono = look(theme, Glyphs::Ascii, &[("NO_COLOR", "1"), ("LANG", "C.utf8")]);
        assert_eq!(mono.charset, Charset::Ascii);
        for role in Role::ALL {
            assert_eq!((mono.style(role).fg, mono.style(role).bg), (None, None), "{role:?}");
            assert_eq!(own.style(role).bg, None, "the background is never painted");
        }
    }
}
