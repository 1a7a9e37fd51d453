//! Keys on a line, made from numbers: presses with known times and what lies under them.

use std::f32::consts::TAU;

use voiceagent::{
    Key,
    audio::{Dbm0, Rng, g722::LowerBand},
};

pub const RATE: usize = 8_000;

/// Repeatable chance, with noise that has the normal distribution's tails: the rows in noise
/// depend on them.
#[derive(Clone)]
pub struct Random(Rng);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(Rng::new(seed))
    }

    pub fn bits(&mut self) -> u64 {
        self.0.bits()
    }

    /// From 0 up to 1.
    pub fn uniform(&mut self) -> f32 {
        self.0.unit()
    }

    /// Mean 0, variance 1.
    pub fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (TAU * self.uniform()).cos()
    }
}

/// Something like a voice: syllables of harmonics under three formants that wander, with pauses.
pub fn voice(seed: u64, seconds: usize) -> Vec<f32> {
    let mut random = Random::new(seed);
    let mut audio = Vec::with_capacity(seconds * RATE);
    let mut turns = 0.0f32;
    while audio.len() < seconds * RATE {
        let length = (RATE as f32 * (0.08 + 0.25 * random.uniform())) as usize;
        let pitch = [0, 1].map(|_| 90.0 + 130.0 * random.uniform());
        let formants = [300.0, 900.0, 2200.0].map(|hertz| hertz * (0.8 + 0.8 * random.uniform()));
        let loud = 6000.0 * random.uniform();
        for i in 0..length {
            let t = i as f32 / length as f32;
            let hertz = pitch[0] + t * (pitch[1] - pitch[0]);
            turns = (turns + hertz / RATE as f32).fract();
            let harmonics = 1..(3400.0 / hertz) as usize;
            let sum: f32 = harmonics
                .map(|k| {
                    let at = k as f32 * hertz;
                    let gain: f32 = formants
                        .iter()
                        .map(|formant| 1.0 / (1.0 + ((at - formant) / 80.0).powi(2)))
                        .sum();
                    gain * (TAU * (k as f32 * turns).fract()).sin()
                })
                .sum();
            audio.push(loud * (std::f32::consts::PI * t).sin() * sum);
        }
        let pause = (RATE as f32 * 0.15 * random.uniform()) as usize;
        audio.resize(audio.len() + pause, 0.0);
    }
    audio
}

/// How keys are pressed.
#[derive(Clone, Debug)]
pub struct Presses {
    pub keys: Vec<Key>,
    pub tone_ms: f32,
    pub pause_ms: f32,
    pub low_dbm0: f32,
    pub high_dbm0: f32,
    pub low_offset_percent: f32,
    pub high_offset_percent: f32,
    /// A break in each press, from and for so many milliseconds.
    pub dropout_ms: Option<(f32, f32)>,
    /// The high tone starts so much later.
    pub stagger_ms: f32,
}

impl Default for Presses {
    /// Every key, ten times, as a good telephone sends them.
    fn default() -> Self {
        Self {
            keys: Key::ALL.repeat(10),
            tone_ms: 50.0,
            pause_ms: 50.0,
            low_dbm0: -10.0,
            high_dbm0: -10.0,
            low_offset_percent: 0.0,
            high_offset_percent: 0.0,
            dropout_ms: None,
            stagger_ms: 0.0,
        }
    }
}

/// A key was down from one sample up to another.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    pub key: Key,
    pub from: usize,
    pub to: usize,
}

/// A recording and the truth about it.
#[derive(Clone)]
pub struct Line {
    pub audio: Vec<f32>,
    pub presses: Vec<Press>,
    pub random: Random,
}

impl Presses {
    pub fn at(level_dbm0: f32) -> Self {
        Self {
            low_dbm0: level_dbm0,
            high_dbm0: level_dbm0,
            ..Self::default()
        }
    }

    pub fn lasting(tone_ms: f32, pause_ms: f32) -> Self {
        Self {
            tone_ms,
            pause_ms,
            ..Self::default()
        }
    }

    pub fn off_by(low_offset_percent: f32, high_offset_percent: f32) -> Self {
        Self {
            low_offset_percent,
            high_offset_percent,
            ..Self::default()
        }
    }

    /// The high tone so much louder than the low one, around their level.
    pub fn with_twist(self, db: f32) -> Self {
        Self {
            low_dbm0: self.low_dbm0 - 0.5 * db,
            high_dbm0: self.high_dbm0 + 0.5 * db,
            ..self
        }
    }

