//! Before a job is started once more where an earlier attempt may live on: the search on the host, and what follows from
//! what it found.

use super::caution::IfRunning;
use super::clock::Clock;
use super::setup::{Setup, Up};
use crate::model::doubt::Doubt;
use crate::model::id::AttemptNo;
use crate::model::left::{Kin, Left};
use crate::model::outcome::{Fate, Outcome, SkipReason, owner_name};
use crate::model::stamp::Stamp;
use crate::shim::{Alive, Answer, Cookie, Looked, Nonce, Sight, Sign, Sought, search_and_kill};
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

/// By how much the age of a process may differ from what is expected of it and still be the same: the host tells whole
/// seconds, and our own time of the start is that at which we heard of it.
const TOLERANCE: Duration = Duration::from_secs(60);

/// How long an answer may take, once a shell has answered: reading about a process that is stuck may block for ever.
const ANSWER: Duration = Duration::from_secs(10);

/// What a search is to look for; nothing where a mark cannot be read.
pub(super) fn sought(doubts: &[Doubt]) -> Option<Vec<Sought>> {
    let sought = |doubt: &Doubt| {
        Some(Sought {
            cookie: Cookie::read(&doubt.cookie)?,
            pid: doubt.pid,
        })
    };
    doubts.iter().map(sought).collect()
}

/// Makes the search in a session whose shell has answered.
pub(super) async fn look(mut setup: Setup, nonce: &Nonce, sought: &[Sought], kill: &[Vec<u32>]) -> Vec<Looked> {
    let mut answer = Answer::new(nonce, sought.len());
    setup.load(search_and_kill(nonce, sought, kill));
    let all = async {
        if let Err(problem) = setup.up().await {
            return tracing::warn!(%problem, "a search did not come up");
        }
        let Up { mut process, early, .. } = setup.into_up();
        answer.push(&early[0]);
        let mut bytes = vec![0; 4096];
        while !answer.is_complete()
            && let Ok(count @ 1..) = process.stdout.read(&mut bytes).await
        {
            answer.push(&bytes[..count]);
        }
    };
    if timeout(ANSWER, all).await.is_err() {
        tracing::warn!("a search does not answer");
    }
    answer.into_looked()
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing of it is left.
    Gone,
    /// It lives.
    Alive {
        /// In the words of the record.
        fate: Fate,
        /// In words.
        detail: String,
    },
    /// That could not be looked into, for this reason.
    Unsure(&'static str),
}

/// Where and when it was looked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// In the run.
    pub(super) stamp: Stamp,
    /// By the calendar.
    pub(super) time: SystemTime,
}

impl Moment {
    /// This one.
    pub(super) fn now(clock: &Clock) -> Self {
        Self {
            stamp: clock.now(),
            time: SystemTime::now(),
        }
    }
}

/// Judges what a search for an attempt found.
pub(super) fn judge(looked: &Looked, doubt: &Doubt, now: Moment) -> Verdict {
    let (ours, unclear) = of_the_attempt(&looked.found, doubt, doubt.age(now.stamp));
    if let Some(oldest) = ours.iter().max_by_key(|alive| (alive.age, alive.pid)) {
        let owners: BTreeSet<u32> = ours.iter().map(|alive| alive.uid).collect();
        return Verdict::Alive {
            fate: Fate::Survived {
                count: ours.len() as u32,
                owners: owners.into_iter().map(owner_name).collect(),
            },
            detail: in_words(oldest, ours.len() - 1, now.time),
        };
    }
    match looked.sight {
        Some(Sight::All) if unclear => {
            Verdict::Unsure("a process has its number, and by its age the clocks here and there do not agree")
        }
        Some(Sight::All) => Verdict::Gone,
        Some(Sight::Hidden) => Verdict::Unsure("the processes of others are hidden there"),
        Some(Sight::NoGrep) => Verdict::Unsure("there is no grep to look with"),
        Some(Sight::NoProc) => Verdict::Unsure("there is no /proc to look into"),
        None => Verdict::Unsure("the search was not answered"),
    }
}

/// The processes that are the attempt's, and whether there are others of which that is unclear. What has its cookie is.
/// What is only in the session with the number of its first process is, unless that number belongs to somebody else by
/// now, which shows in a leader that is younger than the command. Nothing that is older than the command can have come
/// to that number, so there only the clocks can be wrong.
fn of_the_attempt<'a>(found: &'a [Alive], doubt: &Doubt, age: Option<Duration>) -> (Vec<&'a Alive>, bool) {
    let too_old = |alive: &Alive| age.is_some_and(|age| alive.age > age + TOLERANCE);
    let leader = found.iter().find(|alive| Some(alive.pid) == doubt.pid);
    let leads_another = leader
        .is_some_and(|leader| leader.sign == Sign::Session && age.is_some_and(|age| leader.age + TOLERANCE < age));
    let (mut ours, mut unclear) = (Vec::new(), false);
    for alive in found {
        match alive.sign {
            Sign::Session if leads_another => {}
            Sign::Session if too_old(alive) => unclear = true,
            Sign::Cookie | Sign::Both | Sign::Session => ours.push(alive),
        }
    }
    (ours, unclear)
}

