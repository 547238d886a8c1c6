//! What each layer may know, and where the few things live that only one place may touch.

/// A top module of the library.
pub(crate) struct Layer {
    /// Its name.
    pub(crate) name: &'static str,
    /// The layers that it may name. Those stand below it in [`LAYERS`], never beside or above it.
    pub(crate) knows: &'static [&'static str],
    /// Whether it is free of runtime, clock, screen, files, environment and printing.
    pub(crate) pure: bool,
}

/// Every layer, upper ones first. The binary is above them all.
pub(crate) const LAYERS: [Layer; 18] = [
    layer("main", &["cli"]),
    layer(
        "cli",
        &[
            "report",
            "tui",
            "demo",
            "history",
            "runner",
            "link",
            "transport",
            "rundir",
            "config",
            "nodeset",
            "keys",
            "theme",
            "model",
            "child",
        ],
    ),
    layer("report", &["history", "link", "rundir", "nodeset", "model"]),
    layer(
        "tui",
        &["app", "history", "link", "rundir", "nodeset", "keys", "theme", "model"],
    ),
    layer("demo", &["nodeset", "model", "child"]),
    pure_layer("app", &["nodeset", "keys", "model"]),
    layer("history", &["rundir", "nodeset", "model"]),
    layer("runner", &["link", "transport", "shim", "rundir", "model"]),
    layer("link", &["model"]),
    layer("transport", &["model", "child"]),
    layer("shim", &["model"]),
    layer("rundir", &["model"]),
    layer("config", &["nodeset", "keys", "theme", "model"]),
    layer("nodeset", &["model"]),
    pure_layer("keys", &["model"]),
    pure_layer("theme", &["model"]),
    pure_layer("model", &[]),
    layer("child", &[]),
];

const fn layer(name: &'static str, knows: &'static [&'static str]) -> Layer {
    Layer {
        name,
        knows,
        pure: false,
    }
}

const fn pure_layer(name: &'static str, knows: &'static [&'static str]) -> Layer {
    Layer {
        name,
        knows,
        pure: true,
    }
}

/// What a pure layer never names.
pub(crate) const IMPURE: [&str; 11] = [
    "tokio",
    "ratatui",
    "crossterm",
    "rustix",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::env",
    "std::fs",
    "std::io",
    "std::process",
    "std::thread",
];

/// The macros that print, which no pure layer calls.
pub(crate) const PRINTING: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// Crates that belong to one place.
pub(crate) const CONFINED: [(&str, &str); 6] = [
    ("clap", "cli"),
    ("crossterm", "tui"),
    ("ratatui", "tui"),
    ("openssh", "transport"),
    ("russh", "demo"),
    ("toml", "config"),
];

/// Parts of a layer that another one, although it knows the layer, does not name.
pub(crate) const CLOSED: [(&str, &str, &str); 1] = [("runner", "link::Link", "that is the front-end's half")];

/// The one file that may hold `unsafe`.
pub(crate) const UNSAFE: &str = "child.rs";

/// Circles that are known and not cured yet, as pairs of files the first of which names the second although it should
/// not. It may only shrink: an entry that closes no circle any more is a finding as well.
pub(crate) const OPEN_CIRCLES: [(&str, &str); 0] = [];
