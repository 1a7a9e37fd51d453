//! `voiceagent simulate`: a whole call without Asterisk.

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Args, ValueEnum};
use voiceagent::{
    Key,
    audio::{AudioFormat, Encoding, FileError, Reading, Recording},
    config::{Config, ConfigError},
    picture::PictureFormat,
    prompts::Prompts,
    session::CallTime,
    sim::{self, Caller, DialEnd, Recordings, Script, SignalledKey, Timeline},
};

use super::{
    Common, ended, failed,
    number::{RATES, whole},
    output::{Data, say},
    replay,
};
use crate::agent;

/// Runs a whole call offline: the real agent against a simulated Asterisk on a virtual clock
///
/// The caller's audio and keys begin when the caller is answered, since telephones send no media
/// before. That is after the ringing, so they meet the greeting; where the configuration has
/// ringing.keys = "signalled" or "heard", it is before, and they come while it rings: --key where
/// it is either, --audio where it is "heard". It rings for the extension's max_wait, with
/// --dial-status ANSWER for 2 seconds. Without a configuration file, the shipped example is used.
///
/// With barge_in, what the greeting sounds like is read from Asterisk's sounds ($AST_DATA_DIR/sounds,
/// else /var/lib/asterisk/sounds), as in a call; where they are not there, it is unknown.
///
/// With --replay, a call that was recorded (record = "DIR" in the configuration) is run again
/// instead, by the configuration in the recording or the one that --config names. It ends where the
/// program says something else than then, and tells what. Exit status 0: nothing else is said; 1:
/// something is, or the recording cannot be read.
#[derive(Args)]
#[command(after_help = "Examples:
  voiceagent simulate --exten 101 --audio star.wav
  voiceagent simulate --exten 101 --dial-status BUSY --key '#@3.2'
  voiceagent simulate --exten '*101' --json
  voiceagent simulate --exten 101 --audio star.wav --plot call.svg

Keys while it rings, by a configuration ringing.toml with this at its end:
  [ringing]
  keys = \"heard\"

  voiceagent simulate --config ringing.toml --exten 101 --audio star.wav
  voiceagent simulate --config ringing.toml --exten 101 --key '#@1.5'

A recorded call:
  voiceagent simulate --replay 20260302T091407.512345Z_101_SIP%2Fpeter-00000001.recording
  voiceagent simulate --replay call.recording --config new.toml")]
pub(super) struct Arguments {
    /// The extension that the caller dials
    #[arg(long, value_name = "EXTENSION", required_unless_present = "replay")]
    exten: Option<String>,
    /// Run this recording of a call again
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "exten", "audio", "dial_status", "keys", "codec", "recorded", "hang_up", "lookup", "rate",
            "encoding",
        ]
    )]
    replay: Option<PathBuf>,
    /// What the caller says or plays: .wav, all its channels averaged into one, or bare samples by
    /// ending (.sln, .alaw, .ulaw …); - is standard input
    #[arg(long, value_name = "FILE")]
    audio: Option<PathBuf>,
    /// The caller's audio has so many samples a second, whatever the file says
    #[arg(long, value_name = "HZ", requires = "audio", allow_negative_numbers = true,
        value_parser = whole(RATES, " of Hz"))]
    rate: Option<u32>,
    /// The caller's audio is bare samples: slin (16 bits, low byte first), ulaw, alaw or g722
    #[arg(long, requires = "audio")]
    encoding: Option<Encoding>,
    /// How Dial ends: NOANSWER, BUSY, ANSWER, CANCEL, CONGESTION, CHANUNAVAIL …
    #[arg(long, value_name = "STATUS", default_value = "NOANSWER")]
    dial_status: String,
    /// A key that the caller's telephone signals, and when: KEY@SECONDS, optionally +SECONDS held
    #[arg(long = "key", value_name = "KEY@SECONDS", value_parser = signalled_key)]
    keys: Vec<SignalledKey>,
    /// The codec between the caller's telephone and Asterisk
    #[arg(long, default_value = "alaw")]
    codec: Codec,
    /// A greeting that the mailbox's owner has recorded
    #[arg(long, value_name = "GREETING")]
    recorded: Vec<Greeting>,
    /// When the caller hangs up, in seconds from the start of the call
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds)]
    hang_up: Option<Duration>,
    /// What a configured lookup gives for the extension: DIAL,SECONDS,MAILBOX
    #[arg(
        long,
        value_name = "ROUTE",
        default_value = "",
        hide_default_value = true
    )]
    lookup: String,
    /// Draw it, into FILE.svg or FILE.png
    #[arg(long, value_name = "FILE", value_parser = picture)]
    plot: Option<(PathBuf, PictureFormat)>,
    /// One JSON object a line instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Codec {
    Alaw,
    Ulaw,
    G722,
    Slin,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Greeting {
    Temp,
    Unavail,
    Busy,
    Greet,
}

