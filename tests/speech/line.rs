//! Signals as a line carries them, and a detector listening to it.

use std::f32::consts::TAU;

use voiceagent::{
    audio::{Dbm0, Rng},
    speech::{Detector, Event, Limits},
};

/// Samples in a millisecond.
pub(crate) const MS: usize = 8;

/// A sine.
pub(crate) fn tone(frequency: f32, level: f32, samples: usize) -> Vec<f32> {
    let amplitude = Dbm0(level).amplitude();
    (0..samples)
        .map(|i| amplitude * (TAU * frequency * i as f32 / 8_000.0).sin())
        .collect()
}

/// White noise.
pub(crate) fn white(rng: &mut Rng, level: f32, samples: usize) -> Vec<f32> {
    let deviation = Dbm0(level).mean_square().sqrt();
    (0..samples).map(|_| deviation * rng.normal()).collect()
}

/// Noise with most of its energy above 2 kHz.
pub(crate) fn hiss(rng: &mut Rng, level: f32, samples: usize) -> Vec<f32> {
    let white = white(rng, level - 3.0, samples + 1);
    white.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// A mains hum with its first odd harmonics.
pub(crate) fn hum(mains: f32, level: f32, samples: usize) -> Vec<f32> {
    let mut sum = vec![0.0; samples];
    for (harmonic, below) in [(1.0, 0.6), (3.0, 10.0), (5.0, 16.0)] {
        add(&mut sum, 0, &tone(mains * harmonic, level - below, samples));
    }
    sum
}

/// Adds `signal` from sample `at` on.
pub(crate) fn add(line: &mut [f32], at: usize, signal: &[f32]) {
    for (x, s) in line[at..].iter_mut().zip(signal) {
        *x += s;
    }
}

/// What a converter makes of it.
pub(crate) fn digital(line: &[f32]) -> Vec<i16> {
    line.iter().map(|&x| x.round() as i16).collect()
}

/// All events of a stream in packets of 20 ms.
pub(crate) fn events(line: &[f32]) -> Vec<Event> {
    let mut detector = Detector::new(&Limits::default());
    let mut events = Vec::new();
    for packet in digital(line).chunks(160) {
        detector.push(packet, &mut |event| events.push(event));
    }
    detector.finish(&mut |event| events.push(event));
    events
}
