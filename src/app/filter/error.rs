//! What can be wrong with a filter.

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A word before a colon that is nearly one of the keys.
    #[error("{0}: is no key; did you mean {1}:?")]
    Key(String, &'static str),
    /// A word behind a key that is none of its words.
    #[error("{key}:{word} is not known; {meant}")]
    Word {
        /// The key.
        key: &'static str,
        /// What stands behind it.
        word: String,
        /// What was meant, or what may stand there.
        meant: String,
    },
    /// Not a number, or a range of them.
    #[error("{key}: takes a number, as in {key}:3 {key}:>1 {key}:1-5")]
    Number {
        /// The key.
        key: &'static str,
    },
    /// Not a comparison with a length of time.
    #[error("elapsed: takes a time, as in elapsed:>5m elapsed:<90s")]
    Time,
    /// A comparison with a field that there is not.
    #[error("no field {0}; :field {0}=REGEX reads one out of the output")]
    Field(String),
    /// The values of a field are numbers, and what they are compared with is none of their kind.
    #[error("the values of {0} are numbers: {0}>90 {0}<4G {0}=0")]
    NoNumber(String),
    /// A word that tests nothing, where one must.
    #[error("{0:?} says nothing yet: finish it, or leave it out")]
    Unfinished(String),
    /// An expression without its end.
    #[error("an expression ends with /")]
    Unclosed,
    /// An expression that is none.
    #[error("no expression: {0}")]
    Expression(String),
    /// An expression that would take too much memory.
    #[error("this expression is too large; shorten it, or its repetitions")]
    TooLarge,
    /// A node set that is none.
    #[error("no node set: {0}")]
    Nodes(String),
}
