//! Keys are not speech.

use voiceagent::{
    Key,
    audio::{Rng, SampleTime},
    dtmf,
    speech::{Detector, Event, Limits},
};

use crate::line::{MS, add, digital, tone, white};

/// The noise in dBm0 that is taken for noise from its first frame on.
const LOUDEST_LINE: f32 = -36.0;
const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

fn press(key: Key, level: f32, samples: usize) -> Vec<f32> {
    let (row, column) = key.position();
    let mut pair = tone(ROWS[row], level, samples);
    add(&mut pair, 0, &tone(COLUMNS[column], level, samples));
    pair
}

/// Events of a line on which a key is down from `onset` to `end`, told as a key detector does:
/// with the first packet that reaches `known` samples beyond the onset, and 30 ms after the end.
fn events_beside_key(line: &[f32], onset: usize, end: usize, known: usize) -> Vec<Event> {
    let mut detector = Detector::new(&Limits::default());
    let mut events = Vec::new();
    let at = |samples: usize| SampleTime::from_samples(samples as u64);
    for (i, packet) in digital(line).chunks(160).enumerate() {
        let packet_end = 160 * i..160 * (i + 1);
        if packet_end.contains(&(onset + known - 1)) {
            detector.key_down(at(onset));
        }
        if packet_end.contains(&(end + 30 * MS - 1)) {
            detector.key_up(at(end));
        }
        detector.push(packet, &mut |event| events.push(event));
    }
    detector.finish(&mut |event| events.push(event));
    events
}

/// Events of a line to which the key detector listens as well.
fn events_beside_detector(line: &[f32]) -> Vec<Event> {
    let mut keys = dtmf::Detector::new(&dtmf::Limits::default());
    let mut detector = Detector::new(&Limits::default());
    let mut events = Vec::new();
    for packet in digital(line).chunks(160) {
        keys.push(packet, &mut |event| match event {
            dtmf::Event::Down(down) => detector.key_down(down.onset),
            dtmf::Event::Up(up) => detector.key_up(up.end),
        });
        detector.push(packet, &mut |event| events.push(event));
    }
    events
}

#[test]
fn no_key_is_speech_however_loud_or_long() {
    let mut rng = Rng::new(1);
    for key in Key::ALL {
        for level in [-3.0f32, -10.0, -20.0, -30.0] {
            for length in [40, 70, 120, 250, 500] {
                for below in [12.0, 20.0, 40.0] {
                    let onset = rng.index(4_000, 4_160);
                    let length = length * MS;
                    let noise = (level - below).min(LOUDEST_LINE);
                    let mut line = white(&mut rng, noise, 16_000);
                    add(&mut line, onset, &press(key, level, length));
                    let heard = events_beside_key(&line, onset, onset + length, 41 * MS);
                    assert_eq!(
                        heard,
                        [],
                        "{key} {level} dBm0, {length} samples, {below} dB"
                    );
                }
            }
        }
    }
}

#[test]
fn beside_the_key_detector_no_key_is_speech() {
    let mut rng = Rng::new(2);
    for key in Key::ALL {
        for level in [-3.0f32, -10.0, -20.0, -30.0] {
            for length in [40, 70, 120, 500] {
                for below in [9.0, 12.0, 40.0] {
                    let onset = rng.index(4_000, 4_160);
                    let noise = (level - below).min(LOUDEST_LINE);
                    let mut line = white(&mut rng, noise, 16_000);
                    add(&mut line, onset, &press(key, level, length * MS));
                    let heard = events_beside_detector(&line);
                    assert_eq!(heard, [], "{key} {level} dBm0, {length} ms, {below} dB");
                }
            }
        }
    }
}

#[test]
fn a_key_that_is_known_late_is_not_speech_either() {
    let mut wrong = 0;
    for seed in 0..400 {
        let mut rng = Rng::new(seed);
        let key = Key::ALL[rng.index(0, 16)];
        let level = rng.between(-30.0, -3.0);
        let onset = rng.index(4_000, 4_160);
        let mut line = white(&mut rng, (level - 9.0).min(LOUDEST_LINE), 16_000);
        add(&mut line, onset, &press(key, level, 200 * MS));
        let heard = events_beside_key(&line, onset, onset + 200 * MS, 60 * MS);
        wrong += usize::from(!heard.is_empty());
    }
    assert_eq!(wrong, 0, "of 400");
}

#[test]
fn speech_before_and_after_a_key_is_heard_without_it() {
    let mut rng = Rng::new(1);
    let mut line = white(&mut rng, -58.0, 24_000);
    add(&mut line, 4_000, &white(&mut rng, -24.0, 300 * MS));
    let (onset, end) = (8_000, 9_600);
    add(&mut line, onset, &press(Key::STAR, -10.0, end - onset));
    add(&mut line, 16_000, &white(&mut rng, -24.0, 300 * MS));
    let heard = events_beside_key(&line, onset, end, 41 * MS);
    let [_, Event::End(first), Event::Start(second), _] = heard[..] else {
        panic!("{heard:?}");
    };
    assert!(first.end.samples() <= 6_560, "{heard:?}");
    assert!(second.onset.samples() >= 15_840);
}

#[test]
fn a_key_in_the_middle_of_speech_does_not_lengthen_it() {
    let mut rng = Rng::new(1);
    let mut line = white(&mut rng, -58.0, 24_000);
    add(&mut line, 4_000, &white(&mut rng, -24.0, 300 * MS));
    let (onset, end) = (6_400, 14_400);
    add(&mut line, onset, &press(Key::HASH, -10.0, end - onset));
    let heard = events_beside_key(&line, onset, end, 41 * MS);
    let [Event::Start(_), Event::End(speech)] = heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(speech.end.samples(), onset as u64);
}
