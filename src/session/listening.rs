//! The greeting while it plays: what is still to be played, and the ear on the caller.

use std::{collections::VecDeque, time::Duration};

use super::{
    Note,
    clock::CallTime,
    outcome::Press,
    presses::{Presses, Source, Verdict},
};
use crate::{
    agi::Command,
    config::{Config, Route},
    ear::{Ear, Heard},
    greeting::{Kind, Piece},
    key::Key,
    speech::Prompt,
};

/// What follows the greeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// VoiceMail records; it plays its own greeting first where that is asked for.
    LeaveMessage { own_greeting: bool },
    /// The mailbox's owner logs in.
    LogIn,
    /// Somebody else is rung.
    Dial(String),
}

/// What made the greeting end early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trigger {
    pub(super) press: Option<Press>,
    pub(super) next: Next,
}

/// The greeting of one mailbox under way.
pub(super) struct Listening {
    pub(super) route: Route,
    pub(super) kind: Kind,
    pieces: VecDeque<Piece>,
    /// The keys that end playing; others must not disturb it.
    acting: Vec<Key>,
    /// `None` when the audio's format cannot be decoded or no audio comes.
    ear: Option<Box<Ear>>,
    since: CallTime,
    pub(super) presses: Presses,
}

impl Listening {
    pub(super) fn new(
        now: CallTime,
        route: Route,
        kind: Kind,
        pieces: Vec<Piece>,
        ear: Option<Box<Ear>>,
        config: &Config,
    ) -> Self {
        let acting = Key::ALL
            .into_iter()
            .filter(|&key| action(config, &route, key).is_some())
            .collect();
        Self {
            route,
            kind,
            pieces: pieces.into(),
            acting,
            ear,
            since: now,
            presses: Presses::new(Duration::from_secs_f64(config.keys.hold_off)),
        }
    }

    /// The next piece and the command that plays it, `None` after the last.
    pub(super) fn play_next(&mut self) -> Option<(Piece, Command)> {
        let piece = self.pieces.pop_front()?;
        let command = match piece.clone() {
            Piece::File(file) => Command::StreamFile(file, self.acting.clone()),
            Piece::Digits(digits) => Command::SayDigits(digits, self.acting.clone()),
        };
        Some((piece, command))
    }

    /// Tells the ear what is being played.
    pub(super) fn playing(&mut self, prompt: Option<Prompt>) {
        if let Some(ear) = &mut self.ear {
            ear.playing(prompt);
        }
    }

    /// Asterisk reports a key.
    pub(super) fn signalled(
        &mut self,
        now: CallTime,
        key: Key,
        config: &Config,
        on_note: &mut impl FnMut(Note),
    ) -> Option<Trigger> {
        let twin = self.presses.signalled(now, key) == Verdict::Twin;
        on_note(Note::Signalled { key, twin });
        (!twin).then(|| self.trigger(key, Source::Signal, config))?
    }

    /// Audio arrives; the first thing in it that ends the greeting is returned.
    pub(super) fn hear(
        &mut self,
        now: CallTime,
        bytes: &[u8],
        config: &Config,
        on_note: &mut impl FnMut(Note),
    ) -> Option<Trigger> {
        let mut ear = self.ear.take()?;
        let mut trigger = None;
        ear.hear(self.fresh(now, &ear, bytes), &mut |heard| match heard {
            Heard::KeyDown { down, after } => {
                let twin = self.presses.tone_down(now, down.key) == Verdict::Twin;
                on_note(Note::Heard { down, after, twin });
                if !twin && trigger.is_none() {
                    trigger = self.trigger(down.key, Source::Audio, config);
                }
            }
            Heard::KeyUp { up, after } => {
                // An end is only known once it can be no mere gap.
                self.presses.tone_up(now.before(after));
                on_note(Note::Released(up));
            }
            Heard::Speech(start) => {
                on_note(Note::Speech(start));
                if config.greeting.barge_in {
                    trigger.get_or_insert(Trigger {
                        press: None,
                        next: Next::LeaveMessage {
                            own_greeting: false,
                        },
                    });
                }
            }
        });
        self.ear = Some(ear);
        trigger
    }

    /// How much audio has been listened to.
    pub(super) fn heard(&self) -> Duration {
        self.ear.as_ref().map_or(Duration::ZERO, |ear| ear.heard())
    }

    /// The part of `bytes` that was sent since listening began. Audio comes in real time, so a
    /// chunk longer than the time since then holds what piled up before.
    fn fresh<'a>(&self, now: CallTime, ear: &Ear, bytes: &'a [u8]) -> &'a [u8] {
        let since = now - self.since + JITTER;
        if ear.length_of(bytes.len()) <= since {
            return bytes;
        }
        &bytes[bytes.len() - ear.bytes_in(since)..]
    }

    fn trigger(&self, key: Key, source: Source, config: &Config) -> Option<Trigger> {
        Some(Trigger {
            press: Some(Press { key, source }),
            next: action(config, &self.route, key)?,
        })
    }
}

/// What `key` does in the greeting of this route's mailbox.
pub(super) fn action(config: &Config, route: &Route, key: Key) -> Option<Next> {
    if config.keys.login == Some(key) {
        return route.star.then_some(Next::LogIn);
    }
    if config.keys.skip == Some(key) {
        return Some(Next::LeaveMessage {
            own_greeting: false,
        });
    }
    config.keys.goto.get(&key).cloned().map(Next::Dial)
}

/// Frames come in bursts; this much more than real time is no pile.
const JITTER: Duration = Duration::from_millis(60);
