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
    /// How long it may take in all; at least one step is measured, whatever it takes.
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
        let progress = |calls| Progress {
            part: (began.elapsed().as_secs_f64() / self.time.as_secs_f64()).min(1.0),
            calls,
        };
        let cpus = thread::available_parallelism()?.get();
        let program = Program::new(&self.program)?;
        let caller = Caller::new();

        on_progress(progress(0));
        let ears = Ears::measure(&caller, self.time.mul_f64(EARS_PART));
        on_progress(progress(0));
        let start = Start::measure(&program)?;

        let mut load = Load::new(&program, caller);
        let mut steps: Vec<Step> = Vec::new();
        let mut peak_kib = 0;
        let mut calls = (FIRST_CALLS * cpus).min(self.calls);
        let limit = loop {
            on_progress(progress(calls));
            if let Err(error) = load.grow_to(calls) {
                if steps.is_empty() {
                    return Err(error);
                }
                break Limit::Start(error.to_string());
            }
            let mut step = load.measure(cpus);
            if step.limit.is_some() && began.elapsed() < self.time {
                // Something else on the machine may have been in the way.
                step = load.measure(cpus);
            }
            peak_kib = load.peak_kib().unwrap_or(peak_kib);
            let reached = step.limit.clone();
            let most = self
                .calls
                .min(usage::room_for(peak_kib).unwrap_or(usize::MAX));
            let next = step.next_calls(cpus);
            steps.push(step);
            if let Some(limit) = reached {
                break limit;
            }
            if calls >= most {
                break if most < self.calls {
                    Limit::Memory
                } else {
                    Limit::Asked
                };
            }
            if began.elapsed() >= self.time {
                break Limit::Time;
            }
            calls = next.min(most);
        };
        drop(load);
        on_progress(Progress {
            part: 1.0,
            calls: 0,
        });
        Ok(Report {
            cpus,
            ears,
            start,
            peak_kib,
            steps,
            limit,
        })
    }
}

/// Of the time, for the detectors alone.
const EARS_PART: f64 = 0.03;
/// Calls a processor in the first step: enough for a first estimate of what one costs, few for
/// any machine.
const FIRST_CALLS: usize = 16;
