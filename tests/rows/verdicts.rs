//! Why there is no key: each fault is named, with its measure and its limit.

use voiceagent::dtmf::{Detector, Limits, Test, Verdict};

use crate::{
    score::hear,
    signal::{Line, Press, Presses},
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
