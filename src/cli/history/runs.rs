//! `heeler runs`: what was run, the newest first.

use super::super::called::is_meant;
use super::super::error::CliError;
use super::super::place;
use super::super::sources::{Surroundings, hosts};
use super::super::tell::tell;
use super::super::usage::UsageError;
use super::super::words::visible;
use super::args::RunsArgs;
use crate::config;
use crate::history::{HistoryError, Store, Summary, is_pinned};
use crate::model::elapsed::Elapsed;
use crate::model::exit::ExitStatus;
use crate::model::tally::Standing;
use crate::nodeset::{self, NodeSet};
use crate::report::json_line;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::{Duration, SystemTime};

/// How wide a table is that goes to no terminal.
const WIDE: usize = 160;
/// The least that a text is cut to.
const NARROW: usize = 12;

/// A run and what is known of it.
struct Listed {
    name: String,
    summary: Result<Summary, HistoryError>,
}

/// Lists the runs.
pub(in super::super) fn runs(args: &RunsArgs) -> Result<ExitStatus, CliError> {
    let store = Store::new(&place::state_home()?);
    let touched = touched(&args.nodes)?;
    let names = store.names()?;
    let now = SystemTime::now();
    let mut listed = Vec::new();
    let mut more = false;
    for name in &names {
        if args.limit().is_some_and(|limit| listed.len() > limit) {
            break;
        }
        let summary = Summary::of(&store.dir(name));
        let is_too_old = |summary: &Summary| {
            let started = humantime::parse_rfc3339(&summary.started).ok();
            args.since
                .zip(started)
                .is_some_and(|(since, started)| !since.covers(started, now))
        };
        match &summary {
            // The newest come first: what follows is older still.
            Ok(summary) if is_too_old(summary) => break,
            Ok(summary) if !is_wanted(summary, args.task.as_deref(), touched.as_ref()) => continue,
            Err(_) if args.task.is_some() || touched.is_some() => continue,
            _ => {}
        }
        let name = name.clone();
        listed.push(Listed { name, summary });
    }
    if let Some(limit) = args.limit() {
        more = listed.len() > limit;
        listed.truncate(limit);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        for run in &listed {
            out.write_all(&json(run, &store))?;
        }
    } else {
        table(&listed, &names, width(), &mut out)?;
    }
    out.flush()?;
    if more && args.limit.is_none() {
        tell("there are older runs; see them with --limit 0");
    }
    Ok(ExitStatus::AllOk)
}

/// The hosts of `-w`; `None` when it is not given.
fn touched(texts: &[String]) -> Result<Option<NodeSet>, UsageError> {
    if texts.is_empty() {
        return Ok(None);
    }
    let config = config::load(&place::home(), None)?;
    let surroundings = Surroundings { groups: &config.groups };
    let mut all = NodeSet::new();
    for text in texts {
        all.extend(hosts(text, &surroundings)?);
    }
    Ok(Some(all))
}

fn is_wanted(summary: &Summary, task: Option<&str>, touched: Option<&NodeSet>) -> bool {
    task.is_none_or(|task| summary.command.contains(task))
        && touched.is_none_or(|touched| {
            let groups = BTreeMap::new();
            let own = nodeset::resolve(&summary.nodes, &Surroundings { groups: &groups });
            own.is_ok_and(|own| own.iter().any(|host| is_meant(touched, host)))
        })
}

/// How wide the table may be.
fn width() -> usize {
    let out = io::stdout();
    if !out.is_terminal() {
        return WIDE;
    }
    let size = rustix::termios::tcgetwinsize(out).ok();
    size.map_or(80, |size| usize::from(size.ws_col)).max(40)
}

/// Writes the table: narrow columns as they are, and the texts share what is left.
fn table(runs: &[Listed], names: &[String], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let short = short_names(names);
    let rows: Vec<[String; 8]> = runs.iter().map(|run| cells(run, &short)).collect();
    let heads = [
        "STARTED (UTC)",
        "RUN",
        "STATE",
        "RESULT",
        "TIME",
        "HOSTS",
        "COMMAND",
        "NOTE",
    ]
    .map(str::to_owned);
    let longest = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heads[column].len()]).max().unwrap_or_default()
    };
    let fixed: usize = (0..5).map(|column| longest(column) + 2).sum();
    let has_notes = rows.iter().any(|row| !row[7].is_empty());
    let columns = if has_notes { 8 } else { 7 };
    let room = width.saturating_sub(fixed + 2 * (columns - 6));
    let hosts = longest(5).min((room / 3).max(NARROW));
    let note = if has_notes {
        longest(7).min((room / 4).max(NARROW))
    } else {
        0
    };
    let command = room.saturating_sub(hosts + note).clamp(NARROW, longest(6).max(NARROW));
    let widths = [
        longest(0),
        longest(1),
        longest(2),
        longest(3),
        longest(4),
        hosts,
        command,
        note,
    ];
    for row in [&heads].into_iter().chain(&rows) {
        let cells = row.iter().zip(widths).take(columns);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{:width$}", cut(cell, width)))
            .collect();
        writeln!(out, "{}", line.join("  ").trim_end())?;
    }
    Ok(())
}

