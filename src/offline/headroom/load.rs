//! Many calls at once, at real pace.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::{task::JoinSet, time::sleep};

use super::{
    caller::{Caller, FRAME_TIME},
    line::{Line, Tally},
    program::{Process, Program},
    report::Limit,
    usage,
};

/// What was seen while so many calls were listened to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// How many calls.
    pub calls: usize,
    /// Cores that their processes used, where Linux tells.
    pub cores: Option<f64>,
    /// Cores that the simulated Asterisk used.
    pub asterisk_cores: Option<f64>,
    /// Cores that everything else on the machine used meanwhile.
    pub other_cores: Option<f64>,
    /// Keys that were pressed and answered.
    pub keys: usize,
    /// From when the frame that completes a key is due to the agent's command, the simulated
    /// Asterisk's own delay included (its timer's is up to 1 ms): the median, in milliseconds.
    pub median_ms: Option<f64>,
    /// The same, not exceeded by 99 of 100.
    pub p99_ms: Option<f64>,
    /// Why these were too many calls, if they were.
    #[serde(skip)]
    pub limit: Option<Limit>,
}

/// Calls under way.
pub(super) struct Load<'a> {
    program: &'a Program,
    cpus: usize,
    caller: Arc<Caller>,
    tally: Arc<Mutex<Tally>>,
    stopped: Arc<AtomicBool>,
    /// Threads of the simulated Asterisk; each has a few calls.
    feeders: Vec<JoinHandle<io::Result<()>>>,
    processes: Vec<Process>,
}

impl<'a> Load<'a> {
    pub(super) fn new(program: &'a Program, caller: Caller, cpus: usize) -> Self {
        Self {
            program,
            cpus,
            caller: Arc::new(caller),
            tally: Arc::default(),
            stopped: Arc::default(),
            feeders: Vec::new(),
            processes: Vec::new(),
        }
    }

    /// How many calls to try first.
    pub(super) fn first_calls(&self) -> usize {
        FIRST_CALLS * self.cpus
    }

    /// How many calls to try after this step.
    pub(super) fn next_calls(&self, step: &Step) -> usize {
        step.next_calls(self.cpus)
    }

    /// Begins as many more calls as are missing.
    pub(super) fn grow_to(&mut self, calls: usize) -> io::Result<()> {
        while self.processes.len() < calls {
            let first = self.processes.len();
            let batch = (calls - first).min(CALLS_A_FEEDER);
            let mut lines = Vec::new();
            for number in first..first + batch {
                let (process, pipes) = self.program.start()?;
                self.processes.push(process);
                let (caller, tally) = (Arc::clone(&self.caller), Arc::clone(&self.tally));
                lines.push(Line::new(number, pipes, caller, tally));
            }
            let stopped = Arc::clone(&self.stopped);
            let feeder = thread::Builder::new().spawn(move || feed(lines, &stopped))?;
            self.feeders.push(feeder);
        }
        Ok(())
    }

    /// How long [`measure`](Self::measure) takes.
    pub(super) fn measuring(&self) -> Duration {
        SETTLING + FRAME_TIME * self.caller.frames() as u32
    }

    /// Watches the calls for as long as it takes each caller to press the key once.
    pub(super) fn measure(&self) -> Step {
        thread::sleep(SETTLING);
        self.take_tally();
        let before = self.usage();
        thread::sleep(self.measuring() - SETTLING);
        let tally = self.take_tally();
        let used = self.usage().since(&before);
        Step::new(self.processes.len(), self.cpus, used, tally)
    }

    /// The most memory that one call has taken so far.
    pub(super) fn peak_kib(&self) -> Option<u64> {
        usage::peak_kib(self.processes.first()?.id())
    }

    fn usage(&self) -> Usage {
        let processes = self.processes.iter();
        Usage {
            at: Instant::now(),
            calls: processes.map(|process| usage::time_of(process.id())).sum(),
            asterisk: usage::own_time(),
            machine: usage::machine_time(),
        }
    }

    fn take_tally(&self) -> Tally {
        std::mem::take(&mut self.tally.lock().expect("its holders do not panic"))
    }
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        for feeder in self.feeders.drain(..) {
            // What went wrong there showed as calls that ended.
            let _ = feeder.join();
        }
    }
}

/// Time on processors until a moment.
struct Usage {
    at: Instant,
    calls: Option<Duration>,
    asterisk: Option<Duration>,
    machine: Option<Duration>,
}

/// Cores used, where Linux tells.
#[derive(Clone, Copy, Debug, Default)]
struct Cores {
    calls: Option<f64>,
    asterisk: Option<f64>,
    others: Option<f64>,
}

