//! Writing what the operator takes away to a file: whole or not at all, and over nothing that is there unless told so.

use crate::app::{Content, Export, Msg};
use crate::rundir::RunDir;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf, absolute};

/// Writes it, and says what came of it.
pub(super) fn write(export: Export, dir: &RunDir) -> Msg {
    let path = place(&export.path);
    match try_write(&export, &path, dir) {
        Ok(()) => Msg::Said(format!("written: {}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !export.replace => Msg::Exists(export),
        Err(error) => Msg::Said(format!("not written: {}: {error}", path.display())),
    }
}

/// The path that was typed, from the working directory on; `~/` is the home directory.
fn place(typed: &str) -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let path = match (typed.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(typed),
    };
    absolute(&path).unwrap_or(path)
}

fn try_write(export: &Export, path: &Path, dir: &RunDir) -> io::Result<()> {
    let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    match &export.what {
        Content::NodeSet(set) => writeln!(file, "{set}")?,
        Content::Report => {
            io::copy(&mut File::open(dir.events())?, &mut file)?;
        }
    }
    file.flush()?;
    if export.replace {
        // A directory, a device or a pipe is not replaced.
        if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other("it is no plain file"));
        }
        file.persist(path).map_err(|failed| failed.error)?;
    } else {
        file.persist_noclobber(path).map_err(|failed| failed.error)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_replaced_that_nobody_said_may_be() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("set");
        let export = |text: &str, replace| Export {
            what: Content::NodeSet(text.to_owned()),
            path: path.to_string_lossy().into_owned(),
            replace,
        };
        let dir = RunDir::open(home.path().to_owned());
        let said = |msg| match msg {
            Msg::Said(words) => words,
            Msg::Exists(_) => "exists".to_owned(),
            _ => unreachable!("nothing else is answered"),
        };
        let written = format!("written: {}", path.display());
        assert_eq!(said(write(export("web1", false), &dir)), written);
        assert_eq!(said(write(export("web2", false), &dir)), "exists");
        assert_eq!(fs::read_to_string(&path).expect("written"), "web1\n");
        assert_eq!(said(write(export("web2", true), &dir)), written);
        assert_eq!(fs::read_to_string(&path).expect("written"), "web2\n");
        assert_eq!(
            fs::read_dir(home.path()).expect("readable").count(),
            1,
            "no temporary file is left"
        );
    }
}
