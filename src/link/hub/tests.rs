//! The hub over a real socket, with real viewers.

use super::*;
use crate::link::dial::{DialError, dial};
use crate::link::{self, Link, Outlet, Wishes};
use crate::model::event::{Event, Piece, Stream, What};
use crate::model::id::{AttemptNo, JobId};
use crate::model::phase::PauseReason;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// Long enough for anything that happens at once.
const SOON: Duration = Duration::from_secs(20);

struct Stage {
    outlet: Outlet,
    wishes: Wishes,
    socket: PathBuf,
    serving: JoinHandle<()>,
    _place: TempDir,
}

impl Stage {
    fn new() -> Self {
        Self::at(Path::new("socket"))
    }

    fn at(path: &Path) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let socket = place.path().join(path);
        fs::create_dir_all(socket.parent().expect("a directory")).expect("its directory");
        fs::write(&socket, "left by a runner that is gone").expect("a stale socket");
        let (outlet, wishes, ends) = link::ends();
        let hub = Hub::open(&socket, about(), ends).expect("a hub");
        Self {
            outlet,
            wishes,
            socket,
            serving: tokio::spawn(hub.serve()),
            _place: place,
        }
    }

    fn tell(&self, message: Message) {
        let parcel = Parcel { message, permit: None };
        self.outlet.send(parcel).expect("the hub lives");
    }

    async fn viewer(&self, rights: Rights) -> (Link, Welcome) {
        let hello = Hello::new("pts/3".to_owned(), rights);
        dial(&self.socket, &hello).await.expect("a hub")
    }

    async fn asked(&mut self) -> Asked {
        timeout(SOON, self.wishes.recv())
            .await
            .expect("soon")
            .expect("a request")
    }
}

fn about() -> About {
    About {
        run: RunId("run".to_owned()),
        tie: Tie::Free,
        starter: None,
        logout: Some("it ends".to_owned()),
        user: "ann".to_owned(),
        now: Box::new(|| Stamp::from_secs(7)),
    }
}

async fn next(link: &mut Link) -> Option<Message> {
    timeout(SOON, link.next()).await.expect("soon")
}

fn event(what: What) -> Message {
    let at = Stamp::from_millis(1500);
    Message::Event(Event { at, what })
}

fn output(offset: u64, bytes: usize) -> Message {
    Message::Output(Output {
        at: Stamp::from_millis(2000),
        job: JobId(0),
        attempt: AttemptNo::FIRST,
        pieces: vec![Piece {
            stream: Stream::Stdout,
            offset,
            bytes: vec![0xff; bytes],
        }],
    })
}

#[tokio::test]
async fn every_viewer_hears_everything_whenever_it_comes() {
    let stage = Stage::new();
    let (mut first, welcome) = stage.viewer(Rights::Write).await;
    assert_eq!((welcome.backlog, welcome.now), (0, Stamp::from_secs(7)));
    assert_eq!(welcome.logout.as_deref(), Some("it ends"));
    let (paused, continued) = (event(What::Paused(PauseReason::Asked)), event(What::Continued));
    stage.tell(paused.clone());
    stage.tell(output(0, 5));
    assert_eq!(next(&mut first).await, Some(paused.clone()));
    assert_eq!(next(&mut first).await, Some(output(0, 5)));
    let (mut second, welcome) = stage.viewer(Rights::Read).await;
    assert_eq!(welcome.backlog, 1, "output is on disk");
    stage.tell(continued.clone());
    assert_eq!(next(&mut second).await, Some(paused));
    for viewer in [&mut first, &mut second] {
        assert_eq!(next(viewer).await, Some(continued.clone()));
    }
    drop(stage.outlet);
    for viewer in [&mut first, &mut second] {
        assert_eq!(next(viewer).await, None);
    }
    timeout(SOON, stage.serving)
        .await
        .expect("soon")
        .expect("it is through");
    assert!(!stage.socket.exists());
    let hello = Hello::new(String::new(), Rights::Read);
    assert!(matches!(dial(&stage.socket, &hello).await, Err(DialError::Dead(_))));
}

#[tokio::test]
async fn requests_carry_a_name() {
    let mut stage = Stage::new();
    let (writer, _) = stage.viewer(Rights::Write).await;
    writer.request(Request::Drain);
    let asked = stage.asked().await;
    assert_eq!(asked.request, Request::Drain);
    assert_eq!(asked.who, format!("ann (pts/3, pid {})", std::process::id()));
}

#[tokio::test]
async fn a_password_comes_beside_its_request_and_only_from_who_may_write() {
    let mut stage = Stage::new();
    let (reader, _) = stage.viewer(Rights::Read).await;
    let (writer, _) = stage.viewer(Rights::Write).await;
    let secret = |text: &str| Secret::new(text.as_bytes().to_vec());
    reader.give(secret("no"));
    // A reader's words are heard before its end.
    let _ = reader.close().await;
    writer.give(secret("pä ß"));
    writer.request(Request::SudoPassword);
    let asked = stage.asked().await;
    assert_eq!(
        (asked.request, asked.secret),
        (Request::SudoPassword, Some(secret("pä ß")))
    );
    assert_eq!(stage.asked().await.secret, None, "without one, nobody gives it");
}

