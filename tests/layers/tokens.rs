//! Rust text cut into words and marks, without comments and without the contents of literals.

/// One token, and the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, a keyword or a number.
    Word(String),
    /// `::`.
    Path,
    /// Any other sign.
    Mark(char),
    /// A string, character or lifetime; what it says does not matter here.
    Literal,
}

impl Token {
    /// The word that this token is.
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// Cuts a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut cutter = Cutter {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
    };
    let mut tokens = Vec::new();
    loop {
        cutter.skip_space();
        let line = cutter.line;
        match cutter.token() {
            Some(kind) => tokens.push(Token { kind, line }),
            None => return tokens,
        }
    }
}

struct Cutter {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Cutter {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek(0).filter(|c| wanted(*c)) {
            taken.push(c);
            self.take();
        }
        taken
    }

    /// White space and comments, nested ones too.
    fn skip_space(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(c), _) if c.is_whitespace() => {
                    self.take();
                }
                (Some('/'), Some('/')) => {
                    self.take_while(|c| c != '\n');
                }
                (Some('/'), Some('*')) => self.skip_block(),
                _ => return,
            }
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.take();
                    continue;
                }
            }
            self.take();
            self.take();
            if depth == 0 {
                return;
            }
        }
    }

    fn token(&mut self) -> Option<Kind> {
        let c = self.peek(0)?;
        if c.is_alphanumeric() || c == '_' {
            let word = self.take_while(|c| c.is_alphanumeric() || c == '_');
            return Some(self.after(word));
        }
        self.take();
        Some(match c {
            '"' => self.quoted('"'),
            '\'' => self.quote(),
            ':' if self.peek(0) == Some(':') => {
                self.take();
                Kind::Path
            }
            other => Kind::Mark(other),
        })
    }

    /// A word, unless it only begins a literal or a raw name.
    fn after(&mut self, word: String) -> Kind {
        match (word.as_str(), self.peek(0)) {
            ("b" | "c", Some('"')) => {
                self.take();
                self.quoted('"')
            }
            ("b", Some('\'')) => {
                self.take();
                self.quoted('\'')
            }
            ("r", Some('#')) if self.peek(1).is_some_and(|c| c.is_alphabetic() || c == '_') => {
                self.take();
                Kind::Word(self.take_while(|c| c.is_alphanumeric() || c == '_'))
            }
            ("r" | "br" | "cr", Some('"' | '#')) => self.raw(),
            _ => Kind::Word(word),
        }
    }

    fn quoted(&mut self, end: char) -> Kind {
        while let Some(c) = self.take() {
            if c == '\\' {
                self.take();
            } else if c == end {
                break;
            }
        }
        Kind::Literal
    }

    fn raw(&mut self) -> Kind {
        let hashes = self.take_while(|c| c == '#').len();
        self.take();
        while let Some(c) = self.take() {
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                (0..hashes).for_each(|_| _ = self.take());
                break;
            }
        }
        Kind::Literal
    }

    /// What follows a `'`: a character or a lifetime.
    fn quote(&mut self) -> Kind {
        if self.peek(0) == Some('\\') || self.peek(1) == Some('\'') {
            return self.quoted('\'');
        }
        self.take_while(|c| c.is_alphanumeric() || c == '_');
        Kind::Literal
    }
}

#[test]
fn comments_and_literals_are_left_out() {
    let text = r##"
        use a::b; // c::d
        /* e /* f */ g */ let s: &'x str = "h::i \" j"; r#"k " l"#; r#type 'm' '\'' b'n' br"o" 1.5
    "##;
    let words: Vec<_> = tokens(text)
        .into_iter()
        .filter_map(|token| Some((token.line, token.word()?.to_owned())))
        .collect();
    let words: Vec<_> = words.iter().map(|(line, word)| (*line, word.as_str())).collect();
    assert_eq!(
        words,
        [
            (2, "use"),
            (2, "a"),
            (2, "b"),
            (3, "let"),
            (3, "s"),
            (3, "str"),
            (3, "type"),
            (3, "1"),
            (3, "5")
        ]
    );
}
