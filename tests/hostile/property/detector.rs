//! Any samples to the detectors: no panic, events in order, the same for any cut.

use std::sync::LazyLock;

use voiceagent::{
    Key,
    audio::{AudioFormat, Dbm0, Press, Rng, SAMPLE_RATE, SampleTime, Synth},
    dtmf::{Detector, Event, Limits},
    ear::{Ear, Heard},
    speech,
};

use super::bytes::{Bytes, cut};

/// First the lengths of the cuts and two choices; the rest says what is heard, piece by piece.
pub(crate) fn holds(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let lengths = bytes.piece();
    let limits = &limits(&mut bytes);
    let format = bytes.one_of(&["slin", "alaw", "ulaw", "slin16", "slin"]);
    let mut samples = Vec::new();
    while !bytes.is_empty() && samples.len() < LONGEST {
        more(&mut bytes, &mut samples);
    }
    let whole = keys(limits, &[&samples]);
    assert_eq!(
        keys(limits, &cut(&samples, lengths)),
        whole,
        "cut otherwise"
    );
    heard(limits, format, &samples, lengths);
    let whole = talking(&[&samples]);
    assert_eq!(talking(&cut(&samples, lengths)), whole, "speech, cut");
}

/// A profile, or any limits that there may be.
fn limits(bytes: &mut Bytes<'_>) -> Limits {
    const PROFILES: [Limits; 3] = [Limits::ETSI, Limits::ATT, Limits::NTT];
    let profile = PROFILES.get(usize::from(bytes.byte() % 4)).cloned();
    let mut between = |min: f32, max: f32| min + (max - min) * f32::from(bytes.byte()) / 255.0;
    let limits = profile.unwrap_or_else(|| Limits {
        min_duration_ms: between(15.0, 60.0),
        max_gap_ms: between(0.0, 18.0),
        max_offset_percent: between(0.5, 3.0),
        max_twist_db: between(0.0, 12.0),
        max_reverse_twist_db: between(0.0, 12.0),
        min_level_dbm0: between(-50.0, 0.0),
        max_residual_db: between(-30.0, -10.0),
        max_before_db: between(-20.0, -3.0),
    });
    assert_eq!(limits.check(), Ok(()));
    limits
}

/// A key with the first samples, whose phases may jump: its tones may seem to have begun before there
/// was anything.
pub(crate) fn begins_with_a_key(seed: u64) {
    let mut rng = Rng::new(seed);
    let key = Key::ALL[rng.index(0, 16)];
    let level = Dbm0(rng.between(-30.0, -3.0));
    let twist_db = rng.between(-8.0, 8.0);
    let mut synth = Synth::new(SAMPLE_RATE);
    synth.silence(0.001 * f64::from(rng.between(-1.0, 1.0).max(0.0)));
    for _ in 0..2 {
        let press = Press {
            level,
            twist_db,
            phases: [0.0; 2].map(|_| rng.unit().into()),
            length: rng.between(0.005, 0.04).into(),
            ..Press::default()
        };
        synth.press(key, &press);
    }
    synth.silence(0.25);
    let noise = level.amplitude() * 10f32.powf(-0.05 * rng.between(6.0, 50.0));
    let heard = |sample: i16| (f32::from(sample) + noise * rng.normal()) as i16;
    let samples: Vec<i16> = synth.into_samples().into_iter().map(heard).collect();
    let unforgiving = Limits {
        max_gap_ms: 0.0,
        ..Limits::ETSI
    };
    for limits in [&Limits::ETSI, &Limits::ATT, &Limits::NTT, &unforgiving] {
        keys(limits, &[&samples]);
    }
}

