//! What is reported of a key, against the numbers it was made from.

use voiceagent::dtmf::Limits;

use crate::{
    score::{FRAME_20_MS, Report, hear},
    signal::{Line, Press, Presses},
};

fn matched(line: &Line) -> Vec<(Report, usize, usize)> {
    let reports = hear(&line.samples(), 160, &Limits::ETSI);
    assert_eq!(reports.len(), line.presses.len());
    let truth = line.presses.iter().map(|press| (press.from, press.to));
    reports
        .into_iter()
        .zip(truth)
        .map(|(report, (from, to))| (report, from, to))
        .collect()
}

/// The largest distance between what was measured and the truth.
fn worst(line: &Line, error: impl Fn(&Report, usize, usize) -> f32) -> f32 {
    matched(line)
        .iter()
        .map(|(report, from, to)| error(report, *from, *to).abs())
        .fold(0.0, f32::max)
}

fn apart(measured: u64, truth: usize) -> f32 {
    measured as f32 - truth as f32
}

fn worst_edges(line: &Line) -> (f32, f32) {
    let onset = worst(line, |r, from, _| apart(r.down.onset.samples(), from));
    let end = worst(line, |r, _, to| apart(r.up.unwrap().end.samples(), to));
    (onset, end)
}

#[test]
fn onset_and_end_of_a_clean_key_are_exact_to_a_quarter_of_a_millisecond() {
    for tone_ms in [25.0, 30.0, 50.0] {
        let line = Presses::lasting(tone_ms, 50.0).record(11);
        let (onset, end) = worst_edges(&line);
        assert!(onset <= 2.0 && end <= 2.0, "{onset} and {end} samples");
    }
}

#[test]
fn a_key_that_fades_while_its_phases_jump_has_its_end_where_it_ends() {
    // As GSM makes of some: 40 ms as they were sent, then every 10 ms fainter and a little later.
    let mut line = Presses::lasting(120.0, 60.0).record(14);
    for press in &line.presses {
        let sent = line.audio[press.from..press.to].to_vec();
        for (i, x) in line.audio[press.from..press.to]
            .iter_mut()
            .enumerate()
            .skip(320)
        {
            let steps = (i - 240) / 80;
            *x = sent[i - steps] * 10f32.powf(-0.5 * steps as f32 / 20.0);
        }
    }
    let (onset, end) = worst_edges(&line);
    assert!(onset <= 2.0 && end <= 80.0, "{onset} and {end} samples");
}

#[test]
fn onset_and_end_of_keys_without_a_pause_are_within_3_ms() {
    for tone_ms in [40.0, 90.0] {
        let line = Presses::lasting(tone_ms, 0.0).record(15);
        let (onset, end) = worst_edges(&line);
        assert!(onset <= 24.0 && end <= 24.0, "{onset} and {end} samples");
    }
}

#[test]
fn onset_and_end_in_noise_are_within_1_ms() {
    for tone_ms in [30.0, 80.0] {
        let line = Presses::lasting(tone_ms, 60.0)
            .record(12)
            .with_white_noise(12.0);
        let (onset, end) = worst_edges(&line);
        assert!(onset <= 8.0 && end <= 8.0, "{onset} and {end} samples");
    }
}

#[test]
fn onset_and_end_over_hum_and_dial_tone_are_within_2_ms() {
    for sines in [&[(50.0, 0.0)][..], &[(350.0, -10.0), (440.0, -10.0)]] {
        for tone_ms in [30.0, 60.0, 120.0] {
            let line = Presses::lasting(tone_ms, 60.0).record(16).with_sines(sines);
            let (onset, end) = worst_edges(&line);
            assert!(onset <= 16.0 && end <= 16.0, "{onset} and {end} samples");
        }
    }
}

#[test]
fn an_end_is_known_41_ms_after_it() {
    let presses = Presses::lasting(50.0, 100.0);
    for line in [
        presses.record(17).with_white_noise(30.0),
        presses.record(18).with_white_noise(6.0),
        presses.record(19).with_sines(&[(425.0, -10.0)]),
    ] {
        let frame = FRAME_20_MS as f32;
        let late = worst(&line, |r, _, to| r.up_known as f32 - to as f32);
        assert!(late <= 328.0 + frame, "{late} samples");
    }
}

#[test]
fn an_end_in_digital_silence_is_known_71_ms_after_it_though_frames_may_be_lost() {
    let line = Presses::lasting(50.0, 100.0).record(20);
    let late = worst(&line, |r, _, to| r.up_known as f32 - to as f32);
    assert!(late <= 568.0 + FRAME_20_MS as f32, "{late} samples");
}

#[test]
fn a_key_in_loud_noise_is_held_to_its_end() {
    let presses = Presses {
        keys: voiceagent::Key::ALL.to_vec(),
        ..Presses::lasting(1000.0, 100.0)
    };
    let line = presses.record(13).with_white_noise(3.0);
    let end = worst(&line, |r, _, to| apart(r.up.unwrap().end.samples(), to));
    assert!(end <= 16.0, "{end} samples");
}

#[test]
fn a_long_key_ends_when_it_ends() {
    for tone_ms in [200.0, 500.0, 2000.0] {
        let presses = Presses {
            keys: voiceagent::Key::ALL.to_vec(),
            ..Presses::lasting(tone_ms, 100.0)
        };
        let line = presses.record(13);
        let end = worst(&line, |r, _, to| apart(r.up.unwrap().end.samples(), to));
        assert!(end <= 8.0, "{end} samples after {tone_ms} ms");
    }
}

#[test]
fn frequencies_are_within_a_fifth_of_a_per_cent() {
    for (low, high) in [(0.0, 0.0), (1.5, -1.5), (-1.0, 0.5)] {
        let line = Presses::off_by(low, high).record(14);
        let off = worst(&line, |r, _, _| r.down.low_offset - low / 100.0);
        assert!(off <= 2e-3, "low tone {off}");
        let off = worst(&line, |r, _, _| r.down.high_offset - high / 100.0);
        assert!(off <= 2e-3, "high tone {off}");
    }
}

#[test]
fn level_and_twist_are_within_a_tenth_of_a_decibel_wherever_a_key_begins() {
    for (low, high, off) in [
        (-10.0, -10.0, 0.0),
        (-20.0, -14.0, 0.0),
        (-8.0, -16.0, 1.5),
        (-35.0, -35.0, -1.5),
    ] {
        for tone_ms in [25.0, 50.0] {
            let presses = Presses {
                low_dbm0: low,
                high_dbm0: high,
                low_offset_percent: off,
                high_offset_percent: -off,
                ..Presses::lasting(tone_ms, 50.0)
            };
            let line = presses.record(15);
            for phase in 0..8 {
                let begin_there = |press: &Press| press.from % 8 == phase;
                assert!(line.presses.iter().any(begin_there), "{phase}");
            }
            let level = worst(&line, |r, _, _| r.down.level.0 - 0.5 * (low + high));
            assert!(level <= 0.1, "{level} dB in {tone_ms} ms");
            let twist = worst(&line, |r, _, _| r.down.twist_db - (high - low));
            assert!(twist <= 0.1, "{twist} dB in {tone_ms} ms");
        }
    }
}
