use super::*;
use crate::model::outcome::Cause;
use std::sync::atomic::AtomicU32;

/// Connects to everything, and counts.
#[derive(Default)]
struct Wires {
    made: AtomicU32,
    standing: Arc<AtomicU32>,
}

struct Wire {
    standing: Arc<AtomicU32>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.standing.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Transport for Wires {
    type Connection = Wire;

    async fn connect(&self, _host: &HostName) -> Result<Wire, ConnectError> {
        self.made.fetch_add(1, Ordering::Relaxed);
        self.standing.fetch_add(1, Ordering::Relaxed);
        Ok(Wire {
            standing: Arc::clone(&self.standing),
        })
    }

    async fn finish(&self) {}
}

impl Connection for Wire {
    async fn start(&self) -> Result<Process, ConnectError> {
        Err(ConnectError {
            cause: Cause::SessionRefused,
            detail: "only counted".to_owned(),
        })
    }

    fn is_alive(&self) -> bool {
        true
    }

    fn last_words(&self) -> Option<String> {
        None
    }
}

fn host(name: &str) -> HostName {
    HostName::parse(name).expect("a name")
}

fn pool(lender: Option<Lender<Wires>>) -> Arc<Pool<Wires>> {
    Arc::new(Pool::new(Wires::default(), lender))
}

/// An attempt on a host, from its connection to its end.
async fn attempt(pool: &Pool<Wires>, name: &str, ended_well: bool) -> Origin {
    let (shared, origin) = pool.connect(&host(name)).await.expect("a connection");
    drop(shared);
    pool.release(&host(name), ended_well);
    origin
}

/// Lets time pass as the dispatcher does.
async fn pass(pool: &Pool<Wires>, time: Duration) {
    let end = Instant::now() + time;
    loop {
        tokio::select! {
            biased;
            () = pool.cool() => {}
            () = sleep_until(end) => return,
        }
    }
}

fn standing(pool: &Pool<Wires>) -> u32 {
    pool.transport.standing.load(Ordering::Relaxed)
}

fn made(pool: &Pool<Wires>) -> u32 {
    pool.transport.made.load(Ordering::Relaxed)
}

const BEFORE: Duration = Duration::from_secs(119);
const AFTER: Duration = Duration::from_secs(2);

#[tokio::test(start_paused = true)]
async fn what_did_not_end_well_stays_warm_for_two_minutes_and_what_did_goes() {
    let pool = pool(None);
    attempt(&pool, "good", true).await;
    assert_eq!(standing(&pool), 0);
    attempt(&pool, "bad", false).await;
    pass(&pool, BEFORE).await;
    assert_eq!(standing(&pool), 1);
    pass(&pool, AFTER).await;
    assert_eq!(standing(&pool), 0);
    assert!(pool.standing(&host("bad")).is_none());
}

#[tokio::test(start_paused = true)]
async fn the_two_minutes_begin_anew_with_every_use() {
    let pool = pool(None);
    attempt(&pool, "bad", false).await;
    pass(&pool, BEFORE).await;
    attempt(&pool, "bad", false).await;
    pass(&pool, BEFORE).await;
    assert_eq!((made(&pool), standing(&pool)), (1, 1));
    let (in_use, _) = pool.connect(&host("bad")).await.expect("a connection");
    pass(&pool, 10 * BEFORE).await;
    assert_eq!(standing(&pool), 1, "nobody closes what is in use");
    drop(in_use);
    pass(&pool, BEFORE + AFTER).await;
    assert_eq!(standing(&pool), 0);
}

#[tokio::test(start_paused = true)]
async fn marked_hosts_stay_warm_until_they_are_marked_no_more() {
    let pool = pool(None);
    pool.keep_warm([host("a"), host("b")].into());
    for name in ["a", "b", "c"] {
        attempt(&pool, name, true).await;
    }
    attempt(&pool, "bad", false).await;
    assert_eq!(standing(&pool), 3);
    pool.keep_warm([host("a")].into());
    assert_eq!(
        standing(&pool),
        2,
        "b is wanted no more, and bad is kept for its own sake"
    );
    pass(&pool, BEFORE + AFTER).await;
    assert_eq!(standing(&pool), 0);
}

#[tokio::test(start_paused = true)]
async fn of_more_than_two_hundred_the_oldest_goes_first() {
    let pool = pool(None);
    for number in 0..=MOST_WARM {
        attempt(&pool, &format!("web{number}"), false).await;
    }
    assert_eq!(standing(&pool), 200);
    assert!(pool.standing(&host("web0")).is_none());
    assert!(pool.standing(&host("web1")).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_follow_up_borrows_what_stands_and_makes_the_rest() {
    let parent = pool(None);
    attempt(&parent, "warm", false).await;
    let child = pool(Some(Lender::new(&parent)));
    assert_eq!(attempt(&child, "warm", true).await, Origin::Borrowed);
    assert_eq!(attempt(&child, "cold", true).await, Origin::Own);
    assert_eq!((made(&parent), made(&child)), (1, 1));
    let grandchild = pool(Some(Lender::new(&child)));
    assert_eq!(attempt(&grandchild, "warm", true).await, Origin::Borrowed);
    assert_eq!((made(&parent), made(&grandchild)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn two_idle_runs_do_not_keep_a_connection_warm_for_each_other() {
    let parent = pool(None);
    attempt(&parent, "bad", false).await;
    let child = pool(Some(Lender::new(&parent)));
    assert_eq!(attempt(&child, "bad", false).await, Origin::Borrowed);
    tokio::join!(pass(&parent, BEFORE), pass(&child, BEFORE));
    assert_eq!(standing(&parent), 1);
    tokio::join!(pass(&parent, AFTER), pass(&child, AFTER));
    assert_eq!(standing(&parent), 0);
}

#[tokio::test(start_paused = true)]
async fn what_will_not_do_is_not_borrowed_again() {
    let parent = pool(None);
    attempt(&parent, "warm", false).await;
    let child = pool(Some(Lender::new(&parent)));
    assert_eq!(attempt(&child, "warm", false).await, Origin::Borrowed);
    child.forget(&host("warm"));
    assert_eq!(attempt(&child, "warm", false).await, Origin::Own);
    assert_eq!(made(&child), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_eight_sessions_is_not_borrowed() {
    let parent = pool(None);
    let (shared, _) = parent.connect(&host("busy")).await.expect("a connection");
    let mut sessions: Vec<Session> = (0..MOST_SESSIONS).map(|_| Session::begin(&shared.sessions)).collect();
    let child = pool(Some(Lender::new(&parent)));
    assert_eq!(attempt(&child, "busy", true).await, Origin::Own);
    sessions.pop();
    assert_eq!(attempt(&child, "busy", true).await, Origin::Borrowed);
}

#[tokio::test(start_paused = true)]
async fn what_is_lent_outlives_the_run_that_lent_it() {
    let parent = pool(None);
    attempt(&parent, "warm", false).await;
    let child = pool(Some(Lender::new(&parent)));
    let (borrowed, _) = child.connect(&host("warm")).await.expect("a connection");
    parent.close().await;
    assert_eq!(standing(&parent), 1);
    drop(borrowed);
    let returned = {
        let parent = Arc::clone(&parent);
        tokio::spawn(async move { parent.returned().await })
    };
    tokio::task::yield_now().await;
    assert!(!returned.is_finished(), "a follow-up may still use it");
    drop(child);
    returned.await.expect("returned");
    assert_eq!(standing(&parent), 0);
}
