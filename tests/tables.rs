//! What is written for people about keys, commands and colours is what the program's own tables say. `UPDATE_DOCS=1`
//! writes `docs/keys.md` and the lists in `config/default.toml` anew.

use std::fmt::Write as _;
use std::fs;

use heeler::app::commands;
use heeler::keys::{Action, Group, Key, KeyMap, Place};
use heeler::theme::{Preset, Role, Theme};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Checks that between two marks of a file, from the `nth` pair on, stands what is expected.
#[track_caller]
fn expect_written(file: &str, (begin, end): (&str, &str), nth: usize, expected: &str) {
    let path = format!("{ROOT}/{file}");
    let read = || fs::read_to_string(&path).expect("the file");
    let page = read();
    let (at, _) = page.match_indices(begin).nth(nth).expect("where it begins");
    let (before, rest) = page.split_at(at + begin.len());
    let (_, after) = rest.split_once(end).expect("where it ends");
    let wanted = format!("{before}{expected}{end}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("the file");
    }
    assert!(
        read() == wanted,
        "{file} is not what the tables say: UPDATE_DOCS=1 writes it anew"
    );
}

#[test]
fn the_page_of_keys_is_the_table() {
    let marks = (
        "<!-- written by tests/tables.rs: begin -->\n",
        "<!-- written by tests/tables.rs: end -->\n",
    );
    expect_written("docs/keys.md", marks, 0, &page());
}

fn page() -> String {
    let mut page = String::new();
    for group in Group::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n| key | name | where | what it does |\n|---|---|---|---|\n",
            group.title()
        );
        for action in Action::all().filter(|action| action.group() == group) {
            let keys: Vec<String> = action.keys().iter().map(|key| format!("`{}`", shown(*key))).collect();
            let place = match action.place() {
                Place::Everywhere => "",
                place => place.words(),
            };
            let _ = writeln!(
                page,
                "| {} | `{action}` | {place} | {} |",
                keys.join(" "),
                action.description()
            );
        }
    }
    page.push_str("\n## Commands\n\n| written | what it does |\n|---|---|\n");
    for (usage, about) in commands() {
        let _ = writeln!(page, "| `:{}` | {about} |", usage.replace('|', "\\|"));
    }
    page.push_str("| `:NAME` | any other action, by its name |\n");
    page.push_str("\n## Roles of the theme\n\n| role | what has it | default |\n|---|---|---|\n");
    for role in Role::ALL {
        let paint = Theme::default().paint(role);
        let _ = writeln!(page, "| `{}` | {} | `{paint}` |", role.name(), role.description());
    }
    page.push('\n');
    page
}

/// A key in a table of markdown.
fn shown(key: Key) -> String {
    key.to_string().replace('|', "\\|")
}

const IN_TOML: (&str, &str) = ("# (begin: written by tests/tables.rs)\n", "# (end)\n");

#[test]
fn the_default_configuration_lists_every_action_and_every_role() {
    // One after the other: each writes the file.
    expect_every_action_with_its_keys();
    expect_every_role_with_its_paint();
}

fn expect_every_action_with_its_keys() {
    let mut lines = String::new();
    for action in Action::all() {
        let keys: Vec<String> = action
            .keys()
            .iter()
            .map(|key| format!("{:?}", key.to_string()))
            .collect();
        let line = format!("# {action} = [{}]", keys.join(", "));
        let _ = writeln!(lines, "{line:<36}  # {}", action.description());
    }
    expect_written("config/default.toml", IN_TOML, 0, &lines);
}

fn expect_every_role_with_its_paint() {
    let mut lines = String::new();
    for role in Role::ALL {
        let paint = Theme::of(Preset::Default).paint(role);
        let line = format!("# {} = {:?}", role.name(), paint.to_string());
        let _ = writeln!(lines, "{line:<36}  # {}", role.description());
    }
    expect_written("config/default.toml", IN_TOML, 1, &lines);
}

/// Each line of the README's table has keys, and the names of as many actions.
#[test]
fn the_keys_of_the_readme_do_what_it_says() {
    let readme = fs::read_to_string(format!("{ROOT}/README.md")).expect("the file");
    let (_, table) = readme
        .split_once("| key | action | what it does |\n|---|---|---|\n")
        .expect("the table");
    let lines: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(lines.len() > 15, "{} lines", lines.len());
    let words = |cell: &str| -> Vec<String> {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    };
    let map = KeyMap::default();
    for line in lines {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let (keys, names) = (words(cells[0]), words(cells[1]));
        assert!(!keys.is_empty(), "{line}");
        assert_eq!(keys.len(), names.len(), "{line}");
        for (key, name) in keys.iter().zip(&names) {
            let action: Action = name.parse().unwrap_or_else(|_| panic!("no action {name}: {line}"));
            let key: Key = key.parse().unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(map.action(key, action.place()), Some(action), "{line}");
        }
    }
}
