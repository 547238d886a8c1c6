//! Small trees in which something was planted, and what the check says about it.

use crate::check::check;
use std::fs;

/// The findings in a tree of these files.
fn findings(files: &[(&str, &str)], open: &[(&str, &str)]) -> Vec<String> {
    let root = tempfile::tempdir().expect("a directory");
    for (file, text) in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    check(root.path(), open).iter().map(ToString::to_string).collect()
}

/// The one finding in a file.
fn finding(file: &str, text: &str) -> String {
    let mut findings = findings(&[(file, text)], &[]);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.remove(0)
}

fn nothing(files: &[(&str, &str)]) {
    assert_eq!(findings(files, &[]), [""; 0]);
}

#[test]
fn a_layer_names_no_upper_one_and_no_sibling() {
    for (file, text, line, rule) in [
        ("link/mod.rs", "use crate::runner::Runner;", 1, "`link` names `runner`"),
        ("tui/shell.rs", "\nuse crate::report::Style;", 2, "`tui` names `report`"),
        (
            "model/id.rs",
            "fn f() { crate::child::tied(); }",
            1,
            "`model` names `child`",
        ),
        (
            "app/state.rs",
            "use crate::{\n model::id::JobId,\n runner::Clock};",
            3,
            "`app` names `runner`",
        ),
        (
            "report/plain.rs",
            "use super::super::transport::Words;",
            1,
            "`report` names `transport`",
        ),
        ("tui/view.rs", "use crate::shim as other;", 1, "`tui` names `shim`"),
        ("demo/mod.rs", "use crate::rundir::RunDir;", 1, "`demo` names `rundir`"),
        (
            "runner/job.rs",
            "use crate::link::{Outlet, Link};",
            1,
            "`runner` names `link::Link`",
        ),
        (
            "runner/job.rs",
            "use crate::link; fn f(_: link::Link) {}",
            1,
            "`runner` names `link::Link`",
        ),
        (
            "cli/run.rs",
            "impl<T: crate::app::App> X for T {}",
            1,
            "`cli` names `app`",
        ),
        (
            "main.rs",
            "fn main() { heeler::report::run() }",
            1,
            "`main` names `report`",
        ),
    ] {
        let found = finding(file, text);
        assert!(found.starts_with(&format!("src/{file}:{line}: {rule}")), "{found}");
    }
}

#[test]
fn a_file_in_no_layer_is_told() {
    assert_eq!(
        finding("utils.rs", "pub fn f() {}"),
        "src/utils.rs:1: stands in no layer: give it a place in tests/layers/rules.rs"
    );
}

#[test]
fn a_pure_layer_knows_nothing_of_the_world() {
    for (text, rule) in [
        ("use tokio::sync::mpsc;", "names `tokio`"),
        ("use std::time::{Duration, Instant};", "names `std::time::Instant`"),
        (
            "use std::time; fn f() { time::SystemTime::now(); }",
            "names `std::time::SystemTime`",
        ),
        ("use std::time::*;", "names `std::time::Instant`"),
        ("fn f() { ::std::env::var(\"A\"); }", "names `std::env`"),
        ("use std::{collections::HashMap, fs::File};", "names `std::fs`"),
        ("use std::io;", "names `std::io`"),
        ("fn f() { println!(\"hello\"); }", "calls `println!`"),
        ("fn f() { std::eprint!(\"hello\"); }", "calls `eprint!`"),
    ] {
        for layer in ["model", "app"] {
            let found = finding(&format!("{layer}/a.rs"), text);
            assert!(
                found.starts_with(&format!("src/{layer}/a.rs:1: `{layer}` {rule}")),
                "{found}"
            );
        }
    }
}

#[test]
fn some_crates_and_unsafe_have_one_home() {
    for (file, text, rule) in [
        (
            "report/a.rs",
            "use crossterm::style;",
            "`crossterm`, which belongs to `tui`",
        ),
        ("cli/a.rs", "use ratatui::Frame;", "`ratatui`, which belongs to `tui`"),
        (
            "report/a.rs",
            "#[derive(clap::ValueEnum)] enum A {}",
            "`clap`, which belongs to `cli`",
        ),
        (
            "runner/a.rs",
            "fn f(_: openssh::Session) {}",
            "`openssh`, which belongs to `transport`",
        ),
        (
            "transport/a.rs",
            "use russh::client;",
            "`russh`, which belongs to `demo`",
        ),
        ("cli/a.rs", "use toml::Value;", "`toml`, which belongs to `config`"),
        (
            "tui/a.rs",
            "fn f() { unsafe { g() } }",
            "`unsafe` belongs to src/child.rs",
        ),
    ] {
        let found = finding(file, text);
        assert!(found.contains(rule), "{found}");
    }
    nothing(&[
        ("child.rs", "fn f() { unsafe { g() } }"),
        ("transport/openssh/mod.rs", "fn f(_: openssh::Session) {}"),
        ("cli/run.rs", "use crate::transport::openssh::OpenSsh;"),
    ]);
}

