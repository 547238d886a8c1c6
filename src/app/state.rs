//! The dashboard as a whole: the run as it stands, the screen, what lies over it, and how the operator means to leave.

use super::clusters::Clusters;
use super::confirmed::Confirmed;
use super::difference::DifferenceView;
use super::filter::FilterError;
use super::hint::Hint;
use super::measures::Measures;
use super::message::Size;
use super::order::Sort;
use super::output::OutputView;
use super::overlay::Overlay;
use super::presence::Presence;
use super::prints::Prints;
use super::seat::{Access, Seat};
use super::secret::Turn;
use super::session::Session;
use super::table::Table;
use super::view::View;
use super::watch::Watch;
use crate::keys::{KeyMap, Mouse, Place};
use crate::model::board::Board;
use crate::model::bond::Bond;
use crate::model::field::Field;
use crate::model::id::JobId;
use crate::model::phase::Phase;
use crate::model::plan::Plan;
use crate::model::stamp::Stamp;
use crate::model::summons::Summons;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Rows of the screen that are not the body: two of the header, the column heads, the status line, the footer.
const CHROME: u16 = 5;
/// A terminal smaller than this shows only that it is too small.
const SMALLEST: Size = Size { width: 40, height: 8 };
/// How long a notice stays.
const NOTICE: Duration = Duration::from_secs(5);

/// What fills the terminal.
#[derive(Debug)]
pub enum Screen {
    /// The jobs, as the view says.
    Table,
    /// The output of one job.
    Output(Box<OutputView>),
    /// The difference of two outputs.
    Difference(Box<DifferenceView>),
}

/// How the operator means to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Departure {
    /// Not at all, for now.
    #[default]
    None,
    /// When what runs is over; nothing more is started.
    Draining,
    /// When everything that was told to end has ended.
    Cancelling,
    /// The same, after KILL.
    Killing,
}

/// The dashboard.
#[derive(Debug)]
pub struct App {
    pub(super) plan: Arc<Plan>,
    pub(super) seat: Seat,
    pub(super) session: Session,
    pub(super) board: Board,
    pub(super) screen: Screen,
    pub(super) overlay: Overlay,
    pub(super) table: Table,
    pub(super) view: View,
    pub(super) clusters: Clusters,
    pub(super) prints: Prints,
    pub(super) measuring: Measures,
    /// The place of the field whose buckets are shown.
    pub(super) bucketed: usize,
    pub(super) size: Size,
    pub(super) departure: Departure,
    pub(super) password: Turn,
    /// A key was pressed: the operator is there.
    pub(super) touched: bool,
    pub(super) left: bool,
    pub(super) dirty: bool,
    pub(super) notice: Option<(String, Stamp)>,
    /// When the last job ended, while all are over.
    pub(super) over_since: Option<Stamp>,
    /// The newest event's time.
    pub(super) last_event: Stamp,
    pub(super) presence: Presence,
    pub(super) keys: KeyMap,
    pub(super) mouse: Mouse,
    pub(super) hint: Hint,
    pub(super) tickets: u64,
    /// On whose host a shell was asked for that would need a connection of its own.
    pub(super) shell_asked: Option<JobId>,
    /// What is wrong with the filter that is being typed.
    pub(super) filter_fault: Option<FilterError>,
    /// The commands that were typed, oldest first.
    pub(super) commands: Vec<String>,
    /// The jobs that were last told to end from here, until all of them have.
    pub(super) stops: Vec<JobId>,
    /// The commands for hosts that were typed, oldest first.
    pub(super) typed: Vec<String>,
    /// The jobs of which the runner was told last that they are marked.
    pub(super) kept_warm: BTreeSet<JobId>,
    /// The width that was asked for from here, until the run has it.
    pub(super) width_asked: Option<usize>,
    /// What was last confirmed, and of how many jobs.
    pub(super) confirmed: Option<Confirmed>,
    /// The job whose details are open.
    pub(super) watch: Option<Watch>,
    host_columns: usize,
}

impl App {
    /// The dashboard of a run that may have begun already.
    pub fn new(plan: Arc<Plan>, board: Board, now: Stamp) -> Self {
        let widths = plan.hosts.iter().map(|host| super::text::width(host.as_str()));
        let host_columns = widths.max().unwrap_or_default();
        let mut prints = Prints::default();
        prints.note_all(&board);
        let over_since = board.all_done().then(|| last_end(&board));
        let mut app = Self {
            plan,
            seat: Seat::default(),
            session: Session::default(),
            password: Turn::of(&board),
            measuring: Measures::of(&board, 0),
            bucketed: 0,
            board,
            screen: Screen::Table,
            overlay: Overlay::None,
            table: Table::default(),
            view: View::default(),
            clusters: Clusters::default(),
            prints,
            size: Size::default(),
            departure: Departure::None,
            touched: false,
            left: false,
            dirty: true,
            notice: None,
            over_since,
            last_event: now,
            presence: Presence::new(now, over_since.is_some()),
            keys: KeyMap::default(),
            mouse: Mouse::default(),
            hint: Hint::default(),
            tickets: 0,
            shell_asked: None,
            filter_fault: None,
            commands: Vec::new(),
            stops: Vec::new(),
            typed: Vec::new(),
            kept_warm: BTreeSet::new(),
            width_asked: None,
            confirmed: None,
            watch: None,
            host_columns,
        };
        app.table.arrange(&app.board, now);
        app
    }

