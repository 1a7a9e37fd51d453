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
    /// The caller's channel; empty until the header has told it.
    pub channel: String,
    /// The channel's unique id.
    pub unique_id: String,
    /// The extension that was dialled.
    pub extension: String,
    /// The configuration's section that was followed last; empty when none was.
    pub route: String,
    /// The key that acted last.
    pub press: Option<Press>,
    /// How much audio had come after that key's onset when it was known, if it was heard there.
    pub key_after: Option<Duration>,
    /// The audio format listened to; empty when nothing was.
    pub format: String,
    /// Why nothing was listened to; empty when something was, or nobody tried.
    pub deaf: String,
    /// Why nobody listened while it rang; empty when somebody did, or nobody tried.
    pub unheard: String,
    /// How much audio was listened to.
    pub heard: Duration,
    /// How much did not come in that time, though it was due: lost on the way, or never sent.
    pub missing: Duration,
    /// How Dial ended, where it did.
    pub dial_status: String,
    /// How VoiceMail ended, where it did.
    pub vm_status: String,
    /// Why the call is not logged or recorded as configured; empty when it is.
    pub unlogged: String,
    /// Why the program is not in its sandbox; empty when it is, or needs not be.
    pub unconfined: String,
    /// How the call ended and why, once it has.
    pub ended: Option<(Status, String)>,
}

impl Report {
    /// One reason more why the call is not logged or recorded as configured.
    pub(super) fn add_unlogged(&mut self, reason: &str) {
        if !self.unlogged.is_empty() {
            self.unlogged.push_str(", ");
        }
        self.unlogged.push_str(reason);
    }

    /// The commands that tell the dialplan, in order.
    pub(super) fn variables(&self) -> [Command; 4] {
        let set = |variable, value: &str| Command::SetVariable(variable, Argument::readable(value));
        let (key, source) = match self.press {
            Some(press) => (press.key.to_string(), press.source.name()),
            None => (String::new(), ""),
        };
        let (status, cause) = match &self.ended {
            Some((status, cause)) => (status.to_string(), cause.as_str()),
            None => (String::new(), ""),
        };
        [
            set(Variable::Status, &status),
            set(Variable::Key, &key),
            set(Variable::KeySource, source),
            set(Variable::Cause, cause),
        ]
    }

    /// The command that tells the console.
    pub(super) fn line(&self, verbose: u8) -> Command {
        let line = format!("voiceagent: {self}");
        Command::Verbose(Argument::readable(&line), verbose)
    }

    /// A key acts that was known when this much audio had come after its onset.
    pub(super) const fn pressed(&mut self, press: Press, after: Option<Duration>) {
        self.press = Some(press);
        self.key_after = after;
    }
}

impl fmt::Display for Report {
    /// The call in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.extension)?;
        match &self.ended {
            Some((status, cause)) if cause.is_empty() => write!(f, " {status}")?,
            Some((status, cause)) => write!(f, " {status} ({cause})")?,
            None => f.write_str(" was left by Asterisk")?,
        }
        if let Some(Press { key, source }) = self.press {
            write!(f, ", key {key} by {}", source.name())?;
        }
        if !self.format.is_empty() {
            let seconds = self.heard.as_secs_f64();
            write!(f, ", listened {seconds:.1} s in {}", self.format)?;
        }
        if !self.deaf.is_empty() {
            write!(f, ", not listening: {}", self.deaf)?;
        }
        if !self.unheard.is_empty() {
            write!(f, ", not listening while it rang: {}", self.unheard)?;
        }
        if !self.unlogged.is_empty() {
            write!(f, ", {}", self.unlogged)?;
        }
        if !self.unconfined.is_empty() {
            write!(f, ", {}", self.unconfined)?;
        }
        Ok(())
    }
}
