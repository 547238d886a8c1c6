//! Two runs side by side, host by host: how each ended before and now, what was read out of its output before and now,
//! or, where nothing is read, whether it printed the same.

use super::export::quoted;
use super::fields::of_row;
use super::json;
use super::rendering::harmless;
use crate::history::{Printed, Record, printed};
use crate::model::board::Row;
use crate::model::field::{Field, Value};
use crate::model::host::HostName;
use crate::model::phase::Phase;
use crate::nodeset::fold;
use crate::rundir::OutputReader;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::io::{self, Write};

/// In which of the two runs a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Both,
    Now,
    Before,
}

/// Whether a host printed the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alike {
    Same,
    Differs,
    /// Not all of it is on record.
    Unknown,
}

/// One host in both runs; `None` where it is not in a run.
#[derive(Debug)]
struct Pair {
    host: HostName,
    presence: Presence,
    /// How it ended, before and now.
    outcomes: [Option<String>; 2],
    /// What was read, before and now, in the order of the fields.
    values: Vec<[Option<Value>; 2]>,
    /// Nothing where values are compared.
    output: Option<Alike>,
}

/// Two runs, compared.
#[derive(Debug)]
pub struct Comparison {
    names: [String; 2],
    commands: [String; 2],
    fields: Vec<Field>,
    /// In the order of the run that is now, then those that were only before.
    pairs: Vec<Pair>,
}

impl Comparison {
    /// Compares a run with an earlier one.
    ///
    /// # Errors
    /// When an output cannot be read.
    pub fn of(before: &Record, now: &Record) -> io::Result<Self> {
        let fields = now.board.fields().to_vec();
        let by_host: HashMap<&HostName, &Row> = before.board.rows().iter().map(|row| (&row.host, row)).collect();
        let mut pairs = Vec::new();
        for row in now.board.rows() {
            pairs.push(pair(
                (before, by_host.get(&row.host).copied()),
                (now, Some(row)),
                &row.host,
            )?);
        }
        let known: HashMap<&HostName, ()> = now.board.rows().iter().map(|row| (&row.host, ())).collect();
        for row in before.board.rows().iter().filter(|row| !known.contains_key(&row.host)) {
            pairs.push(pair((before, Some(row)), (now, None), &row.host)?);
        }
        Ok(Self {
            names: [before, now].map(|record| record.plan.run.to_string()),
            commands: [before, now].map(|record| record.plan.command.clone()),
            fields,
            pairs,
        })
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.pairs.iter().all(Pair::is_same)
    }

    /// Writes what differs, hosts with the same difference together, and which hosts are the same.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let [before, now] = &self.names;
        writeln!(out, "run {now} compared with {before}")?;
        if self.commands[0] != self.commands[1] {
            writeln!(out, "command: {}", harmless(&self.commands[1]))?;
            writeln!(out, "before:  {}", harmless(&self.commands[0]))?;
        }
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut differences: Vec<(String, Vec<&HostName>)> = Vec::new();
        for pair in self
            .pairs
            .iter()
            .filter(|pair| pair.presence == Presence::Both && !pair.is_same())
        {
            let words = self.words(pair);
            let place = *places.entry(words.clone()).or_insert_with(|| {
                differences.push((words, Vec::new()));
                differences.len() - 1
            });
            differences[place].1.push(&pair.host);
        }
        for (words, hosts) in differences {
            writeln!(out, "{}: {}", fold(hosts), harmless(&words))?;
        }
        for (presence, words) in [
            (Presence::Now, format!("only in {now}")),
            (Presence::Before, format!("only in {before}")),
        ] {
            let own = self.pairs.iter().filter(|pair| pair.presence == presence);
            write_set(&words, own, out)?;
        }
        write_set("the same", self.pairs.iter().filter(|pair| pair.is_same()), out)
    }

    /// What differs at a host, in words.
    fn words(&self, pair: &Pair) -> String {
        let mut words = Vec::new();
        if let [Some(before), Some(now)] = &pair.outcomes
            && before != now
        {
            words.push(format!("{before} -> {now}"));
        }
        for (field, values) in self.fields.iter().zip(&pair.values) {
            if is_same(values) {
                continue;
            }
            let [before, now] = values
                .each_ref()
                .map(|value| value.as_ref().map_or("none", Value::text));
            let by = difference(values).map_or_else(String::new, |by| format!(" ({by})"));
            words.push(format!("{} {before} -> {now}{by}", field.name()));
        }
        match pair.output {
            Some(Alike::Differs) => words.push("the output differs".to_owned()),
            Some(Alike::Unknown) => words.push("the output is not whole on record".to_owned()),
            Some(Alike::Same) | None => {}
        }
        words.join("; ")
    }

    /// Writes a table with a line per host, the same ones included.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let names = self.fields.iter().map(Field::name);
        let columns = names.flat_map(|name| [format!("{name}-before"), name.to_owned(), format!("{name}-difference")]);
        let last = self.fields.is_empty().then(|| "output".to_owned());
        let head = ["host", "in", "same", "outcome-before", "outcome"].map(str::to_owned);
        let head: Vec<String> = head.into_iter().chain(columns).chain(last).collect();
        writeln!(out, "{}", head.join(","))?;
        for pair in &self.pairs {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let [before, now] = pair.outcomes.each_ref().map(text);
            let values = pair.values.iter().flat_map(|values| {
                let [before, now] = values
                    .each_ref()
                    .map(|value| value.as_ref().map_or_else(String::new, |value| value.text().to_owned()));
                [before, now, difference(values).unwrap_or_default()]
            });
            let first = [
                pair.host.to_string(),
                pair.presence.word().to_owned(),
                pair.is_same().to_string(),
                before,
                now,
            ];
            let output = self
                .fields
                .is_empty()
                .then(|| pair.output.map_or("", Alike::word).to_owned());
            let line: Vec<String> = first
                .into_iter()
                .chain(values)
                .chain(output)
                .map(|field| quoted(&field))
                .collect();
            writeln!(out, "{}", line.join(","))?;
        }
        Ok(())
    }

    /// Writes an object per host, the same ones included.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let both = |[before, now]: [Option<&str>; 2]| json!({"before": before, "now": now});
        let mut line = Vec::new();
        for pair in &self.pairs {
            let named = self.fields.iter().zip(&pair.values).map(|(field, values)| {
                let texts = both(values.each_ref().map(|value| value.as_ref().map(Value::text)));
                (field.name().to_owned(), texts)
            });
            let mut object = json!({
                "host": pair.host.as_str(),
                "in": pair.presence.word(),
                "same": pair.is_same(),
                "outcome": both(pair.outcomes.each_ref().map(Option::as_deref)),
            });
            if let Some(object) = object.as_object_mut() {
                if let Some(output) = pair.output {
                    object.insert("output".to_owned(), Json::from(output.word()));
                } else if !self.fields.is_empty() {
                    object.insert("values".to_owned(), Json::Object(named.collect::<Map<_, _>>()));
                }
            }
            line.clear();
            json::line(&object, &mut line);
            out.write_all(&line)?;
        }
        Ok(())
    }
}

