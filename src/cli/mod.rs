//! The command line: what people and scripts type, and what they get back.
//!
//! Data goes to standard output, messages to standard error. Exit status 0 is done, 1 is failed,
//! 2 is wrong usage. All work is done in the library.

mod analyze;
mod check;
#[cfg(test)]
mod documents;
mod headroom;
mod number;
mod output;
mod progress;
mod replay;
mod simulate;
mod tone;

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Args, CommandFactory, Parser, Subcommand, error::ErrorKind};
use voiceagent::config::ConfigError;

use self::output::{Data, say};
use crate::agent;

/// An EAGI program for Asterisk: rings the called person, takes the caller to voicemail, and hears
/// the caller's keys in the audio while the greeting plays.
///
/// Without a command it is the EAGI program itself, as Asterisk starts it. The commands work
/// without Asterisk.
#[derive(Parser)]
#[command(version, subcommand_negates_reqs = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
    /// As EAGI program: the dialplan's arguments, which the header has as well
    #[arg(hide = true)]
    arguments: Vec<String>,
}

/// What every command takes.
#[derive(Args)]
struct Common {
    /// The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or
    /// /etc/asterisk/voiceagent.toml; tone and headroom have no use for one
    #[arg(long, global = true, value_name = "FILE", display_order = 100)]
    config: Option<PathBuf>,
    /// Say more on standard error
    #[arg(short, long, global = true, display_order = 100)]
    verbose: bool,
}

#[derive(Subcommand)]
enum Command {
    Simulate(simulate::Arguments),
    Analyze(analyze::Arguments),
    Tone(tone::Arguments),
    Check(check::Arguments),
    Headroom(headroom::Arguments),
}

/// Runs the command that the program's arguments name.
pub(crate) fn run(started: Instant) -> ExitCode {
    let Cli {
        common,
        command,
        arguments,
    } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    match command {
        Some(Command::Simulate(arguments)) => simulate::run(&arguments, &common),
        Some(Command::Analyze(arguments)) => analyze::run(&arguments, &common),
        Some(Command::Tone(arguments)) => tone::run(&arguments, &common),
        Some(Command::Check(arguments)) => check::run(&arguments, &common),
        Some(Command::Headroom(arguments)) => headroom::run(&arguments, &common),
        None if io::stdin().is_terminal() => match arguments.first() {
            Some(word) => no_command(word),
            None => {
                let message = "a command is missing; without one, Asterisk starts this program";
                refuse(&Cli::command().error(ErrorKind::InvalidSubcommand, message))
            }
        },
        None => {
            let stderr = agent::Stderr::Person {
                all: common.verbose,
            };
            let served = agent::run(common.config.as_deref(), stderr, started);
            // Without a call there is no dialplan whose argument the word could be.
            served.unwrap_or_else(|| match arguments.first() {
                Some(word) => no_command(word),
                None => ExitCode::FAILURE,
            })
        }
    }
}

impl Common {
    /// Whether a configuration is named, by the option or the environment.
    fn names_config(&self) -> bool {
        self.config.is_some() || agent::named_config().is_some()
    }

    /// What `load` reads of the configuration that the option or the environment names, else of the
    /// one in its usual place; none where there is no file there.
    fn load_config<T>(
        &self,
        load: impl FnOnce(&Path) -> Result<T, ConfigError>,
    ) -> Result<Option<T>, ConfigError> {
        if let Some(file) = self.config.clone().or_else(agent::named_config) {
            return load(&file).map(Some);
        }
        let usual = agent::usual_config();
        usual.exists().then(|| load(&usual)).transpose()
    }

    /// Says that a configuration is named to a command that has no use for one.
    fn ignore_config(&self) {
        if self.config.is_some() {
            say("--config is ignored: this command has no use for a configuration");
        }
    }
}

fn no_command(word: &str) -> ExitCode {
    let message = format!("there is no command \"{word}\"");
    refuse(&Cli::command().error(ErrorKind::InvalidSubcommand, message))
}

/// Shows the help that was asked for, or what was wrong with the question.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = error.render();
    if error.use_stderr() {
        let _ = output::Messages.write_all(text.to_string().as_bytes());
        return ExitCode::from(2);
    }
    let mut out = Data::new();
    let written = write!(out, "{text}").and_then(|()| out.flush());
    ended(written, ExitCode::SUCCESS)
}

/// How a command ends whose output was written so, and that ends with `status` otherwise. Whoever
/// has read enough may close the pipe.
fn ended(written: io::Result<()>, status: ExitCode) -> ExitCode {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => failed(&error),
        _ => status,
    }
}

/// Says what cannot be done as it was asked for.
fn wrong_usage(error: &dyn std::error::Error) -> ExitCode {
    say(error);
    ExitCode::from(2)
}

/// Says what went wrong.
fn failed(error: &dyn std::error::Error) -> ExitCode {
    say(error);
    ExitCode::FAILURE
}
