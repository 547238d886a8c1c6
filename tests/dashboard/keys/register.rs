//! Who presses what, told by the sources of the tests: nothing in the help is without a test.

use std::fs;
use std::path::{Path, PathBuf};

use heeler::app::Action;

/// Where those tests are.
const TESTS: [&str; 2] = ["dashboard", "sudo"];

/// A key of the table is exercised where a test says `does(Action::Cancel, …)`, which presses the first key of that
/// action and fails when it shows nothing new, or `does_by(Action::Down, Key::Down, …)` for a further one.
#[test]
fn every_key_of_every_action_is_pressed_by_a_test() {
    let tests = tests();
    let mut missing = Vec::new();
    for action in Action::all() {
        for (number, key) in action.keys().iter().enumerate() {
            let call = if number == 0 {
                format!("does(Action::{action:?},")
            } else {
                format!("does_by(Action::{action:?},Key::{key:?},")
            };
            let call = without_blanks(&call);
            if !tests.iter().any(|test| test.contains(&call)) {
                missing.push(call);
            }
        }
    }
    assert!(missing.is_empty(), "no test presses these: {missing:#?}");
}

/// The tests in those directories as far as they are compiled and run, without blanks and comments: from `#[test]` to
/// the next one, functions that they share included.
fn tests() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let files = TESTS.iter().flat_map(|directory| files(&root.join(directory)));
    files
        .filter(|file| !file.ends_with("keys/register.rs"))
        .flat_map(tests_of)
        .collect()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            assert!(is_compiled(&path), "{} is a module of nobody", path.display());
            found.push(path);
        }
    }
    found
}

/// Whether the file is a root, or its parent module names it.
fn is_compiled(path: &Path) -> bool {
    let (directory, module) = match path.file_name().and_then(|name| name.to_str()) {
        Some("main.rs") => return true,
        Some("mod.rs") => (
            path.ancestors().nth(2),
            path.ancestors().nth(1).and_then(Path::file_name),
        ),
        _ => (path.parent(), path.file_stem()),
    };
    let (Some(directory), Some(module)) = (directory, module) else {
        return false;
    };
    let line = format!("mod {};", module.to_string_lossy());
    let parents = ["main.rs", "mod.rs"].map(|root| fs::read_to_string(directory.join(root)));
    let mut parents = parents.iter().flatten();
    parents.any(|parent| parent.lines().any(|text| text == line))
}

fn tests_of(file: PathBuf) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    let parts = code.split("#[test]\n").skip(1);
    parts
        .filter(|part| !part.starts_with("#[ignore"))
        .map(without_blanks)
        .collect()
}

/// Without blanks, and without the terminal that a test hands over where it has no desk.
fn without_blanks(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.replace("does(&terminal,", "does(")
}
