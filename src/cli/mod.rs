//! The command line: what people and scripts type, and what they get back.
//!
//! Data goes to standard output, messages to standard error. Exit status 0 is done, 1 is failed,
//! 2 is wrong usage. All work is done in the library.

mod number;
mod tone;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

/// An EAGI program for Asterisk: rings the called person, takes the caller to voicemail, and hears
/// the caller's keys in the audio while the greeting plays.
///
/// Without a command it is the EAGI program itself, as Asterisk starts it. The commands work
/// without Asterisk.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args)]
struct Common {
    /// The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or
    /// /etc/asterisk/voiceagent.toml
    #[arg(long, global = true, value_name = "FILE", display_order = 100)]
    config: Option<PathBuf>,
    /// Say more on standard error
    #[arg(short, long, global = true, display_order = 100)]
    verbose: bool,
}

#[derive(Subcommand)]
enum Command {
    Tone(tone::Arguments),
}

/// Runs the command that the program's arguments name.
pub(crate) fn run() -> ExitCode {
    let Cli { common, command } = Cli::parse();
    match command {
        Command::Tone(arguments) => tone::run(&arguments, &common),
    }
}

/// Says what cannot be done as it was asked for.
fn wrong_usage(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("voiceagent: {error}");
    ExitCode::from(2)
}

/// Says what went wrong.
fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("voiceagent: {error}");
    ExitCode::FAILURE
}
