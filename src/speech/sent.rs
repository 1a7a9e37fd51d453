//! The energy played towards the caller over the last half second.

use std::sync::Arc;

use super::{
    FRAME, STEP,
    prompt::{Envelope, Prompt},
};
use crate::audio::Dbm0;

/// What was sent lately and what goes on being sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    playing: Playing,
    /// Mean square taken for what is not known.
    unknown: f32,
    /// Frames until nothing unknown is left in what follows, and until nothing at all is.
    doubtful: usize,
    sounding: usize,
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

    /// One frame on.
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
        if self.is_silent() {
            return;
        }

        self.steps.copy_within(STEPS.., 0);
        self.powers.copy_within(..DELAYS - STEPS, STEPS);
        self.amplitudes.copy_within(..DELAYS - STEPS, STEPS);
        for step in &mut self.steps[STEPS..] {
            *step = self.playing.next(self.unknown);
        }
        for delay in 0..STEPS {
            let frame = &self.steps[STEPS - delay..][..STEPS];
            let power = frame.iter().sum::<f32>() / STEPS as f32;
            self.powers[delay] = power;
            self.amplitudes[delay] = power.sqrt();
        }
    }

    /// Many frames on, of which only the latest will matter.
    pub(super) fn skip(&mut self, frames: usize) {
        if let Playing::Known { next, .. } = &mut self.playing {
            *next = next.saturating_add(frames.saturating_mul(STEPS));
        }
    }

    /// Whether nothing was sent in all the time that matters.
    pub(super) fn is_silent(&self) -> bool {
        self.sounding == 0
    }

    /// Whether all of it is what was really sent.
    pub(super) fn is_known(&self) -> bool {
        self.doubtful == 0
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

/// Delays that an echo may have, in steps: half a second, satellites and jitter buffers
/// included.
pub(super) const DELAYS: usize = 25 * STEPS;

/// Frames after which what was sent no longer matters: the longest delay and the frame itself.
const FRAMES: usize = DELAYS / STEPS + 2;

/// Steps in a frame.
const STEPS: usize = FRAME / STEP;
