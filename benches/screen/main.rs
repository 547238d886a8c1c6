//! What the dashboard takes with 10,000 rows on a screen of 200 columns and 50 rows: a frame of every view, events and
//! output as they come in, filters and orders. The bounds are those of the README: a frame 8 ms, a filter or an order
//! 16 ms. `cargo bench --bench screen`, and a part of a name behind it for some of them only.

mod desk;
mod fleet;

use criterion::{BenchmarkId, Criterion, Throughput};
use desk::Desk;
use fleet::JOBS;
use heeler::app::{Filter, Key, Msg, Pack, Sort};
use heeler::model::id::JobId;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many events come between two frames, at 2,000 a second.
const BETWEEN_FRAMES: u32 = 66;

fn chars(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

/// The keys that lead to each view.
fn views() -> Vec<(&'static str, Vec<Key>)> {
    vec![
        ("table", vec![]),
        ("table, all marked", chars("j*")),
        ("groups", chars("2")),
        ("failures", chars("3")),
        ("timeline", chars("4")),
        ("output", vec![Key::Enter]),
        ("details", chars("i")),
        ("help", chars("?")),
    ]
}

/// A frame in which nothing has its old place: a second has passed, and what depends on time is put in order anew.
fn frames(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame");
    for (name, keys) in views() {
        let mut desk = Desk::after(&keys);
        group.bench_function(name, |b| {
            b.iter(|| {
                desk.now = desk.now + Duration::from_secs(1);
                desk.tell(Msg::Tick);
                desk.frame();
            });
        });
    }
    group.finish();
}

/// The events between two frames while 2,000 come in a second, and the frame.
fn bursts(c: &mut Criterion) {
    let mut group = c.benchmark_group("66 events and a frame");
    for (name, keys) in views() {
        let mut desk = Desk::after(&keys);
        group.bench_function(name, |b| {
            b.iter(|| {
                desk.now = desk.now + Duration::from_millis(33);
                for _ in 0..BETWEEN_FRAMES {
                    desk.step();
                }
                desk.frame();
            });
        });
    }
    group.finish();
}

fn events(c: &mut Criterion) {
    let mut group = c.benchmark_group("one event");
    for (name, keys) in views() {
        let mut desk = Desk::after(&keys);
        group.bench_function(name, |b| b.iter(|| desk.step()));
    }
    group.finish();
}

/// A piece of output as large as they come, of what hosts print.
fn outputs(c: &mut Criterion) {
    const PIECE: usize = 16 * 1024;
    let mut group = c.benchmark_group("16 KiB of output");
    group.throughput(Throughput::Bytes(PIECE as u64));
    let kinds = [
        ("yes", "y\n".to_owned()),
        (
            "a log",
            "2026-01-02T03:04:05 host daemon[123]: 日本語 something happened again\n".to_owned(),
        ),
        ("colours", fleet::text(JobId(3))),
        ("progress", "\r\x1b[KUnpacking libc6 [####......] 40%".to_owned()),
    ];
    for (name, text) in kinds {
        let bytes: Vec<u8> = text.bytes().cycle().take(PIECE).collect();
        let mut desk = Desk::after(&[]);
        let mut offset = 1 << 20;
        group.bench_function(name, |b| {
            b.iter(|| {
                let output = fleet::output(JobId(0), desk.now, offset, bytes.clone());
                offset += PIECE as u64;
                desk.hear(output);
            });
        });
    }
    group.finish();
}

/// Every kind of term.
const FILTERS: [&str; 14] = [
    "lock",
    "!lock",
    "/e(rror|xit) 1+$/",
    "host:web*1.example.*",
    "host:web[00000-09999].example.org",
    "host:/^(web|db)\\d+[02468]\\./",
    "out:device",
    "out:/日本語 is (full|empty)$/",
    "state:run|failed",
    "exit:>1",
    "cause:auth fate:unknown try:>1",
    "lag:any",
    "elapsed:>5m",
    "!host:db* lock|space out:/\\d+/ !state:queued elapsed:>1s",
];

/// From the text of a filter to the rows in their order.
fn filters(c: &mut Criterion) {
    let mut group = c.benchmark_group("filter");
    let mut desk = Desk::after(&[]);
    for text in FILTERS {
        group.bench_function(BenchmarkId::from_parameter(text.replace('/', "~")), |b| {
            b.iter_custom(|rounds| {
                let mut taken = Duration::ZERO;
                for _ in 0..rounds {
                    desk.tell(Msg::Key(Key::Char('/')));
                    let begun = Instant::now();
                    desk.tell(Msg::Paste(text.to_owned()));
                    taken += begun.elapsed();
                    assert_eq!(desk.app.table().filter().text(), text);
                    desk.tell(Msg::Key(Key::Esc));
                }
                taken
            });
        });
    }
    // Whether one row is shown, without any order.
    let filter = Filter::parse(FILTERS[FILTERS.len() - 1]).expect("a filter");
    group.throughput(Throughput::Elements(u64::from(JOBS)));
    group.bench_function("rows only", |b| {
        b.iter(|| {
            let board = desk.app.board();
            let pack = Pack::of(board, desk.now);
            let shown = board.rows().iter().filter(|row| filter.lets_through(row, &pack));
            black_box(shown.count())
        });
    });
    group.finish();
}

/// From the key to the rows in their order.
fn orders(c: &mut Criterion) {
    let mut group = c.benchmark_group("order");
    let mut desk = Desk::after(&[]);
    for sort in [Sort::Attention, Sort::Plan, Sort::State, Sort::Elapsed] {
        group.bench_function(sort.word(), |b| {
            b.iter_custom(|rounds| {
                let mut taken = Duration::ZERO;
                for _ in 0..rounds {
                    let mut last = Duration::ZERO;
                    // Round to this order, of which only the last step counts.
                    for step in 0.. {
                        if step > 0 && desk.app.table().sort().0 == sort {
                            break;
                        }
                        let begun = Instant::now();
                        desk.tell(Msg::Key(Key::Char('s')));
                        last = begun.elapsed();
                    }
                    taken += last;
                }
                taken
            });
        });
    }
    group.bench_function("reversed", |b| b.iter(|| desk.tell(Msg::Key(Key::Char('S')))));
    group.finish();
}

/// The keys that touch every row.
fn marks(c: &mut Criterion) {
    let mut group = c.benchmark_group("mark");
    for (name, view, keys) in [
        ("all, and none", "", "*U"),
        ("the other ones", "", "*"),
        ("all groups one by one", "2", "g          g          "),
    ] {
        let mut desk = Desk::after(&chars(view));
        group.bench_function(name, |b| {
            b.iter(|| {
                for key in keys.chars() {
                    desk.tell(Msg::Key(Key::Char(key)));
                }
            });
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for part in [frames, bursts, events, outputs, filters, orders, marks] {
        part(&mut criterion);
    }
    criterion.final_summary();
}
