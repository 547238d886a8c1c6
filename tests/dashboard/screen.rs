//! Reading the dashboard's screen: its rows by host, and the row under the cursor.

use crate::hand::Sight;

/// The row of a host, if it is on the screen.
pub fn row<'a>(screen: &'a str, host: &str) -> Option<&'a str> {
    lines(screen).find(|line| line.split_whitespace().any(|word| word == host))
}

/// Whether the row of a host is on the screen and says all of these.
pub fn row_says(screen: &str, host: &str, words: &[&str]) -> bool {
    row(screen, host).is_some_and(|row| words.iter().all(|word| row.contains(word)))
}

/// The number in the column TRY of a host's row.
pub fn attempt<'a>(screen: &'a str, host: &str) -> Option<&'a str> {
    let words = row(screen, host)?.split_whitespace();
    words.skip_while(|word| *word != host).nth(2)
}

/// The row under the cursor.
pub fn cursor(screen: &str) -> Option<&str> {
    screen.lines().find(|line| line.get(1..2) == Some(">"))
}

/// Whether the cursor is on the row of a host.
pub fn is_on(screen: &str, host: &str) -> bool {
    cursor(screen).is_some_and(|line| line.split_whitespace().any(|word| word == host))
}

/// The rows of loopback hosts on the screen.
pub fn rows(screen: &str) -> Vec<&str> {
    let is_row = |line: &&str| line.split_whitespace().any(|word| word.starts_with("127.1.0."));
    lines(screen).filter(is_row).collect()
}

/// What is below the header, which may name hosts too.
fn lines(screen: &str) -> impl Iterator<Item = &str> {
    screen.lines().skip(2)
}

/// A text that was there goes.
#[derive(Clone, Copy)]
pub struct Gone<'a>(pub &'a str);

impl Sight for Gone<'_> {
    fn what(&self) -> String {
        format!("no {:?} any more", self.0)
    }

    fn is_on(&self, screen: &str) -> bool {
        !screen.contains(self.0)
    }
}
