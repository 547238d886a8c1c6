//! The progress bar: what ended well, what did not, what runs, and the rest. Each part that exists has a cell of its
//! own, however small it is.

use super::paint::{At, Brush};
use crate::model::outcome::OutcomeClass;
use crate::model::tally::{Standing, Tally};
use crate::tui::theme::{Role, Sign};

/// Draws the bar.
pub(super) fn draw(brush: &mut Brush<'_>, (x, y): At, columns: u16, tally: &Tally) {
    let ok = tally.count(Standing::Done(OutcomeClass::Ok));
    let bad = tally.done() - ok;
    let rest = tally.not_started();
    let cells = share([ok, bad, tally.live(), rest], usize::from(columns));
    let parts = [
        (Sign::BarOk, Role::Ok),
        (Sign::BarFailed, Role::Failed),
        (Sign::BarLive, Role::Running),
        (Sign::BarRest, Role::Dim),
    ];
    let mut used = 0;
    for ((sign, role), count) in parts.into_iter().zip(cells) {
        let text = brush.sign(sign).repeat(count);
        used += brush.text((x.saturating_add(used), y), columns.saturating_sub(used), &text, role);
    }
}

/// Shares out cells: by proportion, at least one to each part that exists, and the largest part gives or takes what is
/// left over.
fn share(counts: [usize; 4], cells: usize) -> [usize; 4] {
    let total: usize = counts.iter().sum();
    if total == 0 || cells < counts.len() {
        return [0, 0, 0, cells];
    }
    let mut shares = counts.map(|count| (count * cells / total).max(usize::from(count > 0)));
    let largest = (0..counts.len()).max_by_key(|part| shares[*part]).unwrap_or_default();
    let others: usize = shares.iter().sum::<usize>() - shares[largest];
    shares[largest] = cells.saturating_sub(others);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_seen_and_the_bar_is_full() {
        for (counts, expected) in [
            ([0, 0, 0, 0], [0, 0, 0, 20]),
            ([0, 0, 0, 43], [0, 0, 0, 20]),
            ([43, 0, 0, 0], [20, 0, 0, 0]),
            ([9997, 1, 1, 1], [17, 1, 1, 1]),
            ([10, 10, 10, 10], [5, 5, 5, 5]),
            ([31, 3, 6, 3], [16, 1, 2, 1]),
        ] {
            let shares = share(counts, 20);
            assert_eq!(shares.iter().sum::<usize>(), 20, "{counts:?}");
            for (count, share) in counts.into_iter().zip(shares) {
                assert!(count == 0 || share > 0, "{counts:?} {shares:?}");
            }
            assert_eq!(shares, expected, "{counts:?}");
        }
    }
}
