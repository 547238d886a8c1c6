//! What a killed runner leaves where the kernel does not end its ssh processes: the next run ends them, and nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::remains::Remains;
use crate::scene::{SLEEPERS, Scene};
use crate::support::child::{Finished, Running};
use crate::support::processes::{is_alive, send_signal};
use crate::support::wait::{LIMIT, wait_until};

impl Scene {
    /// A quick run.
    #[track_caller]
    pub fn quick_run(&self) -> Finished {
        let finished = Running::start(self.command(&["--json", "-w127.1.0.9"], "true"), b"").wait(LIMIT);
        assert_eq!(finished.status, Some(0), "{finished:?}");
        finished
    }

    /// Another run removes what a killed runner could not; its own record stays.
    #[track_caller]
    pub fn expect_next_run_clears(&self) {
        wait_until(LIMIT, "the end of the masters", || {
            self.masters().iter().all(|(pid, _)| !is_alive(*pid))
        });
        assert_eq!(self.quick_run().stderr, "", "nothing was left to be ended");
    }

    /// Kills a runner whose masters the kernel does not end, and returns them.
    #[track_caller]
    fn orphans(&self) -> Vec<(u32, PathBuf)> {
        let bin = self.heeler.home().join("bin");
        fs::create_dir(&bin).unwrap();
        let ssh = which("ssh");
        let text = format!("#!/bin/sh\nexec setpriv --pdeathsig clear {} \"$@\"\n", ssh.display());
        fs::write(bin.join("ssh"), text).unwrap();
        fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
        let mut run = self.command(&["--json"], SLEEPERS);
        let path = std::env::var("PATH").unwrap();
        run.env("PATH", format!("{}:{path}", bin.display()));
        let running = Running::start(run, b"");
        self.wait_for_sleepers();
        let masters = self.masters();
        send_signal(self.runner(), Signal::KILL);
        assert_eq!(running.wait(LIMIT).status, Some(4));
        assert!(masters.iter().all(|(pid, _)| is_alive(*pid)), "they outlive it");
        masters
    }

    fn note(&self, line: &Value) {
        let path = self.record().join("masters");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, format!("{text}{line}\n")).unwrap();
    }

    fn first_noted(&self) -> Value {
        let text = fs::read_to_string(self.record().join("masters")).unwrap();
        serde_json::from_str(text.lines().next().unwrap()).unwrap()
    }
}

/// A process that leads its own group, as a master does.
struct Decoy(Child);

impl Decoy {
    fn new() -> Self {
        Self(Command::new("sleep").arg("7316").process_group(0).spawn().unwrap())
    }

    fn is_alive(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Decoy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn which(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut places = std::env::split_paths(&path).map(|dir| dir.join(name));
    places.find(|program| program.is_file()).unwrap()
}

#[test]
fn the_next_run_ends_what_was_left_and_nothing_else() {
    let scene = Scene::new();
    scene.orphans();
    let mut decoy = Decoy::new();
    let noted = scene.first_noted();
    let (start, boot) = (noted["start"].as_u64().unwrap(), noted["boot"].clone());
    // The number of a process of ours that was started at another time; a directory of sockets that is not where we
    // make them; a file among sockets.
    let foreign = scene.heeler.home().join("heeler-foreign");
    let mixed = scene.heeler.runtime().join("heeler-mixed");
    for dir in [&foreign, &mixed] {
        fs::create_dir(dir).unwrap();
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let _socket = UnixListener::bind(foreign.join("1")).unwrap();
    fs::write(mixed.join("notes"), "").unwrap();
    for dir in [&foreign, &mixed] {
        scene.note(&json!({"pid": decoy.0.id(), "start": start, "boot": boot, "sockets": dir}));
    }
    let run = scene.record().file_name().unwrap().to_string_lossy().into_owned();
    let listed = scene.heeler.run(["runs"]).stdout;
    assert!(listed.contains("interrupted"), "{listed}");
    let told = scene.quick_run().stderr;
    assert_eq!(
        told,
        format!("heeler: ended 3 ssh connections that run {run} had left\n")
    );
    assert!(decoy.is_alive());
    assert!(foreign.join("1").exists() && mixed.join("notes").exists());
    fs::remove_dir_all(mixed).unwrap();
    scene.expect_remains(&Remains::default());
    assert_eq!(scene.says(), "lost, remote unknown");
    assert_eq!(scene.quick_run().stderr, "", "once is enough");
}

#[test]
fn a_run_that_is_taken_up_again_begins_without_what_was_left() {
    let scene = Scene::new();
    let left = scene.orphans();
    let told = scene.heeler.run(["resume", "--json"]);
    assert!(told.stderr.contains("ended 3 ssh connections"), "{told:?}");
    assert!(left.iter().all(|(pid, _)| !is_alive(*pid)));
    scene.expect_remains(&Remains::default());
}

#[test]
fn a_live_run_and_one_of_another_boot_are_left_alone() {
    let scene = Scene::new();
    let left = scene.orphans();
    let path = scene.record().join("masters");
    let text = fs::read_to_string(&path).unwrap();
    let boot = scene.first_noted()["boot"].as_str().unwrap().to_owned();
    fs::write(&path, text.replace(&boot, "00000000-0000-0000-0000-000000000000")).unwrap();
    assert_eq!(scene.quick_run().stderr, "");
    assert!(left.iter().all(|(pid, _)| is_alive(*pid)), "of another boot");
    fs::write(&path, text).unwrap();
    let lock = fs::File::open(scene.record().join("lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(scene.quick_run().stderr, "");
    assert!(left.iter().all(|(pid, _)| is_alive(*pid)), "of a run that is driven");
    drop(lock);
    assert!(scene.quick_run().stderr.contains("ended 3 ssh connections"));
    scene.expect_remains(&Remains::default());
}