impl Usage {
    /// The cores used from `before` to here.
    fn since(&self, before: &Self) -> Cores {
        let seconds = (self.at - before.at).as_secs_f64();
        let cores = |now: Option<Duration>, before: Option<Duration>| {
            Some(now?.saturating_sub(before?).as_secs_f64() / seconds)
        };
        let calls = cores(self.calls, before.calls);
        let asterisk = cores(self.asterisk, before.asterisk);
        let others = || {
            let machine = cores(self.machine, before.machine)?;
            Some((machine - calls? - asterisk?).max(0.0))
        };
        Cores {
            calls,
            asterisk,
            others: others(),
        }
    }
}

impl Cores {
    /// Those of the calls and of the simulated Asterisk.
    fn used(&self) -> f64 {
        self.calls.unwrap_or(0.0) + self.asterisk.unwrap_or(0.0)
    }
}

/// A thread of the simulated Asterisk.
fn feed(lines: Vec<Line>, stopped: &AtomicBool) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let mut calls = JoinSet::new();
        for line in lines {
            calls.spawn(line.serve());
        }
        while !stopped.load(Ordering::Relaxed) {
            sleep(FRAME_TIME).await;
        }
    });
    Ok(())
}

impl Step {
    fn new(calls: usize, cpus: usize, cores: Cores, mut tally: Tally) -> Self {
        tally.answers.sort();
        let answered_by = |part: f64| {
            let last = tally.answers.len().checked_sub(1)?;
            let time = tally.answers[(last as f64 * part).round() as usize];
            Some(time.as_secs_f64() * 1e3)
        };
        let p99_ms = answered_by(0.99);
        let full = FULL * cpus as f64;
        let limit = if tally.ended > 0 {
            Some(Limit::Ended)
        } else if tally.lost_frames > 0 || tally.unanswered > 0 {
            Some(Limit::Lost)
        } else if p99_ms.is_none_or(|late| late > LATE_MS) {
            Some(Limit::Late)
        } else if cores.used() > full {
            Some(Limit::Cpu)
        } else {
            None
        };
        Self {
            calls,
            cores: cores.calls,
            asterisk_cores: cores.asterisk,
            other_cores: cores.others,
            keys: tally.answers.len(),
            median_ms: answered_by(0.5),
            p99_ms,
            limit,
        }
    }

    fn next_calls(&self, cpus: usize) -> usize {
        let used = self.cores.unwrap_or(0.0) + self.asterisk_cores.unwrap_or(0.0);
        let times = (AIM * cpus as f64 / used).clamp(LEAST_GROWTH, MOST_GROWTH);
        (self.calls as f64 * times).ceil() as usize
    }
}

/// Calls a processor in the first step: enough for an estimate of what one costs, few for any
/// machine.
const FIRST_CALLS: usize = 16;
/// Calls that a thread of the simulated Asterisk has.
const CALLS_A_FEEDER: usize = 128;
/// From the start of the last call until all listen.
const SETTLING: Duration = Duration::from_millis(600);
/// When a key is answered later than a frame after it was complete, audio comes late.
const LATE_MS: f64 = 20.0;
/// The part of all processors from which on they are full: nothing would be left for Asterisk.
const FULL: f64 = 0.95;
/// The part of all processors that the next step shall use.
const AIM: f64 = 0.9;
/// Steps no smaller than this: two figures that differ by less are the same.
const LEAST_GROWTH: f64 = 1.1;
/// Nor larger: a few calls tell little of what many cost.
const MOST_GROWTH: f64 = 4.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn step(cores: f64, tally: Tally) -> Step {
        let cores = Cores {
            calls: Some(cores),
            asterisk: Some(0.1),
            others: None,
        };
        Step::new(100, 2, cores, tally)
    }

    fn answered(milliseconds: u64) -> Tally {
        Tally {
            answers: vec![Duration::from_millis(milliseconds); 100],
            ..Tally::default()
        }
    }

    #[test]
    fn calls_are_too_many_when_keys_are_late_or_lost_or_the_processors_full() {
        let lost = |tally: Tally| step(0.5, tally).limit;
        assert_eq!(lost(answered(1)), None);
        assert_eq!(lost(answered(21)), Some(Limit::Late));
        assert_eq!(lost(Tally::default()), Some(Limit::Late));
        let lost_frames = Tally {
            lost_frames: 1,
            ..answered(1)
        };
        assert_eq!(lost(lost_frames), Some(Limit::Lost));
        let ended = Tally {
            ended: 1,
            ..answered(1)
        };
        assert_eq!(lost(ended), Some(Limit::Ended));
        assert_eq!(step(1.85, answered(1)).limit, Some(Limit::Cpu));
    }

    #[test]
    fn the_next_step_aims_at_almost_full_processors() {
        assert_eq!(step(0.8, answered(1)).next_calls(2), 200);
        assert_eq!(step(0.0, answered(1)).next_calls(2), 400);
        assert_eq!(step(1.7, answered(1)).next_calls(2), 111);
    }
}
