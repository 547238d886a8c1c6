//! Folding: from names back to a short node set that means the same hosts.
//!
//! Anything that shows hosts may call it, but not while drawing: it takes some milliseconds for
//! thousands of names. Numbers are merged from right to left, one place in the name at a time, as
//! `ClusterShell` does, so `n1m1,n1m2,n2m1,n2m2,n3m1` becomes `n[1-2]m[1-2],n3m1`.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::range::{MAX_DIGITS, is_padded};
use crate::model::host::HostName;

/// How many numbers of a name are looked at, the last ones. More make a set unreadable, and slow.
const MAX_NUMBERS: usize = 5;

/// Folds hosts into a node set, in the order in which each shape of name first appears.
///
/// The padding is kept: shorter numbers come first, as in `node[3,01-02]`. User and port are never
/// folded, and IPv6 addresses stay as they are.
pub fn fold<'a>(hosts: impl IntoIterator<Item = &'a HostName>) -> String {
    let parts = parts(hosts);
    let texts: Vec<_> = parts.iter().map(Part::text).collect();
    texts.join(",")
}

/// Folds hosts into at most `max_chars` characters. When that is too narrow, it ends in `… (+N)`,
/// where N hosts are not shown; only a width too small even for that is exceeded.
pub fn fold_to_width<'a>(hosts: impl IntoIterator<Item = &'a HostName>, max_chars: usize) -> String {
    let hosts = distinct(hosts);
    let parts = parts(hosts.iter().copied());
    let folded = parts.iter().map(|part| (part.text(), part.hosts));
    let plain = hosts.iter().map(|host| (host.to_string(), 1));
    shorten(folded, hosts.len(), max_chars)
        .or_else(|| shorten(plain, hosts.len(), max_chars))
        .unwrap_or_else(|| cut(&hosts, max_chars))
}

/// As many of the texts as fit whole; `None` when that is none of them.
fn shorten(texts: impl Iterator<Item = (String, usize)>, hosts: usize, max_chars: usize) -> Option<String> {
    let mut line = String::new();
    let mut chars = 0;
    let mut hidden = hosts;
    let mut best = None;
    for (text, count) in texts {
        let comma = if line.is_empty() { "" } else { "," };
        chars += comma.len() + text.chars().count();
        if chars > max_chars {
            return best;
        }
        line = line + comma + &text;
        hidden -= count;
        let more = format!(",… (+{hidden})");
        if chars + more.chars().count() <= max_chars {
            best = Some(format!("{line}{more}"));
        }
    }
    Some(line)
}

/// The beginning of the first name.
fn cut(hosts: &[&HostName], max_chars: usize) -> String {
    let more = format!("… (+{})", hosts.len());
    let room = max_chars.saturating_sub(more.chars().count());
    let first = hosts.first().map_or("", |host| host.as_str());
    first.chars().take(room).chain(more.chars()).collect()
}

fn distinct<'a>(hosts: impl IntoIterator<Item = &'a HostName>) -> Vec<&'a HostName> {
    let mut seen = HashSet::new();
    hosts.into_iter().filter(|host| seen.insert(*host)).collect()
}

fn parts<'a>(hosts: impl IntoIterator<Item = &'a HostName>) -> Vec<Part<'a>> {
    let mut parts: Vec<_> = distinct(hosts).into_iter().map(Part::new).collect();
    for _ in 0..MAX_NUMBERS {
        parts = fold_last_numbers(parts);
    }
    parts
}

/// Names that are the same but for the numbers folded so far.
struct Part<'a> {
    /// `user@`, which is left alone.
    user: &'a str,
    /// The rest of one of the names.
    rest: &'a str,
    /// The beginning of the rest, which is still to be folded.
    head: &'a str,
    /// What is folded, and what cannot be. It is borrowed as long as it is the end of the rest, so
    /// that names which do not fold cost no copies.
    tail: Cow<'a, str>,
    hosts: usize,
}

