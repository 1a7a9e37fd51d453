//! `voiceagent analyze`: from options to what is heard in files.

use std::{io, path::PathBuf, process::ExitCode};

use clap::Args;
use voiceagent::{
    audio::{Encoding, Reading},
    config::Config,
    offline::{Analysis, Outcome},
};

use super::{Common, failed};

/// Tells which keys and what speech the detectors hear in recordings
///
/// Files are .wav (any rate and channels; PCM, float, A-law, µ-law), or bare samples by Asterisk's
/// endings: .sln and .raw (8 kHz), .sln12 to .sln192, .ulaw, .ul, .pcm, .alaw, .al. Each channel is
/// listened to by itself. The configuration's limits for keys and speech count if --config names
/// it.
#[derive(Args)]
#[command(after_help = "Examples:
  voiceagent analyze monitor.wav
  voiceagent analyze --json --mix calls/*.wav
  sox call.ogg -t wav - | voiceagent analyze -
  voiceagent analyze --encoding alaw --rate 8000 capture.bin

In JSON each line is an object, in order of time, times in seconds: type \"key\" with key, onset,
detected, end, level_dbm0 and twist_db; \"speech\" with start, end and level_dbm0; last \"summary\" with
seconds, keys and cpu_ns_per_sample. Files of several channels have a channel, from 1, in each.")]
pub(super) struct Arguments {
    /// Recordings; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write JSON, an object a line
    #[arg(long)]
    json: bool,
    /// Audio arrives in frames of so many milliseconds: keys are detected at the end of one
    #[arg(long, value_name = "MS", default_value = "20",
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    frame_ms: u32,
    /// Average all channels of a file into one
    #[arg(long)]
    mix: bool,
    /// Samples a second, whatever the file says
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(4_000..=384_000))]
    rate: Option<u32>,
    /// The files are bare samples: slin (16 bits, low byte first), ulaw or alaw
    #[arg(long)]
    encoding: Option<Encoding>,
}

pub(super) fn run(arguments: &Arguments, common: &Common) -> ExitCode {
    // What the default file says of routes matters to no recording; its limits might, and so
    // they count only if asked for.
    let config = match common.config.as_deref().map(Config::load).transpose() {
        Ok(config) => config,
        Err(error) => return failed(&error),
    };
    let (keys, speech) = config.map_or_else(Default::default, |c| (c.detector, c.speech));
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
    };
    match analysis.run(
        &arguments.files,
        &mut io::stdout().lock(),
        &mut io::stderr(),
    ) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}