#[tokio::test]
async fn who_may_only_look_asks_in_vain() {
    let place = tempfile::tempdir().expect("a directory");
    let (_outlet, mut wishes, ends) = link::ends();
    let hub = Hub::open(&place.path().join("socket"), about(), ends).expect("a hub");
    for (rights, heard) in [(Rights::Read, false), (Rights::Write, true)] {
        let hello = Hello::new("a\u{1b}[2Jb".to_owned(), rights);
        let (viewer, _) = hub.shared.let_in(&hello, Some(7));
        hub.shared.ask(&viewer, Request::Drain, None);
        let who = wishes.try_recv().ok().map(|asked| asked.who);
        assert_eq!(who.as_deref(), heard.then_some("ann (a[2Jb, pid 7)"), "{rights:?}");
    }
}

#[tokio::test]
async fn the_run_is_held_from_the_first_to_the_last_who_wants_it() {
    let mut stage = Stage::new();
    let (first, _) = stage.viewer(Rights::Write).await;
    let (second, _) = stage.viewer(Rights::Write).await;
    first.request(Request::Hold);
    assert_eq!(stage.asked().await.request, Request::Hold);
    second.request(Request::Hold);
    second.request(Request::Pause);
    assert_eq!(stage.asked().await.request, Request::Pause, "it is held already");
    first.request(Request::Release);
    first.request(Request::Continue);
    assert_eq!(
        stage.asked().await.request,
        Request::Continue,
        "the second still holds it"
    );
    // Who goes, whether by a word or by force, holds nothing any more.
    drop(second);
    assert_eq!(stage.asked().await.request, Request::Release);
}

#[tokio::test]
async fn a_tied_run_is_kept_open_only_by_who_started_it() {
    for (starter, held) in [(7, true), (8, false)] {
        let place = tempfile::tempdir().expect("a directory");
        let (_outlet, mut wishes, ends) = link::ends();
        let about = About {
            tie: Tie::Starter,
            starter: Some(starter),
            ..about()
        };
        let hub = Hub::open(&place.path().join("socket"), about, ends).expect("a hub");
        let hello = Hello::new("pts/3".to_owned(), Rights::Write);
        let (viewer, _) = hub.shared.let_in(&hello, Some(7));
        hub.shared.ask(&viewer, Request::Hold, None);
        let asked = wishes.try_recv().ok().map(|asked| asked.request);
        assert_eq!(asked, held.then_some(Request::Hold), "{starter}");
    }
}

#[tokio::test]
async fn another_version_is_told_so() {
    let stage = Stage::new();
    let mut hello = Hello::new("pts/3".to_owned(), Rights::Write);
    hello.protocol += 1;
    match dial(&stage.socket, &hello).await {
        Err(DialError::Refused(reason)) => {
            let named = |version: u32| reason.contains(&format!("protocol {version}"));
            assert!(named(PROTOCOL) && named(PROTOCOL + 1), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_viewer_that_takes_nothing_holds_up_nobody() {
    let stage = Stage::new();
    let (mut idle, _) = stage.viewer(Rights::Write).await;
    let (mut busy, _) = stage.viewer(Rights::Write).await;
    let chunk = 16 * 1024;
    let last = 2000;
    for number in 0..=last {
        stage.tell(output(number * chunk, chunk as usize));
    }
    stage.tell(event(What::Draining));
    let mut newest = 0;
    loop {
        match next(&mut busy).await {
            Some(Message::Output(output)) => newest = output.pieces.last().expect("a piece").offset,
            Some(Message::Event(_)) => break,
            Some(Message::Probe(_)) | None => panic!("the event was not told"),
        }
    }
    assert_eq!(newest, last * chunk, "whatever was left out, the newest is there");
    let mut bytes = 0;
    loop {
        match next(&mut idle).await {
            Some(Message::Output(output)) => {
                bytes += output.pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>();
            }
            Some(Message::Event(_)) => break,
            Some(Message::Probe(_)) | None => panic!("the event was not told"),
        }
    }
    assert!(bytes < 10 << 20, "{bytes} bytes were kept for a viewer that took none");
}

#[tokio::test]
async fn a_directory_may_be_deep() {
    let deep = PathBuf::from("d".repeat(60)).join("e".repeat(60)).join("socket");
    let stage = Stage::at(&deep);
    let (_link, welcome) = stage.viewer(Rights::Read).await;
    assert_eq!(welcome.run, RunId("run".to_owned()));
}

#[tokio::test]
async fn the_socket_is_the_user_s_alone_and_goes_with_the_hub() {
    let place = tempfile::tempdir().expect("a directory");
    let socket = place.path().join("socket");
    let (_outlet, _wishes, ends) = link::ends();
    let hub = Hub::open(&socket, about(), ends).expect("a hub");
    let mode = fs::metadata(&socket).expect("a socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(hub);
    assert!(!socket.exists(), "a runner that could not begin leaves none");
}
