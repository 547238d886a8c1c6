//! The keys as they hold for this operator: the table's own, less and plus what the configuration says.

use super::action::{Action, Place};
use super::answer::answers;
use super::key::Key;

/// Which keys do what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyMap {
    /// Every action in the order of the table, with its keys.
    bindings: Vec<(Action, Vec<Key>)>,
}

/// Why bindings cannot hold together; the action named first is the one to look for in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyClash {
    /// One key would do two things at one place.
    #[error("{key} does {other} as well; give {other} other keys, as in {other} = [\"F8\"], or none: {other} = []")]
    Twice {
        /// The action that was given the key.
        action: Action,
        /// The key.
        key: Key,
        /// The action that has it too.
        other: Action,
    },
    /// An action without which there is no way out or on.
    #[error("{0} must have a key")]
    Needed(Action),
    /// ^C asks how to leave, whatever else may do so.
    #[error("^C always asks how to leave; it does nothing else, and interrupt keeps it")]
    Interrupt(Action),
    /// Held down, the key would ask and answer.
    #[error("{key} answers what {action} asks: held down it would ask and answer at once; give {action} another key")]
    Answer {
        /// The action that asks.
        action: Action,
        /// The key.
        key: Key,
    },
    /// The action acts while something is typed, too.
    #[error("{action} acts while something is typed, too, and {key} is needed there; give it keys such as ^Z or F12")]
    Typed {
        /// The action.
        action: Action,
        /// The key.
        key: Key,
    },
}

impl KeyClash {
    /// The action whose binding is wrong.
    pub fn action(self) -> Action {
        match self {
            Self::Twice { action, .. }
            | Self::Needed(action)
            | Self::Interrupt(action)
            | Self::Answer { action, .. }
            | Self::Typed { action, .. } => action,
        }
    }
}

/// The key that asks, whatever is bound.
const ASK: Key = Key::Ctrl('c');
/// Nobody may be left without these.
const NEEDED: [Action; 3] = [Action::Quit, Action::Interrupt, Action::Help];
/// These act before anything that is typed or asked gets the key.
const AT_ONCE: [Action; 2] = [Action::Suspend, Action::Redraw];

impl Default for KeyMap {
    fn default() -> Self {
        Self {
            bindings: Action::all().map(|action| (action, action.keys().to_vec())).collect(),
        }
    }
}

impl KeyMap {
    /// The built-in map with these bindings instead of the built-in ones of the same actions.
    pub fn with(own: &[(Action, Vec<Key>)]) -> Result<Self, KeyClash> {
        let mut map = Self::default();
        for (action, keys) in own {
            if let Some(binding) = map.bindings.iter_mut().find(|(known, _)| known == action) {
                binding.1.clone_from(keys);
            }
        }
        // In the order of the file, so that its first mistake is told first.
        own.iter().try_for_each(|(action, _)| map.check(*action))?;
        Ok(map)
    }

    /// Whether the keys of an action can be its own.
    fn check(&self, action: Action) -> Result<(), KeyClash> {
        let keys = self.keys(action);
        if NEEDED.contains(&action) && keys.is_empty() {
            return Err(KeyClash::Needed(action));
        }
        if keys.contains(&ASK) != (action == Action::Interrupt) {
            return Err(KeyClash::Interrupt(action));
        }
        for key in keys {
            if answers(*key, action) {
                return Err(KeyClash::Answer { action, key: *key });
            }
            if AT_ONCE.contains(&action) && !matches!(key, Key::Ctrl(_) | Key::F(_)) {
                return Err(KeyClash::Typed { action, key: *key });
            }
            let others = self.bindings.iter().filter(|(other, _)| *other != action);
            let mut taken = others.filter(|(other, keys)| other.meets(action) && keys.contains(key));
            if let Some((other, _)) = taken.next() {
                let (key, other) = (*key, *other);
                return Err(KeyClash::Twice { action, key, other });
            }
        }
        Ok(())
    }

    /// What a key does at a place.
    pub fn action(&self, key: Key, place: Place) -> Option<Action> {
        let mut fitting = self.bindings.iter().filter(|(action, _)| action.is_at(place));
        fitting.find(|(_, keys)| keys.contains(&key)).map(|(action, _)| *action)
    }

    /// The keys that do it, the first one being the one to show.
    pub fn keys(&self, action: Action) -> &[Key] {
        let binding = self.bindings.iter().find(|(known, _)| *known == action);
        binding.map_or(&[], |(_, keys)| keys)
    }

