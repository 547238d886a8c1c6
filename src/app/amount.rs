//! Amounts of bytes in words.

/// A size for people, cut off, not rounded: `512 B`, `1.2 MB`.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => tenths(count, 1_000, "kB"),
        1_000_000..1_000_000_000 => tenths(count, 1_000_000, "MB"),
        _ => tenths(count, 1_000_000_000, "GB"),
    }
}

fn tenths(count: u64, unit: u64, name: &str) -> String {
    if count >= 100 * unit {
        return format!("{} {name}", count / unit);
    }
    format!("{}.{} {name}", count / unit, count % unit * 10 / unit)
}