/// Simulates the call and prints it.
pub(super) fn run(arguments: &Arguments, common: &Common) -> ExitCode {
    if let Some(recording) = &arguments.replay {
        return replay::run(recording, arguments, common);
    }
    let config = match common
        .load_config(Config::load)
        .and_then(|config| config.map_or_else(example, Ok))
    {
        Ok(config) => config,
        Err(error) => return failed(&error),
    };
    let audio = match arguments.audio() {
        Ok(samples) => samples,
        Err(error) => return failed(&error),
    };
    if !arguments.lookup.is_empty() && !config.asks() {
        say("--lookup is ignored: the configuration has no lookup");
    }
    let script = arguments.script(audio);
    let timeline = match sim::run(&config, &script) {
        Ok(timeline) => timeline,
        Err(error) => return failed(&error),
    };
    if let Err(failed) = arguments.draw(&timeline, "simulated call") {
        return failed;
    }
    arguments.print(|out, json| match json {
        true => timeline.write_json(out),
        false => timeline.write_text(out),
    })
}

/// The shipped example, where there is no configuration.
fn example() -> Result<Config, ConfigError> {
    say(format_args!(
        "{} does not exist; using the shipped example",
        agent::usual_config().display()
    ));
    Config::parse(EXAMPLE)
}

impl Arguments {
    /// Draws a call, if that is asked for.
    pub(super) fn draw(&self, timeline: &Timeline, what: &str) -> Result<(), ExitCode> {
        let Some((file, format)) = &self.plot else {
            return Ok(());
        };
        timeline.save_picture(what, file, *format).map_err(|error| {
            say(format_args!(
                "{}: cannot be written: {error}",
                file.display()
            ));
            ExitCode::FAILURE
        })
    }

    /// What the caller sends.
    fn audio(&self) -> Result<Vec<i16>, FileError> {
        let Some(file) = &self.audio else {
            return Ok(Vec::new());
        };
        let reading = Reading {
            rate: self.rate,
            encoding: self.encoding,
            ..Reading::default()
        };
        Recording::read_mixed_warned(file, &reading, |warning| say(warning))
    }

    /// Prints what `write` writes, as JSON or not.
    pub(super) fn print(
        &self,
        write: impl FnOnce(&mut BufWriter<Data>, bool) -> io::Result<()>,
    ) -> ExitCode {
        let mut out = BufWriter::new(Data::new());
        let written = write(&mut out, self.json).and_then(|()| out.flush());
        ended(written, ExitCode::SUCCESS)
    }

    fn script(&self, audio: Vec<i16>) -> Script {
        let recorded = |greeting| self.recorded.contains(&greeting);
        let mut keys = self.keys.clone();
        keys.sort_by_key(|key| key.at + key.held);
        Script {
            extension: self.exten.clone().unwrap_or_default(),
            dial: DialEnd::from_status(&self.dial_status),
            caller: Caller {
                audio,
                falls_silent: false,
                codec: match self.codec {
                    Codec::Alaw => AudioFormat::ALAW,
                    Codec::Ulaw => AudioFormat::ULAW,
                    Codec::G722 => AudioFormat::G722,
                    Codec::Slin => AudioFormat::SLIN,
                },
                keys,
                hang_up: self.hang_up.map(CallTime::after),
            },
            recordings: Recordings {
                temp: recorded(Greeting::Temp),
                unavail: recorded(Greeting::Unavail),
                busy: recorded(Greeting::Busy),
                greet: recorded(Greeting::Greet),
            },
            prompts: Some(Prompts::of_environment()),
            lookup: self.lookup.clone(),
            can_listen: true,
            starved: None,
        }
    }
}

/// Reads `*@3.2` or `*@3.2+0.5`.
fn signalled_key(text: &str) -> Result<SignalledKey, String> {
    let expected = "expected KEY@SECONDS or KEY@SECONDS+HELD, such as '*@3.2'";
    let (label, times) = text.split_once('@').ok_or(expected)?;
    let key = label.parse::<Key>().map_err(|error| error.to_string())?;
    let (at, held) = match times.split_once('+') {
        Some((at, held)) => (seconds(at)?, seconds(held)?),
        None => (seconds(times)?, USUALLY_HELD),
    };
    Ok(SignalledKey { key, at, held })
}

/// A picture's file, whose ending says what it is.
fn picture(text: &str) -> Result<(PathBuf, PictureFormat), String> {
    let file = PathBuf::from(text);
    match PictureFormat::of(&file) {
        Some(format) => Ok((file, format)),
        None => Err("a picture's name ends with .svg or .png".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|&length| length <= DAY)
        .ok_or_else(|| format!("\"{text}\" is not a number of seconds up to a day"))
}

/// The configuration that is shipped with the program.
const EXAMPLE: &str = include_str!("../../config/voiceagent.toml");
/// How long people hold a key.
const USUALLY_HELD: Duration = Duration::from_millis(200);
const DAY: Duration = Duration::from_secs(24 * 3600);
