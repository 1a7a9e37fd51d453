//! VoiceMail as its caller meets it: greeting, instructions, beep, recording.

use std::time::Duration;

use super::sounds::{BEEP, INSTRUCTIONS};
use crate::{
    session::CallTime,
    sim::timeline::{Timeline, Who},
};

/// VoiceMail with one caller.
pub(super) struct VoiceMail {
    pub(super) phase: Phase,
    pub(super) until: CallTime,
    pub(super) instructions: bool,
    /// Option d: whether a digit or `*` leaves the greeting, as extensions begin with all of them.
    pub(super) leaves_by_digit: bool,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Greeting,
    Instructions,
    Beep,
    Recording,
}

impl VoiceMail {
    /// Goes on to what follows.
    pub(super) fn next_phase(&mut self, now: CallTime, timeline: &mut Timeline) {
        let (phase, length, what) = match self.phase {
            Phase::Greeting if self.instructions => (
                Phase::Instructions,
                INSTRUCTIONS,
                "VoiceMail plays vm-intro",
            ),
            Phase::Greeting | Phase::Instructions => (Phase::Beep, BEEP, "VoiceMail beeps"),
            Phase::Beep | Phase::Recording => (Phase::Recording, MESSAGE, "VoiceMail records"),
        };
        timeline.push(now, Who::Asterisk, what);
        self.phase = phase;
        self.until = now + length;
    }
}

/// A message; its end is the caller's hang-up.
const MESSAGE: Duration = Duration::from_secs(5);
