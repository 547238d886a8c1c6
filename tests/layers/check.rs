//! Holds the tree against the rules.

use crate::circles;
use crate::rules::{CLOSED, CONFINED, IMPURE, LAYERS, Layer, PRINTING, UNSAFE};
use crate::source::{Path, Source};
use crate::tree::{Lead, Tree};
use std::fmt;
use std::path::{Path as FilePath, PathBuf};

/// Something that is against a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// In which file, from the root of the tree.
    pub(crate) file: PathBuf,
    /// On which line.
    pub(crate) line: usize,
    /// What, and against which rule.
    pub(crate) what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// Checks every file below `root`; `open_circles` are those that are known.
pub(crate) fn check(root: &FilePath, open_circles: &[(&str, &str)]) -> Vec<Finding> {
    let tree = Tree::read(root);
    let mut findings = Vec::new();
    for source in &tree.sources {
        let mut add = |line, what| {
            findings.push(Finding {
                file: source.file.clone(),
                line,
                what,
            });
        };
        match layer_of(source) {
            Some(layer) => names(&tree, source, layer, &mut add),
            None if source.modules[0].is_empty() => {}
            None => add(
                1,
                "stands in no layer: give it a place in tests/layers/rules.rs".to_owned(),
            ),
        }
        marks(source, &mut add);
    }
    findings.extend(circles::find(&tree, open_circles));
    findings.sort();
    findings.dedup();
    findings
}

fn layer_of(source: &Source) -> Option<&'static Layer> {
    let name = source.modules[0].first()?;
    LAYERS.iter().find(|layer| layer.name == name)
}

fn names(tree: &Tree, source: &Source, layer: &Layer, add: &mut impl FnMut(usize, String)) {
    for item in &source.uses {
        let what = tree.lead(item).and_then(|lead| match lead {
            Lead::Own(path) => own(&path, layer),
            Lead::Foreign(path) => foreign(&path, layer),
        });
        if let Some(what) = what {
            add(item.line, what);
        }
    }
}

/// What is wrong with a name of the library itself.
fn own(path: &Path, layer: &Layer) -> Option<String> {
    let target = path.first()?;
    let is_layer = LAYERS.iter().any(|layer| layer.name == target);
    if !is_layer || target == layer.name {
        return None;
    }
    if !layer.knows.contains(&target.as_str()) {
        let knows = match layer.knows {
            [] => "no other layer".to_owned(),
            some => format!("only {}", some.join(", ")),
        };
        return Some(format!("`{}` names `{target}`, but may know {knows}", layer.name));
    }
    CLOSED
        .iter()
        .find(|(from, part, _)| *from == layer.name && reaches(path, part))
        .map(|(from, part, why)| format!("`{from}` names `{part}`: {why}"))
}

/// What is wrong with a name from outside.
fn foreign(path: &Path, layer: &Layer) -> Option<String> {
    let impure = layer.pure.then(|| IMPURE.iter().find(|impure| reaches(path, impure)));
    if let Some(Some(impure)) = impure {
        return Some(format!(
            "`{}` names `{impure}`, but knows no runtime, clock, screen, files or environment",
            layer.name
        ));
    }
    CONFINED
        .iter()
        .find(|(krate, home)| path[0] == *krate && layer.name != *home)
        .map(|(krate, home)| {
            format!(
                "`{}` names the crate `{krate}`, which belongs to `{home}` alone",
                layer.name
            )
        })
}

/// Whether a name is, is inside of, or takes in everything around `wanted`.
fn reaches(path: &[String], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split("::").collect();
    match path.split_last() {
        Some((last, around)) if last == "*" => {
            let common = around.len().min(wanted.len());
            around[..common].iter().eq(wanted[..common].iter())
        }
        _ => path.len() >= wanted.len() && path.iter().zip(&wanted).all(|(part, wanted)| part == wanted),
    }
}

fn marks(source: &Source, add: &mut impl FnMut(usize, String)) {
    let pure = layer_of(source).filter(|layer| layer.pure);
    for mark in &source.marks {
        if mark.what == "unsafe" && source.file != FilePath::new(UNSAFE) {
            add(mark.line, format!("`unsafe` belongs to src/{UNSAFE} alone"));
        }
        let prints = mark.what.strip_suffix('!').is_some_and(|name| PRINTING.contains(&name));
        if let (true, Some(layer)) = (prints, pure) {
            add(
                mark.line,
                format!("`{}` calls `{}`, but never prints", layer.name, mark.what),
            );
        }
    }
}
