//! The noise of the line.

/// The line's noise level, from the quietest frames.
///
/// It falls at once to a quieter frame. It rises slowly towards the quietest frame of the last
/// one and a half seconds, which no talker fills without a pause, and at once to sound that is
/// steady for longer than any vowel: that is noise which has begun.
#[derive(Clone, Debug)]
pub(super) struct Floor {
    level: f32,
    now: Extent,
    past: [Extent; BLOCKS],
    frames: u32,
}

/// Quietest and loudest frame of a stretch, in dBm0.
#[derive(Clone, Copy, Debug)]
struct Extent {
    quietest: f32,
    loudest: f32,
}

impl Extent {
    const NONE: Self = Self {
        quietest: f32::INFINITY,
        loudest: f32::NEG_INFINITY,
    };

    fn join(self, other: Self) -> Self {
        Self {
            quietest: self.quietest.min(other.quietest),
            loudest: self.loudest.max(other.loudest),
        }
    }

    fn is_steady(self) -> bool {
        self.loudest - self.quietest < STEADY_DB
    }
}

impl Floor {
    pub(super) fn new() -> Self {
        Self {
            level: UNKNOWN_DBM0,
            now: Extent::NONE,
            past: [Extent::NONE; BLOCKS],
            frames: 0,
        }
    }

    /// In dBm0.
    pub(super) fn level(&self) -> f32 {
        self.level
    }

    /// Takes in a frame that holds no key and no echo.
    pub(super) fn update(&mut self, level: f32) {
        let level = level.max(QUIETEST_DBM0);
        let frame = Extent {
            quietest: level,
            loudest: level,
        };
        self.now = self.now.join(frame);
        let all = self.past.iter().fold(self.now, |all, &one| all.join(one));
        if all.quietest < self.level {
            self.level = all.quietest;
        } else {
            self.level += (SETTLING * (all.quietest - self.level)).min(RISE_DB);
        }

        self.frames += 1;
        if self.frames == BLOCK {
            self.frames = 0;
            let recent = self.now.join(self.past[0]);
            if recent.is_steady() && recent.quietest > self.level {
                self.level = recent.quietest;
            }
            self.past.rotate_right(1);
            self.past[0] = std::mem::replace(&mut self.now, Extent::NONE);
        }
    }
}

/// Frames of a block: a quarter of a second.
const BLOCK: u32 = 12;
/// Blocks remembered beside the one that fills: 1.5 s together.
const BLOCKS: usize = 5;
/// The highest floor before anything is known, in dBm0: as loud as a line may hiss and still be
/// used, and low enough that a caller who already talks is heard above it.
const UNKNOWN_DBM0: f32 = -35.0;
/// The lowest floor, in dBm0: below it lies only the idle noise of G.711.
const QUIETEST_DBM0: f32 = -60.0;
/// How fast the floor may rise, in dB a frame: 3 dB a second, so that a second of unbroken
/// speech costs a third of the margin.
const RISE_DB: f32 = 0.06;
/// Part of the way to the quietest frame that a rise takes at most, to arrive without overshoot.
const SETTLING: f32 = 0.05;
/// Half a second that varies by less is no speech: noise of 300 Hz bandwidth varies by ±3 dB
/// from frame to frame, syllables by 20 dB.
const STEADY_DB: f32 = 6.0;
