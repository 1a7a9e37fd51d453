//! `voiceagent analyze`: from options to what is heard in files.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use clap::Args;
use thiserror::Error;
use voiceagent::{
    audio::{Encoding, Reading, SAMPLE_RATE, SampleTime},
    config::Config,
    offline::{Analysis, Outcome, Pictures},
    picture::PictureFormat,
};

use super::{
    Common, failed,
    number::{RATES, whole, within},
    output::{Data, Messages, say},
    progress::Bar,
    wrong_usage,
};

/// Tells which keys and what speech the detectors hear in recordings
///
/// Files are .wav (any rate and channels; PCM, float, A-law, µ-law), or bare samples by Asterisk's
/// endings: .sln and .raw (8 kHz), .sln12 to .sln192, .ulaw, .ul, .pcm, .alaw, .al, .g722. Each channel is
/// listened to by itself. The configuration's limits for keys and speech count, as in a call; where
/// there is none, or that of a call cannot be read, the usual ones do.
#[derive(Args)]
#[command(after_help = "Examples:
  voiceagent analyze monitor.wav
  voiceagent analyze /var/spool/asterisk/monitor
  voiceagent analyze --why 12.5-13 monitor.wav
  voiceagent analyze --plot monitor.svg monitor.wav
  voiceagent analyze --json --mix calls/*.wav
  sox call.ogg -t wav - | voiceagent analyze -
  voiceagent analyze --encoding alaw --rate 8000 capture.bin

The table has when each thing began and how long it was; of keys the level of one tone, by how much the
high tone is the louder one (twist), how far all else is below one tone (S/N), and how long after its
beginning a call would have known it.

In JSON each line is an object, in order of time, times in seconds: type \"key\" with key, onset,
detected, end, level_dbm0 and twist_db; \"speech\" with start, end and level_dbm0; last \"summary\" with
seconds, keys and cpu_ns_per_sample. Files of several channels have a channel, from 1, in each. With --why there is
type \"why\" as well, with start, end, key, test, measured, limit and unit.")]
pub(super) struct Arguments {
    /// Recordings, and folders with recordings in and below them; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say of every look at this stretch why there was no key: which test failed, and by how much
    #[arg(long, value_name = "START-END", allow_hyphen_values = true, value_parser = stretch)]
    why: Option<RangeInclusive<SampleTime>>,
    /// Draw it, into FILE.svg or FILE.png, or each of several recordings into a folder
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Write JSON, an object a line
    #[arg(long)]
    json: bool,
    /// Audio arrives in frames of so many milliseconds: keys are detected at the end of one
    #[arg(long, value_name = "MS", default_value = "20", allow_negative_numbers = true,
        value_parser = whole(1..=1_000_u32, " of ms"))]
    frame_ms: u32,
    /// How many recordings to listen to at once (else as many as there are processors)
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true,
        value_parser = whole(1..=1_024_u16, ""))]
    jobs: Option<u16>,
    /// Average all channels of a file into one
    #[arg(long)]
    mix: bool,
    /// Samples a second, whatever the file says
    #[arg(long, value_name = "HZ", allow_negative_numbers = true,
        value_parser = whole(RATES, " of Hz"))]
    rate: Option<u32>,
    /// The files are bare samples: slin (16 bits, low byte first), ulaw, alaw or g722
    #[arg(long)]
    encoding: Option<Encoding>,
}

pub(super) fn run(arguments: &Arguments, common: &Common) -> ExitCode {
    let limits = match common.load_config(Config::load_limits) {
        Ok(limits) => limits,
        // Nobody asked for the file of calls, which many may not read.
        Err(error) if !common.names_config() => {
            say(format_args!("{error}; the usual limits count instead"));
            None
        }
        Err(error) => return failed(&error),
    };
    let (keys, speech) = limits.unwrap_or_default();
    let pictures = match arguments.pictures() {
        Ok(pictures) => pictures,
        Err(error) => return wrong_usage(&error),
    };
    let analysis = Analysis {
        json: arguments.json,
        verbose: common.verbose,
        frame_ms: arguments.frame_ms,
        reading: Reading {
            rate: arguments.rate,
            encoding: arguments.encoding,
            mix: arguments.mix,
        },
        keys,
        speech,
        why: arguments.why.clone(),
        pictures,
        threads: arguments.jobs.map_or_else(processors, usize::from),
    };
    let bar = Bar::new();
    let outcome = analysis.run(
        &arguments.files,
        &mut bar.beside(Data::new()),
        &mut bar.beside(Messages),
        &mut |part| bar.show(part, "listening"),
    );
    bar.clear();
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(error) => failed(&error),
    }
}

impl Arguments {
    fn pictures(&self) -> Result<Option<Pictures>, PlotError> {
        let Some(plot) = &self.plot else {
            return Ok(None);
        };
        if let Some(format) = PictureFormat::of(plot) {
            if self.files.len() > 1 || self.files.iter().any(|file| is_folder(file)) {
                return Err(PlotError::OneFile(plot.clone()));
            }
            return Ok(Some(Pictures::File(plot.clone(), format)));
        }
        if is_standard_stream(plot) || plot.extension().is_some() && !plot.is_dir() {
            return Err(PlotError::Format(plot.clone()));
        }
        Ok(Some(Pictures::Folder(plot.clone())))
    }
}

/// Why there can be no pictures.
#[derive(Debug, Error)]
enum PlotError {
    #[error("--plot {} is one picture, and there may be several recordings: name a folder", .0.display())]
    OneFile(PathBuf),
    #[error("--plot {}: a picture's name ends with .svg or .png", .0.display())]
    Format(PathBuf),
}

fn is_folder(path: &Path) -> bool {
    !is_standard_stream(path) && path.is_dir()
}

fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Reads `12.5-13`, in seconds.
fn stretch(text: &str) -> Result<RangeInclusive<SampleTime>, String> {
    let (start, end) = text
        .split_once('-')
        .ok_or("expected a beginning and an end in seconds, such as 12.5-13")?;
    let time = |text: &str| {
        let seconds = within(0.0..=LONGEST, "seconds")(text)?;
        let samples = (seconds * f64::from(SAMPLE_RATE)).round() as u64;
        Ok::<_, String>(SampleTime::from_samples(samples))
    };
    let (start, end) = (time(start)?, time(end)?);
    if start > end {
        return Err(format!("it ends ({end}) before it begins ({start})"));
    }
    Ok(start..=end)
}

/// Seconds: a year.
const LONGEST: f64 = 366.0 * 24.0 * 3600.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_two_times_in_their_order() {
        let at = SampleTime::from_samples;
        assert_eq!(stretch("12.5-13"), Ok(at(100_000)..=at(104_000)));
        assert_eq!(stretch("0-0"), Ok(at(0)..=at(0)));
        for wrong in ["12.5", "13-12", "-1-2", "a-b", "1-", "1-2-3"] {
            assert!(stretch(wrong).is_err(), "{wrong}");
        }
    }
}
