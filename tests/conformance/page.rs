//! The table as a page for people.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::table::{Row, TABLE};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/conformance.md");
const BEGIN: &str = "<!-- written by tests/conformance: begin -->\n";
const END: &str = "<!-- written by tests/conformance: end -->\n";

/// `UPDATE_DOCS=1` writes the page anew.
#[test]
fn the_page_is_the_table() {
    let page = fs::read_to_string(PAGE).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where the table ends");
    let expected = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, &expected).expect("the page");
    }
    let page = fs::read_to_string(PAGE).expect("the page");
    assert!(
        page == expected,
        "docs/conformance.md is not the table: UPDATE_DOCS=1 writes it anew"
    );
}

fn tables() -> String {
    let mut text = String::new();
    for section in TABLE {
        let _ = write!(
            text,
            "\n## {}\n\n| what happens | the row says | in JSON | fate | what to do |\n|---|---|---|---|---|\n",
            section.title
        );
        for row in section.rows {
            let _ = writeln!(text, "{}", line(row));
        }
    }
    text.push('\n');
    text
}

fn line(row: &Row) -> String {
    let end: Value = serde_json::from_str(row.end).expect("JSON in the table");
    let words: Vec<String> = ["outcome", "code", "signal", "limit", "cause", "leaked"]
        .into_iter()
        .filter_map(|name| match &end[name] {
            Value::Null => None,
            Value::String(word) if name == "outcome" => Some(format!("`{word}`")),
            Value::String(word) => Some(format!("{name} `{word}`")),
            other => Some(format!("{name} `{other}`")),
        })
        .collect();
    let fate = end["fate"].as_str().map_or(String::new(), |fate| format!("`{fate}`"));
    let leaked = if end["leaked"] == true { ", leaked" } else { "" };
    format!(
        "| {} | {}{leaked} | {} | {fate} | {} |",
        row.happens,
        row.says,
        words.join(", "),
        row.advice
    )
}
