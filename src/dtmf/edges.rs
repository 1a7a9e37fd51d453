//! Where a pair of tones begins and ends.
//!
//! First roughly, by how much of the model each millisecond holds, then to the sample: with the
//! model `m` in white noise, the likeliest point of change is where the sum of `m (2x - m)` peaks.
//! This is what tells 20 ms from 22, which no grid of blocks can.

use std::ops::Range;

use wide::f32x4;

use super::{excerpt::SPAN, fit::Model};

/// Samples in a piece, 1 ms.
const PIECE: usize = 8;

/// Pieces in the span.
const PIECES: usize = SPAN / PIECE;

/// Where the tones sound without a break, in samples of the excerpt, and what came before.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) stop: usize,
    /// The same without a first and a last millisecond that are tone only in part.
    pub(super) whole: Range<usize>,
    /// Where they began if a short break is bridged, else `start`.
    pub(super) first: usize,
    /// Samples of tone before the break.
    pub(super) earlier: usize,
}

/// A model and where in the excerpt its first sample lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) model: Model,
    pub(super) at: usize,
}

impl Placed {
    /// The model's samples from sample `from` of the excerpt.
    pub(super) fn synthesize(&self, from: usize, out: &mut [f32]) {
        self.model.synthesize(from as i64 - self.at as i64, out);
    }
}

impl Run {
    /// Grows the stretch that `placed` was fitted on, at least `fitted` samples from `placed.at`
    /// on, to all that goes on in phase with it. `None` when nothing does.
    pub(super) fn find(samples: &[f32; SPAN], placed: &Placed, fitted: usize) -> Option<Self> {
        let core = placed.at / PIECE..(placed.at + fitted) / PIECE;
        let mut gains = Gains::new(samples, placed, core.start);

        // The usual gain: the upper middle of those in the fit.
        let full = upper_middle(
            gains.gain[core.clone()]
                .first_chunk()
                .expect("the fit has as many pieces"),
        );
        if full < LEAST_GAIN {
            return None;
        }
        gains.set_scale(full, core.clone());

        // The best stretch inside the fit.
        let (mut begin, mut end, mut best) = (0, 0, 0.0);
        let (mut sum, mut from) = (0.0, core.start);
        for piece in core.clone() {
            if sum <= 0.0 {
                (sum, from) = (0.0, piece);
            }
            sum += gains.score(piece);
            if sum > best {
                (begin, end, best) = (from, piece + 1, sum);
            }
        }
        if best == 0.0 {
            return None;
        }

        // Forward to where it stays away.
        let (mut sum, mut best) = (0.0, 0.0);
        let mut stop = end;
        for piece in end..PIECES {
            sum += gains.score(piece);
            if sum > best {
                (best, stop) = (sum, piece + 1);
            }
            if sum < best - GONE {
                break;
            }
        }

        // Backward likewise, and once over a break.
        let (mut sum, mut best) = (0.0, 0.0);
        let mut start = begin;
        let mut first = begin;
        let mut bridging = false;
        let (mut resumed, mut best_resumed) = (0.0, 0.0);
        for piece in (OLDEST_PIECE..begin).rev() {
            let score = gains.score(piece);
            if !bridging {
                sum += score;
                if sum > best {
                    (best, start, first) = (sum, piece, piece);
                    resumed = 0.0;
                } else {
                    resumed += score + BRIDGE_BIAS;
                }
                bridging = sum < best - GONE;
            } else {
                resumed += score + BRIDGE_BIAS;
                if resumed > best_resumed + BRIDGE_GAIN {
                    (best_resumed, first) = (resumed, piece);
                }
                if resumed < best_resumed - BRIDGE_GONE {
                    break;
                }
            }
        }
        let earlier = if first + 2 < start {
            (first..start).filter(|&piece| gains.sounds(piece)).count() * PIECE
        } else {
            first = start;
            0
        };
        let partly = |piece: usize| usize::from(gains.gain[piece] < WHOLE * full);
        let whole = start + partly(start)..stop - partly(stop - 1);
        Some(Self {
            start: start * PIECE,
            stop: stop * PIECE,
            whole: whole.start * PIECE..whole.end * PIECE,
            first: first * PIECE,
            earlier,
        })
    }
}

