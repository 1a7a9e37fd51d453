//! Keys that a speech codec has bent so much that no stretch of them is two steady tones.

use std::f32::consts::TAU;

use voiceagent::audio::Dbm0;

use crate::{
    score::{Score, row},
    signal::{COLUMNS, Line, Presses, RATE, ROWS},
};

impl Line {
    /// Presses whose tones jump by up to a quarter of a turn and 3 dB, each by itself every 8 to 12 ms.
    pub fn bent(mut self, presses: &Presses) -> Self {
        for press in &self.presses {
            self.audio[press.from..press.to].fill(0.0);
            let (row, column) = press.key.position();
            for (hertz, percent, dbm0) in [
                (ROWS[row], presses.low_offset_percent, presses.low_dbm0),
                (
                    COLUMNS[column],
                    presses.high_offset_percent,
                    presses.high_dbm0,
                ),
            ] {
                let turns = hertz * (1.0 + percent / 100.0) / RATE as f32;
                let (mut amplitude, mut phase) = (0.0, self.random.uniform());
                let mut left = 0;
                for x in &mut self.audio[press.from..press.to] {
                    if left == 0 {
                        left = 64 + self.random.bits() % 33;
                        let level = dbm0 + 6.0 * (self.random.uniform() - 0.5);
                        amplitude = Dbm0(level).amplitude();
                        phase += 0.5 * (self.random.uniform() - 0.5);
                    }
                    *x += amplitude * (TAU * phase).sin();
                    phase += turns;
                    left -= 1;
                }
            }
        }
        self
    }
}

fn heard(presses: &Presses) -> Score {
    row(|seed| presses.record(seed).bent(presses))
}

#[test]
fn most_keys_that_are_bent_all_over_are_heard_when_they_are_over() {
    for tone_ms in [38.0, 45.0, 52.0] {
        let score = heard(&Presses::lasting(tone_ms, 60.0));
        assert!(
            score.percent() >= 92.0,
            "{:.1} % of {tone_ms} ms",
            score.percent()
        );
        assert_eq!((score.doubled, score.wrong), (0, 0), "{tone_ms} ms");
    }
}

#[test]
fn being_bent_excuses_neither_short_tones_nor_wrong_frequencies_nor_twist() {
    let lasting = |ms| Presses::lasting(ms, 60.0);
    let off = |low, high| Presses {
        low_offset_percent: low,
        high_offset_percent: high,
        ..lasting(45.0)
    };
    for (what, presses) in [
        ("20 ms", lasting(20.0)),
        ("both up", off(3.5, 3.5)),
        ("both down", off(-3.5, -3.5)),
        ("one up", off(0.0, 3.5)),
        ("twist", lasting(45.0).with_twist(15.0)),
        ("reverse twist", lasting(45.0).with_twist(-15.0)),
    ] {
        let score = heard(&presses);
        assert!(score.percent() <= 2.0, "{what}: {:.1} %", score.percent());
    }
}
