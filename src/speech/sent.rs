//! The energy played towards the caller over the time in which its echo may return.

use std::{sync::Arc, time::Duration};

use super::{
    FRAME, STEP,
    prompt::{Envelope, Prompt},
};
use crate::audio::{Dbm0, SAMPLE_RATE};

/// What was sent lately and what goes on being sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    playing: Playing,
    /// Mean square taken for what is not known.
    unknown: f32,
    /// Frames until nothing unknown is left in what follows, and until nothing at all is.
    doubtful: usize,
    sounding: usize,
    /// Steps that this is ahead of what has been received.
    ahead: usize,
    late: Late,
    /// Mean square of the steps of the last two frames, the newest last.
    steps: [f32; 2 * STEPS],
    powers: [f32; DELAYS],
    amplitudes: [f32; DELAYS],
}

#[derive(Clone, Debug)]
enum Playing {
    Nothing,
    Known {
        envelope: Arc<Envelope>,
        next: usize,
    },
    Unknown,
}

impl Sent {
    /// Nothing yet; prompts of unknown content count as this loud.
    pub(super) fn new(unknown: Dbm0) -> Self {
        Self {
            playing: Playing::Nothing,
            unknown: unknown.mean_square(),
            doubtful: 0,
            sounding: 0,
            ahead: 0,
            late: Late::default(),
            steps: [0.0; 2 * STEPS],
            powers: [0.0; DELAYS],
            amplitudes: [0.0; DELAYS],
        }
    }

    pub(super) fn play(&mut self, prompt: Option<Prompt>) {
        self.playing = match prompt {
            None => Playing::Nothing,
            Some(Prompt::Known(envelope)) => Playing::Known { envelope, next: 0 },
            Some(Prompt::Unknown) => Playing::Unknown,
        };
    }

    /// So much of what was due by now has not been received: it is late, or lost.
    pub(super) fn behind(&mut self, time: Duration) {
        let steps = time.as_secs_f32() * SAMPLE_RATE as f32 / STEP as f32;
        self.late.told(steps as usize);
    }

    /// One frame more has been received.
    pub(super) fn advance(&mut self) {
        self.doubtful = self.doubtful.saturating_sub(1);
        self.sounding = self.sounding.saturating_sub(1);
        match &self.playing {
            Playing::Unknown => {
                self.doubtful = FRAMES;
                self.sounding = FRAMES;
            }
            Playing::Known { envelope, next } if *next < envelope.length() => {
                self.sounding = FRAMES;
            }
            Playing::Known { .. } | Playing::Nothing => {}
        }
        // What comes late was due when less had been sent: nothing is sent again.
        let ahead = self.late.now.max(self.ahead.saturating_sub(STEPS));
        let mut steps = ahead.saturating_add(STEPS) - self.ahead;
        self.ahead = ahead;
        if self.is_silent() {
            return;
        }
        self.skip_steps(steps.saturating_sub(DELAYS + STEPS));
        steps = steps.min(DELAYS + STEPS);
        while steps > 0 {
            let now = steps.min(STEPS);
            self.send(now);
            steps -= now;
        }
    }

    /// So many steps on, no more than a frame.
    fn send(&mut self, steps: usize) {
        self.steps.copy_within(steps.., 0);
        self.powers.copy_within(..DELAYS - steps, steps);
        self.amplitudes.copy_within(..DELAYS - steps, steps);
        for step in &mut self.steps[2 * STEPS - steps..] {
            *step = self.playing.next(self.unknown);
        }
        for delay in 0..steps {
            let frame = &self.steps[STEPS - delay..][..STEPS];
            let power = frame.iter().sum::<f32>() / STEPS as f32;
            self.powers[delay] = power;
            self.amplitudes[delay] = power.sqrt();
        }
    }

    /// Many frames on, of which only the latest will matter.
    pub(super) fn skip(&mut self, frames: usize) {
        self.skip_steps(frames.saturating_mul(STEPS));
    }

    fn skip_steps(&mut self, steps: usize) {
        if let Playing::Known { next, .. } = &mut self.playing {
            *next = next.saturating_add(steps);
        }
    }

    /// Steps that what was received last may be late by.
    pub(super) fn lateness(&self) -> usize {
        self.ahead.saturating_sub(self.late.settled)
    }

