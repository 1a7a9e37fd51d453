//! Tones that go on fainter for good: behind an automatic gain, or an echo suppressor.
//!
//! Where they step down they seem to stop. But nothing is there then but themselves, and steady, for longer
//! than an echo goes on behind a key. If they step up again, it was one: that is another press.

use super::{history::History, hold::listen, products::powers_at, step::STEP};

/// Two tones that seem to have stopped.
pub(super) struct Stopped {
    /// Position after the last sample at the power they had.
    pub(super) end: u64,
    /// That power.
    pub(super) full: [f32; 2],
    /// Radians a sample.
    pub(super) radians: [f32; 2],
}

impl Stopped {
    /// Whether they have gone on since, up to `now`, at these `powers`, in a window of this mean square.
    pub(super) fn go_on(
        &self,
        powers: [f32; 2],
        mean_square: f32,
        history: &History,
        now: u64,
    ) -> bool {
        let alone = powers[0] + powers[1] >= 2.0 * ALONE * mean_square;
        let loud = |tone: usize| powers[tone] >= FAINTEST * self.full[tone];
        let steady = |from| {
            let mut samples = [0.0; STEP];
            listen(history, from, from + STEP as u64, &mut samples);
            let heard = powers_at(&samples, self.radians);
            let bounds = |tone: usize| STEADY * powers[tone]..powers[tone] / STEADY;
            (0..2).all(|tone| bounds(tone).contains(&heard[tone]))
        };
        let from = self.end + EDGE;
        let mut steps = (from..=now.saturating_sub(STEP as u64)).step_by(STEP);
        alone && (0..2).all(loud) && steps.all(steady)
    }
}

/// Whether tones that went down to `full` have these powers now because they are pressed again.
pub(super) fn have_risen(powers: [f32; 2], full: [f32; 2]) -> bool {
    (0..2).all(|tone| powers[tone] > RISEN * full[tone])
}

/// Samples, 60 ms: tones that went on for as long are no echo of a line, and no tail of a room.
pub(super) const FOR_GOOD: u64 = 480;

/// Samples, 2 ms: what the step's place may be wrong by.
const EDGE: u64 = 16;

/// Share of the energy that is theirs, with noise of 6 dB.
const ALONE: f32 = 0.8;

/// Power over what they had, 14 dB down.
const FAINTEST: f32 = 0.04;

/// Power in 10 ms over that in the newest window, 1.5 dB: the tail of a room that loses 60 dB in 0.3 s loses
/// 2 dB in 10 ms.
const STEADY: f32 = 0.7;

/// Power ratio, 4 dB.
const RISEN: f32 = 2.5;
