use super::*;
use crate::app::fixture::{every_state, fleet};
use crate::model::board::Board;
use crate::model::fixture::numbers;
use crate::model::stamp::Stamp;

fn hosts<'a>(board: &'a Board, text: &str) -> Vec<&'a str> {
    let filter = Filter::parse(text).expect(text);
    let pack = Pack::of(board, Stamp::from_secs(100));
    let rows = board.rows().iter().filter(|row| filter.lets_through(row, &pack));
    rows.map(|row| row.host.as_str()).collect()
}

#[test]
fn words_narrow_the_rows_down() {
    let board = fleet();
    let shown = |text: &str| hosts(&board, text);
    assert_eq!(shown("").len(), board.rows().len());
    assert_eq!(shown("host:web*3"), ["web03"]);
    assert_eq!(shown("WEB03"), ["web03"]);
    assert_eq!(shown("state:slow"), ["web17"]);
    assert_eq!(shown("state:run"), ["web17", "web21"]);
    assert_eq!(shown("state:run !state:slow"), ["web21"]);
    assert_eq!(shown("state:fail out:lock"), ["web03"]);
    assert_eq!(shown("refused"), ["db4"]);
    assert_eq!(shown("state: host: !").len(), board.rows().len());
    assert_eq!(shown("nothing-like-it"), [""; 0]);
}

