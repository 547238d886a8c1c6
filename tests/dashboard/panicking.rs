//! A panic gives the terminal back and ends the run. The product has no panic to offer, so this program starts itself
//! again in a terminal, as a child that shows the real dashboard over the real link and then panics beside it.

use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use heeler::app::{Seat, Session};
use heeler::link::dial::dial;
use heeler::link::greet::{Hello, Rights};
use heeler::link::hub::{About, Hub};
use heeler::link::{Outlet, Parcel, Wishes};
use heeler::model::board::Board;
use heeler::model::bond::Tie;
use heeler::model::event::{Change, Ending, Event, Message, Started, What};
use heeler::model::host::HostName;
use heeler::model::id::{AttemptNo, JobId, RunId};
use heeler::model::outcome::{CancelledBy, Fate, Outcome};
use heeler::model::plan::{OnDisconnect, Plan, Settings, Slow};
use heeler::model::request::{Force, Request};
use heeler::model::stamp::Stamp;
use heeler::model::summons::Summons;
use heeler::rundir::RunDir;
use heeler::tui::{Charset, Look, Opening, Palette};

use crate::support;
use crate::support::tmux::Terminal;

const PLACE: &str = "HEELER_TEST_PLACE";

#[test]
fn a_panic_gives_the_terminal_back_and_ends_the_run() {
    let place = support::private_directory();
    let mut child = Command::new("/bin/sh");
    let script =
        "\"$0\" --exact panicking::child --ignored --nocapture; stty -a | grep -o ' -*icanon'; echo up; read -r end";
    child.args(["-c", script]).arg(std::env::current_exe().unwrap());
    child
        .env(PLACE, place.path())
        .env("LANG", "C.UTF-8")
        .env("PATH", std::env::var_os("PATH").unwrap());
    let terminal = Terminal::start(80, 24, &child);
    terminal.wait_for("1 running");
    assert_eq!(terminal.ask("alternate_on"), "1");
    std::fs::write(place.path().join("now"), "").unwrap();
    let screen = terminal.wait_for("\nup");
    assert!(screen.contains("something broke"), "the message can be read:\n{screen}");
    assert!(
        screen.contains("left because Panicked, asked to quit: true"),
        "{screen}"
    );
    assert!(screen.contains("\n icanon"), "{screen}");
    assert_eq!(terminal.ask("alternate_on"), "0");
    assert_eq!(terminal.ask("cursor_flag"), "1");
}

/// Not a test of its own: the child's side of the test above.
#[test]
#[ignore = "started by the other test as a child"]
fn child() {
    let place = std::path::PathBuf::from(std::env::var_os(PLACE).unwrap());
    let plan = Arc::new(plan(&place));
    let dir = RunDir::create(&place, &plan.run).unwrap();
    let (outlet, wishes, ends) = heeler::link::ends();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let broken = thread::spawn(move || {
        while !place.join("now").exists() {
            thread::sleep(Duration::from_millis(10));
        }
        panic!("something broke");
    });
    let (leaving, quit) = runtime.block_on(async {
        let about = About {
            run: plan.run.clone(),
            tie: Tie::Starter,
            starter: None,
            logout: None,
            user: "me".to_owned(),
            now: Box::new(Stamp::default),
        };
        let hub = Hub::open(&dir.socket(), about, ends).unwrap();
        tokio::spawn(hub.serve());
        let hello = Hello::new("a test".to_owned(), Rights::Write);
        let (link, _) = dial(&dir.socket(), &hello).await.unwrap();
        let opening = Opening {
            session: Session::default(),
            link: Some(link),
            dir,
            board: Board::new(&plan),
            plan: Arc::clone(&plan),
            began: Instant::now(),
            look: Look {
                charset: Charset::Unicode,
                palette: Palette::Sixteen,
            },
            seat: Seat::default(),
            summons: Summons::default(),
        };
        let acting = tokio::spawn(act(outlet, wishes, plan));
        let ending = heeler::tui::run(opening).await;
        (ending.leaving, acting.await.unwrap())
    });
    assert!(broken.join().is_err());
    println!("left because {leaving:?}, asked to quit: {quit}");
}

/// Plays the runner of one job that runs until it is told to quit; says whether it was.
async fn act(outlet: Outlet, mut wishes: Wishes, plan: Arc<Plan>) -> bool {
    let say = |what| {
        let at = Stamp::from_millis(1);
        let message = Message::Event(Event { at, what });
        // The front-end may have left.
        let _gone = outlet.send(Parcel { message, permit: None });
    };
    let job = |change| What::Job {
        job: JobId(0),
        host: plan.host(JobId(0)).clone(),
        attempt: AttemptNo::FIRST,
        change,
    };
    say(What::RunStarted(Started {
        run: plan.run.clone(),
        directory: plan.directory.clone(),
        jobs: 1,
        time: plan.started.clone(),
        operator: plan.operator.clone(),
        note: None,
        parent: None,
        digest: plan.digest(),
    }));
    say(job(Change::Running { pid: 7 }));
    let mut quit = false;
    while !quit {
        match wishes.recv().await {
            Some(request) => quit = request.request == Request::Quit { force: Force::Graceful },
            None => return false,
        }
    }
    let outcome = Outcome::Cancelled {
        by: CancelledBy::Quit,
        fate: Fate::Gone,
        ended: None,
    };
    say(job(Change::Done(Ending {
        outcome,
        leaked: false,
        elapsed: Duration::from_secs(1),
    })));
    quit
}

fn plan(place: &std::path::Path) -> Plan {
    Plan {
        format: heeler::model::plan::PLAN_FORMAT,
        ssh: heeler::model::plan::SshCall::default(),
        parent: None,
        doubts: Vec::new(),
        fields: Vec::new(),
        run: RunId("run".to_owned()),
        command: "true".to_owned(),
        env: Vec::new(),
        hosts: vec![HostName::parse("web1").unwrap()],
        node_set: "web1".to_owned(),
        settings: Settings {
            width: 1,
            connect_width: 1,
            connect_timeout: None,
            run_timeout: None,
            idle_timeout: None,
            slow: Slow::Never,
            grace: Duration::from_secs(1),
            drain: Duration::from_secs(1),
            retries: 0,
            retry_on: Vec::new(),
            on_disconnect: OnDisconnect::End,
            lease: None,
            ..Settings::default()
        },
        operator: "ann@desk".to_owned(),
        note: None,
        started: "2026-01-02T03:04:05Z".to_owned(),
        directory: place.to_owned(),
        version: "0".to_owned(),
    }
}
