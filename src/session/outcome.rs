//! How a call ended, as the dialplan and the console are told.

use std::{fmt, time::Duration};

use super::presses::Source;
use crate::{
    agi::{Argument, Command, Variable},
    key::Key,
};

/// `VOICEAGENTSTATUS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// The called person answered: the call took place.
    Answered,
    /// The caller was taken to VoiceMail.
    VoiceMail,
    /// A mailbox login was opened.
    Mailbox,
    /// The caller hung up before anything of that.
    HangUp,
    /// Dial was cancelled and no key says what to do.
    Cancelled,
    /// The extension is not configured.
    NoRoute,
    /// Dial ended in a way that only the dialplan can answer (DONTCALL, TORTURE, INVALIDARGS).
    Unhandled,
    /// Something failed that should not; the cause says what.
    Failed,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered => "ANSWERED",
            Self::VoiceMail => "VOICEMAIL",
            Self::Mailbox => "MAILBOX",
            Self::HangUp => "HANGUP",
            Self::Cancelled => "CANCELLED",
            Self::NoRoute => "NOROUTE",
            Self::Unhandled => "UNHANDLED",
            Self::Failed => "FAILED",
        })
    }
}

/// A key that acted, and where it was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    /// The key.
    pub key: Key,
    /// Where it was heard.
    pub source: Source,
}

/// Everything that is told when the call ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The extension that was dialled.
    pub extension: String,
    /// The key that acted last.
    pub press: Option<Press>,
    /// The audio format listened to; empty when nothing was.
    pub format: String,
    /// Why nothing was listened to; empty when something was, or nobody tried.
    pub deaf: String,
    /// How much audio was listened to.
    pub heard: Duration,
    /// How Dial ended, where it did.
    pub dial_status: String,
    /// How the call ended and why, once it has.
    pub ended: Option<(Status, String)>,
}

impl Report {
    /// The commands that tell the dialplan and the console, in order.
    pub(super) fn closing(&self, status: Status, cause: &str, verbose: u8) -> [Command; 5] {
        let set = |variable, value: &str| Command::SetVariable(variable, Argument::readable(value));
        let (key, source) = match self.press {
            Some(press) => (press.key.to_string(), press.source.name()),
            None => (String::new(), ""),
        };
        [
            set(Variable::Status, &status.to_string()),
            set(Variable::Key, &key),
            set(Variable::KeySource, source),
            set(Variable::Cause, cause),
            Command::Verbose(Argument::readable(&self.line(status, cause)), verbose),
        ]
    }

    /// The call in one line.
    fn line(&self, status: Status, cause: &str) -> String {
        let mut line = format!("voiceagent: {} {status}", self.extension);
        if !cause.is_empty() {
            line += &format!(" ({cause})");
        }
        if let Some(Press { key, source }) = self.press {
            line += &format!(", key {key} by {}", source.name());
        }
        if !self.format.is_empty() {
            let seconds = self.heard.as_secs_f64();
            line += &format!(", listened {seconds:.1} s in {}", self.format);
        }
        if !self.deaf.is_empty() {
            line += &format!(", not listening: {}", self.deaf);
        }
        line
    }
}
