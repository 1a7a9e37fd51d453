//! `voiceagent tone`: from options to test audio in a file.

use std::{
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use thiserror::Error;
use voiceagent::{
    Key,
    audio::{Dbm0, Gap, Press, Target},
    offline::{Noise, Tone, Under},
};

use super::{
    Common, failed,
    number::{RATES, whole, within},
    output::say,
    wrong_usage,
};

/// Makes test audio: keys as tones, clean or spoiled on purpose
///
/// Levels are in dBm0, where a full-scale sine is +3.14; times are in milliseconds.
#[derive(Args)]
#[command(after_help = "Examples:
  voiceagent tone 1234 clean.wav
  voiceagent tone '*' faint.wav --level -40 --snr 12 --seed 7
  voiceagent tone '159D' bad.alaw --twist 6 --offset 1.8 --length 40 --pause 40
  voiceagent tone 5 dialtone.sln16 --under 350@-13 --under 440@-13")]
pub(super) struct Arguments {
    /// Keys to press: 0 to 9, *, #, A to D
    #[arg(value_parser = key_sequence, allow_hyphen_values = true)]
    digits: Keys,
    /// File to write: .wav, or bare samples by ending (.sln, .raw, .sln12 to .sln192, .ulaw, .alaw, .g722);
    /// - is signed linear on standard output
    file: PathBuf,
    /// Level of each tone, dBm0
    #[arg(long, value_name = "DBM0", default_value = "-10", allow_negative_numbers = true,
        value_parser = within(QUIETEST..=LOUDEST, "dBm0"))]
    level: f64,
    /// How much louder the higher tone is than the lower one, dB
    #[arg(long, value_name = "DB", default_value = "0", allow_negative_numbers = true,
        value_parser = within(-40.0..=40.0, "dB"))]
    twist: f64,
    /// How far both tones are off their frequencies, per cent
    #[arg(long, value_name = "PERCENT", default_value = "0", allow_negative_numbers = true,
        value_parser = within(-20.0..=20.0, "per cent"))]
    offset: f64,
    /// How far the lower tone is off, instead of --offset
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true,
        value_parser = within(-20.0..=20.0, "per cent"))]
    row_offset: Option<f64>,
    /// How far the higher tone is off, instead of --offset
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true,
        value_parser = within(-20.0..=20.0, "per cent"))]
    column_offset: Option<f64>,
    /// How long each key sounds
    #[arg(long, value_name = "MS", allow_negative_numbers = true, default_value = "100",
        value_parser = within(0.0..=MINUTE, "ms"))]
    length: f64,
    /// Silence between keys
    #[arg(long, value_name = "MS", allow_negative_numbers = true, default_value = "100",
        value_parser = within(0.0..=MINUTE, "ms"))]
    pause: f64,
    /// Silence before the first key
    #[arg(long, value_name = "MS", allow_negative_numbers = true, default_value = "300",
        value_parser = within(0.0..=HOUR, "ms"))]
    lead: f64,
    /// Silence after the last key
    #[arg(long, value_name = "MS", allow_negative_numbers = true, default_value = "300",
        value_parser = within(0.0..=HOUR, "ms"))]
    tail: f64,
    /// A gap in each key: how long
    #[arg(long, value_name = "MS", allow_negative_numbers = true,
        value_parser = within(0.0..=MINUTE, "ms"))]
    gap: Option<f64>,
    /// A gap in each key: how long after its beginning (else in its middle)
    #[arg(long, value_name = "MS", allow_negative_numbers = true, requires = "gap",
        value_parser = within(0.0..=MINUTE, "ms"))]
    gap_at: Option<f64>,
    /// White noise below 4 kHz: its level, dBm0
    #[arg(long, value_name = "DBM0", allow_negative_numbers = true, conflicts_with = "snr",
        value_parser = within(QUIETEST..=LOUDEST, "dBm0"))]
    noise: Option<f64>,
    /// White noise below 4 kHz: how much quieter than one tone, dB
    #[arg(long, value_name = "DB", allow_negative_numbers = true,
        value_parser = within(-30.0..=90.0, "dB"))]
    snr: Option<f64>,
    /// Which noise; the same number gives the same noise
    #[arg(long, value_name = "NUMBER", default_value = "1", allow_negative_numbers = true,
        value_parser = whole(0..=u32::MAX, ""))]
    seed: u32,
    /// A tone that sounds all the time, such as 50@-10 for hum; may be given again
    #[arg(long, value_name = "HZ@DBM0", value_parser = under)]
    under: Vec<Under>,
    /// Samples a second of a .wav (other endings have their own)
    #[arg(long, value_name = "HZ", allow_negative_numbers = true,
        value_parser = whole(RATES, " of Hz"))]
    rate: Option<u32>,
}

