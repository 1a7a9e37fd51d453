//! A voice made by rule: syllables of a buzz through two resonances, some with a hiss before,
//! in words with pauses.

use std::f32::consts::TAU;

use super::{Rng, SAMPLE_RATE};

/// `samples` samples at 8 kHz of one speaker, who is another each time; the loudest are near 1.
#[must_use]
pub fn talk(rng: &mut Rng, samples: usize) -> Vec<f32> {
    let pitch = rng.between(90.0, 230.0);
    let mut speech = Vec::with_capacity(samples);
    while speech.len() < samples {
        for _ in 0..rng.index(1, 5) {
            if rng.index(0, 3) == 0 {
                hiss(rng, &mut speech);
            }
            vowel(rng, pitch, &mut speech);
        }
        let pause = match rng.index(0, 4) {
            0 => rng.between(0.2, 0.6),
            _ => rng.between(0.03, 0.12),
        };
        speech.resize(speech.len() + (pause * RATE) as usize, 0.0);
    }
    speech.truncate(samples);
    speech
}

fn hiss(rng: &mut Rng, speech: &mut Vec<f32>) {
    let length = (rng.between(0.02, 0.09) * RATE) as usize;
    let mut last = 0.0;
    for i in 0..length {
        let noise = rng.normal();
        speech.push(0.03 * (noise - last) * swell(i, length));
        last = noise;
    }
}

fn vowel(rng: &mut Rng, pitch: f32, speech: &mut Vec<f32>) {
    let stress = 10f32.powf(rng.between(-10.0, 0.0) / 20.0);
    let length = (rng.between(0.08, 0.25) * RATE) as usize;
    let mut first = Resonance::new(rng.between(300.0, 800.0), 80.0);
    let mut second = Resonance::new(rng.between(900.0, 2300.0), 120.0);
    let bend = rng.between(0.85, 1.15);
    let mut phase = 0.0;
    let start = speech.len();
    for i in 0..length {
        phase += pitch * (1.0 + (bend - 1.0) * i as f32 / length as f32) / RATE;
        let mut pulse = 0.01 * rng.normal();
        if phase >= 1.0 {
            phase -= 1.0;
            pulse += 1.0;
        }
        let voiced = first.step(pulse) + 0.5 * second.step(pulse);
        speech.push(voiced * swell(i, length));
    }
    let vowel = &mut speech[start..];
    let peak = vowel.iter().fold(1e-9f32, |peak, x| peak.max(x.abs()));
    for x in vowel {
        *x *= stress / peak;
    }
}

/// Rises over the first tenth, falls over the last four.
fn swell(i: usize, length: usize) -> f32 {
    let t = i as f32 / length as f32;
    (t / 0.1).min((1.0 - t) / 0.4).min(1.0)
}

struct Resonance {
    a1: f32,
    a2: f32,
    y1: f32,
    y2: f32,
}

impl Resonance {
    fn new(frequency: f32, bandwidth: f32) -> Self {
        let radius = (-TAU / 2.0 * bandwidth / RATE).exp();
        Self {
            a1: 2.0 * radius * (TAU * frequency / RATE).cos(),
            a2: -radius * radius,
            y1: 0.0,
            y2: 0.0,
        }
    }

    fn step(&mut self, x: f32) -> f32 {
        let y = x + self.a1 * self.y1 + self.a2 * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

const RATE: f32 = SAMPLE_RATE as f32;
