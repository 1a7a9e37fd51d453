//! A key that was broken off before it was certain.
//!
//! A lost frame may leave 15 ms of a key, then a jump of its phases, then the rest. Neither part
//! is a key by itself: the first is too short, and before the second the tones were there already.
//! So the first is remembered for as long as the second may begin.

use super::evidence::Evidence;

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
        let reach = if first.ongoing { gap + STEP } else { gap };
        let follows = evidence.pair == first.pair
            && evidence.onset + OVERLAP >= first.end
            && evidence.onset <= first.end + reach;
        follows.then_some(Evidence {
            onset: first.onset,
            duration: evidence.duration + first.duration,
            before: first.before,
            tones_before: first.tones_before,
            ..*evidence
        })
    }
}

/// Samples from one look to the next: a fragment that was ongoing may have gone on for as long.
const STEP: u64 = 80;

/// Samples that the second part may seem to begin before the first one's end: both edges are
/// estimates where phases jump.
const OVERLAP: u64 = 24;
