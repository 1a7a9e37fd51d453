//! What happens in a call, as lines.

use std::fmt::Write as _;

use super::{FORMAT, TITLE, audio, escape};
use crate::{
    config::Source,
    greeting::Recorded,
    session::{CallTime, Exit, Input, Output},
    speech::Prompt,
    variant::Elsewhere,
};

/// Writes a recording, line by line, into a string of its owner's.
///
/// Whoever drives a session tells it each input before the session has it, each output as it comes,
/// and the deadline once there are no more.
#[derive(Debug, Default)]
pub struct Writer {
    deadline: Option<CallTime>,
    /// Used again for each piece of audio.
    codes: Vec<u8>,
}

impl Writer {
    /// The lines before the call: the time of day at its start, and what was read of the
    /// configuration, the file that includes the others first.
    pub fn head(&self, time: &str, sources: &[Source], out: &mut String) {
        let version = env!("CARGO_PKG_VERSION");
        put(
            out,
            format_args!("{TITLE}{FORMAT}\nby {version} at {time}\n"),
        );
        for source in sources {
            let extent = if source.is_partial() { "part" } else { "whole" };
            put(out, format_args!("config {extent} "));
            let file = source
                .file()
                .map(|file| file.as_os_str().as_encoded_bytes());
            escape::text(file.unwrap_or_default(), out);
            out.push('\n');
            for line in source.as_str().split_inclusive('\n') {
                out.push_str("| ");
                escape::line(line.as_bytes(), out);
                out.push('\n');
            }
        }
        out.push_str("call\n");
    }

    /// What the session is given.
    pub fn input(&mut self, now: CallTime, input: &Input<'_>, out: &mut String) {
        match input {
            Input::Agi(bytes) => {
                let mut tag = "<";
                for line in bytes.split_inclusive(|&byte| byte == b'\n') {
                    begin(now, tag, out);
                    out.push(' ');
                    escape::line(line, out);
                    out.push('\n');
                    tag = "<+";
                }
                return;
            }
            Input::AgiClosed => begin(now, "closed", out),
            Input::Audio(bytes) => {
                begin(now, "audio ", out);
                audio::write(bytes, &mut self.codes, out);
            }
            Input::NoAudio(reason) => remark(now, "no-audio ", reason, out),
            Input::Unlogged(reason) => remark(now, "unlogged ", reason, out),
            Input::Unconfined(reason) => remark(now, "unconfined ", reason, out),
            Input::HangUp => begin(now, "hangup", out),
            Input::Recorded(recorded) => {
                begin(now, "greetings", out);
                greetings(recorded, out);
            }
            Input::Elsewhere(Elsewhere::Database) => begin(now, "elsewhere database", out),
            Input::Elsewhere(Elsewhere::Mail) => begin(now, "elsewhere mail", out),
            Input::Prompt(Prompt::Unknown) => begin(now, "prompt unknown", out),
            Input::Prompt(Prompt::Known(envelope)) => {
                begin(now, "prompt ", out);
                audio::base64(envelope.levels(), out);
            }
            Input::Timeout => begin(now, "timeout", out),
        }
        out.push('\n');
    }

    /// What the session wants done, as far as others learn of it.
    pub fn output(&self, now: CallTime, output: &Output, out: &mut String) {
        match output {
            Output::Send(line) => {
                begin(now, "> ", out);
                escape::line(line.as_bytes(), out);
                out.push('\n');
            }
            Output::Finish(exit) => {
                begin(now, "end ", out);
                let status = u8::from(*exit == Exit::Failure);
                put(out, format_args!("{status}\n"));
            }
            Output::LookUp { .. } | Output::Measure { .. } | Output::Note(_) => {}
        }
    }

    /// Until when the session waits.
    pub fn deadline(&mut self, now: CallTime, deadline: Option<CallTime>, out: &mut String) {
        if self.deadline == deadline {
            return;
        }
        self.deadline = deadline;
        begin(now, "timer ", out);
        match deadline {
            Some(at) => time(at, out),
            None => out.push_str("off"),
        }
        out.push('\n');
    }

    /// The call goes on, but not in this recording.
    pub fn full(&self, now: CallTime, out: &mut String) {
        begin(now, "full\n", out);
    }
}

fn remark(now: CallTime, tag: &str, text: &str, out: &mut String) {
    begin(now, tag, out);
    escape::text(text.as_bytes(), out);
}

fn greetings(recorded: &Recorded, out: &mut String) {
    for (name, path) in recorded.named() {
        if let Some(path) = path {
            put(out, format_args!(" {name}="));
            let mut text = String::new();
            escape::text(path.as_str().as_bytes(), &mut text);
            // Between two paths there is a blank.
            out.push_str(&text.replace(' ', "\\x20"));
        }
    }
}

fn begin(now: CallTime, tag: &str, out: &mut String) {
    time(now, out);
    put(out, format_args!(" {tag}"));
}

/// Seconds to the microsecond; what is finer counts as one more, so that no time is too early.
fn time(at: CallTime, out: &mut String) {
    let micros = at.micros();
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    put(out, format_args!("{seconds}.{rest:06}"));
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // A string takes whatever is written.
    let _ = out.write_fmt(text);
}