pub(super) fn run(arguments: &Arguments, common: &Common) -> ExitCode {
    common.ignore_config();
    let target = match Target::new(&arguments.file, arguments.rate) {
        Ok(target) => target,
        Err(error) => return wrong_usage(&error),
    };
    if is_wav_into_pipe(&arguments.file) {
        return wrong_usage(&WavIntoPipe(arguments.file.clone()));
    }
    let samples = match arguments.tone().samples(target.rate()) {
        Ok(samples) => samples,
        Err(error) => return wrong_usage(&error),
    };
    match target.write(&samples) {
        Ok(()) => {
            let full = at_full_scale(&samples);
            if full > 0 {
                say(format_args!(
                    "{}: {full} samples at full scale: what was louder is clipped",
                    arguments.file.display()
                ));
            }
            if common.verbose {
                let seconds = samples.len() as f64 / f64::from(target.rate());
                say(format_args!(
                    "{}: {seconds:.3} s at {} Hz",
                    arguments.file.display(),
                    target.rate()
                ));
            }
            ExitCode::SUCCESS
        }
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

impl Arguments {
    fn tone(&self) -> Tone {
        let noise = self.noise.or(self.snr.map(|snr| self.level - snr));
        Tone {
            keys: self.digits.0.clone(),
            press: Press {
                level: Dbm0(self.level as f32),
                twist_db: self.twist as f32,
                row_offset: self.row_offset.unwrap_or(self.offset),
                column_offset: self.column_offset.unwrap_or(self.offset),
                length: self.length / MS,
                gap: self.gap.map(|gap| Gap {
                    at: self.gap_at.unwrap_or((self.length - gap) / 2.0).max(0.0) / MS,
                    length: gap / MS,
                }),
                ..Press::default()
            },
            pause: self.pause / MS,
            lead: self.lead / MS,
            tail: self.tail / MS,
            under: self.under.clone(),
            noise: noise.map(|level| Noise {
                level: Dbm0(level as f32),
                seed: self.seed,
            }),
        }
    }
}

/// The beginning of a .wav says how long it is, and is written last.
fn is_wav_into_pipe(file: &Path) -> bool {
    let is_wav = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("wav"));
    is_wav
        && file
            .metadata()
            .is_ok_and(|there| there.file_type().is_fifo())
}

/// Why nothing is written there.
#[derive(Debug, Error)]
#[error("{}: a .wav cannot be written into a pipe; name a pipe that ends with .sln, or - for standard output", .0.display())]
struct WavIntoPipe(PathBuf);

fn at_full_scale(samples: &[i16]) -> usize {
    let largest = [i16::MIN, i16::MAX];
    samples
        .iter()
        .filter(|sample| largest.contains(sample))
        .count()
}

/// One argument, many keys.
#[derive(Clone)]
struct Keys(Vec<Key>);

fn key_sequence(text: &str) -> Result<Keys, String> {
    text.chars()
        .map(|label| {
            Key::from_char(label)
                .ok_or_else(|| format!("{label:?} is no key: expected 0 to 9, *, #, A to D"))
        })
        .collect::<Result<_, _>>()
        .map(Keys)
}

fn under(text: &str) -> Result<Under, String> {
    let (hertz, level) = text
        .split_once('@')
        .ok_or("expected a frequency and a level, such as 350@-13")?;
    Ok(Under {
        hertz: within(1.0..=192_000.0, "Hz")(hertz)?,
        level: Dbm0(within(QUIETEST..=LOUDEST, "dBm0")(level)? as f32),
    })
}

/// In dBm0: the 16-bit step is louder.
const QUIETEST: f64 = -90.0;
/// In dBm0: a sine with twice the amplitude that fits, to try what clipping does.
const LOUDEST: f64 = 9.0;
/// Milliseconds in a second.
const MS: f64 = 1_000.0;
/// In milliseconds.
const MINUTE: f64 = 60_000.0;
/// In milliseconds.
const HOUR: f64 = 3_600_000.0;
