//! Breaks inside keys, pauses between them, and frames lost on the way.

use voiceagent::{Key, dtmf::Limits};

use crate::{
    score::{hear, hear_pieces, lossy_row, row},
    signal::{Concealment, Line, Presses, RATE},
};

/// Samples.
const MS: usize = RATE / 1000;

impl Line {
    /// Presses of which only the first 20 ms arrive, again and again.
    fn repeating(mut self) -> Self {
        const FRAME: usize = RATE / 50;
        for press in &self.presses {
            let (first, others) = self.audio[press.from..press.to].split_at_mut(FRAME);
            for frame in others.chunks_mut(FRAME) {
                frame.copy_from_slice(&first[..frame.len()]);
            }
        }
        self
    }

    /// Presses that go on fainter and turned round after so many milliseconds.
    fn stepping_down(mut self, after_ms: usize, db: f32) -> Self {
        for press in &self.presses {
            for x in &mut self.audio[press.from + after_ms * MS..press.to] {
                *x *= -(10f32.powf(-db / 20.0));
            }
        }
        self
    }

    /// The same presses, each the same pause after the other, from 300 ms on.
    fn spaced(mut self, pause_ms: usize) -> Self {
        let mut audio = vec![0.0; 300 * MS];
        for press in &mut self.presses {
            let from = audio.len();
            audio.extend_from_slice(&self.audio[press.from..press.to]);
            (press.from, press.to) = (from, audio.len());
            audio.resize(audio.len() + pause_ms * MS, 0.0);
        }
        audio.resize(audio.len() + 300 * MS, 0.0);
        Self { audio, ..self }
    }

    /// Presses of a contact that opens again from each of these times on, for so long, in milliseconds.
    fn bouncing(mut self, opens: &[(usize, usize)]) -> Self {
        for press in &self.presses {
            for (after, length) in opens {
                let from = press.from + after * MS;
                self.audio[from..from + length * MS].fill(0.0);
            }
        }
        self
    }
}

#[test]
fn a_contact_that_bounces_presses_each_key_once() {
    for first in [2, 3, 4, 5, 6] {
        for open in [3, 5, 7] {
            let beginning = [(first, open), (first + open + 3, 2)];
            let end = [(46, 2), (51, 5)];
            let both = [beginning, end].concat();
            for opens in [&beginning[..], &end, &both] {
                let score = row(|seed| Presses::lasting(60.0, 60.0).record(seed).bouncing(opens));
                let all = (score.heard, score.doubled, score.wrong);
                assert_eq!(all, (480, 0, 0), "{opens:?}");
            }
        }
    }
}

#[test]
fn a_key_that_goes_on_fainter_and_out_of_phase_is_pressed_once() {
    // As GSM makes of some.
    for (after_ms, db) in [(26, 4.0), (26, 6.0), (22, 8.0), (24, 8.0), (26, 8.0)] {
        let presses = Presses::lasting(48.0, 60.0);
        let score = row(|seed| presses.record(seed).stepping_down(after_ms, db));
        let all = (score.heard, score.doubled, score.wrong);
        assert_eq!(all, (480, 0, 0), "{db} dB after {after_ms} ms");
    }
}

#[test]
fn a_key_that_goes_on_fainter_for_good_is_pressed_once_and_down_to_its_end() {
    for dropout_ms in [None, Some((260.0, 10.0))] {
        let presses = Presses {
            dropout_ms,
            ..Presses::lasting(400.0, 100.0)
        };
        for db in [4.0, 6.0, 8.0, 10.0, 12.0] {
            let line = presses.record(12).stepping_down(120, db);
            let reports = hear(&line.samples(), 160, &Limits::ETSI);
            assert_eq!(reports.len(), line.presses.len(), "{db} dB, {dropout_ms:?}");
            for (report, press) in reports.iter().zip(&line.presses) {
                let end = report.up.map_or(0, |up| up.end.samples() as usize);
                assert!(
                    end.abs_diff(press.to) <= 16,
                    "{db} dB: {press:?} up at {end}"
                );
            }
        }
    }
}