    /// Whether nothing was sent in all the time that matters.
    pub(super) fn is_silent(&self) -> bool {
        self.sounding == 0
    }

    /// Whether all of it is what was really sent, and then.
    pub(super) fn is_known(&self) -> bool {
        self.doubtful == 0 && self.lateness() == 0
    }

    /// Mean square of what was sent in a frame's time, by how many steps ago that ended.
    pub(super) fn powers(&self) -> &[f32; DELAYS] {
        &self.powers
    }

    /// Square roots of the [`powers`](Self::powers).
    pub(super) fn amplitudes(&self) -> &[f32; DELAYS] {
        &self.amplitudes
    }
}

impl Playing {
    fn next(&mut self, unknown: f32) -> f32 {
        match self {
            Self::Nothing => 0.0,
            Self::Known { envelope, next } => {
                let mean_square = envelope.mean_square(*next);
                *next = next.saturating_add(1);
                mean_square
            }
            Self::Unknown => unknown,
        }
    }
}

/// How much of what was received is missing, in steps.
///
/// A frame that has not come may be late or lost. It is lost once several came after it, none of which had
/// less missing before it.
#[derive(Clone, Copy, Debug, Default)]
struct Late {
    now: usize,
    /// What is lost for good.
    settled: usize,
    /// How often in a row more was missing than that, and the least of it.
    more: u32,
    least: usize,
}

impl Late {
    fn told(&mut self, missing: usize) {
        self.now = missing;
        if missing <= self.settled {
            (self.settled, self.more) = (missing, 0);
            return;
        }
        self.least = if self.more == 0 {
            missing
        } else {
            self.least.min(missing)
        };
        self.more += 1;
        if self.more == NOT_LATE {
            (self.settled, self.more) = (self.least, 0);
        }
    }
}

/// Delays that an echo may have, in steps: 640 ms, satellites and jitter buffers included.
pub(super) const DELAYS: usize = 32 * STEPS;

/// Frames after which what was sent no longer matters: the longest delay and the frame itself.
const FRAMES: usize = DELAYS / STEPS + 2;

/// Packets, 0.2 s: what did not come before any of so many is not late.
const NOT_LATE: u32 = 10;

/// Steps in a frame.
const STEPS: usize = FRAME / STEP;

#[cfg(test)]
mod tests {
    use super::*;

    /// A prompt each of whose frames has a level of its own, half a second on.
    fn playing() -> Sent {
        let levels = (0..200).flat_map(|frame| [frame; STEPS]).collect();
        let mut sent = Sent::new(Dbm0(-10.0));
        sent.play(Some(Prompt::Known(Arc::new(Envelope::from_levels(levels)))));
        for _ in 0..25 {
            sent.advance();
        }
        sent
    }

    const FRAME_TIME: Duration = Duration::from_millis(20);

    #[test]
    fn what_comes_late_was_sent_when_it_was() {
        let (mut sent, mut on_time) = (playing(), playing());
        // Five frames at once, where the first was due.
        for missing in (0..5).rev() {
            sent.behind(missing * FRAME_TIME);
            sent.advance();
            on_time.advance();
            let late = sent.lateness();
            assert_eq!(late, missing as usize * STEPS);
            assert_eq!(sent.powers()[late..], on_time.powers()[..DELAYS - late]);
        }
        assert!(sent.is_known());
    }

    #[test]
    fn what_is_lost_was_sent_all_the_same() {
        let (mut sent, mut received) = (playing(), playing());
        for _ in 0..7 {
            received.advance();
        }
        for _ in 0..NOT_LATE {
            sent.behind(7 * FRAME_TIME);
            sent.advance();
            received.advance();
            assert_eq!(sent.powers(), received.powers());
        }
        assert_eq!(sent.lateness(), 0);
    }

    #[test]
    fn after_any_time_that_nothing_came_it_is_known_what_is_played() {
        let mut sent = playing();
        for _ in 0..NOT_LATE {
            sent.behind(Duration::from_secs(3));
            sent.advance();
        }
        let mut received = playing();
        for _ in 0..150 + NOT_LATE {
            received.advance();
        }
        assert_eq!(sent.powers(), received.powers());
        sent.behind(Duration::MAX);
        sent.advance();
        assert_eq!(sent.powers()[..], [0.0; DELAYS]);
    }
}
