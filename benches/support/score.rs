//! What two detectors hear of one condition, over the same samples.

use std::io;

use crate::{
    signal::{Press, RATE},
    support::{FRAME, Listener, ours, spandsp::Spandsp},
};

/// What this project's detector and spandsp's hear of a condition, of which `record` makes the recording
/// for a seed.
///
/// # Errors
/// What `record` fails with.
pub(crate) fn score(
    mut record: impl FnMut(u64) -> io::Result<(Vec<i16>, Vec<Press>)>,
) -> io::Result<[Score; 2]> {
    let [mut own, mut peer] = [Score::default(), Score::default()];
    for seed in FIRST_SEED..FIRST_SEED + SEEDS {
        let (samples, presses) = record(seed)?;
        own.merge(Score::of(&mut ours(), &samples, &presses));
        peer.merge(Score::of(&mut Spandsp::new(), &samples, &presses));
    }
    Ok([own, peer])
}

/// What a detector heard of recordings.
#[derive(Default)]
pub(crate) struct Score {
    pressed: usize,
    heard: usize,
    pub(crate) doubled: usize,
    pub(crate) wrong: usize,
    /// Samples from onset to report, sorted.
    latencies: Vec<usize>,
}

impl Score {
    /// Adds what was heard of another recording.
    pub(crate) fn merge(&mut self, other: Self) {
        self.pressed += other.pressed;
        self.heard += other.heard;
        self.doubled += other.doubled;
        self.wrong += other.wrong;
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
    }

    /// Of a hundred keys pressed.
    pub(crate) fn percent(&self) -> f32 {
        100.0 * self.heard as f32 / self.pressed as f32
    }

    fn of(listener: &mut impl Listener, samples: &[i16], presses: &[Press]) -> Self {
        let mut score = Self {
            pressed: presses.len(),
            ..Self::default()
        };
        let mut heard = vec![false; presses.len()];
        let mut known = 0;
        for frame in samples.chunks(FRAME) {
            known += frame.len();
            listener.hear_keys(frame, &mut |key| {
                let within = |press: &Press| (press.from..press.to + LATEST).contains(&known);
                // The newest press that it may be: with short pauses it may be two.
                let press = presses
                    .iter()
                    .rposition(|press| within(press) && press.key == key);
                match press {
                    Some(at) if heard[at] => score.doubled += 1,
                    Some(at) => {
                        heard[at] = true;
                        score.heard += 1;
                        score.latencies.push(known - presses[at].from);
                    }
                    None => score.wrong += 1,
                }
            });
        }
        score
    }

    /// Time from onset to report, the median and what 99 of a hundred do not exceed.
    pub(crate) fn after(&self) -> String {
        let Some(last) = self.latencies.len().checked_sub(1) else {
            return String::new();
        };
        let ms = |percentile: usize| {
            let at = (self.latencies.len() * percentile / 100).min(last);
            (self.latencies[at] * 1000 + RATE / 2) / RATE
        };
        format!("{} / {} ms", ms(50), ms(99))
    }
}

/// Samples, 60 ms.
const LATEST: usize = 480;

/// Each with 160 keys: enough for a tenth of a per cent.
const SEEDS: u64 = 10;

/// None that a test uses.
const FIRST_SEED: u64 = 500_000;
