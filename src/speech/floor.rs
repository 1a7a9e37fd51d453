//! The noise of the line.

/// The line's noise level, from the quietest frames.
///
/// It falls at once to two quieter frames in a row: one may hold only a part of what was sent. It rises slowly
/// towards the quietest frame of the last one and a half seconds, which no talker fills without a
/// pause, and at once to sound that has been steady for half a second, longer than any vowel: that is
/// noise which has begun. A step up is thus followed within three quarters of a second, whatever its
/// height. Silence that no line carries says nothing of it: something was lost, muted, or not sent.
///
/// Echo is taken in as well: it pauses as its talker does, and only in those pauses is the noise heard.
#[derive(Clone, Debug)]
pub(super) struct Floor {
    level: f32,
    now: Extent,
    past: [Extent; BLOCKS],
    /// Frames in the block that fills.
    frames: u32,
    /// The frame before.
    last: f32,
    /// Frames of silence from the beginning on, until something else is known.
    silent: Option<u32>,
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
            last: f32::NEG_INFINITY,
            silent: Some(0),
        }
    }

    /// In dBm0.
    pub(super) fn level(&self) -> f32 {
        self.level
    }

    /// Takes in a frame that holds no key.
    pub(super) fn update(&mut self, level: f32) {
        if level < SILENCE_DBM0 {
            if let Some(frames) = &mut self.silent {
                *frames += 1;
                if *frames > OPENING {
                    (self.level, self.silent) = (QUIETEST_DBM0, None);
                }
            }
            return;
        }
        self.silent = None;
        let louder = level.max(self.last).max(QUIETEST_DBM0);
        self.last = level;
        let frame = Extent {
            quietest: louder,
            loudest: louder,
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
                // The quieter frames before are of another line, so to speak.
                self.past = [Extent::NONE; BLOCKS];
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
/// Frames at the beginning of a stream that may be silent because nothing has been received yet:
/// 0.2 s. Noise that follows is not taken for speech. A line that is silent for longer has no noise.
const OPENING: u32 = 10;
/// Below this level in dBm0 lies what is made when nothing is received. The quietest sound
/// G.711 can carry lies at −66 dBm0.
const SILENCE_DBM0: f32 = -70.0;
/// How fast the floor may rise, in dB a frame: 3 dB a second, so that a second of unbroken
/// speech costs a third of the margin.
const RISE_DB: f32 = 0.06;
/// Part of the way to the quietest frame that a rise takes at most, to arrive without overshoot.
const SETTLING: f32 = 0.05;
/// Half a second that varies by less is no speech: noise of 300 Hz bandwidth varies by ±3 dB
/// from frame to frame, syllables by 20 dB.
const STEADY_DB: f32 = 6.0;

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames until the floor is within a decibel of `level`.
    fn frames_to_reach(floor: &mut Floor, level: f32) -> u32 {
        let mut frames = 0;
        while (floor.level() - level).abs() > 1.0 {
            floor.update(level);
            frames += 1;
            assert!(frames < 10_000, "the floor stays at {}", floor.level());
        }
        frames
    }

    #[test]
    fn noise_is_known_from_the_first_frame() {
        for level in [-35.0, -45.0, -60.0] {
            let mut floor = Floor::new();
            floor.update(level);
            assert_eq!(floor.level(), level);
        }
    }

    #[test]
    fn silence_before_the_first_sound_is_not_the_floor() {
        let mut floor = Floor::new();
        for _ in 0..8 {
            floor.update(f32::NEG_INFINITY);
        }
        floor.update(-40.0);
        assert_eq!(floor.level(), -40.0);
    }

    #[test]
    fn a_step_up_in_noise_is_followed_within_three_quarters_of_a_second() {
        let mut floor = Floor::new();
        frames_to_reach(&mut floor, -60.0);
        assert!(frames_to_reach(&mut floor, -38.0) <= 37);
        floor.update(-38.0);
        assert_eq!(floor.level(), -38.0);
    }

    #[test]
    fn a_step_down_is_followed_with_the_second_frame() {
        let mut floor = Floor::new();
        frames_to_reach(&mut floor, -40.0);
        assert_eq!(frames_to_reach(&mut floor, -58.0), 2);
    }

    #[test]
    fn unbroken_speech_raises_the_floor_by_three_decibels_a_second_at_most() {
        let mut floor = Floor::new();
        frames_to_reach(&mut floor, -60.0);
        for i in 0..100 {
            floor.update(if i % 10 < 5 { -20.0 } else { -35.0 });
        }
        assert!(floor.level() <= -54.0, "{}", floor.level());
    }
}