/// The mean from the fourth largest to the ninth.
///
/// By rank, each found by comparison with all: sorting forks at every step and would take longer.
fn upper_middle(gains: &[f32; CORE_PIECES]) -> f32 {
    const UPPER: std::ops::Range<i32> = (CORE_PIECES / 6 + 1) as i32..(CORE_PIECES / 2 + 1) as i32;
    // As whole numbers in the same order, made different in bits that do not matter.
    let keys: [i32; CORE_PIECES] = std::array::from_fn(|i| {
        let bits = gains[i].to_bits() as i32;
        let ordered = bits ^ ((bits >> 31) & i32::MAX);
        (ordered & -(CORE_PIECES as i32)) | i as i32
    });
    let mut larger = [0; CORE_PIECES];
    for key in keys {
        for (larger, other) in larger.iter_mut().zip(keys) {
            *larger += i32::from(key > other);
        }
    }
    let chosen = gains.iter().zip(larger);
    let sum: f32 = chosen
        .map(|(&gain, rank)| if UPPER.contains(&rank) { gain } else { 0.0 })
        .sum();
    sum / UPPER.len() as f32
}

/// The likeliest first sample of the tones near `start`.
pub(super) fn onset(samples: &[f32; SPAN], placed: &Placed, start: usize) -> usize {
    onset_within(samples, placed, start, ONSET_BEFORE)
}

/// The likeliest first sample of the tones, looked for farther back: noise may have hidden them
/// for some milliseconds.
pub(super) fn hidden_onset(samples: &[f32; SPAN], placed: &Placed, start: usize) -> usize {
    onset_within(samples, placed, start, HIDDEN_BEFORE)
}

fn onset_within(samples: &[f32; SPAN], placed: &Placed, start: usize, before: usize) -> usize {
    let from = start.saturating_sub(before);
    let mut model = [0.0; HIDDEN_BEFORE + ONSET_AFTER];
    let model = &mut model[..start + ONSET_AFTER - from];
    placed.synthesize(from, model);
    let (mut sum, mut best, mut onset) = (0.0, f32::MIN, start);
    for (i, &m) in model.iter().enumerate().rev() {
        sum += m * (2.0 * samples[from + i] - m);
        if sum > best {
            (best, onset) = (sum, from + i);
        }
    }
    onset
}

/// The likeliest place after the last sample of the tones near `stop`.
pub(super) fn end(samples: &[f32; SPAN], placed: &Placed, stop: usize) -> usize {
    let from = stop - END_BEFORE;
    let to = (stop + END_AFTER).min(SPAN);
    let mut model = [0.0; END_BEFORE + END_AFTER];
    let model = &mut model[..to - from];
    placed.synthesize(from, model);
    last_match(&samples[from..to], model).map_or(stop, |last| from + last)
}

/// How many of `samples` the model goes with, from the first on; `None` if it never does.
pub(super) fn last_match(samples: &[f32], model: &[f32]) -> Option<usize> {
    let (mut sum, mut best, mut last) = (0.0, 0.0, None);
    for (i, (&x, &m)) in samples.iter().zip(model).enumerate() {
        sum += m * (2.0 * x - m);
        if sum > best {
            (best, last) = (sum, Some(i + 1));
        }
    }
    last
}

/// Coherent gain of each piece against the model, made when asked for, newest first.
struct Gains<'a> {
    samples: &'a [f32; SPAN],
    placed: &'a Placed,
    /// 1 where the piece is the model.
    gain: [f32; PIECES],
    /// The model's own energy: a piece where the tones cancel says little.
    energy: [f32; PIECES],
    /// Pieces from here on are made.
    from: usize,
    per_full: f32,
    per_energy: f32,
}

impl<'a> Gains<'a> {
    fn new(samples: &'a [f32; SPAN], placed: &'a Placed, from: usize) -> Self {
        let mut gains = Self {
            samples,
            placed,
            gain: [0.0; PIECES],
            energy: [1.0; PIECES],
            from: PIECES,
            per_full: 1.0,
            per_energy: 1.0,
        };
        gains.make(from);
        gains
    }

