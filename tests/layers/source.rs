//! One file of the program: the modules it declares, the names it uses, and what it gives other names to. Test code
//! is cut away first.

use crate::tokens::{Kind, Token, tokens};
use std::path::PathBuf;

/// The path of a module from the root of the library, or of a name in it.
pub(crate) type Path = Vec<String>;

/// What one file says.
#[derive(Debug)]
pub(crate) struct Source {
    /// Where it is, from the root of the tree.
    pub(crate) file: PathBuf,
    /// Its modules: its own, then those written inside of it.
    pub(crate) modules: Vec<Path>,
    /// Paths of modules in files of their own that exist in tests only.
    pub(crate) tests: Vec<Path>,
    /// The names that it uses.
    pub(crate) uses: Vec<Use>,
    /// Macros called, and the word `unsafe`.
    pub(crate) marks: Vec<Mark>,
}

/// A name used somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    /// As it is written.
    pub(crate) path: Path,
    /// In which module.
    pub(crate) at: Path,
    /// On which line.
    pub(crate) line: usize,
    /// How.
    pub(crate) how: How,
}

/// How a name is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `use path as name`, for this module itself.
    Import(String),
    /// `pub use path as name`: a signpost for others, and no need of this file's own.
    Signpost(String),
    /// In the code.
    Code,
}

/// A word that stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) what: String,
    pub(crate) line: usize,
}

