//! The views, and differences.

use heeler::app::Action;

use crate::desk::Scene;
use crate::screen::Gone;

/// Twelve chapters; every host has a number of its own for their headings, but for the last two, which share one.
const CHAPTERS: &str = "case $HEELER_HOST in *.1) k=one;; *) k=many;; esac; \
     for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo \"chapter $i of $k\"; seq 1 20; done; sleep 2; [ $k = many ]";

#[test]
fn every_key_for_views_and_differences_shows_them() {
    let desk = Scene::new("127.1.0.[1-3]", CHAPTERS).open();
    let terminal = &desk.terminal;
    terminal.wait_for("1 failed");
    terminal.wait_for("2 ok");
    desk.does(Action::Groups, "END AND HOSTS");
    desk.does(Action::Failures, "CAUSE AND HOSTS");
    desk.does(Action::Timeline, "|0s");
    desk.does(Action::Hosts, "TRY  OUTPUT");
    desk.does(Action::NextView, "END AND HOSTS");
    desk.does(Action::NextView, "CAUSE AND HOSTS");
    desk.does(Action::NextView, "|0s");
    desk.does(Action::NextView, Gone("|0s"));
    desk.does(Action::NextView, "TRY  OUTPUT");

    // The one that failed stands first.
    desk.go_to(1);
    desk.does(Action::Difference, "-12 +12 lines");
    let first = "- chapter 1 of many";
    assert!(terminal.screen().contains(first));
    desk.does(Action::NextChange, Gone(first));
    desk.does(Action::PreviousChange, first);
    desk.does(Action::Bottom, "+ chapter 12 of one");
    desk.does(Action::Top, first);
    desk.does(Action::Back, "TRY  OUTPUT");
}
