//! Circles of files. A file depends on the one in which a name stands that it imports or uses; a `pub use` is only a
//! signpost, so that a module may show its parts to others while they use each other. It becomes a dependency when the
//! file's own code uses the name. Declaring `mod child;` is none: a circle between parent and child needs the parent to
//! use something of the child's, and the child something that stands in the parent's own file.

use crate::check::Finding;
use crate::source::How;
use crate::tree::{Lead, Tree};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which file names which, and where it does so first.
type Edges = BTreeMap<usize, BTreeMap<usize, Named>>;

#[derive(Clone, Debug)]
struct Named {
    line: usize,
    name: String,
}

/// Every shortest circle, and every entry of `open` that is needed no more.
pub(crate) fn find(tree: &Tree, open: &[(&str, &str)]) -> Vec<Finding> {
    let mut edges = edges(tree);
    let mut findings = Vec::new();
    for (from, to) in open {
        let place = |file: &str| tree.sources.iter().position(|source| source.file == *file);
        let pair = place(from).zip(place(to));
        let closes = pair.is_some_and(|(from, to)| {
            edges.get(&from).is_some_and(|targets| targets.contains_key(&to)) && way(&edges, to, from).is_some()
        });
        if !closes {
            findings.push(Finding {
                file: from.into(),
                line: 1,
                what: format!("closes no circle by naming src/{to}: take it from the list of open circles"),
            });
        }
    }
    for (from, to) in open {
        for (file, targets) in &mut edges {
            if tree.sources[*file].file == **from {
                targets.retain(|target, _| tree.sources[*target].file != **to);
            }
        }
    }
    findings.extend(closed(tree, &edges));
    findings
}

fn closed(tree: &Tree, edges: &Edges) -> Vec<Finding> {
    let mut seen: BTreeSet<BTreeSet<usize>> = BTreeSet::new();
    let mut findings = Vec::new();
    for (from, targets) in edges {
        for (to, named) in targets {
            let Some(back) = way(edges, *to, *from) else { continue };
            let circle: BTreeSet<usize> = back.iter().copied().collect();
            if !seen.insert(circle) {
                continue;
            }
            let steps = back.windows(2).map(|pair| {
                let named = &edges[&pair[0]][&pair[1]];
                let file = tree.sources[pair[0]].file.display();
                format!("src/{file}:{} names `{}`", named.line, named.name)
            });
            let steps: Vec<String> = steps.collect();
            let what = format!("names `{}`, which stands in a circle: {}", named.name, steps.join(", "));
            findings.push(Finding {
                file: tree.sources[*from].file.clone(),
                line: named.line,
                what,
            });
        }
    }
    findings
}

fn edges(tree: &Tree) -> Edges {
    let mut edges = Edges::new();
    for (file, source) in tree.sources.iter().enumerate() {
        for item in &source.uses {
            if matches!(item.how, How::Signpost(_)) {
                continue;
            }
            let Some(Lead::Own(path)) = tree.lead(item) else {
                continue;
            };
            let Some(target) = tree.file(&path).filter(|target| *target != file) else {
                continue;
            };
            let name = item.path.join("::");
            let line = item.line;
            edges
                .entry(file)
                .or_default()
                .entry(target)
                .or_insert(Named { line, name });
        }
    }
    edges
}

/// The shortest way from one file to another, both included.
fn way(edges: &Edges, from: usize, to: usize) -> Option<Vec<usize>> {
    let mut before: BTreeMap<usize, usize> = BTreeMap::from([(from, from)]);
    let mut waiting = VecDeque::from([from]);
    while let Some(file) = waiting.pop_front() {
        if file == to {
            let mut way = vec![to];
            while let Some(last) = way.last().copied().filter(|last| *last != from) {
                way.push(before[&last]);
            }
            way.reverse();
            return Some(way);
        }
        for target in edges.get(&file).into_iter().flatten().map(|(target, _)| *target) {
            before.entry(target).or_insert_with(|| {
                waiting.push_back(target);
                file
            });
        }
    }
    None
}
