//! What was read out of the output of every job: a column for each field, told in a few lines or as JSON.

use super::json;
use super::rendering::harmless;
use crate::history::{Record, values};
use crate::model::board::{Board, Row};
use crate::model::field::{Column, Kind, Value};
use crate::model::host::HostName;
use crate::model::id::{AttemptNo, JobId};
use crate::model::plan::Plan;
use crate::nodeset::fold;
use crate::rundir::{OutputReader, RunDir};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many texts of a column are told, and how many values that are out of line.
const TEXTS: usize = 5;
const OUTLIERS: usize = 8;

/// The values of a job, one for each field of the board.
pub(super) fn of_row(row: &Row, board: &Board, plan: &Plan, dir: &RunDir) -> io::Result<Vec<Option<Value>>> {
    if board.fields().is_empty() {
        return Ok(Vec::new());
    }
    values(
        &OutputReader::new(dir, plan.label(row.job), row.attempt),
        board.fields(),
    )
}

/// Writes what the columns of a run say: their middle and ends, or their commonest texts, and what is out of line.
pub(super) fn write(board: &Board, plan: &Plan, dir: &RunDir, out: &mut dyn Write) -> io::Result<()> {
    let read = board.rows().iter().map(|row| of_row(row, board, plan, dir));
    let values: Vec<Vec<Option<Value>>> = read.collect::<io::Result<_>>()?;
    for (place, field) in board.fields().iter().enumerate() {
        let own = board.rows().iter().zip(&values);
        let own: Vec<(&HostName, &Value)> = own
            .filter_map(|(row, values)| Some((&row.host, values.get(place)?.as_ref()?)))
            .collect();
        let column = Column::of(own.iter().map(|(_, value)| *value));
        let hosts = format!("{} of {} hosts", column.count(), board.rows().len());
        writeln!(out, "{}: {} ({hosts})", field.name(), harmless(&in_words(&column)))?;
        write_outliers(&column, &own, out)?;
    }
    Ok(())
}

/// The middle and the ends of numbers, the commonest of texts.
fn in_words(column: &Column) -> String {
    if let (Kind::Number(unit), Some([least, median, most])) = (column.kind(), column.range()) {
        let shown = |amount: f64| unit.show(amount, amount);
        return format!("median {}, {} to {}", shown(median), shown(least), shown(most));
    }
    let values = column.commonest();
    let texts = values
        .iter()
        .take(TEXTS)
        .map(|(value, count)| format!("{value} x{count}"));
    let mut words: Vec<String> = texts.collect();
    match values.len() {
        0 => "no value".to_owned(),
        kinds => {
            if let Some(rest) = kinds.checked_sub(TEXTS).filter(|rest| *rest > 0) {
                words.push(format!("{rest} others"));
            }
            words.join(", ")
        }
    }
}

/// The values that are out of line with the others, the highest first, each with its hosts.
fn write_outliers(column: &Column, own: &[(&HostName, &Value)], out: &mut dyn Write) -> io::Result<()> {
    let mut outliers: Vec<(&Value, Vec<&HostName>)> = Vec::new();
    let mut odd: Vec<&(&HostName, &Value)> = own.iter().filter(|(_, value)| column.is_outlier(value)).collect();
    odd.sort_by(|(_, left), (_, right)| right.compare(left));
    for (host, value) in odd {
        match outliers.last_mut() {
            Some((last, hosts)) if last.text() == value.text() => hosts.push(host),
            _ => outliers.push((value, vec![host])),
        }
    }
    for (value, hosts) in outliers.iter().take(OUTLIERS) {
        let folded = fold(hosts.iter().copied());
        writeln!(
            out,
            "  out of line: {} ({}): {folded}",
            harmless(value.text()),
            hosts.len()
        )?;
    }
    match outliers.len().saturating_sub(OUTLIERS) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more values out of line"),
    }
}

/// What was read of one job.
#[derive(Debug, Serialize)]
struct Values<'a> {
    event: &'static str,
    job: JobId,
    host: &'a HostName,
    attempt: AttemptNo,
    /// By name; those that were not found are left out.
    values: BTreeMap<&'a str, &'a str>,
}

/// Writes an object for each job with what was read out of its output; nothing where nothing is read.
///
/// # Errors
/// When an output cannot be read, or `out` not written.
pub fn values_json(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    let board = &record.board;
    if board.fields().is_empty() {
        return Ok(());
    }
    let mut line = Vec::new();
    for row in board.rows() {
        let values = of_row(row, board, &record.plan, &record.dir)?;
        let named = board.fields().iter().zip(&values);
        let named = named.filter_map(|(field, value)| Some((field.name(), value.as_ref()?.text())));
        let object = Values {
            event: "values",
            job: row.job,
            host: &row.host,
            attempt: row.attempt,
            values: named.collect(),
        };
        line.clear();
        json::line(&object, &mut line);
        out.write_all(&line)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Stage;
    use super::*;
    use crate::model::event::Stream;
    use crate::model::field::Field;

    fn record(fields: &[&str], outputs: &[&str]) -> (Stage, Record) {
        let hosts: Vec<String> = (1..=outputs.len()).map(|n| format!("web{n}")).collect();
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let mut stage = Stage::new(&hosts);
        stage.begin();
        for (job, output) in (0..).zip(outputs) {
            stage.print(job, Stream::Stdout, output.as_bytes());
        }
        let mut record = Record::open(stage.dir.clone()).expect("a record");
        let fields: Vec<Field> = fields.iter().map(|text| Field::parse(text).expect(text)).collect();
        record.board.set_fields(&fields);
        (stage, record)
    }

    const USES: [&str; 10] = [
        "41% a\n",
        "42% a\n",
        "43% a\n",
        "44% a\n",
        "45% a\n",
        "46% a\n",
        "97% b\n",
        "97% a\n",
        "\x1b[2J\n",
        "4% a\n",
    ];

    #[test]
    fn each_column_is_told_with_what_is_out_of_line() {
        let (stage, record) = record(&["use=\\d+%", "kind=% (.)", "none=zzz"], &USES);
        let mut out = Vec::new();
        write(&record.board, &record.plan, &stage.dir, &mut out).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "use: median 44%, 4% to 97% (9 of 10 hosts)\n\
             \x20 out of line: 97% (2): web[7-8]\n\
             \x20 out of line: 4% (1): web10\n\
             kind: a x8, b x1 (9 of 10 hosts)\n\
             \x20 out of line: b (1): web7\n\
             none: no value (0 of 10 hosts)\n"
        );
    }

    #[test]
    fn json_has_an_object_for_each_job() {
        let (_stage, record) = record(&["use=\\d+%"], &["7%\n", "none\n"]);
        let mut out = Vec::new();
        values_json(&record, &mut out).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "{\"event\":\"values\",\"job\":0,\"host\":\"web1\",\"attempt\":1,\"values\":{\"use\":\"7%\"}}\n\
             {\"event\":\"values\",\"job\":1,\"host\":\"web2\",\"attempt\":1,\"values\":{}}\n"
        );
    }
}
