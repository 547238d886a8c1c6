//! The lines of an answer that carry the mark of what was asked, and what stands behind the mark. A login's own noise may
//! stand before it, on lines of its own and on the same line.

use super::secret::Nonce;

/// Longer lines are cut: what was asked for is shorter.
const LONGEST: usize = 4096;

/// Reads an answer from standard output.
#[derive(Debug)]
pub(super) struct MarkedLines {
    /// What every line of it begins with.
    mark: Vec<u8>,
    /// The beginning of a line.
    held: Vec<u8>,
}

impl MarkedLines {
    /// The answer to a program of this nonce.
    pub(super) fn new(nonce: &Nonce) -> Self {
        Self {
            mark: format!("{} ", nonce.mark()).into_bytes(),
            held: Vec::new(),
        }
    }

    /// Takes the next bytes; the text behind the mark of each line that they end is handed on.
    pub(super) fn push(&mut self, bytes: &[u8], mut take: impl FnMut(&str)) {
        for &byte in bytes {
            if byte != b'\n' {
                if self.held.len() < LONGEST {
                    self.held.push(byte);
                }
                continue;
            }
            let line = std::mem::take(&mut self.held);
            if let Some(at) = line.windows(self.mark.len()).position(|part| part == self.mark) {
                take(&String::from_utf8_lossy(&line[at + self.mark.len()..]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_endless_is_bounded_and_noise_is_passed_over() {
        let nonce = Nonce::new([7; 16]);
        let mut lines = MarkedLines::new(&nonce);
        for _ in 0..1000 {
            lines.push(&[b'x'; 1024], |text| panic!("{text}"));
        }
        assert!(lines.held.len() <= LONGEST);
        let mut seen = Vec::new();
        let answer = format!("\nmotd\nhello {0} one\n{0} two\n{0} thr", nonce.mark());
        lines.push(answer.as_bytes(), |text| seen.push(text.to_owned()));
        lines.push(b"ee\n", |text| seen.push(text.to_owned()));
        assert_eq!(seen, ["one", "two", "three"]);
    }
}
