//! The key before.
//!
//! Machines dial without pauses, and a jitter buffer takes pauses out. Then what there was before a key is
//! another one, and the two may share a tone that never stops. But the first is known, so that it can be
//! taken out: what is left before the second is what was there besides.

use super::{
    bands::SIDE,
    edges::Placed,
    excerpt::{Excerpt, SPAN, Underlay},
    fit::{Model, SHORTEST},
    past::{BEFORE, BEFORE_GAP},
    tones::Pair,
};

/// A key that is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Previous {
    pub(super) pair: Pair,
    /// Position of its first sample.
    pub(super) onset: u64,
    /// Position after its last sample.
    pub(super) end: u64,
    pub(super) model: Model,
    /// Position of the model's first sample, if its phases are the key's own up to the end.
    pub(super) model_start: Option<u64>,
    /// What the model was freed of.
    pub(super) underlay: Underlay,
}

impl Previous {
    /// Whether what is heard up to `now` may have begun in it or right behind it.
    pub(super) fn has_just_ended(&self, now: u64) -> bool {
        now <= self.end + JUST
    }

    /// Takes it out of an excerpt that was freed of `underlay` and holds the key `next` at its end.
    ///
    /// Piece by piece, each with levels and phases of its own: its model may be old, and out of phase.
    pub(super) fn take_out_of(&self, excerpt: &mut Excerpt, underlay: Underlay, next: &Placed) {
        if self.underlay != underlay || self.end <= excerpt.start {
            return;
        }
        let end = self.end_before(next, excerpt);
        let onset = self.onset.saturating_sub(excerpt.start) as usize;
        let own = &mut excerpt.samples[onset.max(end.saturating_sub(REACH)).min(end)..end];
        if own.len() < SHORTEST {
            return;
        }
        let length = own.len() / (own.len() / PIECE).max(1);
        for piece in own.rchunks_exact_mut(length) {
            if let Some(model) = Model::fit(piece, self.model.radians, 1) {
                let mut heard = [0.0; 2 * PIECE];
                let heard = &mut heard[..piece.len()];
                heard.copy_from_slice(piece);
                model.leave(0, heard, piece);
            }
        }
    }

    /// The sample of the excerpt after its last one.
    ///
    /// As long as the tones of the key behind it happen to be in phase with its own, it seems to go on. So
    /// it is over where they, or nothing, explain the samples better.
    fn end_before(&self, next: &Placed, excerpt: &Excerpt) -> usize {
        let end = ((self.end - excerpt.start) as usize).min(SPAN);
        let Some(model_start) = self.model_start else {
            return end;
        };
        let from = end.saturating_sub(IN_PHASE_BY_CHANCE);
        let length = end - from;
        let (mut own, mut others) = ([0.0; IN_PHASE_BY_CHANCE], [0.0; IN_PHASE_BY_CHANCE]);
        let position = excerpt.start + from as u64;
        let offset = position as i64 - model_start as i64;
        self.model.synthesize(offset, &mut own[..length]);
        next.synthesize(from, &mut others[..length]);
        let (mut better, mut most, mut last) = (0.0, 0.0, from);
        let models = own.iter().zip(&others);
        for (at, (x, (own, other))) in (from..).zip(excerpt.samples[from..end].iter().zip(models)) {
            let otherwise = x.powi(2).min((x - other).powi(2));
            better += otherwise - (x - own).powi(2);
            if better > most {
                (most, last) = (better, at + 1);
            }
        }
        last
    }
}

/// Samples, 60 ms: by then a key that began with its end is known.
const JUST: u64 = 480;

/// Samples in the shortest piece, 12 ms: it tells neighbouring tones apart, and its frequencies need be
/// true to 10 Hz only.
const PIECE: usize = 96;

/// Samples, 24 ms: what is asked about before a key, and some more.
const REACH: usize = 2 * PIECE;
const _: () = assert!(REACH > BEFORE_GAP + BEFORE + SIDE);

/// Samples, 13 ms: neighbouring tones, 70 Hz apart at least, go together for no longer.
const IN_PHASE_BY_CHANCE: usize = 104;
