//! Results as node sets, wherever one is taken.

use crate::past::Past;

#[test]
fn the_hosts_of_a_result_can_be_named_where_a_node_set_is_taken() {
    let past = Past::new();
    past.heeler.configure("[groups]\ndead = \"bad2\"\n");
    past.run(
        "good[1-2],bad[1-3],refused",
        "--json",
        "case $HEELER_HOST in bad*) exit 3 ;; esac",
    );
    let name = past.name();
    let (_, random) = name.split_once('-').expect("a random part");
    for (set, hosts) in [
        ("@last:failed!@dead", "bad[1,3]\n"),
        ("@last:ok", "good[1-2]\n"),
        ("@last", "good[1-2],bad[1-3],refused\n"),
        ("@last:not-ok&bad[1-9]", "bad[1-3]\n"),
        ("@last:ok,@last:unreachable", "good[1-2],refused\n"),
        ("@last:lost", "\n"),
        (&format!("@{name}:failed"), "bad[1-3]\n"),
        (&format!("@{random}"), "good[1-2],bad[1-3],refused\n"),
    ] {
        assert_eq!(past.tell(&["nodes", "--fold", set]), hosts, "{set}");
    }
    let again = past.run("@last:failed", "--json -x @dead", "true");
    assert_eq!(again.status, Some(0), "{}", again.stderr);
    assert_eq!(past.tell(&["show", "--nodes", "ok"]).trim(), "bad[1,3]");
}

#[test]
fn a_configured_group_wins_and_mistakes_are_explained() {
    let past = Past::new();
    past.heeler.configure("[groups]\nlast = \"mine\"\n");
    past.run("web1", "--json", "true");
    assert_eq!(past.tell(&["nodes", "--fold", "@last"]), "mine\n");
    let refused = past.refusal(&["nodes", "@last:fail"]);
    assert!(
        refused.contains("\"fail\" is no class of results; there is all, ok, not-ok, failed"),
        "{refused}"
    );
    let refused = past.refusal(&["nodes", "@nonsense:ok"]);
    assert!(
        refused.contains("there is no run \"nonsense\"; see with heeler runs"),
        "{refused}"
    );
    let refused = past.refusal(&["nodes", "@wbe"]);
    assert!(refused.contains("last"), "an unknown group is one: {refused}");
}
