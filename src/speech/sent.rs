//! The energy played towards the caller, frame by frame.

use std::sync::Arc;

use super::prompt::{Envelope, Prompt};
use crate::audio::Dbm0;

/// What was sent in the last half second and what goes on being sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    playing: Playing,
    /// Mean square of the latest frames, the newest first.
    recent: [f32; LAGS],
    unknown: f32,
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
            recent: [0.0; LAGS],
            unknown: unknown.mean_square(),
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
        let newest = match &mut self.playing {
            Playing::Nothing => 0.0,
            Playing::Known { envelope, next } => {
                let mean_square = envelope.mean_square(*next);
                *next = next.saturating_add(1);
                mean_square
            }
            Playing::Unknown => self.unknown,
        };
        self.recent.rotate_right(1);
        self.recent[0] = newest;
    }

    /// Many frames on, of which only the latest will matter.
    pub(super) fn skip(&mut self, frames: usize) {
        if let Playing::Known { next, .. } = &mut self.playing {
            *next = next.saturating_add(frames);
        }
    }

    /// Mean square of the frames sent, by their age.
    pub(super) fn recent(&self) -> &[f32; LAGS] {
        &self.recent
    }
}

/// Frames an echo may take to come back: half a second, satellite and jitter buffers included.
pub(super) const LAGS: usize = 25;
