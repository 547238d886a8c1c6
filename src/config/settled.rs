//! The configuration with every question answered.

use super::error::ConfigError;
use super::layer::{Dashboard, Defaults, Layer, Ssh};
use super::taste::{Taste, ThemeWish, key_map};
use super::value::{OnHangup, RunLimit, TimeLimit, Width};
use crate::keys::Mouse;
use crate::model::plan::{OnDisconnect, Settings};
use crate::model::summons::Summons;
use crate::theme::{Glyphs, Preset};
use std::collections::BTreeMap;
use std::time::Duration;

/// What holds after all layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// How many jobs may run at once. It becomes a number when the hosts are known.
    pub width: Width,
    /// What a closed terminal does to a run with a dashboard.
    pub on_hangup: OnHangup,
    /// When and how an operator who looks elsewhere is called.
    pub summons: Summons,
    /// With more hosts than this, the number has to be confirmed.
    pub confirm_above: usize,
    /// How ssh is called.
    pub ssh: Ssh,
    /// Node sets by name.
    pub groups: BTreeMap<String, String>,
    /// How long past runs are kept; `None` is for ever.
    pub keep: Option<Duration>,
    /// How many bytes all runs may take; `None` is any number.
    pub max_size: Option<u64>,
    /// How the dashboard is wanted; its keys are judged when all layers are there.
    dashboard: Dashboard,
    /// The other settings; the width in them is not used.
    limits: Settings,
}

impl Config {
    /// What holds where nothing else is said. `config/default.toml` says the same.
    pub fn built_in() -> Self {
        Self {
            width: Width::Count(64),
            on_hangup: OnHangup::default(),
            summons: Summons::default(),
            confirm_above: 100,
            ssh: Ssh::default(),
            groups: BTreeMap::new(),
            keep: Some(Duration::from_secs(90 * 24 * 60 * 60)),
            max_size: Some(10_000_000_000),
            dashboard: Dashboard {
                mouse: Some(Mouse::default()),
                keys: Vec::new(),
                theme: ThemeWish {
                    preset: Some(Preset::default()),
                    glyphs: Some(Glyphs::default()),
                    paints: Vec::new(),
                },
            },
            limits: Settings::default(),
        }
    }

    /// Lays a layer on top: what it says wins.
    pub fn apply(&mut self, layer: Layer) {
        self.apply_defaults(layer.defaults);
        if let Some(file) = layer.ssh.config_file {
            self.ssh.config_file = Some(file);
        }
        // ssh uses the first of two options with one key, so the later layer comes first.
        self.ssh.options.splice(0..0, layer.ssh.options);
        self.groups.extend(layer.groups);
        replace(&mut self.keep, layer.history.keep.map(time));
        replace(&mut self.max_size, layer.history.max_size.map(|limit| limit.0));
        let Dashboard { mouse, keys, theme } = layer.dashboard;
        self.dashboard.mouse = mouse.or(self.dashboard.mouse);
        self.dashboard.keys.extend(keys);
        self.dashboard.theme.apply(theme);
    }

    /// Whether the layers can hold together.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.taste().map(drop)
    }

    /// How the dashboard is wanted.
    pub fn taste(&self) -> Result<Taste, ConfigError> {
        Ok(Taste {
            keys: key_map(&self.dashboard.keys)?,
            theme: self.dashboard.theme.theme(),
            glyphs: self.dashboard.theme.glyphs.unwrap_or_default(),
            mouse: self.dashboard.mouse.unwrap_or_default(),
            summons: self.summons,
        })
    }

    fn apply_defaults(&mut self, defaults: Defaults) {
        // Taken apart by name, so that a new setting cannot be forgotten here.
        let Defaults {
            width,
            connect_width,
            connect_timeout,
            run_timeout,
            idle_timeout,
            slow,
            grace,
            drain,
            retries,
            retry_on,
            on_disconnect,
            lease,
            sudo,
            let_finish,
            on_hangup,
            bell,
            notify,
            confirm_above,
        } = defaults;
        let limits = &mut self.limits;
        replace(&mut self.width, width);
        replace(&mut self.on_hangup, on_hangup);
        replace(&mut self.summons.bell, bell);
        replace(&mut self.summons.notify, notify);
        replace(&mut self.confirm_above, confirm_above);
        replace(&mut limits.connect_width, connect_width);
        replace(&mut limits.connect_timeout, connect_timeout.map(time));
        // The one kind of limit takes the place of the other.
        match run_timeout {
            Some(RunLimit::Time(limit)) => (limits.run_timeout, limits.run_factor) = (time(limit), None),
            Some(RunLimit::Times(factor)) => (limits.run_timeout, limits.run_factor) = (None, Some(factor)),
            None => {}
        }
        replace(&mut limits.idle_timeout, idle_timeout.map(time));
        replace(&mut limits.slow, slow);
        replace(&mut limits.grace, grace);
        replace(&mut limits.drain, drain);
        replace(&mut limits.retries, retries);
        replace(&mut limits.retry_on, retry_on);
        replace(&mut limits.on_disconnect, on_disconnect);
        replace(&mut limits.lease, lease.map(time));
        replace(&mut limits.sudo, sudo);
        replace(&mut limits.let_finish, let_finish);
    }

    /// The settings of a run over so many hosts.
    pub fn settings(&self, hosts: usize) -> Settings {
        let width = match self.width {
            Width::Count(count) => count,
            Width::Max => hosts.max(1),
        };
        let mut settings = Settings {
            width,
            ..self.limits.clone()
        };
        if settings.let_finish {
            settings.on_disconnect = OnDisconnect::Keep;
        }
        settings
    }
}

fn time(limit: TimeLimit) -> Option<Duration> {
    limit.0
}

fn replace<T>(value: &mut T, newer: Option<T>) {
    if let Some(newer) = newer {
        *value = newer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_layer_wins_and_silence_changes_nothing() {
        let mut config = Config::built_in();
        config.apply(Layer::default());
        assert_eq!(config, Config::built_in());
        let lower = Layer {
            defaults: Defaults {
                width: Some(Width::Max),
                lease: Some(TimeLimit(None)),
                ..Defaults::default()
            },
            ssh: Ssh {
                config_file: Some("a".into()),
                options: vec!["Port=1".to_owned()],
            },
            groups: BTreeMap::from([("web".to_owned(), "web[1-2]".to_owned())]),
            ..Layer::default()
        };
        let upper = Layer {
            defaults: Defaults {
                retries: Some(2),
                ..Defaults::default()
            },
            ssh: Ssh {
                config_file: None,
                options: vec!["Port=2".to_owned()],
            },
            groups: BTreeMap::from([("web".to_owned(), "web9".to_owned())]),
            ..Layer::default()
        };
        config.apply(lower);
        config.apply(upper);
        let settings = config.settings(7);
        assert_eq!((settings.width, settings.lease, settings.retries), (7, None, 2));
        assert_eq!(config.ssh.config_file.as_deref(), Some("a".as_ref()));
        assert_eq!(config.ssh.options, ["Port=2", "Port=1"]);
        assert_eq!(config.groups["web"], "web9");
        assert_eq!(Config::built_in().settings(7).width, 64);
    }
}
