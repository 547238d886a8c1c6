use super::super::display::Front;
use super::*;
use clap::CommandFactory;

fn help(command: &str) -> String {
    let error = Cli::try_parse_from(["heeler", command, "--help"]).expect_err("help");
    error.to_string()
}

fn display(words: &[&str]) -> Option<Front> {
    let words = ["heeler", "demo"].iter().chain(words);
    let Command::Demo(args) = Cli::try_parse_from(words).ok()?.command else {
        return None;
    };
    Some(args.display.front())
}

#[test]
fn the_options_do_not_contradict_each_other() {
    Cli::command().debug_assert();
}

#[test]
fn help_is_short_and_shows_examples() {
    for command in ["run", "demo", "runs", "show", "log", "prune", "nodes", "config"] {
        insta::assert_snapshot!(command, help(command));
    }
    insta::assert_snapshot!("heeler", Cli::command().render_help().to_string());
}

#[test]
fn one_front_end_is_chosen() {
    for (words, front) in [
        (&[][..], Some(Front::Auto)),
        (&["--plain"], Some(Front::Plain)),
        (&["--json"], Some(Front::Json)),
        (&["--front", "tui"], Some(Front::Tui)),
        (&["--front=json", "--timestamps"], Some(Front::Json)),
        (&["--plain", "--json"], None),
        (&["--front=tui", "--plain"], None),
        (&["--json", "-b"], None),
        (&["--json", "--timestamps"], None),
        (&["--plain", "-b", "--timestamps"], None),
    ] {
        assert_eq!(display(words), front, "{words:?}");
    }
}

#[test]
fn a_bare_number_of_seconds_is_explained() {
    let error = Cli::try_parse_from(["heeler", "run", "-w", "a", "-t", "5", "--", "true"]).expect_err("no unit");
    assert_eq!(error.exit_code(), 2);
    let text = error.to_string();
    assert!(
        text.contains("write 5s for seconds (other tools mean the connect timeout"),
        "{text}"
    );
    let zero = Cli::try_parse_from(["heeler", "run", "-w", "a", "-j", "0", "--", "true"]).expect_err("no width");
    assert!(zero.to_string().contains("is not a number from 1 to 100000"), "{zero}");
}

#[test]
fn help_and_the_read_me_tell_the_same_exit_statuses() {
    let help = help("run");
    let (_, told) = help.split_once("Exit status:\n").expect("a list");
    let told: Vec<(&str, &str)> = told.lines().filter_map(|line| line.trim().split_once("  ")).collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(codes, words)| (*codes, words.trim())).collect();
    let (_, table) = include_str!("../../../README.md")
        .split_once("| exit status | |\n|---|---|\n")
        .expect("a table");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let rows: Vec<(&str, &str)> = rows
        .filter_map(|row| row.trim_matches(['|', ' ']).split_once(" | "))
        .collect();
    assert_eq!(told, rows);
    assert_eq!(told.len(), 8);
}
