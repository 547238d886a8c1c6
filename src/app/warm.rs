//! Telling the runner which jobs are marked, so that the connections to their hosts stay warm for what may follow.

use super::message::Effects;
use super::state::App;
use crate::model::bond::Bond;
use crate::model::request::Request;

/// The wish to keep connections warm, where the marks have changed.
pub(super) fn wish(app: &mut App) -> Effects {
    let may_ask = matches!(app.seat.bond, Bond::Tied | Bond::Free) && app.board.course().is_live() && !app.is_locked();
    if !may_ask {
        return Effects::none();
    }
    let marked = app.table.marked();
    if marked == app.kept_warm {
        return Effects::none();
    }
    let jobs = marked.iter().copied().collect();
    app.kept_warm = marked;
    Effects::request(Request::KeepWarm { jobs })
}