fn write_set<'a>(words: &str, pairs: impl Iterator<Item = &'a Pair>, out: &mut dyn Write) -> io::Result<()> {
    let hosts: Vec<&HostName> = pairs.map(|pair| &pair.host).collect();
    if hosts.is_empty() {
        return Ok(());
    }
    writeln!(out, "{words} ({}): {}", hosts.len(), fold(hosts))
}

impl Presence {
    fn word(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Now => "now",
            Self::Before => "before",
        }
    }
}

impl Alike {
    fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::Unknown => "unknown",
        }
    }
}

impl Pair {
    fn is_same(&self) -> bool {
        self.presence == Presence::Both
            && self.outcomes[0] == self.outcomes[1]
            && self.values.iter().all(is_same)
            && matches!(self.output, None | Some(Alike::Same))
    }
}

fn pair(before: (&Record, Option<&Row>), now: (&Record, Option<&Row>), host: &HostName) -> io::Result<Pair> {
    let fields = now.0.board.fields();
    let mut values = vec![[None, None]; fields.len()];
    for (side, (record, row)) in [before, now].into_iter().enumerate() {
        let Some(row) = row else { continue };
        let read = of_row(row, &now.0.board, &record.plan, &record.dir)?;
        for (place, value) in values.iter_mut().zip(read) {
            place[side] = value;
        }
    }
    let presence = match (before.1, now.1) {
        (Some(_), Some(_)) => Presence::Both,
        (None, _) => Presence::Now,
        (Some(_), None) => Presence::Before,
    };
    let output = match (before.1, now.1) {
        (Some(old), Some(new)) if fields.is_empty() => Some(alike((before.0, old), (now.0, new))?),
        _ => None,
    };
    Ok(Pair {
        host: host.clone(),
        presence,
        outcomes: [before.1, now.1].map(|row| row.map(|row| ended(&row.phase))),
        values,
        output,
    })
}

fn ended(phase: &Phase) -> String {
    phase
        .outcome()
        .map_or_else(|| "not over".to_owned(), ToString::to_string)
}

fn alike(before: (&Record, &Row), now: (&Record, &Row)) -> io::Result<Alike> {
    let read = |(record, row): (&Record, &Row)| {
        let reader = OutputReader::new(&record.dir, record.plan.label(row.job), row.attempt);
        printed(&reader, &row.host, row.printed)
    };
    Ok(match (read(before)?, read(now)?) {
        (Printed::NotWhole, _) | (_, Printed::NotWhole) => Alike::Unknown,
        (before, now) if before == now => Alike::Same,
        _ => Alike::Differs,
    })
}

/// Whether a value is what it was: the same text, or a number that is worth the same.
fn is_same([before, now]: &[Option<Value>; 2]) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => {
            before.text() == now.text() || before.number().is_some_and(|number| now.number() == Some(number))
        }
        (None, None) => true,
        _ => false,
    }
}