/// Reads the file of the module `module`.
pub(crate) fn read(file: PathBuf, module: &Path, text: &str) -> Source {
    let mut reader = Reader {
        tokens: tokens(text),
        at: 0,
        depth: 0,
        inside: vec![(0, module.clone())],
        source: Source {
            file,
            modules: vec![module.clone()],
            tests: Vec::new(),
            uses: Vec::new(),
            marks: Vec::new(),
        },
    };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    reader.source
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// Open braces.
    depth: usize,
    /// The modules around the place of reading, and the depth at which each begins.
    inside: Vec<(usize, Path)>,
    source: Source,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn peek_is(&self, ahead: usize, mark: char) -> bool {
        self.peek(ahead).is_some_and(|token| token.is(mark))
    }

    fn peek_word(&self, ahead: usize) -> Option<&str> {
        self.peek(ahead).and_then(Token::word)
    }

    fn module(&self) -> Path {
        self.inside.last().map(|(_, path)| path.clone()).unwrap_or_default()
    }

    fn step(&mut self) {
        if self.is_test_attribute() {
            self.skip_test_item();
            return;
        }
        let Some(token) = self.peek(0).cloned() else { return };
        match &token.kind {
            Kind::Mark('{') => {
                self.depth += 1;
                self.at += 1;
            }
            Kind::Mark('}') => {
                self.depth = self.depth.saturating_sub(1);
                self.inside.retain(|(depth, _)| *depth <= self.depth);
                self.at += 1;
            }
            Kind::Word(word) => self.word(word, token.line),
            Kind::Path if self.peek_word(1).is_some() && !self.follows_path_part() => self.code_path(),
            _ => self.at += 1,
        }
    }

    /// Whether what stands before belongs to a path, so that `::` goes on with it.
    fn follows_path_part(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_some_and(|token| token.word().is_some_and(|word| word != "in") || token.is('>'))
    }

    fn word(&mut self, word: &str, line: usize) {
        match word {
            "mod" if self.peek_word(1).is_some() && self.peek_is(2, '{') => {
                let mut path = self.module();
                path.extend(self.peek_word(1).map(str::to_owned));
                self.at += 3;
                self.depth += 1;
                self.inside.push((self.depth, path.clone()));
                self.source.modules.push(path);
            }
            "mod" if self.peek_word(1).is_some() => self.at += 2,
            "use" if !self.peek_is(1, '<') => self.use_item(),
            "unsafe" => {
                let what = word.to_owned();
                self.source.marks.push(Mark { what, line });
                self.at += 1;
            }
            _ => self.code_path(),
        }
    }

    /// `a::b::c` in code. A single word may be a name that was given by a `use`.
    fn code_path(&mut self) {
        let line = self.tokens[self.at].line;
        let before = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        let is_part = before.is_some_and(|token| token.is('.') || token.kind == Kind::Path);
        // `pub(in crate::a)` says who may look, and names nothing.
        let in_visibility = self.at > 2
            && self.tokens[self.at - 1].is_word("in")
            && self.tokens[self.at - 2].is('(')
            && self.tokens[self.at - 3].is_word("pub");
        let path = self.path();
        if self.peek_is(0, '!')
            && !self.peek_is(1, '=')
            && let Some(last) = path.last()
        {
            let what = format!("{last}!");
            self.source.marks.push(Mark { what, line });
        }
        if !is_part && !in_visibility {
            self.note(path, line, How::Code);
        }
    }

    fn path(&mut self) -> Path {
        let mut path = Path::new();
        if self.peek(0).is_some_and(|token| token.kind == Kind::Path) {
            path.push("::".to_owned());
            self.at += 1;
        }
        while let Some(word) = self.peek_word(0).map(str::to_owned) {
            path.push(word);
            self.at += 1;
            let goes_on = self.peek(0).is_some_and(|token| token.kind == Kind::Path);
            if !goes_on || self.peek_word(1).is_none() {
                break;
            }
            self.at += 1;
        }
        path
    }

    fn note(&mut self, path: Path, line: usize, how: How) {
        let at = self.module();
        self.source.uses.push(Use { path, at, line, how });
    }

    fn use_item(&mut self) {
        let public = self.at.checked_sub(1).is_some_and(|at| self.ends_visibility(at));
        self.at += 1;
        self.use_tree(&Path::new(), public);
        while self.at < self.tokens.len() && !self.peek_is(0, ';') {
            self.at += 1;
        }
    }

    fn ends_visibility(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        if token.is(')') {
            let open = self.tokens[..at].iter().rposition(|token| token.is('('));
            return open.is_some_and(|open| open > 0 && self.tokens[open - 1].is_word("pub"));
        }
        token.is_word("pub")
    }

    fn use_tree(&mut self, prefix: &Path, public: bool) {
        let mut path = prefix.clone();
        loop {
            let Some(token) = self.peek(0).cloned() else { return };
            match &token.kind {
                Kind::Path => {
                    if path.is_empty() {
                        path.push("::".to_owned());
                    }
                    self.at += 1;
                }
                Kind::Mark('{') => {
                    self.at += 1;
                    while !self.peek_is(0, '}') && self.at < self.tokens.len() {
                        self.use_tree(&path, public);
                        self.at += usize::from(self.peek_is(0, ','));
                    }
                    self.at += 1;
                    return;
                }
                Kind::Mark('*') => {
                    path.push("*".to_owned());
                    self.at += 1;
                    return self.leaf(path, token.line, public);
                }
                Kind::Word(word) => {
                    if word != "self" || path.is_empty() {
                        path.push(word.clone());
                    }
                    self.at += 1;
                    if self.peek(0).is_none_or(|token| token.kind != Kind::Path) {
                        return self.leaf(path, token.line, public);
                    }
                }
                Kind::Mark(_) | Kind::Literal => {
                    self.at += 1;
                    return;
                }
            }
        }
    }

    fn leaf(&mut self, path: Path, line: usize, public: bool) {
        let name = if self.peek_word(0) == Some("as") {
            self.at += 2;
            self.tokens.get(self.at - 1).and_then(Token::word)
        } else {
            path.last().map(String::as_str)
        };
        let name = name.unwrap_or_default().to_owned();
        let how = if public { How::Signpost(name) } else { How::Import(name) };
        self.note(path, line, how);
    }

    /// `#[cfg(test)]`, also among other conditions, but not under `not`.
    fn is_test_attribute(&self) -> bool {
        if !(self.peek_is(0, '#') && self.peek_is(1, '[') && self.peek_word(2) == Some("cfg")) {
            return false;
        }
        let mut words = (3..)
            .map_while(|ahead| self.peek(ahead))
            .take_while(|token| !token.is(']'));
        let mut test = false;
        words.all(|token| {
            test |= token.is_word("test");
            !token.is_word("not") && !token.is_word("any")
        }) && test
    }

    /// The item under a test attribute: to its `;` or to the end of its block.
    fn skip_test_item(&mut self) {
        let mut depth = 0_usize;
        let mut block = None;
        while let Some(token) = self.peek(0).cloned() {
            if depth == 0 {
                if token.is_word("mod") && self.peek_is(2, ';') {
                    let mut path = self.module();
                    path.extend(self.peek_word(1).map(str::to_owned));
                    self.source.tests.push(path);
                }
                match token.word() {
                    Some("const") if self.peek_word(1) == Some("fn") => {}
                    Some("use" | "const" | "static" | "type") => _ = block.get_or_insert(false),
                    Some("fn" | "impl" | "mod" | "struct" | "enum" | "trait") => _ = block.get_or_insert(true),
                    _ => {}
                }
            }
            self.at += 1;
            match token.kind {
                Kind::Mark('{' | '(' | '[') => depth += 1,
                Kind::Mark('}' | ')' | ']') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && token.is('}') && block != Some(false) {
                        return;
                    }
                }
                Kind::Mark(';') if depth == 0 => return,
                _ => {}
            }
        }
    }
}
