use super::*;
use crate::config::DEFAULT_FILE;
use crate::config::size::SizeLimit;
use crate::config::value::{OnHangup, RunLimit, TimeLimit, Width};
use crate::keys::{Key, KeyMap, Place};
use crate::model::plan::{OnDisconnect, RetryOn, Slow};
use crate::model::summons::When;
use crate::theme::{Attribute, Colour, Glyphs, Paint, Preset, Theme};
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
        dashboard: Dashboard {
            mouse: Some(Mouse::On),
            keys: Vec::new(),
            theme: ThemeWish {
                preset: Some(Preset::HighContrast),
                glyphs: Some(Glyphs::Ascii),
                paints: Vec::new(),
            },
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
            "fleet.toml:1: [colours] is not known; there is defaults, ssh, groups, history, dashboard, keys, theme",
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
            "[keys]\ncancle = [\"x\"]\n",
            "fleet.toml:2: keys.cancle is not known; did you mean cancel?",
        ),
        (
            "[keys]\nmake-tea = [\"x\"]\n",
            "fleet.toml:2: keys.make-tea is not known; heeler config --default lists what there is",
        ),
        (
            "[keys]\ncancel = \"x\"\n",
            "fleet.toml:2: keys.cancel is a text; write a list such as [\"a\", \"b\"]",
        ),
        (
            "[keys]\nkill = []\ncancel = [\"x\",\n  \"pgdwn\"]\n",
            "fleet.toml:4: keys.cancel: \"pgdwn\" is no key; did you mean pgdn?",
        ),
        (
            "[theme]\nfialed = \"red\"\n",
            "fleet.toml:2: theme.fialed is not known; did you mean failed?",
        ),
        (
            "[theme]\nfailed = \"bold rde\"\n",
            "fleet.toml:2: theme.failed: \"rde\" is no colour and no attribute; did you mean red?",
        ),
        (
            "[theme]\npreset = \"solarized\"\n",
            "fleet.toml:2: theme.preset: \"solarized\" is no preset; write default, traffic-lights or high-contrast",
        ),
        (
            "[theme]\nglyphs = \"emoji\"\n",
            "fleet.toml:2: theme.glyphs: \"emoji\" is not known here; write auto, unicode or ascii",
        ),
        (
            "[dashboard]\nmouse = \"on\"\n",
            "fleet.toml:2: dashboard.mouse is a text; write true or false",
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

/// Both files of a user: his own, and one that is named.
fn both(own: &str, chosen: &str) -> Result<Config, String> {
    let place = tempfile::tempdir().expect("a directory");
    let home = Home {
        home: None,
        config: Some(place.path().to_owned()),
    };
    fs::create_dir(place.path().join("heeler")).expect("a directory");
    fs::write(home.config_file().expect("a path"), own).expect("written");
    let path = place.path().join("fleet.toml");
    fs::write(&path, chosen).expect("written");
    load(&home, Some(&path)).map_err(|error| {
        let place = format!("{}/", place.path().display());
        error.to_string().replace(&place, "")
    })
}

#[test]
fn keys_are_judged_when_all_files_are_read() {
    let taste = |own, chosen| both(own, chosen).expect("no clash").taste().expect("no clash");
    let own = "[keys]\ncancel = [\"F8\", \"^X\"]\nkill = []\n";
    let keys = taste(own, "[keys]\npause = [\"x\"]\nretry = [\"p\"]\n").keys;
    assert_eq!(
        [Action::Cancel, Action::Kill, Action::Pause, Action::Retry].map(|action| keys.hint(action)),
        ["F8", ":kill", "x", "p"]
    );
    assert_eq!(keys.action(Key::Ctrl('x'), Place::Output), Some(Action::Cancel));
    assert_eq!(taste("", "").keys, KeyMap::default());
    // The last file wins.
    let keys = taste("[keys]\ncancel = [\"F8\"]\n", "[keys]\ncancel = [\"F9\"]\n").keys;
    assert_eq!(keys.keys(Action::Cancel), [Key::F(9)]);
    for (own, chosen, message) in [
        (
            "[keys]\nretry = [\"F2\"]\npause = [\"x\"]\n",
            "",
            "heeler/config.toml:3: keys.pause: x does cancel as well; give cancel other keys, as in cancel = [\"F8\"], or \
             none: cancel = []",
        ),
        (
            "[keys]\ncancel = [\"F8\"]\n",
            "\n[keys]\npause = [\"F8\"]\n",
            "heeler/config.toml:2: keys.cancel: F8 does pause as well; give pause other keys, as in pause = [\"F8\"], or \
             none: pause = []",
        ),
        (
            "[keys]\nquit = []\n",
            "",
            "heeler/config.toml:2: keys.quit: quit must have a key",
        ),
        (
            "[keys]\ncopy = []\nkill = [\"y\"]\n",
            "",
            "heeler/config.toml:3: keys.kill: y answers what kill asks: held down it would ask and answer at once; give \
             kill another key",
        ),
        (
            "[keys]\nsuspend = [\"Z\"]\n",
            "",
            "heeler/config.toml:2: keys.suspend: suspend acts while something is typed, too, and Z is needed there; give \
             it keys such as ^Z or F12",
        ),
        (
            "",
            "[keys]\ncancel = [\"^C\"]\n",
            "fleet.toml:2: keys.cancel: ^C always asks how to leave; it does nothing else, and interrupt keeps it",
        ),
    ] {
        assert_eq!(both(own, chosen).map(drop), Err(message.to_owned()));
    }
}

#[test]
fn a_theme_begins_with_its_preset_and_roles_lie_over_it() {
    let own = "[theme]\nfailed = \"underlined bright-red\"\npreset = \"traffic-lights\"\n[dashboard]\nmouse = true\n";
    let taste = both(own, "[theme]\nglyphs = \"ascii\"\n")
        .expect("good")
        .taste()
        .expect("good");
    let failed = Paint::new(Some(Colour::BrightRed), &[Attribute::Underlined]);
    let theme = Theme::of(Preset::TrafficLights).with(Role::Failed, failed);
    assert_eq!(
        (taste.theme, taste.glyphs, taste.mouse),
        (theme, Glyphs::Ascii, Mouse::On)
    );
}

/// What stands there for information, uncommented, is what is built in.
#[test]
fn the_lists_in_the_default_file_say_what_is_built_in() {
    let uncommented: Vec<&str> = DEFAULT_FILE
        .lines()
        .filter_map(|line| {
            let is_setting = |line: &&str| line.split(" = ").next().is_some_and(|name| !name.contains(' '));
            match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") => Some(rest).filter(is_setting),
                Some(_) => None,
                None => Some(line),
            }
        })
        .collect();
    let mut config = Config::built_in();
    config.apply(layer(&uncommented.join("\n")));
    assert_eq!(
        config.taste().expect("no clash"),
        Config::built_in().taste().expect("no clash")
    );
    let read = layer(&uncommented.join("\n")).dashboard;
    assert_eq!(read.keys.len(), Action::all().count());
    assert_eq!(read.theme.paints.len(), Role::ALL.len());
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