#[test]
fn a_key_pressed_again_in_its_own_long_echo_is_another_press() {
    let presses = Presses {
        keys: vec![Key::ALL[5]; 160],
        ..Presses::lasting(120.0, 75.0)
    };
    let score = row(|seed| presses.record(seed).with_echo(100.0, 11.0));
    assert!(score.percent() >= 99.0, "{:.1} %", score.percent());
}

#[test]
fn a_dropout_of_15_ms_doubles_no_key() {
    for ms in [5.0, 10.0, 12.0, 15.0] {
        for from_ms in [20.0, 45.0] {
            let presses = Presses {
                dropout_ms: Some((from_ms, ms)),
                ..Presses::lasting(100.0, 60.0)
            };
            let score = row(|seed| presses.record(seed));
            let all = (score.heard, score.doubled, score.wrong);
            assert_eq!(all, (480, 0, 0), "{ms} ms after {from_ms}");
        }
    }
}

#[test]
fn a_pause_of_20_ms_separates_the_same_key() {
    for key in ['5', '9'] {
        for ms in [20.0, 25.0, 30.0] {
            let presses = Presses {
                keys: vec![Key::from_char(key).unwrap(); 160],
                ..Presses::lasting(60.0, ms)
            };
            let clean = row(|seed| presses.record(seed));
            assert!(clean.percent() >= 99.0, "{ms} ms: {:.1} %", clean.percent());
            let noisy = row(|seed| presses.record(seed).with_white_noise(15.0));
            assert!(noisy.percent() >= 99.0, "{ms} ms: {:.1} %", noisy.percent());
            assert_eq!((clean.wrong, noisy.wrong), (0, 0), "{ms} ms");
        }
    }
}

#[test]
fn a_pause_of_20_ms_separates_the_same_key_however_much_louder_it_is() {
    for db in [3.0, 6.0, 9.0, 12.0] {
        let presses = Presses {
            keys: vec![Key::ALL[9]; 160],
            ..Presses::lasting(100.0, 20.0)
        };
        let score = row(|seed| {
            let mut line = presses.record(seed).spaced(20);
            for press in line.presses.iter().step_by(2) {
                for x in &mut line.audio[press.from..press.to] {
                    *x *= 10f32.powf(-db / 20.0);
                }
            }
            line
        });
        assert!(score.percent() >= 99.3, "{db} dB: {:.1} %", score.percent());
        assert_eq!((score.doubled, score.wrong), (0, 0), "{db} dB");
    }
}

#[test]
fn a_louder_press_just_before_the_border_of_a_frame_is_not_the_frame_before() {
    // As if the key had only been faint in it.
    let press = Presses {
        keys: vec![Key::ALL[6]],
        ..Presses::lasting(100.0, 0.0)
    };
    for before_border in 0..=16 {
        for pause in (160..=200).step_by(5) {
            let line = press.record(7);
            let [press] = line.presses[..] else {
                panic!("one key");
            };
            let tone = &line.audio[press.from..press.to];
            let onset = 15 * 160 - before_border;
            let mut samples = vec![0; onset + tone.len() + 300 * MS];
            let first = onset - pause - tone.len();
            for (i, x) in tone.iter().enumerate() {
                samples[first + i] = (0.15 * x) as i16;
                samples[onset + i] = *x as i16;
            }
            let pressed = hear(&samples, 160, &Limits::ETSI).len();
            assert_eq!(
                pressed, 2,
                "{pause} samples, {before_border} before a border"
            );
        }
    }
}

#[test]
fn a_pause_of_just_some_frames_is_hardly_ever_taken_for_lost_ones() {
    // Where the phases of two presses go together by chance, nothing else tells.
    for pause_ms in [20, 30, 40] {
        let score = row(|seed| {
            let presses = Presses {
                keys: [Key::ALL[5]].repeat(160),
                ..Presses::lasting(60.0, 60.0)
            };
            presses.record(seed).spaced(pause_ms)
        });
        let percent = score.percent();
        assert!(percent >= 99.3, "{percent:.2} % of {pause_ms} ms");
        assert_eq!((score.doubled, score.wrong), (0, 0), "{pause_ms} ms");
    }
}

