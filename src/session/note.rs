//! What is worth telling of a call while it goes on.

use std::{fmt, time::Duration};

use crate::{
    dtmf::{KeyDown, KeyUp},
    key::Key,
    speech,
};

/// Something noticed. Times in it are of the audio listened to, not of the call.
///
/// What a live call leaves behind is only the keys that acted: others may be a PIN typed too
/// early. [`discreet`](Self::discreet) leaves them out.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A key in the audio; a twin is a press already known.
    Heard {
        /// What the detector said.
        down: KeyDown,
        /// How much audio had come after its onset when it was known.
        after: Duration,
        /// Whether Asterisk had reported the same press.
        twin: bool,
        /// Whether it is the key that ends the greeting.
        acts: bool,
    },
    /// The key in the audio ended.
    Released {
        /// What the detector said.
        up: KeyUp,
        /// Whether it is the key that ended the greeting.
        acts: bool,
    },
    /// A key reported by Asterisk; a twin is a press already known.
    Signalled {
        /// The key.
        key: Key,
        /// Whether the detector had heard the same press.
        twin: bool,
        /// Whether it is the key that ends the greeting.
        acts: bool,
    },
    /// The caller started to speak.
    Speech(speech::Start),
    /// The audio cannot be listened to; signalled keys still work.
    Deaf {
        /// Why.
        reason: String,
    },
    /// Keys in the audio act only from the greeting on.
    Unheard {
        /// Why.
        reason: String,
    },
    /// Standard input ended before the header did: Asterisk did not start this.
    NoHeader,
    /// Asterisk, or who plays it, says so much that nobody asked for that some of it is lost.
    Unasked,
    /// After a bug in this program the call goes on as a plain script would take it.
    Rescue,
}

impl Note {
    /// Whether something is wrong, rather than only noticed.
    #[must_use]
    pub const fn is_trouble(&self) -> bool {
        matches!(
            self,
            Self::Deaf { .. }
                | Self::Unheard { .. }
                | Self::NoHeader
                | Self::Unasked
                | Self::Rescue
        )
    }

    /// Its text without keys that do nothing.
    pub fn discreet(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| self.write(f, |key, acts| if acts { key.label() } else { HIDDEN }))
    }

    /// Its text, with this in the place of a key that acts or does not.
    fn write(&self, f: &mut fmt::Formatter<'_>, shown: impl Fn(Key, bool) -> char) -> fmt::Result {
        let twin = |twin: &bool| if *twin { ", the same press" } else { "" };
        match self {
            Self::Heard {
                down,
                after,
                twin: known,
                acts,
            } => write!(
                f,
                "key {} in the audio since {}, {} ms ago ({}, twist {:.1} dB){}",
                shown(down.key, *acts),
                down.onset,
                after.as_millis(),
                down.level,
                down.twist_db,
                twin(known)
            ),
            Self::Released { up, acts } => write!(
                f,
                "key {} in the audio until {}",
                shown(up.key, *acts),
                up.end
            ),
            Self::Signalled {
                key,
                twin: known,
                acts,
            } => write!(f, "key {} signalled{}", shown(*key, *acts), twin(known)),
            Self::Speech(start) => write!(f, "speech since {}", start.onset),
            Self::Deaf { reason } => write!(f, "not listening: {reason}"),
            Self::Unheard { reason } => write!(f, "not listening while it rings: {reason}"),
            Self::NoHeader => f.write_str(
                "no AGI header on standard input; Asterisk starts this program, by EAGI(voiceagent) in the dialplan",
            ),
            Self::Unasked => f.write_str(
                "too many lines on standard input that answer no command; some of them are lost",
            ),
            Self::Rescue => f.write_str("an error in this program; going on without listening"),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |key, _| key.label())
    }
}

/// Stands for a key that did nothing.
const HIDDEN: char = '?';
