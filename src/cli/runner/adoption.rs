//! A run that is to be driven beside another one: whether it may be.

use super::super::error::CliError;
use crate::model::plan::Plan;
use crate::rundir::{Holder, RunDir, RunLock};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Looks the directory over and, if that is a follow-up, takes its lock. Whoever may ask is this user; what he names may be anything all the same.
pub(in super::super) fn look_over(
    directory: &Path,
    parent: &Plan,
    holder: &Holder,
) -> Result<(RunDir, Plan, RunLock), CliError> {
    let no = |why: &str| Err(CliError::Runner(why.to_owned()));
    // Where there is no name, `..` is the last part, and what is meant is elsewhere.
    let Some(name) = directory.file_name() else {
        return no("its directory is not beside that of its parent");
    };
    if directory.parent() != parent.directory.parent() {
        return no("its directory is not beside that of its parent");
    }
    let found = fs::symlink_metadata(directory).map_err(CliError::System)?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
        return no("its directory is not a directory of ours");
    }
    let dir = RunDir::open(directory.to_owned());
    let plan = dir.read_plan().map_err(super::super::usage::UsageError::from)?;
    if plan.parent.as_ref() != Some(&parent.run) || plan.directory != directory || *name != *plan.run.0 {
        return no("its plan is not that of a follow-up of this run");
    }
    if plan.ssh != parent.ssh {
        return no("it calls ssh otherwise, so these connections are not its own");
    }
    // First what it is: nothing is written into what is no follow-up.
    let lock = RunLock::take(&dir, holder).map_err(|error| CliError::Runner(error.to_string()))?;
    // Only now nobody else can begin it.
    if dir.events().exists() {
        return no("it has begun already");
    }
    Ok((dir, plan, lock))
}

#[cfg(test)]
mod tests {
    use super::super::super::{prepare, request};
    use super::*;
    use crate::model::id::RunId;
    use crate::rundir::Writer;
    use std::time::SystemTime;

    fn holder() -> Holder {
        Holder {
            pid: 1,
            machine: "here".to_owned(),
            version: "1".to_owned(),
        }
    }

    /// A run below `home` whose plan is written.
    fn run(home: &Path, name: &str, change: impl FnOnce(&mut Plan)) -> (RunDir, Plan) {
        let id = RunId(name.to_owned());
        let dir = RunDir::create(home, &id).expect("a directory");
        let asked = request::sample("web[1-3]", "true");
        let mut plan = prepare::plan(&asked, (id, String::new()), dir.path(), SystemTime::UNIX_EPOCH);
        change(&mut plan);
        Writer::write_plan(&dir, &plan).expect("a plan");
        (dir, plan)
    }

    #[test]
    fn only_a_follow_up_that_has_not_begun_is_taken() {
        let home = tempfile::tempdir().expect("a directory");
        let elsewhere = tempfile::tempdir().expect("a directory");
        let (_, parent) = run(home.path(), "parent", |_| {});
        let child = |plan: &mut Plan| plan.parent = Some(RunId("parent".to_owned()));
        let (good, _) = run(home.path(), "child", child);
        let (dir, plan, lock) = look_over(good.path(), &parent, &holder()).expect("a follow-up");
        assert_eq!((dir.path(), plan.parent), (good.path(), Some(parent.run.clone())));

        let (stranger, _) = run(home.path(), "stranger", |_| {});
        let (other_way, _) = run(home.path(), "other-way", |plan| {
            child(plan);
            plan.ssh.options = vec!["Port=23".to_owned()];
        });
        let (begun, _) = run(home.path(), "begun", child);
        fs::write(begun.events(), "").expect("writable");
        let (far, _) = run(elsewhere.path(), "far", child);
        let linked = good.path().with_file_name("linked");
        std::os::unix::fs::symlink(begun.path(), &linked).expect("a link");
        let above = good.path().with_file_name("..");
        for (directory, why) in [
            (good.path(), "the run is alive"),
            (stranger.path(), "its plan is not that of a follow-up"),
            (other_way.path(), "it calls ssh otherwise"),
            (begun.path(), "it has begun already"),
            (far.path(), "its directory is not beside that of its parent"),
            (&linked, "its directory is not a directory of ours"),
            (Path::new("/"), "its directory is not beside that of its parent"),
            (&above, "its directory is not beside that of its parent"),
        ] {
            let refused = look_over(directory, &parent, &holder()).expect_err(why).to_string();
            assert!(refused.starts_with(why), "{refused}");
        }
        for untouched in [above.as_path(), stranger.path(), other_way.path(), far.path()] {
            let lock = untouched.join("lock");
            assert!(!lock.exists(), "{} was written", lock.display());
        }
        drop(lock);
        look_over(good.path(), &parent, &holder()).expect("free again");
    }
}