    /// The same from this seat.
    #[must_use]
    pub fn seated(mut self, seat: Seat) -> Self {
        self.seat = seat;
        self
    }

    /// The same, with the operator called like this.
    #[must_use]
    pub fn summoned_by(mut self, summons: Summons) -> Self {
        self.presence.summons = summons;
        self
    }

    /// The same with these keys, and with the mouse where it is wanted.
    #[must_use]
    pub fn handled_by(mut self, keys: KeyMap, mouse: Mouse) -> Self {
        self.keys = keys;
        self.mouse = mouse;
        self
    }

    /// The same for a newcomer.
    #[must_use]
    pub fn hinting(mut self, hint: Hint) -> Self {
        self.hint = hint;
        self
    }

    /// What the keys do.
    pub fn keys(&self) -> &KeyMap {
        &self.keys
    }

    /// What is to be said to a newcomer.
    pub fn hint(&self) -> Option<String> {
        self.hint.words(&self.keys)
    }

    /// Whose the mouse is.
    pub fn mouse(&self) -> Mouse {
        self.mouse
    }

    /// What this view is to the run, and what may be done from it.
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    /// Whether keys that ask the runner for something are locked.
    pub fn is_locked(&self) -> bool {
        self.seat.access == Access::ReadOnly
    }

    /// Whether this is the record of a run that was over before.
    pub fn is_record(&self) -> bool {
        self.seat.bond == Bond::Record
    }

    /// Whether nothing was started yet.
    pub fn is_planned(&self) -> bool {
        self.seat.bond == Bond::Planned
    }

    /// What was asked.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The run as it stands.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The run as it stood in the end.
    pub fn into_board(self) -> Board {
        self.board
    }

    /// What fills the terminal.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// What lies over it.
    pub fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    /// The rows.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// How the jobs are shown.
    pub fn view(&self) -> View {
        self.view
    }

    /// The clusters, where the view has such.
    pub fn clusters(&self) -> &Clusters {
        &self.clusters
    }

    /// By what the rows are sorted, in a word.
    pub fn sort_word(&self) -> &str {
        match self.table.sort() {
            (Sort::Value(place), _) => self.board.fields().get(place).map_or("field", Field::name),
            (sort, _) => sort.word(),
        }
    }

    /// The name of the field whose buckets are shown.
    pub fn bucketed(&self) -> Option<&str> {
        self.board.fields().get(self.bucketed).map(Field::name)
    }

    /// What is known of the outputs.
    pub fn prints(&self) -> &Prints {
        &self.prints
    }

    /// Whether clusters of jobs fill the terminal.
    pub(super) fn is_gathered(&self) -> bool {
        matches!(self.screen, Screen::Table) && self.view.is_gathered()
    }

    /// The terminal's size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Columns and rows of the body: the rows of the table, or the text of the output.
    pub fn body(&self) -> Size {
        Size {
            width: self.size.width,
            height: self.size.height.saturating_sub(CHROME),
        }
    }

    /// A third of the body's rows: so far from the top a hit is shown.
    pub(super) fn third(&self) -> usize {
        usize::from(self.body().height / 3)
    }

    /// Columns and rows of the text in a panel over the screen (help, details), less its frame and margin.
    pub fn panel(&self) -> (u16, usize) {
        (
            self.size.width.saturating_sub(4),
            usize::from(self.size.height.saturating_sub(3)),
        )
    }

    /// Whether the terminal is too small to show anything useful.
    pub fn is_too_small(&self) -> bool {
        self.size.width < SMALLEST.width || self.size.height < SMALLEST.height
    }

    /// The widest host's columns.
    pub fn host_columns(&self) -> usize {
        self.host_columns
    }

    /// Something that was said to the operator and is still fresh.
    pub fn notice(&self, now: Stamp) -> Option<&str> {
        let (text, since) = self.notice.as_ref()?;
        (now.since(*since) < NOTICE).then_some(text.as_str())
    }

    /// How long the run has taken; it stands still when all is over.
    pub fn elapsed(&self, now: Stamp) -> Duration {
        self.over_since.unwrap_or(now).0
    }

