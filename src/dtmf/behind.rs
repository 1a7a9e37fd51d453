//! What is heard of a key's tones behind an end that may be none.
//!
//! Where something stands in for a lost frame, or a gain goes down, tones seem to stop. Whether they did is
//! told by how much of them is there since, and for how long.

use std::ops::Range;

use super::{
    bands::energy,
    evidence::Evidence,
    excerpt::without_mean,
    history::{History, KEPT},
    products::powers_at,
    silence::{LONGEST_FRAME, rest_of_frame},
    step::STEP,
    window::View,
};

/// Two tones that are known.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// Radians a sample.
    pub(super) radians: [f32; 2],
    /// Squared peak amplitudes.
    pub(super) powers: [f32; 2],
}

impl Known {
    /// Those that were found.
    pub(super) fn of(evidence: &Evidence) -> Self {
        Self {
            radians: evidence.model.radians,
            powers: evidence.powers,
        }
    }

    /// Whether they sound throughout a stretch, at most a frame long, be it faintly.
    pub(super) fn sound_faintly(&self, history: &History, stretch: Range<u64>) -> bool {
        self.have(FADED, self.heard(history, stretch))
    }

    /// Mean square of both together.
    fn mean_square(&self) -> f32 {
        0.5 * (self.powers[0] + self.powers[1])
    }

    /// Whether these powers are at least this share of theirs.
    fn have(&self, share: f32, powers: [f32; 2]) -> bool {
        (0..2).all(|tone| powers[tone] >= share * self.powers[tone])
    }

    /// Powers at their frequencies in a stretch, at most a frame long.
    fn heard(&self, history: &History, stretch: Range<u64>) -> [f32; 2] {
        let mut samples = [0.0; LONGEST_FRAME];
        let samples = &mut samples[..(stretch.end - stretch.start) as usize];
        listen(history, stretch, samples);
        powers_at(samples, self.radians)
    }
}

/// What there is behind the end of two tones.
pub(super) struct Behind<'a> {
    pub(super) tones: Known,
    /// Position after the last sample at these powers.
    pub(super) end: u64,
    pub(super) history: &'a History,
}

impl Behind<'_> {
    /// Whether the tones, which fill the window again that ends `now`, have not stopped for longer than `gap`
    /// samples, but grew fainter at most, in a frame that stood in for a lost one.
    pub(super) fn went_on(&self, now: u64, gap: u64) -> bool {
        let back = now - FULL_AFTER;
        if back <= self.end + gap {
            // A louder press fills the window before it has sounded for so long.
            return self.is_as_much(back);
        }
        // In steps: phases jump where that frame begins and ends.
        back - self.end <= LONGEST_DIP
            && self
                .steps(self.end..back)
                .all(|powers| self.tones.have(DIMMED, powers))
    }

    /// Whether the tones only grew faint, in a frame that stood in for a lost one, and were back with the
    /// next, at `onset`; all was heard up to `now`.
    pub(super) fn only_faded(&self, onset: u64, now: u64) -> bool {
        // More may be there, as samples came; what counts is what always is.
        let kept = now - KEPT as u64;
        let rest = rest_of_frame(self.end, onset).filter(|rest| rest.start >= kept);
        // In halves: of a louder press that begins there the last may be full.
        rest.is_some_and(|rest| {
            let middle = (rest.start + rest.end) / 2;
            [rest.start..middle, middle..rest.end]
                .into_iter()
                .all(|half| self.tones.sound_faintly(self.history, half))
        })
    }

    /// Whether nothing but the tones is there since, steady and fainter, up to `now`; they have these
    /// `powers` in the view that ends there.
    pub(super) fn is_dimmed(&self, powers: [f32; 2], view: &View, now: u64) -> bool {
        let alone = powers[0] + powers[1] >= 2.0 * ALONE * view.mean_square;
        let steady = |heard: [f32; 2]| {
            let bounds = |tone: usize| STEADY * powers[tone]..powers[tone] / STEADY;
            (0..2).all(|tone| bounds(tone).contains(&heard[tone]))
        };
        alone
            && self.tones.have(FAINTEST, powers)
            && self.steps(self.end + STEP_ERROR..now).all(steady)
    }

    /// Whether both tones sound again, which have these `powers` in the view that ends `now`; be it in the
    /// newest 10 ms only: where phases jump, the older part of the window may take them away.
    pub(super) fn have_returned(&self, powers: [f32; 2], view: &View, now: u64) -> bool {
        // A window that is half full of them has as much at least.
        let may_sound = view.mean_square >= 0.5 * RETURNED * self.tones.mean_square();
        self.tones.have(RETURNING, powers) || (may_sound && self.are_in_newest(now))
    }

    #[inline(never)]
    fn are_in_newest(&self, now: u64) -> bool {
        self.steps(now - STEP as u64..now)
            .all(|powers| self.tones.have(RETURNED, powers))
    }

    /// Whether as much as the tones is heard from this position on, for a beat of theirs.
    fn is_as_much(&self, from: u64) -> bool {
        let mut samples = [0.0; BEAT];
        listen(self.history, from..from + BEAT as u64, &mut samples);
        energy(&samples) >= THERE * self.tones.mean_square() * BEAT as f32
    }

    /// Powers at the tones' frequencies in each whole step of a stretch.
    fn steps(&self, stretch: Range<u64>) -> impl Iterator<Item = [f32; 2]> {
        let step = STEP as u64;
        let last = stretch.end.saturating_sub(step);
        let starts = (stretch.start..=last).step_by(STEP);
        starts.map(move |start| self.tones.heard(self.history, start..start + step))
    }
}

