//! `heeler attach`: comes to a run that is alive, and shows it as whoever started it would see it.

pub(super) mod args;

use super::error::CliError;
use super::front::{self, Arrival, Stage};
use super::reach::{Alive, reach};
use super::runtime::{finish, runtime};
use super::session;
use super::tell::tell;
use crate::link::greet::Rights;
use crate::model::bond::Bond;
use crate::model::exit::ExitStatus;
use crate::tui::Access;
use args::AttachArgs;

/// Shows a run that is alive.
pub(super) fn attach(args: &AttachArgs) -> Result<ExitStatus, CliError> {
    args.display.fields.fields()?;
    let dashboard = front::is_dashboard(&args.display);
    // In the dashboard a key unlocks it; until then it asks for nothing.
    let (rights, access) = match (args.read_only, dashboard) {
        (true, true) => (Rights::Write, Access::ReadOnly),
        (true, false) => (Rights::Read, Access::ReadOnly),
        (false, _) => (Rights::Write, Access::Full),
    };
    finish(runtime()?, async {
        let Alive {
            link, welcome, plan, ..
        } = reach(args.run.as_deref(), rights).await?;
        if front::is_plain(&args.display) {
            tell(&format!("run {}; {}", plan.run, plan.settings.policy()));
        }
        let role = (Bond::Free, Arrival::Later(access));
        session::show(Stage::new((link, welcome), plan, &args.display, role), None).await
    })
}
