//! Why there is no key: each fault is named, with its measure and its limit.

use voiceagent::dtmf::{Detector, Limits, Test, Verdict};

use crate::{
    notes::{SHARP, When, tuned},
    score::hear,
    signal::{COLUMNS, Line, Press, Presses, ROWS},
};

fn verdicts(samples: &[i16]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    Detector::new(&Limits::ETSI).push_explained(samples, &mut |_| (), &mut |v| verdicts.push(v));
    verdicts
}

/// Almost each press fails `test`, and by how much; a look may see its edge and fail another.
fn fails(line: &Line, test: Test, measured: f32, tolerance: f32) {
    let verdicts = verdicts(&line.samples());
    let is_named = |press: &&Press| {
        let within = press.from as u64..press.to as u64 + 240;
        verdicts.iter().any(|verdict| {
            within.contains(&verdict.at.samples())
                && verdict.analysed
                && verdict.key == Some(press.key)
                && verdict.failed == test
                && (verdict.measured - measured).abs() <= tolerance
        })
    };
    let named = line.presses.iter().filter(is_named).count();
    let pressed = line.presses.len();
    assert!(
        100 * named >= 90 * pressed,
        "{named} of {pressed}: {test:?} {measured}"
    );
}

#[test]
fn too_much_twist_is_named_with_its_sign() {
    for twist_db in [11.5, -11.5] {
        let presses = Presses::default().with_twist(twist_db);
        fails(&presses.record(81), Test::Twist, twist_db, 0.5);
    }
}

#[test]
fn a_wrong_frequency_is_named_in_per_cent() {
    fails(
        &Presses::off_by(0.0, 3.2).record(82),
        Test::Frequency,
        3.2,
        0.2,
    );
}

#[test]
fn a_frequency_that_no_dial_tone_lets_through_is_named() {
    let line = Presses::off_by(2.2, 2.2).record(87);
    let dial_tone = [(350.0, -13.0), (440.0, -13.0)];
    fails(&line.with_sines(&dial_tone), Test::Frequency, 2.2, 0.1);
}

#[test]
fn a_key_too_short_is_named_with_its_length() {
    fails(
        &Presses::lasting(18.0, 100.0).record(83),
        Test::Duration,
        18.0,
        1.0,
    );
}

#[test]
fn a_tone_too_weak_is_named_with_its_level() {
    fails(&Presses::at(-48.0).record(84), Test::Level, -48.0, 1.0);
}

#[test]
fn tones_that_were_there_before_are_named_with_how_loud_they_were() {
    let presses = Presses {
        tone_ms: 140.0,
        ..Presses::at(-42.0)
    };
    let mut line = presses.record(88);
    // At first too weak for a key.
    for press in &line.presses {
        for x in &mut line.audio[press.from..press.from + 640] {
            *x *= 10f32.powf(-7.5 / 20.0);
        }
    }
    fails(&line, Test::Contrast, -7.5, 1.0);
}

#[test]
fn tones_that_took_the_place_of_another_are_named_with_how_loud_it_was() {
    let line = tuned(60.0).record(89);
    let line = line.with_notes(-19.0, When::Meanwhile, |_, _| 480.0);
    let line = line.with_notes(-8.0, When::Before, |_, _| 1_050.0);
    // Over both tones together.
    fails(&line, Test::Replacement, -1.0, 1.5);
}

#[test]
fn tones_that_decay_are_named_with_how_much_in_what_was_measured() {
    let line = Presses::lasting(150.0, 100.0).with_twist(9.0).record(90);
    // Of 36 ms, over the mean.
    fails(&line.decaying(30.0), Test::Steadiness, 80.0, 10.0);
}

#[test]
fn harmonics_are_named_with_their_share_of_what_is_left() {
    let sharp = 1.0 + SHARP / 100.0;
    let line = tuned(60.0).record(91);
    let line = line.with_notes(-20.0, When::Meanwhile, |row, _| 3.0 * sharp * ROWS[row]);
    let line = line.with_notes(-20.0, When::Meanwhile, |_, column| {
        2.0 * sharp * COLUMNS[column]
    });
    fails(&line, Test::Harmonics, 100.0, 20.0);
}

#[test]
fn what_is_left_is_named_by_where_it_is() {
    // Over both tones together, which are 3 dB over one.
    for (test, dbm0, hertz, measured) in [
        (Test::Residual, -9.0, 1_050.0, -2.0),
        (Test::ResidualAbove, -15.0, 3_100.0, -8.0),
    ] {
        let line = tuned(80.0).record(92);
        fails(
            &line.with_notes(dbm0, When::Meanwhile, |_, _| hertz),
            test,
            measured,
            1.0,
        );
    }
    let line = tuned(80.0).with_twist(9.0).record(93);
    let line = line.with_notes(-15.0, When::Meanwhile, |_, _| 480.0);
    fails(&line, Test::ResidualBelow, -12.0, 1.0);
}

#[test]
fn every_look_without_a_key_has_its_reason() {
    let silence = verdicts(&[0; 8_000]);
    assert_eq!(silence.len(), 100);
    assert!(
        silence
            .iter()
            .all(|v| v.failed == Test::Silence && v.key.is_none())
    );
    let times: Vec<u64> = silence.iter().map(|v| v.at.samples()).collect();
    assert!(times.iter().zip(1..).all(|(&at, n)| at == 80 * n));
}

#[test]
fn what_fails_is_on_the_wrong_side_of_its_limit_and_tells_how_far() {
    let line = Presses::default().record(85).with_white_noise(-4.0);
    for verdict in verdicts(&line.samples()) {
        let Verdict {
            measured, limit, ..
        } = verdict;
        let beyond = match verdict.failed {
            Test::Silence | Test::Level | Test::Fall | Test::Pause | Test::Duration => {
                measured < limit
            }
            Test::Twist => measured.abs() > limit.abs() && measured * limit > 0.0,
            _ => measured > limit,
        };
        assert!(beyond && verdict.excess() > 0.0, "{verdict:?}");
    }
}

#[test]
fn what_is_left_beside_the_tones_of_a_key_is_the_noise() {
    for snr_db in [25.0, 15.0, 9.0] {
        let line = Presses::lasting(80.0, 60.0)
            .record(86)
            .with_white_noise(snr_db);
        let reports = hear(&line.samples(), 160, &Limits::ETSI);
        assert_eq!(reports.len(), line.presses.len());
        let mean = reports.iter().map(|report| report.down.snr_db).sum::<f32>();
        let mean = mean / reports.len() as f32;
        assert!((mean - snr_db).abs() <= 1.0, "{mean} dB of {snr_db}");
    }
}