/// Whether tones that went down to the powers `dimmed` have these now because they are pressed again.
pub(super) fn have_risen(powers: [f32; 2], dimmed: [f32; 2]) -> bool {
    (0..2).all(|tone| powers[tone] > RISEN * dimmed[tone])
}

/// The audio of a stretch without its mean.
pub(super) fn listen(history: &History, stretch: Range<u64>, samples: &mut [f32]) {
    without_mean(history.range(stretch.start, stretch.end), samples);
}

/// Samples, 13 ms: tones that fill a window have sounded for as long.
pub(super) const FULL_AFTER: u64 = 104;

// Shares of the tones' power from here on.

/// In a frame that is 10 dB fainter or fades to nothing, less what a jump of phases within it takes. (A
/// line's echo may have as much, but in a pause: of those hardly any is one whole frame.)
const FADED: f32 = 0.05;

/// In a frame that may be anywhere, 7 dB: hardly any line has so loud an echo in its pauses.
const DIMMED: f32 = 0.2;

/// Samples, 40 ms: such a frame of 30 ms, and a step until it is seen that the tones are back.
const LONGEST_DIP: u64 = 320;

/// In a window that has 10 ms of tones that are back, less what noise takes from it.
const RETURNING: f32 = 0.1;

/// In the newest step then.
const RETURNED: f32 = 0.5;

/// Samples, 2 ms: a press behind a pause of 20 ms begins later. Two tones of a key beat in 1 to 3.7 ms, so
/// that 0.4 of their energy is in it at least.
const BEAT: usize = 16;

/// Share of their energy that is in it.
const THERE: f32 = 0.1;

/// Samples, 60 ms: tones that went on fainter for as long are no echo of a line, and no tail of a room.
pub(super) const FOR_GOOD: u64 = 480;

/// Samples, 2 ms: what the place of their step down may be wrong by.
const STEP_ERROR: u64 = 16;

/// Share of all energy that is theirs, with noise of 6 dB.
const ALONE: f32 = 0.8;

/// 14 dB down.
const FAINTEST: f32 = 0.04;

/// Power in 10 ms over that in the newest window, 1.5 dB: the tail of a room that loses 60 dB in 0.3 s loses
/// 2 dB in 10 ms.
const STEADY: f32 = 0.7;

/// Power ratio, 4 dB: tones that step up again were an echo, and are pressed once more.
const RISEN: f32 = 2.5;
