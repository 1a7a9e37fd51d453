//! The `voiceagent` program: an EAGI program for Asterisk, and its tools.

#![forbid(unsafe_code)]

mod agent;
mod append;
mod call_log;
mod cli;
mod keeper;
mod logging;
mod sandbox;

use std::{process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let started = Instant::now();
    if agent::is_started_by_asterisk() {
        let served = agent::run(None, agent::Stderr::Asterisk, started);
        return served.unwrap_or(ExitCode::FAILURE);
    }
    keeper::run().unwrap_or_else(|| cli::run(started))
}