impl<'a> Part<'a> {
    fn new(host: &'a HostName) -> Self {
        let address = host.address();
        let user_bytes = host.user().map_or(0, |user| user.len() + 1);
        let (user, rest) = host.as_str().split_at(user_bytes);
        let foldable = if address.contains(':') { 0 } else { address.len() };
        let (head, tail) = rest.split_at(foldable);
        Self {
            user,
            rest,
            head,
            tail: Cow::Borrowed(tail),
            hosts: 1,
        }
    }

    fn text(&self) -> String {
        [self.user, self.head, &self.tail].concat()
    }

    /// Moves the last number of the head, and what stands behind it, out of the head.
    fn take_number(&mut self) -> Option<&'a str> {
        let (start, end) = last_number(self.head)?;
        let (number, behind) = (&self.head[start..end], &self.head[end..]);
        self.head = &self.head[..start];
        self.tail = match &self.tail {
            Cow::Borrowed(_) => Cow::Borrowed(&self.rest[end..]),
            Cow::Owned(tail) => Cow::Owned([behind, tail].concat()),
        };
        Some(number)
    }

    /// Puts the numbers of all that are like this one before the tail.
    fn put_numbers(&mut self, numbers: Vec<&'a str>) {
        self.tail = match (numbers.as_slice(), &self.tail) {
            ([], _) => return,
            ([_], Cow::Borrowed(_)) => Cow::Borrowed(&self.rest[self.head.len()..]),
            (_, tail) => Cow::Owned(bracket(numbers) + tail),
        };
    }
}

/// Merges the parts that differ only in the last number of their heads.
fn fold_last_numbers(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let mut merged: Vec<(Part<'_>, Vec<&str>)> = Vec::with_capacity(parts.len());
    let mut places = HashMap::with_capacity(parts.len());
    for mut part in parts {
        let Some(number) = part.take_number() else {
            merged.push((part, Vec::new()));
            continue;
        };
        match places.entry((part.user, part.head, part.tail.clone())) {
            Entry::Vacant(place) => {
                place.insert(merged.len());
                merged.push((part, vec![number]));
            }
            Entry::Occupied(place) => {
                let (like, numbers) = &mut merged[*place.get()];
                like.hosts += part.hosts;
                numbers.push(number);
            }
        }
    }
    let finished = merged.into_iter().map(|(mut part, numbers)| {
        part.put_numbers(numbers);
        part
    });
    finished.collect()
}

/// Where the last number stands that is not too long to count with.
fn last_number(text: &str) -> Option<(usize, usize)> {
    let mut bytes = text.as_bytes();
    loop {
        let end = bytes.iter().rposition(u8::is_ascii_digit)? + 1;
        let before = bytes[..end].iter().rposition(|b| !b.is_ascii_digit());
        let start = before.map_or(0, |before| before + 1);
        if end - start <= MAX_DIGITS {
            return Some((start, end));
        }
        bytes = &bytes[..start];
    }
}

/// The numbers as they stand in a node set; a single one needs no bracket.
fn bracket(mut numbers: Vec<&str>) -> String {
    if let [number] = numbers[..] {
        return number.to_owned();
    }
    // Numbers of equal length sort as texts.
    numbers.sort_unstable_by_key(|number| (number.len(), *number));
    let mut runs: Vec<(&str, &str)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((first, last)) if goes_on(first, last, number) => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let written = runs.iter().map(|(first, last)| {
        if first == last {
            (*first).to_owned()
        } else {
            format!("{first}-{last}")
        }
    });
    format!("[{}]", written.collect::<Vec<_>>().join(","))
}

/// Whether the range may take in the next number and still read back as the same numbers.
fn goes_on(first: &str, last: &str, next: &str) -> bool {
    let padded_alike = if is_padded(first) {
        next.len() == first.len()
    } else {
        !is_padded(next)
    };
    padded_alike && last.parse::<u64>().map(|last| last + 1) == next.parse()
}

#[cfg(test)]
mod tests;
