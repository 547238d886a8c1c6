//! `heeler prune`, `heeler pin`, `heeler unpin`; and the removal of old runs in passing, when a new one begins.

use super::super::error::CliError;
use super::super::place;
use super::super::reap::reap;
use super::super::tell::tell;
use super::args::{PinArgs, PruneArgs};
use crate::config::{self, Config, show_duration, show_size};
use crate::history::{self, Bounds, Candidate, HistoryError, Kept, Store, Which};
use crate::model::exit::ExitStatus;
use crate::rundir::Holder;
use std::io::{self, Write};
use std::thread;

/// What the configuration says of how long runs are kept.
pub(in super::super) fn bounds(config: &Config) -> Bounds {
    Bounds {
        keep: config.keep,
        max_size: config.max_size,
    }
}

/// Removes what is due.
pub(in super::super) fn prune(args: &PruneArgs) -> Result<ExitStatus, CliError> {
    let config = config::load(&place::home(), None).map_err(super::super::usage::UsageError::from)?;
    let bounds = bounds(&config);
    let store = Store::new(&place::state_home()?);
    if !args.dry_run {
        // The record of a run is the only place that knows what it left.
        reap();
    }
    let verdict = store.judge(bounds)?;
    let mut out = io::stdout().lock();
    let gone = if args.dry_run {
        verdict.due
    } else {
        store.take_away(&verdict.due, &holder())?
    };
    for run in &gone {
        writeln!(out, "{}  {}", run.name, show_size(run.bytes))?;
    }
    for run in &verdict.stays {
        writeln!(out, "{}  {}  stays: {}", run.name, show_size(run.bytes), reason(run))?;
    }
    let verb = if args.dry_run { "would remove" } else { "removed" };
    tell(&format!("{verb} {}{}", count(&gone), bounds_in_words(bounds)));
    if !args.dry_run {
        store.sweep()?;
    }
    Ok(ExitStatus::AllOk)
}

/// Removes what is due when that was not looked into for an hour. A run is not kept waiting for the deletion: what is
/// left of it is deleted next time.
pub(in super::super) fn prune_in_passing(bounds: Bounds) {
    let Ok(home) = place::state_home() else { return };
    let store = Store::new(&home);
    if bounds == Bounds::default() || !store.is_prune_due() {
        return;
    }
    match take_due(&store, bounds) {
        Ok(gone) if gone.is_empty() => {}
        Ok(gone) => tell(&format!("removed {}{}", count(&gone), bounds_in_words(bounds))),
        // It is no reason to refuse a run.
        Err(error) => tell(&format!("old runs could not be removed: {error}")),
    }
    thread::spawn(move || store.sweep());
}

fn take_due(store: &Store, bounds: Bounds) -> Result<Vec<Candidate>, HistoryError> {
    let verdict = store.judge(bounds)?;
    store.take_away(&verdict.due, &holder())
}

/// Keeps a run.
pub(in super::super) fn pin(args: &PinArgs) -> Result<ExitStatus, CliError> {
    let dir = Store::new(&place::state_home()?).find(Some(&args.run), Which::Latest)?;
    history::pin(&dir)?;
    Ok(ExitStatus::AllOk)
}

/// Lets a run go when its time comes.
pub(in super::super) fn unpin(args: &PinArgs) -> Result<ExitStatus, CliError> {
    let dir = Store::new(&place::state_home()?).find(Some(&args.run), Which::Latest)?;
    if !history::unpin(&dir)? {
        tell(&format!("{} was not pinned", args.run.escape_debug()));
    }
    Ok(ExitStatus::AllOk)
}

/// This process, for the lock of a run that is being removed.
fn holder() -> Holder {
    Holder {
        pid: std::process::id(),
        machine: place::machine(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn reason(run: &Candidate) -> &'static str {
    match run.kept {
        Some(Kept::Live) => "it is alive",
        Some(Kept::Pinned) => "it is pinned",
        Some(Kept::Unreviewed) => "not all was well, and nobody has looked at it (heeler show)",
        Some(Kept::Unreadable) => "its record cannot be read",
        None => "nothing holds it",
    }
}

fn count(runs: &[Candidate]) -> String {
    let bytes = runs.iter().map(|run| run.bytes).sum();
    let runs = match runs.len() {
        1 => "1 run".to_owned(),
        count => format!("{count} runs"),
    };
    format!("{runs}, {}", show_size(bytes))
}

fn bounds_in_words(bounds: Bounds) -> String {
    let keep = bounds.keep.map(|keep| format!("older than {}", show_duration(keep)));
    let size = bounds.max_size.map(|size| format!("beyond {} in all", show_size(size)));
    let words: Vec<String> = [keep, size].into_iter().flatten().collect();
    match words[..] {
        [] => " (no bound is set; see [history] in heeler config --default)".to_owned(),
        _ => format!(" ({})", words.join(" or ")),
    }
}
