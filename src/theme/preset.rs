//! The themes that come with the program. A state always has its sign and its word besides its colour.

use super::paint::{Attribute, Colour, Paint};
use super::role::Role;
use std::str::FromStr;

/// A theme that comes with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Good is blue or cyan, bad is red and bold, doubtful is yellow: told apart by whoever cannot tell red from green.
    #[default]
    Default,
    /// The same, but green for what ended well.
    TrafficLights,
    /// Nothing dim, everything that matters bold.
    HighContrast,
}

/// There is no preset of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no preset; write default, traffic-lights or high-contrast")]
pub struct NoPreset(String);

impl FromStr for Preset {
    type Err = NoPreset;

    fn from_str(text: &str) -> Result<Self, NoPreset> {
        match text {
            "default" => Ok(Self::Default),
            "traffic-lights" => Ok(Self::TrafficLights),
            "high-contrast" => Ok(Self::HighContrast),
            _ => Err(NoPreset(text.to_owned())),
        }
    }
}

impl Preset {
    /// How a role appears in it.
    pub(super) fn paint(self, role: Role) -> Paint {
        match (self, role) {
            (Self::TrafficLights, Role::Ok) => Paint::new(Some(Colour::Green), &[]),
            (Self::Default | Self::TrafficLights, _) => default(role),
            (Self::HighContrast, Role::Dim | Role::Waiting | Role::Text) => Paint::default(),
            (Self::HighContrast, _) => {
                let paint = default(role);
                let attributes: Vec<Attribute> = paint.attributes().chain([Attribute::Bold]).collect();
                Paint::new(paint.colour, &attributes)
            }
        }
    }
}

fn default(role: Role) -> Paint {
    use Attribute::{Bold, Dim, Reversed};
    let (colour, attributes): (Option<Colour>, &[Attribute]) = match role {
        Role::Text => (None, &[]),
        Role::Dim | Role::Waiting => (None, &[Dim]),
        Role::Title => (None, &[Bold]),
        Role::Ok | Role::Connecting | Role::Key => (Some(Colour::Cyan), &[]),
        Role::Failed => (Some(Colour::Red), &[Bold]),
        Role::Cancelled | Role::Stderr => (Some(Colour::Magenta), &[]),
        Role::Unknown => (Some(Colour::BrightRed), &[Bold]),
        Role::Running => (Some(Colour::Blue), &[]),
        Role::Warning => (Some(Colour::Yellow), &[]),
        Role::Mark => (Some(Colour::Cyan), &[Bold]),
        Role::Chosen | Role::Hit => (None, &[Reversed]),
        Role::Alert => (Some(Colour::Yellow), &[Bold, Reversed]),
    };
    Paint::new(colour, attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red, green, yellow and magenta look much alike to somebody: of these, good news have none, and bad news are bold.
    #[test]
    fn the_default_does_not_rely_on_red_and_green() {
        let cool = [None, Some(Colour::Blue), Some(Colour::Cyan)];
        for role in [Role::Ok, Role::Running, Role::Connecting, Role::Waiting] {
            assert!(cool.contains(&Preset::Default.paint(role).colour), "{role:?}");
        }
        for role in [Role::Failed, Role::Unknown, Role::Alert] {
            let paint = Preset::Default.paint(role);
            assert!(!cool.contains(&paint.colour), "{role:?}");
            assert!(
                paint.attributes().any(|attribute| attribute == Attribute::Bold),
                "{role:?}"
            );
        }
    }

    #[test]
    fn high_contrast_has_nothing_dim() {
        for role in Role::ALL {
            let mut attributes = Preset::HighContrast.paint(role).attributes();
            assert!(attributes.all(|attribute| attribute != Attribute::Dim), "{role:?}");
        }
    }
}
