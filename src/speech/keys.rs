//! When keys were down: their sound is no speech.

use std::ops::RangeInclusive;

use super::{FRAME, energy::Sound};
use crate::audio::SampleTime;

/// The stretches of the stream in which keys sounded, as far as they still matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    /// The last keys that are up again, the newest first.
    past: [Span; PAST],
    held: Option<SampleTime>,
}

/// From the first sample of a key to the end of its decay.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    from: SampleTime,
    to: SampleTime,
}

impl Keys {
    pub(super) fn down(&mut self, onset: SampleTime) {
        // A key follows a key without a gap when the first one's end was lost.
        if let Some(earlier) = self.held {
            self.up(onset.max(earlier));
        }
        self.held = Some(onset);
    }

    pub(super) fn up(&mut self, end: SampleTime) {
        if let Some(from) = self.held.take() {
            let to = end + DECAY;
            self.past.rotate_right(1);
            self.past[0] = Span { from, to };
        }
    }

    /// Whether a key sounded between `from` and `to`.
    pub(super) fn sounded(&self, from: SampleTime, to: SampleTime) -> bool {
        self.held.is_some_and(|onset| onset < to)
            || self.past.iter().any(|key| key.from < to && from < key.to)
    }
}

/// Whether two frames in a row can both lie within one key: equally loud, of equal colour, and
/// of a colour that keys have.
pub(super) fn may_be_one_key(earlier: Sound, later: Sound) -> bool {
    let ratio = later.mean_square / earlier.mean_square;
    ALIKE.contains(&ratio)
        && COLOURS.contains(&later.colour)
        && (later.colour - earlier.colour).abs() < COLOUR
}

/// Keys that can have ended within the samples of one push and still matter: the shortest key
/// and pause take 40 ms together, an ordinary push 20 ms.
const PAST: usize = 4;

/// After its end a key still sounds in filters and rooms: 20 ms, in samples.
const DECAY: u64 = FRAME as u64;

/// Ratio of the energy of two frames of a key: 1.5 dB, 3.5 times the deviation in noise 6 dB below
/// it. Its own two tones beat at 268 Hz and more (ITU-T Q.23), five times a frame.
const ALIKE: RangeInclusive<f32> = 0.71..=1.41;
/// From a lone 697 Hz (cosine 0.85) to 1633 Hz (0.28) in noise 6 dB below it.
const COLOURS: RangeInclusive<f32> = 0.22..=0.86;
/// By how much noise 6 dB below a key makes its colour differ from frame to frame, twice.
const COLOUR: f32 = 0.08;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(samples: u64) -> SampleTime {
        SampleTime::from_samples(samples)
    }

    #[test]
    fn a_key_sounds_from_its_onset_to_the_end_of_its_decay() {
        let mut keys = Keys::default();
        keys.down(at(1_000));
        assert!(!keys.sounded(at(840), at(1_000)));
        assert!(keys.sounded(at(841), at(1_001)));
        assert!(keys.sounded(at(80_000), at(80_160)));
        keys.up(at(1_400));
        assert!(keys.sounded(at(1_559), at(1_700)));
        assert!(!keys.sounded(at(1_560), at(1_720)));
    }

    #[test]
    fn keys_known_before_their_samples_are_kept_apart() {
        let mut keys = Keys::default();
        for onset in [1_000, 2_000, 3_000] {
            keys.down(at(onset));
            keys.up(at(onset + 320));
        }
        for onset in [1_000, 2_000, 3_000] {
            assert!(keys.sounded(at(onset), at(onset + 160)));
            assert!(!keys.sounded(at(onset + 500), at(onset + 660)));
        }
    }

    #[test]
    fn an_end_without_a_key_masks_nothing() {
        let mut keys = Keys::default();
        keys.up(at(1_000));
        assert!(!keys.sounded(at(0), at(100_000)));
    }
}