    /// On a silent line, with phases and the last 4 ms of pauses by chance.
    pub fn record(&self, seed: u64) -> Line {
        let mut random = Random::new(seed);
        let samples = |ms: f32| (ms * RATE as f32 / 1000.0).round() as usize;
        let mut audio = vec![0.0; samples(300.0) + (random.bits() % 160) as usize];
        let mut presses = Vec::new();
        for &key in &self.keys {
            let from = audio.len();
            audio.extend(self.press(key, samples(self.tone_ms), &mut random));
            presses.push(Press {
                key,
                from,
                to: audio.len(),
            });
            let pause = samples(self.pause_ms + 4.0 * random.uniform());
            audio.resize(audio.len() + pause, 0.0);
        }
        audio.resize(audio.len() + samples(300.0), 0.0);
        Line {
            audio,
            presses,
            random,
        }
    }

    fn press(&self, key: Key, length: usize, random: &mut Random) -> Vec<f32> {
        let (row, column) = key.position();
        let sine = |hertz: f32, offset: f32, level: f32, phase: f32| {
            let (amplitude, hertz) = (Dbm0(level).amplitude(), hertz * (1.0 + offset / 100.0));
            move |i: usize| amplitude * (TAU * (hertz * i as f32 / RATE as f32 + phase)).sin()
        };
        let low = sine(
            ROWS[row],
            self.low_offset_percent,
            self.low_dbm0,
            random.uniform(),
        );
        let high = sine(
            COLUMNS[column],
            self.high_offset_percent,
            self.high_dbm0,
            random.uniform(),
        );
        let ms = |i: usize| 1000.0 * i as f32 / RATE as f32;
        (0..length)
            .map(|i| match self.dropout_ms {
                Some((from, length)) if (from..from + length).contains(&ms(i)) => 0.0,
                _ if ms(i) < self.stagger_ms => low(i),
                _ => low(i) + high(i),
            })
            .collect()
    }
}

impl Line {
    /// White noise, so far under one tone of -10 dBm0, over the whole band.
    pub fn with_white_noise(mut self, snr_db: f32) -> Self {
        let deviation = Dbm0(-10.0 - snr_db).mean_square().sqrt();
        for x in &mut self.audio {
            *x += deviation * self.random.normal();
        }
        self
    }

    /// Steady sines: a dial tone, hum.
    pub fn with_sines(mut self, sines: &[(f32, f32)]) -> Self {
        for &(hertz, dbm0) in sines {
            let amplitude = Dbm0(dbm0).amplitude();
            let phase = self.random.uniform();
            for (i, x) in self.audio.iter_mut().enumerate() {
                let turns = f64::from(hertz) * i as f64 / RATE as f64;
                *x += amplitude * (TAU * (turns.fract() as f32 + phase)).sin();
            }
        }
        self
    }

    pub fn with_dc(mut self, steps: f32) -> Self {
        for x in &mut self.audio {
            *x += steps;
        }
        self
    }

    /// Cut off at full scale.
    pub fn clipped(mut self) -> Self {
        for x in &mut self.audio {
            *x = x.clamp(f32::from(i16::MIN), f32::from(i16::MAX));
        }
        self
    }

    pub fn fainter(mut self, db: f32) -> Self {
        let gain = 10f32.powf(-db / 20.0);
        for x in &mut self.audio {
            *x *= gain;
        }
        self
    }

    /// Everything comes back once more.
    pub fn with_echo(mut self, ms: f32, down_db: f32) -> Self {
        let delay = (ms * RATE as f32 / 1000.0) as usize;
        let gain = 10f32.powf(-down_db / 20.0);
        for i in (delay..self.audio.len()).rev() {
            self.audio[i] += gain * self.audio[i - delay];
        }
        self
    }

    /// Other audio, so that its mean square where it sounds is so far under one tone of -10 dBm0.
    pub fn with_background(mut self, other: &[f32], down_db: f32) -> Self {
        let loud = |x: &&f32| x.abs() > 30.0;
        let power = other.iter().filter(loud).map(|x| x * x).sum::<f32>()
            / other.iter().filter(loud).count().max(1) as f32;
        let gain = (Dbm0(-10.0 - down_db).mean_square() / power).sqrt();
        let start = self.random.bits() as usize % other.len();
        for (x, o) in self.audio.iter_mut().zip(other.iter().cycle().skip(start)) {
            *x += gain * o;
        }
        self
    }

    /// Other audio wherever no key is pressed, as a telephone sends it, so that its mean square where it
    /// sounds is so far over one tone of -10 dBm0.
    pub fn in_place_of(self, other: &[f32], over_db: f32) -> Self {
        let muted = self.audio.clone();
        let mut line = self.with_background(other, -over_db);
        for press in &line.presses {
            line.audio[press.from..press.to].copy_from_slice(&muted[press.from..press.to]);
        }
        line.clipped()
    }

    pub fn samples(&self) -> Vec<i16> {
        self.audio.iter().map(|x| x.round() as i16).collect()
    }

    /// Through G.711, A-law or µ-law (segments and steps; the bits do not matter).
    pub fn through_g711(mut self, law: Law) -> Self {
        for x in &mut self.audio {
            *x = law.requantize(*x);
        }
        self
    }

