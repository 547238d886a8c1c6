//! What surrounds a dashboard while the program shows one after the other: where leaving leads, what is asked before a
//! command is run, and where the operator was when this dashboard was left before.

use super::filter::{Filter, Known};
use super::measuring;
use super::order::Sort;
use super::state::App;
use super::view::View;
use crate::model::field::Field;
use crate::model::id::{JobId, RunId};
use crate::model::stamp::Stamp;
use std::collections::BTreeSet;

/// What a dashboard is told when it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The run whose dashboard is shown when this one is left.
    pub back_to: Option<RunId>,
    /// Whether somebody is known to be there, so that it stays when all is over.
    pub is_watched: bool,
    /// With more hosts than this, their number is typed before a command is run on them.
    pub confirm_above: Option<usize>,
    /// What is said at once.
    pub word: Option<String>,
    /// Where the operator was.
    pub bookmark: Option<Bookmark>,
}

/// Where the operator is in a dashboard, to come back to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bookmark {
    cursor: Option<JobId>,
    marks: BTreeSet<JobId>,
    view: View,
    sort: (Sort, bool),
    filter: String,
    stragglers: bool,
    /// The columns, where somebody was in the dashboard of this run before.
    fields: Option<Vec<Field>>,
    commands: Vec<String>,
    typed: Vec<String>,
}

impl Bookmark {
    /// In another run of the same session: what was typed goes along, places do not.
    #[must_use]
    pub fn for_another(&self) -> Self {
        Self {
            commands: self.commands.clone(),
            typed: self.typed.clone(),
            ..Self::default()
        }
    }

    /// The same, after something more was typed elsewhere.
    #[must_use]
    pub fn with_typed(self, other: &Self) -> Self {
        Self {
            commands: other.commands.clone(),
            typed: other.typed.clone(),
            ..self
        }
    }
}

impl App {
    /// The same in this session.
    #[must_use]
    pub fn in_session(mut self, session: Session, now: Stamp) -> Self {
        self.touched |= session.is_watched;
        if let Some(word) = &session.word {
            self.say(word.clone(), now);
        }
        if let Some(bookmark) = &session.bookmark {
            self.turn_to(bookmark.clone(), now);
        }
        self.session = session;
        self
    }

    /// Where leaving leads, and what surrounds this dashboard.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Where the operator is.
    pub fn bookmark(&self) -> Bookmark {
        Bookmark {
            cursor: self.job_at_hand(),
            marks: self.table.marked(),
            view: self.view,
            sort: self.table.sort(),
            filter: self.table.filter().text().to_owned(),
            stragglers: self.table.stragglers_only(),
            fields: Some(self.board.fields().to_vec()),
            commands: self.commands.clone(),
            typed: self.typed.clone(),
        }
    }

    fn turn_to(&mut self, bookmark: Bookmark, now: Stamp) {
        let (sort, reversed) = bookmark.sort;
        self.commands = bookmark.commands;
        self.typed = bookmark.typed;
        if let Some(fields) = bookmark.fields.filter(|fields| fields != self.board.fields()) {
            measuring::set_fields(self, &fields, now);
        }
        self.table.set_sort(sort, reversed);
        let filter = Filter::read(&bookmark.filter, Known::of(&self.board));
        self.table.set_filter(filter.unwrap_or_default());
        self.table.set_stragglers(bookmark.stragglers);
        self.table.mark(bookmark.marks);
        self.table.arrange(&self.board, now);
        if let Some(job) = bookmark.cursor {
            self.table.point_at(job);
        }
        super::gathering::switch(self, bookmark.view, now);
    }
}
