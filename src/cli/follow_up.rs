//! A further command on hosts of a run: the same settings, variables and ssh call, as a run of its own that names the
//! other as its parent.

use super::display::DisplayArgs;
use super::error::CliError;
use super::request::{Repeat, RunRequest, Safety};
use super::tie::TieArgs;
use super::words::command_text;
use crate::config::{OnHangup, Ssh, Taste};
use crate::model::bond::Bond;
use crate::model::plan::Plan;
use crate::nodeset::fold;
use crate::tui::Errand;
use std::slice;
use std::time::SystemTime;

/// The run that is asked for. What had to be confirmed was, in the dashboard.
pub(super) fn request(
    plan: &Plan,
    errand: &Errand,
    (display, taste): (&DisplayArgs, &Taste),
) -> Result<RunRequest, CliError> {
    let command = command_text(slice::from_ref(&errand.command)).map_err(CliError::from)?;
    let known = plan.hosts.len();
    let jobs = errand.jobs.iter().filter(|job| job.index() < known);
    let hosts: Vec<_> = jobs.map(|job| plan.host(*job).clone()).collect();
    let run = &plan.run;
    Ok(RunRequest {
        node_set: fold(&hosts),
        command: command.text,
        hint: None,
        env: plan.env.clone(),
        settings: plan.settings.clone(),
        ssh: Ssh::from(&plan.ssh),
        display: display.clone(),
        taste: taste.clone(),
        tie: TieArgs::default(),
        on_hangup: OnHangup::Detach,
        safety: Safety {
            expect: None,
            yes: true,
            confirm_above: hosts.len(),
            dry_run: false,
        },
        hosts,
        // Another command prints other things.
        fields: Vec::new(),
        note: Some(format!("follow-up of {run}")),
        repeats: Some(Repeat {
            parent: run.clone(),
            // Nothing is taken over from it that would have to be dated.
            began: SystemTime::now(),
            doubts: Vec::new(),
        }),
    })
}

/// The run that begins where there were only hosts: on those that are meant.
pub(super) fn begin(open: &RunRequest, errand: &Errand) -> Result<RunRequest, CliError> {
    let command = command_text(slice::from_ref(&errand.command)).map_err(CliError::from)?;
    let hosts: Vec<_> = errand
        .jobs
        .iter()
        .filter_map(|job| open.hosts.get(job.index()))
        .cloned()
        .collect();
    Ok(RunRequest {
        node_set: fold(&hosts),
        hosts,
        command: command.text,
        ..open.clone()
    })
}

/// Whether what follows from a dashboard with this bond ends with this program as well.
pub(super) fn is_tied(bond: Bond, on_hangup: OnHangup) -> bool {
    match bond {
        Bond::Tied => true,
        Bond::Free => false,
        Bond::Record | Bond::Planned => on_hangup == OnHangup::Cancel,
    }
}
