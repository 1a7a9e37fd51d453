//! The kinds of sound that a line carries, ten seconds of each, the same in every run.

use std::f32::consts::TAU;

use voiceagent::{
    Key,
    audio::{Dbm0, Press, Rng, SAMPLE_RATE, Synth, talk},
};

/// Ten seconds of one kind.
pub(crate) struct Signal {
    pub(crate) name: &'static str,
    pub(crate) samples: Vec<i16>,
    /// How many keys are in it.
    pub(crate) keys: usize,
}

/// All kinds, those most often heard first.
pub(crate) fn all() -> Vec<Signal> {
    let keyless = |name, samples| Signal {
        name,
        samples,
        keys: 0,
    };
    vec![
        keyless("speech", speech()),
        keyless("music", music()),
        keyless("white noise", white_noise()),
        keyless("dial tone", dial_tone()),
        keyless("silence", empty().into_samples()),
        Signal {
            name: "keys",
            samples: keys(),
            keys: (SECONDS / (2.0 * KEY)).round() as usize,
        },
        Signal {
            name: "a key held",
            samples: key_held(),
            keys: 1,
        },
    ]
}

/// Several people, one after another, on a line with a little noise.
pub(crate) fn speech() -> Vec<i16> {
    let mut rng = Rng::new(SEED);
    let mut line = empty();
    line.add_noise(Dbm0(-60.0), SEED as u32);
    let mut samples = line.into_samples();
    for turn in samples.chunks_mut(2 * SAMPLE_RATE as usize) {
        let voice = talk(&mut rng, turn.len());
        for (sample, voice) in turn.iter_mut().zip(voice) {
            *sample += (Dbm0(-10.0).amplitude() * voice) as i16;
        }
    }
    samples
}

/// Chords of plucked strings: four notes with eight partials each, changed twice a second.
pub(crate) fn music() -> Vec<i16> {
    let mut rng = Rng::new(SEED);
    let mut samples = Vec::new();
    let beat = SAMPLE_RATE as usize / 2;
    for _ in 0..(2.0 * SECONDS) as usize {
        let mut chord = vec![0.0; beat];
        for _ in 0..4 {
            // A note of the tempered scale, up to three octaves above the A below middle C.
            let hertz = 220.0 * 2f32.powf(rng.index(0, 36) as f32 / 12.0);
            for partial in 1..=8 {
                let hertz = hertz * partial as f32;
                if hertz > HIGHEST {
                    break;
                }
                let phase = rng.unit();
                for (i, x) in chord.iter_mut().enumerate() {
                    let seconds = i as f32 / SAMPLE_RATE as f32;
                    let loudness = (-3.0 * partial as f32 * seconds).exp() / partial as f32;
                    *x += loudness * (TAU * (hertz * seconds + phase)).sin();
                }
            }
        }
        let gain = Dbm0(-20.0).amplitude();
        samples.extend(chord.iter().map(|x| (gain * x) as i16));
    }
    samples
}

fn white_noise() -> Vec<i16> {
    let mut line = empty();
    line.add_noise(Dbm0(-20.0), SEED as u32);
    line.into_samples()
}

/// North America's (ITU-T E.180 supplement 2).
fn dial_tone() -> Vec<i16> {
    let mut line = empty();
    line.add_sine(350.0, Dbm0(-16.0));
    line.add_sine(440.0, Dbm0(-16.0));
    line.into_samples()
}

/// Keys as fast as a machine dials: 50 ms each and 50 ms apart, the detector's hardest work.
fn keys() -> Vec<i16> {
    let press = Press {
        length: KEY,
        ..Press::default()
    };
    let mut line = Synth::new(SAMPLE_RATE);
    for key in Key::ALL.into_iter().cycle() {
        if line.seconds() > SECONDS - KEY {
            break;
        }
        line.silence(KEY);
        line.press(key, &press);
    }
    line.into_samples()
}

fn key_held() -> Vec<i16> {
    let press = Press {
        length: SECONDS - KEY,
        ..Press::default()
    };
    let mut line = Synth::new(SAMPLE_RATE);
    line.silence(KEY);
    line.press(Key::STAR, &press);
    line.into_samples()
}

fn empty() -> Synth {
    let mut line = Synth::new(SAMPLE_RATE);
    line.silence(SECONDS);
    line
}

/// Of one signal.
const SECONDS: f64 = 10.0;
/// Seconds of a key, and of the pause before it.
const KEY: f64 = 0.05;
/// Hz: what a telephone lets through.
const HIGHEST: f32 = 3_400.0;
/// Any number would do.
const SEED: u64 = 20_261_123;
