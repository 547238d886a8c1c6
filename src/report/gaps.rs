//! What could not be read back from the record of a run: gathered while the rest is shown, and told once in the end.

use super::error::ReportError;
use crate::model::host::HostName;
use crate::nodeset::fold;
use std::io;

/// How many hosts are named one by one of whose output something is not on record.
const SHOWN: usize = 10;

/// The hosts whose output could not be read.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    hosts: Vec<HostName>,
    /// Why the first of them could not.
    first: Option<io::Error>,
    /// How many bytes of which hosts are not on record.
    lost: Vec<(HostName, u64)>,
}

impl Gaps {
    /// The output of this host cannot be read, or not all of it.
    pub(super) fn note(&mut self, host: &HostName, error: io::Error) {
        if !self.hosts.contains(host) {
            self.hosts.push(host.clone());
        }
        self.first.get_or_insert(error);
    }

    /// So many bytes of the output of this host are not on record, and could not be shown.
    pub(super) fn lose(&mut self, host: &HostName, bytes: u64) {
        if bytes > 0 {
            self.lost.push((host.clone(), bytes));
        }
    }

    /// Fails when there was a gap.
    pub(super) fn check(self) -> Result<(), ReportError> {
        let lost = (!self.lost.is_empty()).then(|| in_words(&self.lost));
        match (self.first, lost) {
            (Some(error), _) => Err(ReportError::Record {
                hosts: fold(&self.hosts),
                error,
            }),
            (None, Some(lost)) => Err(ReportError::Lost(lost)),
            (None, None) => Ok(()),
        }
    }
}

fn in_words(lost: &[(HostName, u64)]) -> String {
    let words = lost
        .iter()
        .take(SHOWN)
        .map(|(host, bytes)| format!("{bytes} bytes of {host}"));
    let more = lost.get(SHOWN..).unwrap_or_default();
    let bytes: u64 = more.iter().map(|(_, bytes)| bytes).sum();
    let more = (!more.is_empty()).then(|| format!("{bytes} bytes of {} more hosts", more.len()));
    words.chain(more).collect::<Vec<_>>().join(", ")
}
