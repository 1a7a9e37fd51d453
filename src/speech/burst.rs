//! Frames that stand out, counted: first towards a start, then as a burst of speech.

use super::{End, FRAME, FRAME_MS, energy::Sound, keys::may_be_one_key};
use crate::audio::{Dbm0, SAMPLE_RATE, SampleTime};

/// Sound that may become a start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rise {
    burst: Burst,
    /// Frames that stood out less those that did not.
    net: u32,
    last: Sound,
    /// Whether the latest two frames may be a key that is not known yet.
    may_be_key: bool,
}

impl Rise {
    /// Begins with the frame that ends at `end`.
    pub(super) fn new(end: SampleTime, sound: Sound) -> Self {
        Self {
            burst: Burst::new(end, sound.mean_square),
            net: 1,
            last: sound,
            may_be_key: false,
        }
    }

    /// One more frame stands out.
    pub(super) fn add(&mut self, end: SampleTime, sound: Sound) {
        self.burst.add(end, sound.mean_square);
        self.net += 1;
        self.may_be_key = may_be_one_key(self.last, sound);
        self.last = sound;
    }

    /// A frame does not stand out; whether there is still something to go on with.
    pub(super) fn sink(&mut self) -> bool {
        self.burst.pause();
        self.net -= 1;
        self.may_be_key = false;
        self.net > 0
    }

    /// Whether this is as long as `start` ms asks and cannot be a key that is not known yet.
    pub(super) fn is_speech(&self, start: f32) -> bool {
        let length = self.net as f32 * FRAME_MS;
        length >= start && (!self.may_be_key || length >= start + KEY_KNOWN_MS)
    }

    pub(super) fn burst(self) -> Burst {
        self.burst
    }
}

/// A stretch of speech, pauses within it included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burst {
    onset: SampleTime,
    tally: Tally,
    /// The tally before each of the latest frames, the newest first.
    past: [Tally; REVOCABLE],
}

/// The frames that stood out so far.
#[derive(Clone, Copy, Debug)]
struct Tally {
    /// End of the last of them.
    end: SampleTime,
    /// Sum of their mean squares.
    energy: f64,
    frames: u32,
}

impl Burst {
    fn new(end: SampleTime, mean_square: f32) -> Self {
        let first = Tally {
            end,
            energy: f64::from(mean_square),
            frames: 1,
        };
        Self {
            onset: end - FRAME as u64,
            tally: first,
            past: [first; REVOCABLE],
        }
    }

    pub(super) fn onset(&self) -> SampleTime {
        self.onset
    }

    /// One more frame stands out.
    pub(super) fn add(&mut self, end: SampleTime, mean_square: f32) {
        self.pause();
        self.tally = Tally {
            end,
            energy: self.tally.energy + f64::from(mean_square),
            frames: self.tally.frames.saturating_add(1),
        };
    }

    /// One more frame does not.
    pub(super) fn pause(&mut self) {
        self.past.rotate_right(1);
        self.past[0] = self.tally;
    }

    /// The latest `frames` frames were no speech after all.
    pub(super) fn revoke(&mut self, frames: usize) {
        self.tally = self.past[frames.clamp(1, REVOCABLE) - 1];
        self.past = [self.tally; REVOCABLE];
    }

    /// How long it has been quiet, in ms.
    pub(super) fn pause_ms(&self, now: SampleTime) -> f32 {
        now.since(self.tally.end) as f32 * 1000.0 / SAMPLE_RATE as f32
    }

    pub(super) fn ended(&self) -> End {
        let mean_square = self.tally.energy / f64::from(self.tally.frames);
        End {
            onset: self.onset,
            end: self.tally.end,
            level: Dbm0::from_mean_square(mean_square as f32),
        }
    }
}

/// How much longer a sound that may be a key must last to be speech: a clean key is known within
/// 41 ms of its onset, before three frames are full; one in noise later.
const KEY_KNOWN_MS: f32 = 40.0;
/// Frames that can be taken back: as long as a key may sound before it is known.
const REVOCABLE: usize = 5;
