//! The README's table: what hearing keys costs by kind of sound, beside spandsp.
//!
//! `cargo bench --features peers --bench table`. Both detectors take turns over the same samples,
//! so that whatever else the machine does falls on both; figures are medians, and the ratio is the
//! median of the turns' ratios.

mod support;

use std::{
    hint::black_box,
    io::{self, Write},
    time::{Duration, Instant},
};

use support::{
    FRAME, Listener, ours,
    signals::{self, Signal},
    spandsp::Spandsp,
};
use voiceagent::audio::SAMPLE_RATE;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}\n{}", HEADINGS, "| --- ".repeat(COLUMNS) + "|")?;
    for signal in signals::all() {
        let mut own = Cost::new(signal.samples.len());
        let mut peer = Cost::new(signal.samples.len());
        for _ in 0..TURNS {
            own.add_turn(&mut ours(), &signal);
            peer.add_turn(&mut Spandsp::new(), &signal);
        }
        let ratios = peer.turns.iter().zip(&own.turns);
        let ratio = median(ratios.map(|(peer, own)| own / peer).collect());
        writeln!(
            out,
            "| {} | {:.2} ns | {:.2} ns | {ratio:.2} | {:.0} | {:.1} µs | {:.1} µs |",
            signal.name,
            own.per_sample(),
            peer.per_sample(),
            1e9 / f64::from(SAMPLE_RATE) / own.per_sample(),
            own.slowest_frame(),
            peer.slowest_frame(),
        )?;
    }
    Ok(())
}

/// What one detector takes for one signal.
struct Cost {
    samples: usize,
    /// Nanoseconds of each turn.
    turns: Vec<f64>,
    /// The fastest of all turns, for each frame: what it takes when nothing else interrupts.
    frames: Vec<Duration>,
}

impl Cost {
    fn new(samples: usize) -> Self {
        Self {
            samples,
            turns: Vec::new(),
            frames: vec![Duration::MAX; samples.div_ceil(FRAME)],
        }
    }

    /// Hears all samples twice: as a whole for the mean, then frame by frame for the slowest.
    fn add_turn(&mut self, listener: &mut impl Listener, signal: &Signal) {
        let began = Instant::now();
        let heard = support::hear_all(listener, &signal.samples);
        self.turns.push(began.elapsed().as_nanos() as f64);
        assert_eq!(heard, signal.keys, "other keys than there are");
        for (frame, fastest) in signal.samples.chunks(FRAME).zip(&mut self.frames) {
            let began = Instant::now();
            black_box(listener.hear(frame));
            *fastest = began.elapsed().min(*fastest);
        }
    }

    /// Nanoseconds.
    fn per_sample(&self) -> f64 {
        median(self.turns.clone()) / self.samples as f64
    }

    /// Microseconds.
    fn slowest_frame(&self) -> f64 {
        let slowest = self.frames.iter().max().copied().unwrap_or_default();
        slowest.as_secs_f64() * 1e6
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Of each detector over each signal: some seconds in all.
const TURNS: usize = 201;
const HEADINGS: &str = "| 10 s of | a sample | spandsp 0.0.6 | ratio | calls a core \
    | slowest 20 ms | spandsp |";
const COLUMNS: usize = 7;
