//! Tests of the splitter: every way of splitting, and streams that try to deceive it.

use super::*;

fn nonce() -> Nonce {
    Nonce::new([0xab; 16])
}

fn mark() -> Vec<u8> {
    format!("\x1e{} ", "ab".repeat(16)).into_bytes()
}

fn record(body: &str) -> Vec<u8> {
    [&mark()[..], body.as_bytes(), b"\n"].concat()
}

/// Splits the stream in chunks of `size`; neighbouring texts are joined.
fn split(stream: &[u8], size: usize) -> Vec<Item> {
    let mut splitter = RecordSplitter::new(&nonce());
    let mut items = Vec::new();
    for chunk in stream.chunks(size) {
        splitter.push(chunk, &mut items);
    }
    splitter.finish(&mut items);
    let mut joined: Vec<Item> = Vec::new();
    for item in items {
        match (joined.last_mut(), item) {
            (Some(Item::Text(before)), Item::Text(more)) => before.extend(more),
            (_, item) => joined.push(item),
        }
    }
    joined
}

fn text(bytes: &[u8]) -> Item {
    Item::Text(bytes.to_vec())
}

fn parsed(body: &[u8]) -> Record {
    Record::parse(body)
}

#[test]
fn records_are_cut_out_wherever_the_bytes_are_split() {
    let stream = [
        b"first line\nno newline".to_vec(),
        record("job 4711 setsid"),
        b"\xff\x00\x1e".to_vec(),
        record("exit 3"),
        record("left 0"),
        b"\x1eabab tail \x1e".to_vec(),
    ]
    .concat();
    let expected = [
        text(b"first line\nno newline"),
        Item::Record(Record::Job {
            pid: 4711,
            session: Session::Setsid,
        }),
        text(b"\xff\x00\x1e"),
        Item::Record(Record::Exit { status: 3 }),
        Item::Record(Record::Left(0)),
        text(b"\x1eabab tail \x1e"),
    ];
    for size in 1..=stream.len() {
        assert_eq!(split(&stream, size), expected, "chunks of {size}");
    }
}

#[test]
fn what_does_not_carry_the_nonce_is_output() {
    let mut stream: Vec<u8> = (0..=255).collect();
    stream.extend(format!("\x1e{} exit 0\n", "cd".repeat(16)).bytes());
    stream.extend(format!("\x1e{}\n", "ab".repeat(16)).bytes());
    stream.extend(&mark()[..20]);
    stream.extend(&mark()[..20]);
    for size in [1, 2, 7, 4096] {
        assert_eq!(split(&stream, size), [text(&stream)]);
    }
}

#[test]
fn a_record_may_begin_inside_the_ruins_of_another() {
    let stream = [&mark()[..10], &record("exit 7")[..]].concat();
    assert_eq!(
        split(&stream, 3),
        [text(&mark()[..10]), Item::Record(Record::Exit { status: 7 })]
    );
}

#[test]
fn text_is_not_held_back_once_it_cannot_become_a_record() {
    let mut splitter = RecordSplitter::new(&nonce());
    let mut items = Vec::new();
    splitter.push(b"prompt> ", &mut items);
    assert_eq!(items, [text(b"prompt> ")]);
    splitter.push(b"\x1eab", &mut items);
    assert_eq!(items.len(), 1);
    splitter.push(b"x", &mut items);
    assert_eq!(items[1..], [text(b"\x1eabx")]);
}

#[test]
fn a_record_without_end_is_given_up_and_what_follows_is_output() {
    let mut splitter = RecordSplitter::new(&nonce());
    let mut items = Vec::new();
    splitter.push(&mark(), &mut items);
    splitter.push(&[b'z'; LONGEST + 5], &mut items);
    splitter.finish(&mut items);
    assert_eq!(
        items,
        [Item::Record(Record::Unknown("z".repeat(LONGEST))), text(b"zzzzz")]
    );
}

#[test]
fn all_records() {
    assert_eq!(
        parsed(b"job 12 alone"),
        Record::Job {
            pid: 12,
            session: Session::Alone
        }
    );
    assert_eq!(parsed(b"exit 265"), Record::Exit { status: 265 });
    assert_eq!(
        parsed(b"pid 5 escaped D 1000 ssh-agent"),
        Record::Process(Process {
            pid: 5,
            kin: Kin::Escaped,
            state: 'D',
            uid: 1000,
            name: "ssh-agent".into()
        })
    );
    assert_eq!(parsed(b"left 2"), Record::Left(2));
    assert_eq!(parsed(b"gone all"), Record::Gone(Reach::All));
    assert_eq!(parsed(b"gone group"), Record::Gone(Reach::Group));
}

#[test]
fn hostile_names_stay_one_harmless_word() {
    let Record::Process(process) = parsed(b"pid 5 session S 0 \x1b[31m evil\xe2\x80\xae\x07 name") else {
        panic!("not a process");
    };
    assert_eq!(process.name, "_[31m_evil_____name");
}

#[test]
fn what_is_marked_but_not_understood_is_reported_and_never_output() {
    for body in [
        "",
        "exit",
        "exit minus",
        "exit -1",
        "exit 1 2",
        "job 0x5 setsid",
        "job 5 magic",
        "pid 5 session",
        "left 99999999999",
        "gone",
        "gone away",
        "later 1",
    ] {
        assert_eq!(
            split(&record(body), 4),
            [Item::Record(Record::Unknown(body.to_owned()))]
        );
    }
}
