//! The one place that knows colours and glyphs: what is shown has a role, and the look says how a role and a sign
//! appear. Only the terminal's own 16 colours are used, the background is never painted, and without colour everything
//! is still told by sign and word.

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
    /// The terminal's own sixteen; remote colours are kept.
    Sixteen,
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

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Text.
    Text,
    /// Text that is not so important.
    Dim,
    /// The program's name, headings.
    Title,
    /// Ended well, or a part of the bar that did.
    Ok,
    /// Ended badly.
    Failed,
    /// Cancelled, or never started.
    Cancelled,
    /// Nobody knows.
    Unknown,
    /// Runs.
    Running,
    /// Is being connected.
    Connecting,
    /// Past the soft limit, being stopped, or otherwise to be looked at.
    Warning,
    /// Waits.
    Waiting,
    /// A key that can be pressed.
    Key,
    /// A mark.
    Mark,
    /// What is chosen in a question.
    Chosen,
    /// What was searched for.
    Hit,
    /// The mark of standard error.
    Stderr,
    /// What must not be overlooked.
    Alert,
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
    /// The look that the environment asks for: no colours with `NO_COLOR`, and ASCII where the locale is not UTF-8 or
    /// `HEELER_ASCII` is set.
    pub fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_string_lossy().to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self {
            charset: if utf8 && set("HEELER_ASCII").is_none() {
                Charset::Unicode
            } else {
                Charset::Ascii
            },
            palette: if set("NO_COLOR").is_some() {
                Palette::Mono
            } else {
                Palette::Sixteen
            },
        }
    }

    /// How a role appears.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        let style = match role {
            Role::Text => plain,
            Role::Dim | Role::Waiting => plain.add_modifier(Modifier::DIM),
            Role::Title => plain.add_modifier(Modifier::BOLD),
            Role::Ok => plain.fg(Color::Green),
            Role::Failed => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            Role::Cancelled | Role::Stderr => plain.fg(Color::Magenta),
            Role::Unknown => plain.fg(Color::LightRed).add_modifier(Modifier::BOLD),
            Role::Running => plain.fg(Color::Blue),
            Role::Connecting | Role::Key => plain.fg(Color::Cyan),
            Role::Warning => plain.fg(Color::Yellow),
            Role::Mark => plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            Role::Chosen | Role::Hit => plain.add_modifier(Modifier::REVERSED),
            Role::Alert => plain
                .fg(Color::Yellow)
                .add_modifier(Modifier::BOLD.union(Modifier::REVERSED)),
        };
        match self.palette {
            Palette::Sixteen => style,
            Palette::Mono => Style {
                fg: None,
                bg: None,
                ..style
            },
        }
    }

    /// Whether colours are shown.
    pub fn has_colours(self) -> bool {
        self.palette == Palette::Sixteen
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_heeded() {
        for (variables, charset, palette) in [
            (&[("LANG", "en_GB.UTF-8")][..], Charset::Unicode, Palette::Sixteen),
            (
                &[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")],
                Charset::Ascii,
                Palette::Sixteen,
            ),
            (
                &[("LC_ALL", ""), ("LANG", "C.utf8"), ("NO_COLOR", "1")],
                Charset::Unicode,
                Palette::Mono,
            ),
            (
                &[("LANG", "C.utf8"), ("HEELER_ASCII", "1"), ("NO_COLOR", "")],
                Charset::Ascii,
                Palette::Sixteen,
            ),
            (&[], Charset::Ascii, Palette::Sixteen),
        ] {
            let look = Look::from_environment(|name| {
                let value = variables.iter().find(|(known, _)| *known == name);
                value.map(|(_, value)| OsString::from(value))
            });
            assert_eq!(look, Look { charset, palette }, "{variables:?}");
        }
    }
}
