//! How things appear, as far as the operator may choose: the roles that a piece of the screen can have, the paint of
//! each, and the choice of characters. Only the terminal's own sixteen colours exist here, so that light and dark
//! terminals both work; there is no paint for the background and none that blinks. What draws turns it into styles.

mod glyphs;
mod paint;
mod preset;
mod role;

pub use glyphs::Glyphs;
pub use paint::{Attribute, Colour, NoPaint, Paint};
pub use preset::{NoPreset, Preset};
pub use role::Role;

/// A paint for every role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    paints: [Paint; Role::ALL.len()],
}

impl Default for Theme {
    fn default() -> Self {
        Self::of(Preset::default())
    }
}

impl Theme {
    /// A theme that comes with the program.
    pub fn of(preset: Preset) -> Self {
        Self {
            paints: Role::ALL.map(|role| preset.paint(role)),
        }
    }

    /// The same with another paint for one role.
    #[must_use]
    pub fn with(mut self, role: Role, paint: Paint) -> Self {
        self.paints[role as usize] = paint;
        self
    }

    /// How a role appears.
    pub fn paint(&self, role: Role) -> Paint {
        self.paints[role as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_own_place() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
            let theme = Theme::default().with(role, Paint::new(Some(Colour::White), &[]));
            let changed = Role::ALL
                .iter()
                .filter(|other| theme.paint(**other) != Theme::default().paint(**other));
            assert_eq!(changed.collect::<Vec<_>>(), [&role]);
        }
    }
}
