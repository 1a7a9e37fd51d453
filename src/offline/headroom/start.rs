//! How long the program takes from being started to its first command.

use std::{
    io::{self, BufRead, BufReader, Write},
    time::{Duration, Instant},
};

use serde::Serialize;

use super::program::{HEADER, Program};

/// The time from the start to the first command, the header being there already.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Start {
    /// The median, in milliseconds.
    pub first_command_ms: f64,
    /// Of so many starts.
    pub starts: usize,
}

impl Start {
    pub(super) fn measure(program: &Program) -> io::Result<Self> {
        let mut times = (0..STARTS)
            .map(|_| first_command(program))
            .collect::<io::Result<Vec<Duration>>>()?;
        times.sort();
        Ok(Self {
            first_command_ms: times[STARTS / 2].as_secs_f64() * 1e3,
            starts: STARTS,
        })
    }
}

fn first_command(program: &Program) -> io::Result<Duration> {
    let (their_stdin, mut to_agent) = io::pipe()?;
    to_agent.write_all(HEADER)?;
    let began = Instant::now();
    let (_process, from_agent) = program.start_bare(their_stdin)?;
    let mut command = String::new();
    BufReader::new(from_agent).read_line(&mut command)?;
    let time = began.elapsed();
    if command.is_empty() {
        return Err(io::Error::other("a copy of this program ended at once"));
    }
    Ok(time)
}

/// Some 100 ms in all.
const STARTS: usize = 51;
