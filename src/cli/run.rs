//! From a settled request to a run: the plan, the runner and the front-end are put together here.

use super::CliError;
use super::args::DemoArgs;
use super::request::RunRequest;
use crate::model::exit::ExitStatus;

/// Carries the request out.
pub(super) fn run(_request: &RunRequest) -> Result<ExitStatus, CliError> {
    Err(CliError::NotBuilt("run"))
}

/// Shows the demonstration.
pub(super) fn demo(_args: &DemoArgs) -> Result<ExitStatus, CliError> {
    Err(CliError::NotBuilt("demo"))
}