#[test]
fn comments_strings_and_tests_are_free() {
    nothing(&[
        (
            "model/a.rs",
            "//! crate::tui::run\n/// [`crate::runner::Runner`]\nfn f() -> &'static str { \"crate::app::App std::fs\" }\n\
             #[cfg(test)]\nmod tests { use std::fs; use crate::tui::draw; fn g() { println!(\"{}\", 1); } }\n\
             #[cfg(test)]\nuse crate::rundir::RunDir;\n#[cfg(all(test, unix))]\n#[expect(dead_code)]\nfn h() { std::env::vars(); }",
        ),
        ("model/b.rs", "#[cfg(test)]\nmod tests;"),
        ("model/b/tests.rs", "use crate::rundir::RunDir; mod deeper;"),
        ("model/b/tests/deeper.rs", "use crate::rundir::RunDir;"),
        ("app/mod.rs", "#[cfg(test)]\npub(crate) mod fixture;"),
        ("app/fixture.rs", "use std::fs;"),
    ]);
    let after = "#[cfg(test)]\nmod tests { }\nuse std::fs;";
    assert!(finding("model/a.rs", after).starts_with("src/model/a.rs:3: "));
    let not = "#[cfg(not(test))]\nuse std::fs;";
    assert!(finding("model/a.rs", not).starts_with("src/model/a.rs:2: "));
}

#[test]
fn files_that_name_each_other_are_a_circle() {
    let one = ("nodeset/a.rs", "use super::b::B;\npub struct A;");
    let two = ("nodeset/b.rs", "pub struct B;\nfn f() { crate::nodeset::a::A; }");
    let root = ("nodeset/mod.rs", "mod a; mod b;");
    assert_eq!(
        findings(&[one, two, root], &[]),
        [
            "src/nodeset/a.rs:1: names `super::b::B`, which stands in a circle: src/nodeset/b.rs:2 names \
          `crate::nodeset::a::A`"
        ]
    );
    assert_eq!(
        findings(&[one, two, root], &[("nodeset/b.rs", "nodeset/a.rs")]),
        [""; 0]
    );
    assert_eq!(
        findings(&[one, root], &[("nodeset/b.rs", "nodeset/a.rs")]),
        ["src/nodeset/b.rs:1: closes no circle by naming src/nodeset/a.rs: take it from the list of open circles"]
    );
}

#[test]
fn a_circle_may_be_long_and_go_by_signposts() {
    let found = findings(
        &[
            ("nodeset/mod.rs", "mod a; mod b; mod c; pub use c::C;"),
            ("nodeset/a.rs", "use super::b;\nfn f() { b::g() }"),
            ("nodeset/b.rs", "use super::C;"),
            ("nodeset/c.rs", "use super::a;\npub struct C;"),
        ],
        &[],
    );
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("src/nodeset/b.rs:1 names `super::C`"), "{found:#?}");
}

#[test]
fn parent_and_child_are_a_circle_when_each_uses_what_stands_in_the_other() {
    let child = ("nodeset/child.rs", "use super::Item;\npub struct Child;");
    let circle = findings(
        &[
            ("nodeset/mod.rs", "mod child;\nuse child::Child;\npub struct Item;"),
            child,
        ],
        &[],
    );
    assert_eq!(circle.len(), 1, "{circle:#?}");
    let called = findings(
        &[
            (
                "nodeset/mod.rs",
                "mod child;\nfn f() { child::Child; }\npub struct Item;",
            ),
            child,
        ],
        &[],
    );
    assert_eq!(called.len(), 1, "{called:#?}");
    let shown_and_used = "mod child;\npub use child::Child;\npub struct Item(Child);";
    assert_eq!(findings(&[("nodeset/mod.rs", shown_and_used), child], &[]).len(), 1);
    nothing(&[
        ("nodeset/mod.rs", "mod child;\npub use child::Child;\npub struct Item;"),
        child,
    ]);
    nothing(&[
        ("nodeset/mod.rs", "mod child;\nuse child::Child;"),
        (
            "nodeset/child.rs",
            "pub(super) struct Child;\npub(in crate::nodeset) fn f(_: &Child) {}",
        ),
    ]);
    nothing(&[
        (
            "nodeset/mod.rs",
            "mod child; mod item;\nuse child::Child;\nuse item::Item;",
        ),
        ("nodeset/item.rs", "pub struct Item;"),
        child,
    ]);
}
