//! How the operator wants the dashboard: what its keys do, how it looks, what the mouse does, and when it calls.

use super::error::{ConfigError, Problem};
use crate::keys::{Action, Key, KeyMap, Mouse};
use crate::model::summons::Summons;
use crate::theme::{Glyphs, Paint, Preset, Role, Theme};
use std::path::PathBuf;

/// How the dashboard is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taste {
    /// What the keys do.
    pub keys: KeyMap,
    /// How things appear.
    pub theme: Theme,
    /// In which characters.
    pub glyphs: Glyphs,
    /// Whose the mouse is in the beginning.
    pub mouse: Mouse,
    /// When and how an operator who looks elsewhere is called.
    pub summons: Summons,
}

/// The keys that a file gives to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The action.
    pub action: Action,
    /// Its keys, the one to show first.
    pub keys: Vec<Key>,
    /// Which file says so.
    pub path: PathBuf,
    /// In which line, from 1.
    pub line: usize,
}

/// The key map that follows from the bindings of all files, the last of which wins. Only together can they be judged.
pub(super) fn key_map(bindings: &[Binding]) -> Result<KeyMap, ConfigError> {
    let newest = |at: &usize| {
        let later = &bindings[at + 1..];
        later.iter().all(|later| later.action != bindings[*at].action)
    };
    let held: Vec<&Binding> = (0..bindings.len()).filter(newest).map(|at| &bindings[at]).collect();
    let own: Vec<(Action, Vec<Key>)> = held
        .iter()
        .map(|binding| (binding.action, binding.keys.clone()))
        .collect();
    KeyMap::with(&own).map_err(|clash| {
        let binding = held.iter().find(|binding| binding.action == clash.action());
        ConfigError::Wrong {
            path: binding.map(|binding| binding.path.clone()).unwrap_or_default(),
            line: binding.map_or(1, |binding| binding.line),
            problem: Box::new(Problem::Keys { clash }),
        }
    })
}

/// What the files say of the theme.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThemeWish {
    /// The theme to begin with.
    pub preset: Option<Preset>,
    /// The characters.
    pub glyphs: Option<Glyphs>,
    /// Roles with a paint of their own.
    pub paints: Vec<(Role, Paint)>,
}

impl ThemeWish {
    /// Lays another one on top.
    pub(super) fn apply(&mut self, upper: Self) {
        self.preset = upper.preset.or(self.preset);
        self.glyphs = upper.glyphs.or(self.glyphs);
        self.paints.extend(upper.paints);
    }

    /// The theme that follows from it.
    pub(super) fn theme(&self) -> Theme {
        let begin = Theme::of(self.preset.unwrap_or_default());
        let paints = self.paints.iter();
        paints.fold(begin, |theme, (role, paint)| theme.with(*role, *paint))
    }
}
