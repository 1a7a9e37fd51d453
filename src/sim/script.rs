//! What the people of a simulated call do.

use std::{ops::Range, time::Duration};

use crate::{audio::AudioFormat, key::Key, prompts::Prompts, session::CallTime};

/// A call to be simulated.
#[derive(Clone, Debug)]
pub struct Script {
    /// What the caller dials.
    pub extension: String,
    /// How ringing ends.
    pub dial: DialEnd,
    /// What the caller sends once answered.
    pub caller: Caller,
    /// Which greetings the mailbox's owner has recorded.
    pub recordings: Recordings,
    /// What its greeting sounds like, whose echo is no speech; without sounds, all of it is unknown,
    /// as to a program that finds no files.
    pub prompts: Option<Prompts>,
    /// What a configured lookup evaluates to: empty for nobody's route.
    pub lookup: String,
    /// Whether the dialplan has what hears the caller while it rings.
    pub can_listen: bool,
    /// When the program gets no time to run, as on a machine with too much to do.
    pub starved: Option<Range<CallTime>>,
}

/// How Dial ends, by its DIALSTATUS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialEnd {
    /// Rings until the time is over.
    NoAnswer,
    /// The called person talks and hangs up first.
    Answer,
    /// The caller hangs up while it rings.
    Cancel,
    /// Ends at once with this status: BUSY, CONGESTION, CHANUNAVAIL, DONTCALL, …
    AtOnce(String),
}

impl DialEnd {
    /// The end that Dial reports as `status`.
    #[must_use]
    pub fn from_status(status: &str) -> Self {
        match status.to_ascii_uppercase().as_str() {
            "NOANSWER" => Self::NoAnswer,
            "ANSWER" => Self::Answer,
            "CANCEL" => Self::Cancel,
            other => Self::AtOnce(other.to_owned()),
        }
    }
}

/// What the caller's telephone sends. Times count from the answer: before it, telephones send
/// no media.
#[derive(Clone, Debug)]
pub struct Caller {
    /// 16-bit samples at 8 kHz; silence follows them.
    pub audio: Vec<i16>,
    /// Whether the telephone sends no packets for that silence.
    pub falls_silent: bool,
    /// The codec between telephone and Asterisk, in which audio arrives after Dial.
    pub codec: AudioFormat,
    /// Keys sent as RFC 4733 events or SIP INFO.
    pub keys: Vec<SignalledKey>,
    /// When the caller hangs up, in call time; `None`: when a message is left, or the mailbox
    /// has been listened to.
    pub hang_up: Option<CallTime>,
}

impl Default for Caller {
    fn default() -> Self {
        Self {
            audio: Vec::new(),
            falls_silent: false,
            codec: AudioFormat::ALAW,
            keys: Vec::new(),
            hang_up: None,
        }
    }
}

/// A key that the caller's telephone signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalledKey {
    /// The key.
    pub key: Key,
    /// When it is pressed, after the answer.
    pub at: Duration,
    /// How long it is held; Asterisk reports it at its release.
    pub held: Duration,
}

/// Which greetings the mailbox's owner has recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recordings {
    /// The temporary greeting.
    pub temp: bool,
    /// Nobody answers.
    pub unavail: bool,
    /// On the telephone.
    pub busy: bool,
    /// The owner's name.
    pub greet: bool,
}
