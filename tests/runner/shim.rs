//! The shim's part of a session, as the module documentation of `heeler::shim` tells it.

use heeler::model::event::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// A session on a host.
pub(crate) struct Shim {
    control: DuplexStream,
    /// What was read of the control pipe and not looked at yet.
    heard: Vec<u8>,
    out: Option<DuplexStream>,
    err: Option<DuplexStream>,
    /// What begins every record: separator, nonce, space.
    mark: String,
    /// The program that was taken last.
    pub(crate) program: String,
}

impl Shim {
    pub(crate) fn new(control: DuplexStream, out: DuplexStream, err: DuplexStream) -> Self {
        Self {
            control,
            heard: Vec::new(),
            out: Some(out),
            err: Some(err),
            mark: String::new(),
            program: String::new(),
        }
    }

    /// Answers the greeting of a new connection.
    pub(crate) async fn greet(&mut self) {
        let line = self.hear().await;
        let (_, half) = line.split_once("heeler=").expect("a greeting");
        let (one, rest) = half.split_once("z;").unwrap();
        let (two, _) = rest.split_once("%z}").unwrap().1.split_once('"').unwrap();
        self.print(Stream::Stdout, format!("hello {one}{two}\n").as_bytes())
            .await;
    }

    /// Asks for a password where a shell is to become root's; returns what tells who is let in from others.
    pub(crate) async fn ask_for_password(&mut self) -> String {
        let root = self.hear_of_sudo().await;
        self.print(Stream::Stderr, format!("[heeler {root}] password: ").as_bytes())
            .await;
        root
    }

    /// Becomes root's without asking.
    pub(crate) async fn become_root(&mut self) {
        let root = self.hear_of_sudo().await;
        self.let_in(&root).await;
    }

    /// Is root's shell from now on.
    pub(crate) async fn let_in(&mut self, root: &str) {
        self.print(Stream::Stdout, format!("root {root}\n").as_bytes()).await;
    }

    async fn hear_of_sudo(&mut self) -> String {
        let line = self.hear().await;
        let (_, rest) = line.split_once("-p '[heeler ").expect("the call of sudo");
        rest.split_once(']').unwrap().0.to_owned()
    }

    /// Reads the program and says that it is up.
    pub(crate) async fn come_up(&mut self) {
        self.take_program().await;
        self.say_up().await;
    }

    /// Reads the program.
    pub(crate) async fn take_program(&mut self) {
        while !self.heard.ends_with(b"\nexit 0\n}\n") {
            assert!(self.read().await, "the program is not whole");
        }
        let program = String::from_utf8(std::mem::take(&mut self.heard)).unwrap();
        let (_, after) = program.split_once('\x1e').expect("a mark in the program");
        self.mark = format!("\x1e{} ", &after[..32]);
        self.program = program;
    }

    /// Says that it is up.
    pub(crate) async fn say_up(&mut self) {
        let up = format!("{}up\n", self.mark);
        self.print(Stream::Stdout, up.as_bytes()).await;
        self.print(Stream::Stderr, up.as_bytes()).await;
    }

    /// Everything up to a running command.
    pub(crate) async fn run(&mut self) {
        self.greet().await;
        self.run_greeted().await;
    }

    /// Everything from the program up to a running command.
    pub(crate) async fn run_greeted(&mut self) {
        self.come_up().await;
        self.say("job 7 setsid").await;
    }

    /// Plays a search: takes the program, and answers with these lines.
    pub(crate) async fn look(&mut self, answer: &[&str]) {
        self.tell(answer).await;
        self.close(Stream::Stdout);
        self.close(Stream::Stderr);
    }

    /// The same, and then says nothing more and does not end.
    pub(crate) async fn tell(&mut self, answer: &[&str]) {
        self.come_up().await;
        for line in answer {
            let line = format!("{}{line}\n", self.mark);
            self.print(Stream::Stdout, line.as_bytes()).await;
        }
    }

    /// Sends a record.
    pub(crate) async fn say(&mut self, record: &str) {
        let record = format!("{}{record}\n", self.mark);
        self.print(Stream::Stderr, record.as_bytes()).await;
    }

    /// Writes to a stream.
    pub(crate) async fn print(&mut self, stream: Stream, bytes: &[u8]) {
        let pipe = match stream {
            Stream::Stdout => &mut self.out,
            Stream::Stderr => &mut self.err,
        };
        pipe.as_mut().unwrap().write_all(bytes).await.expect("the runner reads");
    }

    /// The next line to the shim. Beats are answered on the way.
    pub(crate) async fn hear(&mut self) -> String {
        loop {
            if let Some(line) = self.next_line() {
                if line != "beat" {
                    return line;
                }
                if self.err.is_some() {
                    self.say("beat").await;
                }
                continue;
            }
            assert!(self.read().await, "the control pipe ended");
        }
    }

    fn next_line(&mut self) -> Option<String> {
        let end = self.heard.iter().position(|byte| *byte == b'\n')?;
        let line = self.heard.drain(..=end).collect();
        Some(String::from_utf8(line).unwrap().trim_end().to_owned())
    }

    /// The next line to the shim, where it is a beat.
    pub(crate) async fn hears_beat(&mut self) {
        loop {
            if let Some(line) = self.next_line() {
                assert_eq!(line, "beat");
                return;
            }
            assert!(self.read().await, "the control pipe ended");
        }
    }

    /// Asserts that these lines come next.
    pub(crate) async fn hears(&mut self, lines: &[&str]) {
        for line in lines {
            assert_eq!(self.hear().await, *line);
        }
    }

    /// Waits for the end of the control pipe; returns what came before it.
    pub(crate) async fn hung_up(&mut self) -> String {
        while self.read().await {}
        String::from_utf8(std::mem::take(&mut self.heard)).unwrap()
    }

    /// Ends one stream.
    pub(crate) fn close(&mut self, stream: Stream) {
        match stream {
            Stream::Stdout => self.out = None,
            Stream::Stderr => self.err = None,
        }
    }

    /// Reports the end of the command, and ends.
    pub(crate) async fn exit(&mut self, status: u32) {
        self.say(&format!("exit {status}")).await;
        self.close(Stream::Stdout);
        self.close(Stream::Stderr);
    }

    /// What a shim does whose command ends on a signal.
    pub(crate) async fn go(&mut self, status: u32) {
        self.say("left 1").await;
        self.say(&format!("exit {status}")).await;
        self.say("gone all").await;
        self.close(Stream::Stdout);
        self.close(Stream::Stderr);
    }

    /// The channel is cut.
    pub(crate) fn cut(&mut self) {
        self.close(Stream::Stdout);
        self.close(Stream::Stderr);
    }

    async fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = self.control.read(&mut buffer).await.unwrap();
        self.heard.extend_from_slice(&buffer[..count]);
        count > 0
    }
}
