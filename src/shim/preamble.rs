//! Finds the mark at which a stream stops being the login's own noise. One per stream, fed by
//! the reader of that stream; what the noise means is not known here.

use super::secret::Nonce;

/// Noise kept for the log and for telling why no shell came up. More is counted off in silence, as
/// a broken login may print for ever.
const KEPT: usize = 16 * 1024;

/// Looks for a mark in a stream and keeps what came before it.
#[derive(Debug)]
pub struct Preamble {
    mark: Vec<u8>,
    /// Noise already known not to be part of the mark.
    noise: Vec<u8>,
    /// The end of what came so far, where it may be the beginning of the mark.
    held: Vec<u8>,
}

impl Preamble {
    /// Waits for these bytes, for instance the answer to a greeting.
    pub fn new(mark: &[u8]) -> Self {
        Self {
            mark: mark.to_vec(),
            noise: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Waits for the shim to come up. Both streams carry this mark.
    pub fn up(nonce: &Nonce) -> Self {
        Self::new(format!("{} up\n", nonce.mark()).as_bytes())
    }

    /// Takes the next bytes. `Some` once the mark is in, with the bytes after it; the preamble is
    /// then over and must be fed no more.
    pub fn push(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.held.extend_from_slice(bytes);
        let found = self.held.windows(self.mark.len()).position(|part| part == self.mark);
        if let Some(at) = found {
            let rest = self.held.split_off(at + self.mark.len());
            self.held.truncate(at);
            self.settle(at);
            return Some(rest);
        }
        self.settle(self.held.len().saturating_sub(self.mark.len() - 1));
        None
    }

    /// What came before the mark, at most the first 16 KiB. Before the mark came, that is
    /// everything but the last few bytes.
    pub fn noise(&self) -> &[u8] {
        &self.noise
    }

    /// The stream ended without the mark: all that it said, at most the first 16 KiB.
    pub fn finish(mut self) -> Vec<u8> {
        self.settle(self.held.len());
        self.noise
    }

    fn settle(&mut self, count: usize) {
        let room = KEPT - self.noise.len();
        let settled = self.held.drain(..count);
        self.noise.extend(settled.take(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonce() -> Nonce {
        Nonce::new([0xab; 16])
    }

    #[test]
    fn noise_mark_rest_however_split() {
        let stream = format!("Welcome!\n\x1e{} u\x1e{0} up\njob output\n", "ab".repeat(16));
        let stream = stream.as_bytes();
        let noise = format!("Welcome!\n\x1e{} u", "ab".repeat(16));
        for size in 1..=stream.len() {
            let mut preamble = Preamble::up(&nonce());
            let mut after: Option<Vec<u8>> = None;
            for chunk in stream.chunks(size) {
                match &mut after {
                    Some(rest) => rest.extend_from_slice(chunk),
                    None => after = preamble.push(chunk),
                }
            }
            assert_eq!(after.unwrap(), b"job output\n", "chunks of {size}");
            assert_eq!(preamble.noise(), noise.as_bytes(), "chunks of {size}");
        }
    }

    #[test]
    fn the_mark_of_another_attempt_is_noise() {
        let mut preamble = Preamble::up(&nonce());
        let other = format!("\x1e{} up\n", "cd".repeat(16));
        assert_eq!(preamble.push(other.as_bytes()), None);
        assert_eq!(preamble.finish(), other.as_bytes());
    }

    #[test]
    fn endless_noise_is_not_kept() {
        let mut preamble = Preamble::up(&nonce());
        for _ in 0..100 {
            assert_eq!(preamble.push(&[b'x'; 1024]), None);
        }
        assert_eq!(preamble.noise().len(), KEPT);
        assert!(preamble.held.len() < 64);
        assert_eq!(preamble.finish().len(), KEPT);
    }
}
