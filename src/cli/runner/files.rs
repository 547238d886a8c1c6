//! How many files the runs of this process may have open, taken together: what one of them has room for depends on the
//! others.

use super::super::preflight::{check_files_beside, fitting_width};
use super::super::usage::UsageError;
use crate::model::plan::Settings;
use std::sync::{Arc, Mutex, PoisonError};

/// What the runs of this process need together.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Files(Arc<Mutex<u64>>);

/// What one of them needs, until it is over.
#[derive(Debug)]
pub(super) struct Share {
    all: Files,
    own: Mutex<u64>,
}

impl Files {
    /// Sets aside what a run needs beside the others; raises the soft limit for it.
    ///
    /// # Errors
    ///
    /// When the hard limit is too low for all of them.
    pub(super) fn share(&self, settings: &Settings, hosts: usize) -> Result<Share, UsageError> {
        self.with(|all| {
            let own = check_files_beside(settings, hosts, *all)?;
            *all += own;
            Ok(Share {
                all: self.clone(),
                own: Mutex::new(own),
            })
        })
    }

    fn with<R>(&self, change: impl FnOnce(&mut u64) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Share {
    /// As much of a width as there are files for.
    pub(super) fn fitting(&self, settings: &Settings, hosts: usize, width: usize) -> usize {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        self.all.with(|all| {
            let others = all.saturating_sub(*own);
            let (fits, need) = fitting_width(settings, hosts, width, others);
            *own = need;
            *all = others + need;
            fits
        })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let own = *self.own.lock().unwrap_or_else(PoisonError::into_inner);
        self.all.with(|all| *all = all.saturating_sub(own));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn together(files: &Files) -> u64 {
        files.with(|all| *all)
    }

    #[test]
    fn what_one_run_needs_the_others_do_not_have() {
        let files = Files::default();
        let settings = Config::built_in().settings(50);
        let first = files.share(&settings, 50).expect("room");
        let of_one = together(&files);
        let second = files.share(&settings, 50).expect("room");
        assert_eq!(together(&files), 2 * of_one);
        assert_eq!(second.fitting(&settings, 200, 100), 100);
        assert!(together(&files) > 2 * of_one, "it is wider now");
        drop(second);
        assert_eq!(together(&files), of_one);
        drop(first);
        assert_eq!(together(&files), 0);
    }
}
