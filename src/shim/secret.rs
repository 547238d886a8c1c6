//! The two secrets of an attempt, as hexadecimal words. Made by the runner from random bytes,
//! used by the rest of this layer; where the randomness comes from is not known here.

use std::fmt;

/// Bytes of randomness in a secret.
const BYTES: usize = 16;

/// Marks the records of one attempt. Only the shim and the parser know it: it is in no
/// environment and in no argument list, so that a job cannot forge a record.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(String);

/// Marks the processes of one attempt, as `HEELER_JOB` in their environment. The job knows it, so
/// it is never the same as the nonce; it is kept in the record of the attempt.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cookie(String);

impl Nonce {
    /// Makes a nonce from 16 bytes, which must be random and used for nothing else.
    pub fn new(random: [u8; BYTES]) -> Self {
        Self(hex(random))
    }

    /// The 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What every record begins with: the record separator, then the nonce.
    pub(super) fn mark(&self) -> String {
        format!("\x1e{}", self.0)
    }
}

impl Cookie {
    /// The cookie that was written down as these digits; `None` for what is none.
    pub fn read(digits: &str) -> Option<Self> {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (digits.len() == 2 * BYTES && digits.bytes().all(is_digit)).then(|| Self(digits.to_owned()))
    }

    /// Makes a cookie from 16 bytes, which must be random and used for nothing else.
    pub fn new(random: [u8; BYTES]) -> Self {
        Self(hex(random))
    }

    /// The 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides the digits, as a log must not hold them.
impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(…)")
    }
}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cookie({})", self.0)
    }
}

fn hex(bytes: [u8; BYTES]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_always_32() {
        let mut bytes = [0; BYTES];
        bytes[BYTES - 1] = 0xa5;
        assert_eq!(Nonce::new(bytes).as_str(), "000000000000000000000000000000a5");
        assert_eq!(Cookie::new([0xff; BYTES]).as_str(), "f".repeat(32));
    }

    #[test]
    fn only_a_cookie_is_read_as_one() {
        let cookie = Cookie::new([0xa5; BYTES]);
        assert_eq!(Cookie::read(cookie.as_str()), Some(cookie));
        for text in [
            "",
            "a5",
            "$(reboot)$(reboot)$(reboot)$(re)",
            &"A5".repeat(BYTES),
            &"a5".repeat(BYTES + 1),
        ] {
            assert_eq!(Cookie::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_nonce_is_not_shown_in_debug() {
        assert!(!format!("{:?}", Nonce::new([0x77; BYTES])).contains("77"));
    }
}
