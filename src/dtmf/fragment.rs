//! A key that was broken off before it was certain.
//!
//! A lost frame may leave 15 ms of a key, then a jump of its phases, then the rest. Neither part
//! is a key by itself: the first is too short, and before the second the tones were there already.
//! So the first is remembered for as long as the second may begin. A speech codec bends phases
//! likewise, every few milliseconds, and then the second part may begin within the first. Where
//! frame after frame is repeated there may be no second part that can be measured at all.

use super::{
    behind::FULL_AFTER, evidence::Evidence, gap::LONGEST_PIECE, hold::is_full,
    silence::LONGEST_SILENCE, step::STEP, tones::Pair, window::View,
};

/// The first part of a key.
#[derive(Clone, Copy)]
pub(super) struct Fragment(Evidence);

impl Fragment {
    /// Remembers `evidence`, which lacked nothing but duration.
    pub(super) fn new(evidence: &Evidence) -> Self {
        Self(*evidence)
    }

    /// `evidence` with this fragment before it, if it can be its first part: within `gap` samples.
    pub(super) fn joined(&self, evidence: &Evidence, gap: u64) -> Option<Evidence> {
        let first = &self.0;
        let reach = if first.ongoing && first.rest > CLEAN {
            // It may have gone on until the next look. A clean one is found anew then, if it did.
            gap + STEP as u64
        } else {
            gap
        };
        let follows = evidence.pair == first.pair
            && evidence.onset >= first.onset + LATER
            && evidence.onset <= first.end + reach;
        let whole = evidence.end.max(first.end) - first.onset;
        follows.then_some(Evidence {
            onset: first.onset,
            duration: (evidence.duration + first.duration).min(whole as f32),
            before: first.before,
            tones_before: first.tones_before,
            ..*evidence
        })
    }

    /// Whether it was so long before `now` that nothing can belong to it any more.
    pub(super) fn is_past(&self, now: u64) -> bool {
        now > self.0.end + LONGEST_SILENCE + LONGEST_PIECE as u64
    }

    /// Whether it is the clean beginning of what `evidence` found blurred by a jump of phases.
    pub(super) fn is_clearer_than(&self, evidence: &Evidence) -> bool {
        let first = &self.0;
        first.rest <= CLEAN && evidence.rest > CLEAN && evidence.onset < first.end
    }

    /// What was found of the key.
    pub(super) fn evidence(&self) -> &Evidence {
        &self.0
    }

    /// This fragment with what came after it, if that is the same tones, never in one phase for long
    /// enough to be measured: `strongest` in the window that ends `now`, within `gap` samples.
    pub(super) fn went_on(
        &self,
        view: &View,
        strongest: Pair,
        now: u64,
        gap: u64,
    ) -> Option<Evidence> {
        let first = &self.0;
        let full = strongest == first.pair && is_full(view, strongest, first.powers);
        let follows = (first.end..=first.end + gap).contains(&(now - FULL_AFTER));
        (full && follows && first.rest <= CLEAN).then_some(Evidence {
            end: now,
            ongoing: true,
            duration: (now - first.onset) as f32,
            ..*first
        })
    }
}

/// Samples, 3 ms: what begins no later than that after the first part is the first part again.
const LATER: u64 = 24;

/// Relative energy left beside the tones of a piece that tells how they go on: none but digital noise and
/// that of a quiet line.
pub(super) const CLEAN: f32 = 0.012;
