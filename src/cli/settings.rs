//! `heeler config`: the built-in settings as a file, and the check of a file.

use super::sources::{Surroundings, hosts};
use super::usage::UsageError;
use super::words::visible;
use crate::config::{self, Config, Home};
use std::path::Path;

/// Checks a file by itself, its groups included; says what was found.
pub(super) fn check(file: Option<&Path>, home: &Home) -> Result<String, UsageError> {
    let own = home.config_file();
    let path = match (file, &own) {
        (Some(path), _) => path,
        (None, Some(path)) if path.exists() => path,
        (None, path) => {
            let place = path.as_ref().map_or_else(|| "$HOME".to_owned(), |path| shown(path));
            return Err(UsageError::NoConfigFile(place));
        }
    };
    let mut config = Config::built_in();
    config.apply(config::read(path, home)?);
    config.check()?;
    for (name, text) in &config.groups {
        let surroundings = Surroundings { groups: &config.groups };
        hosts(text, &surroundings).map_err(|error| UsageError::Group {
            name: name.clone(),
            error,
        })?;
    }
    let groups = match config.groups.len() {
        1 => "1 group".to_owned(),
        count => format!("{count} groups"),
    };
    Ok(format!("{}: correct, {groups}", shown(path)))
}

fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy())
}
