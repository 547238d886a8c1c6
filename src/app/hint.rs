//! What a newcomer is told, once.

use super::state::App;
use crate::keys::Action;

/// What is said besides everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    #[default]
    None,
    /// The three keys with which everything begins, until one is pressed.
    FirstKeys,
}

impl App {
    /// What is to be said to a newcomer.
    pub fn hint(&self) -> Option<String> {
        if self.hint == Hint::None {
            return None;
        }
        let [help, cancel, quit] = [Action::Help, Action::Cancel, Action::Quit].map(|action| self.keys.hint(action));
        Some(format!(
            "{help} shows every key, {cancel} cancels, {quit} asks before it leaves"
        ))
    }
}
