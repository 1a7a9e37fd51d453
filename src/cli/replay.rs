//! `voiceagent simulate --replay`: a call that was recorded, once more.

use std::{
    fs::File,
    io::{BufReader, Write},
    path::Path,
    process::ExitCode,
};

use voiceagent::{
    config::Config,
    recording::{CallRecording, Ending},
    session::CallTime,
    sim,
};

use super::{Common, failed, output::say, simulate::Arguments};

/// Runs the call again, prints it, and tells the first difference.
pub(super) fn run(file: &Path, arguments: &Arguments, common: &Common) -> ExitCode {
    let from = match File::open(file) {
        Ok(from) => BufReader::new(from),
        Err(error) => {
            say(format_args!(
                "{}: it cannot be read: {error}",
                file.display()
            ));
            return ExitCode::FAILURE;
        }
    };
    let recording = match CallRecording::read(file, from) {
        Ok(recording) => recording,
        Err(error) => return failed(&error),
    };
    let config = match (&common.config, &recording.sources[..]) {
        (Some(config), _) => Config::load(config),
        (None, [main, included @ ..]) => Config::read_again(main, included),
        (None, []) => unreachable!("a recording has a configuration"),
    };
    let config = match config {
        Ok(config) => config,
        Err(error) => return failed(&error),
    };
    tell_ending(file, &recording);
    let replay = sim::replay(&recording, &config);
    if let Err(failed) = arguments.draw(&replay.timeline, "recorded call") {
        return failed;
    }
    let printed = arguments.print(|out, json| {
        if json {
            if let Some(difference) = &replay.difference {
                difference.write_json(out)?;
            }
            return replay.timeline.write_json(out);
        }
        replay.timeline.write_text(out)?;
        match &replay.difference {
            Some(difference) => difference.write_text(out),
            None => writeln!(
                out,
                "no difference: {} commands as then, by voiceagent {}",
                replay.same, recording.by
            ),
        }
    });
    if replay.difference.is_some() {
        return ExitCode::FAILURE;
    }
    printed
}

/// Says on standard error where a recording ends before its call.
fn tell_ending(file: &Path, recording: &CallRecording) {
    let why = match recording.ending {
        Ending::Whole => return,
        Ending::Full => "record_call_limit_mib was reached",
        Ending::Cut => "the program was killed, or the disk was full",
    };
    let last = recording.entries.last();
    let end = last.map_or(CallTime::ZERO, |entry| entry.at);
    let file = file.display();
    say(format_args!(
        "{file}: the recording ends at {end}, before the call does: {why}"
    ));
}
