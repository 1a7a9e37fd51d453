//! `voiceagent headroom`: how many calls this machine can listen to at once, measured now.
//!
//! Three things are measured: the detectors by themselves (`ears`), the program's start
//! (`start`), and whole processes with a simulated Asterisk on their pipes that sends audio at
//! real pace (`load`, one call being `line`), ever more of them until keys are answered late or
//! the processors are full. Whatever ends this program, no process stays: those it started end
//! when their descriptor 0 closes.

mod caller;
mod ears;
mod line;
mod load;
mod program;
mod report;
mod start;
mod usage;

use std::{
    io,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use self::{caller::Caller, load::Load, program::Program};

pub use self::{
    ears::{Ears, Hearing},
    load::Step,
    report::{Limit, Report},
    start::Start,
};

/// What is measured, and within which bounds.
#[derive(Clone, Debug)]
pub struct Headroom {
    /// The program whose copies serve the calls.
    pub program: PathBuf,
    /// How long it may take in all; one step is measured in any case, and takes 3 s.
    pub time: Duration,
    /// The most calls that are tried.
    pub calls: usize,
}

/// How far the measurement is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The part of the time that is over, 0 to 1.
    pub part: f64,
    /// Calls at this moment, none while something else is measured.
    pub calls: usize,
}

impl Headroom {
    /// Measures, and tells from time to time how far it is.
    ///
    /// # Errors
    /// When processes cannot be started or watched at all.
    pub fn measure(&self, on_progress: &mut impl FnMut(Progress)) -> io::Result<Report> {
        let began = Instant::now();
        let cpus = thread::available_parallelism()?.get();
        let program = Program::new(&self.program)?;
        let caller = Caller::new();

        on_progress(self.progress(began, 0));
        let ears = Ears::measure(&caller, self.time.mul_f64(EARS_PART));
        on_progress(self.progress(began, 0));
        let start = Start::measure(&program)?;
        let mut load = Load::new(&program, caller, cpus);
        let mut steps = Vec::new();
        let limit = self.raise(began, &mut load, &mut steps, on_progress)?;
        Ok(Report {
            cpus,
            ears,
            start,
            peak_kib: load.peak_kib().unwrap_or_default(),
            steps,
            limit,
        })
    }

    /// Has ever more calls at once, until there is a reason to stop.
    fn raise(
        &self,
        began: Instant,
        load: &mut Load<'_>,
        steps: &mut Vec<Step>,
        on_progress: &mut impl FnMut(Progress),
    ) -> io::Result<Limit> {
        let mut calls = load.first_calls().min(self.calls);
        loop {
            on_progress(self.progress(began, calls));
            match load.grow_to(calls) {
                Err(error) if steps.is_empty() => return Err(error),
                Err(error) => return Ok(Limit::Start(error.to_string())),
                Ok(()) => {}
            }
            let mut step = load.measure();
            let time_left = || began.elapsed() + load.measuring() <= self.time;
            if step.limit.is_some() && time_left() {
                // Something else on the machine may have been in the way.
                step = load.measure();
            }
            let (reached, next) = (step.limit.clone(), load.next_calls(&step));
            steps.push(step);
            if let Some(limit) = reached {
                return Ok(limit);
            }
            if calls >= self.calls {
                return Ok(Limit::Asked);
            }
            let room = load.peak_kib().and_then(usage::room_for);
            if room.is_some_and(|room| calls >= room) {
                return Ok(Limit::Memory);
            }
            if !time_left() {
                return Ok(Limit::Time);
            }
            calls = next.min(self.calls).min(room.unwrap_or(usize::MAX));
        }
    }

    fn progress(&self, began: Instant, calls: usize) -> Progress {
        let part = began.elapsed().as_secs_f64() / self.time.as_secs_f64();
        Progress {
            part: part.min(1.0),
            calls,
        }
    }
}

/// Of the time, for the detectors alone.
const EARS_PART: f64 = 0.03;
