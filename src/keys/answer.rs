//! The keys that answer questions. They are fixed, and none of them may be bound to what asks the question: held down it
//! would ask, and once the question is armed answer by itself.

use super::action::Action;
use super::key::Key;

/// The key that says yes.
pub const YES: Key = Key::Char('y');
/// The letters that say how to leave.
const WAYS: [char; 6] = ['s', 'd', 'r', 'c', 'k', 'g'];

/// Whether a key answers the question that an action may put.
pub(super) fn answers(key: Key, action: Action) -> bool {
    match action {
        Action::Quit | Action::Interrupt => WAYS.iter().any(|letter| key == Key::Char(*letter)),
        Action::Cancel
        | Action::Kill
        | Action::Retry
        | Action::RetryAll
        | Action::KillLeft
        | Action::SkipRest
        | Action::Shorter
        | Action::Wider => key == YES,
        _ => false,
    }
}