/// The processes of an attempt among those that a search found.
pub(super) fn left(looked: &Looked, doubt: &Doubt, now: Moment) -> Vec<Left> {
    let (ours, _) = of_the_attempt(&looked.found, doubt, doubt.age(now.stamp));
    let left = |alive: &Alive| Left {
        pid: alive.pid,
        kin: match alive.sign {
            Sign::Cookie => Kin::Escaped,
            Sign::Both | Sign::Session => Kin::Session,
        },
        state: alive.state,
        owner: owner_name(alive.uid),
        name: alive.name.clone(),
    };
    ours.into_iter().map(left).collect()
}

fn in_words(oldest: &Alive, others: usize, now: SystemTime) -> String {
    let began = now.checked_sub(oldest.age).unwrap_or(SystemTime::UNIX_EPOCH);
    let more = match others {
        0 => String::new(),
        others => format!(", and {others} more"),
    };
    let Alive { pid, uid, name, .. } = oldest;
    format!(
        "still running since {}, pid {pid} ({}): {name}{more}",
        clock_time(began, now),
        owner_name(*uid)
    )
}

/// The time of day, and the day where it is not today. UTC, as hosts and operator may live by different clocks.
fn clock_time(time: SystemTime, now: SystemTime) -> String {
    let text = |time| humantime::format_rfc3339_seconds(time).to_string();
    let (time, now) = (text(time), text(now));
    match (time.split_once('T'), now.split_once('T')) {
        (Some((day, clock)), Some((today, _))) => {
            let minutes = clock.get(..5).unwrap_or(clock);
            if day == today {
                format!("{minutes} UTC")
            } else {
                format!("{day} {minutes} UTC")
            }
        }
        _ => time,
    }
}

