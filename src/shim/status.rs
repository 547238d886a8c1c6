//! What a status says about the way a command ended. Pure arithmetic for the runner; it knows
//! neither records nor outcomes.

use crate::model::outcome::Ended;

/// Reads a status. Shells add 128 to a signal's number, ksh93 adds 256. Only numbers of real
/// signals count: 32 and 33 belong to the C library, and none is above 64, so that 255 (what
/// `exit -1` gives, and much else that fails) stays an exit.
pub fn classify(status: u32) -> Ended {
    let signal = |base: u32| {
        status
            .checked_sub(base)
            .filter(|number| matches!(number, 1..=31 | 34..=64))
    };
    match signal(128).or_else(|| signal(256)) {
        Some(number) => Ended::Signal { number, status },
        None => Ended::Exit(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exits() {
        for status in [0, 1, 3, 126, 127, 128, 160, 161, 193, 254, 255, 256, 288, 321] {
            assert_eq!(classify(status), Ended::Exit(status));
        }
    }

    #[test]
    fn signals() {
        for (status, number) in [(129, 1), (137, 9), (143, 15), (159, 31), (162, 34), (192, 64)] {
            assert_eq!(classify(status), Ended::Signal { number, status });
        }
        for (status, number) in [(257, 1), (265, 9), (320, 64)] {
            assert_eq!(classify(status), Ended::Signal { number, status });
        }
    }
}
