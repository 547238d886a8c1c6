//! Going back through what was typed earlier, and forth again to what was being typed.

use super::input::Input;

/// The most texts that are kept.
const MOST: usize = 100;

/// Which of the earlier texts is shown, and what was typed before that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recall(Option<(usize, Input)>);

impl Recall {
    /// Shows the text before; `history` is oldest first.
    pub(super) fn earlier(&mut self, history: &[String], input: &mut Input) {
        let at = self.0.as_ref().map_or(history.len(), |(at, _)| *at);
        self.show(at.checked_sub(1), history, input);
    }

    /// Shows the text after, or what was being typed.
    pub(super) fn later(&mut self, history: &[String], input: &mut Input) {
        let at = self.0.as_ref().map_or(history.len(), |(at, _)| *at);
        self.show(Some(at + 1), history, input);
    }

    fn show(&mut self, next: Option<usize>, history: &[String], input: &mut Input) {
        let Some(next) = next.filter(|next| *next <= history.len()) else {
            return;
        };
        let draft = self.0.take().map_or_else(|| input.clone(), |(_, draft)| draft);
        match history.get(next) {
            Some(earlier) => input.replace(earlier),
            None => input.clone_from(&draft),
        }
        self.0 = (next < history.len()).then_some((next, draft));
    }
}

/// Keeps a text behind others of its kind.
pub(super) fn remember_in(texts: &mut Vec<String>, text: &str) {
    texts.retain(|earlier| earlier != text);
    texts.push(text.to_owned());
    if texts.len() > MOST {
        texts.remove(0);
    }
}
