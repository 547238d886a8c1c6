//! `heeler retry`: runs again what did not end well in a run that is over, as a run of its own that names the other as its
//! parent.

use super::args::RetryArgs;
use super::error::AgainError;
use super::past::{began, check};
use crate::cli::control::on_hosts;
use crate::cli::error::CliError;
use crate::cli::place;
use crate::cli::request::{Repeat, RunRequest, Safety};
use crate::cli::tell::tell;
use crate::cli::usage::UsageError;
use crate::config::{Config, Ssh};
use crate::history::{Class, Record, State, Store};
use crate::model::board::Row;
use crate::model::doubt::Inherited;
use crate::model::id::JobId;
use crate::model::outcome::{Fate, OutcomeClass};
use crate::nodeset::fold;
use std::collections::BTreeSet;

/// What is run again where nothing else is asked for, unless something may still run there.
const DEFAULT: [Class; 4] = [
    Class::Failed,
    Class::Ended(OutcomeClass::TimedOut),
    Class::Ended(OutcomeClass::Unreachable),
    Class::Ended(OutcomeClass::Lost),
];

/// What is to be run again; nothing, which was told, where there is nothing to do.
pub(in crate::cli) fn request(args: &RetryArgs, config: &Config) -> Result<Option<RunRequest>, CliError> {
    let store = Store::new(&place::state_home()?);
    let record = store.open(args.run.as_deref()).map_err(UsageError::from)?;
    can_be_repeated(&record, args).map_err(UsageError::from)?;
    let meant: BTreeSet<JobId> = on_hosts(&args.nodes, config, &record.plan)?.into_iter().collect();
    let rows = record.board.rows().iter().filter(|row| meant.contains(&row.job));
    let (chosen, left_out) = choose(rows, &args.only);
    let run = &record.plan.run;
    if !left_out.is_empty() {
        tell(&left_out_words(&left_out));
    }
    if chosen.is_empty() {
        tell(&format!("nothing to retry in run {run}"));
        return Ok(None);
    }
    let plan = &record.plan;
    let inherited = |(job, row): (u32, &&Row)| {
        let doubts = row.doubts().into_iter();
        let inherit = move |doubt| Inherited {
            job: JobId(job),
            doubt,
            even_if_running: args.even_if_running,
        };
        doubts.map(inherit).collect::<Vec<_>>()
    };
    Ok(Some(RunRequest {
        taste: config.taste().map_err(UsageError::from)?,
        hosts: chosen.iter().map(|row| row.host.clone()).collect(),
        node_set: fold(chosen.iter().map(|row| &row.host)),
        command: plan.command.clone(),
        hint: None,
        env: plan.env.clone(),
        settings: plan.settings.clone(),
        ssh: Ssh::from(&plan.ssh),
        display: args.display.clone(),
        tie: args.tie,
        on_hangup: config.on_hangup,
        safety: Safety {
            expect: args.safety.expect,
            yes: args.safety.yes,
            confirm_above: config.confirm_above,
            dry_run: args.safety.dry_run,
        },
        fields: args.display.fields.beside(&plan.fields).map_err(CliError::from)?,
        note: Some(args.note.clone().unwrap_or_else(|| format!("retry of {run}"))),
        repeats: Some(Repeat {
            parent: run.clone(),
            began: began(plan).map_err(UsageError::from)?,
            doubts: (0..).zip(&chosen).flat_map(inherited).collect(),
        }),
    }))
}

fn can_be_repeated(record: &Record, args: &RetryArgs) -> Result<(), AgainError> {
    let run = || record.plan.run.clone();
    match &record.state {
        State::Live { holder } => Err(AgainError::Alive {
            run: run(),
            holder: holder.clone(),
        }),
        State::Interrupted if args.only.is_empty() => Err(AgainError::Interrupted(run())),
        State::Interrupted | State::Ended { .. } => check(record),
    }
}

/// The rows that are run again, and those that only would be if it were certain that nothing of them runs any more.
fn choose<'a>(rows: impl Iterator<Item = &'a Row>, only: &[Class]) -> (Vec<&'a Row>, Vec<&'a Row>) {
    if only.is_empty() {
        let chosen = rows.filter(|row| is_in(row, &DEFAULT));
        return chosen.partition(|row| row.doubts().is_empty() && !is_lost_for_good(row));
    }
    (rows.filter(|row| is_in(row, only)).collect(), Vec::new())
}

fn is_in(row: &Row, classes: &[Class]) -> bool {
    classes.iter().any(|class| class.contains(&row.phase))
}

/// Lost, and nobody has seen that it is gone.
fn is_lost_for_good(row: &Row) -> bool {
    row.phase.outcome().is_some_and(|outcome| {
        outcome.class() == OutcomeClass::Lost && !matches!(outcome.fate(), Some(Fate::Gone | Fate::GoneGroup))
    })
}

fn left_out_words(rows: &[&Row]) -> String {
    let classes: BTreeSet<OutcomeClass> = rows
        .iter()
        .filter_map(|row| row.phase.outcome().map(crate::model::outcome::Outcome::class))
        .collect();
    let words: Vec<&str> = classes.into_iter().map(OutcomeClass::word).collect();
    format!(
        "{} left out, as something of that run may still be alive there: {}; --only {} takes them in, after a look",
        rows.len(),
        fold(rows.iter().map(|row| &row.host)),
        words.join(",")
    )
}
