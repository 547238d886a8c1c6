//! Configuration files: where they are, and how they become a layer.

use super::document::{Document, Section};
use super::duration;
use super::error::ConfigError;
use super::layer::{Dashboard, Defaults, History, Layer, Ssh};
use super::settled::Config;
use super::size::size_limit;
use super::taste::{Binding, ThemeWish};
use super::value::{
    confirm_above, connect_width, glyphs, on_disconnect, on_hangup, retries, retry_on, run_limit, slow, ssh_option,
    time_limit, when, width,
};
use crate::keys::{Action, Mouse};
use crate::theme::Role;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The directories that the configuration may refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The home directory, `$HOME`.
    pub home: Option<PathBuf>,
    /// Where programs keep configuration, `$XDG_CONFIG_HOME`.
    pub config: Option<PathBuf>,
}

impl Home {
    /// The user's configuration file, whether it exists or not.
    pub fn config_file(&self) -> Option<PathBuf> {
        // The specification says that a relative XDG_CONFIG_HOME is to be ignored.
        let config = self.config.clone().filter(|path| path.is_absolute());
        let config = config.or_else(|| self.home.as_ref().map(|home| home.join(".config")))?;
        Some(config.join("heeler").join("config.toml"))
    }
}

/// Reads the layers below the options: built-in, the user's file if there is one, and the chosen file.
pub fn load(home: &Home, chosen: Option<&Path>) -> Result<Config, ConfigError> {
    let mut config = Config::built_in();
    if let Some(path) = home.config_file() {
        match read(&path, home) {
            Ok(layer) => config.apply(layer),
            Err(ConfigError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    if let Some(path) = chosen {
        config.apply(read(path, home)?);
    }
    config.check()?;
    Ok(config)
}

/// Reads one file.
pub fn read(path: &Path, home: &Home) -> Result<Layer, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    parse(path, &text, home)
}

/// Reads the text of a file; the path is for messages and relative paths.
fn parse(path: &Path, text: &str, home: &Home) -> Result<Layer, ConfigError> {
    let mut document = Document::parse(path, text)?;
    let defaults = defaults(document.section("defaults")?)?;
    let ssh = ssh(document.section("ssh")?, path, home)?;
    let mut section = document.section("groups")?;
    let groups = section.take_names(is_group_name)?.into_iter().collect();
    let history = history(document.section("history")?)?;
    let dashboard = Dashboard {
        mouse: mouse(document.section("dashboard")?)?,
        keys: keys(document.section("keys")?)?,
        theme: theme(document.section("theme")?)?,
    };
    document.finish()?;
    Ok(Layer {
        defaults,
        ssh,
        groups,
        history,
        dashboard,
    })
}

fn mouse(mut section: Section<'_>) -> Result<Option<Mouse>, ConfigError> {
    let mouse = section.take_truth("mouse")?;
    section.finish()?;
    Ok(mouse.map(|on| if on { Mouse::On } else { Mouse::Off }))
}

fn keys(mut section: Section<'_>) -> Result<Vec<Binding>, ConfigError> {
    let known: Vec<(&str, Action)> = Action::all().map(|action| (action.name(), action)).collect();
    let path = section.path().to_owned();
    let lists = section.take_lists(&known, |text| Ok(text.parse()?))?;
    section.finish()?;
    let binding = |(action, keys, line)| Binding {
        action,
        keys,
        path: path.clone(),
        line,
    };
    Ok(lists.into_iter().map(binding).collect())
}

fn theme(mut section: Section<'_>) -> Result<ThemeWish, ConfigError> {
    let mut wish = ThemeWish {
        preset: section.take("preset", |text| Ok(text.parse()?))?,
        glyphs: section.take("glyphs", glyphs)?,
        paints: Vec::new(),
    };
    for role in Role::ALL {
        let paint = section.take(role.name(), |text| Ok(text.parse()?))?;
        wish.paints.extend(paint.map(|paint| (role, paint)));
    }
    section.finish()?;
    Ok(wish)
}

fn history(mut section: Section<'_>) -> Result<History, ConfigError> {
    let history = History {
        keep: section.take("keep", time_limit)?,
        max_size: section.take("max-size", size_limit)?,
    };
    section.finish()?;
    Ok(history)
}

fn defaults(mut section: Section<'_>) -> Result<Defaults, ConfigError> {
    let defaults = Defaults {
        width: section.take("width", width)?,
        connect_width: section.take("connect-width", connect_width)?,
        connect_timeout: section.take("connect-timeout", time_limit)?,
        run_timeout: section.take("timeout", run_limit)?,
        idle_timeout: section.take("idle-timeout", time_limit)?,
        slow: section.take("slow", slow)?,
        grace: section.take("grace", duration::parse)?,
        drain: section.take("drain", duration::parse)?,
        retries: section.take("retries", retries)?,
        retry_on: section.take("retry-on", retry_on)?,
        on_disconnect: section.take("on-disconnect", on_disconnect)?,
        lease: section.take("lease", time_limit)?,
        sudo: section.take_truth("sudo")?,
        let_finish: section.take_truth("let-finish")?,
        on_hangup: section.take("on-hangup", on_hangup)?,
        bell: section.take("bell", when)?,
        notify: section.take("notify", when)?,
        confirm_above: section.take("confirm-above", confirm_above)?,
    };
    section.finish()?;
    Ok(defaults)
}

fn ssh(mut section: Section<'_>, path: &Path, home: &Home) -> Result<Ssh, ConfigError> {
    let file = section.take("config-file", |text| Ok(text.to_owned()))?;
    let options = section.take_list("options", ssh_option)?;
    section.finish()?;
    Ok(Ssh {
        config_file: file
            .filter(|text| !text.is_empty())
            .map(|text| place(&text, path, home)),
        options,
    })
}

/// The path that a file means: below the home directory, or relative to the file itself.
fn place(text: &str, file: &Path, home: &Home) -> PathBuf {
    match (text.strip_prefix("~/"), &home.home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => file.parent().unwrap_or(Path::new("")).join(text),
    }
}

/// Whether the name can stand behind an `@` in a node set.
fn is_group_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    starts_well
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

#[cfg(test)]
mod tests;