/// A stretch of sound.
fn more(bytes: &mut Bytes<'_>, samples: &mut Vec<i16>) {
    let kind = bytes.byte();
    let length = usize::from(bytes.byte()) * 8;
    match kind % 8 {
        0 => samples.extend(tone(kind >> 4).iter().take(length)),
        1 => samples.extend(std::iter::repeat_n(0, length)),
        2 => samples.extend(bytes.piece().iter().map(|&byte| i16::from(byte as i8) << 8)),
        3 => {
            let level = i16::from_le_bytes([bytes.byte(), bytes.byte()]);
            samples.extend(std::iter::repeat_n(level, length));
        }
        4 => {
            let half = 1 + usize::from(bytes.byte() % 50);
            let high = |n: usize| (n / half).is_multiple_of(2);
            samples.extend((0..length).map(|n| if high(n) { i16::MAX } else { i16::MIN }));
        }
        5 => {
            // What was heard last comes again, louder or with its sign changed.
            let begin = samples.len().saturating_sub(length);
            let gain = i16::from(bytes.byte() as i8);
            let again: Vec<_> = samples[begin..]
                .iter()
                .map(|s| s.saturating_mul(gain))
                .collect();
            samples.extend(again);
        }
        6 => {
            // Something beside what was heard last.
            let begin = samples.len().saturating_sub(length);
            let beside = tone(kind >> 4);
            for (sample, other) in samples[begin..].iter_mut().zip(beside) {
                *sample = sample.saturating_add(other / 4);
            }
        }
        _ => {
            let mut noise = Rng::new(u64::from(bytes.number()));
            samples.extend((0..length).map(|_| (noise.normal() * 500.0) as i16));
        }
    }
}

/// 256 ms of a key.
fn tone(key: u8) -> &'static [i16] {
    static TONES: LazyLock<Vec<Vec<i16>>> = LazyLock::new(|| {
        let tone = |key| {
            let mut synth = Synth::new(SAMPLE_RATE);
            let press = Press {
                length: 0.256,
                ..Press::default()
            };
            synth.press(key, &press);
            synth.into_samples()
        };
        Key::ALL.into_iter().map(tone).collect()
    });
    &TONES[usize::from(key) % TONES.len()]
}

/// What the detector says, after a look whether it may say so.
fn keys(limits: &Limits, pieces: &[&[i16]]) -> Vec<Event> {
    let mut detector = Detector::new(limits);
    let mut events = Vec::new();
    for piece in pieces {
        detector.push(piece, &mut |event| events.push(event));
    }
    let length: u64 = pieces.iter().map(|piece| piece.len() as u64).sum();
    assert_eq!(detector.now().samples(), length);
    detector.finish(&mut |event| events.push(event));
    assert_eq!(detector.held(), None);
    let mut last = SampleTime::ZERO;
    let mut held = None;
    for event in &events {
        match event {
            Event::Down(down) => {
                assert_eq!(held, None, "two keys down at once");
                assert!(down.level.0.is_finite() && down.twist_db.is_finite());
                assert!(down.onset >= last, "back in time");
                held = Some((down.key, down.onset));
                last = down.onset;
            }
            Event::Up(up) => {
                assert_eq!(held.take(), Some((up.key, up.onset)));
                assert!(up.end >= up.onset, "ends before it begins");
                assert!(up.end.samples() <= length, "ends in the future");
                last = up.end;
            }
        }
    }
    assert_eq!(held, None, "down for ever");
    events
}

/// The whole ear hears the same keys for any cut of the bytes; the samples stand for any format.
/// Speech is told from keys as they are known, which a cut can put off.
fn heard(limits: &Limits, format: &str, samples: &[i16], lengths: &[u8]) {
    let format: AudioFormat = format.parse().expect("Asterisk's own name");
    let bytes: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    let keys = |pieces: &[&[u8]]| {
        let mut ear = Ear::new(format, limits, Some(&speech::Limits::default()))
            .expect("Asterisk's own rate");
        ear.playing(Some(speech::Prompt::Unknown));
        let mut keys = Vec::new();
        for piece in pieces {
            ear.hear(piece, &mut |heard| match heard {
                Heard::KeyDown { down, .. } => keys.push(Event::Down(down)),
                Heard::KeyUp { up, .. } => keys.push(Event::Up(up)),
                Heard::Speech(_) => {}
            });
        }
        keys
    };
    let whole = keys(&[&bytes]);
    assert_eq!(keys(&cut(&bytes, lengths)), whole, "{format}, cut");
}

/// Speech by itself, after a look whether its bursts are in order.
fn talking(pieces: &[&[i16]]) -> Vec<speech::Event> {
    let mut detector = speech::Detector::new(&speech::Limits::default());
    let mut events = Vec::new();
    for piece in pieces {
        detector.push(piece, &mut |event| events.push(event));
    }
    detector.finish(&mut |event| events.push(event));
    let mut last = SampleTime::ZERO;
    for event in &events {
        let at = match event {
            speech::Event::Start(start) => start.onset,
            speech::Event::End(end) => end.end,
        };
        assert!(at >= last, "back in time");
        last = at;
    }
    events
}

/// Samples heard at most: 4 s.
const LONGEST: usize = 32_000;