    fn set_scale(&mut self, full: f32, core: Range<usize>) {
        let pieces = core.len() as f32;
        self.per_full = 1.0 / full;
        self.per_energy = pieces / self.energy[core].iter().sum::<f32>();
    }

    /// Positive where the tones sound, negative where they do not; a usual piece gives a half.
    fn score(&mut self, piece: usize) -> f32 {
        if piece < self.from {
            self.make(self.from.saturating_sub(PIECES_AT_ONCE));
        }
        let presence = (self.gain[piece] * self.per_full - 0.5).clamp(-LARGEST, LARGEST);
        presence * (self.energy[piece] * self.per_energy).min(2.0)
    }

    fn sounds(&self, piece: usize) -> bool {
        self.gain[piece] * self.per_full > 0.5
    }

    fn make(&mut self, from: usize) {
        let mut model = [0.0; PIECES_AT_ONCE * PIECE];
        for first in (from..self.from).step_by(PIECES_AT_ONCE) {
            let pieces = (self.from - first).min(PIECES_AT_ONCE);
            let model = &mut model[..pieces * PIECE];
            self.placed.synthesize(first * PIECE, model);
            let samples = &self.samples[first * PIECE..][..pieces * PIECE];
            let pairs = samples
                .as_chunks::<PIECE>()
                .0
                .iter()
                .zip(model.as_chunks::<PIECE>().0);
            for (i, (x, m)) in pairs.enumerate() {
                let [x, m] = [x, m].map(|&[a, b, c, d, e, f, g, h]| {
                    [f32x4::new([a, b, c, d]), f32x4::new([e, f, g, h])]
                });
                let energy = (m[0] * m[0] + m[1] * m[1]).reduce_add() + TINY;
                self.gain[first + i] = (x[0] * m[0] + x[1] * m[1]).reduce_add() / energy;
                self.energy[first + i] = energy;
            }
        }
        self.from = from;
    }
}

/// Pieces in the first fit, 16 ms.
const CORE_PIECES: usize = 16;

/// Pieces made at once.
const PIECES_AT_ONCE: usize = 16;

/// The search goes back no farther than to this piece, so that there is a "before" to look at.
const OLDEST_PIECE: usize = 4;

/// Coherent gain; below it the fit found something that its own samples do not hold.
const LEAST_GAIN: f32 = 0.3;

/// Share of the full gain below which a piece at an edge holds some samples without tones: they
/// would make the fitted level 0.3 dB too low.
const WHOLE: f32 = 0.95;

/// A single piece counts no more than this, whatever a click in it does.
const LARGEST: f32 = 0.75;

/// Score lost before the tones are called gone: two to three pieces without them.
const GONE: f32 = 1.2;

/// Score a piece that makes up for what noise takes from tones before a break.
const BRIDGE_BIAS: f32 = 0.07;

/// Score that tones before a break must bring to be taken for the same tones.
const BRIDGE_GAIN: f32 = 0.3;

/// Score lost before no more tones are expected behind a break: some 15 ms without them.
const BRIDGE_GONE: f32 = 6.5;

/// Samples after and before that the onset is searched in: what the score of pieces may be off.
const ONSET_AFTER: usize = 20;
const ONSET_BEFORE: usize = 32;

/// Samples before, 20 ms: the search for what noise hid.
const HIDDEN_BEFORE: usize = 160;

/// Samples before and after that the end is searched in.
const END_BEFORE: usize = 20;
const END_AFTER: usize = 24;

/// Samples, 3 ms: tones that seem to end no farther back than that may as well sound on.
pub(super) const STILL: usize = 24;

/// Keeps a piece where both tones cancel from a division by nothing.
const TINY: f32 = 1e-3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_middle_is_that_of_sorted_gains_also_when_some_are_equal() {
        for modulus in [1, 3, 7, 17] {
            let gains = std::array::from_fn(|i| (i * 5 % modulus) as f32 - 2.0);
            let mut sorted = gains;
            sorted.sort_by(|a, b| b.total_cmp(a));
            let expected = sorted[3..9].iter().sum::<f32>() / 6.0;
            assert!((upper_middle(&gains) - expected).abs() < 1e-5, "{gains:?}");
        }
    }
}
