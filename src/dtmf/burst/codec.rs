//! What a codec may make of a short key that stands alone.

use super::super::{decide::samples, evidence::Evidence, excerpt::Excerpt};

/// What one makes of it.
pub(super) struct Codec {
    /// Power of the next strongest row or column, relative to the strongest.
    pub(super) others: f32,
    /// How that stands alone, in any of these ways.
    pub(super) alone: &'static [Alone],
    /// And how it is bent.
    pub(super) bent: &'static [Bent],
}

/// A burst and the quiet about it.
pub(super) struct Alone {
    /// Share of the loudest 5 ms that all of it has at least.
    pub(super) loud: f32,
    /// Mean squares before and after it, relative to its own: a decoder takes some milliseconds to let go.
    pub(super) before: f32,
    pub(super) after: f32,
    /// Samples more than the shortest key that it lasts: GSM makes 32 ms of some tones of 20 ms, and hardly
    /// ever 35.
    pub(super) longer: f32,
    /// Samples that it lasts at most: of longer keys every codec leaves a stretch that can be measured.
    pub(super) longest: usize,
}

/// What is wrong with two tones. Energies are relative to theirs, offsets to their frequencies.
pub(super) struct Bent {
    /// All that is left but what is below them.
    rest: f32,
    /// What is left of the worst piece, relative to all of that piece.
    worst: f32,
    /// Left below and above them.
    low: f32,
    high: f32,
    /// Of either tone, and one's less the other's.
    offset: f32,
    apart: f32,
}

impl Codec {
    /// The one that `excerpt` comes from, as far as that is known.
    pub(super) fn of(excerpt: &Excerpt) -> &'static Self {
        if excerpt.is_through_gsm() {
            &Self::GSM
        } else {
            &Self::ANY
        }
    }

    const ANY: Self = Self {
        others: 0.35,
        alone: &[Alone::EVENLY],
        bent: &[Bent::EVENLY],
    };

    /// GSM full rate has one pitch for both tones. What it finds none for it may leave 15 dB fainter, off by
    /// more, or as a thump below the tones, until its next frame of 20 ms.
    ///
    /// In 311 h of speech and music through it, at nine speeds, three bursts more are taken for keys with
    /// these limits than with those of any codec.
    const GSM: Self = Self {
        others: 0.5,
        alone: &[
            Alone {
                longer: samples(16.0),
                ..Alone::EVENLY
            },
            // Louder at one end.
            Alone {
                loud: 0.03,
                before: 0.15,
                after: 0.2,
                longer: samples(18.0),
                longest: 560,
            },
        ],
        bent: &[
            // Off, with little more beside it than any codec leaves.
            Bent {
                rest: 0.64,
                worst: 0.7,
                low: 0.11,
                high: 0.12,
                offset: 0.024,
                apart: 0.026,
            },
            // More of it among the tones, and next to nothing elsewhere.
            Bent {
                rest: 0.7,
                worst: 0.5,
                low: 0.03,
                high: 0.02,
                offset: 0.0105,
                apart: 0.015,
            },
            // With a thump, but true tones.
            Bent {
                rest: 0.5,
                worst: 0.92,
                low: 1.9,
                high: 0.02,
                offset: 0.012,
                apart: 0.011,
            },
        ],
    };
}

impl Alone {
    /// One end is no more than 10 dB louder than the other.
    const EVENLY: Self = Self {
        loud: 0.1,
        before: 0.05,
        after: 0.1,
        longer: samples(14.0),
        longest: 464,
    };
}

impl Bent {
    /// In all pieces by as much, and with little put below or above.
    const EVENLY: Self = Self {
        rest: 0.6,
        worst: 0.65,
        low: 0.06,
        high: 0.09,
        offset: 0.019,
        apart: 0.02,
    };

    /// Whether `evidence`, with so much left of its worst piece, has nothing else wrong with it.
    pub(super) fn allows(&self, evidence: &Evidence, worst: f32) -> bool {
        let left = &evidence.residual;
        evidence.rest - left.low <= self.rest
            && worst <= self.worst
            && left.low <= self.low
            && left.high <= self.high
            && evidence.largest_offset() <= self.offset
            && evidence.apart() <= self.apart
    }
}
