//! The echo of what is sent: how late and how loud it comes back.

use super::sent::{LAGS, Sent};
use crate::audio::Dbm0;

/// The echo path as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Echo {
    delay: Delay,
    coupling: Coupling,
}

impl Echo {
    pub(super) fn new(loss: f32) -> Self {
        Self {
            delay: Delay::new(),
            coupling: Coupling::new(-loss),
        }
    }

    /// The loudest that echo can make this frame, in dBm0; nothing when nothing was sent.
    pub(super) fn loudest(&self, sent: &Sent) -> Option<f32> {
        let returning = Dbm0::from_mean_square(self.delay.returning(sent)).0;
        (returning > INAUDIBLE_DBM0).then_some(returning + self.coupling.level)
    }

    /// Takes in a frame that holds neither speech nor a key.
    pub(super) fn learn(&mut self, sent: &Sent, mean_square: f32) {
        let loudest = sent.recent().iter().fold(0.0f32, |a, &b| a.max(b));
        if Dbm0::from_mean_square(loudest).0 < LOUD_DBM0 {
            return;
        }
        self.delay.learn(sent, mean_square);
        let returning = Dbm0::from_mean_square(self.delay.returning(sent)).0;
        if returning > LOUD_DBM0 {
            let received = Dbm0::from_mean_square(mean_square).0;
            self.coupling.learn(received - returning);
        }
    }
}

/// How many frames the echo takes, from the likeness of what is sent and what comes back.
#[derive(Clone, Debug)]
struct Delay {
    found: Option<usize>,
    frames: u32,
    products: [f32; LAGS],
    sent: [f32; LAGS],
    received: f32,
}

impl Delay {
    fn new() -> Self {
        Self {
            found: None,
            frames: 0,
            products: [0.0; LAGS],
            sent: [0.0; LAGS],
            received: 0.0,
        }
    }

    /// Mean square of the loudest frame sent whose echo can arrive now.
    fn returning(&self, sent: &Sent) -> f32 {
        let candidates = match self.found {
            None => &sent.recent()[..],
            Some(lag) => {
                let first = lag.saturating_sub(EARLIER);
                let last = (lag + LATER).min(LAGS - 1);
                &sent.recent()[first..=last]
            }
        };
        candidates.iter().fold(0.0f32, |a, &b| a.max(b))
    }

    fn learn(&mut self, sent: &Sent, mean_square: f32) {
        let received = mean_square.sqrt();
        self.received = FORGET * self.received + mean_square;
        let mut best = (0, 0.0);
        for lag in 0..LAGS {
            let power = sent.recent()[lag];
            self.products[lag] = FORGET * self.products[lag] + power.sqrt() * received;
            self.sent[lag] = FORGET * self.sent[lag] + power;
            let likeness = self.products[lag].powi(2) / (self.sent[lag] * self.received).max(1.0);
            if likeness > best.1 {
                best = (lag, likeness);
            }
        }
        self.frames = self.frames.saturating_add(1);
        if self.frames >= ENOUGH && best.1 > LIKENESS * LIKENESS {
            self.found = Some(best.0);
        }
    }
}

/// How much quieter echo is than what was sent: the loudest of what has been seen.
#[derive(Clone, Debug)]
struct Coupling {
    /// In dB, what all but a few frames stay below.
    level: f32,
    most: f32,
    /// How many of the recent frames lie in each decibel below `most`.
    counts: [u8; DEPTH],
    recent: [u8; MEMORY],
    next: usize,
    total: usize,
}

impl Coupling {
    fn new(most: f32) -> Self {
        Self {
            level: most,
            most,
            counts: [0; DEPTH],
            recent: [0; MEMORY],
            next: 0,
            total: 0,
        }
    }

    fn learn(&mut self, gain: f32) {
        // Saturates: what comes back louder than assumed counts as just that.
        let below = (((self.most - gain) / STEP_DB) as u8).min(DEPTH as u8 - 1);
        if self.total == MEMORY {
            self.counts[usize::from(self.recent[self.next])] -= 1;
        } else {
            self.total += 1;
        }
        self.recent[self.next] = below;
        self.counts[usize::from(below)] += 1;
        self.next = (self.next + 1) % MEMORY;

        if self.total >= FIRST {
            let above = self.total * (100 - PERCENTILE) / 100;
            let mut seen = 0;
            let step = self.counts.iter().position(|&count| {
                seen += usize::from(count);
                seen > above
            });
            let step = step.expect("the counts add up to more than a part of them");
            self.level = self.most - STEP_DB * step as f32;
        }
    }
}

/// Below this in dBm0 what is sent leaves no echo above any noise.
const INAUDIBLE_DBM0: f32 = -50.0;
/// Above this in dBm0 what is sent is loud enough to learn from.
const LOUD_DBM0: f32 = -40.0;
/// The echo spreads over frames before and after its delay.
const EARLIER: usize = 1;
const LATER: usize = 2;
/// Weight of a frame a frame later: a memory of two seconds.
const FORGET: f32 = 0.99;
/// Frames to compare before a delay is believed: half a second.
const ENOUGH: u32 = 25;
/// Correlation of the envelopes above which a delay is believed.
const LIKENESS: f32 = 0.85;
/// Resolution of the coupling.
const STEP_DB: f32 = 0.5;
/// Steps counted: 50 dB below the loss assumed, which no one hears.
const DEPTH: usize = 100;
/// Frames over which the coupling is taken: 2.4 s of loud prompt.
const MEMORY: usize = 120;
/// Frames before the coupling is believed.
const FIRST: usize = 20;
/// Part of the frames that stay below the coupling, in per cent: the highest few are bursts of
/// noise and words too short to be called speech.
const PERCENTILE: usize = 97;
