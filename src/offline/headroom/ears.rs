//! The detectors by themselves: what a sample costs.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::caller::{Caller, FORMAT, FRAME};
use crate::{audio::SAMPLE_RATE, dtmf, ear::Ear, speech};

/// What listening costs without a process around it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ears {
    /// For keys, as the program does unless it is configured otherwise.
    pub keys: Hearing,
    /// For keys and speech, with `barge_in`.
    pub keys_and_speech: Hearing,
}

/// What one way of listening costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Hearing {
    /// Nanoseconds of one core for a sample, decoding included.
    pub ns_per_sample: f64,
    /// Calls that one core could listen to, were there nothing else to do.
    pub calls_per_core: f64,
    /// What one call takes of a core, 1 being all of it.
    pub share_of_core: f64,
}

impl Ears {
    /// Listens to a caller for about this time.
    pub(super) fn measure(caller: &Caller, time: Duration) -> Self {
        let speech = speech::Limits::default();
        Self {
            keys: Hearing::measure(caller, time / 2, None),
            keys_and_speech: Hearing::measure(caller, time / 2, Some(&speech)),
        }
    }
}

impl Hearing {
    fn measure(caller: &Caller, time: Duration, speech: Option<&speech::Limits>) -> Self {
        let mut ear =
            Ear::new(FORMAT, &dtmf::Limits::default(), speech).expect("8 kHz need nothing");
        let mut rounds = Vec::new();
        let began = Instant::now();
        while rounds.is_empty() || began.elapsed() < time {
            let mut heard = 0;
            let round = Instant::now();
            for number in 0..caller.frames() {
                ear.hear(caller.frame(number).0, &mut |_| heard += 1);
            }
            rounds.push(round.elapsed());
            black_box(heard);
        }
        rounds.sort();
        let samples = (caller.frames() * FRAME) as f64;
        // The middle round is one that nothing interrupted.
        let seconds = rounds[rounds.len() / 2].as_secs_f64() / samples;
        let share_of_core = seconds * f64::from(SAMPLE_RATE);
        Self {
            ns_per_sample: seconds * 1e9,
            calls_per_core: share_of_core.recip(),
            share_of_core,
        }
    }
}
