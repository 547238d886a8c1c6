use super::super::sources::memory::{Memory, NOTHING};
use super::*;

const FLEET: Memory = Memory {
    groups: &[
        ("all", "@web,@db,root@gw:2222"),
        ("web", "web[01-04]"),
        ("db", "db[1-3]"),
        ("rack1", "web01,db1"),
        ("rack2", "web02,db2"),
        ("listed", "^hosts"),
        ("loop", "web01,@loop2"),
        ("loop2", "^back"),
        ("self", "@self"),
        ("broken", "web[3-1]"),
        ("empty", " "),
    ],
    files: &[
        (
            "hosts",
            "\u{feff}# the first rack\r\nweb01 web02,db[1-2]\r\n\r\n  @rack2!db2  # and more\n",
        ),
        ("back", "db1\n@loop\n"),
        ("wrong", "web1\nweb2 ,\n"),
        ("nested", "db9\n@broken\n"),
        ("none", "# nobody\n"),
        ("dashed", "web01 - the first one\n"),
    ],
    stdin: "db3\n web04 # slow\n",
};

fn names(text: &str, sources: &dyn Sources) -> String {
    let set = resolve(text, sources).unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<_> = set.iter().map(HostName::as_str).collect();
    names.join(" ")
}

fn refusal(text: &str, sources: &dyn Sources) -> String {
    resolve(text, sources).expect_err(text).to_string()
}

#[test]
fn brackets() {
    for (text, expected) in [
        ("web1", "web1"),
        ("n[1-3]", "n1 n2 n3"),
        ("[1-3]", "1 2 3"),
        ("n[1-10/3]", "n1 n4 n7 n10"),
        ("n[1-3/9]", "n1"),
        ("n[ 1 , 3 ]", "n1 n3"),
        ("n[7,1-3]", "n7 n1 n2 n3"),
        ("n[1-2,1-3]", "n1 n2 n3"),
        ("n1,n01,n001", "n1 n01 n001"),
        ("n[08-11]", "n08 n09 n10 n11"),
        ("n[98-101]", "n98 n99 n100 n101"),
        ("n[098-101]", "n098 n099 n100 n101"),
        ("n[01-02,3]", "n01 n02 n3"),
        ("n0[1-3]", "n01 n02 n03"),
        ("n0[1-3]!n[01-03]", ""),
        ("n[1-3]0", "n10 n20 n30"),
        ("n[1-3]0^n[10,20,30]", ""),
        ("foo[19]", "foo19"),
        ("a[1-2]b[01-02]c", "a1b01c a1b02c a2b01c a2b02c"),
        ("127.1.0.[9-11]", "127.1.0.9 127.1.0.10 127.1.0.11"),
        ("root@web[1-2]:2222", "root@web1:2222 root@web2:2222"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1],2001:db8::1", "2001:db8::1"),
        ("user@[2001:db8::1]:2222", "user@[2001:db8::1]:2222"),
        ("2001:db8::[1-2]", "2001:db8::1 2001:db8::2"),
        ("u[1-2]@[::1]:22", "u1@[::1]:22 u2@[::1]:22"),
    ] {
        assert_eq!(names(text, &NOTHING), expected, "{text}");
    }
}

#[test]
fn operators_work_from_left_to_right() {
    for (text, expected) in [
        ("a[1-5],a7!a[2-3]", "a1 a4 a5 a7"),
        ("a!a,a", "a"),
        ("a,b&b,c", "b c"),
        ("a[1-3]&a[2-5]^a[3-4]", "a2 a4"),
        (" a , b ! a ", "b"),
        ("b,a,b", "b a"),
        ("a!a", ""),
    ] {
        assert_eq!(names(text, &NOTHING), expected, "{text}");
    }
}

#[test]
fn groups_files_input_and_wildcards() {
    for (text, expected) in [
        ("@db", "db1 db2 db3"),
        ("@web!@rack[1-2]", "web03 web04"),
        ("@*", "web01 web02 web03 web04 db1 db2 db3 root@gw:2222"),
        ("@all&db*", "db1 db2 db3"),
        ("web0?!web0[2-3]", "web01 web04"),
        ("*[1,4]", "web01 web04 db1"),
        ("*@gw*", "root@gw:2222"),
        ("^hosts", "web01 web02 db1 db2"),
        ("@listed,-", "web01 web02 db1 db2 db3 web04"),
        ("^hosts^^hosts", ""),
        ("@web^ ^hosts", "web03 web04 db1 db2"),
        ("-!db3,-", "web04 db3"),
        ("web1!^none", "web1"),
    ] {
        assert_eq!(names(text, &FLEET), expected, "{text}");
    }
}

