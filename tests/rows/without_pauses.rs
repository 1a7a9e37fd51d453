//! Keys that follow each other without a pause, as machines dial them and jitter buffers leave them.

use voiceagent::Key;

use crate::{
    score::{Score, row},
    signal::{Line, Presses, RATE},
};

/// Every key behind every other one.
fn every_order() -> Vec<Key> {
    let mut keys: Vec<Key> = Key::ALL
        .into_iter()
        .flat_map(|first| Key::ALL.map(|second| [first, second]))
        .flatten()
        .collect();
    keys.dedup();
    keys
}

/// With up to 4 ms more of a pause.
fn without_pauses(tone_ms: f32, pause_ms: f32) -> Presses {
    Presses {
        keys: every_order(),
        ..Presses::lasting(tone_ms, pause_ms)
    }
}

fn assert_all(score: &Score, what: &str) {
    let Score {
        pressed,
        heard,
        doubled,
        wrong,
        ..
    } = *score;
    assert_eq!((heard, doubled, wrong), (pressed, 0, 0), "{what}");
}

#[test]
fn every_key_is_heard_right_behind_every_other_one() {
    for tone_ms in [35.0, 50.0, 100.0] {
        for pause_ms in [0.0, 4.0, 8.0, 12.0] {
            let presses = without_pauses(tone_ms, pause_ms);
            let what = format!("{tone_ms} ms, {pause_ms} ms apart");
            assert_all(&row(|seed| presses.record(seed)), &what);
        }
    }
}

#[test]
fn so_it_is_with_twist_in_noise_and_over_hum_and_dial_tones() {
    let presses = without_pauses(50.0, 0.0);
    for db in [6.0, -6.0] {
        let twisted = presses.clone().with_twist(db);
        assert_all(
            &row(|seed| twisted.record(seed)),
            &format!("{db} dB of twist"),
        );
    }
    for (what, sines) in [
        ("hum", [(50.0, 0.0), (150.0, -10.0)]),
        ("a dial tone", [(350.0, -10.0), (440.0, -10.0)]),
    ] {
        let over = |seed| presses.record(seed).with_sines(&sines);
        assert_all(&row(over), what);
    }
    for (snr_db, least) in [(12.0, 100.0), (6.0, 99.0)] {
        let score = row(|seed| presses.record(seed).with_white_noise(snr_db));
        let percent = score.percent();
        assert!(percent >= least, "{snr_db} dB of noise: {percent:.1} %");
        assert_eq!((score.doubled, score.wrong), (0, 0), "{snr_db} dB");
    }
}

#[test]
fn what_is_too_short_for_a_key_is_none_behind_another_one_either() {
    let score = row(|seed| {
        let Line {
            mut audio,
            mut presses,
            random,
        } = without_pauses(60.0, 0.0).record(seed);
        for press in presses.iter().skip(1).step_by(2) {
            audio[press.from + 18 * RATE / 1000..press.to].fill(0.0);
        }
        let mut is_whole = [true, false].into_iter().cycle();
        presses.retain(|_| is_whole.next().unwrap());
        Line {
            audio,
            presses,
            random,
        }
    });
    assert_all(&score, "18 ms");
}