#[test]
fn a_pause_of_10_ms_separates_keys_that_share_a_tone() {
    let keys = "123ABCD#0*74".chars().cycle().take(160);
    let presses = Presses {
        keys: keys.map(|key| Key::from_char(key).unwrap()).collect(),
        ..Presses::lasting(40.0, 10.0)
    };
    let clean = row(|seed| presses.record(seed));
    assert_eq!((clean.heard, clean.doubled, clean.wrong), (480, 0, 0));
    let noisy = row(|seed| presses.record(seed).with_white_noise(20.0));
    assert!(noisy.percent() >= 99.0, "{:.1} %", noisy.percent());
    assert_eq!((noisy.doubled, noisy.wrong), (0, 0));
}

#[test]
fn lost_frames_double_no_key_however_they_are_concealed() {
    use Concealment::{Dropped, Faded, Missing, Repeated, Zeroed};
    for concealment in [Missing, Dropped, Zeroed, Repeated, Faded] {
        for percent in [1.0, 3.0, 5.0] {
            let score = lossy_row(|seed| {
                Presses::lasting(100.0, 100.0)
                    .record(seed)
                    .losing(percent, concealment)
            });
            let what = format!("{concealment:?} {percent} %: {:.1} %", score.percent());
            assert_eq!((score.doubled, score.wrong), (0, 0), "{what}");
            let least = match concealment {
                Faded => 100.0 - 0.6 * percent,
                _ => 100.0,
            };
            assert!(score.percent() >= least, "{what}");
        }
    }
}

#[test]
fn a_key_is_pressed_once_of_which_frames_are_concealed_by_fading_ones() {
    for frames in [&[1][..], &[1, 2], &[1, 3], &[2, 3], &[1, 2, 3]] {
        let score = lossy_row(|seed| {
            Presses::lasting(100.0, 100.0)
                .record(seed)
                .losing_of_each(frames, Concealment::Faded)
        });
        let all = (score.heard, score.doubled, score.wrong);
        assert_eq!(all, (480, 0, 0), "{frames:?}");
    }
}

#[test]
fn a_key_is_pressed_once_of_which_a_frame_is_concealed_by_a_fainter_one() {
    for frame in [1, 2, 3] {
        let score = lossy_row(|seed| {
            Presses::lasting(100.0, 100.0)
                .record(seed)
                .losing_of_each(&[frame], Concealment::Fainter(10.0))
        });
        let all = (score.heard, score.doubled, score.wrong);
        assert_eq!(all, (480, 0, 0), "{frame}");
    }
}

#[test]
fn a_key_is_pressed_once_of_which_a_frame_is_concealed_by_noise() {
    for dbm0 in [-65.0, -50.0, -35.0] {
        for frame in [1, 2, 3] {
            let score = lossy_row(|seed| {
                Presses::lasting(120.0, 100.0)
                    .record(seed)
                    .losing_of_each(&[frame], Concealment::ComfortNoise(dbm0))
            });
            let all = (score.heard, score.doubled, score.wrong);
            assert_eq!(all, (480, 0, 0), "{dbm0} dBm0, {frame}");
        }
    }
}

#[test]
fn a_key_is_down_to_its_end_though_frames_of_it_are_concealed_by_fainter_ones() {
    for db in [2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 30.0] {
        let lossy = Presses::lasting(400.0, 100.0)
            .record(11)
            .losing_of_each(&[5, 9], Concealment::Fainter(db));
        let reports = hear_pieces(lossy.pieces, &Limits::ETSI);
        let again = reports.len() - lossy.presses.len();
        // Between the faint frame that is looked through and the one that is waited for.
        let most = if db == 6.0 { 16 } else { 0 };
        assert!(again <= most, "{db} dB: {again} pressed again");
        if again == 0 {
            for (report, press) in reports.iter().zip(&lossy.presses) {
                let end = report.up.map_or(0, |up| up.end.samples() as usize);
                assert!(end + 8 >= press.to, "{db} dB: {press:?} up at {end}");
            }
        }
    }
}