#[test]
fn says_where_and_why() {
    for (text, expected) in [
        (
            "web[3-1]",
            "node set \"web[3-1]\", column 5: the range 3-1 runs backwards; write 1-3",
        ),
        (
            "a,web [1]",
            "node set \"a,web [1]\", column 7: a space may not stand inside a name; write a comma between two hosts",
        ),
        ("", "node set \"\", column 1: it is empty; name at least one host"),
        (
            "a,-x",
            "node set \"a,-x\", column 3: the host name \"-x\" begins with '-'; begin it with a letter or a digit",
        ),
        (
            "a,we/b[1-2]",
            "node set \"a,we/b[1-2]\", column 5: '/' may not stand in a host name; use letters, digits and . _ - + =",
        ),
        (
            "ö,x:y:z",
            "node set \"ö,x:y:z\", column 3: \"x:y:z\" is not an IPv6 address; write for example 2001:db8::1 or [2001:db8::1]:22",
        ),
        (
            "@wbe",
            "node set \"@wbe\", column 1: there is no group \"wbe\"; the configuration has all, web, db, rack1, rack2, listed, loop, loop2, …",
        ),
        (
            "mail*",
            "node set \"mail*\", column 1: no host of the group \"all\" matches \"mail*\"",
        ),
        (
            "@self",
            "group \"self\": node set \"@self\", column 1: the definition goes in a circle: @self → @self",
        ),
        (
            "db1,@loop",
            "file \"back\", line 2: node set \"@loop\", column 1: the definition goes in a circle: @loop → @loop2 → ^back → @loop",
        ),
        (
            "^nested",
            "group \"broken\": node set \"web[3-1]\", column 5: the range 3-1 runs backwards; write 1-3",
        ),
        (
            "^wrong",
            "file \"wrong\", line 2: node set \"web2 ,\", column 7: nothing stands beside ',' here; name a host or remove it",
        ),
        (
            "^dashed",
            "file \"dashed\", line 1: node set \"web01 - the first one\", column 7: standard input cannot be named in here; name it in the set that is given",
        ),
        (
            "@empty",
            "group \"empty\": node set \" \", column 2: it is empty; name at least one host",
        ),
        (
            "a,^gone",
            "node set \"a,^gone\", column 3: cannot read the file \"gone\": no such file",
        ),
        (
            "*[1-101]",
            "node set \"*[1-101]\", column 1: this makes more than 100 wildcards; match first and then cut down, as in web*&web[1-500]",
        ),
    ] {
        assert_eq!(refusal(text, &FLEET), expected);
    }
}

#[test]
fn without_an_all_group_there_are_no_wildcards() {
    for text in ["@*", "web*", "@all"] {
        let expected = "there is no group \"all\", to which @* and wildcards refer; configure one";
        assert_eq!(
            refusal(text, &NOTHING),
            format!("node set {text:?}, column 1: {expected}")
        );
    }
    let expected = "node set \"@db\", column 1: there is no group \"db\"; no group is configured";
    assert_eq!(refusal("@db", &NOTHING), expected);
}

#[test]
fn refuses_bad_names_on_standard_input() {
    let input = Memory {
        stdin: "web1\nweb2\n-oProxyCommand=x\n",
        ..NOTHING
    };
    let expected = "standard input, line 3: node set \"-oProxyCommand=x\", column 1: the host name";
    assert!(refusal("-", &input).starts_with(expected), "{}", refusal("-", &input));
}

#[test]
fn large_sets_are_refused_before_they_are_spelled_out() {
    for (text, column) in [
        ("a,n[0-999999999999999999]x[0-999999999999999999]", 3),
        ("n[1-100001]", 1),
        ("n[1-100000],m1", 13),
        ("@g[1-100001]", 1),
    ] {
        let error = resolve(text, &NOTHING).expect_err(text);
        assert_eq!(error.reason(), &Reason::TooManyHosts { limit: 100_000 }, "{text}");
        assert_eq!(error.column(), column, "{text}");
    }
    let set = resolve("n[1-100000]", &NOTHING).expect("just small enough");
    assert_eq!(set.len(), MAX_HOSTS);
    let long = format!("{}[1-100000]", "a".repeat(10_000));
    let error = resolve(&long, &NOTHING).expect_err("long names");
    let reason = Reason::Host(HostNameError::TooLong { bytes: 10_000 });
    assert_eq!(error.reason(), &reason);
}

/// Groups `g0`, `g1`, …, each of which names the next one twice.
struct Doubling {
    last: usize,
}

impl Sources for Doubling {
    fn group(&self, name: &str) -> std::io::Result<Option<String>> {
        let number: usize = name[1..].parse().expect("a number");
        let next = number + 1;
        let last = number == self.last;
        Ok(Some(if last {
            "end".to_owned()
        } else {
            format!("@g{next},@g{next}")
        }))
    }

    fn group_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn file(&self, _: &str) -> std::io::Result<String> {
        Err(std::io::Error::other("no files here"))
    }

    fn stdin(&self) -> std::io::Result<String> {
        Err(std::io::Error::other("closed"))
    }
}

#[test]
fn nested_groups_are_looked_up_once_and_not_without_end() {
    assert_eq!(names("@g0", &Doubling { last: 63 }), "end");
    let error = resolve("@g0", &Doubling { last: 64 }).expect_err("too deep");
    assert_eq!(error.reason(), &Reason::TooDeep(64));
    assert_eq!(error.place(), &Place::Group("g63".to_owned()));
    let closed = "node set \"-\", column 1: cannot read standard input: closed";
    assert_eq!(refusal("-", &Doubling { last: 0 }), closed);
}
