use super::*;
use crate::config::DEFAULT_FILE;
use crate::config::size::SizeLimit;
use crate::config::value::{OnHangup, RunLimit, TimeLimit, Width};
use crate::model::plan::{OnDisconnect, RetryOn, Slow};
use crate::model::summons::When;
use std::time::Duration;

fn home() -> Home {
    Home {
        home: Some("/home/ann".into()),
        config: None,
    }
}

fn layer(text: &str) -> Layer {
    parse(Path::new("/etc/fleet.toml"), text, &home()).expect(text)
}

fn refusal(text: &str) -> String {
    let refused = parse(Path::new("fleet.toml"), text, &home()).expect_err(text);
    refused.to_string()
}

/// Settings that all differ from the built-in ones, so that a key missing from the file shows.
fn contrary() -> Layer {
    let none = Some(TimeLimit(None));
    let one = Some(TimeLimit(Some(Duration::from_secs(1))));
    Layer {
        defaults: Defaults {
            width: Some(Width::Max),
            connect_width: Some(1),
            connect_timeout: none,
            run_timeout: one.map(RunLimit::Time),
            idle_timeout: one,
            slow: Some(Slow::Never),
            grace: Some(Duration::from_secs(1)),
            drain: Some(Duration::from_secs(1)),
            retries: Some(1),
            retry_on: Some(vec![RetryOn::Exit]),
            on_disconnect: Some(OnDisconnect::Keep),
            lease: none,
            sudo: Some(true),
            let_finish: Some(true),
            on_hangup: Some(OnHangup::Cancel),
            bell: Some(When::Never),
            notify: Some(When::Failure),
            confirm_above: Some(1),
        },
        history: History {
            keep: none,
            max_size: Some(SizeLimit(None)),
        },
        ..Layer::default()
    }
}

#[test]
fn the_default_file_says_exactly_what_is_built_in() {
    let mut config = Config::built_in();
    config.apply(contrary());
    assert_ne!(config, Config::built_in());
    config.apply(layer(DEFAULT_FILE));
    assert_eq!(config, Config::built_in());
}

#[test]
fn a_file_is_read() {
    let read = layer(concat!(
        "[defaults]\nwidth = \"max\"\ntimeout = \"10m\"\nretry-on = [\"exit\"]\n",
        "[ssh]\nconfig-file = \"~/.ssh/fleet\"\noptions = [\"Port=2222\", \"User=ann\"]\n",
        "[groups]\nweb = \"web[01-40]\"\nall = \"@web,db\"\n",
    ));
    assert_eq!(read.defaults.width, Some(Width::Max));
    assert_eq!(
        read.defaults.run_timeout,
        Some(RunLimit::Time(TimeLimit(Some(Duration::from_secs(600)))))
    );
    assert_eq!(read.defaults.retry_on, Some(vec![RetryOn::Unreachable, RetryOn::Exit]));
    assert_eq!(read.defaults.grace, None);
    assert_eq!(read.ssh.config_file, Some("/home/ann/.ssh/fleet".into()));
    assert_eq!(read.ssh.options, ["Port=2222", "User=ann"]);
    assert_eq!(read.groups["all"], "@web,db");
    let relative = layer("[ssh]\nconfig-file = \"ssh_config\"\n");
    assert_eq!(relative.ssh.config_file, Some("/etc/ssh_config".into()));
    assert_eq!(layer(""), Layer::default());
}

#[test]
fn errors_name_file_line_key_and_what_was_expected() {
    for (text, message) in [
        (
            "[defaults]\n\nwidht = 3\n",
            "fleet.toml:3: defaults.widht is not known; did you mean width?",
        ),
        (
            "[default]\nwidth = 3\n",
            "fleet.toml:1: [default] is not known; did you mean defaults?",
        ),
        (
            "colours = 1\n",
            "fleet.toml:1: [colours] is not known; there is defaults, ssh, groups, history",
        ),
        (
            "[ssh]\nagent = true\n",
            "fleet.toml:2: ssh.agent is not known; there is config-file, options",
        ),
        (
            "[defaults]\nwidth = 0\n",
            "fleet.toml:2: defaults.width: \"0\" is not a number from 1 to 100000, or max for all hosts",
        ),
        (
            "[defaults]\nsudo = \"yes\"\n",
            "fleet.toml:2: defaults.sudo is a text; write true or false",
        ),
        (
            "[defaults]\nwidth = true\n",
            "fleet.toml:2: defaults.width is a boolean; write a text in quotes or a number",
        ),
        (
            "[defaults]\ntimeout = 5\n",
            "fleet.toml:2: defaults.timeout: 5 has no unit; write 5s for seconds or 5m for minutes",
        ),
        (
            "[defaults]\nretry-on = [\n  \"exit\",\n  \"lost\",\n]\n",
            "fleet.toml:2: defaults.retry-on: \"lost\" is not known here; write unreachable, exit or timeout",
        ),
        (
            "defaults = 3\n",
            "fleet.toml:1: [defaults] is a number; write a section",
        ),
        (
            "[ssh]\noptions = \"Port=22\"\n",
            "fleet.toml:2: ssh.options is a text; write a list such as [\"a\", \"b\"]",
        ),
        (
            "[ssh]\noptions = [\n  \"Port\"]\n",
            "fleet.toml:3: ssh.options: \"Port\" is not an option of ssh; write it as KEY=VALUE",
        ),
        (
            "[groups]\n\"a b\" = \"web1\"\n",
            "fleet.toml:2: groups.\"a b\" cannot be used as @NAME; use letters, digits and . _ -",
        ),
        (
            "[groups]\nweb = 1\n",
            "fleet.toml:2: groups.web is a number; write a text in quotes",
        ),
    ] {
        assert_eq!(refusal(text), message, "{text}");
    }
    let syntax = refusal("[defaults]\nwidth = \n");
    assert!(syntax.starts_with("fleet.toml:2: this is not TOML: "), "{syntax}");
    let twice = refusal("[defaults]\nwidth = 1\nwidth = 2\n");
    assert!(twice.starts_with("fleet.toml:3: this is not TOML: "), "{twice}");
}

#[test]
fn the_users_file_may_be_missing_and_a_chosen_one_may_not() {
    let place = tempfile::tempdir().expect("a directory");
    let home = Home {
        home: None,
        config: Some(place.path().to_owned()),
    };
    assert_eq!(load(&home, None).expect("no file is fine"), Config::built_in());
    let chosen = place.path().join("fleet.toml");
    let missing = load(&home, Some(&chosen)).expect_err("it was named").to_string();
    assert!(missing.contains("fleet.toml") && missing.ends_with("check the path and its permissions"));

    fs::create_dir(place.path().join("heeler")).expect("a directory");
    fs::write(
        home.config_file().expect("a path"),
        "[defaults]\nwidth = 5\nretries = 1\n",
    )
    .expect("written");
    fs::write(&chosen, "[defaults]\nretries = 2\n").expect("written");
    let settings = load(&home, Some(&chosen)).expect("both are good").settings(1);
    assert_eq!((settings.width, settings.retries), (5, 2));
}

#[test]
fn the_users_file_is_found_as_the_specification_says() {
    assert_eq!(
        home().config_file(),
        Some("/home/ann/.config/heeler/config.toml".into())
    );
    let mut set = home();
    set.config = Some("/conf".into());
    assert_eq!(set.config_file(), Some("/conf/heeler/config.toml".into()));
    set.config = Some("relative".into());
    assert_eq!(set.config_file(), Some("/home/ann/.config/heeler/config.toml".into()));
    assert_eq!(Home::default().config_file(), None);
}
