//! How much of a model each millisecond of the audio holds.

use std::ops::Range;

use wide::{bytemuck::cast, f32x4};

use super::{edges::Placed, excerpt::SPAN};

/// Coherent gain of each piece against the model, made when asked for, newest first.
pub(super) struct Gains<'a> {
    samples: &'a [f32; SPAN],
    placed: &'a Placed,
    /// 1 where the piece is the model.
    pub(super) gain: [f32; PIECES],
    /// The model's own energy: a piece where the tones cancel says little.
    energy: [f32; PIECES],
    /// Positive where the tones sound, negative where they do not; a usual piece gives a half.
    score: [f32; PIECES],
    /// Pieces from here on are made.
    from: usize,
    per_full: f32,
    per_energy: f32,
}

impl<'a> Gains<'a> {
    /// Gains of which none is made yet.
    pub(super) fn new(samples: &'a [f32; SPAN], placed: &'a Placed) -> Self {
        Self {
            samples,
            placed,
            gain: [0.0; PIECES],
            energy: [0.0; PIECES],
            score: [0.0; PIECES],
            from: PIECES,
            per_full: 1.0,
            per_energy: 1.0,
        }
    }

    pub(super) fn set_scale(&mut self, full: f32, core: Range<usize>) {
        let pieces = core.len() as f32;
        self.per_full = 1.0 / full;
        self.per_energy = pieces / self.energy[core].iter().sum::<f32>();
        self.make_scores(self.from..PIECES);
    }

    pub(super) fn score(&mut self, piece: usize) -> f32 {
        if piece < self.from {
            let to = self.from;
            self.make(to.saturating_sub(PIECES_AT_ONCE));
            self.make_scores(self.from..to);
        }
        self.score[piece]
    }

    pub(super) fn sounds(&self, piece: usize) -> bool {
        self.gain[piece] * self.per_full > 0.5
    }

    /// Makes gains and energies from piece `from`, or a little before it, on.
    pub(super) fn make(&mut self, from: usize) {
        let from = from / LANES * LANES;
        let mut model = [0.0; PIECES_AT_ONCE * PIECE];
        for first in (from..self.from).step_by(PIECES_AT_ONCE) {
            let pieces = (self.from - first).min(PIECES_AT_ONCE);
            let model = &mut model[..pieces * PIECE];
            self.placed.synthesize(first * PIECE, model);
            let (samples, _) = self.samples[first * PIECE..].as_chunks::<{ LANES * PIECE }>();
            let (model, _) = model.as_chunks::<{ LANES * PIECE }>();
            let (gain, _) = self.gain[first..].as_chunks_mut::<LANES>();
            let (energy, _) = self.energy[first..].as_chunks_mut::<LANES>();
            let results = gain.iter_mut().zip(energy);
            for ((x, m), (gain, energy)) in samples.iter().zip(model).zip(results) {
                let energies = products(m, m) + f32x4::splat(TINY);
                *gain = (products(x, m) / energies).to_array();
                *energy = energies.to_array();
            }
        }
        self.from = from;
    }

    /// Of pieces whose gains are made.
    fn make_scores(&mut self, pieces: Range<usize>) {
        let (gain, _) = self.gain[pieces.clone()].as_chunks::<LANES>();
        let (energy, _) = self.energy[pieces.clone()].as_chunks::<LANES>();
        let (score, _) = self.score[pieces].as_chunks_mut::<LANES>();
        let largest = f32x4::splat(LARGEST);
        for ((score, &gain), &energy) in score.iter_mut().zip(gain).zip(energy) {
            let above_half = f32x4::new(gain) * f32x4::splat(self.per_full) - f32x4::splat(0.5);
            let presence = above_half.fast_max(-largest).fast_min(largest);
            let weight = f32x4::new(energy) * f32x4::splat(self.per_energy);
            *score = (presence * weight.fast_min(f32x4::splat(2.0))).to_array();
        }
    }
}

/// The inner products of four pieces with four others.
#[inline]
fn products(a: &[f32; LANES * PIECE], b: &[f32; LANES * PIECE]) -> f32x4 {
    let [a, b]: [[[f32x4; 2]; LANES]; 2] = [cast(*a), cast(*b)];
    let sums = std::array::from_fn(|piece| a[piece][0] * b[piece][0] + a[piece][1] * b[piece][1]);
    let [first, second, third, fourth] = f32x4::transpose(sums);
    first + second + third + fourth
}

/// Samples in a piece, 1 ms.
pub(super) const PIECE: usize = 8;

/// Pieces in the span.
pub(super) const PIECES: usize = SPAN / PIECE;

/// Pieces taken together.
const LANES: usize = 4;
const _: () = assert!(PIECES.is_multiple_of(LANES) && PIECES_AT_ONCE.is_multiple_of(LANES));

/// Pieces made at once.
const PIECES_AT_ONCE: usize = 16;

/// A single piece counts no more than this, whatever a click in it does.
const LARGEST: f32 = 0.75;

/// Keeps a piece where both tones cancel from a division by nothing.
const TINY: f32 = 1e-3;