    /// How to do it, for a hint: its first key, or where it has none what is typed for it.
    pub fn hint(&self, action: Action) -> String {
        match self.keys(action).first() {
            Some(key) => key.to_string(),
            None => format!(":{action}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(own: &[(Action, Vec<Key>)]) -> String {
        KeyMap::with(own).expect_err("a clash").to_string()
    }

    #[test]
    fn own_keys_take_the_place_of_the_built_in_ones() {
        let own = [
            (Action::Cancel, vec![Key::F(8)]),
            (Action::Pause, vec![Key::Char('x'), Key::Char('p')]),
            (Action::Kill, vec![]),
        ];
        let map = KeyMap::with(&own).expect("no clash");
        assert_eq!(map.action(Key::Char('x'), Place::Table), Some(Action::Pause));
        assert_eq!(map.action(Key::F(8), Place::Output), Some(Action::Cancel));
        assert_eq!(map.action(Key::Char('X'), Place::Table), None);
        assert_eq!(
            [Action::Cancel, Action::Kill, Action::Retry].map(|action| map.hint(action)),
            ["F8", ":kill", "r"]
        );
        // The same key at two places that never meet.
        let apart = [(Action::Follow, vec![Key::F(5)]), (Action::Sort, vec![Key::F(5)])];
        let map = KeyMap::with(&apart).expect("no clash");
        assert_eq!(map.action(Key::F(5), Place::Table), Some(Action::Sort));
        assert_eq!(map.action(Key::F(5), Place::Output), Some(Action::Follow));
    }

    #[test]
    fn a_key_does_one_thing_and_the_ways_out_stay() {
        assert_eq!(
            refusal(&[(Action::Pause, vec![Key::Char('x')])]),
            "x does cancel as well; give cancel other keys, as in cancel = [\"F8\"], or none: cancel = []"
        );
        // At the output of a job f follows.
        let everywhere = KeyMap::with(&[(Action::Cancel, vec![Key::Char('f')])]);
        assert_eq!(
            everywhere,
            Err(KeyClash::Twice {
                action: Action::Cancel,
                key: Key::Char('f'),
                other: Action::Follow
            })
        );
        for action in NEEDED {
            assert_eq!(refusal(&[(action, vec![])]), format!("{action} must have a key"));
        }
        for own in [
            (Action::Interrupt, vec![Key::F(10)]),
            (Action::Quit, vec![Key::Ctrl('c')]),
            (Action::Cancel, vec![Key::Char('x'), Key::Ctrl('c')]),
        ] {
            assert!(refusal(&[own]).starts_with("^C always asks"));
        }
        assert!(KeyMap::with(&[(Action::Interrupt, vec![Key::Ctrl('c'), Key::F(10)])]).is_ok());
    }

    #[test]
    fn what_asks_is_on_no_key_that_answers() {
        assert_eq!(
            refusal(&[(Action::Copy, vec![]), (Action::Kill, vec![Key::Char('y')])]),
            "y answers what kill asks: held down it would ask and answer at once; give kill another key"
        );
        let asking = [
            Action::Cancel,
            Action::Retry,
            Action::RetryAll,
            Action::KillLeft,
            Action::SkipRest,
            Action::Shorter,
        ];
        for action in asking {
            let own = [(Action::Copy, vec![]), (action, vec![Key::F(8), Key::Char('y')])];
            let key = Key::Char('y');
            assert_eq!(KeyMap::with(&own), Err(KeyClash::Answer { action, key }));
        }
        let (action, key) = (Action::Interrupt, Key::Char('c'));
        assert_eq!(
            KeyMap::with(&[(action, vec![Key::Ctrl('c'), key])]),
            Err(KeyClash::Answer { action, key })
        );
        assert!(KeyMap::with(&[(Action::Copy, vec![]), (Action::Details, vec![Key::Char('y')])]).is_ok());
    }

    #[test]
    fn what_acts_while_one_types_is_on_no_key_for_typing() {
        assert_eq!(
            refusal(&[(Action::Suspend, vec![Key::Char('Z')])]),
            "suspend acts while something is typed, too, and Z is needed there; give it keys such as ^Z or F12"
        );
        for key in [Key::Char(' '), Key::Enter, Key::Backspace, Key::Left] {
            let own = [(Action::Mark, vec![]), (Action::Redraw, vec![key])];
            let action = Action::Redraw;
            assert_eq!(KeyMap::with(&own), Err(KeyClash::Typed { action, key }));
        }
        assert!(KeyMap::with(&[(Action::Suspend, vec![Key::F(12), Key::Ctrl('x')])]).is_ok());
    }

    #[test]
    fn the_built_in_map_holds_by_its_own_rules() {
        let all: Vec<_> = Action::all().map(|action| (action, action.keys().to_vec())).collect();
        assert_eq!(KeyMap::with(&all), Ok(KeyMap::default()));
    }
}
