//! What could not be read back from the record of a run: gathered while the rest is shown, and told once in the end.

use super::error::ReportError;
use crate::model::host::HostName;
use crate::nodeset::fold;
use std::io;

/// The hosts whose output could not be read.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    hosts: Vec<HostName>,
    /// Why the first of them could not.
    first: Option<io::Error>,
}

impl Gaps {
    /// The output of this host cannot be read, or not all of it.
    pub(super) fn note(&mut self, host: &HostName, error: io::Error) {
        if !self.hosts.contains(host) {
            self.hosts.push(host.clone());
        }
        self.first.get_or_insert(error);
    }

    /// Fails when there was a gap.
    pub(super) fn check(self) -> Result<(), ReportError> {
        let hosts = self.hosts;
        self.first.map_or(Ok(()), |error| {
            Err(ReportError::Record {
                hosts: fold(&hosts),
                error,
            })
        })
    }
}
