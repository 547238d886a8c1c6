//! The whole tree: every file's modules, and where a name leads.

use crate::source::{How, Path, Source, Use, read};
use std::collections::HashMap;
use std::fs;
use std::path::{Path as FilePath, PathBuf};

/// How many signposts are followed before a name counts as a stranger's.
const MOST_SIGNPOSTS: u32 = 16;

/// Every file that belongs to the program and not to its tests.
pub(crate) struct Tree {
    pub(crate) sources: Vec<Source>,
    modules: HashMap<Path, Module>,
}

struct Module {
    /// The place of its file among the sources.
    file: usize,
    /// What its `use` items gave names to.
    names: HashMap<String, Path>,
}

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// To this path from the root of the library.
    Own(Path),
    /// To something else: another crate, the standard library, or a name that needs no path.
    Foreign(Path),
}

impl Tree {
    /// Reads everything below `root`.
    pub(crate) fn read(root: &FilePath) -> Self {
        let mut files = Vec::new();
        collect(root, &mut files);
        files.sort();
        let mut sources: Vec<Source> = files
            .iter()
            .map(|file| {
                let text = fs::read_to_string(file).expect("a readable file");
                let file = file.strip_prefix(root).expect("a file below the root").to_owned();
                let module = module_of(&file);
                read(file, &module, &text)
            })
            .collect();
        let tests: Vec<Path> = sources.iter().flat_map(|source| source.tests.clone()).collect();
        sources.retain(|source| !tests.iter().any(|test| source.modules[0].starts_with(test)));
        let mut modules = HashMap::new();
        for (file, source) in sources.iter().enumerate() {
            for path in &source.modules {
                let here = source.uses.iter().filter(|item| item.at == *path);
                let names = here.filter_map(|item| match &item.how {
                    How::Import(name) | How::Signpost(name) => Some((name.clone(), item.path.clone())),
                    How::Code => None,
                });
                let names = names.collect();
                modules.insert(path.clone(), Module { file, names });
            }
        }
        Self { sources, modules }
    }

    /// The whole path of a used name; `None` for a single word that no `use` made a name.
    pub(crate) fn lead(&self, item: &Use) -> Option<Lead> {
        match (&item.how, item.path.as_slice()) {
            (How::Code, [word]) => {
                let target = self.modules.get(&item.at)?.names.get(word)?;
                Some(self.whole(&item.at, target, 0))
            }
            (How::Code, path) => Some(self.whole(&item.at, path, MOST_SIGNPOSTS)),
            // A `use` does not go by the name that it makes.
            (How::Import(_) | How::Signpost(_), path) => Some(self.whole(&item.at, path, 0)),
        }
    }

    /// The file in which the item at a path stands: signposts are followed.
    pub(crate) fn file(&self, path: &Path) -> Option<usize> {
        self.find(path, MOST_SIGNPOSTS)
    }

    fn whole(&self, at: &Path, path: &[String], signposts: u32) -> Lead {
        let Some((head, rest)) = path.split_first() else {
            return Lead::Own(at.clone());
        };
        let mut below = at.clone();
        match head.as_str() {
            "::" => return Lead::Foreign(rest.to_vec()),
            "crate" | "heeler" => return Lead::Own(rest.to_vec()),
            "self" => return self.whole(at, rest, signposts),
            "super" => {
                below.pop();
                // More of them may follow; anything else is looked for in that module.
                return match rest.first().map(String::as_str) {
                    Some("super") => self.whole(&below, rest, signposts),
                    _ => Lead::Own([below, rest.to_vec()].concat()),
                };
            }
            _ => below.push(head.clone()),
        }
        if self.modules.contains_key(&below) {
            return Lead::Own([below, rest.to_vec()].concat());
        }
        let named = self.modules.get(at).and_then(|module| module.names.get(head));
        match named {
            Some(target) if signposts > 0 => {
                let path = [target.clone(), rest.to_vec()].concat();
                self.whole(at, &path, signposts - 1)
            }
            _ => Lead::Foreign(path.to_vec()),
        }
    }

    fn find(&self, path: &Path, signposts: u32) -> Option<usize> {
        let mut here = Path::new();
        for (index, part) in path.iter().enumerate() {
            let mut below = here.clone();
            below.push(part.clone());
            if self.modules.contains_key(&below) {
                here = below;
                continue;
            }
            let Some(target) = self.modules.get(&here).and_then(|module| module.names.get(part)) else {
                break;
            };
            if signposts == 0 {
                return None;
            }
            let target = [target.clone(), path[index + 1..].to_vec()].concat();
            return match self.whole(&here, &target, 0) {
                Lead::Own(path) => self.find(&path, signposts - 1),
                Lead::Foreign(_) => None,
            };
        }
        self.modules.get(&here).map(|module| module.file)
    }
}

fn collect(directory: &FilePath, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// `lib.rs` is the root, `a/mod.rs` and `a.rs` are `a`, and the binary is taken for a module of its own.
fn module_of(file: &FilePath) -> Path {
    let mut path: Path = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if path.last().is_some_and(|last| last == "mod") || path == ["lib"] {
        path.pop();
    }
    path
}