/// What is to be recorded of each earlier attempt, and whether the job may be started.
pub(super) fn conclude(
    verdicts: &[(AttemptNo, Verdict)],
    if_running: IfRunning,
) -> (Vec<(AttemptNo, Fate)>, Result<(), Outcome>) {
    let mut fates: Vec<(AttemptNo, Fate)> = Vec::new();
    let mut refusal = None;
    for attempt in verdicts.iter().map(|(attempt, _)| *attempt).collect::<BTreeSet<_>>() {
        // Of an earlier run there may be several under one number.
        let of_it = || {
            verdicts
                .iter()
                .filter(|(whose, _)| *whose == attempt)
                .map(|(_, verdict)| verdict)
        };
        let alive = of_it().find_map(|verdict| match verdict {
            Verdict::Alive { fate, detail } => Some((fate, detail)),
            _ => None,
        });
        if let Some((fate, detail)) = alive {
            fates.push((attempt, fate.clone()));
            refusal = Some((SkipReason::AlreadyRunning, detail.clone()));
        } else if of_it().all(|verdict| *verdict == Verdict::Gone) {
            fates.push((attempt, Fate::Gone));
        }
    }
    let unsure = verdicts.iter().find_map(|(_, verdict)| match verdict {
        Verdict::Unsure(why) => Some(why),
        _ => None,
    });
    let refusal = refusal.or_else(|| {
        let detail = format!("an earlier attempt may still be running: {}", unsure?);
        Some((SkipReason::MayBeRunning, detail))
    });
    let may_start = match (refusal, if_running) {
        (Some((why, detail)), IfRunning::Refuse) => Err(Outcome::Skipped {
            why,
            detail: Some(detail),
        }),
        _ => Ok(()),
    };
    (fates, may_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    /// Ten days and 18:03:00 after the epoch, 3600 s into the run.
    fn now() -> Moment {
        Moment {
            stamp: Stamp::from_secs(3600),
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(10 * DAY + 18 * 3600 + 180),
        }
    }

    /// An attempt whose command began 2000 s ago as process 4711.
    fn doubt() -> Doubt {
        Doubt::new(AttemptNo(1), "c".to_owned(), Some((4711, Stamp::from_secs(1600))))
    }

    fn alive(pid: u32, sign: Sign, age: u64) -> Alive {
        Alive {
            pid,
            sign,
            state: 'S',
            uid: 0,
            age: Duration::from_secs(age),
            name: "apt".to_owned(),
        }
    }

    fn judged(sight: Option<Sight>, found: &[Alive]) -> Verdict {
        let found = found.to_vec();
        judge(&Looked { found, sight }, &doubt(), now())
    }

    #[test]
    fn gone_is_said_only_after_a_whole_look() {
        assert_eq!(judged(Some(Sight::All), &[]), Verdict::Gone);
        for sight in [Some(Sight::Hidden), Some(Sight::NoGrep), Some(Sight::NoProc), None] {
            assert!(matches!(judged(sight, &[]), Verdict::Unsure(_)), "{sight:?}");
        }
    }

    #[test]
    fn what_is_found_is_told_by_its_oldest_process() {
        let found = [alive(4711, Sign::Cookie, 60), alive(4800, Sign::Session, 30)];
        for sight in [Some(Sight::All), None] {
            let verdict = judged(sight, &found);
            let fate = Fate::Survived {
                count: 2,
                owners: vec!["root".to_owned()],
            };
            let detail = "still running since 18:02 UTC, pid 4711 (root): apt, and 1 more".to_owned();
            assert_eq!(verdict, Verdict::Alive { fate, detail });
        }
        let Verdict::Alive { detail, .. } = judged(None, &[alive(5, Sign::Cookie, DAY)]) else {
            panic!("it is alive");
        };
        assert_eq!(detail, "still running since 1970-01-10 18:03 UTC, pid 5 (root): apt");
    }

    #[test]
    fn a_number_that_was_used_again_is_not_taken_for_the_old_one() {
        let is_ours = |found: &[Alive]| matches!(judged(Some(Sight::All), found), Verdict::Alive { .. });
        assert!(is_ours(&[alive(4711, Sign::Session, 2000)]), "the leader");
        assert!(is_ours(&[alive(4711, Sign::Session, 1950)]), "about as old");
        let is_gone = |found: &[Alive]| judged(Some(Sight::All), found) == Verdict::Gone;
        assert!(is_gone(&[alive(4711, Sign::Session, 1000)]), "a younger leader");
        let child = alive(4800, Sign::Session, 900);
        assert!(is_ours(std::slice::from_ref(&child)), "the leader is gone");
        assert!(
            is_gone(&[alive(4711, Sign::Session, 1000), child]),
            "of another session"
        );
        assert!(is_ours(&[alive(4711, Sign::Cookie, 9000)]), "whatever the clocks say");
    }

    #[test]
    fn what_is_too_old_by_the_clocks_is_not_said_to_be_gone() {
        for pid in [4711, 4800] {
            let verdict = judged(Some(Sight::All), &[alive(pid, Sign::Session, 9000)]);
            assert!(matches!(verdict, Verdict::Unsure(_)), "{pid}: {verdict:?}");
        }
    }

    #[test]
    fn one_that_lives_outweighs_those_that_are_gone() {
        let alive = Verdict::Alive {
            fate: Fate::Survived {
                count: 1,
                owners: Vec::new(),
            },
            detail: "still running".to_owned(),
        };
        let [one, two] = [AttemptNo(1), AttemptNo(2)];
        let start = |verdicts: &[(AttemptNo, Verdict)], if_running| conclude(verdicts, if_running);
        let refused = |why, detail: &str| {
            Err(Outcome::Skipped {
                why,
                detail: Some(detail.to_owned()),
            })
        };
        assert_eq!(
            start(&[(one, Verdict::Gone)], IfRunning::Refuse),
            (vec![(one, Fate::Gone)], Ok(()))
        );
        let both = [(one, Verdict::Gone), (two, alive.clone())];
        let (fates, may_start) = start(&both, IfRunning::Refuse);
        assert_eq!(fates.len(), 2);
        assert_eq!(may_start, refused(SkipReason::AlreadyRunning, "still running"));
        assert_eq!(start(&both, IfRunning::GoOn), (fates, Ok(())));
        // Two of an earlier run under one number.
        let (fates, _) = start(&[(one, Verdict::Gone), (one, alive)], IfRunning::Refuse);
        assert_eq!(fates.len(), 1);
        assert!(matches!(fates[0].1, Fate::Survived { .. }));
        let unsure = [(one, Verdict::Unsure("it is dark"))];
        let detail = "an earlier attempt may still be running: it is dark";
        let refused = refused(SkipReason::MayBeRunning, detail);
        assert_eq!(start(&unsure, IfRunning::Refuse), (vec![], refused));
        assert_eq!(start(&unsure, IfRunning::GoOn), (vec![], Ok(())));
    }
}