/// By how much a number has changed, in its unit: `+57%`.
fn difference([before, now]: &[Option<Value>; 2]) -> Option<String> {
    let (before, now) = (before.as_ref()?.number()?, now.as_ref()?.number()?);
    let unit = now.unit.joined(before.unit)?;
    let by = now.amount - before.amount;
    let sign = if by < 0.0 { "" } else { "+" };
    Some(format!("{sign}{}", unit.show(by, by)))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Stage;
    use super::*;
    use crate::model::event::Stream;
    use crate::model::outcome::Outcome;

    fn run(hosts: &[&str], fields: &[&str], ends: &[(Outcome, &str)]) -> (Stage, Record) {
        let mut stage = Stage::new(hosts);
        stage.begin();
        for (job, (outcome, text)) in (0..).zip(ends) {
            if !text.is_empty() {
                stage.print(job, Stream::Stdout, text.as_bytes());
            }
            stage.record_end(job, outcome.clone());
        }
        let mut record = Record::open(stage.dir.clone()).expect("a record");
        let fields: Vec<Field> = fields.iter().map(|text| Field::parse(text).expect(text)).collect();
        record.board.set_fields(&fields);
        (stage, record)
    }

    fn text(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn values_are_compared_host_by_host() {
        let fields = ["use=(\\d+%)", "k=kernel (.*)"];
        let (_a, before) = run(
            &["a", "b", "c", "gone", "e"],
            &[],
            &[
                (Outcome::Ok, "40% kernel 6.1\n"),
                (Outcome::Ok, "40% kernel 6.1\n"),
                (Outcome::Ok, "7% kernel 6.1\n"),
                (Outcome::Ok, ""),
                (Outcome::Ok, "50%\n"),
            ],
        );
        let (_b, now) = run(
            &["a", "b", "c", "new", "e"],
            &fields,
            &[
                (Outcome::Ok, "noise\n40% kernel 6.1\n"),
                (Outcome::Exit { code: 3 }, "97% kernel 6.2\n"),
                (Outcome::Ok, "kernel 6.1\n"),
                (Outcome::Ok, ""),
                (Outcome::Ok, "45%\n"),
            ],
        );
        let found = Comparison::of(&before, &now).expect("readable");
        assert!(!found.is_same());
        let (then, run) = (&before.plan.run, &now.plan.run);
        assert_eq!(
            text(|out| found.write(out)),
            format!(
                "run {run} compared with {then}\n\
                 b: ok -> exit 3; use 40% -> 97% (+57%); k 6.1 -> 6.2 (+0.1)\n\
                 c: use 7% -> none\n\
                 e: use 50% -> 45% (-5%)\n\
                 only in {run} (1): new\n\
                 only in {then} (1): gone\n\
                 the same (1): a\n"
            )
        );
        assert_eq!(
            text(|out| found.csv(out)),
            "host,in,same,outcome-before,outcome,use-before,use,use-difference,k-before,k,k-difference\n\
             a,both,true,ok,ok,40%,40%,+0%,6.1,6.1,+0\n\
             b,both,false,ok,exit 3,40%,97%,+57%,6.1,6.2,+0.1\n\
             c,both,false,ok,ok,7%,,,6.1,6.1,+0\n\
             new,now,false,,ok,,,,,,\n\
             e,both,false,ok,ok,50%,45%,-5%,,,\n\
             gone,before,false,ok,,,,,,,\n"
        );
        let objects = text(|out| found.json(out));
        let second = objects.lines().nth(1).expect("an object");
        let second: Json = serde_json::from_str(second).expect("JSON");
        assert_eq!(second["values"]["use"], json!({"before": "40%", "now": "97%"}));
        assert_eq!(second["outcome"], json!({"before": "ok", "now": "exit 3"}));
    }

    #[test]
    fn without_fields_the_outputs_are_compared_but_for_the_hosts_own_name() {
        let ok = |text| (Outcome::Ok, text);
        let (_a, before) = run(&["a", "b", "c"], &[], &[ok("I am a\n"), ok("one\n"), ok("")]);
        let (_b, now) = run(&["a", "b", "c"], &[], &[ok("I am a\n"), ok("two\n"), ok("")]);
        let found = Comparison::of(&before, &now).expect("readable");
        let (then, run) = (&before.plan.run, &now.plan.run);
        assert_eq!(
            text(|out| found.write(out)),
            format!("run {run} compared with {then}\nb: the output differs\nthe same (2): a,c\n")
        );
        assert_eq!(
            text(|out| found.csv(out)),
            "host,in,same,outcome-before,outcome,output\na,both,true,ok,ok,same\nb,both,false,ok,ok,differs\n\
             c,both,true,ok,ok,same\n"
        );
        let same = Comparison::of(&now, &now).expect("readable");
        assert!(same.is_same());
    }
}
