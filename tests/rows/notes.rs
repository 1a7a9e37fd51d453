//! Notes of instruments that begin two at a time at a key's frequencies, beside other sound.

use crate::{
    score::row,
    signal::{Line, Presses, RATE},
};

/// Two bass notes that beat, 5 dB under each tone: a steady one might be a dial tone.
const BASS: &[(f32, f32)] = &[(131.0, -15.0), (156.0, -15.0)];

impl Line {
    /// Presses of which less and less is left, as of a plucked string.
    fn decaying(mut self, by_half_each_ms: f32) -> Self {
        for press in &self.presses {
            for i in press.from..press.to {
                let ms = 1000.0 * (i - press.from) as f32 / RATE as f32;
                self.audio[i] *= (-ms / by_half_each_ms).exp2();
            }
        }
        self
    }
}

#[test]
fn notes_that_decay_over_a_bass_are_no_key() {
    let notes = Presses::lasting(150.0, 100.0);
    let score = row(|seed| notes.record(seed).decaying(20.0).with_sines(BASS));
    assert!(score.percent() <= 1.0, "{:.1} %", score.percent());
    assert_eq!(score.wrong, 0);
}

#[test]
fn keys_over_a_bass_are_keys() {
    let score = row(|seed| Presses::default().record(seed).with_sines(BASS));
    assert_eq!((score.heard, score.doubled, score.wrong), (480, 0, 0));
}

#[test]
fn notes_that_decay_are_no_key_where_one_is_much_louder() {
    for twist_db in [-9.0, 9.0] {
        let notes = Presses {
            low_dbm0: -10.0 - 0.5 * twist_db,
            high_dbm0: -10.0 + 0.5 * twist_db,
            ..Presses::lasting(150.0, 100.0)
        };
        let decaying = row(|seed| notes.record(seed).decaying(30.0));
        assert!(decaying.percent() <= 1.0, "{:.1} %", decaying.percent());
        let steady = row(|seed| notes.record(seed));
        assert_eq!((steady.heard, steady.doubled, steady.wrong), (480, 0, 0));
    }
}
