//! Opening a dashboard in the course of a session: where the operator was before, and where that is now.

use super::filter::{Filter, Known};
use super::measuring;
use super::session::{Bookmark, Session};
use super::state::App;
use super::{following, gathering};
use crate::model::stamp::Stamp;

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
        if self.is_planned() {
            // There is nothing else to do but to give a command, or to choose the hosts for it.
            let _nothing = following::begin(&mut self, now);
        }
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
        gathering::switch(self, bookmark.view, now);
    }
}
