//! What a newcomer is told, once.

use crate::keys::{Action, KeyMap};

/// What is said besides everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    #[default]
    None,
    /// The three keys with which everything begins, until one is pressed.
    FirstKeys,
}

impl Hint {
    /// Its words.
    pub(super) fn words(self, keys: &KeyMap) -> Option<String> {
        let [help, cancel, quit] = [Action::Help, Action::Cancel, Action::Quit].map(|action| keys.hint(action));
        match self {
            Self::None => None,
            Self::FirstKeys => Some(format!(
                "{help} shows every key, {cancel} cancels, {quit} asks before it leaves"
            )),
        }
    }
}
