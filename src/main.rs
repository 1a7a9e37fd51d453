//! The `voiceagent` program: an EAGI program for Asterisk, and its tools.

#![forbid(unsafe_code)]

mod agent;
mod cli;

use std::{process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let started = Instant::now();
    if agent::is_started_by_asterisk() {
        // Nobody reads standard error there; what matters goes to the console by VERBOSE.
        return agent::run(None, started);
    }
    cli::run(started)
}
