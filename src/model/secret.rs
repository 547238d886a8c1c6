//! A password on its way from whoever typed it to the prompt that wants it: never shown, never part of what is written
//! down (it has no serde form), and overwritten when it is no longer needed.

use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// The longest password that is taken, in bytes; `sudo` itself takes fewer.
const LONGEST: usize = 1023;

/// A password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over, so that no copy of them stays behind.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// An empty one to type into: it never moves while it grows, which would leave copies behind.
    pub fn typed() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(LONGEST)))
    }

    /// Types a character; what is a control, or too much, is left out.
    pub fn push(&mut self, c: char) {
        let mut bytes = Zeroizing::new([0; 4]);
        let text = c.encode_utf8(&mut *bytes).as_bytes();
        if !c.is_control() && self.0.len() + text.len() <= LONGEST {
            self.0.extend_from_slice(text);
        }
    }

    /// Takes the last character back.
    pub fn pop(&mut self) {
        while self.0.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {}
    }

    /// Takes everything back.
    pub fn clear(&mut self) {
        self.0.zeroize();
    }

    /// How many characters it has.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it can be typed at a prompt: one line, no controls that the prompt would take for something else.
    pub fn is_one_line(&self) -> bool {
        !self.is_empty() && self.0.len() <= LONGEST && !self.0.iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r'))
    }

    /// The bytes themselves, for the one who writes them to the prompt.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Hides everything, its length as well.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_typed_and_taken_back_by_characters_and_never_shown() {
        let mut secret = Secret::typed();
        "pä\u{7}ß".chars().for_each(|c| secret.push(c));
        assert_eq!((secret.bytes(), secret.count()), ("päß".as_bytes(), 3));
        secret.pop();
        assert_eq!(secret.bytes(), "pä".as_bytes());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for _ in 0..2 * LONGEST {
            secret.push('x');
        }
        assert_eq!(secret.bytes().len(), LONGEST);
        secret.clear();
        assert!(secret.is_empty() && !secret.is_one_line());
    }

    #[test]
    fn only_one_line_is_a_password() {
        for (bytes, is_one) in [(&b"pw"[..], true), (b"", false), (b"a\nb", false), (b"a\0b", false)] {
            assert_eq!(Secret::new(bytes.to_vec()).is_one_line(), is_one);
        }
    }
}