#[test]
fn keys_say_what_is_meant() {
    let board = every_state();
    for (text, expected) in [
        ("host:web[01-05]", vec!["web03", "web01", "web05"]),
        ("host:web[01-05],db*", vec!["web03", "web01", "db4", "db1", "web05"]),
        ("host:/^db\\d$/", vec!["db4", "db1"]),
        ("out:/could not.*LOCK/", vec!["web03"]),
        ("/get lock|triggers/", vec!["web03", "web05"]),
        ("lock|triggers state:failed|stopping", vec!["web03", "web05"]),
        ("exit:100", vec!["web03"]),
        ("exit:1-136", vec!["web03"]),
        ("exit:>=100", vec!["web03", "web10"]),
        ("cause:ref", vec!["db4"]),
        ("fate:gone", vec!["web07"]),
        ("fate:surv,gone", vec!["web07", "web08"]),
        ("lag:slow,stopping", vec!["web17", "web05", "web06"]),
        ("lag:any state:slow", vec!["web17"]),
        ("try:>1", vec![]),
        ("elapsed:>95s", vec!["web17"]),
        ("elapsed:<=1s", vec!["db4", "web11"]),
        ("!elapsed:>0s", vec!["db1", "web11", "web14"]),
        ("web*3", vec!["web03", "web13"]),
        ("HOST:web*3", vec![]),
        ("out:get.LOCK", vec![]),
        ("out:LOCK", vec!["web03", "web07"]),
        ("web/3", vec![]),
        ("12:30", vec![]),
    ] {
        assert_eq!(hosts(&board, text), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_meant_is_said() {
    for (text, reason) in [
        ("stat:run", "stat: is no key; did you mean state:?"),
        ("state:runing", "state:runing is not known; did you mean running?"),
        (
            "fate:what",
            "fate:what is not known; one of gone gone-group survived kept unknown",
        ),
        ("exit:one", "exit: takes a number, as in exit:3 exit:>1 exit:1-5"),
        ("elapsed:5m", "elapsed: takes a time, as in elapsed:>5m elapsed:<90s"),
        ("elapsed:>5", "elapsed: takes a time, as in elapsed:>5m elapsed:<90s"),
        ("web out:/a b", "an expression ends with /"),
        ("out:/(/", "no expression: unclosed group"),
        (
            r"out:/(\w{50}){50}/",
            "this expression is too large; shorten it, or its repetitions",
        ),
        ("/", "an expression ends with /"),
        (r"!host:/a\/", "an expression ends with /"),
        (
            "host:web[1-3]*",
            "no node set: brackets stand for whole names, * and ? for any text: one or the other",
        ),
    ] {
        assert_eq!(Filter::parse(text).expect_err(text).to_string(), reason);
    }
    let nodes = Filter::parse("host:web[1-").expect_err("half a node set").to_string();
    assert!(nodes.starts_with("no node set: ") && !nodes.contains('\n'), "{nodes}");
}

#[test]
fn a_word_is_completed_in_every_way_that_goes_on() {
    let board = fleet();
    for (text, expected) in [
        ("st", vec!["state:"]),
        ("web !e", vec!["!exit:", "!elapsed:"]),
        ("state:co", vec!["state:connecting"]),
        ("state:ok|t", vec!["state:ok|timed-out", "state:ok|timeout"]),
        ("host:web2", vec!["host:web21"]),
        ("db", vec!["db4", "db1"]),
        ("nothing", vec![]),
    ] {
        let (_, found) = completions(text, &board);
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn no_text_breaks_the_reader_or_the_completion() {
    const PIECES: [&str; 44] = [
        "state:",
        "host:",
        "out:",
        "exit:",
        "cause:",
        "fate:",
        "lag:",
        "try:",
        "elapsed:",
        "stat:",
        ":",
        "!",
        "/",
        "\\",
        "|",
        ",",
        "[",
        "]",
        "(",
        ")",
        "*",
        "?",
        "+",
        "{",
        "}",
        "{9999}",
        "-",
        ">",
        ">=",
        "<",
        "<=",
        "^",
        "@",
        " ",
        "  ",
        "\t",
        "web",
        "run",
        "1",
        "99999999999999999999",
        "5m",
        "日",
        "\u{301}",
        "\0",
    ];
    let board = every_state();
    let pack = Pack::of(&board, Stamp::from_secs(100));
    let mut number = numbers(0x5eed);
    for _ in 0..4000 {
        let text: String = (0..number(9)).map(|_| PIECES[number(PIECES.len())]).collect();
        match Filter::parse(&text) {
            Ok(filter) => {
                let rows = board.rows().iter().filter(|row| filter.lets_through(row, &pack));
                let shown = rows.count();
                assert!(!filter.is_empty() || shown == board.rows().len(), "{text:?}");
                assert_eq!(filter.text(), text.trim(), "{text:?}");
            }
            Err(error) => assert!(!error.to_string().contains('\n'), "{text:?}: {error:?}"),
        }
        let (length, ways) = completions(&text, &board);
        assert!(text.is_char_boundary(text.len() - length), "{text:?}");
        assert!(ways.iter().all(|way| way.len() >= length), "{text:?}: {ways:?}");
    }
}

/// The fleet, with what two fields found: a number on four hosts, a text on two of them.
fn with_fields() -> Board {
    use crate::model::field::{Field, Value};
    use crate::model::id::{AttemptNo, JobId};
    let mut board = fleet();
    let fields = ["use=(\\d+%)", "kernel=(\\S+) ok"].map(|text| Field::parse(text).expect(text));
    board.set_fields(&fields);
    for (job, values) in [
        (0, [Some("97%"), Some("6.1.0-9")]),
        (1, [Some("7%"), None]),
        (2, [Some("90%"), Some("6.1.0-31")]),
        (3, [Some("0%"), None]),
    ] {
        let values = values.map(|text| text.map(Value::read)).to_vec();
        board.measure(JobId(job), AttemptNo::FIRST, values);
    }
    board.settle_columns();
    board
}

#[test]
fn values_are_compared_as_what_they_are() {
    let board = with_fields();
    let pack = Pack::of(&board, Stamp::from_secs(100));
    for (text, expected) in [
        ("use>90", vec!["web17"]),
        ("use:>90", vec!["web17"]),
        ("use>=90%", vec!["web17", "web21"]),
        ("use<8", vec!["web03", "web01"]),
        ("use<=7 use!=0", vec!["web03"]),
        ("use=7|90", vec!["web03", "web21"]),
        ("!use>8", vec!["web03", "web01", "db4", "db1"]),
        ("use:7", vec!["web17", "web03"]),
        ("kernel>6.1.0-10", vec!["web21"]),
        ("kernel=6.1.0-9", vec!["web17"]),
        ("kernel:/^6\\.1/", vec!["web17", "web21"]),
        (
            "use> kernel= kernel:",
            vec!["web17", "web03", "web21", "web01", "db4", "db1"],
        ),
        ("PATH=/usr", vec![]),
    ] {
        let filter = Filter::read(text, Known::of(&board)).expect(text);
        let rows = board.rows().iter().filter(|row| filter.lets_through(row, &pack));
        let hosts: Vec<&str> = rows.map(|row| row.host.as_str()).collect();
        assert_eq!(hosts, expected, "{text}");
    }
    for (text, problem) in [
        ("use>full", "the values of use are numbers: use>90 use<4G use=0"),
        ("use>5G", "the values of use are numbers: use>90 use<4G use=0"),
        ("load>5", "no field load; :field load=REGEX reads one out of the output"),
    ] {
        assert_eq!(
            Filter::read(text, Known::of(&board)).expect_err(text).to_string(),
            problem
        );
    }
    for (text, expected) in [
        ("us", vec!["use>"]),
        ("!ke", vec!["!kernel="]),
        ("kernel=6", vec!["kernel=6.1.0-9", "kernel=6.1.0-31"]),
        ("e", vec!["exit:", "elapsed:"]),
    ] {
        assert_eq!(completions(text, &board).1, expected, "{text}");
    }
}

#[test]
fn no_field_is_called_like_a_key() {
    for (_, name, _) in FilterKey::ALL {
        assert!(crate::model::field::RESERVED.contains(&name), "{name}");
    }
}
