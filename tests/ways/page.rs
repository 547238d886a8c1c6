//! The page about the ways out, which is made from the same table as the tests. `UPDATE_DOCS=1` writes it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::way::{Screen, UNSEEN, Way};
use crate::{by_signal, from_outside, in_dashboard, links};

const ABOVE: &str = "\
# Every way out

Each row is a test over a real sshd (`tests/ways`): a run of three jobs, of which one ends when told, one is deaf to TERM
and one has children, is left in that way. Then it is counted what is left: processes on the hosts, viewers, runners and ssh
processes on this side, sockets and other files. This page is made from the table of those tests
(`UPDATE_DOCS=1 cargo test --test ways`).

A status above 128 is a signal, as a shell tells it. *Left* counts processes on the hosts; on this side nothing is left in
any row. Where something may be left, the row says *survived* or *remote unknown*, never *confirmed gone*.

| way out | what the rows say | exit status | left | terminal |
|---|---|---|---|---|
";

#[test]
fn the_page_is_the_table() {
    let all = [from_outside::WAYS, in_dashboard::WAYS, by_signal::WAYS, links::WAYS];
    let mut page = ABOVE.to_owned();
    for way in all.into_iter().flatten() {
        writeln!(page, "{}", row(way)).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ways-out.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/ways-out.md differs: UPDATE_DOCS=1 writes it");
}

fn row(way: &Way) -> String {
    let terminal = match way.terminal {
        Screen::None => "none",
        Screen::AsBefore => "as before",
        Screen::Closed => "closed",
        Screen::NotGivenBack => "not given back",
    };
    let status = match way.status {
        UNSEEN => "not seen".to_owned(),
        status => status.to_string(),
    };
    let (what, says, left) = (way.what, way.says, way.left);
    format!("| {what} | {says} | {status} | {left} | {terminal} |")
}
