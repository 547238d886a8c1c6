//! The desk where whole outputs are searched for the dashboard: part by part, off the loop's thread. A newer search
//! replaces the one under way.

use super::loader::Loader;
use super::work::finished;
use crate::app::{Find, Found, Load, Search};
use crate::model::event::Stream;
use crate::model::plan::Plan;
use crate::model::text::LineReader;
use crate::rundir::RunDir;
use std::sync::Arc;
use tokio::task::{JoinHandle, spawn_blocking};

/// How much is searched before it is told: so long a newer search waits.
const PART: u64 = 4 << 20;
/// The most hits of one search: who has more looks for something else.
const MOST_HITS: usize = 1_000_000;

/// Searches what was wished for.
#[derive(Debug)]
pub(super) struct Finding {
    dir: RunDir,
    plan: Arc<Plan>,
    at_work: Option<JoinHandle<(Box<Finder>, Found)>>,
    idle: Option<Box<Finder>>,
    /// Wished for while another part is being searched.
    next: Option<Find>,
}

impl Finding {
    /// A desk for the outputs of a run.
    pub(super) fn new(dir: RunDir, plan: Arc<Plan>) -> Self {
        Self {
            dir,
            plan,
            at_work: None,
            idle: None,
            next: None,
        }
    }

    /// Takes in a wish.
    pub(super) fn ask(&mut self, find: Find) {
        if self.at_work.is_some() {
            self.next = Some(find);
            return;
        }
        let finder = match find {
            Find::Begin { .. } => Finder::open(find, &self.dir, &self.plan).map(Box::new),
            Find::More { ticket } => self.idle.take().filter(|finder| finder.ticket == ticket),
            Find::Stop => None,
        };
        self.idle = None;
        self.at_work = finder.map(begin);
    }

    /// What was found next. Cancel safe; waits for ever while nothing is searched for.
    pub(super) async fn next(&mut self) -> Found {
        loop {
            let done = finished(&mut self.at_work).await;
            let Some((finder, found)) = done else { continue };
            let goes_on = matches!(self.next, Some(Find::More { ticket }) if ticket == finder.ticket);
            match self.next.take() {
                Some(next) if !goes_on => {
                    self.ask(next);
                    continue;
                }
                _ if found.more || goes_on => self.at_work = Some(begin(finder)),
                _ => self.idle = Some(finder),
            }
            return found;
        }
    }
}

fn begin(mut finder: Box<Finder>) -> JoinHandle<(Box<Finder>, Found)> {
    spawn_blocking(move || {
        let found = finder.step();
        (finder, found)
    })
}

/// One search, and how far it has come.
#[derive(Debug)]
struct Finder {
    ticket: u64,
    search: Search,
    loader: Loader,
    readers: [LineReader; 2],
    /// The place of the next byte.
    place: u64,
    hits: usize,
}

impl Finder {
    fn open(find: Find, dir: &RunDir, plan: &Arc<Plan>) -> Option<Self> {
        let Find::Begin {
            job,
            attempt,
            ticket,
            search,
        } = find
        else {
            return None;
        };
        let (loader, _) = Loader::open(Load::Start { job, attempt, ticket }, dir, plan)?;
        Some(Self {
            ticket,
            search,
            loader,
            readers: [LineReader::default(), LineReader::default()],
            place: 0,
            hits: 0,
        })
    }

    /// Searches the next part.
    fn step(&mut self) -> Found {
        let from = self.place;
        let mut found = Found {
            ticket: self.ticket,
            hits: Vec::new(),
            to: from,
            more: true,
            error: None,
        };
        while found.more && self.place - from < PART {
            let loaded = self.loader.step();
            for piece in loaded.pieces {
                self.search(piece.stream, &piece.bytes, &mut found.hits);
            }
            found.more = loaded.more;
            found.error = loaded.error;
        }
        self.hits += found.hits.len();
        if self.hits > MOST_HITS {
            found.more = false;
            found.error = Some("the search ended early: more than a million lines have it".to_owned());
        }
        found.to = self.place;
        found
    }

    fn search(&mut self, stream: Stream, bytes: &[u8], hits: &mut Vec<(u64, Stream)>) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.place += part.len() as u64;
            let (place, search) = (self.place - 1, &self.search);
            self.readers[stream as usize].feed(part, &mut |line| {
                if search.hits(line.text()) {
                    hits.push((place, stream));
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::plan;
    use crate::model::id::{AttemptNo, JobId, RunId};
    use crate::model::stamp::Stamp;
    use crate::rundir::{Chunk, Writer};

    #[test]
    fn every_line_of_the_file_is_found_once_also_when_it_grows() {
        let home = tempfile::tempdir().expect("a directory");
        let dir = RunDir::create(home.path(), &RunId("run".into())).expect("writable");
        let plan = Arc::new(plan(&["web1"]));
        let mut writer = Writer::create(dir.clone(), &plan).expect("writable");
        let mut write = |stream, bytes: &[u8]| {
            let at = Stamp::default();
            let chunk = Chunk { at, stream, bytes };
            writer
                .output((JobId(0), AttemptNo::FIRST), "web1", chunk)
                .expect("writable");
        };
        write(Stream::Stdout, b"a needle\nhay\nnee");
        write(Stream::Stderr, b"NEEDLE\n");
        write(Stream::Stdout, b"dle in two parts");
        let find = Find::Begin {
            job: JobId(0),
            attempt: AttemptNo::FIRST,
            ticket: 7,
            search: Search::new("need.e").expect("an expression").expect("a text"),
        };
        let mut finder = Finder::open(find, &dir, &plan).expect("a search");
        let found = finder.step();
        assert_eq!(found.hits, [(8, Stream::Stdout), (22, Stream::Stderr)]);
        assert_eq!((found.ticket, found.to, found.more, found.error), (7, 39, false, None));
        write(Stream::Stdout, b"\nneedle");
        assert_eq!(finder.step().hits, [(39, Stream::Stdout)]);
    }
}