    /// Whether the operator has said how to leave, and the dashboard waits for it.
    pub fn is_leaving(&self) -> bool {
        self.departure != Departure::None
    }

    /// How many changes wait because the rows are held still at `now`; none when they are not held.
    pub fn held_changes(&self, now: Stamp) -> Option<usize> {
        let (held, changes) = if self.is_gathered() {
            (self.is_gathering_held(now), self.clusters.changes())
        } else {
            (self.is_held(now), self.table.changes())
        };
        (held && changes > 0).then_some(changes)
    }

    /// When the screen changes by itself next, with nothing more happening: the clock of what runs, rows that were held
    /// still, a question that becomes armed, a notice that goes.
    pub fn next_wake(&self, now: Stamp) -> Option<Stamp> {
        let clock = (!self.board.all_done()).then(|| Stamp::from_secs(now.0.as_secs() + 1));
        let rows = self.table.is_stale().then(|| self.table.hand_lifts(now)).flatten();
        let clusters = self.clusters.due().filter(|_| self.is_gathered());
        let armed = self.overlay.arms_at();
        let notice = self.notice.as_ref().map(|(_, since)| *since + NOTICE);
        let watched = self.watch.as_ref().filter(|watch| self.asks_host_of(watch.job));
        let watch = watched.map(|watch| watch.due);
        let columns = self.measuring.due();
        [clock, rows, clusters, armed, notice, watch, columns]
            .into_iter()
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    /// Whether the host of a job is asked while its details are open.
    pub(super) fn asks_host_of(&self, job: JobId) -> bool {
        !self.is_locked() && !self.is_too_small() && self.runs(job)
    }

    /// Whether a command of a job runs, and there is somebody who could look at it.
    pub(super) fn runs(&self, job: JobId) -> bool {
        let phase = self.board.row(job).map(|row| &row.phase);
        self.board.course().is_live() && matches!(phase, Some(Phase::Running { .. } | Phase::Stopping { .. }))
    }

    /// Whether something changed since this was last asked.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Which actions are at home on this screen.
    pub fn place(&self) -> Place {
        match self.screen {
            Screen::Table => Place::Table,
            Screen::Output(_) => Place::Output,
            Screen::Difference(_) => Place::Difference,
        }
    }

    /// The job that an action without marks is about: the one that is drawn.
    pub fn job_at_hand(&self) -> Option<JobId> {
        match &self.screen {
            Screen::Table if self.view.is_gathered() => self.clusters.cursor(),
            Screen::Table => self.table.cursor(),
            Screen::Output(view) => Some(view.job()),
            Screen::Difference(view) => Some(view.job()),
        }
    }

    /// The jobs that an action is about: the marked ones, otherwise the one at hand, or all of the cluster at hand.
    pub(super) fn targets(&self) -> Vec<JobId> {
        if self.acts_on_marks() {
            self.table.marked().into_iter().collect()
        } else if self.is_gathered() {
            self.clusters
                .at_hand()
                .map_or_else(Vec::new, |cluster| cluster.jobs.clone())
        } else {
            self.job_at_hand().into_iter().collect()
        }
    }

    /// Whether an action is about the marked jobs: in the table, if there are any.
    pub(super) fn acts_on_marks(&self) -> bool {
        matches!(self.screen, Screen::Table) && self.table.has_marks()
    }

    pub(super) fn is_held(&self, now: Stamp) -> bool {
        self.overlay != Overlay::None || self.table.is_held(now)
    }

    /// Whether the clusters stand still at `now`. As long as nobody has moved among them only a key holds them.
    pub(super) fn is_gathering_held(&self, now: Stamp) -> bool {
        let held = self.overlay != Overlay::None || self.table.has_marks();
        self.clusters.is_held(now) || (held && self.clusters.is_steered())
    }

    /// Whether the cursor came to where it is by itself so lately that the operator may mean something else.
    pub(super) fn has_slipped(&self, now: Stamp) -> bool {
        if self.is_gathered() {
            self.clusters.has_slipped(now)
        } else {
            self.table.has_slipped(now)
        }
    }

    /// What is wrong with the filter that is being typed.
    pub fn filter_fault(&self) -> Option<&FilterError> {
        self.filter_fault.as_ref()
    }

    pub(super) fn say(&mut self, text: impl Into<String>, now: Stamp) {
        self.notice = Some((text.into(), now));
    }

    /// The label of a job.
    pub fn label(&self, job: JobId) -> &str {
        self.board.row(job).map_or("?", |row| row.host.as_str())
    }
}

/// When the last job ended.
fn last_end(board: &Board) -> Stamp {
    let ends = board.rows().iter().filter_map(|row| match row.phase {
        Phase::Done { at, .. } => Some(at),
        _ => None,
    });
    ends.max().unwrap_or_default()
}