/// The random part of each name where no other has the same.
fn short_names(names: &[String]) -> HashMap<&str, &str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let random = |name: &'_ str| name.split_once('-').map(|(_, random)| random.len());
    for name in names {
        let tail = random(name).map_or(name.as_str(), |length| &name[name.len() - length..]);
        *counts.entry(tail).or_default() += 1;
    }
    let shown = names.iter().map(|name| {
        let tail = random(name).map_or(name.as_str(), |length| &name[name.len() - length..]);
        (name.as_str(), if counts[tail] == 1 { tail } else { name.as_str() })
    });
    shown.collect()
}

fn cells(run: &Listed, short: &HashMap<&str, &str>) -> [String; 8] {
    let name = short.get(run.name.as_str()).copied().unwrap_or(&run.name).to_owned();
    match &run.summary {
        Ok(summary) => {
            let elapsed = Duration::try_from_secs_f64(summary.elapsed).unwrap_or_default();
            let note = match (&summary.parent, &summary.note) {
                (Some(parent), None) => format!("of {parent}"),
                (Some(parent), Some(note)) => format!("{} (of {parent})", visible(note)),
                (None, note) => visible(note.as_deref().unwrap_or_default()),
            };
            [
                summary.started.replace('T', " ").trim_end_matches('Z').to_owned(),
                name,
                summary.state.clone(),
                counts(&summary.counts),
                Elapsed::Over(elapsed).to_string(),
                format!("{}: {}", summary.hosts, summary.nodes),
                visible(&summary.command),
                note,
            ]
        }
        Err(error) => {
            let empty = String::new;
            [
                started(&run.name),
                name,
                "unreadable".to_owned(),
                empty(),
                empty(),
                empty(),
                visible(&error.to_string()),
                empty(),
            ]
        }
    }
}

/// The time at which a run began, from its name.
fn started(name: &str) -> String {
    let digits: Vec<char> = name.chars().filter(char::is_ascii_digit).take(14).collect();
    let part = |from: usize, to: usize| digits.get(from..to).map(|digits| digits.iter().collect::<String>());
    let parts = [(0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)].map(|(from, to)| part(from, to));
    match parts {
        [
            Some(year),
            Some(month),
            Some(day),
            Some(hour),
            Some(minute),
            Some(second),
        ] => {
            format!("{year}-{month}-{day} {hour}:{minute}:{second}")
        }
        _ => String::new(),
    }
}

/// `38 ok, 2 exit`
fn counts(counts: &BTreeMap<String, usize>) -> String {
    let ends = Standing::all().filter_map(|standing| {
        let count = counts.get(standing.word())?;
        Some(format!("{count} {}", standing.word()))
    });
    ends.collect::<Vec<_>>().join(", ")
}

/// At most so many characters.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept = text.chars().take(width.saturating_sub(1));
    kept.chain(['…']).collect()
}

/// The object for a run.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Object<'a> {
    run: &'a str,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    directory: String,
    pinned: bool,
    #[serde(flatten)]
    told: Option<Told<'a>>,
}

/// What is known of a run that can be read.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Told<'a> {
    started: &'a str,
    elapsed: f64,
    operator: &'a str,
    command: &'a str,
    digest: &'a str,
    nodes: &'a str,
    hosts: usize,
    counts: &'a BTreeMap<String, usize>,
    note: Option<&'a str>,
    parent: Option<&'a str>,
    bytes: u64,
}

fn json(run: &Listed, store: &Store) -> Vec<u8> {
    let dir = store.dir(&run.name);
    let summary = run.summary.as_ref();
    let object = Object {
        run: &run.name,
        state: summary.map_or("unreadable", |summary| &summary.state),
        exit: summary.ok().and_then(|summary| summary.exit),
        error: summary.err().map(ToString::to_string),
        directory: dir.path().to_string_lossy().into_owned(),
        pinned: is_pinned(&dir),
        told: summary.ok().map(|summary| Told {
            started: &summary.started,
            elapsed: summary.elapsed,
            operator: &summary.operator,
            command: &summary.command,
            digest: &summary.digest,
            nodes: &summary.nodes,
            hosts: summary.hosts,
            counts: &summary.counts,
            note: summary.note.as_deref(),
            parent: summary.parent.as_ref().map(|parent| parent.0.as_str()),
            bytes: summary.bytes,
        }),
    };
    let mut line = Vec::new();
    json_line(&object, &mut line);
    line
}

#[cfg(test)]
mod tests;
