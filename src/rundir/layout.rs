//! Names and places inside the run directory, and its creation: private to the user, one per run, never reused.

use crate::model::event::Stream;
use crate::model::id::{AttemptNo, RunId};
use crate::model::plan::{PLAN_FORMAT, Plan};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The directory of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunDir {
    root: PathBuf,
}

/// Why a run directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RunDirError {
    /// No directory for state is known.
    #[error("neither XDG_STATE_HOME nor HOME is set, so there is no place for the record of the run; set one of them")]
    NoHome,
    /// What was asked cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Plan {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is of a newer heeler.
    #[error("{} has the format {found}, and this heeler knows {PLAN_FORMAT}; use the newer heeler that made it", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// It cannot be made or written.
    #[error("cannot create {}: {source}; check that it is writable, or set XDG_STATE_HOME to a place that is", path.display())]
    Create {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl RunDir {
    /// Makes the directory of a new run below `state_home` (`$XDG_STATE_HOME`), readable by nobody else.
    pub fn create(state_home: &Path, run: &RunId) -> Result<Self, RunDirError> {
        let runs = state_home.join("heeler").join("runs");
        let root = runs.join(&run.0);
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&runs)
            .and_then(|()| {
                let mut private = DirBuilder::new();
                private.mode(0o700).create(&root)?;
                let made = private.create(root.join("out"));
                made.and_then(|()| private.create(root.join("ssh")))
                    .inspect_err(|_| Self::open(root.clone()).remove_empty())
            });
        made.map_err(|source| RunDirError::Create {
            path: root.clone(),
            source,
        })?;
        Ok(Self { root })
    }

    /// Removes the directory of a run that came to nothing, as far as nothing is in it.
    pub fn remove_empty(&self) {
        for place in [self.root.join("out"), self.root.join("ssh"), self.root.clone()] {
            if let Err(error) = fs::remove_dir(&place) {
                tracing::debug!(%error, place = %place.display(), "it stays");
            }
        }
    }

    /// The directory of a run that exists.
    pub fn open(root: PathBuf) -> Self {
        Self { root }
    }

    /// Reads what was asked.
    ///
    /// # Errors
    /// When it is not there, or damaged, or of a newer heeler.
    pub fn read_plan(&self) -> Result<Plan, RunDirError> {
        let path = self.plan();
        let failed = |source| RunDirError::Plan {
            path: path.clone(),
            source,
        };
        let text = fs::read(&path).map_err(failed)?;
        let value: serde_json::Value = serde_json::from_slice(&text).map_err(|error| failed(error.into()))?;
        match value.get("format").and_then(serde_json::Value::as_u64) {
            Some(found) if found > u64::from(PLAN_FORMAT) => return Err(RunDirError::Newer { path, found }),
            _ => {}
        }
        let mut plan: Plan = serde_json::from_value(value).map_err(|error| failed(error.into()))?;
        // The directory may have been moved since.
        plan.directory.clone_from(&self.root);
        Ok(plan)
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// What was asked.
    pub fn plan(&self) -> PathBuf {
        self.root.join("run.json")
    }

    /// The file that the runner holds locked while it lives.
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// Where the runner listens while it lives.
    pub fn socket(&self) -> PathBuf {
        self.root.join("socket")
    }

    /// The lifecycle events.
    pub fn events(&self) -> PathBuf {
        self.root.join("events.jsonl")
    }

    /// What heeler says about itself.
    pub fn log(&self) -> PathBuf {
        self.root.join("heeler.log")
    }

    /// The ssh processes that the runner has started, until it has reaped them.
    pub(super) fn holdings(&self) -> PathBuf {
        self.root.join("masters")
    }

    /// ssh's own words about a host.
    pub fn ssh_log(&self, host: &str) -> PathBuf {
        self.root.join("ssh").join(format!("{host}.log"))
    }

    /// The bytes that an attempt at a job (by its label) printed on a stream. A silent one has no file.
    pub fn output(&self, label: &str, attempt: AttemptNo, stream: Stream) -> PathBuf {
        let ending = match stream {
            Stream::Stdout => "out",
            Stream::Stderr => "err",
        };
        self.attempt_file(label, attempt, ending)
    }

    /// The index that tells in which order, and when, the bytes of both streams came.
    pub fn index(&self, label: &str, attempt: AttemptNo) -> PathBuf {
        self.attempt_file(label, attempt, "time")
    }

    fn attempt_file(&self, label: &str, attempt: AttemptNo, ending: &str) -> PathBuf {
        self.root.join("out").join(label).join(format!("{attempt}.{ending}"))
    }

    /// Makes the directory for the output of a job.
    pub(super) fn make_output_dir(&self, label: &str) -> io::Result<()> {
        let path = self.root.join("out").join(label);
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && fs::metadata(&path)?.is_dir() => Ok(()),
            other => other,
        }
    }
}
