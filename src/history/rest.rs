//! What a runner recorded and could not tell any more, because it or the link to it ended.

use super::error::HistoryError;
use super::record::Record;
use crate::model::event::Event;
use crate::rundir::RunDir;

/// The events on record behind the first `told` that a viewer was told of; see
/// [`Event::has_place`](crate::model::event::Event::has_place) for which ones count.
///
/// # Errors
/// When the record cannot be read.
pub fn rest(dir: RunDir, told: usize) -> Result<Vec<Event>, HistoryError> {
    let record = Record::open(dir)?;
    let counted = record.events.into_iter().filter(Event::has_place);
    Ok(counted.skip(told).collect())
}
