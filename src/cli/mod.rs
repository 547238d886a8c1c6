//! The command line: arguments to a settled request, the commands that need no run, and exit statuses. It is the top of
//! the program and the only place that reads the environment; nothing may call it but `main`.

mod adoption;
mod again;
mod alarm;
mod args;
mod attach;
mod beginning;
mod called;
mod confirm;
mod control;
mod display;
mod dry_run;
mod errand;
mod error;
mod fields;
mod follow_up;
mod front;
mod history;
mod launch;
mod logout;
mod no_way;
mod nodes;
mod parked;
mod parse;
mod place;
mod preflight;
mod prepare;
mod reach;
mod reap;
mod request;
mod results;
mod run;
mod runner;
mod runner_log;
mod runtime;
mod safety;
mod session;
mod settings;
mod sources;
mod spawn;
mod tell;
mod tie;
mod usage;
mod variable;
mod words;

pub use args::Cli;
pub use control::ControlError;
pub use display::{DisplayArgs, Front};
pub use error::CliError;
pub use no_way::ReachError;
pub use request::{RunRequest, Safety};
pub use tie::TieArgs;
pub use usage::UsageError;

use crate::config::{self, DEFAULT_FILE};
use crate::history::Bounds;
use crate::model::exit::ExitStatus;
use args::{Command, ConfigArgs, NodesArgs, RunArgs};
use confirm::{Console, confirm};
use request::World;
use sources::Surroundings;
use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use tell::tell;

/// Runs the program with these arguments, the first of which is its own name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match parse::parse(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output and errors to standard error; when that is closed nobody can be told.
            let _closed = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(ExitStatus::Usage.code()));
        }
    };
    let status = dispatch(cli.command).unwrap_or_else(|error| report(&error));
    ExitCode::from(status.code())
}

fn dispatch(command: Command) -> Result<ExitStatus, CliError> {
    match command {
        Command::Run(args) => start(&args),
        Command::Demo(args) => {
            screen(&args.display)?;
            run::demo(&args)
        }
        Command::Runner(args) => runner::run(&args),
        Command::Attach(args) => {
            screen(&args.display)?;
            attach::attach(&args)
        }
        Command::Resume(args) => {
            screen(&args.display)?;
            again::resume(&args, &config::load(&place::home(), None).map_err(UsageError::from)?)
        }
        Command::Retry(args) => {
            let config = config::load(&place::home(), args.config.as_deref()).map_err(UsageError::from)?;
            match again::request(&args, &config)? {
                Some(request) => begin(&request, history::bounds(&config)),
                None => Ok(ExitStatus::AllOk),
            }
        }
        Command::Cancel(args) => control::cancel(&args),
        Command::Pause(args) => control::pause(&args),
        Command::Continue(args) => control::go_on(&args),
        Command::Wait(args) => control::wait(&args),
        Command::Runs(args) => history::runs(&args),
        Command::Show(args) => history::show(&args),
        Command::Log(args) => history::log(&args),
        Command::Pin(args) => history::pin(&args),
        Command::Unpin(args) => history::unpin(&args),
        Command::Prune(args) => history::prune(&args),
        Command::Nodes(args) => show_nodes(&args),
        Command::Config(args) => show_config(&args),
    }
}

fn start(args: &RunArgs) -> Result<ExitStatus, CliError> {
    let config = config::load(&place::home(), args.config.as_deref()).map_err(UsageError::from)?;
    let groups = config.groups.clone();
    let bounds = history::bounds(&config);
    let world = World {
        sources: &Surroundings { groups: &groups },
        variable: &|name| env::var(name).ok(),
    };
    if args.command.is_empty() && !args.hosts.nodes.is_empty() {
        return open(&request::build_open(args, config, &world)?, bounds);
    }
    begin(&request::build(args, config, &world)?, bounds)
}

/// Opens the dashboard over hosts for which no command is given yet.
fn open(request: &RunRequest, bounds: Bounds) -> Result<ExitStatus, CliError> {
    if request.safety.dry_run {
        return Err(UsageError::NeedsCommand("--dry-run").into());
    }
    if request.tie.is_detached() {
        return Err(UsageError::NeedsCommand("--detach").into());
    }
    if !(io::stdin().is_terminal() && front::is_dashboard(&request.display)) {
        return Err(UsageError::NobodyToAsk.into());
    }
    screen(&request.display)?;
    confirm::expect(request)?;
    reap::reap();
    history::prune_in_passing(bounds);
    run::open(request)
}

/// Begins a run, after all that must be asked before.
fn begin(request: &RunRequest, bounds: Bounds) -> Result<ExitStatus, CliError> {
    if let Some(hint) = &request.hint {
        tell(hint);
    }
    confirm::expect(request)?;
    if request.safety.dry_run {
        let mut out = io::stdout().lock();
        dry_run::show(request, &mut out)?;
        return Ok(ExitStatus::AllOk);
    }
    screen(&request.display)?;
    let (mut input, mut output) = (io::stdin().lock(), io::stderr().lock());
    let somebody = input.is_terminal() && output.is_terminal();
    let console = Console {
        input: &mut input,
        output: &mut output,
    };
    confirm(request, somebody.then_some(console))?;
    drop((input, output));
    reap::reap();
    history::prune_in_passing(bounds);
    run::run(request)
}

/// Refuses the dashboard where there is no terminal for it, and what the front-end would ignore.
fn screen(display: &DisplayArgs) -> Result<(), UsageError> {
    if let Some((option, front)) = display.ignored() {
        return Err(UsageError::Ignored { option, front });
    }
    if display.front() == Front::Tui && !io::stdout().is_terminal() {
        return Err(UsageError::NoScreen);
    }
    Ok(())
}

fn show_nodes(args: &NodesArgs) -> Result<ExitStatus, CliError> {
    let config = config::load(&place::home(), args.config.as_deref()).map_err(UsageError::from)?;
    let surroundings = Surroundings { groups: &config.groups };
    let hosts = nodes::resolve(args, &surroundings)?;
    let mut out = BufWriter::new(io::stdout().lock());
    nodes::show(args, &hosts, &mut out)?;
    out.flush()?;
    Ok(ExitStatus::AllOk)
}

fn show_config(args: &ConfigArgs) -> Result<ExitStatus, CliError> {
    let mut out = io::stdout().lock();
    match &args.check {
        Some(file) => writeln!(out, "{}", settings::check(file.as_deref(), &place::home())?)?,
        None => out.write_all(DEFAULT_FILE.as_bytes())?,
    }
    Ok(ExitStatus::AllOk)
}

fn report(error: &CliError) -> ExitStatus {
    match error {
        // Whoever reads has seen enough, as with `heeler nodes … | head -1`.
        CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitStatus::AllOk,
        _ => tell(&error.to_string()),
    }
    match error {
        CliError::Usage(_) | CliError::NotBegun(_) => ExitStatus::Usage,
        _ => ExitStatus::Failed,
    }
}