#[test]
fn keys_are_heard_of_which_every_other_frame_is_lost() {
    // What arrives is pieces of 20 ms, and their phases jump where frames are missing or stand in for others.
    use Concealment::{Dropped, Missing, Repeated, Zeroed};
    for (concealment, least) in [
        (Missing, 100.0),
        (Dropped, 100.0),
        (Zeroed, 100.0),
        (Repeated, 99.0),
    ] {
        for frames in [[0, 2], [1, 3]] {
            let score = lossy_row(|seed| {
                Presses::lasting(100.0, 100.0)
                    .record(seed)
                    .losing_of_each(&frames, concealment)
            });
            let what = format!("{concealment:?} {frames:?}: {:.1} %", score.percent());
            assert_eq!((score.doubled, score.wrong), (0, 0), "{what}");
            assert!(score.percent() >= least, "{what}");
        }
    }
}

#[test]
fn keys_of_50_ms_are_heard_in_two_pieces_when_a_frame_is_lost_between_them() {
    // What is left is 30 ms, of which neither piece need be a key.
    use Concealment::{Dropped, Missing, Repeated, Zeroed};
    for (concealment, least) in [
        (Missing, 92.0),
        (Dropped, 92.0),
        (Zeroed, 99.0),
        (Repeated, 93.0),
    ] {
        let score = lossy_row(|seed| {
            Presses::lasting(50.0, 100.0)
                .record(seed)
                .losing_one_of_each(concealment)
        });
        let what = format!("{concealment:?}: {:.1} %", score.percent());
        assert_eq!((score.doubled, score.wrong), (0, 0), "{what}");
        assert!(score.percent() >= least, "{what}");
    }
}

#[test]
fn short_tones_with_pauses_between_them_are_no_pieces_of_one_key() {
    // Behind a pause that looks like lost frames one in 500 goes on in phase by chance.
    for pause_ms in [20.0, 30.0, 40.0, 60.0] {
        let presses = Presses {
            keys: vec![Key::from_char('5').unwrap(); 160],
            ..Presses::lasting(18.0, pause_ms)
        };
        let score = row(|seed| presses.record(seed));
        let what = format!("{pause_ms} ms: {:.1} %", score.percent());
        assert!(score.percent() <= 0.5, "{what}");
    }
}

#[test]
fn most_keys_are_heard_once_of_which_only_20_ms_arrive_again_and_again() {
    let score = row(|seed| Presses::lasting(100.0, 100.0).record(seed).repeating());
    assert!(score.percent() >= 86.0, "{:.1} %", score.percent());
    assert_eq!((score.doubled, score.wrong), (0, 0));
}

#[test]
fn only_whole_frames_of_digital_silence_are_frames_that_were_lost() {
    // The keys sound on in phase behind each silence, so that its place alone tells what it is.
    let presses = |begin_ms: usize, ms: usize| {
        let tone =
            |i: usize, hertz: f32| (std::f32::consts::TAU * hertz * i as f32 / RATE as f32).sin();
        let mut samples: Vec<i16> = (0..RATE / 2)
            .map(|i| (5_000.0 * (tone(i, 770.0) + tone(i, 1_336.0))) as i16)
            .collect();
        let begin = begin_ms * RATE / 1_000;
        samples[begin..][..ms * RATE / 1_000].fill(0);
        hear(&samples, 160, &Limits::ETSI).len()
    };
    for (begin_ms, ms, expected) in [
        (200, 20, 1),
        (200, 40, 1),
        (210, 30, 1),
        (210, 20, 2),
        (210, 40, 2),
        (200, 50, 2),
        (205, 40, 2),
    ] {
        let told = presses(begin_ms, ms);
        assert_eq!(told, expected, "{ms} ms at {begin_ms} ms");
    }
}
