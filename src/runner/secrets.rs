//! Random bytes for what nobody may guess: marks of records, cookies.

use crate::model::outcome::{Cause, Outcome};

/// The system gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("no random numbers: {0}")]
pub(super) struct NoRandom(getrandom::Error);

/// Nothing was started, and it was not the host's fault.
impl From<NoRandom> for Outcome {
    fn from(error: NoRandom) -> Self {
        Self::Unreachable {
            cause: Cause::Other,
            detail: error.to_string(),
        }
    }
}

/// Random bytes for a secret.
pub(super) fn random() -> Result<[u8; 16], NoRandom> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(NoRandom)?;
    Ok(bytes)
}
