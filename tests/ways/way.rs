//! One way out of a run: how it is gone, and what must be true when it has been.

use crate::remains::Remains;
use crate::scene::Scene;

/// The exit status of a program when nobody was left to see it.
pub const UNSEEN: i32 = -1;

/// A way out. All rows of the page are of this type, and each is a test as well.
pub struct Way {
    /// What is done, or happens, in the words of the page.
    pub what: &'static str,
    /// Goes it, and returns the exit status of the program: 128 + n for signal n.
    pub go: fn(&Scene) -> i32,
    /// What heeler says of the three jobs when it is over, in a line for all of them.
    pub says: &'static str,
    /// The exit status of the program at which somebody sat.
    pub status: i32,
    /// How many processes are left on the hosts, because nothing could end them.
    pub left: usize,
    /// What became of the terminal.
    pub terminal: Screen,
}

/// What becomes of a terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// There is none.
    None,
    /// It is as it was.
    AsBefore,
    /// It was closed.
    Closed,
    /// Its program was killed, and could not give it back.
    NotGivenBack,
}

impl Way {
    /// Goes the way, and takes the census.
    #[track_caller]
    pub fn walk(&self) {
        let scene = Scene::new();
        let status = (self.go)(&scene);
        assert_eq!(scene.says(), self.says, "{}", self.what);
        assert_eq!(status, self.status, "{}", self.what);
        let expected = Remains {
            remote: self.left,
            ..Remains::default()
        };
        scene.expect_remains(&expected);
    }
}

/// Makes a test of each way, and a list of all of them for the page.
macro_rules! ways {
    ($($name:ident: $way:expr;)*) => {
        /// The ways of this file, in the order of the page.
        pub const WAYS: &[crate::way::Way] = &[$($way),*];

        $(#[test]
        fn $name() {
            const WAY: crate::way::Way = $way;
            WAY.walk();
        })*
    };
}
pub(crate) use ways;