    /// Through the lower band of G.722.
    pub fn through_g722(mut self) -> Self {
        let (mut sent, mut received) = (LowerBand::new(), LowerBand::new());
        for x in &mut self.audio {
            *x = f32::from(received.decode(sent.encode(x.round() as i16)));
        }
        self
    }

    /// With what happens to 20 ms frames when so many of a hundred are lost on the way.
    pub fn losing(mut self, percent: f32, concealment: Concealment) -> Lossy {
        let frames = self.audio.len().div_ceil(FRAME);
        let lost = (0..frames).map(|_| self.random.uniform() < percent / 100.0);
        let lost = lost.collect();
        self.without(lost, concealment)
    }

    /// With what happens to 20 ms frames when of each press the first one that is full of it is lost.
    pub fn losing_one_of_each(self, concealment: Concealment) -> Lossy {
        self.losing_of_each(&[0], concealment)
    }

    /// The same where of each press these are lost, counted from the first one that is full of it.
    pub fn losing_of_each(self, frames: &[usize], concealment: Concealment) -> Lossy {
        let mut lost = vec![false; self.audio.len().div_ceil(FRAME)];
        for press in &self.presses {
            for frame in frames {
                lost[press.from.div_ceil(FRAME) + frame] = true;
            }
        }
        self.without(lost, concealment)
    }

    fn without(mut self, lost: Vec<bool>, concealment: Concealment) -> Lossy {
        let audio = self.samples();
        let mut presses = self.presses.clone();
        let mut pieces = Vec::new();
        let mut last = vec![0; FRAME];
        for (i, (frame, lost)) in audio.chunks(FRAME).zip(lost).enumerate() {
            pieces.push(match (lost, concealment) {
                (false, _) => {
                    last = frame.to_vec();
                    Piece::Heard(frame.to_vec())
                }
                (true, Concealment::Missing) => Piece::Lost(frame.len()),
                (true, Concealment::Dropped) => {
                    let begin = FRAME * i;
                    for (press, original) in presses.iter_mut().zip(&self.presses) {
                        let before = |at: usize| at.saturating_sub(begin).min(frame.len());
                        press.from -= before(original.from);
                        press.to -= before(original.to);
                    }
                    continue;
                }
                (true, Concealment::Zeroed) => Piece::Heard(vec![0; frame.len()]),
                (true, Concealment::ComfortNoise(dbm0)) => {
                    let deviation = Dbm0(dbm0).mean_square().sqrt();
                    let noise = frame.iter().map(|_| deviation * self.random.normal());
                    Piece::Heard(noise.map(|x| x.round() as i16).collect())
                }
                (true, Concealment::Repeated) => {
                    Piece::Heard(last[..frame.len().min(last.len())].to_vec())
                }
                (true, Concealment::Faded | Concealment::Fainter(_)) => {
                    let gain = |i: usize| match concealment {
                        Concealment::Fainter(db) => 10f32.powf(-0.05 * db),
                        _ => 1.0 - 0.7 * i as f32 / FRAME as f32,
                    };
                    let faded = last.iter().enumerate();
                    let faded = faded.map(|(i, &x)| (gain(i) * f32::from(x)) as i16);
                    Piece::Heard(faded.take(frame.len()).collect())
                }
            });
        }
        Lossy { pieces, presses }
    }
}

/// What stands in for a lost frame.
#[derive(Clone, Copy, Debug)]
pub enum Concealment {
    /// Nothing, and it is known.
    Missing,
    /// Nothing, and nobody knows, as on the way to an EAGI program.
    Dropped,
    Zeroed,
    /// White, of so many dBm0.
    ComfortNoise(f32),
    Repeated,
    /// Repeated, and fading by 10 dB.
    Faded,
    /// Repeated, so many dB fainter.
    Fainter(f32),
}

/// Audio in pieces, some of them missing.
pub struct Lossy {
    pub pieces: Vec<Piece>,
    pub presses: Vec<Press>,
}

pub enum Piece {
    Heard(Vec<i16>),
    Lost(usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Law {
    A,
    Mu,
}

impl Law {
    /// To the nearest value the law has, after ITU-T G.711 tables 1a and 2a.
    fn requantize(self, x: f32) -> f32 {
        let sign = x.signum();
        let magnitude = x.abs().min(32_635.0);
        match self {
            Self::Mu => {
                let biased = magnitude + 132.0;
                let segment = (biased / 256.0).log2().floor().max(-1.0) + 1.0;
                let step = 8.0 * 2f32.powf(segment);
                let value = ((biased / step).floor() + 0.5) * step - 132.0;
                sign * value.max(0.0)
            }
            Self::A => {
                let segment = ((magnitude / 256.0).log2().floor() + 1.0).max(1.0);
                let step = 16.0 * 2f32.powf(segment - 1.0);
                sign * ((magnitude / step).floor() + 0.5) * step
            }
        }
    }
}

pub const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
pub const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
const FRAME: usize = 160;
