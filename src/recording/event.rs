//! What happened in a call, as a line says it.

use std::{sync::Arc, time::Duration};

use super::{audio, escape};
use crate::{
    agi::Argument,
    greeting::Recorded,
    session::{CallTime, Exit},
    speech::{Envelope, Prompt},
    variant::Elsewhere,
};

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub at: CallTime,
    /// On which line it stands, counted from 1.
    pub line: usize,
    /// What.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Bytes on descriptor 0, read at once.
    Agi(Vec<u8>),
    /// Descriptor 0 was at its end.
    AgiClosed,
    /// Bytes on descriptor 3, read at once.
    Audio(Vec<u8>),
    /// Descriptor 3 gave nothing from then on, for this reason.
    NoAudio(String),
    /// SIGHUP.
    HangUp,
    /// The greetings that were looked up.
    Recorded(Recorded),
    /// Where they were instead of in files.
    Elsewhere(Elsewhere),
    /// What was played.
    Prompt(Prompt),
    /// The deadline had come.
    Timeout,
    /// What the closing line says of logging.
    Unlogged(String),
    /// What it says of the sandbox.
    Unconfined(String),
    /// The program said this line.
    Said(String),
    /// Until when it waited from then on.
    Deadline(Option<CallTime>),
    /// The program ended.
    End(Exit),
    /// The call may have had no more in its file.
    Full,
}

/// What a line says behind its time; an error says what is wrong with it.
pub(super) fn event(what: &str) -> Result<Event, String> {
    let (tag, rest) = what.split_once(' ').unwrap_or((what, ""));
    let text =
        |rest| escape::bytes_of(rest).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(match tag {
        "<" => Event::Agi(escape::line_of(rest)?),
        ">" => Event::Said(
            String::from_utf8(escape::line_of(rest)?)
                .map_err(|_| "what was said is not UTF-8".to_owned())?,
        ),
        "audio" => Event::Audio(audio::read(rest)?),
        "no-audio" => Event::NoAudio(text(rest)?),
        "greetings" => Event::Recorded(greetings(rest)?),
        "elsewhere" => Event::Elsewhere(match rest {
            "database" => Elsewhere::Database,
            "mail" => Elsewhere::Mail,
            _ => {
                return Err(format!(
                    "elsewhere is \"{rest}\"; expected database or mail"
                ));
            }
        }),
        "prompt" if rest == "unknown" => Event::Prompt(Prompt::Unknown),
        "prompt" => {
            let envelope = Envelope::from_levels(audio::of_base64(rest)?);
            Event::Prompt(Prompt::Known(Arc::new(envelope)))
        }
        "timer" if rest == "off" => Event::Deadline(None),
        "timer" => Event::Deadline(Some(time(rest)?)),
        "timeout" => Event::Timeout,
        "hangup" => Event::HangUp,
        "closed" => Event::AgiClosed,
        "unlogged" => Event::Unlogged(text(rest)?),
        "unconfined" => Event::Unconfined(text(rest)?),
        "end" => match rest {
            "0" => Event::End(Exit::Success),
            "1" => Event::End(Exit::Failure),
            _ => return Err(format!("exit status \"{rest}\"; expected 0 or 1")),
        },
        "full" => Event::Full,
        _ => return Err(format!("\"{tag}\" is nothing that happens in a call")),
    })
}

fn greetings(text: &str) -> Result<Recorded, String> {
    let mut recorded = Recorded::default();
    for word in text.split_whitespace() {
        let (name, path) = word.split_once('=').unwrap_or((word, ""));
        let Some(place) = recorded.named_mut(name) else {
            return Err(format!("\"{name}\" is no greeting"));
        };
        let path = escape::bytes_of(path)?;
        let path = String::from_utf8_lossy(&path);
        *place = Some(Argument::new(&path).map_err(|error| format!("a greeting's path: {error}"))?);
    }
    Ok(recorded)
}

/// Seconds with six digits behind the point.
pub(super) fn time(text: &str) -> Result<CallTime, String> {
    let read = || {
        let (seconds, micros) = text.split_once('.')?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(seconds) || !is_number(micros) || micros.len() != 6 {
            return None;
        }
        let seconds = Duration::from_secs(seconds.parse().ok()?);
        let at = seconds.checked_add(Duration::from_micros(micros.parse().ok()?))?;
        (at <= LONGEST_CALL).then_some(CallTime::after(at))
    };
    read().ok_or_else(|| {
        format!(
            "\"{}\" is no time; expected seconds of at most ten days with six digits behind the point",
            text
        )
    })
}

/// Nobody listens for longer; ten days leave room for whoever measures.
const LONGEST_CALL: Duration = Duration::from_secs(10 * 24 * 3600);
