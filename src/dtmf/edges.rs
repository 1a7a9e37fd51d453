//! Where a pair of tones begins and ends.
//!
//! First roughly, by how much of the model each millisecond holds, then to the sample: with the
//! model `m` in white noise, the likeliest point of change is where the sum of `m (2x - m)` peaks.
//! This is what tells 20 ms from 22, which no grid of blocks can.

use std::ops::Range;

use wide::{bytemuck::cast, f32x4, i32x4};

use super::{
    excerpt::SPAN,
    fit::Model,
    gains::{Gains, PIECE, PIECES},
};

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
        let mut gains = Gains::new(samples, placed);
        gains.make(core.start);

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
            if sum < best - GONE_SCORE {
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
                bridging = sum < best - GONE_SCORE;
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
        let partly = |piece: usize| usize::from(gains.gain[piece] < WHOLE_GAIN * full);
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

/// The samples that edges of `run` are looked for in, and all between them.
pub(super) fn reach(run: &Run) -> Range<usize> {
    run.start.saturating_sub(ONSET_BEFORE)..(run.stop + END_AFTER).min(SPAN)
}

/// The samples that [`hidden_onset`] looks in.
pub(super) fn hidden_reach(start: usize) -> Range<usize> {
    start.saturating_sub(HIDDEN_BEFORE)..start + ONSET_AFTER
}

/// The likeliest first sample of `tones`, a model's samples, near `start`.
pub(super) fn onset(samples: &[f32; SPAN], tones: &[f32; SPAN], start: usize) -> usize {
    onset_within(
        samples,
        tones,
        start.saturating_sub(ONSET_BEFORE)..start + ONSET_AFTER,
    )
}

/// The likeliest first sample of the tones, looked for farther back: noise may have hidden them
/// for some milliseconds.
pub(super) fn hidden_onset(samples: &[f32; SPAN], tones: &[f32; SPAN], start: usize) -> usize {
    onset_within(samples, tones, hidden_reach(start))
}

fn onset_within(samples: &[f32; SPAN], tones: &[f32; SPAN], within: Range<usize>) -> usize {
    let (x_rest, x) = samples[within.clone()].as_rchunks();
    let (m_rest, m) = tones[within.clone()].as_rchunks();
    let backward = x.iter().zip(m).rev().map(|(&x, &m)| matching(x, m));
    let first = matching(padded_before(x_rest), padded_before(m_rest));
    let (length, _) = largest_sum(backward.chain([first]).map(reversed));
    within.end - length
}

/// The likeliest place after the last sample of the tones near `stop`.
pub(super) fn end(samples: &[f32; SPAN], tones: &[f32; SPAN], stop: usize) -> usize {
    let from = stop - END_BEFORE;
    let to = (stop + END_AFTER).min(SPAN);
    last_match(&samples[from..to], &tones[from..to]).map_or(stop, |last| from + last)
}

/// How many of `samples` the model goes with, from the first on; `None` if it never does.
pub(super) fn last_match(samples: &[f32], model: &[f32]) -> Option<usize> {
    let (x, x_rest) = samples.as_chunks();
    let (m, m_rest) = model.as_chunks();
    let forward = x.iter().zip(m).map(|(&x, &m)| matching(x, m));
    let last = matching(padded_after(x_rest), padded_after(m_rest));
    let (length, sum) = largest_sum(forward.chain([last]));
    (sum > 0.0).then_some(length)
}

/// What each of four samples `x` says for the model `m` being in them.
fn matching(x: [f32; LANES], m: [f32; LANES]) -> f32x4 {
    let (x, m) = (f32x4::new(x), f32x4::new(m));
    m * (x + x - m)
}

/// After how many values, in fours, their sum is largest, and the sum.
///
/// All four sums of a group are made at once, so that only every fourth waits for one before it.
fn largest_sum(groups: impl Iterator<Item = f32x4>) -> (usize, f32) {
    let mut before = f32x4::ZERO;
    let mut length = i32x4::new([1, 2, 3, 4]);
    let mut best = f32x4::splat(f32::MIN);
    let mut best_length = length;
    for group in groups {
        let [a, b, c, _] = group.to_array();
        let pairs = group + f32x4::new([0.0, a, b, c]);
        let [a, b, _, _] = pairs.to_array();
        let sums = before + (pairs + f32x4::new([0.0, 0.0, a, b]));
        let larger = sums.simd_gt(best);
        best = larger.bitselect(sums, best);
        best_length = cast::<_, i32x4>(larger).bitselect(length, best_length);
        before = f32x4::splat(sums.to_array()[LANES - 1]);
        length += i32x4::splat(LANES as i32);
    }
    let lanes = best.to_array().into_iter().zip(best_length.to_array());
    let (sum, length) = lanes.fold((f32::MIN, 0), |best, lane| {
        let better = lane.0 > best.0 || (lane.0 == best.0 && lane.1 < best.1);
        if better { lane } else { best }
    });
    (length as usize, sum)
}

/// Fewer than four values, and nothing after them.
fn padded_after(rest: &[f32]) -> [f32; LANES] {
    std::array::from_fn(|i| rest.get(i).copied().unwrap_or_default())
}

/// Fewer than four values, and nothing before them.
fn padded_before(rest: &[f32]) -> [f32; LANES] {
    let missing = LANES - rest.len();
    std::array::from_fn(|i| if i < missing { 0.0 } else { rest[i - missing] })
}

fn reversed(x: f32x4) -> f32x4 {
    let [a, b, c, d] = x.to_array();
    f32x4::new([d, c, b, a])
}

/// Samples taken together.
const LANES: usize = 4;

/// Pieces in the first fit, 16 ms.
const CORE_PIECES: usize = 16;

/// The search goes back no farther than to this piece, so that there is a "before" to look at.
const OLDEST_PIECE: usize = 4;

/// Coherent gain; below it the fit found something that its own samples do not hold.
const LEAST_GAIN: f32 = 0.3;

/// Share of the full gain below which a piece at an edge holds some samples without tones: they
/// would make the fitted level 0.3 dB too low.
const WHOLE_GAIN: f32 = 0.95;

/// Score lost before the tones are called gone: two to three pieces without them.
const GONE_SCORE: f32 = 1.2;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_sum_is_that_of_one_value_after_the_other() {
        let values = [
            3.0, -1.0, 2.0, -9.0, 4.0, 1.0, 0.0, -2.0, 3.0, 2.0, -1.0, 0.5,
        ];
        for first in 0..=8 {
            let (groups, _) = values[first..].as_chunks::<LANES>();
            let values = groups.as_flattened();
            let sums = (1..=values.len()).map(|n| (n, values[..n].iter().sum::<f32>()));
            let largest = sums.reduce(|best, sum| if sum.1 > best.1 { sum } else { best });
            let found = largest_sum(groups.iter().map(|&group| f32x4::new(group)));
            assert_eq!(Some(found), largest, "from {first} on");
        }
    }

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
